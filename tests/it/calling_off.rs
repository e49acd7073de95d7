//! Calling an event off: nothing more is sold, every booking is cancelled and every charge goes back once, whatever dies
//! in the middle; and buyers are told.

use std::process::Stdio;
use std::time::Duration;

use boxoffice::access::api_token::{self, Scope};
use boxoffice::fault;
use boxoffice::postgres::Db;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::exports::fill;
use crate::reports::{Organiser, paid};
use crate::support::gate::{Gate, Moment};
use crate::support::gateway::{GOOD_CARD, LATER_CARD, NO_WEBHOOKS, SLOW};
use crate::support::process::Process;
use crate::support::{
    FREE, Server, fresh_database, general, numbered, order, text, with_gateway, with_server,
    with_settings,
};

/// The name of the tests' events.
pub(crate) const NAME: &str = "Nordlicht Quartet";
/// Money that was taken and not given back.
const KEPT: &str = "SELECT count(*) FROM gateway_charges AS c WHERE status = 'succeeded'
    AND NOT EXISTS (SELECT FROM gateway_refunds AS r WHERE r.payment_id = c.payment_id)";
const LIVE: &str = "SELECT count(*) FROM bookings WHERE status IN ('pending', 'confirmed')";

async fn call_off(organiser: &Organiser<'_>, event: Uuid) -> Value {
    let answer = organiser
        .post(&format!("/events/{event}/call-off"), &json!({"name": NAME}))
        .await;
    assert_eq!(answer.status, 202, "{}", answer.json);
    answer.json
}

/// How it stands when it is done.
async fn finished(server: &Server, organiser: &Organiser<'_>, event: Uuid) -> Value {
    let done = "SELECT count(*) FROM call_offs WHERE finished_at IS NOT NULL";
    server.until(done, 1).await;
    organiser.read(&format!("/events/{event}/call-off")).await
}

#[tokio::test]
async fn an_event_that_is_called_off_sells_nothing_and_gives_all_money_back() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 30)])
            .await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("vip", 2), ("ga", 1)], "Ana").await;
        let held = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        let path = format!("/events/{event}/call-off");
        assert_eq!(organiser.get(&path).await.problem(404), "not-found");
        for wrong in [json!({}), json!({"name": "nordlicht"}), json!({"name": 1})] {
            assert_eq!(
                organiser.post(&path, &wrong).await.problem(422),
                "invalid-request"
            );
        }
        assert_eq!(server.count("SELECT count(*) FROM call_offs").await, 0);
        let begun = call_off(&organiser, event).await;
        assert_eq!(begun["bookings"], 2);
        // Whoever asks at once is refused, also by a process that knows the event as it was.
        let refused = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await;
        assert_eq!(refused.problem(409), "called-off");
        let done = finished(server, &organiser, event).await;
        assert_eq!(
            (&done["cancelled"], &done["refunds"], &done["refunded"]),
            (&json!(2), &json!(1), &json!(1))
        );
        for booking in [&bought, &held] {
            assert_eq!(server.booking(booking).await["status"], "cancelled");
        }
        assert_eq!(
            (server.count(KEPT).await, server.count(FREE).await),
            (0, 50)
        );
        assert_eq!(
            server.pay(&held, GOOD_CARD).await.problem(409),
            "booking-cancelled"
        );
        // Again, it changes nothing.
        assert_eq!(
            call_off(&organiser, event).await["called_off_at"],
            begun["called_off_at"]
        );
        assert_eq!(
            server
                .count("SELECT count(*) FROM audit_entries WHERE action = 'event.called_off'")
                .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn buyers_are_told_on_every_page_of_the_event() {
    with_settings(
        &["--public-url", "https://tickets.example"],
        async |server| {
            let event = server.event(&[general("ga", 30)]).await;
            let organiser = Organiser::new(server).await;
            let bought = paid(server, event, &[("ga", 1)], "Ana").await;
            call_off(&organiser, event).await;
            finished(server, &organiser, event).await;
            // A process that has not seen it on sale.
            let other = Server::start(
                server.database_url(),
                &["--public-url", "https://tickets.example"],
            )
            .await;
            let path = other.event_path(event).await;
            let page = other.get(&path).await.text().await.unwrap();
            assert!(page.contains("This event does not take place"), "{page}");
            assert!(
                page.contains("EventCancelled") && !page.contains("qty-ga"),
                "{page}"
            );
            let list = other.get("/").await.text().await.unwrap();
            assert!(list.contains("Called off"), "{list}");
            let json = other.read(&format!("/api/events/{event}")).await;
            assert!(json["called_off_at"].is_string(), "{json}");
            let told = organiser
                .read(&format!("/bookings/{}/history", text(&bought["id"])))
                .await;
            let page = other.get(text(&told["link"])).await.text().await.unwrap();
            assert!(page.contains("The event was called off"), "{page}");
            let calendar = other.get("/events.ics").await.text().await.unwrap();
            assert!(calendar.contains("STATUS:CANCELLED"), "{calendar}");
            other.stop().await;
        },
    )
    .await;
}

/// An order that a batch has begun before the event was called off, and commits after it.
#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_commits_while_its_event_is_called_off_is_cancelled_too() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let gate = Gate::close(server, Moment::AtCommit).await;
        let order = order(event, Uuid::new_v4(), &[("ga", 2)]);
        let book = server.book(&order);
        let call = async {
            gate.until_waiting(1).await;
            call_off(&organiser, event).await;
            // Nothing is there to cancel, and yet it is not over.
            tokio::time::sleep(Duration::from_millis(2_500)).await;
            let done = organiser.read(&format!("/events/{event}/call-off")).await;
            assert_eq!(
                (&done["bookings"], &done["cancelled_at"]),
                (&json!(0), &Value::Null)
            );
            gate.open().await;
        };
        let (booked, ()) = futures::future::join(book, call).await;
        let booked = booked.made();
        let done = finished(server, &organiser, event).await;
        assert_eq!(
            (&done["bookings"], &done["cancelled"]),
            (&json!(1), &json!(1))
        );
        assert_eq!(server.booking(&booked).await["status"], "cancelled");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_was_under_way_goes_back_when_it_succeeds() {
    let flags = ["--payment-wait-ms", "0"];
    with_gateway(&flags, async |server, gateway| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let held = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        assert_eq!(server.pay(&held, SLOW).await.status, 202);
        call_off(&organiser, event).await;
        server.until(LIVE, 0).await;
        gateway.resume();
        server
            .until("SELECT count(*) FROM payments WHERE status = 'refunded'", 1)
            .await;
        finished(server, &organiser, event).await;
        assert_eq!(server.count(KEPT).await, 0);
    })
    .await;
}

/// Its hold had ended before, and it would take its tickets again.
#[tokio::test(flavor = "multi_thread")]
async fn late_money_for_an_event_that_was_called_off_takes_no_tickets() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let held = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        let paying = server.pay(&held, LATER_CARD).await;
        assert_eq!(paying.status, 202, "{}", paying.json);
        server.sql("UPDATE bookings SET paying_until = NULL").await;
        server.age_holds().await;
        server
            .until("SELECT count(*) FROM bookings WHERE status = 'expired'", 1)
            .await;
        call_off(&organiser, event).await;
        server
            .sql("UPDATE gateway_charges SET status = 'succeeded', answers_at = NULL")
            .await;
        server.age_payments().await;
        server
            .until("SELECT count(*) FROM payments WHERE status = 'refunded'", 1)
            .await;
        finished(server, &organiser, event).await;
        assert_eq!(
            (server.count(KEPT).await, server.count(FREE).await),
            (0, 30)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_refuses_refunds_is_asked_until_all_are_made() {
    with_gateway(&[], async |server, gateway| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        for _ in 0..3 {
            paid(server, event, &[("ga", 1)], "Ana").await;
        }
        gateway.set(|fault| &fault.rejects_refunds, true);
        call_off(&organiser, event).await;
        server.until(LIVE, 0).await;
        for tries in 2..=3 {
            server.age_payments().await;
            server
                .until("SELECT min(recover_attempts)::bigint FROM payments", tries)
                .await;
        }
        let stuck = organiser.read(&format!("/events/{event}/call-off")).await;
        assert_eq!(
            (&stuck["refunds"], &stuck["refunded"], &stuck["failed"]),
            (&json!(3), &json!(0), &json!(3))
        );
        assert_eq!(stuck["finished_at"], Value::Null);
        gateway.set(|fault| &fault.rejects_refunds, false);
        server.age_payments().await;
        let done = finished(server, &organiser, event).await;
        assert_eq!((&done["refunded"], &done["failed"]), (&json!(3), &json!(0)));
    })
    .await;
}

/// Servers that die, each at another step: in the second batch, and in the middle of the refunds.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_dies_in_the_middle_300_bookings_are_refunded_once_each() {
    const BOOKINGS: i64 = 300;
    let url = fresh_database().await;
    let db = Db::new(&url, 4).unwrap();
    let event = fill(&db, BOOKINGS as i32).await;
    let scopes = [Scope::EventsWrite];
    let token = api_token::create(&db, "x", &scopes, Duration::from_secs(3600)).await;
    let (_, token) = token.unwrap();
    let count = async |query: &str| -> i64 {
        let client = db.get().await.unwrap();
        client.query_one(query, &[]).await.unwrap().get(0)
    };
    let refunds = "SELECT count(*) FROM gateway_refunds";
    let mut asked = false;
    for (fault, refunded_before) in [
        (format!("{}:2", fault::CALLING_OFF), 0..=100),
        (format!("{}:40", fault::REFUNDED), 1..=250),
        (format!("{}:90", fault::REFUNDED), 2..=299),
    ] {
        let variables = [("BOXOFFICE_FAULT", fault.as_str())];
        let mut process = Process::start(&url, &[], &variables, Stdio::null()).expect("a server");
        if !std::mem::replace(&mut asked, true) {
            let path = format!("{}/api/organiser/events/{event}/call-off", process.url);
            let request = reqwest::Client::new().post(path).bearer_auth(&token);
            // Its answer may be lost.
            request.json(&json!({"name": NAME})).send().await.ok();
        }
        while process.ended().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let refunded = count(refunds).await;
        assert!(refunded_before.contains(&refunded), "{fault}: {refunded}");
        let client = db.get().await.unwrap();
        let due = "UPDATE payments SET recover_at = now() WHERE recover_at IS NOT NULL";
        client.batch_execute(due).await.unwrap();
    }
    assert!(count(KEPT).await > 0, "something is left to do");
    let last = Process::start(&url, &[], &[], Stdio::null()).expect("a server");
    while count("SELECT count(*) FROM call_offs WHERE finished_at IS NOT NULL").await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(last);
    let counted =
        "SELECT count(*) FROM call_offs WHERE (bookings, cancelled, refunds) = (300, 300, 300)";
    assert_eq!(count(counted).await, 1);
    assert_eq!(
        (count(refunds).await, count(KEPT).await, count(FREE).await),
        (BOOKINGS, 0, BOOKINGS)
    );
    let violations = boxoffice::check::check(&db).await.unwrap();
    assert!(violations.is_empty(), "{violations:#?}");
}
