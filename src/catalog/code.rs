//! Promo codes: what they take off, for which tiers, when, and how often. Owns the table `promo_codes` with `organise::code`,
//! where organisers write them.
//!
//! What must hold: a code is looked up for each order that names one, at the primary: what it takes off is what it is now.
//! Whether it may be used is decided where the tickets are given, by the allocator.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use postgres_types::{FromSql, ToSql};
use serde::Serialize;
use tokio_postgres::Row;
use utoipa::ToSchema;

use super::event::Event;
use crate::allocator::CodeUse;
use crate::postgres::{Client, Db, Error};
use crate::price::{Discount, Off};
use crate::types::{CodeNo, EventNo, Invalid, Timestamp};

/// What [`PromoCode`] is read of.
pub(super) const COLUMNS: &str =
    "code_no, code, percent_bp, off_minor, tiers, valid_from, valid_until, max_uses,
    max_uses_per_buyer, version, created_at, withdrawn_at";

/// A promo code as it is compared: what was typed, in capitals. 1 to 32 of `A-Z 0-9 - _`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ToSql, FromSql, Serialize, ToSchema,
)]
#[postgres(transparent)]
#[serde(transparent)]
#[schema(as = PromoCodeText, pattern = "^[A-Z0-9][A-Z0-9_-]{0,31}$", examples("SUMMER"))]
pub struct CodeText(String);

impl CodeText {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CodeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CodeText {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_ascii_uppercase();
        let is_first = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        let is_inner = |b: u8| is_first(b) || b == b'-' || b == b'_';
        let begins = text.bytes().next().is_some_and(is_first);
        if !begins || text.len() > 32 || !text.bytes().all(is_inner) {
            return Err(Invalid::new("must be 1 to 32 of A-Z, 0-9, - and _"));
        }
        Ok(Self(text))
    }
}

/// A promo code of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromoCode {
    /// Its number in the event.
    pub no: CodeNo,
    /// What buyers type.
    pub code: CodeText,
    /// What it takes off the price of a ticket; `None`: it only unlocks.
    pub off: Option<Off>,
    /// The codes of the tiers that it is for; `None`: all that are shown.
    pub tiers: Option<Vec<String>>,
    /// When it may be used.
    pub valid_from: Option<Timestamp>,
    /// Until when.
    pub valid_until: Option<Timestamp>,
    /// Live bookings that may use it.
    pub max_uses: Option<i32>,
    /// Those of one buyer.
    pub max_uses_per_buyer: Option<i32>,
    /// Counts its changes.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
}

impl PromoCode {
    /// Of a row of [`COLUMNS`].
    pub(super) fn read(row: &Row) -> Self {
        let percent: Option<i32> = row.get("percent_bp");
        let minor: Option<i64> = row.get("off_minor");
        Self {
            no: row.get("code_no"),
            code: row.get("code"),
            off: percent.map(Off::Percent).or(minor.map(Off::Minor)),
            tiers: row.get("tiers"),
            valid_from: row.get("valid_from"),
            valid_until: row.get("valid_until"),
            max_uses: row.get("max_uses"),
            max_uses_per_buyer: row.get("max_uses_per_buyer"),
            version: row.get("version"),
            created_at: row.get("created_at"),
            withdrawn_at: row.get("withdrawn_at"),
        }
    }

    /// Whether it may be used at this time, as far as its dates say.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.withdrawn_at.is_none()
            && self.valid_from.is_none_or(|from| from <= now)
            && self.valid_until.is_none_or(|until| now < until)
    }

    /// What it does to the price of an order.
    pub fn discount(&self) -> Discount {
        Discount {
            code: self.code.to_string(),
            off: self.off,
            tiers: self.tiers.clone(),
        }
    }

    /// Its use by an order that was priced by it.
    pub fn as_use(&self) -> CodeUse {
        CodeUse {
            no: self.no,
            version: self.version,
            is_limited: self.max_uses.is_some() || self.max_uses_per_buyer.is_some(),
        }
    }

    /// The event as whoever knows the code sees it, if that is more than others see.
    pub fn unlocks(&self, event: &Event) -> Option<Arc<Event>> {
        event.unlocked(self.tiers.as_deref()?)
    }
}

/// The code of an event, withdrawn or not.
///
/// # Errors
/// Those of the database.
pub async fn find(
    db: &Db,
    event: EventNo,
    code: &CodeText,
) -> Result<Option<Arc<PromoCode>>, Error> {
    let found = find_in(&db.get().await?, event, code).await?;
    Ok(found.map(Arc::new))
}

pub(super) async fn find_in(
    client: &Client,
    event: EventNo,
    code: &CodeText,
) -> Result<Option<PromoCode>, Error> {
    let find = format!("SELECT {COLUMNS} FROM promo_codes WHERE event_id = $1 AND code = $2");
    let statement = client.prepare_cached(&find).await?;
    let row = client.query_opt(&statement, &[&event, code]).await?;
    Ok(row.map(|row| PromoCode::read(&row)))
}
