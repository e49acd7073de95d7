//! The JSON body of the simulated gateway's webhooks: written by the gateway, parsed by its receiver.
//!
//! What must hold: what is written can be read; unknown fields are ignored; a decline code is one short word,
//! because it is stored and shown. Signatures are in `gateway::signature`.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::gateway::{About, Answer, Notice, State};
use crate::types::json::{self, JsonError};
use crate::types::{Currency, Money, PaymentId};

/// The body of a webhook. Fields that a later version may add are ignored.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Webhook)]
pub struct NoticeJson {
    /// The webhook's own; a second one with the same id is a duplicate.
    id: Uuid,
    /// What became of the charge.
    #[serde(rename = "type")]
    kind: Kind,
    payment_id: PaymentId,
    /// What was charged.
    #[serde(deserialize_with = "json::object")]
    amount: AmountJson,
    /// Why the card was declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decline_code: Option<DeclineCode>,
}

/// What became of a charge.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookType)]
enum Kind {
    #[serde(rename = "payment.succeeded")]
    Succeeded,
    #[serde(rename = "payment.declined")]
    Declined,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookAmount)]
struct AmountJson {
    /// Minor units.
    amount: i64,
    #[serde(deserialize_with = "currency")]
    currency: Currency,
}

/// It is stored and shown, so it may only be a short word.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(pattern = "^[a-z0-9_]{1,64}$", examples("card_declined"))]
struct DeclineCode(String);

impl TryFrom<String> for DeclineCode {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, &'static str> {
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if (1..=64).contains(&text.len()) && text.bytes().all(is_allowed) {
            Ok(Self(text))
        } else {
            Err("must be 1 to 64 of a-z, 0-9 and _")
        }
    }
}

fn currency<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Currency, D::Error> {
    let code = String::deserialize(deserializer)?;
    code.parse().map_err(serde::de::Error::custom)
}

/// The body of the webhook that reports a charge as succeeded.
pub(super) fn write_succeeded(id: Uuid, payment: PaymentId, amount: Money) -> String {
    let notice = NoticeJson {
        id,
        kind: Kind::Succeeded,
        payment_id: payment,
        amount: AmountJson {
            amount: amount.minor,
            currency: amount.currency,
        },
        decline_code: None,
    };
    serde_json::to_string(&notice).expect("ids, numbers and words are JSON")
}

/// Reads the body of a webhook.
pub(super) fn read(body: &[u8]) -> Result<Notice, JsonError> {
    let notice: NoticeJson = json::read(body)?;
    let (kind, state) = match (notice.kind, notice.decline_code) {
        (Kind::Succeeded, _) => ("payment.succeeded", State::Succeeded),
        (Kind::Declined, code) => {
            let code = code.map_or_else(|| "card_declined".to_owned(), |DeclineCode(code)| code);
            ("payment.declined", State::Declined { code })
        }
    };
    let amount = Money {
        minor: notice.amount.amount,
        currency: notice.amount.currency,
    };
    Ok(Notice {
        id: notice.id.to_string(),
        kind: kind.to_owned(),
        about: About::Payment(notice.payment_id),
        answer: Some(Answer {
            amount: Some(amount),
            ..Answer::of(state)
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190c0de-0000-7000-8000-000000000001";

    fn body(kind: &str, decline_code: &str) -> String {
        format!(
            r#"{{"id":"{ID}","type":"{kind}","payment_id":"{ID}",
                "amount":{{"amount":2000,"currency":"EUR"}}{decline_code},"new":1}}"#
        )
    }

    #[test]
    fn what_is_written_is_read() {
        let (id, payment) = (Uuid::from_u128(1), PaymentId(Uuid::from_u128(2)));
        let amount = Money {
            minor: 2_000,
            currency: "EUR".parse().unwrap(),
        };
        let body = write_succeeded(id, payment, amount);
        let answer = Answer {
            amount: Some(amount),
            ..Answer::of(State::Succeeded)
        };
        let read = read(body.as_bytes()).unwrap();
        assert_eq!(read.id, id.to_string());
        assert_eq!(read.about, About::Payment(payment));
        assert_eq!(read.answer, Some(answer));
    }

    #[test]
    fn a_decline_has_a_code_that_is_a_word() {
        let answer = |body: String| read(body.as_bytes()).unwrap().answer.unwrap().state;
        let declined = |code: &str| body("payment.declined", code);
        assert_eq!(
            answer(declined("")),
            Answer::declined("card_declined").state
        );
        assert_eq!(
            answer(declined(r#","decline_code":"lost_card""#)),
            Answer::declined("lost_card").state
        );
        for bad in ["", "Lost card", "x\u{7f}", &"x".repeat(65)] {
            let body =
                declined(&format!(r#","decline_code":{bad:?}"#).replace("\\u{7f}", "\\u007f"));
            let Err(JsonError::Misfit { pointer, .. }) = read(body.as_bytes()) else {
                panic!("{bad} is taken");
            };
            assert_eq!(pointer, "/decline_code");
        }
    }
}
