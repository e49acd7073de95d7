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
    SELECT payment_id, kind, reference, amount_minor, currency, reported_at FROM payment_incidents
    WHERE event_id = $1 AND booking_id = $2
    ORDER BY reported_at, kind NOT IN ('dispute-opened', 'refunded'), id LIMIT 1000";

/// Something that happened to a charge, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
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

fn read(row: &Row) -> Option<Happened> {
    let kind: &str = row.get("kind");
    Some(Happened {
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
