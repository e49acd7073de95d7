//! Refunds: <https://docs.stripe.com/api/refunds>
//!
//! What must hold: a refund of ours is made once, however long ago it was asked for first. Stripe forgets idempotency keys
//! after a day, so the refunds of the charge are looked through for ours, which has its id in its metadata, before it is made.

use super::client::{Answered, Client, Request};
use super::currencies;
use super::failure::Failure;
use super::objects::{Form, ListJson, RefundJson, word};
use crate::gateway::{GatewayError, Refund, Refunded};

const PATH: &str = "/v1/refunds";
/// Refunds in a part of the list.
const LIST_PART: usize = 100;
/// Parts that are read at most; a charge with more refunds is not looked through.
const PARTS_MAX: usize = 20;
/// Reasons for which Stripe will never give back this charge.
const FINAL: [&str; 3] = [
    "charge_already_refunded",
    "charge_disputed",
    "charge_not_refundable",
];

/// Gives back of this intent, unless it was done before. Says how it is now.
pub(super) async fn refund(
    client: &Client,
    intent: &str,
    refund: &Refund,
) -> Result<Refunded, GatewayError> {
    let units = currencies::part_to_stripe(refund.amount);
    let units = units.map_err(|refused| GatewayError::Refused(refused.to_string()))?;
    if let Some(made) = find(client, intent, refund).await? {
        return Ok(refunded(&made));
    }
    let form = Form::default()
        .with("payment_intent", intent)
        .with("amount", units)
        .with("metadata[refund_id]", refund.id)
        .with("metadata[payment_id]", refund.of.payment);
    let request = Request::post(PATH.to_owned(), form, refund.id.to_string());
    let refusal = match client.send::<RefundJson>(&request).await {
        // How it was when it was made: by now it may have failed, but nobody found it a moment ago.
        Ok(made) => return Ok(refunded(&made.value)),
        Err(Failure::Refused(refusal)) => refusal,
        Err(failure) => return Err(failure.into()),
    };
    let code = refusal.error.code.as_deref().unwrap_or_default();
    if code == "balance_insufficient" {
        return Err(GatewayError::Unavailable(refusal.to_string()));
    }
    if !FINAL.contains(&code) {
        return Err(GatewayError::Refused(refusal.to_string()));
    }
    // Another process may have been faster.
    Ok(match find(client, intent, refund).await? {
        Some(made) => refunded(&made),
        None => Refunded::Failed {
            code: code.to_owned(),
        },
    })
}

/// The one that was made.
async fn find(
    client: &Client,
    intent: &str,
    refund: &Refund,
) -> Result<Option<RefundJson>, GatewayError> {
    let mut after: Option<String> = None;
    for _ in 0..PARTS_MAX {
        let mut query = Form::default()
            .with("payment_intent", intent)
            .with("limit", LIST_PART);
        if let Some(after) = &after {
            query = query.with("starting_after", after);
        }
        let part: Answered<ListJson<RefundJson>> = client.send(&Request::get(PATH, &query)).await?;
        let ListJson { data, has_more } = part.value;
        let last = data.last().map(|last| last.id.clone());
        let is_ours = |made: &RefundJson| {
            let metadata = made.metadata.as_ref();
            metadata.and_then(|metadata| metadata.refund()) == Some(refund.id)
        };
        if let Some(ours) = data.into_iter().find(is_ours) {
            return Ok(Some(ours));
        }
        after = last.filter(|_| has_more);
        if after.is_none() {
            return Ok(None);
        }
    }
    Err(GatewayError::Refused(format!(
        "the charge has more than {} refunds",
        PARTS_MAX * LIST_PART
    )))
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
