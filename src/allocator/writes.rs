//! The second step of a batch: inserts bookings and their items, assigns tickets; then COMMIT.
//!
//! Each column of an insert is named once in its statement and once here, beside its value. What must hold:
//! bookings are inserted in the order of `Order::identity`; a statement that affects too few
//! rows fails, because COMMIT is sent before its result is read.

use super::order::{Candidate, Stock, Taken};
use super::statements::{Connection, Session};
use super::tickets::{Given, LockedTickets};
use crate::postgres::Error;
use crate::price::Line;
use crate::types::{
    BookingId, BookingKind, BuyerId, CodeNo, EventNo, Fingerprint, IdempotencyKey, Reference,
    SeatNo, TierNo, Timestamp,
};

/// How long new bookings hold their tickets, by the database's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

/// An order that is filled.
#[derive(Clone, Copy)]
pub(super) struct Filled<'o, 't> {
    pub(super) order: Candidate<'o>,
    /// What each of its items got.
    pub(super) taken: &'t [Taken],
    /// The number of its buyer's last booking of the event; 0 if there is none.
    pub(super) last_turn: i32,
}

/// The second step of a batch.
pub(super) struct Writes {
    event: EventNo,
    first_tier: TierNo,
    currency: &'static str,
    held: Held,
    /// By buyer and key: then two batches that share several keys cannot deadlock.
    bookings: Vec<NewBooking>,
    items: Vec<NewItem>,
    /// The seats of all items, in the order of the items.
    seats: Vec<SeatNo>,
    /// What bookings cost that cost anything beside their items: mostly there are none.
    lines: Vec<NewLine>,
    given: Given,
}

struct NewBooking {
    id: BookingId,
    reference: Reference,
    buyer: BuyerId,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
    total_minor: i64,
    /// As what it is confirmed; `None` if it is held.
    confirmed_as: Option<BookingKind>,
    turn: i32,
    code: Option<CodeNo>,
}

struct NewLine {
    booking: BookingId,
    /// The first is 1.
    no: i16,
    line: Line,
}

struct NewItem {
    booking: BookingId,
    tier: TierNo,
    /// The tier whose tickets these are; NULL if they are its own.
    stock: Option<TierNo>,
    quantity: i32,
    unit_price_minor: i64,
    /// The position of its first seat in the list of all seats, counted from 1.
    first_seat: i32,
    /// Whether the buyer named its seats; NULL otherwise.
    named: Option<bool>,
}

impl Writes {
    /// The orders that are filled, with what each of their items got.
    pub(super) fn of<'t>(
        stock: &Stock,
        filled: impl Iterator<Item = Filled<'t, 't>>,
        locked: &LockedTickets,
        held: Held,
    ) -> Self {
        let mut filled: Vec<_> = filled.collect();
        let mut given = Given::default();
        // In the order of assignment, so adjacent seats stay adjacent.
        for Filled { order, taken, .. } in &filled {
            for (item, taken) in order.items.iter().zip(*taken) {
                given.add(locked, item.stock, &taken.seats, order.id);
            }
        }
        filled.sort_unstable_by(|a, b| a.order.identity().cmp(&b.order.identity()));
        let (mut items, mut seats) = (Vec::new(), Vec::new());
        for Filled { order, taken, .. } in &filled {
            for (item, taken) in order.items.iter().zip(*taken) {
                items.push(NewItem {
                    booking: order.id,
                    tier: item.tier,
                    stock: Some(item.stock).filter(|&of| of != item.tier),
                    quantity: item.quantity,
                    unit_price_minor: item.unit_price_minor,
                    first_seat: seats.len() as i32 + 1,
                    named: item.seats.is_some().then_some(true),
                });
                seats.extend_from_slice(&taken.seats);
            }
        }
        Self {
            event: stock.event,
            first_tier: stock.first_tier(),
            currency: stock.currency.code(),
            held,
            bookings: bookings(&filled),
            items,
            seats,
            lines: lines(&filled),
            given,
        }
    }

    /// The second step of a batch that fills no order.
    pub(super) fn nothing(stock: &Stock) -> Self {
        let held = Held {
            from: Timestamp::default(),
            until: Timestamp::default(),
        };
        Self::of(stock, std::iter::empty(), &LockedTickets::default(), held)
    }

    fn is_empty(&self) -> bool {
        self.bookings.is_empty()
    }

    /// Writes all rows; does not commit. The first poll sends everything.
    ///
    /// # Errors
    /// The transaction can only be rolled back.
    pub(super) async fn send(&self, session: Session<'_>) -> Result<(), Error> {
        if self.is_empty() {
            return Ok(());
        }
        // Futures are polled in this order, so the statements are sent in this order, pipelined.
        let (bookings, items, lines, tickets) = tokio::join!(
            self.insert_bookings(session),
            self.insert_items(session),
            self.insert_lines(session),
            self.given.take(
                &session,
                &session.statements.take_tickets,
                self.event,
                self.first_tier
            ),
        );
        bookings?;
        items?;
        lines?;
        tickets
    }

    /// Commits, or rolls back if there is nothing to write.
    ///
    /// # Errors
    /// Nothing was committed; if the connection broke, the commit is in doubt.
    pub(super) async fn commit(&self, connection: &Connection) -> Result<(), Error> {
        if self.is_empty() {
            return connection.roll_back().await;
        }
        connection.commit().await
    }

    async fn insert_bookings(&self, session: Session<'_>) -> Result<(), Error> {
        let insert = &session.statements.insert_bookings;
        let rows = &self.bookings;
        let confirmed_as = if rows.iter().any(|row| row.confirmed_as.is_some()) {
            column(rows, |row| row.confirmed_as.map(BookingKind::as_str))
        } else {
            Vec::new()
        };
        let codes = if rows.iter().any(|row| row.code.is_some()) {
            column(rows, |row| row.code)
        } else {
            Vec::new()
        };
        insert
            .query(
                &session,
                &[
                    ("event_id", &self.event),
                    ("first_tier", &self.first_tier),
                    ("currency", &self.currency),
                    ("created_at", &self.held.from),
                    ("expires_at", &self.held.until),
                    ("id", &column(rows, |row| row.id)),
                    ("reference", &column(rows, |row| row.reference)),
                    ("buyer_id", &column(rows, |row| row.buyer)),
                    ("idempotency_key", &column(rows, |row| &row.key)),
                    ("request_fingerprint", &column(rows, |row| row.fingerprint)),
                    ("total_minor", &column(rows, |row| row.total_minor)),
                    ("turn", &column(rows, |row| row.turn)),
                    ("confirmed_as", &confirmed_as),
                    ("code_no", &codes),
                ],
            )
            .await?;
        Ok(())
    }

    /// Sends nothing if there are none.
    async fn insert_lines(&self, session: Session<'_>) -> Result<(), Error> {
        let rows = &self.lines;
        if rows.is_empty() {
            return Ok(());
        }
        let of = |row: &NewLine| row.line.of;
        let insert = &session.statements.insert_lines;
        insert
            .query(
                &session,
                &[
                    ("event_id", &self.event),
                    ("first_tier", &self.first_tier),
                    ("booking_id", &column(rows, |row| row.booking)),
                    ("line_no", &column(rows, |row| row.no)),
                    ("kind", &column(rows, |row| row.line.kind.as_str())),
                    ("name", &column(rows, |row| &row.line.name)),
                    ("tier_no", &column(rows, |row| Some(of(row)?.0))),
                    ("quantity", &column(rows, |row| Some(of(row)?.1))),
                    ("percent_bp", &column(rows, |row| row.line.percent_bp)),
                    ("amount_minor", &column(rows, |row| row.line.amount_minor)),
                    ("is_added", &column(rows, |row| row.line.is_added)),
                ],
            )
            .await?;
        Ok(())
    }

    async fn insert_items(&self, session: Session<'_>) -> Result<(), Error> {
        let insert = &session.statements.insert_items;
        let rows = &self.items;
        let named = if rows.iter().any(|row| row.named.is_some()) {
            column(rows, |row| row.named)
        } else {
            Vec::new()
        };
        let stock = if rows.iter().any(|row| row.stock.is_some()) {
            column(rows, |row| row.stock)
        } else {
            Vec::new()
        };
        insert
            .query(
                &session,
                &[
                    ("event_id", &self.event),
                    ("first_tier", &self.first_tier),
                    ("all_seats", &self.seats),
                    ("booking_id", &column(rows, |row| row.booking)),
                    ("tier_no", &column(rows, |row| row.tier)),
                    ("stock_tier_no", &stock),
                    ("quantity", &column(rows, |row| row.quantity)),
                    (
                        "unit_price_minor",
                        &column(rows, |row| row.unit_price_minor),
                    ),
                    ("first_seat", &column(rows, |row| row.first_seat)),
                    ("named", &named),
                ],
            )
            .await?;
        Ok(())
    }
}

/// The rows of the lines.
fn lines(filled: &[Filled<'_, '_>]) -> Vec<NewLine> {
    let of_order = |order: &Candidate<'_>| {
        let (booking, priced) = (order.id, order.priced.as_ref());
        let lines = priced.map_or_else(Vec::new, |priced| priced.lines.clone());
        let numbered = lines.into_iter().zip(1..);
        numbered.map(move |(line, no)| NewLine { booking, no, line })
    };
    filled
        .iter()
        .flat_map(|filled| of_order(&filled.order))
        .collect()
}

/// The rows of the bookings. A buyer's turns go up in the order of insertion, as everything else does, so
/// that two batches with several orders of the same buyers cannot deadlock.
fn bookings(filled: &[Filled<'_, '_>]) -> Vec<NewBooking> {
    let mut bookings: Vec<NewBooking> = Vec::with_capacity(filled.len());
    for Filled {
        order, last_turn, ..
    } in filled
    {
        let before = bookings.last().filter(|before| before.buyer == order.buyer);
        bookings.push(NewBooking {
            id: order.id,
            reference: order.reference,
            buyer: order.buyer,
            key: order.key.clone(),
            fingerprint: order.fingerprint,
            total_minor: order.total_minor,
            confirmed_as: order.confirmed_as,
            code: order.code().map(|code| code.no),
            turn: before.map_or(*last_turn, |before| before.turn) + 1,
        });
    }
    bookings
}

/// One column of the rows.
fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
