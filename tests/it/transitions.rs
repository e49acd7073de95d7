//! Every transition of a booking from every status: the conditional UPDATEs themselves, in the database.

use boxoffice::allocator::Locked;
use boxoffice::booking::{self, Late, LockedBooking, Status};
use boxoffice::postgres::{Error, Transaction};
use boxoffice::types::{BookingId, EventNo};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Server, general, order, text, with_server};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Confirm,
    ConfirmLate,
    Fail,
    Cancel,
}

const ACTIONS: [Action; 4] = [
    Action::Confirm,
    Action::ConfirmLate,
    Action::Fail,
    Action::Cancel,
];

/// The arrows of the state diagram in `booking`; every other transition is refused.
const ALLOWED: [(Status, Action, Status); 5] = [
    (Status::Pending, Action::Confirm, Status::Confirmed),
    (Status::Pending, Action::Fail, Status::Failed),
    (Status::Pending, Action::Cancel, Status::Cancelled),
    (Status::Confirmed, Action::Cancel, Status::Cancelled),
    (Status::Expired, Action::ConfirmLate, Status::Confirmed),
];

/// A booking of two tickets that was brought to this status through the API.
async fn booking_with(server: &Server, event: Uuid, status: Status) -> Value {
    let body = order(event, Uuid::new_v4(), &[("ga", 2)]);
    let booked = server.book(&body).await.made();
    match status {
        Status::Pending => {}
        Status::Confirmed => {
            server.pay(&booked, "4242424242424242").await.made();
        }
        Status::Failed => {
            for _ in 0..3 {
                server.pay(&booked, "4000000000000002").await;
            }
        }
        Status::Expired => {
            server.age_holds().await;
            let expired = "SELECT count(*) FROM bookings WHERE status = 'expired'";
            server.until(expired, 1).await;
        }
        Status::Cancelled => assert_eq!(server.cancel(&booked).await.status, 200),
    }
    let now = server.booking(&booked).await;
    assert_eq!(now["status"], status.as_str());
    booked
}

/// Whether it was made.
async fn take(action: Action, booking: &LockedBooking<'_>) -> bool {
    match action {
        Action::Confirm => booking.confirm().await.unwrap(),
        Action::ConfirmLate => {
            let late = booking.confirm_late(Locked::Skip).await.unwrap();
            matches!(late, Late::Confirmed(_))
        }
        Action::Fail => booking.fail().await.unwrap().is_some(),
        Action::Cancel => booking.cancel().await.unwrap().is_some(),
    }
}

/// The whole row, and how many tickets the booking holds.
async fn everything(transaction: &Transaction<'_>, id: BookingId) -> (String, String, i64) {
    let row = transaction
        .query_one(
            "SELECT status, b::text,
                    (SELECT count(*) FROM tickets t WHERE t.event_id = b.event_id AND t.booking_id = b.id)
             FROM bookings b WHERE id = $1",
            &[&id],
        )
        .await
        .unwrap();
    (row.get(0), row.get(1), row.get(2))
}

async fn event_no(server: &Server) -> EventNo {
    EventNo(server.count("SELECT max(event_id) FROM events").await)
}

fn id_of(booking: &Value) -> BookingId {
    text(&booking["id"]).parse().unwrap()
}

#[tokio::test]
async fn a_booking_makes_the_transitions_that_are_drawn_and_no_others() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 100)]).await;
        let no = event_no(server).await;
        // The pending one last, because making an expired one ends every hold.
        for status in Status::ALL.into_iter().rev() {
            let id = id_of(&booking_with(server, event, status).await);
            for action in ACTIONS {
                let mut client = server.db.get().await.unwrap();
                let transaction = client.transaction().await.unwrap();
                let before = everything(&transaction, id).await;
                let locked = booking::lock(&transaction, no, id).await.unwrap().unwrap();
                assert_eq!(locked.status, status);
                let made = take(action, &locked).await;
                let after = everything(&transaction, id).await;
                let allowed = ALLOWED
                    .iter()
                    .find(|(from, by, _)| (*from, *by) == (status, action));
                assert_eq!(made, allowed.is_some(), "{status:?} {action:?}");
                if let Some((_, _, to)) = allowed {
                    let tickets = if to.holds_tickets() { 2 } else { 0 };
                    assert_eq!(
                        (after.0.as_str(), after.2),
                        (to.as_str(), tickets),
                        "{action:?}"
                    );
                } else {
                    assert_eq!(after, before, "{status:?} {action:?}");
                }
                transaction.rollback().await.unwrap();
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_late_confirmation_whose_booking_has_changed_says_what_is_wrong() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let id = id_of(&booking_with(server, event, Status::Expired).await);
        let mut client = server.db.get().await.unwrap();
        let transaction = client.transaction().await.unwrap();
        let no = event_no(server).await;
        let locked = booking::lock(&transaction, no, id).await.unwrap().unwrap();
        // As if the row had not been locked.
        let change = "UPDATE bookings SET status = 'cancelled' WHERE id = $1";
        transaction.execute(change, &[&id]).await.unwrap();
        let error = locked.confirm_late(Locked::Skip).await.unwrap_err();
        assert!(matches!(error, Error::Inconsistent(_)), "{error:?}");
        let words = error.to_string();
        assert!(
            words.contains(&id.to_string()) && words.contains("locked as expired"),
            "{words}"
        );
        transaction.rollback().await.unwrap();
    })
    .await;
}
