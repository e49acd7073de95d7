//! What organisers do to their events: they write drafts, change, publish and copy them, and say how many tickets there
//! are.
//!
//! `catalog::details` is an event as its organiser writes it, and what of it is wrong; `own` reads an organisation's events;
//! `edit` creates and deletes, `change` changes; `tier` does so to tiers; `capacity` changes how many tickets a tier has;
//! `halls` keeps an organisation's halls, `seat` gives parts of one to tiers; `publish` makes the tickets; `code` writes promo codes; `copy` makes other
//! dates of an event; `ask` writes what buyers are asked; `moving` moves a published event to another date; `series` changes
//! its drafts together.
//!
//! What must hold: every change is of one transaction with its entry in the audit trail, and counts the event's version
//! up; who changes an event says which version they have seen, and changes nothing if it is another by now. A foreign
//! event is as if it did not exist. What a role may do is decided at the edge.

mod ask;
mod capacity;
mod change;
pub mod code;
mod copy;
mod edit;
pub mod halls;
mod moving;
mod own;
mod publish;
mod seat;
mod series;
mod tier;

use serde_json::{Map, Value};

use super::must::{Must, Wrong};
use crate::postgres::{AsDbError, Error};

pub use ask::{ask, asked};
pub use change::{Reach, change};
pub use copy::{Dates, copy};
pub use edit::{create, delete, set_picture};
pub use moving::{Move, move_to};
pub use own::{Cursor, Own, Page, list, read};
pub use publish::{Progress, go_on, progress, publish, resume};
pub use seat::{Part, Seating, TakenRows, seat, unseat};
pub use tier::{add, change_tier, remove};

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// There is no such event, or none for whoever asks.
    #[error("there is no such event")]
    NoEvent,
    /// The event has no such promo code.
    #[error("there is no such promo code")]
    NoCode,
    /// The event has no such tier.
    #[error("there is no such tier")]
    NoTier,
    /// These fields are wrong.
    #[error("{}", Wrong::list(.0))]
    Invalid(Vec<Wrong>),
    /// There is no such hall, or none of whoever asks.
    #[error("there is no such hall")]
    NoHall,
    /// Somebody has changed the event meanwhile.
    #[error("the event has been changed meanwhile: it is at version {version}")]
    Stale {
        /// What it is at now.
        version: i32,
    },
    /// That is done to drafts alone.
    #[error("the event is no draft")]
    NoDraft,
    /// Other tiers are sold from its stock.
    #[error("other tiers share its tickets")]
    Shared,
    /// That is done to published events alone.
    #[error("the event is not published")]
    NotPublished,
    /// Its tickets are being made.
    #[error("the event is being published")]
    Publishing,
    /// So many tickets of the tier cannot be taken out of sale.
    #[error("of {asked} tickets to take out of sale {free} are free")]
    NotFree {
        /// How many were to be taken out.
        asked: i64,
        /// How many of them are free.
        free: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

impl EditError {
    fn wrong(pointer: &str, must: Must) -> Self {
        Self::Invalid(vec![Wrong::at(pointer, must)])
    }
}

impl AsDbError for EditError {
    fn as_db_error(&self) -> Option<&Error> {
        if let Self::Db(error) = self {
            Some(error)
        } else {
            None
        }
    }
}

/// The fields of two objects that differ, as they are in the first and in the second.
fn difference(before: &Value, after: &Value) -> (Value, Value) {
    let (mut was, mut is) = (Map::new(), Map::new());
    let empty = Map::new();
    let (before, after) = (
        before.as_object().unwrap_or(&empty),
        after.as_object().unwrap_or(&empty),
    );
    for name in before.keys().chain(after.keys()) {
        let (old, new) = (before.get(name), after.get(name));
        if old != new {
            was.insert(name.clone(), old.cloned().unwrap_or_default());
            is.insert(name.clone(), new.cloned().unwrap_or_default());
        }
    }
    (was.into(), is.into())
}
