//! A buyer's list of bookings, part by part and page by page; and the cookies by which scripts know of holds.

use boxoffice::booking::LIST_MAX;
use boxoffice::catalog::NewEvent;
use reqwest::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::{GOOD_CARD, LATER_CARD, NO_WEBHOOKS};
use crate::support::{
    Server, general, order, text, token, with_gateway, with_server, with_settings,
};

/// GETs a page as this buyer, who has these other cookies too.
async fn open(server: &Server, buyer: Uuid, path: &str, cookies: &str) -> Response {
    let token = token(&server.db, &json!(buyer)).await;
    let request = server.client.get(format!("{}{path}", server.url));
    let cookies = format!("buyer={token}{cookies}");
    request.header("Cookie", cookies).send().await.unwrap()
}

async fn read(server: &Server, buyer: Uuid, path: &str) -> String {
    let page = open(server, buyer, path, "").await;
    assert_eq!(page.status(), 200);
    page.text().await.unwrap()
}

/// What a page lists: `# part`, and the ids of the bookings in it.
fn listed(html: &str) -> Vec<String> {
    let words = html.split('<').filter_map(|tag| {
        if let Some(class) = tag.split("class=\"mine-part ").nth(1) {
            return Some(format!("# {}", class.split('"').next()?));
        }
        // The title's link; that of a button has a class.
        let path = tag.strip_prefix("a href=\"/bookings/")?;
        path.get(..36).map(str::to_owned)
    });
    words.collect()
}

/// The path of the next page.
fn next(html: &str) -> Option<String> {
    let (_, after) = html.split_once("rel=\"next\" href=\"")?;
    let (path, _) = after.split_once('"')?;
    Some(path.to_owned())
}

async fn book(server: &Server, event: Uuid, buyer: Uuid) -> Value {
    let body = order(event, buyer, &[("ga", 1)]);
    server.book(&body).await.made()
}

async fn book_and_pay(server: &Server, event: Uuid, buyer: Uuid) -> Value {
    let booked = book(server, event, buyer).await;
    assert_eq!(server.pay(&booked, GOOD_CARD).await.status, 201);
    booked
}

/// Moves the beginning of an event.
async fn begins(server: &Server, event: Uuid, when: &str) {
    let set = format!(
        "UPDATE events SET starts_at = now() + interval '{when}', on_sale_at = now() - interval '30 days' WHERE public_id = '{event}'"
    );
    server.sql(&set).await;
}

fn ids(bookings: &[&Value]) -> Vec<String> {
    let ids = bookings.iter().map(|booking| text(&booking["id"]));
    ids.map(str::to_owned).collect()
}

#[tokio::test]
async fn what_is_to_be_paid_comes_first_then_what_comes_what_was_and_what_has_ended() {
    with_server(async |server| {
        let buyer = Uuid::new_v4();
        let mut events = Vec::new();
        for _ in 0..4 {
            events.push(server.event(&[general("ga", 20)]).await);
        }
        let [late, soon, old, older] = events[..] else {
            panic!("four events");
        };
        let comes_late = book_and_pay(server, late, buyer).await;
        let cancelled = book(server, late, buyer).await;
        assert_eq!(server.cancel(&cancelled).await.status, 200);
        let was = book_and_pay(server, old, buyer).await;
        let was_before = book_and_pay(server, older, buyer).await;
        let refunded = book_and_pay(server, soon, buyer).await;
        assert_eq!(server.cancel(&refunded).await.status, 200);
        let comes_soon = book_and_pay(server, soon, buyer).await;
        let ends_first = book(server, late, buyer).await;
        let ends_next = book(server, soon, buyer).await;
        book(server, soon, Uuid::new_v4()).await;
        begins(server, soon, "2 days").await;
        begins(server, old, "-1 day").await;
        begins(server, older, "-9 days").await;
        let html = read(server, buyer, "/bookings").await;
        let expected = [
            vec!["# to-pay".to_owned()],
            ids(&[&ends_first, &ends_next]),
            vec!["# coming".to_owned()],
            ids(&[&comes_soon, &comes_late]),
            vec!["# past".to_owned()],
            ids(&[&was, &was_before]),
            vec!["# ended".to_owned()],
            ids(&[&refunded, &cancelled]),
        ];
        assert_eq!(listed(&html), expected.concat());
        assert_eq!(
            html.matches("#tickets\"").count(),
            4,
            "each has its tickets"
        );
        assert_eq!(html.matches("<s class=\"mine-total ended\"").count(), 2);
        // Folded, unless there is nothing else.
        assert!(
            html.contains("<details class=\"mine-part ended\">"),
            "{html}"
        );
        let another = Uuid::new_v4();
        let only = book(server, late, another).await;
        assert_eq!(server.cancel(&only).await.status, 200);
        let html = read(server, another, "/bookings").await;
        assert!(
            html.contains("<section class=\"mine-part ended\""),
            "{html}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_parts_go_on_from_page_to_page_and_each_booking_is_listed_once() {
    with_server(async |server| {
        let buyer = Uuid::new_v4();
        let mut events = Vec::new();
        for _ in 0..5 {
            let many = |event: &mut NewEvent| event.max_tickets_per_buyer = Some(60);
            events.push(server.event_with(&[general("ga", 60)], many).await);
        }
        // A page ends in the middle of what is past.
        let mut booked = Vec::new();
        for n in 0..110 {
            let booking = book(server, events[n % 5], buyer).await;
            booked.push(text(&booking["id"]).to_owned());
        }
        // All that were paid at one moment begin at one moment too: only their ids tell them apart.
        for (n, event) in events.iter().enumerate() {
            let status = ["pending", "confirmed", "confirmed", "cancelled", "expired"][n];
            let columns = match status {
                "pending" => "expires_at = now() + interval '1 hour'",
                "confirmed" => "status = 'confirmed', expires_at = NULL, confirmed_at = now()",
                "expired" => "status = 'expired', expires_at = NULL, ended_at = now()",
                _ => "status = 'cancelled', expires_at = NULL, ended_at = now()",
            };
            let of =
                format!("event_id = (SELECT event_id FROM events WHERE public_id = '{event}')");
            server
                .sql(&format!("UPDATE bookings SET {columns} WHERE {of}"))
                .await;
            if ["cancelled", "expired"].contains(&status) {
                server
                    .sql(&format!("UPDATE tickets SET booking_id = NULL WHERE {of}"))
                    .await;
            }
        }
        begins(server, events[2], "-3 days").await;
        let mut found = Vec::new();
        let mut parts = Vec::new();
        let mut path = Some("/bookings".to_owned());
        let (mut pages, mut second) = (0, None);
        while let Some(at) = path.filter(|_| pages < 9) {
            let html = read(server, buyer, &at).await;
            let words = listed(&html);
            let (headings, ids): (Vec<_>, Vec<_>) =
                words.into_iter().partition(|word| word.starts_with('#'));
            assert!(ids.len() as i64 <= LIST_MAX);
            found.extend(ids);
            parts.extend(headings);
            path = next(&html);
            second = second.or(path.clone());
            pages += 1;
        }
        // A page that does not begin the list takes no hold away that stands on another.
        let known = format!("; hold-{}=1.1", found[0]);
        let further = open(server, buyer, &second.unwrap(), &known).await;
        assert_eq!(holds(&further), [""; 0]);
        parts.dedup();
        assert_eq!(parts, ["# to-pay", "# coming", "# past", "# ended"]);
        assert_eq!((pages, found.len()), (3, 110));
        let part_of = |id: &String| {
            let n = booked.iter().position(|booked| booked == id).unwrap();
            [0, 1, 2, 3, 3][n % 5]
        };
        assert!(found.iter().map(part_of).is_sorted(), "part by part");
        let mut once = found.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), 110);
        // The rows were changed behind the books' back.
        server.sql("DELETE FROM booking_items").await;
        server.sql("UPDATE tickets SET booking_id = NULL").await;
        server.sql("DELETE FROM bookings").await;
    })
    .await;
}

#[tokio::test]
async fn a_cursor_that_no_page_gave_is_refused() {
    with_server(async |server| {
        let buyer = Uuid::new_v4();
        for cursor in [
            "x",
            "0",
            "1.2",
            "9.1.3",
            &format!("4.1.{buyer}"),
            &buyer.to_string(),
        ] {
            let page = open(server, buyer, &format!("/bookings?cursor={cursor}"), "").await;
            assert_eq!(page.status(), 422, "{cursor}");
        }
    })
    .await;
}

/// On a fresh database without statistics, as the list of the API.
#[tokio::test]
async fn the_list_is_never_planned_as_a_walk_over_all_bookings() {
    with_server(async |server| {
        let mine = include_str!("../../src/booking/mine.sql");
        let client = server.db.get().await.unwrap();
        client
            .batch_execute(&format!(
                "SET plan_cache_mode = force_generic_plan; PREPARE mine (uuid, int, bigint, uuid, bigint) AS {mine}"
            ))
            .await
            .unwrap();
        let explain = "EXPLAIN EXECUTE mine (NULL, -1, 0, NULL, 50)";
        let lines = client.query(explain, &[]).await.unwrap();
        let plan: Vec<String> = lines.iter().map(|line| line.get(0)).collect();
        let plan = plan.join("\n");
        assert!(!plan.contains("Seq Scan on bookings"), "{plan}");
        assert!(plan.contains("bookings_by_buyer"), "{plan}");
        let by_key = "Index Cond: ((event_id = e_1.event_id) AND (buyer_id = $1))";
        assert!(plan.contains("bookings_turn_key") && plan.contains(by_key), "{plan}");
    })
    .await;
}

/// What an answer does with the cookies of holds: `id=value` or `id gone`.
fn holds(answer: &Response) -> Vec<String> {
    let cookies = answer.headers().get_all("set-cookie").iter();
    let cookies = cookies.filter_map(|cookie| {
        let (id, rest) = cookie
            .to_str()
            .unwrap()
            .strip_prefix("hold-")?
            .split_once('=')?;
        assert!(
            !rest.contains("HttpOnly") && rest.contains("SameSite=Lax; Path=/"),
            "{rest}"
        );
        if rest.contains("Max-Age=0") {
            return Some(format!("{id} gone"));
        }
        Some(format!("{id}={}", rest.split(';').next()?))
    });
    cookies.collect()
}

#[tokio::test]
async fn a_browser_is_told_of_its_holds_and_that_they_are_over() {
    let flags = &NO_WEBHOOKS;
    with_gateway(flags, async |server, _| {
        let event = server.event(&[general("ga", 60)]).await;
        let buyer = Uuid::new_v4();
        let booked = server.book(&order(event, buyer, &[("ga", 3)])).await.made();
        let id = text(&booked["id"]);
        let path = format!("/bookings/{id}");
        let end = server
            .count("SELECT floor(extract(epoch FROM expires_at))::bigint FROM bookings")
            .await;
        let told = [format!("{id}={end}.3.{event}")];
        let left = "SELECT ceil(extract(epoch FROM expires_at - now()))::bigint FROM bookings";
        let left = server.count(left).await;
        let first = open(server, buyer, &path, "").await;
        assert_eq!(holds(&first), told);
        let kept = first.headers()["set-cookie"].to_str().unwrap();
        let (_, kept) = kept.split_once("Max-Age=").expect("it ends with the hold");
        let kept: i64 = kept.split(';').next().unwrap().parse().unwrap();
        assert!((1..=left).contains(&kept), "{kept} of {left} seconds");
        // Whoever has only the link holds nothing.
        let link = server
            .app
            .access
            .link(boxoffice::types::BookingLink::first(id.parse().unwrap()))
            .await
            .unwrap();
        let by_link = server.get(&format!("{path}?access={link}")).await;
        assert_eq!((by_link.status().as_u16(), holds(&by_link)), (200, vec![]));
        // It knows six at most; one that it knows is told again.
        let known = format!("; hold-{id}=1.1");
        let others: String = (0..6)
            .map(|_| format!("; hold-{}=1.1", Uuid::new_v4()))
            .collect();
        assert_eq!(holds(&open(server, buyer, &path, &others).await), [""; 0]);
        let all = format!("{others}{known}");
        assert_eq!(holds(&open(server, buyer, &path, &all).await), told);
        // The list takes away those that are none of the buyer's holds.
        let listed = open(server, buyer, "/bookings", &known).await;
        assert_eq!(holds(&listed), [""; 0]);
        assert_eq!(
            holds(&open(server, buyer, "/bookings", &others).await).len(),
            6
        );
        let payment = server.pay(&booked, LATER_CARD).await;
        assert_eq!(payment.status, 202);
        let gone = [format!("{id} gone")];
        assert_eq!(
            holds(&open(server, buyer, &path, &known).await),
            gone,
            "being paid"
        );
        assert_eq!(holds(&open(server, buyer, &path, "").await), [""; 0]);
        server.decline_later(&payment.json).await;
        assert_eq!(
            holds(&open(server, buyer, &path, &known).await),
            told,
            "declined"
        );
        assert_eq!(server.cancel(&booked).await.status, 200);
        assert_eq!(holds(&open(server, buyer, &path, &known).await), gone);
        assert_eq!(holds(&open(server, buyer, "/bookings", &known).await), gone);
        let anew = server.client.post(format!("{}/buyers", server.url));
        let anew = anew
            .header("Origin", &server.url)
            .header("Cookie", &known[2..]);
        let anew = anew.send().await.unwrap();
        assert_eq!(holds(&anew), gone);
        assert_eq!(anew.headers()["clear-site-data"], "\"storage\"");
    })
    .await;
}

#[tokio::test]
async fn behind_https_the_cookies_of_holds_are_sent_encrypted_alone() {
    with_settings(
        &["--public-url", "https://tickets.example"],
        async |server| {
            let event = server.event(&[general("ga", 5)]).await;
            let buyer = Uuid::new_v4();
            let booked = book(server, event, buyer).await;
            let token = token(&server.db, &json!(buyer)).await;
            let path = format!("{}/bookings/{}", server.url, text(&booked["id"]));
            let page = server.client.get(path);
            let page = page.header("Cookie", format!("__Host-buyer={token}"));
            let page = page.send().await.unwrap();
            let cookie = page.headers()["set-cookie"].to_str().unwrap();
            assert!(cookie.starts_with("hold-") && cookie.contains("; Secure"));
        },
    )
    .await;
}

#[tokio::test]
async fn pages_say_that_no_card_is_charged_while_the_gateway_moves_no_money() {
    with_gateway(&[], async |server, gateway| {
        let event = server.event(&[general("ga", 5)]).await;
        let buyer = Uuid::new_v4();
        let booked = book(server, event, buyer).await;
        let booking = format!("/bookings/{}", text(&booked["id"]));
        let path = server.event_path(event).await;
        let paths = ["/", &path, "/bookings", &booking];
        for (moves_money, expected) in [(false, 1), (true, 0)] {
            gateway.set(|faults| &faults.moves_money, moves_money);
            for path in paths {
                let html = read(server, buyer, path).await;
                assert_eq!(
                    html.matches("class=\"test-mode\"").count(),
                    expected,
                    "{path}"
                );
            }
            let html = read(server, buyer, &booking).await;
            assert_eq!(html.contains("4242 4242 4242 4242"), !moves_money);
            let lost = server.get("/nowhere").await.text().await.unwrap();
            assert_eq!(lost.matches("class=\"test-mode\"").count(), expected);
        }
    })
    .await;
}
