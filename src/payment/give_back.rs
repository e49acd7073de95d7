//! Gives some tickets of a paid booking back, for the organiser: the booking has them no more and their price is due to go
//! back, in one transaction.
//!
//! What must hold: a request that is sent twice does it once; never more goes back than was charged; tickets of guests who
//! are in stay theirs. What was paid for them by hand is due to go back by hand. The refund itself is made by `settle`, after the commit.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{RefundRef, paid_differences, refunds};
use crate::allocator::Released;
use crate::audit::{self, Actor, Entry};
use crate::booking::{
    Asked, Change, ChangeError, ChangeKind, HeldTicket, ItemChange, begin_change, may_change_money,
    plan_return,
};
use crate::catalog::Event;
use crate::gateway;
use crate::postgres::{Db, Transaction};
use crate::types::RefundId;

/// Which tickets are to be given back.
#[derive(Debug, Clone)]
pub struct GiveBack {
    /// Of which booking, by which request.
    pub asked: Asked,
    /// Which tickets.
    pub tickets: Vec<HeldTicket>,
    /// What whoever asks expects to go back, in minor units, if they say so.
    pub expected_minor: Option<i64>,
}

/// What was done; nothing if the key had done it before.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) released: Vec<Released>,
    pub(super) refund: Option<RefundRef>,
    pub(super) is_news: bool,
}

/// Does it.
pub(super) async fn give_back(
    db: &Db,
    by: &Actor,
    event: &Arc<Event>,
    request: &GiveBack,
) -> Result<Given, ChangeError> {
    let work = Arc::new((by.clone(), event.clone(), request.clone()));
    let given = db.transaction(|transaction| {
        let work = work.clone();
        Box::pin(async move {
            let (by, event, request) = &*work;
            give_back_in(transaction, by, event, request).await
        })
    });
    given.await.map_err(over_charged)
}

/// More than is left of the charge is said in words.
pub(super) fn over_charged(error: ChangeError) -> ChangeError {
    match error {
        ChangeError::Db(error) if error.is_check_violation("payments_returned") => {
            ChangeError::NothingCharged
        }
        error => error,
    }
}

async fn give_back_in(
    transaction: &Transaction<'_>,
    by: &Actor,
    event: &Event,
    request: &GiveBack,
) -> Result<Given, ChangeError> {
    let asked = &request.asked;
    let Some(changing) = begin_change(transaction, asked).await? else {
        return Ok(Given::default());
    };
    may_change_money(changing.booking.kind)?;
    let plan = plan_return(&changing.items, &changing.lines, &request.tickets)?;
    if request
        .expected_minor
        .is_some_and(|it| it != plan.refund_minor)
    {
        return Err(ChangeError::OtherAmount(plan.refund_minor));
    }
    let of_tier = |tier: &crate::booking::TierChange| {
        let no = tier.tier;
        tier.removed.clone().into_iter().map(move |seat| (no, seat))
    };
    let tickets: Vec<HeldTicket> = plan.tiers.iter().flat_map(of_tier).collect();
    changing.none_is_in(Some(&tickets)).await?;
    let released = changing.release(&tickets).await?;
    let refund = refund_of(transaction, asked, plan.refund_minor).await?;
    let items = plan.tiers.iter().map(|tier| ItemChange {
        tier: tier.tier,
        removed: tier.removed.clone(),
        added: Vec::new(),
        removed_minor: tier.removed_minor,
        added_minor: 0,
    });
    let change = Change {
        kind: ChangeKind::Returned,
        items: items.collect(),
        refund: refund.map(|refund| (refund.refund, refund.amount.minor)),
        waived_minor: 0,
    };
    changing.record(asked, &change, None).await?;
    let due_minor =
        paid_differences::leave(transaction, asked.event, asked.booking, &tickets).await?;
    let mut after = json!({"refund": event.money(plan.refund_minor)});
    if due_minor > 0 {
        after["due_by_hand"] = json!(event.money(due_minor));
    }
    let entry = Entry::new(by, "booking.tickets-returned", "booking", asked.booking)
        .event(event.no)
        .of(event.organisation)
        .before(json!({"tickets": labels(event, &tickets)}))
        .after(after);
    audit::record(transaction, &entry).await?;
    Ok(Given {
        released,
        refund,
        is_news: true,
    })
}

/// Makes so much due to go back; nothing if it is nothing. What the payment's provider could never give back is refused.
pub(super) async fn refund_of(
    transaction: &Transaction<'_>,
    asked: &Asked,
    minor: i64,
) -> Result<Option<RefundRef>, ChangeError> {
    if minor == 0 {
        return Ok(None);
    }
    let (event, booking, id) = (asked.event, asked.booking, RefundId::make());
    let refund = refunds::request(transaction, event, booking, id, minor).await?;
    let (refund, provider) = refund.ok_or(ChangeError::NothingCharged)?;
    gateway::check_part(provider, refund.amount).map_err(|_| ChangeError::Indivisible(minor))?;
    Ok(Some(refund))
}

/// Tickets as people call them.
pub(super) fn labels(event: &Event, tickets: &[HeldTicket]) -> Vec<Value> {
    let label = |(no, seat): &HeldTicket| {
        let tier = event.tier_no(*no)?;
        Some(json!({"tier": tier.code, "seat": tier.label(*seat)}))
    };
    tickets.iter().filter_map(label).collect()
}
