//! What is different between a provider's books and ours, of one charge. Nothing is asked and nothing changed here.
//!
//! What must hold: what can be mended is what the provider has decided and nobody has recorded, and what is open there while
//! nobody may pay by it any more. Money that is there or here alone is told, and left to a person.

use std::time::Duration;

use super::{Payment, Status};
use crate::gateway::{REFUSED, State, UNAVAILABLE};
use crate::types::{Money, Timestamp};

/// For so long a payment may be without an outcome: what its buyer does at their bank, and recovery after it.
const OUTCOME: Duration = Duration::from_secs(15 * 60);
/// For so long after a change here the provider's list may be older than that.
const SETTLING: Duration = Duration::from_secs(2 * 60);

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The provider has decided it, and that is not recorded here. It can be.
    Unrecorded,
    /// The provider keeps it open, and nothing is to be paid by it here. It can be cancelled.
    Open,
    /// The provider has charged it, and no payment here is of that name.
    Unknown,
    /// It is charged here, and not at the provider.
    NotCharged,
    /// It is charged here, and the provider does not know it.
    Missing,
    /// The provider has charged twice for one payment.
    Twice,
    /// It is of another amount at the provider: this.
    Amount(Money),
    /// Another sum went back at the provider: this, in minor units.
    Refunds(i64),
}

impl Kind {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unrecorded => "unrecorded",
            Self::Open => "open",
            Self::Unknown => "unknown",
            Self::NotCharged => "not-charged",
            Self::Missing => "missing",
            Self::Twice => "charged-twice",
            Self::Amount(_) => "amount",
            Self::Refunds(_) => "refunds",
        }
    }
}

/// A charge in the provider's books.
#[derive(Debug, Clone)]
pub(super) struct Theirs {
    pub(super) state: State,
    /// `None` if it was not said.
    pub(super) amount: Option<Money>,
    /// How much of it went back, in minor units; `None` if it was not said.
    pub(super) refunded_minor: Option<i64>,
}

impl Theirs {
    /// Whether money stays with us.
    fn keeps_money(&self) -> bool {
        let amount = self.amount.map(|amount| amount.minor);
        amount.is_none() || amount != self.refunded_minor
    }
}

/// Whether a payment has changed so lately, or may still change by itself, that a difference would say nothing.
pub(super) fn is_under_way(ours: &Payment, now: Timestamp) -> bool {
    let later_than = |limit: Duration, at: Timestamp| {
        now - at < chrono::TimeDelta::seconds(limit.as_secs() as i64)
    };
    if ours.status == Status::Processing {
        return later_than(OUTCOME, ours.created_at);
    }
    let refunds = ours.refunds.iter();
    let made = refunds.filter_map(|refund| refund.refunded_at);
    [ours.answered_at, ours.refunded_at]
        .into_iter()
        .flatten()
        .chain(made)
        .any(|at| later_than(SETTLING, at))
}

/// What is different; `None` if both books agree. `ours` is `None` if there is no such payment.
pub(super) fn judge(ours: Option<&Payment>, theirs: &Theirs) -> Option<Kind> {
    let Some(ours) = ours else {
        return match theirs.state {
            State::Succeeded => theirs.keeps_money().then_some(Kind::Unknown),
            State::RequiresAction(_) | State::Processing | State::Authorised => Some(Kind::Open),
            State::Declined { .. } | State::Cancelled => None,
        };
    };
    if let Some(amount) = theirs.amount.filter(|amount| *amount != ours.amount) {
        return Some(Kind::Amount(amount));
    }
    match ours.status {
        Status::Processing => judge_processing(ours, theirs),
        Status::Declined => judge_declined(ours, theirs),
        Status::Succeeded => judge_succeeded(ours, theirs),
        Status::Refunded => match theirs.state {
            State::Succeeded => judge_refunds(ours, theirs),
            State::Declined { .. } | State::Cancelled => None,
            _ => Some(Kind::Open),
        },
    }
}

fn judge_processing(ours: &Payment, theirs: &Theirs) -> Option<Kind> {
    let is_named = ours.reference.is_some();
    match theirs.state {
        State::RequiresAction(_) | State::Processing => None,
        _ if is_named => Some(Kind::Unrecorded),
        State::Succeeded => Some(Kind::Unknown),
        State::Authorised => Some(Kind::Open),
        State::Declined { .. } | State::Cancelled => None,
    }
}

fn judge_declined(ours: &Payment, theirs: &Theirs) -> Option<Kind> {
    match theirs.state {
        State::Declined { .. } | State::Cancelled => None,
        State::Processing if was_never_confirmed(ours) => None,
        State::Succeeded if !theirs.keeps_money() => None,
        State::Succeeded if ours.reference.is_none() => Some(Kind::Unknown),
        // As the webhook that tells it: it pays its booking, or is set free.
        State::Authorised if ours.reference.is_some() => Some(Kind::Unrecorded),
        State::Succeeded => Some(match theirs.refunded_minor {
            // Somebody gives it back by hand.
            Some(minor) if minor > 0 => Kind::Refunds(minor),
            _ => Kind::Unrecorded,
        }),
        _ => Some(Kind::Open),
    }
}

/// Whether nobody has confirmed it at the provider, nor can: its name was never known here, or its confirmation surely had no
/// effect. An intent is left there then by which nothing is charged.
fn was_never_confirmed(ours: &Payment) -> bool {
    let code = ours.decline_code.as_deref();
    ours.reference.is_none() || matches!(code, Some(UNAVAILABLE | REFUSED))
}

fn judge_succeeded(ours: &Payment, theirs: &Theirs) -> Option<Kind> {
    match theirs.state {
        State::Succeeded if ours.capture_due => Some(Kind::Unrecorded),
        State::Succeeded => judge_refunds(ours, theirs),
        State::Authorised if ours.capture_due => None,
        // It was set free, which recovery records.
        State::Cancelled if ours.capture_due && ours.refund_due => None,
        _ => Some(Kind::NotCharged),
    }
}

/// What went back here, and at most what is due to go back besides, must be what went back there.
fn judge_refunds(ours: &Payment, theirs: &Theirs) -> Option<Kind> {
    let theirs_minor = theirs.refunded_minor?;
    let made = ours.refunds.iter();
    let made = made.filter(|refund| refund.refunded_at.is_some());
    let parts: i64 = made.map(|refund| refund.amount.minor).sum();
    let rest = ours.rest().minor;
    let least = match ours.status {
        Status::Refunded => parts + rest,
        _ => parts,
    };
    let most = match ours.refund_due || ours.status == Status::Refunded {
        true => ours.amount.minor,
        false => ours.returned_minor,
    };
    let agrees = (least..=most).contains(&theirs_minor);
    (!agrees).then_some(Kind::Refunds(theirs_minor))
}

#[cfg(test)]
mod tests {
    use super::super::tests::payment;
    use super::*;
    use crate::gateway::{ABANDONED, Action};

    fn theirs(state: State) -> Theirs {
        Theirs {
            state,
            amount: Some(payment(Status::Succeeded, None).amount),
            refunded_minor: Some(0),
        }
    }

    fn ours(status: Status) -> Payment {
        Payment {
            reference: Some("pi_1".parse().unwrap()),
            ..payment(status, None)
        }
    }

    fn states() -> [State; 6] {
        let url = "https://bank.example/".to_owned();
        let code = "card_declined".to_owned();
        [
            State::RequiresAction(Action::Redirect { url }),
            State::Processing,
            State::Authorised,
            State::Succeeded,
            State::Declined { code },
            State::Cancelled,
        ]
    }

    #[test]
    fn each_pair_of_states_is_judged() {
        let (open, late) = (Some(Kind::Open), Some(Kind::Unrecorded));
        let gone = Some(Kind::NotCharged);
        for (status, expected) in [
            (Status::Processing, [None, None, late, late, late, late]),
            (Status::Declined, [open, open, late, late, None, None]),
            (Status::Succeeded, [gone, gone, gone, None, gone, gone]),
            (
                Status::Refunded,
                [open, open, open, Some(Kind::Refunds(0)), None, None],
            ),
        ] {
            let judged = states().map(|state| judge(Some(&ours(status)), &theirs(state)));
            assert_eq!(judged, expected, "{status:?}");
        }
        let judged = states().map(|state| judge(None, &theirs(state)));
        assert_eq!(judged, [open, open, open, Some(Kind::Unknown), None, None]);
        let due = Payment {
            capture_due: true,
            ..ours(Status::Succeeded)
        };
        let judged = states().map(|state| judge(Some(&due), &theirs(state)));
        assert_eq!(judged, [gone, gone, None, late, gone, gone]);
    }

    #[test]
    fn an_intent_that_was_never_confirmed_is_no_difference_and_any_other_that_is_open_is() {
        let declined = |reference: Option<&str>, code: &str| Payment {
            reference: reference.map(|name| name.parse().unwrap()),
            ..payment(Status::Declined, Some(code))
        };
        for (ours, expected) in [
            (declined(None, ABANDONED), None),
            (declined(Some("pi_1"), UNAVAILABLE), None),
            (declined(Some("pi_1"), REFUSED), None),
            (declined(Some("pi_1"), ABANDONED), Some(Kind::Open)),
            (declined(Some("pi_1"), "card_declined"), Some(Kind::Open)),
        ] {
            assert_eq!(judge(Some(&ours), &theirs(State::Processing)), expected);
            let money = match ours.reference {
                Some(_) => Kind::Unrecorded,
                None => Kind::Open,
            };
            assert_eq!(judge(Some(&ours), &theirs(State::Authorised)), Some(money));
        }
    }

    #[test]
    fn a_refund_that_is_due_may_have_been_made_and_any_other_is_a_difference() {
        let mut charged = theirs(State::Succeeded);
        charged.refunded_minor = Some(1);
        let kept = ours(Status::Succeeded);
        assert_eq!(judge(Some(&kept), &charged), Some(Kind::Refunds(1)));
        let due = Payment {
            refund_due: true,
            ..kept
        };
        assert_eq!(judge(Some(&due), &charged), None);
        assert_eq!(judge(Some(&ours(Status::Refunded)), &charged), None);
        assert_eq!(judge(Some(&ours(Status::Declined)), &charged), None);
        assert_eq!(judge(None, &charged), None);
    }
}
