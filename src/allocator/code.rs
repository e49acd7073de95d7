//! Whether orders may use their promo codes.
//!
//! What must hold: a code is used by no more live bookings than it may be, of all buyers and of one, through any number of
//! processes. Whoever books with a code has locked its row before the uses are counted, by a statement of its own that
//! sees what was committed before the lock was had, and keeps the lock until the booking is committed. Nobody is told that
//! a code is used up whose use may come back from an overdue hold. Codes are
//! locked in one order, before any ticket, and a batch without codes sends nothing of this.

use std::collections::{BTreeMap, BTreeSet};

use super::order::{Candidate, CodeRefusal, CodeUse};
use super::statements::{COUNT_CODE_USES, LOCK_CODES, Session};
use crate::postgres::{Client, Error, Prepared};
use crate::types::{BuyerId, CodeNo, EventNo, Timestamp};

/// The codes that some orders use, each once, and by whom: the parameters of the statements.
#[derive(Debug, Default)]
pub(super) struct WantedCodes {
    /// Ascending.
    codes: Vec<CodeNo>,
    /// Parallel: each code and nobody, and each code with each of its buyers.
    counted: Vec<CodeNo>,
    buyers: Vec<Option<BuyerId>>,
}

impl WantedCodes {
    pub(super) fn of(orders: &[Candidate<'_>]) -> Self {
        let uses = orders
            .iter()
            .filter_map(|order| Some((order.code()?.no, Some(order.buyer))));
        let mut pairs: Vec<(CodeNo, Option<BuyerId>)> = uses.collect();
        if pairs.is_empty() {
            return Self::default();
        }
        let mut codes: Vec<CodeNo> = pairs.iter().map(|pair| pair.0).collect();
        codes.sort_unstable();
        codes.dedup();
        pairs.extend(codes.iter().map(|&code| (code, None)));
        pairs.sort_unstable();
        pairs.dedup();
        let (counted, buyers) = pairs.into_iter().unzip();
        Self {
            codes,
            counted,
            buyers,
        }
    }

    /// Locks the codes and counts their uses; sends nothing if there are none. The first poll sends both statements.
    pub(super) async fn look_up(
        &self,
        session: Session<'_>,
        event: EventNo,
    ) -> Result<Codes, Error> {
        if self.codes.is_empty() {
            return Ok(Codes::default());
        }
        let statements = session.statements;
        let (lock, count) = (&statements.lock_codes, &statements.count_code_uses);
        self.run(&session, lock, count, event).await
    }

    async fn run(
        &self,
        client: &Client,
        lock: &Prepared,
        count: &Prepared,
        event: EventNo,
    ) -> Result<Codes, Error> {
        let of_lock: &[_] = &[("event_id", &event as _), ("codes", &self.codes as _)];
        let of_count: &[_] = &[
            ("event_id", &event as _),
            ("codes", &self.counted as _),
            ("buyer_ids", &self.buyers as _),
        ];
        // Two statements: the second one's snapshot is taken when the locks are had.
        let (locked, counted) =
            tokio::join!(lock.query(client, of_lock), count.query(client, of_count),);
        let mut codes = Codes::default();
        for row in locked? {
            let rules = Rules {
                version: row.get("version"),
                is_withdrawn: row.get("withdrawn"),
                from: row.get("valid_from"),
                until: row.get("valid_until"),
                max_uses: row.get("max_uses"),
                max_uses_per_buyer: row.get("max_uses_per_buyer"),
            };
            codes.rules.insert(row.get("code_no"), rules);
        }
        for row in counted? {
            let key = (row.get("code_no"), row.get("buyer_id"));
            codes.used.insert(key, row.get("used"));
            if row.get("overdue") {
                codes.overdue.insert(key);
            }
        }
        Ok(codes)
    }
}

/// When and how often a code may be used.
#[derive(Debug, Clone, Copy)]
struct Rules {
    version: i32,
    is_withdrawn: bool,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    max_uses: Option<i32>,
    max_uses_per_buyer: Option<i32>,
}

/// Codes that the transaction has locked, and how often they are used, with what this batch books.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    rules: BTreeMap<CodeNo, Rules>,
    /// By all and by each buyer.
    used: BTreeMap<(CodeNo, Option<BuyerId>), i64>,
    /// What of that includes holds that are overdue.
    overdue: BTreeSet<(CodeNo, Option<BuyerId>)>,
}

/// Whether a code is used once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UseAgain {
    /// It may be.
    Allowed,
    /// As often as it may be.
    UsedUp,
    /// As often as it may be, and a use may come back from an overdue hold.
    Overdue,
}

impl Codes {
    /// Why an order may not use its code; `None` if it may, or uses none.
    pub(super) fn refusal(&self, order: &Candidate<'_>, now: Timestamp) -> Option<CodeRefusal> {
        let CodeUse { no, version } = order.code()?;
        let Some(rules) = self.rules.get(&no) else {
            return Some(CodeRefusal::Withdrawn);
        };
        let is_full = |most: Option<i32>, by: Option<BuyerId>| {
            most.is_some_and(|most| self.used(no, by) >= most.into())
        };
        match rules {
            _ if rules.is_withdrawn => Some(CodeRefusal::Withdrawn),
            _ if rules.version != version => Some(CodeRefusal::Changed),
            Rules {
                from: Some(from), ..
            } if now < *from => Some(CodeRefusal::NotYet(*from)),
            Rules {
                until: Some(until), ..
            } if *until <= now => Some(CodeRefusal::Over),
            _ if is_full(rules.max_uses, None) => Some(CodeRefusal::UsedUp),
            _ if is_full(rules.max_uses_per_buyer, Some(order.buyer)) => {
                let limit = rules.max_uses_per_buyer.unwrap_or_default();
                Some(CodeRefusal::UsedUpByBuyer { limit })
            }
            _ => None,
        }
    }

    /// Whether a use may come back from an overdue hold, so that the order may use its code after all.
    pub(super) fn may_come_back(&self, order: &Candidate<'_>, refusal: CodeRefusal) -> bool {
        let by = match refusal {
            CodeRefusal::UsedUp => None,
            CodeRefusal::UsedUpByBuyer { .. } => Some(order.buyer),
            _ => return false,
        };
        order
            .code()
            .is_some_and(|code| self.overdue.contains(&(code.no, by)))
    }

    /// Counts the use of an order that is filled.
    pub(super) fn take(&mut self, order: &Candidate<'_>) {
        if let Some(CodeUse { no, .. }) = order.code() {
            for by in [None, Some(order.buyer)] {
                *self.used.entry((no, by)).or_insert(0) += 1;
            }
        }
    }

    fn used(&self, no: CodeNo, by: Option<BuyerId>) -> i64 {
        self.used.get(&(no, by)).copied().unwrap_or(0)
    }
}

/// Whether a booking that holds nothing, and was made with this code, uses it once more; locks the code. What its price
/// was agreed on stands: neither the code's validity nor its withdrawal matter.
pub(super) async fn use_again(
    client: &Client,
    event: EventNo,
    code: CodeNo,
    buyer: BuyerId,
) -> Result<UseAgain, Error> {
    let wanted = WantedCodes {
        codes: vec![code],
        counted: vec![code, code],
        buyers: vec![None, Some(buyer)],
    };
    let (lock, count) = (
        LOCK_CODES.prepare(client).await?,
        COUNT_CODE_USES.prepare(client).await?,
    );
    let codes = wanted.run(client, &lock, &count, event).await?;
    let Some(rules) = codes.rules.get(&code) else {
        return Ok(UseAgain::UsedUp);
    };
    let limits = [
        (rules.max_uses, None),
        (rules.max_uses_per_buyer, Some(buyer)),
    ];
    for (most, by) in limits {
        if most.is_some_and(|most| codes.used(code, by) >= most.into()) {
            let is_overdue = codes.overdue.contains(&(code, by));
            return Ok(if is_overdue {
                UseAgain::Overdue
            } else {
                UseAgain::UsedUp
            });
        }
    }
    Ok(UseAgain::Allowed)
}
