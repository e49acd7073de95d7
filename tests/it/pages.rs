//! The pages as a browser without JavaScript sees them: links, forms, redirects.

use boxoffice::catalog::NewEvent;
use boxoffice::types::{BookingId, BuyerId, EventNo, Timestamp};
use boxoffice::web::view::qr::Qr;
use data_encoding::BASE32_NOPAD;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::{GOOD_CARD, LATER_CARD, NO_WEBHOOKS};
use crate::support::{Server, fresh_key, general, numbered, order, with_server, with_settings};

/// A browser: keeps its cookies, follows no redirect by itself.
struct Browser<'s> {
    server: &'s Server,
    client: reqwest::Client,
}

/// A page that came, read.
struct Page {
    status: StatusCode,
    html: String,
    location: Option<String>,
}

impl Page {
    /// The value of the hidden field `key` of a form.
    fn key(&self) -> String {
        let from = self
            .html
            .find("name=\"key\" value=\"")
            .expect("a hidden key")
            + "name=\"key\" value=\"".len();
        self.html[from..from + 36].to_owned()
    }

    fn has(&self, words: &str) -> bool {
        self.html.contains(words)
    }
}

impl<'s> Browser<'s> {
    fn new(server: &'s Server) -> Self {
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none());
        Self {
            server,
            client: client.build().unwrap(),
        }
    }

    async fn read(response: Response) -> Page {
        let location = response
            .headers()
            .get("location")
            .map(|value| value.to_str().unwrap().to_owned());
        assert!(response.headers().contains_key("content-security-policy"));
        Page {
            status: response.status(),
            location,
            html: response.text().await.unwrap(),
        }
    }

    /// GETs a page, and goes where it has moved to.
    async fn open(&self, path: &str) -> Page {
        let get = async |path: &str| {
            let page = self.client.get(format!("{}{path}", self.server.url));
            Self::read(page.send().await.unwrap()).await
        };
        let page = get(path).await;
        match &page.location {
            Some(location) if page.status == 301 => get(location).await,
            _ => page,
        }
    }

    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self
            .client
            .post(format!("{}{path}", self.server.url))
            .header("Origin", &self.server.url)
            .form(fields);
        Self::read(request.send().await.unwrap()).await
    }

    /// Books on the event's page; the path of the booking's page.
    async fn book(&self, event: Uuid, fields: &[(&str, &str)]) -> String {
        let key = self.open(&format!("/events/{event}")).await.key();
        let fields = [&[("key", key.as_str())], fields].concat();
        let booked = self
            .submit(&format!("/events/{event}/bookings"), &fields)
            .await;
        assert_eq!(booked.status, 303, "{}", booked.html);
        booked.location.expect("the booking's page")
    }
}

#[tokio::test]
async fn what_searches_find_is_events_and_no_bookings() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 20)]).await;
        let about = "Songs & <b>stories</b> of the sea, sung by those who were there and told by those who were not; \
                     with an interval, and a second half that nobody has heard before.";
        let set = format!("UPDATE events SET description = '{about}'");
        server.sql(&set).await;
        let browser = Browser::new(server);
        // Nobody has looked at the event before: it is not kept yet.
        let page = browser.open(&format!("/events/{event}")).await;
        let from = page.html.find("name=\"description\" content=\"").expect("a description") + 28;
        let summary = &page.html[from..from + page.html[from..].find('"').unwrap()];
        assert!(summary.contains("Songs &#38; &#60;b&#62;stories") && summary.ends_with('…'), "{summary}");
        let get = |path: String| async move { reqwest::get(format!("{}{path}", server.url)).await.unwrap() };
        let robots = get("/robots.txt".into()).await.text().await.unwrap();
        assert!(robots.starts_with("User-agent: *\nDisallow: /api/\n"), "{robots}");
        for (path, is_kept_out) in [("/".into(), false), (server.event_path(event).await, false), ("/bookings".into(), true)] {
            let tag = get(path).await.headers().get("x-robots-tag").cloned();
            assert_eq!(tag.is_some_and(|tag| tag == "noindex"), is_kept_out);
        }
    })
    .await;
}

/// In a language everything is: what a link leads to, what a form leads to, and what went wrong.
#[tokio::test]
async fn a_language_in_the_address_stays_and_nothing_is_in_another() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 20)]).await;
        let browser = Browser::new(server);
        let readable = server.event_path(event).await;
        let page = browser.open(&format!("/de/events/{event}")).await;
        assert!(
            page.has("<html lang=\"de\" dir=\"ltr\" data-locale=\"de\""),
            "{}",
            page.html
        );
        assert!(page.has(&format!("action=\"/de{readable}/bookings\"")));
        assert!(page.has(&format!("data-live=\"/api/events/{event}/availability\"")));
        assert!(page.has(&format!("href=\"/ar{readable}\"")));
        let form = [("key", page.key()), ("qty-ga", "2".to_owned())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        let booked = browser
            .submit(&format!("/de/events/{event}/bookings"), &form)
            .await;
        let path = booked.location.expect("the booking's page");
        assert!(path.starts_with("/de/bookings/"), "{path}");
        let booking = browser.open(&path).await;
        assert!(booking.has("lang=\"de\"") && booking.has(&format!("action=\"{path}/payments\"")));
        let refused = browser
            .submit(
                &format!("{path}/payments"),
                &[("key", booking.key().as_str())],
            )
            .await;
        assert_eq!(refused.status, 422);
        // The page in other languages is the one that the form was on.
        assert!(
            refused.has("lang=\"de\"")
                && refused.has(&format!("href=\"{}\"", path.replace("/de/", "/fr/")))
        );
        for (wrong, words) in [
            ("/de/?cursor=x", "next_cursor"),
            ("/de/nowhere", "There is nothing"),
        ] {
            let wrong = browser.open(wrong).await;
            assert!(
                wrong.has("lang=\"de\"") && !wrong.has(words),
                "{}",
                wrong.html
            );
        }
        assert!(!browser.open("/?cursor=x").await.has("next_cursor"));
        // Not another host's address, and not JSON.
        assert!(
            !browser
                .open("/de//elsewhere.test/")
                .await
                .has("href=\"/fr//")
        );
        assert_eq!(browser.open("/de/api/events").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn as_many_seats_as_tickets_or_nothing_is_booked() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 20, &[10])]).await;
        let browser = Browser::new(server);
        let path = format!("/events/{event}/bookings");
        let seats = [("seat", "vip:A:1"), ("seat", "vip:A:2")];
        let cases = [
            ("4", "You chose 4 tickets and 2 seats: choose 2 more seats, or 2 tickets."),
            ("1", "You chose 1 ticket and 2 seats: untick 1 seat, or 2 tickets."),
        ];
        for (tickets, advice) in cases {
            let key = fresh_key();
            let fields = [("key", key.as_str()), ("maps", "vip"), ("qty-vip", tickets)];
            let refused = browser.submit(&path, &[&fields, &seats[..]].concat()).await;
            assert_eq!(refused.status, 422, "{}", refused.html);
            assert!(refused.has(advice), "{}", refused.html);
            // The choice is still there.
            assert!(refused.has(&format!("<option selected>{tickets}</option>")));
            for (_, seat) in seats {
                assert!(refused.has(&format!("value=\"{seat}\" checked")));
            }
        }
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
        for tickets in ["0", "2"] {
            browser.book(event, &[&[("qty-vip", tickets)], &seats[..]].concat()).await;
            server.sql("UPDATE tickets SET booking_id = NULL; DELETE FROM booking_items; DELETE FROM bookings").await;
        }
    })
    .await;
}

#[tokio::test]
async fn addresses_that_people_guess_lead_somewhere() {
    with_server(async |server| {
        let browser = Browser::new(server);
        for (guess, page) in [
            ("/events", "/"),
            ("/events/", "/"),
            ("/bookings/", "/bookings"),
        ] {
            let led = server
                .client
                .get(format!("{}{guess}", server.url))
                .send()
                .await
                .unwrap();
            assert!(led.status().is_redirection(), "{guess}: {}", led.status());
            assert_eq!(led.headers()["location"], page);
            assert_eq!(browser.open(page).await.status, 200);
        }
    })
    .await;
}

#[tokio::test]
async fn where_nothing_is_left_there_is_nothing_to_press() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 1)]).await;
        let browser = Browser::new(server);
        let path = format!("/events/{event}");
        let button = "<button class=\"button primary\"";
        let pressable = async || {
            let page = browser.open(&path).await;
            let from = page.html.find(button).expect("a button");
            !page.html[from..]
                .split_once('>')
                .unwrap()
                .0
                .contains("hidden")
        };
        assert!(pressable().await);
        Browser::new(server).book(event, &[("qty-ga", "1")]).await;
        assert!(!pressable().await);
        assert!(browser.open(&path).await.has("in another buyer’s order"));
    })
    .await;
}

async fn the_booking(server: &Server) -> Value {
    let id: Uuid = server
        .db
        .get()
        .await
        .unwrap()
        .query_one("SELECT id FROM bookings", &[])
        .await
        .unwrap()
        .get(0);
    let buyer = server.text("SELECT buyer_id::text FROM bookings").await;
    server
        .read_as(&json!(buyer), &format!("/api/bookings/{id}"))
        .await
}

#[tokio::test]
async fn an_event_is_found_booked_paid_and_listed() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 50)])
            .await;
        let browser = Browser::new(server);
        let list = browser.open("/?q=goteb").await;
        assert!(list.has("Nordlicht Quartet") && list.has(&server.event_path(event).await));
        let path = browser
            .book(event, &[("qty-vip", "2"), ("qty-ga", "1")])
            .await;
        let pending = browser.open(&path).await;
        assert!(
            pending.has("A-5") && pending.has("A-6") && pending.has("210.00"),
            "{}",
            pending.html
        );
        let declined = browser
            .submit(
                &format!("{path}/payments"),
                &[("key", &pending.key()), ("card_number", "4000000000000002")],
            )
            .await;
        assert!(declined.html.to_lowercase().contains("declined") || declined.status == 303);
        let again = browser.open(&path).await;
        let paid = browser
            .submit(
                &format!("{path}/payments"),
                &[
                    ("key", &again.key()),
                    ("card_number", "4242 4242 4242 4242"),
                ],
            )
            .await;
        assert_eq!(
            (paid.status.as_u16(), paid.location.as_deref()),
            (303, Some(path.as_str()))
        );
        let confirmed = browser.open(&path).await;
        assert!(confirmed.has("Confirmed") || confirmed.has("confirmed"));
        assert_eq!(the_booking(server).await["status"], "confirmed");
        assert!(browser.open("/bookings").await.has(&path));
        assert!(!Browser::new(server).open("/bookings").await.has(&path));
    })
    .await;
}

#[tokio::test]
async fn the_calendar_file_of_a_booking_says_what_when_and_where() {
    with_server(async |server| {
        let tiers = [general("ga", 50), numbered("vip", 20, &[10])];
        let ending = |event: &mut NewEvent| {
            event.facts.ends_at = Some(event.starts_at + chrono::Duration::minutes(90));
        };
        let event = server.event_with(&tiers, ending).await;
        let browser = Browser::new(server);
        let seats = [("qty-ga", "2"), ("seat", "vip:A:7"), ("seat", "vip:A:8")];
        let path = browser.book(event, &seats).await;
        let file = format!("{path}/calendar.ics");
        assert_eq!(browser.open(&file).await.status, 404, "not paid yet");
        let key = browser.open(&path).await.key();
        let card = [("key", key.as_str()), ("card_number", "4242424242424242")];
        browser.submit(&format!("{path}/payments"), &card).await;
        let booking = the_booking(server).await;
        let event = server.read(&format!("/api/events/{event}")).await;
        let utc = |time: &Value| {
            let time: Timestamp = time.as_str().unwrap().parse().unwrap();
            time.format("%Y%m%dT%H%M%SZ").to_string()
        };
        let word = |json: &Value| json.as_str().unwrap().to_owned();
        let venue = &event["venue"];
        let calendar = browser.open(&file).await.html.replace("\r\n ", "");
        for line in [
            "METHOD:PUBLISH".to_owned(),
            "X-WR-CALNAME:boxoffice".to_owned(),
            "STATUS:CONFIRMED".to_owned(),
            format!("UID:{}@boxoffice", word(&booking["id"])),
            format!("DTSTAMP:{}", utc(&booking["confirmed_at"])),
            format!("DTSTART:{}", utc(&event["starts_at"])),
            format!("DTEND:{}", utc(&event["ends_at"])),
            format!("SUMMARY:{}", word(&event["name"])),
            format!(
                "LOCATION:{}\\, {}\\, Sweden",
                word(&venue["name"]),
                word(&venue["city"])
            ),
            format!(
                "DESCRIPTION:2 × GA\\, 2 × VIP\\nSeats A-7\\, A-8\\nReference {}",
                word(&booking["reference"])
            ),
            format!("URL:{}{path}", server.url),
        ] {
            assert!(calendar.lines().any(|is| is == line), "{line}: {calendar}");
        }
        assert_eq!(Browser::new(server).open(&file).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_sent_twice_books_once() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let browser = Browser::new(server);
        let key = browser.open(&format!("/events/{event}")).await.key();
        let fields = [("key", key.as_str()), ("qty-ga", "2")];
        let first = browser
            .submit(&format!("/events/{event}/bookings"), &fields)
            .await;
        let second = browser
            .submit(&format!("/events/{event}/bookings"), &fields)
            .await;
        assert_eq!(first.location, second.location);
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_order_beside_a_hold_is_booked_as_well_or_instead_as_its_buyer_says() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let browser = Browser::new(server);
        let path = browser.book(event, &[("qty-ga", "2")]).await;
        browser.open(&path).await;
        let pending = "SELECT count(*) FROM bookings WHERE status = 'pending'";
        let order = async |more: &[(&str, &str)]| {
            let form = browser.open(&format!("/events/{event}")).await;
            assert!(
                !form.has("name=\"replaces\""),
                "the page is no reader's own"
            );
            let key = form.key();
            let fields = [&[("key", key.as_str()), ("qty-ga", "3")], more].concat();
            let action = format!("/events/{event}/bookings");
            browser.submit(&action, &fields).await
        };
        let asked = order(&[]).await;
        assert_eq!(asked.status, 422);
        let hold = path.rsplit('/').next().unwrap();
        for words in [
            "You already hold 2 tickets for this event",
            "Nothing has been booked yet",
            "name=\"replaces\" value=\"none\" required>",
            format!("name=\"replaces\" value=\"{hold}\" required>").as_str(),
        ] {
            assert!(asked.has(words), "{words}: {}", asked.html);
        }
        assert_eq!(server.count(pending).await, 1);
        // Another one's hold is nobody else's business.
        let key = fresh_key();
        let planted = format!("hold-{hold}=9999999999.2.{event}");
        let request = server
            .client
            .post(format!("{}/events/{event}/bookings", server.url))
            .header("Origin", &server.url)
            .header("Cookie", planted)
            .form(&[("key", key.as_str()), ("qty-ga", "1")]);
        assert_eq!(request.send().await.unwrap().status(), 303);
        assert_eq!(server.count(pending).await, 2);

        assert_eq!(order(&[("replaces", "none")]).await.status, 303);
        assert_eq!(server.count(pending).await, 3);
        assert_eq!(order(&[("replaces", hold)]).await.status, 303);
        assert_eq!(server.count(pending).await, 3);
        let old = "SELECT count(*) FROM bookings WHERE status = 'cancelled'";
        assert_eq!(server.count(old).await, 1);
    })
    .await;
}

#[tokio::test]
async fn seats_are_chosen_from_the_map() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 20, &[4, 6])]).await;
        let browser = Browser::new(server);
        let map = browser.open(&format!("/events/{event}?seats=vip")).await;
        assert!(map.has("value=\"vip:B:7\""), "{}", map.html);
        browser
            .book(
                event,
                &[("maps", "vip"), ("seat", "vip:B:7"), ("seat", "vip:B:8")],
            )
            .await;
        assert_eq!(
            the_booking(server).await["items"][0]["seats"],
            serde_json::json!(["B-7", "B-8"])
        );
        let other = Browser::new(server);
        let key = other
            .open(&format!("/events/{event}?seats=vip"))
            .await
            .key();
        let fields = [("key", key.as_str()), ("maps", "vip"), ("seat", "vip:B:7")];
        let taken = other
            .submit(&format!("/events/{event}/bookings"), &fields)
            .await;
        assert_eq!(taken.status, 409);
        assert!(taken.has("B-7") || taken.has("B7"), "{}", taken.html);
    })
    .await;
}

#[tokio::test]
async fn a_booking_is_cancelled_by_its_buyer_alone() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let browser = Browser::new(server);
        let path = browser.book(event, &[("qty-ga", "2")]).await;
        let stranger = Browser::new(server);
        stranger.open(&format!("/events/{event}")).await;
        let refused = stranger.submit(&format!("{path}/cancel"), &[]).await;
        assert_eq!(refused.status, 404);
        assert_eq!(the_booking(server).await["status"], "pending");
        assert_eq!(
            browser.submit(&format!("{path}/cancel"), &[]).await.status,
            303
        );
        assert!(
            browser
                .open(&path)
                .await
                .html
                .to_lowercase()
                .contains("cancelled")
        );
    })
    .await;
}

#[tokio::test]
async fn held_tickets_and_sold_out_ones_are_two_things() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 2)]).await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        let path = format!("/events/{event}");
        let held = Browser::new(server).open(&path).await;
        assert!(held.has(">All held by others, some may come back</p>"));
        assert!(!held.has(">Sold out</p>"), "{}", held.html);
        server.pay(&booked, "4242424242424242").await.made();
        // Another process has no old count.
        let other = server.another().await;
        let sold = Browser::new(&other).open(&path).await;
        assert!(sold.has(">Sold out</p>"), "{}", sold.html);
        assert!(!sold.has(">All held by others"), "{}", sold.html);
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_is_over_offers_the_same_order_again() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let browser = Browser::new(server);
        let path = browser.book(event, &[("qty-ga", "2")]).await;
        server.age_holds().await;
        server
            .until("SELECT count(*) FROM bookings WHERE status = 'expired'", 1)
            .await;
        let expired = browser.open(&path).await;
        assert!(
            expired.has(&format!(
                "action=\"{}/bookings\"",
                server.event_path(event).await
            )),
            "{}",
            expired.html
        );
        let fields = [("key", expired.key()), ("qty-ga", "2".to_owned())];
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(
            browser
                .submit(&format!("/events/{event}/bookings"), &fields)
                .await
                .status,
            303
        );
    })
    .await;
}

#[tokio::test]
async fn bad_input_is_answered_with_a_page_and_changes_nothing() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let browser = Browser::new(server);
        for (path, status) in [
            ("/nope".to_owned(), 404),
            (format!("/events/{}", Uuid::new_v4()), 404),
            ("/events/nope".into(), 404),
            (format!("/bookings/{}", Uuid::new_v4()), 404),
            ("/?cursor=nope".into(), 422),
            ("/static/nope.css".into(), 404),
        ] {
            let page = browser.open(&path).await;
            assert_eq!(page.status, status, "{path}");
            assert!(page.has("<html") && page.has("</html>"), "{path}");
        }
        let search = browser.open("/?q=%3Cscript%3Ealert(1)%3C/script%3E").await;
        assert!(
            search.status == 200 && !search.has("<script>alert"),
            "{}",
            search.html
        );
        let key = browser.open(&format!("/events/{event}")).await.key();
        for fields in [
            vec![("key", key.as_str()), ("qty-ga", "0")],
            vec![("key", &key), ("qty-ga", "11")],
            vec![("key", &key), ("qty-ga", "-1")],
            vec![("key", &key), ("qty-ga", "x")],
            vec![("key", &key), ("qty-<b>", "1")],
            vec![("key", &key)],
            vec![("qty-ga", "1")],
        ] {
            let page = browser
                .submit(&format!("/events/{event}/bookings"), &fields)
                .await;
            assert!(
                (400..=422).contains(&page.status.as_u16()),
                "{fields:?}: {}",
                page.status
            );
            assert!(page.has("</html>") && !page.has("<b>\""));
        }
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_new_user_has_no_bookings() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let browser = Browser::new(server);
        let path = browser.book(event, &[("qty-ga", "1")]).await;
        assert!(browser.open("/bookings").await.has(&path));
        let sure = browser.submit("/buyers", &[("sure", "yes")]).await;
        assert_eq!(sure.status, 303);
        assert!(!browser.open("/bookings").await.has(&path));
    })
    .await;
}

/// Without a script: the page says so by itself when it is loaded again.
#[tokio::test]
async fn a_booking_whose_hold_ends_while_it_is_being_paid_does_not_say_that_nothing_was_charged() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let browser = Browser::new(server);
        let path = browser.book(event, &[("qty-ga", "2")]).await;
        let pay = async |key: &str, card: &str| {
            let fields = [("key", key), ("card_number", card)];
            let paid = browser.submit(&format!("{path}/payments"), &fields).await;
            assert_eq!(
                (paid.status, &paid.location),
                (StatusCode::SEE_OTHER, &Some(path.clone()))
            );
            browser.open(&path).await
        };
        let key = browser.open(&path).await.key();
        let waiting = pay(&key, LATER_CARD).await;
        assert!(waiting.has("Waiting for your bank"));
        server
            .sql("UPDATE bookings SET expires_at = now(), paying_until = now()")
            .await;
        server
            .until("SELECT count(*) FROM bookings WHERE status = 'expired'", 1)
            .await;
        let still =
            "still with the bank. If it goes through, you get the tickets if they are still there";
        // Opened again; with another card on a page from before; and with the same form.
        let pages = [
            browser.open(&path).await,
            pay(&Uuid::new_v4().to_string(), GOOD_CARD).await,
            pay(&key, GOOD_CARD).await,
        ];
        for page in pages {
            assert!(
                page.has(still) && page.has("http-equiv=\"refresh\""),
                "{}",
                page.html
            );
            // The texts for scripts stand before it.
            let (_, main) = page.html.split_once("<main").unwrap();
            for wrong in ["Nothing was charged", "Try the same order again"] {
                assert!(!main.contains(wrong), "{main}");
            }
        }
        let payment = the_booking(server).await["payment"].clone();
        server.decline_later(&payment).await;
        let over = browser.open(&path).await;
        assert!(over.has("Nothing was charged") && over.has("Try the same order again"));
        assert!(!over.has("still with the bank"));
    })
    .await;
}

#[tokio::test]
async fn what_a_buyer_is_shown_or_keeps_says_nothing_of_the_buyers_id() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let browser = Browser::new(server);
        let path = browser.book(event, &[("qty-ga", "2")]).await;
        let buyer: BuyerId = server
            .text("SELECT buyer_id::text FROM bookings")
            .await
            .parse()
            .unwrap();
        let id = buyer.0.simple().to_string();
        let assert_hidden = async |path: &str| {
            let shown = browser.open(path).await;
            assert_eq!(shown.status, 200, "{path}");
            let text = shown.html.replace("\r\n ", "").replace('-', "");
            for from in 0..id.len() - 7 {
                assert!(!text.contains(&id[from..from + 8]), "{path}: {text}");
            }
            shown
        };
        assert_hidden("/bookings").await;
        let pending = assert_hidden(&path).await;
        let fields = [("key", pending.key()), ("card_number", GOOD_CARD.into())];
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        browser.submit(&format!("{path}/payments"), &fields).await;
        let confirmed = assert_hidden(&path).await;
        let booking: BookingId = path.rsplit_once('/').unwrap().1.parse().unwrap();
        let codes = &server.app.codes;
        let no = EventNo(server.count("SELECT event_id FROM events").await);
        let codes = codes.of_booking(no, booking).await;
        for (_, code) in codes.unwrap() {
            let drawn = Qr::of(&code).unwrap().path;
            assert!(confirmed.has(&drawn), "{code}: {}", confirmed.html);
            let bytes = code.rsplit_once('.').unwrap().1.as_bytes();
            let bytes = BASE32_NOPAD.decode(bytes).unwrap();
            for id in [buyer.0, booking.0] {
                let mut parts = id.as_bytes().windows(4);
                assert!(!parts.any(|part| bytes.windows(4).any(|bytes| bytes == part)));
            }
        }
        assert_hidden(&format!("{path}/calendar.ics")).await;
        assert_hidden("/bookings").await;
        browser.submit(&format!("{path}/cancel"), &[]).await;
        assert_hidden(&path).await;
        assert_hidden(&format!("/events/{event}")).await;
    })
    .await;
}

/// The page of a date says what is left of the others if it is known, and waits for none of them.
#[tokio::test]
async fn a_date_of_a_series_is_shown_while_another_one_cannot_be_counted() {
    with_server(async |server| {
        let in_series = |event: &mut NewEvent| event.facts.series = Some("nordlicht".into());
        let event = server.event_with(&[general("ga", 1000)], in_series).await;
        let later = |event: &mut NewEvent| {
            in_series(event);
            event.starts_at += chrono::Duration::days(1);
        };
        let other = server.event_with(&[general("ga", 1000)], later).await;
        let of_other = format!("event_id = (SELECT event_id FROM events WHERE public_id = '{other}')");
        server
            .sql(&format!("CREATE TABLE kept_tiers AS SELECT * FROM tiers WHERE {of_other}; DELETE FROM tiers WHERE {of_other}"))
            .await;
        let path = server.event_path(event).await;
        let page = server.get(&path).await;
        assert_eq!(page.status(), StatusCode::OK);
        let linked = server.event_path(other).await;
        assert!(page.text().await.unwrap().contains(&linked));
        server.sql("INSERT INTO tiers SELECT * FROM kept_tiers; DROP TABLE kept_tiers").await;
        // Whoever comes later is told.
        for _ in 0..200 {
            let page = server.get(&path).await.text().await.unwrap();
            let (_, said) = page.split_once(&format!("href=\"{linked}\"")).unwrap();
            if said.split("</li>").next().unwrap().contains("badge open") {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("nothing is said of the other date");
    })
    .await;
}
