//! Stripe's webhooks: <https://docs.stripe.com/webhooks>. To be sent to this server: `payment_intent.*`,
//! `checkout.session.*`, `charge.dispute.*` and `refund.*`; what else comes is taken and forgotten.
//!
//! What must hold: nothing is read before the signature is verified; the body is signed as it was received, byte by byte; an
//! event of the other mode, test or live, is not believed, because its objects are not those of the keys.
//!
//! Refunds: news of one that was made at Stripe's own pages is an incident. Of one of ours, which has our id in its metadata,
//! only a failure is: that it was made is in the books, and what is pending is asked for again. `charge.refunded` says how much
//! of a charge was given back in all, not which refund it was, and comes beside `refund.*`: it is not taken for an incident.

use serde::Deserialize;
use serde_json::Value;

use super::objects::{Expandable, Metadata, RefundJson};
use super::{currencies, sessions};
use crate::config::Secret;
use crate::gateway::signature::{self, TOLERANCE_SECONDS};
use crate::gateway::{About, Incident, IncidentKind, Notice, NoticeError, Reference};
use crate::types::Timestamp;
use crate::types::json::{self, JsonError};

/// The name of the header with the signature.
pub(super) const HEADER: &str = "Stripe-Signature";
/// Characters of an event's type that are kept.
const KIND_MAX: usize = 64;
/// Characters of an event's id at most.
const ID_MAX: usize = 255;

/// <https://docs.stripe.com/api/events/object>
#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    livemode: Option<bool>,
    /// Seconds since 1970.
    created: Option<i64>,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    object: Option<Value>,
}

/// An intent or a session.
#[derive(Deserialize)]
struct Own {
    id: String,
    metadata: Option<Metadata>,
}

/// <https://docs.stripe.com/api/disputes/object>
#[derive(Deserialize)]
struct Dispute {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    payment_intent: Option<Expandable<Own>>,
}

/// Verifies a webhook and reads it.
pub(super) fn read(
    secrets: &[Secret],
    is_test: bool,
    now: Timestamp,
    header: Option<&str>,
    body: &[u8],
) -> Result<Notice, NoticeError> {
    let header = header.ok_or(NoticeError::BadSignature)?;
    let mut secrets = secrets.iter();
    let signed_at = secrets
        .find_map(|secret| signature::verify(secret.as_bytes(), header, body))
        .ok_or(NoticeError::BadSignature)?;
    if now.timestamp().abs_diff(signed_at) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(NoticeError::Stale {
            tolerance_seconds: TOLERANCE_SECONDS,
        });
    }
    let event: Event = json::read(body)?;
    let is_name = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if !(1..=ID_MAX).contains(&event.id.len()) || !is_name(&event.id) {
        return Err(misfit("/id", "must be 1 to 255 printable characters").into());
    }
    if event.kind.is_empty() || !is_name(&event.kind) {
        return Err(misfit("/type", "must be printable characters").into());
    }
    let about = match event.livemode {
        Some(is_live) if is_live == is_test => {
            let (id, kind) = (&event.id, &event.kind);
            log::warn!("Stripe's event {id} ({kind}) is of the other mode, test or live: ignored");
            About::Other
        }
        _ => about(&event, now).unwrap_or(About::Other),
    };
    Ok(Notice {
        kind: event.kind.chars().take(KIND_MAX).collect(),
        id: event.id,
        about,
        answer: None,
    })
}

fn misfit(pointer: &str, detail: &str) -> JsonError {
    JsonError::Misfit {
        pointer: pointer.to_owned(),
        detail: detail.to_owned(),
    }
}

/// What an event is about; `None` if nothing that is known here.
fn about(event: &Event, now: Timestamp) -> Option<About> {
    let object = event.data.as_ref()?.object.as_ref()?;
    let (noun, verb) = event.kind.rsplit_once('.')?;
    let noted_at = event
        .created
        .and_then(|at| Timestamp::from_timestamp(at, 0));
    let noted_at = noted_at.map_or(now, |at| at.min(now));
    let about = match noun {
        "payment_intent" | "checkout.session" => own(object),
        "charge.dispute" => dispute(object, noted_at),
        "refund" | "charge.refund" => refund(object, noted_at),
        _ => return None,
    };
    if about.is_none() {
        let id = &event.id;
        log::warn!("Stripe's event {id} ({noun}.{verb}) is about nothing that can be read");
    }
    about
}

fn own(object: &Value) -> Option<About> {
    let own = Own::deserialize(object).ok()?;
    let payment = own.metadata.and_then(|metadata| metadata.payment());
    Some(match payment {
        Some(payment) => About::Payment(payment),
        None => About::Intent(own.id.parse().ok()?),
    })
}

/// By its status, whichever event tells it.
fn dispute(object: &Value, noted_at: Timestamp) -> Option<About> {
    let dispute = Dispute::deserialize(object).ok()?;
    let kind = match dispute.status.as_str() {
        "won" | "warning_closed" | "prevented" => IncidentKind::DisputeWon,
        "lost" => IncidentKind::DisputeLost,
        _ => IncidentKind::DisputeOpened,
    };
    let intent = match dispute.payment_intent? {
        Expandable::Id(id) => id,
        Expandable::Object(intent) => intent.id,
        Expandable::Other(_) => return None,
    };
    Some(About::Incident(Incident {
        payment: None,
        intent: name(&intent)?,
        reference: name(&dispute.id)?,
        kind,
        amount: currencies::of_stripe(dispute.amount, &dispute.currency)?,
        noted_at,
    }))
}

fn refund(object: &Value, noted_at: Timestamp) -> Option<About> {
    let refund = RefundJson::deserialize(object).ok()?;
    let kind = match refund.status.as_deref() {
        Some("failed" | "canceled") => IncidentKind::RefundFailed,
        _ => IncidentKind::Refunded,
    };
    let metadata = refund.metadata.unwrap_or_default();
    let ours = metadata.refund();
    let intent = match refund.payment_intent {
        Some(Expandable::Id(id)) if ours.is_none() || kind == IncidentKind::RefundFailed => id,
        // Ours; or of a charge without an intent, which is not.
        _ => return Some(About::Other),
    };
    Some(About::Incident(Incident {
        payment: metadata.payment(),
        intent: name(&intent)?,
        reference: name(&refund.id)?,
        kind,
        amount: currencies::of_stripe(refund.amount, &refund.currency)?,
        noted_at,
    }))
}

/// The name of an intent, a dispute or a refund.
fn name(id: &str) -> Option<Reference> {
    let reference = id.parse().ok();
    reference.filter(|_| !sessions::is_session(id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::{PaymentId, RefundId};

    const PAYMENT: &str = "0190c0de-0000-7000-8000-000000000001";
    const OLD: &str = "whsec_an_old_secret_of_ours";
    const NEW: &str = "whsec_the_new_secret_of_ours";
    const NOW: i64 = 1_700_000_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    fn secrets() -> Vec<Secret> {
        [OLD, NEW].map(|secret| secret.parse().unwrap()).to_vec()
    }

    fn read_signed(event: &Value) -> Result<Notice, NoticeError> {
        let body = event.to_string();
        let header = signature::sign(NEW.as_bytes(), NOW, body.as_bytes());
        read(&secrets(), true, at(NOW), Some(&header), body.as_bytes())
    }

    fn event(kind: &str, object: Value) -> Value {
        json!({"id": "evt_1", "object": "event", "type": kind, "livemode": false,
            "data": {"object": object}, "api_version": "2017-08-15"})
    }

    fn about(kind: &str, object: Value) -> About {
        read_signed(&event(kind, object)).unwrap().about
    }

    #[test]
    fn a_signature_is_the_one_that_others_compute() {
        // printf '1700000000.{"id":"evt_1","type":"ping.pong"}' | openssl dgst -sha256 -hmac whsec_the_new_secret_of_ours
        let code = "6a813da9e085598fac095147619d62edeb156d4f333d47325250cd37304490df";
        let body = br#"{"id":"evt_1","type":"ping.pong"}"#;
        let header = format!("t={NOW},v1={},v1={code},v0=abc", "0".repeat(64));
        let notice = read(&secrets(), true, at(NOW + 300), Some(&header), body).unwrap();
        assert_eq!(
            (notice.id.as_str(), notice.kind.as_str()),
            ("evt_1", "ping.pong")
        );
        assert_eq!(notice.about, About::Other);
    }

    #[test]
    fn only_a_webhook_that_stripe_has_just_signed_is_read() {
        let body = br#"{"id":"evt_1","type":"ping.pong"}"#;
        let of = |secret: &str, body: &[u8]| signature::sign(secret.as_bytes(), NOW, body);
        let read_at = |header: Option<&str>, seconds| {
            read(&secrets(), true, at(seconds), header, body).map(|notice| notice.id)
        };
        assert!(read_at(Some(&of(OLD, body)), NOW - 300).is_ok());
        assert!(read_at(Some(&of(NEW, body)), NOW + 300).is_ok());
        for header in [None, Some(""), Some("t=1"), Some("v1=00")] {
            let refused = read_at(header, NOW);
            assert!(
                matches!(refused, Err(NoticeError::BadSignature)),
                "{header:?}"
            );
        }
        for (secret, signed) in [("whsec_of_somebody_else", &body[..]), (NEW, b"{}")] {
            let refused = read_at(Some(&of(secret, signed)), NOW);
            assert!(matches!(refused, Err(NoticeError::BadSignature)));
        }
        for seconds in [NOW - 301, NOW + 301] {
            let refused = read_at(Some(&of(NEW, body)), seconds);
            assert!(matches!(refused, Err(NoticeError::Stale { .. })));
        }
        let header = of(NEW, body);
        let none = read(&[], true, at(NOW), Some(&header), body);
        assert!(matches!(none, Err(NoticeError::BadSignature)));
    }

    #[test]
    fn an_event_is_about_our_payment_or_about_the_intent() {
        let payment = About::Payment(PAYMENT.parse().unwrap());
        let ours = json!({"id": "pi_1", "metadata": {"payment_id": PAYMENT}});
        assert_eq!(about("payment_intent.succeeded", ours.clone()), payment);
        assert_eq!(
            about("payment_intent.amount_capturable_updated", ours),
            payment
        );
        let page = json!({"id": "cs_1", "metadata": {"payment_id": PAYMENT}});
        assert_eq!(about("checkout.session.completed", page), payment);
        for metadata in [
            json!({}),
            json!(null),
            json!({"payment_id": "7"}),
            json!({"payment_id": 7}),
        ] {
            let other = json!({"id": "pi_2", "metadata": metadata});
            let intent = About::Intent("pi_2".parse().unwrap());
            assert_eq!(about("payment_intent.canceled", other), intent);
        }
    }

    #[test]
    fn a_dispute_is_an_incident_by_its_status() {
        let of = |status: &str| {
            let object = json!({"id": "dp_1", "amount": 4_200, "currency": "eur", "status": status,
                "payment_intent": "pi_1"});
            match about("charge.dispute.updated", object) {
                About::Incident(incident) => {
                    assert_eq!(incident.intent.as_str(), "pi_1");
                    assert_eq!(incident.reference.as_str(), "dp_1");
                    assert_eq!(incident.amount.minor, 4_200);
                    incident.kind
                }
                other => panic!("{other:?}"),
            }
        };
        for (status, kind) in [
            ("needs_response", IncidentKind::DisputeOpened),
            ("warning_needs_response", IncidentKind::DisputeOpened),
            ("under_review", IncidentKind::DisputeOpened),
            ("won", IncidentKind::DisputeWon),
            ("warning_closed", IncidentKind::DisputeWon),
            ("lost", IncidentKind::DisputeLost),
        ] {
            assert_eq!(of(status), kind, "{status}");
        }
    }

    #[test]
    fn a_refund_that_is_not_ours_or_that_failed_is_an_incident() {
        let of = |kind: &str, status: &str, metadata: Value| {
            let object = json!({"id": "re_1", "amount": 100, "currency": "eur", "status": status,
                "payment_intent": "pi_1", "metadata": metadata});
            match about(kind, object) {
                About::Incident(incident) => Some(incident.kind),
                About::Other => None,
                other => panic!("{other:?}"),
            }
        };
        let ours = json!({"refund_id": RefundId(uuid::Uuid::from_u128(7)).to_string()});
        let theirs = json!({});
        for kind in ["refund.created", "refund.updated", "charge.refund.updated"] {
            assert_eq!(of(kind, "succeeded", ours.clone()), None);
            assert_eq!(of(kind, "pending", ours.clone()), None);
            let refunded = Some(IncidentKind::Refunded);
            assert_eq!(of(kind, "succeeded", theirs.clone()), refunded);
            let failed = Some(IncidentKind::RefundFailed);
            assert_eq!(of(kind, "failed", theirs.clone()), failed);
            assert_eq!(of(kind, "failed", ours.clone()), failed);
        }
        let whole = json!({"id": "ch_1", "payment_intent": "pi_1", "amount_refunded": 7});
        assert_eq!(about("charge.refunded", whole), About::Other);
    }

    #[test]
    fn an_incident_has_the_time_of_its_event_and_what_its_metadata_says() {
        let of = |created: Value, metadata: Value| {
            let refund = json!({"id": "re_1", "amount": 100, "currency": "eur", "status": "failed",
                "payment_intent": "pi_1", "metadata": metadata});
            let mut event = event("refund.failed", refund);
            event["created"] = created;
            match read_signed(&event).unwrap().about {
                About::Incident(incident) => (incident.payment, incident.noted_at.timestamp()),
                other => panic!("{other:?}"),
            }
        };
        let ours = json!({"payment_id": PAYMENT});
        let payment: PaymentId = PAYMENT.parse().unwrap();
        assert_eq!(of(json!(NOW - 90), ours), (Some(payment), NOW - 90));
        // An event that has no time, or one to come, is of now.
        for created in [json!(null), json!(NOW + 90), json!(i64::MAX)] {
            assert_eq!(of(created.clone(), json!(null)), (None, NOW), "{created}");
        }
    }

    #[test]
    fn what_is_not_known_is_taken_and_forgotten() {
        for (kind, object) in [
            ("customer.created", json!({"id": "cus_1"})),
            ("payment_intent.succeeded", json!([])),
            ("charge.dispute.created", json!({"id": "dp_1"})),
            (
                "refund.created",
                json!({"id": "re_1", "amount": 1, "currency": "eur"}),
            ),
            ("nothing", json!(null)),
        ] {
            assert_eq!(about(kind, object), About::Other, "{kind}");
        }
        let thin = json!({"id": "evt_2", "object": "v2.core.event", "type": "x".repeat(70)});
        let notice = read_signed(&thin).unwrap();
        assert_eq!((notice.kind.len(), notice.about), (64, About::Other));
        for bad in [
            json!({"type": "a"}),
            json!({"id": "", "type": "a"}),
            json!({"id": "e", "type": "ä"}),
            json!([]),
        ] {
            assert!(
                matches!(read_signed(&bad), Err(NoticeError::Invalid(_))),
                "{bad}"
            );
        }
    }

    #[test]
    fn an_event_of_the_other_mode_is_not_believed() {
        let mut live = event(
            "payment_intent.succeeded",
            json!({"id": "pi_1", "metadata": {"payment_id": PAYMENT}}),
        );
        live["livemode"] = json!(true);
        assert_eq!(read_signed(&live).unwrap().about, About::Other);
        live["livemode"] = json!(null);
        let payment: PaymentId = PAYMENT.parse().unwrap();
        assert_eq!(read_signed(&live).unwrap().about, About::Payment(payment));
    }
}
