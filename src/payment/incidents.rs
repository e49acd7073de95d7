//! The table `payment_incidents`: what happened to charges at their provider beside what was asked for here. Every statement on
//! it is here; rows are never changed.

use tokio_postgres::Row;

use super::{PaymentRef, Told};
use crate::gateway::{Incident, IncidentKind};
use crate::postgres::{Db, Error, Params};
use crate::types::{BookingId, EventNo, Money, PaymentId, Timestamp};

/// $1 event, $2 of the provider's id of what it tells, $3 payment, $4 booking, $5 kind, $6 reference, $7 minor units,
/// $8 currency, $9 when the provider has noted it.
const INSERT: &str = "
    INSERT INTO payment_incidents (event_id, id, payment_id, booking_id, kind, reference, amount_minor, currency, reported_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (event_id, id) DO NOTHING";

/// $1 event, $2 booking. Providers tell seconds: within one, what opens comes before what ends.
const OF_BOOKING: &str = "
    SELECT booking_id, payment_id, kind, reference, amount_minor, currency, reported_at FROM payment_incidents
    WHERE event_id = $1 AND booking_id = $2
    ORDER BY reported_at, kind NOT IN ('dispute-opened', 'refunded'), id LIMIT 1000";

/// $1 events and $2 bookings, pair by pair.
const OF_BOOKINGS: &str = "
    SELECT i.* FROM unnest($1::bigint[], $2::uuid[]) AS b (event_id, id)
    CROSS JOIN LATERAL (
        SELECT booking_id, payment_id, kind, reference, amount_minor, currency, reported_at FROM payment_incidents
        WHERE event_id = b.event_id AND booking_id = b.id
        ORDER BY reported_at, id) AS i";

/// Something that happened to a charge, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Of which booking.
    pub booking: BookingId,
    /// Which charge.
    pub payment: PaymentId,
    /// What.
    pub kind: IncidentKind,
    /// The provider's name of the dispute or of the refund.
    pub reference: String,
    /// How much it is about.
    pub amount: Money,
    /// When the provider has noted it.
    pub reported_at: Timestamp,
}

/// What of a booking's charges somebody has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The buyer's bank asks for the money back, and it is not decided.
    Disputed,
    /// The buyer's bank has taken the money back.
    DisputeLost,
    /// A refund did not reach the buyer.
    RefundFailed,
}

/// What of a booking's charges somebody has to look at, after what has happened to them. What is told of a dispute may
/// arrive in any order.
pub fn troubles(happened: &[Happened]) -> Vec<Trouble> {
    let any = |kind| happened.iter().any(|it| it.kind == kind);
    let is_decided = |dispute: &Happened| {
        happened.iter().any(|it| {
            let is_end = [IncidentKind::DisputeWon, IncidentKind::DisputeLost].contains(&it.kind);
            is_end && it.reference == dispute.reference
        })
    };
    let is_open = |it: &Happened| it.kind == IncidentKind::DisputeOpened && !is_decided(it);
    let found = [
        (happened.iter().any(is_open), Trouble::Disputed),
        (any(IncidentKind::DisputeLost), Trouble::DisputeLost),
        (any(IncidentKind::RefundFailed), Trouble::RefundFailed),
    ];
    let found = found.into_iter().filter(|(is_there, _)| *is_there);
    found.map(|(_, trouble)| trouble).collect()
}

/// Records it; false if it was recorded before.
pub(super) async fn record(
    db: &Db,
    of: PaymentRef,
    told: &Told,
    incident: &Incident,
) -> Result<bool, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(INSERT).await?;
    let (kind, currency) = (incident.kind.as_str(), incident.amount.currency.code());
    let params: Params = &[
        &of.event,
        &told.id,
        &of.payment,
        &of.booking,
        &kind,
        &incident.reference.as_str(),
        &incident.amount.minor,
        &currency,
        &incident.noted_at,
    ];
    let is_news = client.execute(&statement, params).await? == 1;
    if is_news {
        let (booking, id) = (of.booking, of.payment);
        log::warn!(booking:% = booking, payment:% = id; "the provider says: {kind}");
    }
    Ok(is_news)
}

/// What happened to the charges of a booking, oldest first.
pub(super) async fn of_booking(
    db: &Db,
    event: EventNo,
    booking: BookingId,
) -> Result<Vec<Happened>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(OF_BOOKING).await?;
    let rows = client.query(&statement, &[&event, &booking]).await?;
    Ok(rows.iter().filter_map(read).collect())
}

/// What happened to the charges of some bookings, oldest first of each. `events` and `bookings` are pairs.
pub(super) async fn of_bookings(
    db: &Db,
    events: &[EventNo],
    bookings: &[BookingId],
) -> Result<Vec<Happened>, Error> {
    if bookings.is_empty() {
        return Ok(Vec::new());
    }
    let client = db.get().await?;
    let statement = client.prepare_cached(OF_BOOKINGS).await?;
    let rows = client.query(&statement, &[&events, &bookings]).await?;
    Ok(rows.iter().filter_map(read).collect())
}

fn read(row: &Row) -> Option<Happened> {
    let kind: &str = row.get("kind");
    Some(Happened {
        booking: row.get("booking_id"),
        payment: row.get("payment_id"),
        // The CHECK on the column allows no other value.
        kind: IncidentKind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind)?,
        reference: row.get("reference"),
        amount: Money {
            minor: row.get("amount_minor"),
            currency: row.get("currency"),
        },
        reported_at: row.get("reported_at"),
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn told(kind: IncidentKind, reference: &str) -> Happened {
        Happened {
            booking: BookingId(Uuid::nil()),
            payment: PaymentId(Uuid::nil()),
            kind,
            reference: reference.to_owned(),
            amount: Money {
                minor: 1,
                currency: "EUR".parse().unwrap(),
            },
            reported_at: Timestamp::default(),
        }
    }

    #[test]
    fn a_dispute_troubles_until_it_is_decided_whatever_is_told_first() {
        let opened = |reference| told(IncidentKind::DisputeOpened, reference);
        let (won, lost) = (IncidentKind::DisputeWon, IncidentKind::DisputeLost);
        assert_eq!(troubles(&[]), []);
        assert_eq!(troubles(&[told(IncidentKind::Refunded, "re_1")]), []);
        assert_eq!(troubles(&[opened("dp_1")]), [Trouble::Disputed]);
        assert_eq!(troubles(&[opened("dp_1"), told(won, "dp_1")]), []);
        assert_eq!(troubles(&[told(won, "dp_1"), opened("dp_1")]), []);
        let two = [opened("dp_1"), told(lost, "dp_1"), opened("dp_2")];
        assert_eq!(troubles(&two), [Trouble::Disputed, Trouble::DisputeLost]);
        let failed = [told(IncidentKind::RefundFailed, "re_1")];
        assert_eq!(troubles(&failed), [Trouble::RefundFailed]);
    }
}
