//! The signed code on a ticket, the content of its QR code: issuing it, and verifying it at the door.
//!
//! `code` is its text and its signature; `of_booking.sql` and `find.sql` read the tickets. What must hold:
//! every process signs with the same key, which never leaves this module; a code names no booking and no
//! buyer; of all codes that were issued for a ticket only those of its present booking are right. Nothing is
//! written here: who was let in is for check-in to record.

mod code;

use tokio::sync::OnceCell;

use crate::postgres::{Db, Error, secrets};
use crate::types::{BookingId, EventNo, SeatNo, TierNo};

use code::{Forged, Key, Proof};

pub use code::Ticket;

/// What the key is called among the secrets.
const KEY_NAME: &str = "ticket-codes";

/// $1 event, $2 booking.
const OF_BOOKING: &str = include_str!("of_booking.sql");

/// $1 event, $2 tier, $3 seat.
const FIND: &str = include_str!("find.sql");

/// Why a code lets nobody in.
#[derive(Debug)]
pub enum Refused {
    /// This installation has not signed it.
    Forged,
    /// It is of another event.
    OtherEvent(EventNo),
    /// The ticket belongs to someone else now: it was given back and sold again.
    Replaced,
    /// The ticket belongs to nobody: it was given back, or not paid.
    NotHeld,
    /// It is in the older format, and its event is over.
    Outdated,
    /// It cannot be looked up just now.
    Db(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

impl From<Forged> for Refused {
    fn from(_: Forged) -> Self {
        Self::Forged
    }
}

/// A ticket that a confirmed booking holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Which one. Its tier is the one whose ticket it is.
    pub ticket: Ticket,
    /// The tier that was bought: another, if it shares that one's stock.
    pub bought: TierNo,
}

/// What a code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// Of which event.
    pub event: EventNo,
    /// Of which tier.
    pub tier: TierNo,
    /// Which one of the tier.
    pub seat: SeatNo,
    /// How often the ticket had been taken; the older format does not say.
    pub issue: Option<i32>,
}

/// Issues and verifies codes. One for the process; the key is read from the database once.
#[derive(Debug)]
pub struct Codes {
    db: Db,
    key: OnceCell<Key>,
}

impl Codes {
    /// Reads nothing yet.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            key: OnceCell::new(),
        }
    }

    /// The tickets that a booking holds, with their codes, by tier and seat. Only a confirmed booking's are to
    /// be shown.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of_booking(
        &self,
        event: EventNo,
        booking: BookingId,
    ) -> Result<Vec<(Ticket, String)>, Error> {
        let key = self.key().await?;
        let client = self.db.get().await?;
        let statement = client.prepare_cached(OF_BOOKING).await?;
        let rows = client.query(&statement, &[&event, &booking]).await?;
        let tickets = rows.iter().map(|row| Ticket {
            event,
            tier: row.get("tier_no"),
            seat: row.get("seat_no"),
            issue: row.get("issue"),
        });
        let coded = |ticket| (ticket, code::of(key, &ticket));
        Ok(tickets.map(coded).collect())
    }

    /// What a code names, and the event of it; `None` if this installation has not signed it. Whether it still lets
    /// anybody in is for [`Codes::verify`] to say.
    ///
    /// # Errors
    /// Those of the database, the first time.
    pub async fn read(&self, code: &str) -> Result<Option<Read>, Error> {
        let named = code::read(self.key().await?, code).ok();
        Ok(named.map(|named| Read {
            event: named.event,
            tier: named.tier,
            seat: named.seat,
            issue: match named.proof {
                Proof::Issue(issue) => Some(issue),
                Proof::Booking(_) => None,
            },
        }))
    }

    /// The code of a ticket.
    ///
    /// # Errors
    /// Those of the database, the first time.
    pub async fn code(&self, ticket: &Ticket) -> Result<String, Error> {
        Ok(code::of(self.key().await?, ticket))
    }

    /// The ticket whose code this is, at the door of this event. It may have been let in already.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn verify(&self, event: EventNo, code: &str) -> Result<Verified, Refused> {
        let named = code::read(self.key().await?, code)?;
        if named.event != event {
            return Err(Refused::OtherEvent(named.event));
        }
        self.find(event, named.tier, named.seat, named.proof).await
    }

    /// The same of a ticket that somebody has named without its code.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn verify_named(&self, ticket: &Ticket) -> Result<Verified, Refused> {
        let proof = Proof::Issue(ticket.issue);
        self.find(ticket.event, ticket.tier, ticket.seat, proof)
            .await
    }

    async fn find(
        &self,
        event: EventNo,
        tier: TierNo,
        seat: SeatNo,
        proof: Proof,
    ) -> Result<Verified, Refused> {
        let client = self.db.get().await?;
        let statement = client.prepare_cached(FIND).await?;
        let found = client
            .query_opt(&statement, &[&event, &tier, &seat])
            .await?
            .ok_or(Refused::NotHeld)?;
        let issue: i32 = found.get("issue");
        let holder: Option<BookingId> = found.get("booking_id");
        let is_over: bool = found.get("over");
        let is_confirmed: bool = found.get("confirmed");
        let is_of_another = match proof {
            Proof::Booking(_) if is_over => return Err(Refused::Outdated),
            Proof::Booking(booking) => holder.is_some_and(|holder| holder != booking),
            Proof::Issue(named) => named != issue,
        };
        if is_of_another {
            return Err(Refused::Replaced);
        }
        if !is_confirmed {
            return Err(Refused::NotHeld);
        }
        let ticket = Ticket {
            event,
            tier,
            seat,
            issue,
        };
        let bought = found.get("bought_tier_no");
        Ok(Verified { ticket, bought })
    }

    /// The key; made if no process has made it yet.
    async fn key(&self) -> Result<&Key, Error> {
        let make = async || secrets::newest(&self.db, KEY_NAME).await.map(Key::new);
        self.key.get_or_try_init(make).await
    }
}
