//! The rows of an export, page by page.

use std::sync::Arc;

use chrono_tz::Tz;
use tokio_postgres::Row;
use uuid::Uuid;

use super::cell::Cell;
use super::names::names;
use super::what::What;
use crate::catalog::{Event, Tier};
use crate::postgres::{Db, Error, Params};
use crate::types::{BookingId, Currency, Money, PaymentId, Reference, SeatNo, TierNo, Timestamp};

/// Bookings or payments of one page.
const PAGE: i64 = 1_000;

/// $1 event, $2 and $3 the last booking of the page before, $4 how many. With their contact.
const BOOKINGS: &str = "
    SELECT b.id, b.reference, b.status, b.kind, b.total_minor, b.currency, b.created_at, b.confirmed_at, b.ended_at, b.buyer_id,
           (SELECT coalesce(sum(i.quantity), 0) FROM booking_items AS i
            WHERE i.event_id = $1 AND i.booking_id = b.id)::bigint AS tickets,
           (SELECT coalesce(sum(h.refund_minor), 0) FROM booking_changes AS h
            WHERE h.event_id = $1 AND h.booking_id = b.id)::bigint AS returned_minor,
           (SELECT m.answer FROM move_answers AS m
            WHERE m.event_id = $1 AND m.booking_id = b.id ORDER BY m.move_no DESC LIMIT 1) AS move_answer,
           (SELECT coalesce(sum(d.amount_minor), 0) FROM paid_differences AS d
            WHERE d.event_id = $1 AND d.booking_id = b.id)::bigint AS differences_minor,
           (SELECT coalesce(sum(d.amount_minor), 0) FROM paid_differences AS d
            WHERE d.event_id = $1 AND d.booking_id = b.id
              AND (d.left_at IS NOT NULL OR b.status <> 'confirmed'))::bigint AS differences_back_minor,
           c.name, c.email
    FROM (SELECT * FROM bookings
          WHERE event_id = $1 AND confirmed_at IS NOT NULL AND (confirmed_at, id) > ($2, $3) AND kind <> 'withheld'
          ORDER BY event_id, confirmed_at, id LIMIT $4) AS b
    LEFT JOIN LATERAL (
        SELECT name, email FROM contacts WHERE event_id = $1 AND booking_id = b.id LIMIT 1) AS c ON true
    ORDER BY b.confirmed_at, b.id";

/// As [`BOOKINGS`], an item a row.
const TICKETS: &str = "
    SELECT b.id, b.reference, b.status, b.kind, b.currency, b.confirmed_at, i.tier_no, i.unit_price_minor, i.seats,
           c.name, c.email
    FROM (SELECT * FROM bookings
          WHERE event_id = $1 AND confirmed_at IS NOT NULL AND (confirmed_at, id) > ($2, $3) AND kind <> 'withheld'
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
           coalesce(p.returned_minor, 0) AS returned_minor,
           p.decline_code, p.created_at, p.answered_at, p.refund_requested_at, p.refunded_at, p.method,
           p.tendered_minor, p.terminal_reference, b.reference
    FROM (SELECT * FROM payments
          WHERE event_id = $1 AND (booking_id, idempotency_key) > ($2, $3)
          ORDER BY event_id, booking_id, idempotency_key LIMIT $4) AS p
    LEFT JOIN LATERAL (
        SELECT reference FROM bookings WHERE event_id = $1 AND id = p.booking_id LIMIT 1) AS b ON true
    ORDER BY p.booking_id, p.idempotency_key";

/// $1 event, $2 time zone. All in one page: days are few. What of the money are discounts, fees and taxes is read of the
/// lines of bookings, those that are in the sums; of an event without lines none is looked for.
const SALES: &str = include_str!("sales.sql");

/// $1 event, $2 and $3 the last scan of the page before, $4 how many. Whose ticket it was is known while it is theirs.
const SCANS: &str = "
    SELECT s.id, s.recorded_at, s.scanned_at, s.kind, s.result, s.conflict, s.undone_at, s.by_name, s.seat_no,
           g.name AS gate, l.name AS list, h.id AS booking_id, h.reference, coalesce(h.bought, s.tier_no) AS tier_no
    FROM (SELECT * FROM scans
          WHERE event_id = $1 AND (recorded_at, id) > ($2, $3)
          ORDER BY event_id, recorded_at, id LIMIT $4) AS s
    LEFT JOIN LATERAL (SELECT name FROM gates WHERE event_id = $1 AND id = s.gate_id LIMIT 1) AS g ON true
    LEFT JOIN LATERAL (SELECT name FROM check_in_lists WHERE event_id = $1 AND id = s.list_id LIMIT 1) AS l ON true
    LEFT JOIN LATERAL (
        SELECT b.id, b.reference,
               (SELECT tier_no FROM booking_items
                WHERE event_id = $1 AND booking_id = b.id AND stock_tier_no = t.tier_no AND t.seat_no = ANY (seats)
                LIMIT 1) AS bought
        FROM tickets AS t
        JOIN bookings AS b ON b.event_id = $1 AND b.id = t.booking_id
        WHERE t.event_id = $1 AND t.tier_no = s.tier_no AND t.seat_no = s.seat_no AND t.issue = s.issue
        LIMIT 1) AS h ON true
    ORDER BY s.recorded_at, s.id";

/// $1 event, $2 to $5 booking, question, tier and seat of the last answer of the page before, $6 how many.
const ANSWERS: &str = "
    SELECT a.booking_id AS id, a.question_no, a.tier_no, a.seat_no, a.answer, a.answered_at, b.reference, b.status,
           q.label, c.name, c.email
    FROM (SELECT * FROM answers
          WHERE event_id = $1 AND (booking_id, question_no, tier_no, seat_no) > ($2, $3, $4, $5)
          ORDER BY event_id, booking_id, question_no, tier_no, seat_no LIMIT $6) AS a
    LEFT JOIN LATERAL (
        SELECT reference, status FROM bookings WHERE event_id = $1 AND id = a.booking_id LIMIT 1) AS b ON true
    LEFT JOIN LATERAL (
        SELECT label FROM questions WHERE event_id = $1 AND question_no = a.question_no LIMIT 1) AS q ON true
    LEFT JOIN LATERAL (
        SELECT name, email FROM contacts WHERE event_id = $1 AND booking_id = a.booking_id LIMIT 1) AS c ON true
    ORDER BY a.booking_id, a.question_no, a.tier_no, a.seat_no";

/// Where the next page begins.
enum From {
    /// After this booking, in the order of confirmation.
    Confirmed(Timestamp, BookingId),
    /// After this payment.
    Payment(BookingId, String),
    /// After this scan, in the order in which they were recorded.
    Scan(Timestamp, Uuid),
    /// After this answer.
    Answer(BookingId, i16, TierNo, SeatNo),
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
            What::Scans => From::Scan(Timestamp::default(), Uuid::nil()),
            What::Answers => From::Answer(first, 0, TierNo(0), SeatNo(0)),
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
        names(self.what)
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
            From::Scan(at, id) => self.query(SCANS, &[at, id, &PAGE]).await?,
            From::Answer(booking, question, tier, seat) => {
                let after: Params<'_> = &[booking, question, tier, seat, &PAGE];
                self.query(ANSWERS, after).await?
            }
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
            (What::Scans, Some(last)) => From::Scan(last.get("recorded_at"), last.get("id")),
            (What::Answers, Some(last)) => From::Answer(
                last.get("id"),
                last.get("question_no"),
                last.get("tier_no"),
                last.get("seat_no"),
            ),
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
            What::Scans => vec![self.scan(row)],
            What::Answers => vec![self.answer(row)],
        }
    }

    fn tickets(&self, row: &Row) -> Vec<Vec<Cell>> {
        let (no, currency): (TierNo, Currency) = (row.get("tier_no"), row.get("currency"));
        let tier = self.event.tier_no(no);
        let seats: Vec<SeatNo> = row.get("seats");
        let ticket = |seat: SeatNo| {
            let [row_label, number] = place(tier, seat);
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
                number,
                amount(row.get("unit_price_minor"), currency),
                word(currency.code()),
                Cell::text(row.get("name")),
                Cell::text(row.get("email")),
                word(row.get::<_, &str>("kind")),
            ]
        };
        seats.into_iter().map(ticket).collect()
    }

    fn scan(&self, row: &Row) -> Vec<Cell> {
        let tier: Option<TierNo> = row.get("tier_no");
        let mut cells = vec![
            word(row.get::<_, Uuid>("id")),
            Cell::Time(row.get("recorded_at")),
            Cell::Time(row.get("scanned_at")),
            word(row.get::<_, &str>("kind")),
            word(row.get::<_, &str>("result")),
            Cell::text(row.get("conflict")),
            Cell::time(row.get("undone_at")),
            Cell::text(row.get("gate")),
            Cell::text(row.get("list")),
        ];
        cells.extend(self.ticket(tier.zip(row.get("seat_no"))));
        let booking: Option<BookingId> = row.get("booking_id");
        let stored: Option<Reference> = row.get("reference");
        let named = booking.map(|id| stored.unwrap_or_else(|| Reference::of_older(id)));
        cells.extend([
            named.map_or(Cell::Empty, word),
            booking.map_or(Cell::Empty, word),
            Cell::text(row.get("by_name")),
        ]);
        cells
    }

    fn answer(&self, row: &Row) -> Vec<Cell> {
        let (tier, seat): (TierNo, SeatNo) = (row.get("tier_no"), row.get("seat_no"));
        let mut cells = vec![
            reference(row),
            word(row.get::<_, BookingId>("id")),
            Cell::text(row.get("status")),
            Cell::Number(row.get::<_, i16>("question_no").into()),
            Cell::text(row.get("label")),
        ];
        cells.extend(self.ticket((tier != TierNo(0)).then_some((tier, seat))));
        cells.extend([
            Cell::text(row.get("answer")),
            Cell::Time(row.get("answered_at")),
            Cell::text(row.get("name")),
            Cell::text(row.get("email")),
        ]);
        cells
    }

    /// Code and name of a ticket's tier, its row and number.
    fn ticket(&self, ticket: Option<(TierNo, SeatNo)>) -> [Cell; 4] {
        let Some((no, seat)) = ticket else {
            return [Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty];
        };
        let tier = self.event.tier_no(no);
        let [row, number] = place(tier, seat);
        [
            tier.map_or(Cell::Empty, |tier| word(&tier.code)),
            tier.map_or(Cell::Empty, |tier| Cell::Text(tier.name.clone())),
            row,
            number,
        ]
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
            word(currency.code()),
            word(row.get::<_, &str>("way")),
            amount(row.get("discounts"), currency),
            amount(row.get("fees"), currency),
            amount(row.get("taxes"), currency),
            amount(row.get("taxes_refunded"), currency),
        ]
    }
}

/// The row and the number of a seat; of a place without a row there is only the number.
fn place(tier: Option<&Tier>, seat: SeatNo) -> [Cell; 2] {
    let label = tier.map_or_else(|| seat.0.to_string(), |tier| tier.label(seat));
    let (row, number) = match label.rsplit_once('-') {
        Some((row, number)) => (Cell::Word(row.to_owned()), number.to_owned()),
        None => (Cell::Empty, label),
    };
    [row, number.parse().map_or(Cell::Word(number), Cell::Number)]
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
        amount(row.get("returned_minor"), currency),
        word(row.get::<_, &str>("kind")),
        row.get::<_, Option<&str>>("move_answer")
            .map_or(Cell::Empty, word),
        amount(row.get("differences_minor"), currency),
        amount(row.get("differences_back_minor"), currency),
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
        amount(row.get("returned_minor"), currency),
        word(row.get::<_, &str>("method")),
        row.get::<_, Option<i64>>("tendered_minor")
            .map_or(Cell::Empty, |minor| amount(minor, currency)),
        Cell::text(row.get("terminal_reference")),
    ]
}
