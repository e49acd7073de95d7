//! The codes on tickets: which of them let somebody in.

use boxoffice::ticket::{Refused, Ticket};
use boxoffice::types::{BookingId, EventNo, SeatNo, TierNo};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use crate::support::gateway::GOOD_CARD;
use crate::support::{FREE, Server, general, numbered, order, text, with_server};

/// The last event that was created.
async fn event_no(server: &Server) -> EventNo {
    EventNo(server.count("SELECT max(event_id) FROM events").await)
}

fn id_of(booking: &Value) -> BookingId {
    text(&booking["id"]).parse().unwrap()
}

/// A paid booking, and the codes of its tickets.
async fn sold(server: &Server, body: &Value) -> (Value, Vec<(Ticket, String)>) {
    let booked = server.book(body).await.made();
    server.pay(&booked, GOOD_CARD).await.made();
    let codes = codes_of(server, &booked).await;
    (booked, codes)
}

/// The codes of a booking of the last event.
async fn codes_of(server: &Server, booking: &Value) -> Vec<(Ticket, String)> {
    let codes = &server.app.codes;
    let codes = codes.of_booking(event_no(server).await, id_of(booking));
    codes.await.unwrap()
}

/// What the code of a ticket is called by the version before.
async fn older_code(server: &Server, ticket: &Ticket, booking: &Value) -> String {
    let client = server.db.get().await.unwrap();
    let key = "SELECT value FROM secrets WHERE name = 'ticket-codes'";
    let key: Vec<u8> = client.query_one(key, &[]).await.unwrap().get(0);
    let mut name = ticket.event.0.to_be_bytes().to_vec();
    name.extend(id_of(booking).0.as_bytes());
    name.extend(ticket.tier.0.to_be_bytes());
    name.extend(ticket.seat.0.to_be_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(b"BX1");
    mac.update(&name);
    let mac = &mac.finalize().into_bytes()[..12];
    let [name, mac] = [&name[..], mac].map(|bytes| BASE32_NOPAD.encode(bytes));
    format!("BX1.{name}.{mac}")
}

/// The ticket that the code names, or why it lets nobody in.
async fn verdict(server: &Server, event: EventNo, code: &str) -> Result<Ticket, String> {
    let verdict = server.app.codes.verify(event, code).await;
    verdict
        .map(|found| found.ticket)
        .map_err(|refused| match refused {
            Refused::Db(error) => panic!("{error}"),
            refused => format!("{refused:?}"),
        })
}

async fn assert_refused(server: &Server, event: EventNo, code: &str, why: &str) {
    assert_eq!(
        verdict(server, event, code).await,
        Err(why.into()),
        "{code}"
    );
}

#[tokio::test]
async fn who_may_read_a_confirmed_booking_gets_the_code_of_each_ticket() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 9)])
            .await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("vip", 2), ("ga", 1)]))
            .await
            .made();
        let read = async || server.booking(&booked).await["tickets"].clone();
        assert_eq!(read().await, Value::Null);
        server.pay(&booked, GOOD_CARD).await.made();
        let codes = codes_of(server, &booked).await;
        let seats = ["vip", "vip", "ga"]
            .iter()
            .zip(["A-5", "A-6", "1"])
            .zip(&codes);
        let expected = seats
            .map(|((tier, seat), (_, code))| json!({"tier": tier, "seat": seat, "code": code}));
        assert_eq!(read().await, Value::Array(expected.collect()));
        server.cancel(&booked).await;
        assert_eq!(read().await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn each_ticket_of_a_booking_has_a_code_that_names_it() {
    with_server(async |server| {
        let tiers = [numbered("vip", 20, &[10]), general("ga", 50)];
        let event = server.event(&tiers).await;
        let body = order(event, Uuid::new_v4(), &[("vip", 2), ("ga", 2)]);
        let (booked, codes) = sold(server, &body).await;
        assert_eq!(booked["items"][0]["seats"], json!(["A-5", "A-6"]));
        assert_eq!(booked["items"][1]["seats"], json!(["1", "2"]));
        let event = event_no(server).await;
        let expected = [(1, 5), (1, 6), (2, 1), (2, 2)].map(|(tier, seat)| Ticket {
            event,
            tier: TierNo(tier),
            seat: SeatNo(seat),
            issue: 1,
        });
        let tickets: Vec<_> = codes.iter().map(|(ticket, _)| *ticket).collect();
        assert_eq!(tickets, expected);
        for (ticket, code) in &codes {
            assert_eq!(verdict(server, event, code).await, Ok(*ticket));
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_of_another_event_or_with_another_signature_is_refused() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        let (_, mine) = sold(server, &body).await;
        let here = event_no(server).await;
        let event = server.event(&[general("ga", 5)]).await;
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        let (_, other) = sold(server, &body).await;
        let (mine, other) = (&mine[0].1, &other[0].1);
        let there = event_no(server).await;
        let elsewhere = format!("OtherEvent({there:?})");
        assert_refused(server, here, other, &elsewhere).await;
        // The last 19 letters are signature, but for one bit.
        let (name, signature) = (&mine[..mine.len() - 19], &other[other.len() - 19..]);
        let mixed = format!("{name}{signature}");
        assert_refused(server, here, &mixed, "Forged").await;
        assert_refused(server, here, "BX2", "Forged").await;
        assert!(verdict(server, here, mine).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_code_ends_with_its_booking_and_the_next_holder_gets_another() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 1)]).await;
        let body = || order(event, Uuid::new_v4(), &[("ga", 1)]);
        let (first, codes) = sold(server, &body()).await;
        let (ticket, code) = &codes[0];
        let older = older_code(server, ticket, &first).await;
        assert_eq!(server.cancel(&first).await.status, 200);
        for code in [code, &older] {
            assert_refused(server, ticket.event, code, "NotHeld").await;
        }
        let held = server.book(&body()).await.made();
        for code in [code, &older] {
            assert_refused(server, ticket.event, code, "Replaced").await;
        }
        // A code is shown once the booking is paid; if one was, it would not count before.
        let (_, unpaid) = &codes_of(server, &held).await[0];
        assert_refused(server, ticket.event, unpaid, "NotHeld").await;
        assert_eq!(server.cancel(&held).await.status, 200);
        let (second, codes) = sold(server, &body()).await;
        let next = Ticket {
            issue: ticket.issue + 2,
            ..*ticket
        };
        assert_eq!(verdict(server, ticket.event, &codes[0].1).await, Ok(next));
        let older_of_second = older_code(server, ticket, &second).await;
        let by_older = verdict(server, ticket.event, &older_of_second).await;
        assert_eq!(by_older, Ok(next));
        for code in [code, &older] {
            assert_refused(server, ticket.event, code, "Replaced").await;
        }
        assert_eq!(server.count(FREE).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_code_of_the_version_before_lets_in_until_its_event_is_over() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 20, &[10])]).await;
        let body = order(event, Uuid::new_v4(), &[("vip", 2)]);
        let (booked, codes) = sold(server, &body).await;
        let (ticket, code) = &codes[1];
        let older = older_code(server, ticket, &booked).await;
        for (started, is_over) in [
            ("now() + interval '1 hour'", false),
            ("now() - interval '23 hours'", false),
            ("now() - interval '24 hours'", true),
        ] {
            let start = format!(
                "UPDATE events SET on_sale_at = now() - interval '2 days', starts_at = {started}"
            );
            server.sql(&start).await;
            assert_eq!(verdict(server, ticket.event, code).await, Ok(*ticket));
            let by_older = verdict(server, ticket.event, &older).await;
            let expected = if is_over {
                Err("Outdated".into())
            } else {
                Ok(*ticket)
            };
            assert_eq!(by_older, expected, "{started}");
        }
    })
    .await;
}
