//! The row lock on a booking, and the transitions of a locked booking.
//!
//! Every transaction that changes a booking or its payments begins with [`lock`]. So all of them take
//! their locks in the same order, and the status that a [`LockedBooking`] shows is current until the
//! transaction ends. The transitions are methods of the lock: none can be made without it.
//!
//! The conditional UPDATE checks the status once more. It is what guards the state machine; the lock keeps
//! callers from acting on a status that has changed. What a transition means for payments is not here.

use super::Status;
use super::answers::{SeatChange, move_answers};
use super::read::{read_kind, read_total};
use crate::allocator::reallocate::{Ended, EndedItem, Search, find};
use crate::allocator::release::{Released, release};
use crate::allocator::{Locked, Retaken};
use crate::postgres::{Error, Params, Transaction};
use crate::types::{BookingId, BookingKind, BuyerId, CodeNo, EventNo, Money, Reference, Timestamp};

/// A change of status. The only other one is the expiry of a pending booking, which the allocator makes for
/// many bookings at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transition {
    /// Paid during the hold.
    Confirm,
    /// Charged during the hold, reported after it.
    ConfirmLate,
    /// Declined, and no further card may be tried.
    Fail,
    /// Cancelled by the buyer or the organiser.
    Cancel,
}

impl Transition {
    /// The statuses that it may start from.
    fn from(self) -> &'static [Status] {
        match self {
            Self::Confirm | Self::Fail => &[Status::Pending],
            Self::ConfirmLate => &[Status::Expired],
            Self::Cancel => &[Status::Pending, Status::Confirmed],
        }
    }

    /// The status that it leads to.
    fn to(self) -> Status {
        match self {
            Self::Confirm | Self::ConfirmLate => Status::Confirmed,
            Self::Fail => Status::Failed,
            Self::Cancel => Status::Cancelled,
        }
    }
}

/// $1 event, $2 booking.
const LOCK: &str = "
    SELECT buyer_id, status, kind, total_minor, currency, code_no, created_at, coalesce(expires_at <= now(), false) AS overdue,
           coalesce(paying_until > now(), false) AS is_paying
    FROM bookings WHERE event_id = $1 AND id = $2 FOR UPDATE";

/// $1 event, $2 booking, $3 `confirmed`, $4 the statuses that it may have now.
const CONFIRM: &str = "
    UPDATE bookings
    SET status = $3, expires_at = NULL, paying_until = NULL, confirmed_at = now(), ended_at = NULL
    WHERE event_id = $1 AND id = $2 AND status = ANY ($4)";

/// $1 event, $2 booking, $3 the status that it ends in, $4 the statuses that it may have now.
const END: &str = "
    UPDATE bookings
    SET status = $3, expires_at = NULL, paying_until = NULL, ended_at = now()
    WHERE event_id = $1 AND id = $2 AND status = ANY ($4)";

/// $1 event, $2 booking, $3 seconds for which a payment keeps the hold, or NULL if none is under way.
const SET_PAYING: &str = "
    UPDATE bookings SET paying_until = now() + make_interval(secs => $3)
    WHERE event_id = $1 AND id = $2 AND status = 'pending'";

/// $1 event, $2 booking, $3 seconds from now and $4 seconds from when it was booked, of which the earlier counts. Added up
/// in UTC: what depends on the session's time zone is refused by a distributed database.
const PROLONG: &str = "
    UPDATE bookings
    SET paying_until = NULL,
        expires_at = greatest(expires_at, least(
            now() + make_interval(secs => $3),
            (created_at AT TIME ZONE 'UTC' + make_interval(secs => $4)) AT TIME ZONE 'UTC'))
    WHERE event_id = $1 AND id = $2 AND status = 'pending'";

/// $1 event, $2 booking, $3 the reference to set.
const SET_REFERENCE: &str = "
    UPDATE bookings SET reference = $3
    WHERE event_id = $1 AND id = $2 AND confirmed_at IS NULL";

/// $1 event, $2 booking that holds nothing, $3 its buyer, $4 tickets.
const TAKE_TURN: &str = include_str!("take_turn.sql");

/// $1 event, $2 booking.
const ITEMS: &str = "
    SELECT tier_no, seats, coalesce(named, false) AS named FROM booking_items
    WHERE event_id = $1 AND booking_id = $2 ORDER BY tier_no";

/// Seconds for which a hold lasts at least after the payment provider was away.
const PROLONGED_SECONDS: f64 = 300.0;
/// Seconds after which, since it was booked, it is not prolonged any more.
const PROLONGED_SECONDS_MAX: f64 = 3600.0;

/// What became of an expired booking whose charge has succeeded.
#[derive(Debug)]
pub enum Late {
    /// It is confirmed, with these tickets.
    Confirmed(Vec<Retaken>),
    /// Nothing was changed: it is not expired, the event has begun, too few tickets are free, the buyer
    /// may have no more of them, or its code is used up.
    Refused,
    /// Others have locked the tickets, or are about to give them back: roll back, and try again.
    Locked,
}

/// A booking whose row is locked: no other transaction can change its status until this one ends.
#[derive(Clone, Copy)]
pub struct LockedBooking<'t> {
    transaction: &'t Transaction<'t>,
    /// Of which event.
    pub event: EventNo,
    /// Which booking.
    pub id: BookingId,
    /// Whose it is.
    pub buyer: BuyerId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its status when it was locked.
    pub status: Status,
    /// How it came about.
    pub kind: BookingKind,
    /// Whether it is pending although its hold is overdue: it was not expired yet.
    pub overdue: bool,
    /// Whether a payment is under way.
    pub is_paying: bool,
    /// What all of it costs.
    pub total: Money,
    /// The promo code with which it was booked.
    code: Option<CodeNo>,
}

/// Locks a booking's row; waits for another transaction's lock. `None` if there is no such booking.
///
/// # Errors
/// Those of the database.
pub async fn lock<'t>(
    transaction: &'t Transaction<'t>,
    event: EventNo,
    id: BookingId,
) -> Result<Option<LockedBooking<'t>>, Error> {
    let statement = transaction.prepare_cached(LOCK).await?;
    let row = transaction.query_opt(&statement, &[&event, &id]).await?;
    Ok(row.map(|row| LockedBooking {
        transaction,
        event,
        id,
        buyer: row.get("buyer_id"),
        created_at: row.get("created_at"),
        status: Status::read(&row),
        kind: read_kind(&row),
        overdue: row.get("overdue"),
        is_paying: row.get("is_paying"),
        total: read_total(&row),
        code: row.get("code_no"),
    }))
}

impl LockedBooking<'_> {
    /// Keeps a pending booking from expiring for this many seconds, because a payment is processing. Returns
    /// false if it is not pending.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn keep_hold(&self, seconds: f64) -> Result<bool, Error> {
        self.set_paying(Some(seconds)).await
    }

    /// Lets the hold of a pending booking end at its own time: the payment was declined, and another may be
    /// tried. Returns false if it is not pending.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn resume_hold(&self) -> Result<bool, Error> {
        self.set_paying(None).await
    }

    /// Lets a pending booking be paid for some minutes more, because nobody could be paid: to an hour after it was booked at
    /// most. Returns false if it is not pending.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prolong_hold(&self) -> Result<bool, Error> {
        let params: Params = &[
            &self.event,
            &self.id,
            &PROLONGED_SECONDS,
            &PROLONGED_SECONDS_MAX,
        ];
        self.update(PROLONG, params).await
    }

    /// Gives a booking that was never confirmed another reference. Returns false if it was.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn change_reference(&self) -> Result<bool, Error> {
        let reference = Reference::make();
        self.update(SET_REFERENCE, &[&self.event, &self.id, &reference])
            .await
    }

    /// `pending` → `confirmed`; false if it is not pending.
    ///
    /// # Errors
    /// Those of the database; a violation of `bookings_reference_key` if a confirmed booking of the event has
    /// its reference.
    pub async fn confirm(&self) -> Result<bool, Error> {
        self.make(Transition::Confirm).await
    }

    /// `expired` → `confirmed`, with new tickets: the success of its payment was reported after its
    /// hold. `locked` is what to do about tickets that others have locked.
    ///
    /// # Errors
    /// As [`LockedBooking::confirm`].
    pub async fn confirm_late(&self, locked: Locked) -> Result<Late, Error> {
        match self.try_to_confirm_late(locked).await {
            // A lock was waited for too long, or another transaction has taken the same turn.
            Err(error)
                if matches!(error, Error::Conflict(_))
                    || error.is_unique_violation("bookings_turn") =>
            {
                log::debug!("booking {}: {error}", self.id);
                Ok(Late::Locked)
            }
            result => result,
        }
    }

    async fn try_to_confirm_late(&self, locked: Locked) -> Result<Late, Error> {
        if !Transition::ConfirmLate.from().contains(&self.status) {
            return Ok(Late::Refused);
        }
        let items = self.items().await?;
        let ended = Ended {
            event: self.event,
            id: self.id,
            buyer: self.buyer,
            code: self.code,
            currency: self.total.currency,
            items: &items,
        };
        let found = match find(self.transaction, ended, locked).await? {
            Search::Found(found) => found,
            Search::TooFew | Search::UsedUp => return Ok(Late::Refused),
            Search::Locked => return Ok(Late::Locked),
        };
        // Only now: a batch that waits for this turn may have locked tickets that `find` waits for.
        if !self.take_turn(found.quantity()).await? {
            return Ok(Late::Refused);
        }
        let retaken = found.take(self.transaction).await?;
        let moved = moved(&items, &retaken);
        if !moved.is_empty() {
            move_answers(self.transaction, self.event, self.id, &moved).await?;
        }
        if !self.make(Transition::ConfirmLate).await? {
            // The tickets are taken already; the error rolls the transaction back.
            return Err(Error::Inconsistent(format!(
                "booking {} was locked as expired, but its status has changed since",
                self.id
            )));
        }
        Ok(Late::Confirmed(retaken))
    }

    /// `pending` → `failed`, tickets released; `None` if it is not pending.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn fail(&self) -> Result<Option<Vec<Released>>, Error> {
        self.make_and_release(Transition::Fail).await
    }

    /// `pending` or `confirmed` → `cancelled`, tickets released; `None` if it is neither.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn cancel(&self) -> Result<Option<Vec<Released>>, Error> {
        self.make_and_release(Transition::Cancel).await
    }

    /// False, and nothing is changed, if the booking's status does not allow the transition.
    async fn make(&self, transition: Transition) -> Result<bool, Error> {
        let from: Vec<&str> = transition.from().iter().map(|from| from.as_str()).collect();
        let to = transition.to();
        let statement = match to {
            Status::Confirmed => CONFIRM,
            _ => END,
        };
        let to = to.as_str();
        self.update(statement, &[&self.event, &self.id, &to, &from])
            .await
    }

    async fn make_and_release(
        &self,
        transition: Transition,
    ) -> Result<Option<Vec<Released>>, Error> {
        if !self.make(transition).await? {
            return Ok(None);
        }
        let released = release(self.transaction, self.event, &[self.id]).await?;
        Ok(Some(released))
    }

    async fn set_paying(&self, seconds: Option<f64>) -> Result<bool, Error> {
        self.update(SET_PAYING, &[&self.event, &self.id, &seconds])
            .await
    }

    /// Whether the statement has updated the booking.
    async fn update(&self, sql: &str, params: Params<'_>) -> Result<bool, Error> {
        let statement = self.transaction.prepare_cached(sql).await?;
        Ok(self.transaction.execute(&statement, params).await? == 1)
    }

    /// Takes the buyer's next turn for so many tickets; false, and nothing is changed, if that is more than
    /// the buyer may have. A transaction that has not seen this one takes the same turn, and fails.
    async fn take_turn(&self, quantity: i64) -> Result<bool, Error> {
        let params: Params<'_> = &[&self.event, &self.id, &self.buyer, &quantity];
        self.update(TAKE_TURN, params).await
    }

    /// What it had.
    async fn items(&self) -> Result<Vec<EndedItem>, Error> {
        let statement = self.transaction.prepare_cached(ITEMS).await?;
        let rows = self
            .transaction
            .query(&statement, &[&self.event, &self.id])
            .await?;
        let items = rows.iter().map(|row| EndedItem {
            tier: row.get("tier_no"),
            seats: row.get("seats"),
            named: row.get("named"),
        });
        Ok(items.collect())
    }
}

/// The tickets that a booking has got instead of others.
fn moved(had: &[EndedItem], retaken: &[Retaken]) -> Vec<SeatChange> {
    let pairs = had.iter().flat_map(|item| {
        let now = retaken.iter().find(|now| now.tier == item.tier);
        let now = now.map_or(&[][..], |now| now.seats.as_slice());
        let pairs = item.seats.iter().zip(now);
        pairs.map(|(&from, &to)| SeatChange {
            from: (item.tier, from),
            to: (item.tier, to),
        })
    });
    pairs.filter(|moved| moved.from != moved.to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_status_has_no_way_out_and_only_expired_has_a_way_back_to_tickets() {
        for transition in [
            Transition::Confirm,
            Transition::ConfirmLate,
            Transition::Fail,
            Transition::Cancel,
        ] {
            for &from in transition.from() {
                assert_ne!(from, transition.to(), "{transition:?}");
                assert!(!matches!(from, Status::Failed | Status::Cancelled));
                assert_eq!(
                    transition == Transition::ConfirmLate,
                    !from.holds_tickets(),
                    "{transition:?}"
                );
            }
        }
    }
}
