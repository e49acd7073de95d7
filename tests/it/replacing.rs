//! An order in the place of a hold: the old tickets are given back and the new ones taken, or neither.

use boxoffice::catalog::NewEvent;
use boxoffice::types::EventId;
use futures::future::join_all;
use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gate::{Gate, Moment};
use crate::support::gateway::GOOD_CARD;
use crate::support::{
    CONFIRMED, FREE, Server, fresh_key, general, numbered, order, text, with_server, with_settings,
};

const PENDING: &str = "SELECT count(*) FROM bookings WHERE status = 'pending'";

/// The same buyer's order of so many tickets in the place of this hold.
fn instead(held: &Value, quantity: i64) -> Value {
    json!({
        "event_id": held["event_id"], "buyer_id": held["buyer_id"], "replaces": held["id"],
        "items": [{"tier": "hall", "quantity": quantity}],
    })
}

async fn held(server: &Server, event: Uuid, quantity: i64) -> Value {
    let body = order(event, Uuid::new_v4(), &[("hall", quantity)]);
    server.book(&body).await.made()
}

async fn status(server: &Server, booking: &Value) -> String {
    text(&server.booking(booking).await["status"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_given_back_for_an_order_that_needs_its_tickets() {
    with_server(async |server| {
        // What is given back does not count towards what the buyer may have.
        let four = |event: &mut NewEvent| {
            (event.max_tickets_per_booking, event.max_tickets_per_buyer) = (4, Some(4));
        };
        let event = server.event_with(&[numbered("hall", 4, &[4])], four).await;
        let old = held(server, event, 3).await;
        let new = server.book(&instead(&old, 4)).await.made();
        assert_eq!(status(server, &old).await, "cancelled");
        assert_eq!(
            new["items"][0]["seats"],
            json!(["A-1", "A-2", "A-3", "A-4"])
        );
        assert_eq!(server.count(FREE).await, 0);
    })
    .await;
}

/// What this process has counted before is corrected by both at once.
#[tokio::test(flavor = "multi_thread")]
async fn the_counts_that_readers_see_know_of_what_was_given_back_and_of_what_was_taken() {
    with_server(async |server| {
        let event = server.event(&[general("hall", 10)]).await;
        let old = held(server, event, 3).await;
        let id = EventId(event);
        let event = server.app.catalog.event(id).await.unwrap().unwrap();
        let available = async || {
            let counts = server.app.availability.known(&event);
            counts.expect("it was counted").tiers[0].available
        };
        server.app.availability.of(&event).await.unwrap();
        assert_eq!(available().await, 7);
        // Nobody asks for a new count: what is known is what this process was told.
        server.book(&instead(&old, 4)).await.made();
        assert_eq!(available().await, 6);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_refused_leaves_the_hold() {
    with_server(async |server| {
        let event = server.event(&[numbered("hall", 6, &[6])]).await;
        let old = held(server, event, 2).await;
        let other = held(server, event, 2).await;
        server.pay(&other, GOOD_CARD).await.made();
        let before = server.booking(&old).await;
        let refused = server.book(&instead(&old, 5)).await;
        assert_eq!(refused.problem(409), "sold-out", "{}", refused.json);
        assert_eq!(refused.json["tiers"][0]["available"], 4);
        assert_eq!(server.booking(&old).await, before);
        // One seat of each: what is the buyer's own is not enough.
        let seat = |booking: &Value| {
            let label = text(&booking["items"][0]["seats"][0]);
            let number: i64 = label.trim_start_matches("A-").parse().unwrap();
            json!({"tier": "hall", "row": "A", "number": number})
        };
        let named = json!({
            "event_id": event, "buyer_id": old["buyer_id"], "replaces": old["id"],
            "seats": [seat(&old), seat(&other)],
        });
        assert_eq!(server.book(&named).await.problem(409), "seats-taken");
        assert_eq!(server.booking(&old).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_or_another_s_or_of_another_event_is_not_given_back() {
    with_server(async |server| {
        let tiers = [general("hall", 10)];
        let (event, elsewhere) = (server.event(&tiers).await, server.event(&tiers).await);
        let paid = held(server, event, 2).await;
        server.pay(&paid, GOOD_CARD).await.made();
        let refused = server.book(&instead(&paid, 3)).await;
        assert_eq!(refused.problem(409), "already-paid", "{}", refused.json);

        let of_other = held(server, event, 2).await;
        let mut body = instead(&of_other, 1);
        body["buyer_id"] = json!(Uuid::new_v4());
        let refused = server.book(&body).await;
        assert_eq!(refused.problem(422), "invalid-request");
        assert_eq!(refused.json["errors"][0]["pointer"], "/replaces");
        let mut body = instead(&of_other, 1);
        body["event_id"] = json!(elsewhere);
        let refused = server.book(&body).await;
        assert_eq!(refused.json["errors"][0]["pointer"], "/replaces");

        assert_eq!(status(server, &paid).await, "confirmed");
        assert_eq!(status(server, &of_other).await, "pending");
        assert_eq!(server.count(FREE).await, 16);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_is_being_paid_is_not_given_back() {
    with_settings(&["--gateway-webhook-delay-ms", "600000"], async |server| {
        let event = server.event(&[general("hall", 10)]).await;
        let old = held(server, event, 2).await;
        let paying = server.pay(&old, "4000000000003220").await;
        assert_eq!(paying.status, 202, "{}", paying.json);
        let refused = server.book(&instead(&old, 3)).await;
        assert_eq!(refused.problem(409), "payment-in-progress");
        assert_eq!(status(server, &old).await, "pending");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_is_over_does_not_keep_the_order_from_being_booked() {
    with_server(async |server| {
        let event = server.event(&[general("hall", 4)]).await;
        let old = held(server, event, 4).await;
        server.age_holds().await;
        let new = server.book(&instead(&old, 4)).await.made();
        assert_eq!(new["status"], "pending");
        assert_eq!(status(server, &old).await, "expired");
    })
    .await;
}

/// Twenty requests under one key, through two servers: one booking.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_sent_many_times_takes_the_place_of_the_hold_once() {
    with_server(async |server| {
        let second = server.another().await;
        let event = server.event(&[numbered("hall", 40, &[10])]).await;
        let old = held(server, event, 2).await;
        let (key, body) = (fresh_key(), instead(&old, 3));
        let sent = (0..20).map(|n| if n % 2 == 0 { server } else { &second });
        let answers = join_all(sent.map(|at| at.book_with_key(&key, &body))).await;
        for answer in &answers {
            assert!(matches!(answer.status, 200 | 201), "{}", answer.json);
            assert_eq!(answer.json["id"], answers[0].json["id"]);
        }
        assert_eq!(server.count(PENDING).await, 1);
        assert_eq!(server.count(FREE).await, 37);
        // To give back nothing, or another hold, is another request.
        let mut other = body.clone();
        for replaced in [Value::Null, json!(Uuid::new_v4())] {
            other["replaces"] = replaced;
            let refused = server.book_with_key(&key, &other).await;
            assert_eq!(refused.status, 422, "{}", refused.json);
        }
        second.stop().await;
    })
    .await;
}

/// The hold is given back, and the new booking about to be inserted, when its payment comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_in_the_middle_of_it_is_refused_and_charges_nothing() {
    with_server(async |server| {
        let event = server.event(&[general("hall", 10)]).await;
        let old = held(server, event, 2).await;
        let gate = Gate::close(server, Moment::BeforeBookings).await;
        let body = instead(&old, 3);
        let replaced = server.book(&body);
        let paid = async {
            gate.until_waiting(1).await;
            let paid = server.pay(&old, GOOD_CARD);
            let open = async {
                let waits = "SELECT count(*) FROM pg_stat_activity
                    WHERE wait_event IN ('transactionid', 'tuple') AND datname = current_database()";
                server.until(waits, 1).await;
                gate.open().await;
            };
            tokio::join!(paid, open).0
        };
        let (replaced, paid) = tokio::join!(replaced, paid);
        replaced.made();
        assert_eq!(paid.problem(409), "booking-cancelled", "{}", paid.json);
        assert_eq!(server.count(CONFIRMED).await, 0);
        assert_eq!(server.count("SELECT count(*) FROM gateway_charges").await, 0);
        assert_eq!(server.count(FREE).await, 7);
    })
    .await;
}

/// Both take the buyer's next turn: the one that comes second tries again.
#[tokio::test(flavor = "multi_thread")]
async fn another_order_of_the_buyer_that_is_committed_meanwhile_is_no_obstacle() {
    with_server(async |server| {
        let event = server.event(&[general("hall", 10)]).await;
        let old = held(server, event, 2).await;
        let gate = Gate::close(server, Moment::AtCommit).await;
        let another = json!({
            "event_id": event, "buyer_id": old["buyer_id"],
            "items": [{"tier": "hall", "quantity": 1}],
        });
        let another = server.book(&another);
        let replaced = async {
            gate.until_waiting(1).await;
            let body = instead(&old, 3);
            let open = async {
                let waits = "SELECT count(*) FROM pg_stat_activity
                    WHERE wait_event = 'transactionid' AND datname = current_database()";
                server.until(waits, 1).await;
                gate.open().await;
            };
            tokio::join!(server.book(&body), open).0
        };
        let (another, replaced) = tokio::join!(another, replaced);
        another.made();
        replaced.made();
        assert_eq!(status(server, &old).await, "cancelled");
        assert_eq!(server.count(FREE).await, 6);
    })
    .await;
}

/// Attempts are counted by a sequence, which no rollback takes back.
#[tokio::test(flavor = "multi_thread")]
async fn tickets_that_others_have_locked_are_waited_for() {
    with_server(async |server| {
        let event = server.event(&[general("hall", 4)]).await;
        let old = held(server, event, 2).await;
        server
            .sql(
                "CREATE SEQUENCE attempts;
                 CREATE FUNCTION attempt() RETURNS trigger LANGUAGE plpgsql AS
                     $$BEGIN PERFORM nextval('attempts'); RETURN NEW; END$$;
                 CREATE TRIGGER attempt BEFORE UPDATE ON bookings FOR EACH ROW EXECUTE FUNCTION attempt();",
            )
            .await;
        let other = server.db.get().await.unwrap();
        let lock = "BEGIN; SELECT FROM tickets WHERE booking_id IS NULL FOR UPDATE";
        other.batch_execute(lock).await.unwrap();
        let release = async {
            let again = "SELECT (last_value > 1)::int::bigint FROM attempts";
            server.until(again, 1).await;
            other.batch_execute("ROLLBACK").await.unwrap();
        };
        let body = instead(&old, 4);
        let (replaced, ()) = tokio::join!(server.book(&body), release);
        replaced.made();
        assert_eq!(status(server, &old).await, "cancelled");
        // Locked for as long as it waits: refused, and the hold stays.
        let new = held(server, server.event(&[general("hall", 4)]).await, 2).await;
        other.batch_execute(lock).await.unwrap();
        let refused = server.book(&instead(&new, 4)).await;
        assert_eq!(refused.problem(409), "held-by-others", "{}", refused.json);
        other.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(status(server, &new).await, "pending");
    })
    .await;
}

/// Of the order form: what came back.
async fn submit(
    server: &Server,
    client: &Client,
    path: &str,
    fields: &[(&str, &str)],
) -> (u16, Vec<String>, String) {
    let form = client
        .post(format!("{}{path}/bookings", server.url))
        .header("Origin", &server.url)
        .form(fields);
    let answer = form.send().await.unwrap();
    let cookies = answer.headers().get_all("set-cookie").iter();
    let cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned());
    let (status, cookies) = (answer.status().as_u16(), cookies.collect());
    let location = answer.headers().get("location");
    let location = location.map(|to| to.to_str().unwrap().to_owned());
    let text = match location {
        Some(location) => location,
        None => answer.text().await.unwrap(),
    };
    (status, cookies, text)
}

/// The value of a hidden field.
fn hidden<'h>(html: &'h str, name: &str) -> Option<&'h str> {
    let (_, value) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    value.split('"').next()
}

/// The hold that may be given back for the order, if the form asks.
fn offered(html: &str) -> Option<&str> {
    let answers = html.split("name=\"replaces\" value=\"").skip(1);
    let mut answers = answers.filter_map(|answer| answer.split('"').next());
    answers.find(|answer| *answer != "none")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_changed_and_sent_again_offers_to_replace_what_it_holds() {
    with_server(async |server| {
        let event = server.event(&[general("hall", 10)]).await;
        let path = server.event_path(event).await;
        let browser = || {
            let client = Client::builder().cookie_store(true);
            client.redirect(Policy::none()).build().unwrap()
        };
        let mine = browser();
        let open = async |path: &str| {
            let page = mine.get(format!("{}{path}", server.url));
            page.send().await.unwrap().text().await.unwrap()
        };
        let html = open(&path).await;
        let first = hidden(&html, "key").unwrap().to_owned();
        let of_first = |quantity| [("key", first.as_str()), ("qty-hall", quantity)];
        let (status, _, old) = submit(server, &mine, &path, &of_first("2")).await;
        assert_eq!(status, 303);
        // The browser knows of its hold.
        open(&old).await;
        let id = old.strip_prefix("/bookings/").unwrap();
        let (status, _, html) = submit(server, &mine, &path, &of_first("3")).await;
        assert_eq!(status, 422);
        assert_eq!(offered(&html), Some(id), "{html}");
        let key = hidden(&html, "key").unwrap();
        let form = [("key", key), ("qty-hall", "3"), ("replaces", id)];

        // Of somebody else's booking, or of none, nothing is told.
        let others = browser();
        let nobody = Uuid::new_v4().to_string();
        let mut answers = Vec::new();
        for named in [id, &nobody, "no id"] {
            let fresh = fresh_key();
            let form = [
                ("key", fresh.as_str()),
                ("qty-hall", "3"),
                ("replaces", named),
            ];
            let (status, _, html) = submit(server, &others, &path, &form).await;
            assert_eq!((status, offered(&html)), (422, None), "{named}");
            let alert = html.split("role=\"alert\"").nth(1).unwrap();
            answers.push(alert.split("</div>").next().unwrap().to_owned());
        }
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{answers:?}"
        );

        // What is refused for another reason says that the hold is kept, and offers it again.
        let fresh = fresh_key();
        let too_many = [
            ("key", fresh.as_str()),
            ("qty-hall", "11"),
            ("replaces", id),
        ];
        let (status, cookies, html) = submit(server, &mine, &path, &too_many).await;
        assert_eq!((status, offered(&html)), (422, Some(id)));
        assert!(html.contains(&format!("href=\"{old}\"")), "{html}");
        assert!(!cookies.iter().any(|cookie| cookie.starts_with("hold-")));

        let (status, cookies, new) = submit(server, &mine, &path, &form).await;
        assert_eq!(status, 303, "{new}");
        assert_ne!(new, old);
        let gone = cookies
            .iter()
            .find(|it| it.starts_with(&format!("hold-{id}=;")));
        assert!(
            gone.is_some_and(|it| it.contains("Max-Age=0")),
            "{cookies:?}"
        );
        let states = "SELECT string_agg(status, ' ' ORDER BY created_at) FROM bookings";
        assert_eq!(server.text(states).await, "cancelled pending");
        assert_eq!(server.count(FREE).await, 7);
        // The first form holds nothing any more that could be replaced.
        let (status, _, html) = submit(server, &mine, &path, &of_first("3")).await;
        assert_eq!((status, offered(&html)), (422, None));
    })
    .await;
}
