//! Changes of a paid booking: what was done, once for each key; and what it did to the booking's items. Owns the tables
//! `booking_changes` and `booking_change_items`.
//!
//! What must hold: a change is recorded in the transaction that makes it, which has locked the booking; what the booking
//! has now, and what changes removed and added, is what was ordered. What goes back is decided by `plan`, and refunded by
//! `payment`.

use super::plan::{HeldTicket, Unfit, seats_after};
use super::read::{lines_of_items, read_item, read_line};
use super::{BookedItem, LockedBooking, Status, lock};
use crate::allocator::exchange::{Fate, Listed, NewItem, give_up, lock_held, set_item};
use crate::allocator::release::Released;
use crate::postgres::{AsDbError, Error, Params, Transaction};
use crate::price::Line;
use crate::types::{
    BookingId, BookingKind, ChangeId, EventNo, Fingerprint, IdempotencyKey, RefundId, SeatNo,
    TierNo,
};

/// $1 event, $2 booking, $3 key.
const FIND: &str = "
    SELECT request_fingerprint FROM booking_changes
    WHERE event_id = $1 AND booking_id = $2 AND idempotency_key = $3";

/// $1 event, $2 booking, $3 id, $4 kind, $5 key, $6 fingerprint, $7 what goes back and $8 by which refund, $9 what is
/// waived.
const INSERT: &str = "
    INSERT INTO booking_changes (event_id, booking_id, id, kind, idempotency_key, request_fingerprint,
                                 refund_minor, refund_id, waived_minor)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// $1 event, $2 booking, $3 change, $4 tier, $5 removed and $6 added seats, $7 and $8 their minor units.
const INSERT_ITEM: &str = "
    INSERT INTO booking_change_items (event_id, booking_id, change_id, tier_no, removed, added, removed_minor, added_minor)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// $1 event, $2 booking.
const ITEMS: &str = "
    SELECT tier_no, quantity, unit_price_minor, seats FROM booking_items
    WHERE event_id = $1 AND booking_id = $2 ORDER BY tier_no";

/// What [`read_line`] reads. $1 event, $2 booking.
const LINES: &str = "
    SELECT kind, name, tier_no, quantity, percent_bp, amount_minor, is_added FROM booking_lines
    WHERE event_id = $1 AND booking_id = $2 ORDER BY line_no";

/// Tickets of the booking with which somebody was let in, by the tiers that were bought. Who came in before the event was
/// moved has gone home. $1 event, $2 booking.
const LET_IN: &str = "
    SELECT DISTINCT i.tier_no, t.seat_no
    FROM booking_items AS i
    CROSS JOIN LATERAL unnest(i.seats) AS s (seat_no)
    CROSS JOIN LATERAL (
        SELECT tier_no, seat_no, issue FROM tickets
        WHERE event_id = $1 AND tier_no = coalesce(i.stock_tier_no, i.tier_no) AND seat_no = s.seat_no
            AND booking_id = $2
        LIMIT 1) AS t
    JOIN check_ins AS c
        ON c.event_id = $1 AND c.tier_no = t.tier_no AND c.seat_no = t.seat_no AND c.issue = t.issue
    WHERE i.event_id = $1 AND i.booking_id = $2
      AND c.entered_at > coalesce((SELECT moved_at FROM events WHERE event_id = $1), '-infinity')
    ORDER BY 1, 2";

/// What was done to a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Tickets were given back.
    Returned,
    /// Tickets were exchanged for others.
    Exchanged,
    /// It is another person's.
    HandedOver,
}

impl ChangeKind {
    /// As the database has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Exchanged => "exchanged",
            Self::HandedOver => "handed_over",
        }
    }
}

/// Which booking is to be changed, by which request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Of which event.
    pub event: EventNo,
    /// Which booking.
    pub booking: BookingId,
    /// The client's name for the request.
    pub key: IdempotencyKey,
    /// A hash over what is asked.
    pub fingerprint: Fingerprint,
}

/// Why a booking was not changed; nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such booking.
    #[error("no such booking")]
    NotFound,
    /// It is not paid, or has ended.
    #[error("the booking is {}", .0.as_str())]
    NotConfirmed(Status),
    /// An organiser made it: as such it is cancelled, and made anew.
    #[error("an organiser made the booking: it can only be cancelled")]
    OnlyCancelled,
    /// The key was used for another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// It does not fit these tickets.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Somebody was let in with these.
    #[error("somebody was let in with these tickets")]
    LetIn(Vec<HeldTicket>),
    /// These seats belong to others.
    #[error("these seats are taken")]
    Taken(Vec<HeldTicket>),
    /// Too few tickets of the tier are free.
    #[error("only {available} tickets are free")]
    TooFew {
        /// Of which tier.
        tier: TierNo,
        /// How many were wanted.
        asked: i32,
        /// How many are free.
        available: i32,
    },
    /// Others have locked the tickets at this moment.
    #[error("others have locked the tickets")]
    Locked,
    /// The new tickets cost so much more, and nobody has paid or waived that.
    #[error("the new tickets cost {0} more")]
    Dearer(i64),
    /// The new tickets cost so much more, and something else was said to be paid.
    #[error("the new tickets cost {0} more, and not what was paid")]
    OtherDifference(i64),
    /// The terminal's reference is empty, too long, or holds control characters.
    #[error("the terminal's reference cannot be recorded")]
    Reference,
    /// This goes back, and something else was expected.
    #[error("{0} goes back, and not what was expected")]
    OtherAmount(i64),
    /// No charge is left from which that could go back.
    #[error("no charge is left to refund from")]
    NothingCharged,
    /// The payment provider cannot give back exactly this.
    #[error("the payment provider cannot give back {0}")]
    Indivisible(i64),
    /// The event was called off: everything goes back.
    #[error("the event was called off")]
    CalledOff,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

impl AsDbError for ChangeError {
    fn as_db_error(&self) -> Option<&Error> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// A booking that may be changed.
pub struct Changing<'t> {
    transaction: &'t Transaction<'t>,
    /// It is locked.
    pub booking: LockedBooking<'t>,
    /// What it has.
    pub items: Vec<BookedItem>,
    /// What it cost when it was made; if that is its tickets' prices alone, what these are that it has.
    pub lines: Vec<Line>,
}

/// Of one tier, what a change removes and adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemChange {
    /// Which tier.
    pub tier: TierNo,
    /// What the booking has no more.
    pub removed: Vec<SeatNo>,
    /// What it has instead.
    pub added: Vec<SeatNo>,
    /// What the removed tickets were worth.
    pub removed_minor: i64,
    /// What the added ones cost.
    pub added_minor: i64,
}

/// What is recorded of a change.
#[derive(Debug, Clone)]
pub struct Change {
    /// What was done.
    pub kind: ChangeKind,
    /// What it did to the items; a tier once.
    pub items: Vec<ItemChange>,
    /// What goes back, and by which refund.
    pub refund: Option<(RefundId, i64)>,
    /// What was waived.
    pub waived_minor: i64,
}

/// Locks a paid booking for a change; `None` if the key has made this change before.
///
/// # Errors
/// [`ChangeError`].
pub async fn begin_change<'t>(
    transaction: &'t Transaction<'t>,
    asked: &Asked,
) -> Result<Option<Changing<'t>>, ChangeError> {
    let booking = lock(transaction, asked.event, asked.booking).await?;
    let booking = booking.ok_or(ChangeError::NotFound)?;
    let statement = transaction.prepare_cached(FIND).await?;
    let params: Params = &[&asked.event, &asked.booking, &asked.key];
    if let Some(row) = transaction.query_opt(&statement, params).await? {
        let is_same = row.get::<_, Fingerprint>("request_fingerprint") == asked.fingerprint;
        return if is_same {
            Ok(None)
        } else {
            Err(ChangeError::KeyReused)
        };
    }
    may_change(booking.kind, booking.status)?;
    let statement = transaction.prepare_cached(ITEMS).await?;
    let rows = transaction
        .query(&statement, &[&asked.event, &asked.booking])
        .await?;
    let statement = transaction.prepare_cached(LINES).await?;
    let lines = transaction
        .query(&statement, &[&asked.event, &asked.booking])
        .await?;
    let items: Vec<BookedItem> = rows.iter().map(read_item).collect();
    Ok(Some(Changing {
        transaction,
        booking,
        lines: if lines.is_empty() {
            lines_of_items(&items)
        } else {
            lines.iter().filter_map(read_line).collect()
        },
        items,
    }))
}

/// Whether a booking can be changed at all: it is confirmed, and no block.
///
/// # Errors
/// [`ChangeError::NotConfirmed`], [`ChangeError::OnlyCancelled`].
pub fn may_change(kind: BookingKind, status: Status) -> Result<(), ChangeError> {
    if kind == BookingKind::Withheld {
        return Err(ChangeError::OnlyCancelled);
    }
    if status != Status::Confirmed {
        return Err(ChangeError::NotConfirmed(status));
    }
    Ok(())
}

/// Whether tickets of a booking can be given back, or exchanged for another tier's. What was sold or given at the counter
/// is added up by the way it was paid, and these sums know of whole bookings only.
///
/// # Errors
/// [`ChangeError::OnlyCancelled`].
pub fn may_change_money(kind: BookingKind) -> Result<(), ChangeError> {
    if kind.is_organisers() {
        return Err(ChangeError::OnlyCancelled);
    }
    Ok(())
}

impl Changing<'_> {
    /// Fails if somebody was let in with one of these tickets, or of all tickets. From then on nobody is: whoever scans one
    /// waits.
    ///
    /// # Errors
    /// [`ChangeError::LetIn`].
    pub async fn none_is_in(&self, tickets: Option<&[HeldTicket]>) -> Result<(), ChangeError> {
        let all: Vec<HeldTicket> = self.tickets().collect();
        let (event, id) = (self.booking.event, self.booking.id);
        lock_held(self.transaction, event, id, tickets.unwrap_or(&all)).await?;
        let statement = self.transaction.prepare_cached(LET_IN).await?;
        let rows = self
            .transaction
            .query(&statement, &[&self.booking.event, &self.booking.id])
            .await?;
        let inside = rows.iter().map(|row| (row.get(0), row.get(1)));
        let inside: Vec<HeldTicket> = inside
            .filter(|place| tickets.is_none_or(|tickets| tickets.contains(place)))
            .collect();
        if inside.is_empty() {
            Ok(())
        } else {
            Err(ChangeError::LetIn(inside))
        }
    }

    /// Frees tickets of the booking.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn release(&self, tickets: &[HeldTicket]) -> Result<Vec<Released>, Error> {
        let (event, id) = (self.booking.event, self.booking.id);
        give_up(self.transaction, event, id, tickets, Fate::Freed).await
    }

    /// Issues all tickets of the booking anew: their codes of before let nobody in.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn reissue(&self) -> Result<(), Error> {
        let tickets: Vec<HeldTicket> = self.tickets().collect();
        let (event, id) = (self.booking.event, self.booking.id);
        give_up(self.transaction, event, id, &tickets, Fate::Reissued).await?;
        Ok(())
    }

    /// All of its tickets, ascending.
    fn tickets(&self) -> impl Iterator<Item = HeldTicket> {
        let of = |item: &BookedItem| {
            let tier = item.tier;
            item.seats.clone().into_iter().map(move |seat| (tier, seat))
        };
        self.items.iter().flat_map(of)
    }

    /// Records the change, and writes what the booking has now. `new` says of a tier that the booking had none of
    /// what its tickets cost, and whose they are.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn record(
        &self,
        asked: &Asked,
        change: &Change,
        new: Option<NewItem>,
    ) -> Result<ChangeId, Error> {
        let (transaction, id) = (self.transaction, ChangeId::make());
        let statement = transaction.prepare_cached(INSERT).await?;
        let refund_minor = change.refund.map_or(0, |refund| refund.1);
        let params: Params = &[
            &asked.event,
            &asked.booking,
            &id,
            &change.kind.as_str(),
            &asked.key,
            &asked.fingerprint,
            &refund_minor,
            &change.refund.map(|refund| refund.0),
            &change.waived_minor,
        ];
        transaction.execute(&statement, params).await?;
        for item in &change.items {
            self.record_item(asked, id, item, new).await?;
        }
        Ok(id)
    }

    async fn record_item(
        &self,
        asked: &Asked,
        change: ChangeId,
        item: &ItemChange,
        new: Option<NewItem>,
    ) -> Result<(), Error> {
        let statement = self.transaction.prepare_cached(INSERT_ITEM).await?;
        let params: Params = &[
            &asked.event,
            &asked.booking,
            &change,
            &item.tier,
            &item.removed,
            &item.added,
            &item.removed_minor,
            &item.added_minor,
        ];
        self.transaction.execute(&statement, params).await?;
        let had = self.items.iter().any(|had| had.tier == item.tier);
        let seats = seats_after(&self.items, item.tier, &item.removed, &item.added);
        let listed = Listed {
            tier: item.tier,
            seats: &seats,
            new: new.filter(|_| !had),
        };
        set_item(self.transaction, asked.event, asked.booking, listed).await
    }
}
