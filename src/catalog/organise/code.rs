//! Promo codes of an event: making, changing and withdrawing them, and how often each is used.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::own::{Own, lock, read_in};
use super::{EditError, difference};
use crate::audit::{self, Actor, Entry};
use crate::catalog::charges::WHOLE_BP;
use crate::catalog::code::{COLUMNS, CodeText, PromoCode, find_in};
use crate::catalog::details::TIERS_MAX;
use crate::catalog::event::Event;
use crate::catalog::must::{Must, Wrong};
use crate::catalog::wrongs::{PRICE_MAX, Wrongs};
use crate::postgres::{Client, Db, Error, Transaction};
use crate::price::Off;
use crate::types::{CodeNo, EventId, EventNo, Timestamp};

/// Codes of an event at most.
const CODES_MAX: usize = 1_000;
/// Uses of a code that can be limited: so many are counted when somebody books.
const USES_MAX: i64 = 100_000;

/// What an organiser says of a promo code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = PromoCodeDetails)]
pub struct CodeDetails {
    /// What buyers type, in capitals or not. It cannot be changed.
    #[schema(examples("SUMMER"))]
    pub code: String,
    /// What it takes off the price of a ticket, in hundredths of a percent. Neither this nor `off_minor`: it only
    /// unlocks hidden tiers.
    #[schema(minimum = 1, maximum = 10000)]
    pub percent_bp: Option<i64>,
    /// What it takes off the price of a ticket, in minor units.
    #[schema(minimum = 1)]
    pub off_minor: Option<i64>,
    /// The codes of the tiers that it is for; those of them that are hidden are unlocked by it. Null: all that are
    /// shown.
    pub tiers: Option<Vec<String>>,
    /// When it may be used.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub valid_from: Option<Timestamp>,
    /// Until when.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub valid_until: Option<Timestamp>,
    /// How many bookings may use it at once; one that ends without its tickets gives its use back.
    #[schema(minimum = 1, maximum = 100000)]
    pub max_uses: Option<i64>,
    /// How many of one buyer.
    #[schema(minimum = 1, maximum = 100000)]
    pub max_uses_per_buyer: Option<i64>,
}

/// A promo code with how often it is used.
#[derive(Debug, Clone)]
pub struct Used {
    /// The code.
    pub code: PromoCode,
    /// Live bookings that name it.
    pub uses: i64,
}

impl From<&PromoCode> for CodeDetails {
    fn from(code: &PromoCode) -> Self {
        let (percent_bp, off_minor) = match code.off {
            Some(Off::Percent(percent_bp)) => (Some(percent_bp.into()), None),
            Some(Off::Minor(minor)) => (None, Some(minor)),
            None => (None, None),
        };
        Self {
            code: code.code.to_string(),
            percent_bp,
            off_minor,
            tiers: code.tiers.clone(),
            valid_from: code.valid_from,
            valid_until: code.valid_until,
            max_uses: code.max_uses.map(i64::from),
            max_uses_per_buyer: code.max_uses_per_buyer.map(i64::from),
        }
    }
}

impl CodeDetails {
    fn wrong(&self, event: &Event) -> Vec<Wrong> {
        let mut wrong = Wrongs::default();
        let is_code = self.code.parse::<CodeText>().is_ok();
        wrong.unless(is_code, "/code", Must::BePromoCode);
        if let Some(percent_bp) = self.percent_bp {
            wrong.within("/percent_bp", percent_bp, 1, WHOLE_BP);
        }
        if let Some(minor) = self.off_minor {
            wrong.within("/off_minor", minor, 1, PRICE_MAX);
            wrong.unless(
                self.percent_bp.is_none(),
                "/off_minor",
                Must::BeAmountOrPercent,
            );
        }
        if let Some(tiers) = &self.tiers {
            wrong.entries("/tiers", tiers.len(), 1, TIERS_MAX);
            for (index, tier) in tiers.iter().take(TIERS_MAX).enumerate() {
                let pointer = format!("/tiers/{index}");
                wrong.unless(event.tier(tier).is_some(), &pointer, Must::BeTier);
                wrong.unless(!tiers[..index].contains(tier), &pointer, Must::BeAlone);
            }
        } else if self.percent_bp.is_none() && self.off_minor.is_none() {
            // It would do nothing.
            wrong.add("/tiers", Must::BeGiven);
        }
        if let (Some(from), Some(until)) = (self.valid_from, self.valid_until) {
            wrong.unless(from < until, "/valid_until", Must::BeAfter("valid_from"));
        }
        for (pointer, uses) in [
            ("/max_uses", self.max_uses),
            ("/max_uses_per_buyer", self.max_uses_per_buyer),
        ] {
            if let Some(uses) = uses {
                wrong.within(pointer, uses, 1, USES_MAX);
            }
        }
        wrong.0
    }
}

/// The codes of an event, in the order in which they were made, with the event.
///
/// # Errors
/// [`EditError::NoEvent`], and those of the database.
pub async fn list(db: &Db, by: &Actor, id: EventId) -> Result<(Own, Vec<Used>), EditError> {
    let client = db.get().await?;
    let own = read_in(&client, id, by.organisation).await?;
    let select = format!("SELECT {COLUMNS} FROM promo_codes WHERE event_id = $1 ORDER BY code_no");
    let statement = client.prepare_cached(&select).await?;
    let rows = client.query(&statement, &[&own.event.no]).await?;
    let uses = uses(&client, own.event.no).await?;
    let used = rows.iter().map(|row| {
        let code = PromoCode::read(row);
        let of_code = uses.iter().find(|(no, _)| *no == code.no);
        Used {
            uses: of_code.map_or(0, |(_, uses)| *uses),
            code,
        }
    });
    Ok((own, used.collect()))
}

/// How many live bookings name each code that any does.
async fn uses(client: &Client, event: EventNo) -> Result<Vec<(CodeNo, i64)>, Error> {
    let count = "SELECT code_no, count(*) FROM bookings
                 WHERE event_id = $1 AND code_no IS NOT NULL AND status IN ('pending', 'confirmed')
                 GROUP BY code_no";
    let statement = client.prepare_cached(count).await?;
    let rows = client.query(&statement, &[&event]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Makes a code.
///
/// # Errors
/// [`EditError::Invalid`], also if the event has the code already, withdrawn or not; [`EditError::NoEvent`]; those of
/// the database.
pub async fn add(
    db: &Db,
    by: &Actor,
    id: EventId,
    details: &CodeDetails,
) -> Result<PromoCode, EditError> {
    db.transaction(|transaction| {
        let (by, details) = (by.clone(), details.clone());
        Box::pin(async move {
            let own = lock(transaction, id, &by, None).await?;
            let event = &own.event;
            let (code, no) = check_new(transaction, event, &details).await?;
            let insert = "INSERT INTO promo_codes (event_id, code_no, code, percent_bp, off_minor, tiers, valid_from,
                              valid_until, max_uses, max_uses_per_buyer)
                          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
            write(transaction, insert, event.no, (no, &code), &details).await?;
            say_whether_there_are_codes(transaction, event.no).await?;
            let entry = Entry::new(&by, "code.added", "code", &code).of(event.organisation);
            let entry = entry.event(event.no).after(json(&details));
            audit::record(transaction, &entry).await?;
            find_in(transaction, event.no, &code).await?.ok_or(EditError::NoCode)
        })
    })
    .await
}

/// The code and its number, if the event can have it.
async fn check_new(
    transaction: &Transaction<'_>,
    event: &Event,
    details: &CodeDetails,
) -> Result<(CodeText, CodeNo), EditError> {
    let mut wrong = details.wrong(event);
    let count =
        "SELECT count(*), coalesce(max(code_no), 0) + 1 FROM promo_codes WHERE event_id = $1";
    let row = transaction.query_one(count, &[&event.no]).await?;
    let (codes, next): (i64, i32) = (row.get(0), row.get(1));
    if codes >= CODES_MAX as i64 {
        wrong.push(Wrong::at("/code", Must::HaveEntries(0, CODES_MAX)));
    }
    let code = details.code.parse::<CodeText>().ok();
    if let Some(code) = &code
        && find_in(transaction, event.no, code).await?.is_some()
    {
        wrong.push(Wrong::at("/code", Must::BeAlone));
    }
    match code {
        Some(code) if wrong.is_empty() => Ok((code, CodeNo(next))),
        _ => Err(EditError::Invalid(wrong)),
    }
}

/// Changes a code into what is said of it here; `version` is what the organiser has seen of it. What was booked with it
/// stays as it is.
///
/// # Errors
/// [`EditError`]; nothing was changed.
pub async fn change(
    db: &Db,
    by: &Actor,
    id: EventId,
    code: &CodeText,
    version: i32,
    details: &CodeDetails,
) -> Result<PromoCode, EditError> {
    db.transaction(|transaction| {
        let (by, code, details) = (by.clone(), code.clone(), details.clone());
        Box::pin(async move {
            let own = lock(transaction, id, &by, None).await?;
            let event = &own.event;
            let found = find_in(transaction, event.no, &code).await?;
            let found = found.ok_or(EditError::NoCode)?;
            if found.version != version {
                let version = found.version;
                return Err(EditError::Stale { version });
            }
            let before = CodeDetails::from(&found);
            let mut wrong = details.wrong(event);
            if details.code.parse::<CodeText>().is_ok_and(|said| said != code) {
                wrong.push(Wrong::at("/code", Must::StayAsItIs));
            }
            if !wrong.is_empty() {
                return Err(EditError::Invalid(wrong));
            }
            // Waits for whoever books with it now; who comes after that prices the order anew.
            let update = "UPDATE promo_codes
                          SET version = version + 1, percent_bp = $4, off_minor = $5, tiers = $6, valid_from = $7,
                              valid_until = $8, max_uses = $9, max_uses_per_buyer = $10
                          WHERE event_id = $1 AND code_no = $2 AND code = $3";
            write(transaction, update, event.no, (found.no, &code), &details).await?;
            check_uses(transaction, event.no, found.no, &details).await?;
            let (was, is) = difference(&json(&before), &json(&details));
            let entry = Entry::new(&by, "code.changed", "code", &code).of(event.organisation);
            let entry = entry.event(event.no).before(was).after(is);
            audit::record(transaction, &entry).await?;
            find_in(transaction, event.no, &code).await?.ok_or(EditError::NoCode)
        })
    })
    .await
}

/// A code cannot be limited to fewer uses than it has: whoever has booked keeps what they have. The code is locked, so
/// nobody uses it meanwhile. How often one buyer may use it is about what comes: some have more from another browser.
async fn check_uses(
    transaction: &Transaction<'_>,
    event: EventNo,
    no: CodeNo,
    details: &CodeDetails,
) -> Result<(), EditError> {
    let Some(most) = details.max_uses else {
        return Ok(());
    };
    let count = "SELECT count(*) FROM bookings
                 WHERE event_id = $1 AND code_no = $2 AND code_no IS NOT NULL AND status IN ('pending', 'confirmed')";
    let row = transaction.query_one(count, &[&event, &no]).await?;
    let uses: i64 = row.get(0);
    let mut wrong = Wrongs::default();
    wrong.within("/max_uses", most, uses.max(1), USES_MAX);
    if wrong.0.is_empty() {
        Ok(())
    } else {
        Err(EditError::Invalid(wrong.0))
    }
}

async fn write(
    transaction: &Transaction<'_>,
    statement: &str,
    event: EventNo,
    (no, code): (CodeNo, &CodeText),
    details: &CodeDetails,
) -> Result<(), Error> {
    let narrow = |number: Option<i64>| number.and_then(|number| i32::try_from(number).ok());
    transaction
        .execute(
            statement,
            &[
                &event,
                &no,
                code,
                &narrow(details.percent_bp),
                &details.off_minor,
                &details.tiers,
                &details.valid_from,
                &details.valid_until,
                &narrow(details.max_uses),
                &narrow(details.max_uses_per_buyer),
            ],
        )
        .await?;
    Ok(())
}

/// Withdraws a code: nobody books with it from then on. One that is withdrawn stays so.
///
/// # Errors
/// [`EditError::NoEvent`], [`EditError::NoCode`], and those of the database.
pub async fn withdraw(
    db: &Db,
    by: &Actor,
    id: EventId,
    code: &CodeText,
) -> Result<PromoCode, EditError> {
    db.transaction(|transaction| {
        let (by, code) = (by.clone(), code.clone());
        Box::pin(async move {
            let own = lock(transaction, id, &by, None).await?;
            let event = &own.event;
            let found = find_in(transaction, event.no, &code).await?;
            let found = found.ok_or(EditError::NoCode)?;
            if found.withdrawn_at.is_some() {
                return Ok(found);
            }
            let withdraw = "UPDATE promo_codes SET withdrawn_at = now(), version = version + 1
                            WHERE event_id = $1 AND code_no = $2";
            transaction
                .execute(withdraw, &[&event.no, &found.no])
                .await?;
            say_whether_there_are_codes(transaction, event.no).await?;
            let entry = Entry::new(&by, "code.withdrawn", "code", &code).of(event.organisation);
            audit::record(transaction, &entry.event(event.no)).await?;
            find_in(transaction, event.no, &code)
                .await?
                .ok_or(EditError::NoCode)
        })
    })
    .await
}

/// In two statements: events are on every node, codes on the event's.
async fn say_whether_there_are_codes(
    transaction: &Transaction<'_>,
    event: EventNo,
) -> Result<(), Error> {
    let ask =
        "SELECT EXISTS (SELECT FROM promo_codes WHERE event_id = $1 AND withdrawn_at IS NULL)";
    let has_codes: bool = transaction.query_one(ask, &[&event]).await?.get(0);
    let say = "UPDATE events SET has_codes = $2 WHERE event_id = $1";
    transaction.execute(say, &[&event, &has_codes]).await?;
    Ok(())
}

fn json(details: &CodeDetails) -> serde_json::Value {
    serde_json::to_value(details).unwrap_or_default()
}
