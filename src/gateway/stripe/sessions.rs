//! Checkout Sessions: the pages of Stripe on which buyers pay without scripts of ours.
//! <https://docs.stripe.com/api/checkout/sessions>
//!
//! A session creates its intent when the buyer pays; until then there is none. What must hold: a session that has ended is
//! told by its intent, if it has one; a session that was expired is never paid.

use std::time::Duration;

use uuid::Uuid;

use super::client::{Answered, Client, Request};
use super::failure::Failure;
use super::objects::{Expandable, Form, PaymentIntent, Session, escaped, without_delayed};
use super::{currencies, intents, states};
use crate::config::Capture;
use crate::gateway::{Answer, GatewayError, HostedPage, NewPage, State};
use crate::types::{PaymentId, Timestamp};

const PATH: &str = "/v1/checkout/sessions";
/// How references of sessions begin.
const PREFIX: &str = "cs_";
/// Stripe's rule: a session ends 30 minutes to 24 hours after it was created.
const OPEN_MIN: Duration = Duration::from_secs(30 * 60);
const OPEN_MAX: Duration = Duration::from_secs(23 * 60 * 60);
/// A request may arrive so much later than the payment's id was made, and clocks may differ by so much.
const LATE: Duration = Duration::from_secs(5 * 60);

/// Whether a reference is a session's.
pub(super) fn is_session(reference: &str) -> bool {
    reference.starts_with(PREFIX)
}

fn path(id: &str, verb: &str) -> String {
    format!("{PATH}/{}{verb}", escaped(id))
}

fn expanded() -> Form {
    Form::default()
        .with("expand[]", "payment_intent.latest_charge")
        .with("expand[]", "payment_intent.payment_method")
}

/// Makes a page.
pub(super) async fn host(
    client: &Client,
    new: &NewPage,
    capture: Capture,
    now: Timestamp,
) -> Result<HostedPage, GatewayError> {
    let units = currencies::to_stripe(new.amount);
    let units = units.map_err(|refused| GatewayError::Refused(refused.to_string()))?;
    let currency = new.amount.currency.code().to_ascii_lowercase();
    let mut form = Form::default()
        .with("mode", "payment")
        .with("line_items[0][quantity]", 1)
        .with("line_items[0][price_data][currency]", currency)
        .with("line_items[0][price_data][unit_amount]", units)
        .with(
            "line_items[0][price_data][product_data][name]",
            &new.description,
        )
        .with("metadata[payment_id]", new.payment)
        .with("payment_intent_data[metadata][payment_id]", new.payment)
        .with("payment_intent_data[metadata][booking]", &new.description)
        .with("success_url", &new.return_url)
        .with("cancel_url", &new.return_url)
        .with("expires_at", ends_at(new.payment, new.open_for, now));
    form = match capture {
        Capture::Manual => form.with("payment_intent_data[capture_method]", "manual"),
        Capture::Automatic => without_delayed(form),
    };
    let key = format!("{}-page", new.payment);
    let request = Request::post(PATH.to_owned(), form, key);
    let made: Answered<Session> = client.send(&request).await?;
    let url = made.value.url.filter(|url| url.starts_with("http"));
    Ok(HostedPage {
        reference: states::reference(&made.value.id)?,
        url: url.ok_or_else(|| GatewayError::Unknown("a session has no address".to_owned()))?,
    })
}

/// Seconds of Unix time. By the time in the payment's id, so that a repetition asks for the same: with the same idempotency
/// key Stripe refuses anything else.
fn ends_at(payment: PaymentId, open_for: Duration, now: Timestamp) -> u64 {
    let made = payment.0.get_timestamp().map(|made| made.to_unix().0);
    let now = u64::try_from(now.timestamp()).unwrap_or_default();
    let open = open_for.clamp(OPEN_MIN, OPEN_MAX) + LATE;
    made.unwrap_or(now) + open.as_secs()
}

async fn retrieve(client: &Client, id: &str) -> Result<Option<Session>, GatewayError> {
    let request = Request::get(&path(id, ""), &expanded());
    match client.send(&request).await {
        Ok(answered) => Ok(Some(answered.value)),
        Err(Failure::Refused(refusal)) if refusal.is_missing() => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// The state of what is paid on the page.
pub(super) async fn fetch(client: &Client, id: &str) -> Result<Option<Answer>, GatewayError> {
    let session = retrieve(client, id).await?;
    session.as_ref().map(answer).transpose()
}

fn answer(session: &Session) -> Result<Answer, GatewayError> {
    let status = session.status.as_deref();
    let intent = intent(session).map(states::answer).transpose()?;
    let own = |state| own(session, state);
    match (status, intent) {
        (Some("complete"), Some(answer)) => Ok(answer),
        // The buyer may try again on the page for as long as it is open.
        (Some("open"), Some(answer)) => match answer.state {
            State::Succeeded | State::Authorised => Ok(answer),
            _ => own(State::Processing),
        },
        (Some("expired"), Some(answer)) => match answer.state {
            State::Succeeded | State::Authorised | State::Processing => Ok(answer),
            _ => own(State::Cancelled),
        },
        (Some("expired"), None) => own(State::Cancelled),
        (Some("open" | "complete"), None) => own(State::Processing),
        _ => Err(GatewayError::Unknown("a session has no status".to_owned())),
    }
}

fn own(session: &Session, state: State) -> Result<Answer, GatewayError> {
    let total = session.amount_total.zip(session.currency.as_deref());
    let amount = total.map(|(units, currency)| states::money(units, currency));
    Ok(Answer {
        amount: amount.transpose()?,
        ..Answer::of(state)
    })
}

fn intent(session: &Session) -> Option<&PaymentIntent> {
    let intent = session.payment_intent.as_ref()?;
    intent.object()
}

/// Stripe's name of the intent; `None` if the session has none yet, or there is no such session.
pub(super) async fn intent_of(client: &Client, id: &str) -> Result<Option<String>, GatewayError> {
    let session = retrieve(client, id).await?;
    Ok(session.and_then(|session| match session.payment_intent? {
        Expandable::Id(id) => Some(id),
        Expandable::Object(intent) => Some(intent.id),
        Expandable::Other(_) => None,
    }))
}

/// Takes what was authorised on the page.
pub(super) async fn capture(client: &Client, id: &str) -> Result<Answer, GatewayError> {
    match intent_of(client, id).await? {
        Some(intent) => intents::capture(client, &intent).await,
        None => known(client, id).await,
    }
}

/// Closes the page; what was paid on it before stays paid, and what was only authorised is set free.
pub(super) async fn cancel(client: &Client, id: &str) -> Result<Answer, GatewayError> {
    let key = Uuid::new_v4().to_string();
    let request = Request::post(path(id, "/expire"), expanded(), key);
    let answer = match client.send::<Session>(&request).await {
        Ok(expired) => answer(&expired.value)?,
        // It is not open any more.
        Err(Failure::Refused(refusal)) if !refusal.is_of_access() => {
            let refused = GatewayError::Refused(refusal.to_string());
            let session = retrieve(client, id).await?.ok_or(refused.clone())?;
            match session.status.as_deref() {
                Some("open") => return Err(refused),
                _ => answer(&session)?,
            }
        }
        Err(failure) => return Err(failure.into()),
    };
    match answer.state {
        State::Succeeded | State::Cancelled => Ok(answer),
        _ => match intent_of(client, id).await? {
            Some(intent) => intents::cancel(client, &intent).await,
            None => Ok(answer),
        },
    }
}

async fn known(client: &Client, id: &str) -> Result<Answer, GatewayError> {
    let answer = fetch(client, id).await?;
    answer.ok_or_else(|| GatewayError::Refused("there is no such session".to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(status: &str, intent: Value) -> State {
        let session = json!({
            "id": "cs_1", "url": null, "status": status, "amount_total": 4_200, "currency": "eur",
            "payment_intent": intent,
        });
        let answer = answer(&serde_json::from_value(session).unwrap()).unwrap();
        assert_eq!(answer.amount.unwrap().minor, 4_200);
        answer.state
    }

    fn intent(status: &str) -> Value {
        json!({"id": "pi_1", "status": status, "amount": 4_200, "currency": "eur", "created": 1,
            "client_secret": "s"})
    }

    #[test]
    fn a_session_is_told_by_its_intent_once_it_has_ended() {
        for (status, intent, state) in [
            ("open", Value::Null, State::Processing),
            ("open", intent("requires_payment_method"), State::Processing),
            ("open", intent("requires_action"), State::Processing),
            ("open", intent("succeeded"), State::Succeeded),
            ("complete", intent("succeeded"), State::Succeeded),
            ("complete", intent("requires_capture"), State::Authorised),
            ("complete", intent("processing"), State::Processing),
            ("complete", intent("canceled"), State::Cancelled),
            ("expired", Value::Null, State::Cancelled),
            ("expired", intent("requires_action"), State::Cancelled),
            ("expired", intent("succeeded"), State::Succeeded),
        ] {
            assert_eq!(of(status, intent.clone()), state, "{status} {intent}");
        }
    }

    #[test]
    fn a_page_ends_when_stripe_allows_it_and_at_the_same_time_for_a_repetition() {
        let payment = PaymentId::make();
        let (made, _) = payment.0.get_timestamp().unwrap().to_unix();
        let at = |seconds: u64| Timestamp::from_timestamp(seconds as i64, 0).unwrap();
        let short = Duration::from_secs(300);
        let ends = ends_at(payment, short, at(made));
        assert!(ends - made >= 30 * 60 && ends - made < 24 * 60 * 60);
        assert_eq!(ends, ends_at(payment, short, at(made + 60)));
        let long = ends_at(payment, Duration::from_secs(1_000_000), at(made));
        assert!(long - made < 24 * 60 * 60);
        let other = PaymentId(Uuid::from_u128(7));
        assert!(ends_at(other, short, at(1_000)) >= 1_000 + 30 * 60);
    }
}
