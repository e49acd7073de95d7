//! Refunds: <https://docs.stripe.com/api/refunds>
//!
//! What must hold: a refund of ours is made once, however long ago it was asked for first. Stripe forgets idempotency keys
//! after a day, so the refunds of the charge are looked through for ours, which has its id in its metadata, before it is made.
//! And it keeps a failure for a key as long as a success, so after a failure that is over the next key is used: never while
//! the request with the key before may still have an effect.
//!
//! What was given back at Stripe's own pages, or by the buyer's bank after a dispute, is not given back once more.

use super::client::{Answered, Client, Request};
use super::currencies;
use super::failure::{Failure, Refusal};
use super::objects::{DisputeJson, Form, ListJson, RefundJson, word};
use crate::gateway::{GatewayError, Refund, Refunded};

const PATH: &str = "/v1/refunds";
const DISPUTES: &str = "/v1/disputes";
/// Refunds in a part of the list.
const LIST_PART: usize = 100;
/// Parts that are read at most; a charge with more refunds is not looked through.
const PARTS_MAX: usize = 20;
/// Keys that are tried at most: recovery asks for a refund some 35 times a day.
const KEYS_MAX: usize = 50;

/// Gives back of this intent, unless it was done before. Says how it is now.
pub(super) async fn refund(
    client: &Client,
    intent: &str,
    refund: &Refund,
) -> Result<Refunded, GatewayError> {
    let of = |amount| {
        let units = currencies::part_to_stripe(amount);
        units.map_err(|refused| GatewayError::Refused(refused.to_string()))
    };
    let (charged, units) = (of(refund.of.amount)?, of(refund.amount)?);
    let mut last = String::new();
    for number in 0..KEYS_MAX {
        let back = Back::read(client, intent, refund).await?;
        if let Some(decided) = back.decides() {
            return Ok(decided);
        }
        let left = charged - back.minor;
        if back.is_all(charged) {
            return Ok(Refunded::Succeeded);
        }
        let asked = back.of_rest(units, left);
        let form = Form::default()
            .with("payment_intent", intent)
            .with("amount", asked)
            .with("metadata[refund_id]", refund.id)
            .with("metadata[payment_id]", refund.of.payment);
        let request = Request::post(PATH.to_owned(), form, key(refund, units, asked, number));
        last = match client.send::<RefundJson>(&request).await {
            // How it was when it was made: by now it may have failed, but nobody found it a moment ago.
            Ok(made) => return Ok(refunded(&made.value)),
            // Of the requests with this key no other is under way, so whatever they have done is found above.
            Err(Failure::Replayed(text)) => text,
            Err(Failure::Refused(refusal)) if refusal.is_replayed => refusal.to_string(),
            Err(Failure::Refused(refusal)) => {
                return refused(client, intent, refund, (charged, left), *refusal).await;
            }
            Err(failure) => return Err(failure.into()),
        };
    }
    Err(GatewayError::Unknown(last))
}

/// The keys of a refund, one after the other. One that asks for less than it was to be has others: with the same key Stripe
/// takes the same request only.
fn key(refund: &Refund, units: i64, asked: i64, number: usize) -> String {
    let id = refund.id;
    match (asked == units, number) {
        (true, 0) => id.to_string(),
        (true, number) => format!("{id}-{number}"),
        (false, number) => format!("{id}-{number}-of-{asked}"),
    }
}

/// What is known when Stripe has just refused: `left` of what was charged had not gone back.
async fn refused(
    client: &Client,
    intent: &str,
    refund: &Refund,
    (charged, left): (i64, i64),
    refusal: Refusal,
) -> Result<Refunded, GatewayError> {
    let code = refusal.error.code.as_deref().unwrap_or_default();
    match code {
        "balance_insufficient" => Err(GatewayError::Unavailable(refusal.to_string())),
        "charge_disputed" => disputed(client, intent, left).await,
        "charge_already_refunded" => {
            // Another process may have been faster.
            let back = Back::read(client, intent, refund).await?;
            let failed = Refunded::Failed {
                code: code.to_owned(),
            };
            Ok(match back.decides() {
                Some(decided) => decided,
                None if back.is_all(charged) => Refunded::Succeeded,
                None => failed,
            })
        }
        "charge_not_refundable" => Ok(Refunded::Failed {
            code: code.to_owned(),
        }),
        _ => Err(GatewayError::Refused(refusal.to_string())),
    }
}

/// While the banks have not decided nothing can be given back; if the buyer wins, their bank has given it back.
async fn disputed(client: &Client, intent: &str, left: i64) -> Result<Refunded, GatewayError> {
    let query = Form::default()
        .with("payment_intent", intent)
        .with("limit", LIST_PART);
    let part: Answered<ListJson<DisputeJson>> =
        client.send(&Request::get(DISPUTES, &query)).await?;
    let disputes = part.value.data;
    let lost = disputes.iter().filter(|dispute| dispute.status == "lost");
    let lost: i64 = lost.map(|dispute| dispute.amount).sum();
    let is_decided = |dispute: &DisputeJson| {
        ["lost", "won", "warning_closed", "prevented"].contains(&dispute.status.as_str())
    };
    Ok(if lost > 0 && lost >= left {
        Refunded::Succeeded
    } else if disputes.iter().all(is_decided) {
        let code = "charge_disputed".to_owned();
        Refunded::Failed { code }
    } else {
        Refunded::Pending
    })
}

/// What went back of a charge, or is about to, in Stripe's units.
#[derive(Debug, Default)]
struct Back {
    /// The one that is asked for, if it was made.
    ours: Option<Refunded>,
    /// Altogether.
    minor: i64,
    /// Of it, what was not asked for here.
    foreign: i64,
    /// What was asked for here and did not arrive.
    failed: i64,
}

impl Back {
    async fn read(client: &Client, intent: &str, refund: &Refund) -> Result<Self, GatewayError> {
        let mut back = Self::default();
        let mut after: Option<String> = None;
        for _ in 0..PARTS_MAX {
            let mut query = Form::default()
                .with("payment_intent", intent)
                .with("limit", LIST_PART);
            if let Some(after) = &after {
                query = query.with("starting_after", after);
            }
            let part: Answered<ListJson<RefundJson>> =
                client.send(&Request::get(PATH, &query)).await?;
            let ListJson { data, has_more } = part.value;
            for made in &data {
                back.add(made, refund);
            }
            after = data.last().map(|last| last.id.clone());
            let is_made = back.ours.as_ref().is_some_and(|ours| !is_failed(ours));
            if !has_more || after.is_none() || is_made {
                return Ok(back);
            }
        }
        Err(GatewayError::Refused(format!(
            "the charge has more than {} refunds",
            PARTS_MAX * LIST_PART
        )))
    }

    fn add(&mut self, made: &RefundJson, refund: &Refund) {
        let state = refunded(made);
        let id = made
            .metadata
            .as_ref()
            .and_then(|metadata| metadata.refund());
        match (is_failed(&state), id) {
            (true, Some(_)) => self.failed += made.amount,
            (true, None) => {}
            (false, id) => {
                self.minor += made.amount;
                self.foreign += if id.is_none() { made.amount } else { 0 };
            }
        }
        if id == Some(refund.id) {
            self.ours = Some(state);
        }
    }
    /// Whether others have given back all that had not gone back.
    fn is_all(&self, charged: i64) -> bool {
        self.foreign > 0 && self.minor >= charged
    }

    /// How much of this is to be asked for: no more than others have left.
    fn of_rest(&self, units: i64, left: i64) -> i64 {
        match self.foreign {
            0 => units,
            _ => units.min(left),
        }
    }

    /// How it is, if it was made.
    fn decides(&self) -> Option<Refunded> {
        let ours = self.ours.clone()?;
        // What did not arrive was given back by hand at Stripe's own pages.
        let is_made_up_for = is_failed(&ours) && self.foreign >= self.failed;
        Some(if is_made_up_for {
            Refunded::Succeeded
        } else {
            ours
        })
    }
}

fn is_failed(refunded: &Refunded) -> bool {
    matches!(refunded, Refunded::Failed { .. })
}

fn refunded(made: &RefundJson) -> Refunded {
    match made.status.as_deref() {
        Some("succeeded") => Refunded::Succeeded,
        Some(status @ ("failed" | "canceled")) => Refunded::Failed {
            code: word(made.failure_reason.as_deref(), status),
        },
        // `pending`, `requires_action`, and none, which old charges have.
        _ => Refunded::Pending,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_status_of_stripes_is_a_state() {
        let of = |status: Option<&str>, reason: Option<&str>| {
            let made = json!({"id": "re_1", "amount": 1, "currency": "eur", "status": status,
                "failure_reason": reason});
            refunded(&serde_json::from_value(made).unwrap())
        };
        let failed = |code: &str| Refunded::Failed {
            code: code.to_owned(),
        };
        assert_eq!(of(Some("succeeded"), None), Refunded::Succeeded);
        for status in [Some("pending"), Some("requires_action"), None] {
            assert_eq!(of(status, None), Refunded::Pending);
        }
        let lost = Some("lost_or_stolen_card");
        assert_eq!(of(Some("failed"), lost), failed("lost_or_stolen_card"));
        assert_eq!(of(Some("failed"), Some("No!")), failed("failed"));
        assert_eq!(of(Some("canceled"), None), failed("canceled"));
    }
}
