//! The rows of an export, page by page.

use std::sync::Arc;

use chrono_tz::Tz;
use tokio_postgres::Row;
use uuid::Uuid;

use super::cell::Cell;
use super::what::What;
use crate::catalog::Event;
use crate::postgres::{Db, Error, Params};
use crate::types::{BookingId, Currency, Money, PaymentId, Reference, SeatNo, TierNo, Timestamp};

/// Bookings or payments of one page.
const PAGE: i64 = 1_000;

/// $1 event, $2 and $3 the last booking of the page before, $4 how many. With their contact.
const BOOKINGS: &str = "
    SELECT b.id, b.reference, b.status, b.total_minor, b.currency, b.created_at, b.confirmed_at, b.ended_at, b.buyer_id,
           (SELECT coalesce(sum(i.quantity), 0) FROM booking_items AS i
            WHERE i.event_id = $1 AND i.booking_id = b.id)::bigint AS tickets,
           c.name, c.email
    FROM (SELECT * FROM bookings
          WHERE event_id = $1 AND confirmed_at IS NOT NULL AND (confirmed_at, id) > ($2, $3)
          ORDER BY event_id, confirmed_at, id LIMIT $4) AS b
    LEFT JOIN LATERAL (
        SELECT name, email FROM contacts WHERE event_id = $1 AND booking_id = b.id LIMIT 1) AS c ON true
    ORDER BY b.confirmed_at, b.id";

/// As [`BOOKINGS`], an item a row.
const TICKETS: &str = "
    SELECT b.id, b.reference, b.status, b.currency, b.confirmed_at, i.tier_no, i.unit_price_minor, i.seats,
           c.name, c.email
    FROM (SELECT * FROM bookings
          WHERE event_id = $1 AND confirmed_at IS NOT NULL AND (confirmed_at, id) > ($2, $3)
          ORDER BY event_id, confirmed_at, id LIMIT $4) AS b
    CROSS JOIN LATERAL (
        SELECT tier_no, unit_price_minor, seats FROM booking_items
        WHERE event_id = $1 AND booking_id = b.id ORDER BY tier_no LIMIT 100) AS i
    LEFT JOIN LATERAL (
        SELECT name, email FROM contacts WHERE event_id = $1 AND booking_id = b.id LIMIT 1) AS c ON true
    ORDER BY b.confirmed_at, b.id, i.tier_no";

/// $1 event, $2 booking and $3 key of the last payment of the page before, $4 how many.
const PAYMENTS: &str = "
    SELECT p.id, p.booking_id, p.idempotency_key, p.status, p.amount_minor, p.currency, p.card_brand, p.card_last4,
           p.decline_code, p.created_at, p.answered_at, p.refund_requested_at, p.refunded_at, b.reference
    FROM (SELECT * FROM payments
          WHERE event_id = $1 AND (booking_id, idempotency_key) > ($2, $3)
          ORDER BY event_id, booking_id, idempotency_key LIMIT $4) AS p
    LEFT JOIN LATERAL (
        SELECT reference FROM bookings WHERE event_id = $1 AND id = p.booking_id LIMIT 1) AS b ON true
    ORDER BY p.booking_id, p.idempotency_key";

/// $1 event, $2 time zone. All in one page: days are few. What of the money are discounts, fees and taxes is read of the
/// lines of bookings, those that are in the sums; of an event without lines none is looked for.
const SALES: &str = include_str!("sales.sql");

const BOOKING_NAMES: &[&str] = &[
    "reference",
    "id",
    "status",
    "booked_at",
    "confirmed_at",
    "ended_at",
    "tickets",
    "total",
    "currency",
    "name",
    "email",
    "buyer_id",
];
const TICKET_NAMES: &[&str] = &[
    "reference",
    "booking_id",
    "status",
    "confirmed_at",
    "tier",
    "tier_name",
    "row",
    "seat",
    "price",
    "currency",
    "name",
    "email",
];
const PAYMENT_NAMES: &[&str] = &[
    "id",
    "booking_reference",
    "booking_id",
    "status",
    "amount",
    "currency",
    "card_brand",
    "card_last4",
    "decline_code",
    "created_at",
    "answered_at",
    "refund_requested_at",
    "refunded_at",
];
const SALES_NAMES: &[&str] = &[
    "day",
    "tier",
    "tier_name",
    "tickets_sold",
    "gross",
    "tickets_cancelled",
    "refunds",
    "net",
    "discounts",
    "fees",
    "taxes",
    "taxes_refunded",
    "currency",
];

/// Where the next page begins.
enum From {
    /// After this booking, in the order of confirmation.
    Confirmed(Timestamp, BookingId),
    /// After this payment.
    Payment(BookingId, String),
    /// There is no other page.
    End,
}

/// Reads the rows of an export.
pub(super) struct Rows {
    db: Db,
    event: Arc<Event>,
    what: What,
    from: From,
}

impl Rows {
    pub(super) fn new(db: Db, event: Arc<Event>, what: What) -> Self {
        let first = BookingId(Uuid::nil());
        let from = match what {
            What::Payments => From::Payment(first, String::new()),
            _ => From::Confirmed(Timestamp::default(), first),
        };
        Self {
            db,
            event,
            what,
            from,
        }
    }

    /// The columns.
    pub(super) fn names(&self) -> &'static [&'static str] {
        match self.what {
            What::Bookings => BOOKING_NAMES,
            What::Tickets => TICKET_NAMES,
            What::Payments => PAYMENT_NAMES,
            What::Sales => SALES_NAMES,
        }
    }

    /// In which times are shown.
    pub(super) fn zone(&self) -> Tz {
        self.event.venue.time_zone
    }

    /// The next rows; `None` after the last.
    pub(super) async fn next_page(&mut self) -> Result<Option<Vec<Vec<Cell>>>, Error> {
        let rows = match &self.from {
            From::End => return Ok(None),
            From::Payment(booking, key) => self.query(PAYMENTS, &[booking, key, &PAGE]).await?,
            From::Confirmed(..) if self.what == What::Sales => {
                let zone = self.event.venue.time_zone.name();
                self.query(SALES, &[&zone]).await?
            }
            From::Confirmed(at, id) => {
                let statement = match self.what {
                    What::Tickets => TICKETS,
                    _ => BOOKINGS,
                };
                self.query(statement, &[at, id, &PAGE]).await?
            }
        };
        self.from = self.after(rows.last());
        if rows.is_empty() {
            return Ok(None);
        }
        Ok(Some(rows.iter().flat_map(|row| self.cells(row)).collect()))
    }

    async fn query(&self, statement: &str, more: Params<'_>) -> Result<Vec<Row>, Error> {
        let client = self.db.get().await?;
        let statement = client.prepare_cached(statement).await?;
        let event: &(dyn postgres_types::ToSql + Sync) = &self.event.no;
        let params: Vec<_> = std::iter::once(event).chain(more.iter().copied()).collect();
        client.query(&statement, &params).await
    }

    fn after(&self, last: Option<&Row>) -> From {
        match (self.what, last) {
            (What::Sales, _) | (_, None) => From::End,
            (What::Payments, Some(last)) => {
                From::Payment(last.get("booking_id"), last.get("idempotency_key"))
            }
            (What::Bookings | What::Tickets, Some(last)) => {
                From::Confirmed(last.get("confirmed_at"), last.get("id"))
            }
        }
    }

    /// The rows that one of the database's becomes.
    fn cells(&self, row: &Row) -> Vec<Vec<Cell>> {
        match self.what {
            What::Bookings => vec![booking(row)],
            What::Tickets => self.tickets(row),
            What::Payments => vec![payment(row)],
            What::Sales => vec![self.sales(row)],
        }
    }

    fn tickets(&self, row: &Row) -> Vec<Vec<Cell>> {
        let (no, currency): (TierNo, Currency) = (row.get("tier_no"), row.get("currency"));
        let tier = self.event.tier_no(no);
        let seats: Vec<SeatNo> = row.get("seats");
        let ticket = |seat: SeatNo| {
            let label = tier.map_or_else(|| seat.0.to_string(), |tier| tier.label(seat));
            // Of a seat without a row there is only the number.
            let (row_label, number) = match label.rsplit_once('-') {
                Some((row, number)) => (Cell::Word(row.to_owned()), number.to_owned()),
                None => (Cell::Empty, label),
            };
            let status = match row.get("status") {
                "confirmed" => "valid",
                status => status,
            };
            vec![
                reference(row),
                word(row.get::<_, BookingId>("id")),
                word(status),
                Cell::Time(row.get("confirmed_at")),
                tier.map_or(Cell::Empty, |tier| word(&tier.code)),
                tier.map_or(Cell::Empty, |tier| Cell::Text(tier.name.clone())),
                row_label,
                number.parse().map_or(Cell::Word(number), Cell::Number),
                amount(row.get("unit_price_minor"), currency),
                word(currency.code()),
                Cell::text(row.get("name")),
                Cell::text(row.get("email")),
            ]
        };
        seats.into_iter().map(ticket).collect()
    }

    fn sales(&self, row: &Row) -> Vec<Cell> {
        let tier = self.event.tier_no(row.get("tier_no"));
        let currency = self.event.currency;
        let (gross, refunds): (i64, i64) = (row.get("minor"), row.get("cancelled_minor"));
        vec![
            word(row.get::<_, &str>("day")),
            tier.map_or(Cell::Empty, |tier| word(&tier.code)),
            tier.map_or(Cell::Empty, |tier| Cell::Text(tier.name.clone())),
            Cell::Number(row.get("tickets")),
            amount(gross, currency),
            Cell::Number(row.get("cancelled_tickets")),
            amount(refunds, currency),
            amount(gross - refunds, currency),
            amount(row.get("discounts"), currency),
            amount(row.get("fees"), currency),
            amount(row.get("taxes"), currency),
            amount(row.get("taxes_refunded"), currency),
            word(currency.code()),
        ]
    }
}

fn word(word: impl std::fmt::Display) -> Cell {
    Cell::Word(word.to_string())
}

fn amount(minor: i64, currency: Currency) -> Cell {
    Cell::Amount(Money { minor, currency })
}

/// Of a row with `reference`, and the booking's id in `id`.
fn reference(row: &Row) -> Cell {
    let stored: Option<Reference> = row.get("reference");
    word(stored.unwrap_or_else(|| Reference::of_older(row.get("id"))))
}

fn booking(row: &Row) -> Vec<Cell> {
    let currency: Currency = row.get("currency");
    vec![
        reference(row),
        word(row.get::<_, BookingId>("id")),
        word(row.get::<_, &str>("status")),
        Cell::Time(row.get("created_at")),
        Cell::time(row.get("confirmed_at")),
        Cell::time(row.get("ended_at")),
        Cell::Number(row.get("tickets")),
        amount(row.get("total_minor"), currency),
        word(currency.code()),
        Cell::text(row.get("name")),
        Cell::text(row.get("email")),
        word(row.get::<_, Uuid>("buyer_id")),
    ]
}

fn payment(row: &Row) -> Vec<Cell> {
    let currency: Currency = row.get("currency");
    let booking: BookingId = row.get("booking_id");
    let stored: Option<Reference> = row.get("reference");
    vec![
        word(row.get::<_, PaymentId>("id")),
        word(stored.unwrap_or_else(|| Reference::of_older(booking))),
        word(booking),
        word(row.get::<_, &str>("status")),
        amount(row.get("amount_minor"), currency),
        word(currency.code()),
        Cell::text(row.get("card_brand")),
        word(row.get::<_, &str>("card_last4")),
        Cell::text(row.get("decline_code")),
        Cell::Time(row.get("created_at")),
        Cell::time(row.get("answered_at")),
        Cell::time(row.get("refund_requested_at")),
        Cell::time(row.get("refunded_at")),
    ]
}
