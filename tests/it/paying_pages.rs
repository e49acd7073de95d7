//! The page on which a booking is paid: what its provider needs of it and no other page has, what waits for the buyer, and the way
//! without scripts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use crate::acting::has_waited;
use crate::support::gateway::GOOD_CARD;
use crate::support::{
    CONFIRMED, Server, fresh_key, general, order, text, token, with_server, with_settings,
};

/// The card whose bank asks.
const ASKS: &str = "4000 0027 6000 3184";
/// What a page may load, and may lead to.
const HEADERS: [&str; 3] = [
    "content-security-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
];

const STRIPE: [&str; 8] = [
    "--gateway",
    "stripe",
    "--stripe-secret-key",
    "sk_test_0123456789",
    "--stripe-publishable-key",
    "pk_test_0123456789",
    "--stripe-webhook-secret",
    "whsec_0123456789abcdef",
];

/// A booking of two tickets, and its buyer's browser.
struct Buyer<'s> {
    server: &'s Server,
    cookie: String,
    booking: Value,
    path: String,
}

/// An answer that was read.
struct Page {
    status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl Page {
    fn has(&self, words: &str) -> bool {
        self.html.contains(words)
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

impl<'s> Buyer<'s> {
    async fn with_booking(server: &'s Server) -> Self {
        let event = server.event(&[general("ga", 4)]).await;
        let request = order(event, Uuid::new_v4(), &[("ga", 2)]);
        let booking = server.book(&request).await.made();
        Self {
            server,
            cookie: format!("buyer={}", token(&server.db, &booking["buyer_id"]).await),
            path: format!("/bookings/{}", text(&booking["id"])),
            booking,
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let request = request.header("Cookie", &self.cookie);
        let answer = request.header("Origin", &self.server.url).send().await;
        let answer = answer.unwrap();
        Page {
            status: answer.status(),
            headers: answer.headers().clone(),
            html: answer.text().await.unwrap(),
        }
    }

    async fn open(&self, path: &str) -> Page {
        let client = &self.server.client;
        self.send(client.get(format!("{}{path}", self.server.url)))
            .await
    }

    /// Opens the booking's page.
    async fn look(&self) -> Page {
        self.open(&self.path).await
    }

    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let client = &self.server.client;
        let request = client.post(format!("{}{}{path}", self.server.url, self.path));
        self.send(request.form(fields)).await
    }

    async fn pay(&self, field: &str, value: &str) -> Page {
        let key = fresh_key();
        self.submit("/payments", &[("key", &key), (field, value)])
            .await
    }

    /// What its payments became, the last one first.
    async fn payments(&self) -> String {
        let codes = "SELECT coalesce(string_agg(coalesce(decline_code, status), ' ' ORDER BY id DESC), '') FROM payments";
        self.server.text(codes).await
    }
}

/// Stands in for Stripe's Checkout Sessions.
struct Checkout {
    url: String,
    state: Arc<CheckoutState>,
}

#[derive(Default)]
struct CheckoutState {
    is_paid: AtomicBool,
    is_closed: AtomicBool,
    is_down: AtomicBool,
}

impl Checkout {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (state, base) = (Arc::<CheckoutState>::default(), url.clone());
        let states = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, base) = (states.clone(), base.clone());
                tokio::spawn(async move { serve(stream, &state, &base).await });
            }
        });
        Self { url, state }
    }

    fn flags(&self) -> Vec<&str> {
        let more = [
            "--stripe-capture",
            "automatic",
            "--stripe-api-url",
            &self.url,
        ];
        [&STRIPE[..], &more[..]].concat()
    }
}

/// Answers requests until the client has no more.
async fn serve(mut stream: TcpStream, state: &CheckoutState, base: &str) -> Option<()> {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.split_once("content-length: ");
        let length = length.and_then(|(_, rest)| rest.split_once("\r\n")?.0.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body).await.ok()?;
        if head.contains("/expire ") {
            state.is_closed.store(true, Ordering::SeqCst);
        }
        let (status, body) = if state.is_down.load(Ordering::SeqCst) {
            ("503 Service Unavailable", json!({}))
        } else {
            ("200 OK", session(state, base))
        };
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

fn session(state: &CheckoutState, base: &str) -> Value {
    let is_paid = state.is_paid.load(Ordering::SeqCst);
    let status = match (is_paid, state.is_closed.load(Ordering::SeqCst)) {
        (true, _) => "complete",
        (false, true) => "expired",
        (false, false) => "open",
    };
    let intent = json!({"id": "pi_1", "status": "succeeded", "amount": 2000, "currency": "usd", "created": 1});
    json!({"id": "cs_test_1", "object": "checkout.session", "url": format!("{base}/c/pay/cs_test_1"), "status": status,
           "amount_total": 2000, "currency": "usd", "payment_intent": is_paid.then_some(intent)})
}

#[tokio::test]
async fn nothing_of_another_host_is_allowed_where_nobody_pays_by_a_provider() {
    let ours = |page: &Page| HEADERS.map(|name| page.header(name).to_owned());
    let mut usual = None;
    with_server(async |server| {
        let buyer = Buyer::with_booking(server).await;
        let pending = ours(&buyer.look().await);
        assert!(!pending[0].contains("http"), "{pending:?}");
        assert!(pending[1].contains("payment=()"), "{pending:?}");
        assert_eq!(buyer.pay("card_number", GOOD_CARD).await.status, 303);
        for path in [&buyer.path, "/", "/bookings", "/nowhere"] {
            assert_eq!(ours(&buyer.open(path).await), pending, "{path}");
        }
        usual = Some(pending);
    })
    .await;
    let usual = usual.unwrap();
    with_settings(&STRIPE, async |server| {
        let buyer = Buyer::with_booking(server).await;
        let page = buyer.look().await;
        let [policy, permissions, opener] = ours(&page);
        assert_eq!(
            policy,
            "default-src 'self'; img-src 'self' data:; object-src 'none'; worker-src 'self'; frame-ancestors 'none'; \
             form-action 'self' https://checkout.stripe.com; base-uri 'none'; \
             script-src 'self' https://js.stripe.com https://*.js.stripe.com; \
             frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; \
             connect-src 'self' https://api.stripe.com"
        );
        let payment = "payment=(self \"https://js.stripe.com\" \"https://*.js.stripe.com\")";
        assert_eq!(permissions, usual[1].replace("payment=()", payment));
        assert_eq!(opener, "same-origin-allow-popups");
        let event = server.text("SELECT public_id::text FROM events").await;
        let event = server.event_path(event.parse().unwrap()).await;
        for path in ["/", "/bookings", "/nowhere", &event] {
            assert_eq!(ours(&buyer.open(path).await), usual, "{path}");
        }
        assert_eq!(server.cancel(&buyer.booking).await.status, 200);
        assert_eq!(ours(&buyer.look().await), usual);
    })
    .await;
}

#[tokio::test]
async fn a_real_provider_is_given_the_amount_and_no_card_number() {
    with_settings(&STRIPE, async |server| {
        let buyer = Buyer::with_booking(server).await;
        let page = buyer.look().await;
        for there in [
            "data-key=\"pk_test_0123456789\"",
            "data-amount=\"2000\" data-currency=\"usd\" data-capture=\"manual\"",
            "data-script=\"https://js.stripe.com/dahlia/stripe.js\"",
            "name=\"hosted\"",
            "/static/pay.",
        ] {
            assert!(page.has(there), "{there}: {}", page.html);
        }
        for missing in ["card_number", "data-card", "sk_test", "use a test card"] {
            assert!(!page.has(missing), "{missing}");
        }
        // The banner stays: no money moves with keys of test mode.
        assert!(page.has("class=\"test-mode\""));
        let nothing = buyer.pay("payment_method", "").await;
        assert_eq!(nothing.status, 422);
        assert!(nothing.has("Fill in how you want to pay"));
        assert_eq!(nothing.header(HEADERS[0]), page.header(HEADERS[0]));
        assert_eq!(buyer.pay("card_number", GOOD_CARD).await.status, 422);
        assert_eq!(buyer.payments().await, "");
    })
    .await;
}

#[tokio::test]
async fn the_way_to_the_bank_stays_on_the_page_until_it_is_decided() {
    with_server(async |server| {
        let buyer = Buyer::with_booking(server).await;
        assert!(buyer.look().await.has(ASKS));
        let asked = buyer.pay("card_number", ASKS).await;
        assert_eq!(asked.status, 303);
        let bank = asked.header("location");
        assert!(bank.starts_with("/test-bank/"), "{bank}");
        for _ in 0..2 {
            let page = buyer.look().await;
            assert!(page.has(&format!("href=\"{bank}\"")), "{}", page.html);
            assert!(page.has("payments/give-up") && page.has("data-poll=\"acting\""));
            assert!(!page.has("spinner") && !page.has("http-equiv=\"refresh\""));
            // They came back without an answer.
            let back = buyer.open(&format!("{}/return", buyer.path)).await;
            assert_eq!(back.header("location"), buyer.path);
        }
        // In a language everything is.
        let german = buyer.open(&format!("/de{}", buyer.path)).await;
        assert!(german.has(&format!("href=\"/de{bank}\"")));
        has_waited(server).await;
        let given_up = buyer.submit("/payments/give-up", &[]).await;
        assert_eq!(given_up.header("location"), buyer.path);
        let page = buyer.look().await;
        assert!(page.has("The payment was not completed"), "{}", page.html);
        assert!(page.has("name=\"card_number\"") && !page.has("You have 3"));
        let key = fresh_key();
        let fields = [("key", key.as_str()), ("card_number", GOOD_CARD)];
        assert_eq!(buyer.submit("/payments", &fields).await.status, 303);
        assert_eq!(server.count(CONFIRMED).await, 1);
        assert_eq!(buyer.payments().await, "succeeded abandoned");
    })
    .await;
}

#[tokio::test]
async fn a_buyer_who_takes_a_minute_on_the_banks_page_comes_back_to_a_paid_booking() {
    with_server(async |server| {
        let buyer = Buyer::with_booking(server).await;
        let asked = buyer.pay("card_number", ASKS).await;
        let bank = format!("{}{}", server.url, asked.header("location"));
        has_waited(server).await;
        let agreed = server.client.post(bank).form(&[("answer", "yes")]);
        let agreed = buyer.send(agreed).await;
        assert_eq!(agreed.status, StatusCode::SEE_OTHER);
        let back = agreed.header("location").strip_prefix(&server.url);
        let back = buyer.open(back.expect("a page of this server")).await;
        assert_eq!(back.header("location"), buyer.path);
        assert_eq!(server.count(CONFIRMED).await, 1);
        assert_eq!(buyer.payments().await, "succeeded");
    })
    .await;
}

#[tokio::test]
async fn without_scripts_the_buyer_pays_on_the_providers_page() {
    let checkout = Checkout::start().await;
    with_settings(&checkout.flags(), async |server| {
        let buyer = Buyer::with_booking(server).await;
        let key = fresh_key();
        let fields = [("key", key.as_str()), ("hosted", "1")];
        let url = format!("{}/c/pay/cs_test_1", checkout.url);
        // The second is the first one again.
        for _ in 0..2 {
            let sent = buyer.submit("/payments", &fields).await;
            assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, url.as_str()));
        }
        let written = "SELECT count(*) FROM payments WHERE reference = 'cs_test_1' AND action = 'redirect' AND act_until > now()";
        assert_eq!(server.count(written).await, 1);
        // Recovery does not close a page on which the buyer may still pay.
        server.sql("UPDATE payments SET recover_at = now()").await;
        server.app.payments.recover_charges().await.unwrap();
        let leased = "SELECT count(*) FROM payments WHERE recover_at > now() + interval '30 seconds'";
        server.until(leased, 0).await;
        assert!(!checkout.state.is_closed.load(Ordering::SeqCst));
        assert!(buyer.look().await.has(&format!("href=\"{url}\"")));
        has_waited(server).await;
        checkout.state.is_paid.store(true, Ordering::SeqCst);
        buyer.open(&format!("{}/return", buyer.path)).await;
        assert_eq!(server.count(CONFIRMED).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_the_buyer_has_left_is_closed_when_they_pay_otherwise() {
    let checkout = Checkout::start().await;
    with_settings(&checkout.flags(), async |server| {
        let buyer = Buyer::with_booking(server).await;
        assert_eq!(buyer.pay("hosted", "1").await.status, 303);
        buyer.submit("/payments/give-up", &[]).await;
        assert!(checkout.state.is_closed.load(Ordering::SeqCst));
        assert!(buyer.look().await.has("name=\"hosted\""));
        assert_eq!(buyer.payments().await, "abandoned");
    })
    .await;
}

#[tokio::test]
async fn a_provider_without_a_page_or_without_an_answer_charges_nothing() {
    with_server(async |server| {
        let buyer = Buyer::with_booking(server).await;
        assert_eq!(
            buyer.pay("hosted", "1").await.header("location"),
            buyer.path
        );
        assert!(buyer.look().await.has("did not accept the payment"));
        assert_eq!(buyer.payments().await, "provider_refused");
    })
    .await;
    let checkout = Checkout::start().await;
    checkout.state.is_down.store(true, Ordering::SeqCst);
    with_settings(&checkout.flags(), async |server| {
        let buyer = Buyer::with_booking(server).await;
        assert_eq!(
            buyer.pay("hosted", "1").await.header("location"),
            buyer.path
        );
        let page = buyer.look().await;
        assert!(page.has("does not answer just now") && page.has("Your tickets are kept until"));
        assert_eq!(buyer.payments().await, "provider_unavailable");
    })
    .await;
}

#[tokio::test]
async fn everything_tells_the_time_of_the_bank_while_it_asks() {
    with_server(async |server| {
        let mut buyer = Buyer::with_booking(server).await;
        let held = |page: &Page| {
            let cookies = page.headers.get_all("set-cookie").iter();
            let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned());
            let cookie = cookies.find(|cookie| cookie.starts_with("hold-"))?;
            Some(cookie.split_once(';').unwrap().0.to_owned())
        };
        let first = held(&buyer.look().await).unwrap();
        let listed = buyer.open("/bookings").await;
        assert!(listed.has("Pay now") && !listed.has("Continue paying"));
        buyer.cookie = format!("{}; {first}", buyer.cookie);
        let asked = buyer.pay("card_number", ASKS).await;
        let until = "SELECT floor(extract(epoch FROM act_until))::bigint FROM payments";
        let until = server.count(until).await;
        let (name, rest) = first.split_once('=').unwrap();
        let (_, rest) = rest.split_once('.').unwrap();
        let then = Some(format!("{name}={until}.{rest}"));
        assert_eq!(held(&asked), then);
        assert_eq!(held(&buyer.look().await), then);
        let listed = buyer.open("/bookings").await;
        assert!(listed.has("Continue paying") && !listed.has("Pay now"));
        let act_until = "SELECT to_char(act_until AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') FROM payments";
        let act_until = server.text(act_until).await;
        let clock = format!("data-countdown=\"{act_until}");
        assert!(listed.has(&clock), "{clock}: {}", listed.html);
        // A bank that is asked itself leaves nothing to do.
        server
            .sql("UPDATE payments SET action = NULL, action_data = NULL, act_until = NULL")
            .await;
        let listed = buyer.open("/bookings").await;
        assert!(listed.has("Waiting for your bank") && !listed.has("data-countdown"));
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_did_not_arrive_is_not_said_to_be_there() {
    with_server(async |server| {
        let buyer = Buyer::with_booking(server).await;
        assert_eq!(buyer.pay("card_number", GOOD_CARD).await.status, 303);
        assert_eq!(server.cancel(&buyer.booking).await.status, 200);
        let refunded = "SELECT count(*) FROM payments WHERE status = 'refunded'";
        server.until(refunded, 1).await;
        let page = buyer.look().await;
        assert!(page.has("went back in full to your Visa ending in 4242"));
        let fail = "INSERT INTO payment_incidents (event_id, id, payment_id, booking_id, kind, reference, amount_minor,
                                                   currency, reported_at)
                    SELECT event_id, gen_random_uuid(), id, booking_id, 'refund-failed', 're_1', amount_minor, currency, now()
                    FROM payments";
        server.sql(fail).await;
        let page = buyer.look().await;
        assert!(!page.has("went back in full"), "{}", page.html);
        assert!(page.has("could not be sent back to your Visa ending in 4242"));
        assert!(page.has("Refund did not arrive") && !page.has("Refunded "));
    })
    .await;
}
