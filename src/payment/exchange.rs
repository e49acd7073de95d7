//! Exchanges tickets of a paid booking for as many others, of the same tier or of another, for the organiser: all or none,
//! with the difference that goes back, in one transaction.
//!
//! What must hold: a request that is sent twice does it once; dearer tickets are given only if the difference is waived in so
//! many words, or was paid by hand, which is recorded with them; nobody is moved who was let in already.

use std::sync::Arc;

use serde_json::{Value, json};

use super::give_back::{labels, over_charged, refund_of};
use super::paid_differences::{self, Settling};
use super::{ByHand, RefundRef};
use crate::allocator::Released;
use crate::allocator::exchange::{Exchanged, NewItem, exchange};
use crate::audit::{self, Actor, Entry};
use crate::booking::{
    Asked, Change, ChangeError, ChangeKind, ExchangePlan, HeldTicket, ItemChange, SeatChange,
    begin_change, may_change_money, move_answers, plan_exchange,
};
use crate::catalog::{Event, Tier};
use crate::postgres::{Db, Transaction};
use crate::types::{SeatNo, TierNo};

/// Which tickets are to be exchanged for which.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Of which booking, by which request.
    pub asked: Asked,
    /// What is given up; of one tier.
    pub tickets: Vec<HeldTicket>,
    /// Of which tier as many are wanted.
    pub tier: TierNo,
    /// Which, ascending; `None`: the best that are free, together.
    pub seats: Option<Vec<SeatNo>>,
    /// How what the new tickets cost more is settled.
    pub difference: Settling,
    /// What whoever asks expects to go back, in minor units, if they say so.
    pub expected_minor: Option<i64>,
}

impl Exchange {
    /// `seats` in any order.
    pub fn new(
        asked: Asked,
        tickets: Vec<HeldTicket>,
        tier: TierNo,
        seats: Option<Vec<SeatNo>>,
        difference: Settling,
        expected_minor: Option<i64>,
    ) -> Self {
        let ascending = |mut seats: Vec<SeatNo>| {
            seats.sort_unstable();
            seats.dedup();
            seats
        };
        Self {
            asked,
            tickets,
            tier,
            seats: seats.map(ascending),
            difference,
            expected_minor,
        }
    }
}

/// What was done; nothing if the key had done it before. By the tiers whose tickets they are.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) released: Vec<Released>,
    pub(super) taken: Option<(TierNo, Vec<SeatNo>)>,
    pub(super) refund: Option<RefundRef>,
}

/// Tries it once; [`ChangeError::Locked`] if it is worth trying again.
pub(super) async fn try_to_exchange(
    db: &Db,
    by: &Actor,
    event: &Arc<Event>,
    request: &Exchange,
) -> Result<Done, ChangeError> {
    let work = Arc::new((by.clone(), event.clone(), request.clone()));
    let done = db.transaction(|transaction| {
        let work = work.clone();
        Box::pin(async move {
            let (by, event, request) = &*work;
            exchange_in(transaction, by, event, request).await
        })
    });
    done.await.map_err(over_charged)
}

async fn exchange_in(
    transaction: &Transaction<'_>,
    by: &Actor,
    event: &Event,
    request: &Exchange,
) -> Result<Done, ChangeError> {
    let asked = &request.asked;
    let Some(changing) = begin_change(transaction, asked).await? else {
        return Ok(Done::default());
    };
    let to = event.tier_no(request.tier).ok_or(ChangeError::NotFound)?;
    let seats = request.seats.as_deref();
    let booked = (changing.items.as_slice(), changing.lines.as_slice());
    let plan = plan_exchange(booked, &request.tickets, (to, &event.charges), seats)?;
    if plan.tier != plan.from.tier {
        may_change_money(changing.booking.kind)?;
    }
    if request
        .expected_minor
        .is_some_and(|it| it != plan.refund_minor)
    {
        return Err(ChangeError::OtherAmount(plan.refund_minor));
    }
    let paid = request.difference.paid(plan.dearer_minor)?;
    let from = plan.from.tier;
    let old: Vec<HeldTicket> = plan.from.removed.iter().map(|seat| (from, *seat)).collect();
    changing.none_is_in(Some(&old)).await?;
    let (released, seats) = swap(transaction, event, request, &old, to).await?;
    let refund = refund_of(transaction, asked, plan.refund_minor).await?;
    let change = Change {
        kind: ChangeKind::Exchanged,
        items: item_changes(&plan, &seats),
        refund: refund.map(|refund| (refund.refund, refund.amount.minor)),
        waived_minor: match paid {
            Some(_) => 0,
            None => plan.dearer_minor,
        },
    };
    let stock = event.stock.stock_of(to.no);
    let new = NewItem {
        stock,
        unit_price_minor: plan.unit_price_minor,
    };
    let id = changing.record(asked, &change, Some(new)).await?;
    let due_minor = carry_differences(transaction, asked, &plan, &seats).await?;
    if let Some(by_hand) = paid {
        let of = (asked.event, asked.booking, id);
        let each_minor = plan.dearer_minor / seats.len() as i64;
        paid_differences::insert(transaction, of, (to.no, &seats), each_minor, by_hand).await?;
    }
    let new: Vec<HeldTicket> = seats.iter().map(|seat| (to.no, *seat)).collect();
    // What was answered of a ticket is of the one that takes its place.
    let moved = old
        .iter()
        .zip(&new)
        .map(|(&from, &to)| SeatChange { from, to });
    let moved: Vec<SeatChange> = moved.filter(|it| it.from != it.to).collect();
    move_answers(transaction, event.no, asked.booking, &moved).await?;
    let entry = Entry::new(by, "booking.tickets-exchanged", "booking", asked.booking)
        .event(event.no)
        .of(event.organisation)
        .before(json!({"tickets": labels(event, &old)}))
        .after(after(event, &plan, &new, (paid, due_minor)));
    audit::record(transaction, &entry).await?;
    Ok(Done {
        released,
        taken: Some((stock, seats)),
        refund,
    })
}

/// What the audit trail says that the booking has instead, and what became of the money.
fn after(
    event: &Event,
    plan: &ExchangePlan,
    new: &[HeldTicket],
    (paid, due_minor): (Option<&ByHand>, i64),
) -> Value {
    let mut after = json!({"tickets": labels(event, new)});
    if plan.refund_minor > 0 {
        after["refund"] = json!(event.money(plan.refund_minor));
    }
    if let Some(by_hand) = paid {
        after["paid"] = json!(event.money(plan.dearer_minor));
        after["method"] = json!(by_hand.method());
    } else if plan.dearer_minor > 0 {
        after["waived"] = json!(event.money(plan.dearer_minor));
    }
    if due_minor > 0 {
        after["due_by_hand"] = json!(event.money(due_minor));
    }
    after
}

/// What was paid by hand for the tickets of before moves with them within their tier, and is due to go back otherwise: so
/// much, in minor units.
async fn carry_differences(
    transaction: &Transaction<'_>,
    asked: &Asked,
    plan: &ExchangePlan,
    seats: &[SeatNo],
) -> Result<i64, ChangeError> {
    let (tier, removed) = (plan.from.tier, plan.from.removed.as_slice());
    if plan.tier == tier {
        let of = (asked.event, asked.booking);
        paid_differences::follow(transaction, of, tier, (removed, seats)).await?;
        return Ok(0);
    }
    let left: Vec<HeldTicket> = removed.iter().map(|&seat| (tier, seat)).collect();
    Ok(paid_differences::leave(transaction, asked.event, asked.booking, &left).await?)
}

/// What became free, and what the booking has instead.
async fn swap(
    transaction: &Transaction<'_>,
    event: &Event,
    request: &Exchange,
    old: &[HeldTicket],
    to: &Tier,
) -> Result<(Vec<Released>, Vec<SeatNo>), ChangeError> {
    let of = crate::allocator::exchange::Swap {
        stock: &event.stock,
        booking: request.asked.booking,
        old,
        tier: to.no,
        seats: request.seats.as_deref(),
    };
    match exchange(transaction, of).await? {
        Exchanged::Done { released, seats } => Ok((released, seats)),
        Exchanged::Taken(seats) => {
            let taken = seats.into_iter().map(|seat| (to.no, seat));
            Err(ChangeError::Taken(taken.collect()))
        }
        Exchanged::TooFew(free) => Err(ChangeError::TooFew {
            tier: to.no,
            asked: old.len() as i32,
            available: free as i32,
        }),
        Exchanged::Locked => Err(ChangeError::Locked),
    }
}

/// Within one tier it is one line, otherwise two.
fn item_changes(plan: &ExchangePlan, seats: &[SeatNo]) -> Vec<ItemChange> {
    let added_minor = plan.from.removed_minor - plan.refund_minor;
    let removed = ItemChange {
        tier: plan.from.tier,
        removed: plan.from.removed.clone(),
        added: Vec::new(),
        removed_minor: plan.from.removed_minor,
        added_minor: 0,
    };
    if plan.tier == plan.from.tier {
        return vec![ItemChange {
            added: seats.to_vec(),
            added_minor,
            ..removed
        }];
    }
    let added = ItemChange {
        tier: plan.tier,
        removed: Vec::new(),
        added: seats.to_vec(),
        removed_minor: 0,
        added_minor,
    };
    vec![removed, added]
}
