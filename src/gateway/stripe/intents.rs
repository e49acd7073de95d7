//! PaymentIntents: <https://docs.stripe.com/api/payment_intents>
//!
//! What must hold: creating and confirming have one idempotency key for a payment each, so that a repetition has no
//! second effect; capturing and cancelling have none beyond the call, because Stripe would answer a later one as it did the
//! first, whatever has changed since, and because doing either twice has no effect.

use uuid::Uuid;

use super::client::{Answered, Client, Request};
use super::failure::{Failure, Refusal};
use super::objects::{Expandable, Form, ListJson, PaymentIntent, escaped, without_delayed};
use super::{currencies, states};
use crate::config::Capture;
use crate::gateway::{
    Answer, Confirmation, GatewayError, List, Listed, NewIntent, Reference, State,
};
use crate::types::{PaymentId, Timestamp};

const PATH: &str = "/v1/payment_intents";
/// How the tokens of ConfirmationTokens begin: made by Stripe's script from what the buyer has typed.
const CONFIRMATION_TOKEN: &str = "ctoken_";
/// Intents in a part of the list.
const LIST_PART: usize = 100;

fn path(id: &str, verb: &str) -> String {
    format!("{PATH}/{}{verb}", escaped(id))
}

/// With the card that is charged.
fn expanded(form: Form) -> Form {
    form.with("expand[]", "latest_charge")
        .with("expand[]", "payment_method")
}

/// Creates an intent with its payment method; a ConfirmationToken is handed over when it is confirmed.
///
/// Which payment methods are offered is set at Stripe; only those that are decided too late are left out here.
pub(super) async fn create(
    client: &Client,
    new: &NewIntent,
    capture: Capture,
) -> Result<Reference, GatewayError> {
    let units = currencies::to_stripe(new.amount);
    let units = units.map_err(|refused| GatewayError::Refused(refused.to_string()))?;
    let mut form = Form::default()
        .with("amount", units)
        .with("currency", new.amount.currency.code().to_ascii_lowercase())
        .with("metadata[payment_id]", new.payment)
        .with("metadata[booking]", &new.description);
    form = match capture {
        // What is decided days later cannot be reserved, so Stripe leaves it out by itself.
        Capture::Manual => form.with("capture_method", "manual"),
        Capture::Automatic => without_delayed(form),
    };
    let method = new.method.as_str();
    if !method.starts_with(CONFIRMATION_TOKEN) {
        form = form.with("payment_method", method);
    }
    let key = format!("{}-create", new.payment);
    let request = Request::post(PATH.to_owned(), form, key);
    match client.send::<PaymentIntent>(&request).await {
        Ok(created) => states::reference(&created.value.id),
        Err(Failure::Refused(refusal)) if refusal.error.is_of_method() => {
            let code = refusal.error.decline();
            Err(GatewayError::Method { code })
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Confirms it.
pub(super) async fn confirm(
    client: &Client,
    id: &str,
    payment: PaymentId,
    how: &Confirmation,
) -> Result<Answer, GatewayError> {
    let mut form = expanded(Form::default());
    let method = how.method.as_str();
    if method.starts_with(CONFIRMATION_TOKEN) {
        form = form.with("confirmation_token", method);
    }
    if let Some(url) = &how.return_url {
        form = form.with("return_url", url);
    }
    let request = Request::post(path(id, "/confirm"), form, format!("{payment}-confirm"));
    match client.send::<PaymentIntent>(&request).await {
        // What it said then may not hold any more.
        Ok(answered) if answered.is_replayed => current(client, id, None).await,
        Ok(answered) => states::answer(&answered.value),
        Err(Failure::Refused(refusal)) if refusal.status == 402 && !refusal.is_replayed => {
            declined(&refusal)
        }
        Err(Failure::Refused(refusal)) if !refusal.is_of_access() => {
            current(client, id, Some(*refusal)).await
        }
        Err(failure) => Err(failure.into()),
    }
}

/// What a refusal of the card says: of the intent, too, which may be in another state all the same.
fn declined(refusal: &Refusal) -> Result<Answer, GatewayError> {
    let intent = refusal.error.payment_intent.as_ref();
    let Some(intent) = intent.and_then(Expandable::object) else {
        return Ok(Answer::declined(&refusal.error.decline()));
    };
    let mut answer = states::answer(intent)?;
    if states::is_unconfirmed(intent) {
        let code = refusal.error.decline();
        answer.state = State::Declined { code };
    }
    let method = refusal.error.payment_method.as_ref();
    let card = method.and_then(|method| method.object()?.card());
    answer.card = answer.card.or(card);
    Ok(answer)
}

/// The state of an intent for which Stripe has refused something, or repeats what it said: that of what came before, or else
/// the refusal. As long as it was not read, whether the intent was confirmed is unknown, whatever keeps it from being read.
async fn current(
    client: &Client,
    id: &str,
    refusal: Option<Refusal>,
) -> Result<Answer, GatewayError> {
    let unread = |error: GatewayError| GatewayError::Unknown(error.to_string());
    let Some(intent) = retrieve(client, id).await.map_err(unread)? else {
        return Err(match refusal {
            Some(refusal) => GatewayError::Refused(refusal.to_string()),
            None => GatewayError::Unknown("there is no such intent".to_owned()),
        });
    };
    let answer = states::answer(&intent)?;
    let is_untouched = states::is_unconfirmed(&intent) && answer.state == State::Processing;
    match refusal {
        Some(refusal) if is_untouched && refusal.error.is_of_method() => Ok(Answer {
            state: State::Declined {
                code: refusal.error.decline(),
            },
            ..answer
        }),
        Some(refusal) if is_untouched => Err(GatewayError::Refused(refusal.to_string())),
        _ => Ok(answer),
    }
}

async fn retrieve(client: &Client, id: &str) -> Result<Option<PaymentIntent>, GatewayError> {
    let request = Request::get(&path(id, ""), &expanded(Form::default()));
    match client.send(&request).await {
        Ok(answered) => Ok(Some(answered.value)),
        Err(Failure::Refused(refusal)) if refusal.is_missing() => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// Our id, which its metadata has; `None` if it has none, or there is no such intent.
pub(super) async fn payment_of(
    client: &Client,
    id: &str,
) -> Result<Option<PaymentId>, GatewayError> {
    let intent = retrieve(client, id).await?;
    Ok(intent.and_then(|intent| intent.metadata?.payment()))
}

/// Its state.
pub(super) async fn fetch(client: &Client, id: &str) -> Result<Option<Answer>, GatewayError> {
    let intent = retrieve(client, id).await?;
    intent.as_ref().map(states::answer).transpose()
}

/// Takes what was authorised.
pub(super) async fn capture(client: &Client, id: &str) -> Result<Answer, GatewayError> {
    change(client, id, "/capture", |state| *state == State::Authorised).await
}

/// Cancels it, unless it was charged, or is just being charged.
pub(super) async fn cancel(client: &Client, id: &str) -> Result<Answer, GatewayError> {
    let is_open = |state: &State| matches!(state, State::RequiresAction(_) | State::Authorised);
    change(client, id, "/cancel", is_open).await
}

/// Does it, or says the state that stood in the way; one that did not is an error.
async fn change(
    client: &Client,
    id: &str,
    verb: &str,
    is_possible: fn(&State) -> bool,
) -> Result<Answer, GatewayError> {
    let form = expanded(Form::default());
    let request = Request::post(path(id, verb), form, Uuid::new_v4().to_string());
    match client.send::<PaymentIntent>(&request).await {
        Ok(answered) => states::answer(&answered.value),
        Err(Failure::Refused(refusal)) if !refusal.is_of_access() => {
            let refused = GatewayError::Refused(refusal.to_string());
            match fetch(client, id).await? {
                Some(answer) if !is_possible(&answer.state) => Ok(answer),
                _ => Err(refused),
            }
        }
        Err(failure) => Err(failure.into()),
    }
}

/// A part of the list, the newest first. Intents in currencies that are not known here are left out: they are not ours.
pub(super) async fn list(
    client: &Client,
    since: Timestamp,
    after: Option<&Reference>,
) -> Result<List, GatewayError> {
    let mut query = Form::default()
        .with("created[gte]", since.timestamp())
        .with("limit", LIST_PART)
        .with("expand[]", "data.latest_charge");
    if let Some(after) = after {
        query = query.with("starting_after", after.as_str());
    }
    let part: Answered<ListJson<PaymentIntent>> = client.send(&Request::get(PATH, &query)).await?;
    let ListJson { data, has_more } = part.value;
    let last = data.last().filter(|_| has_more);
    let next = last.map(|last| states::reference(&last.id)).transpose()?;
    let intents: Result<Vec<_>, _> = data.iter().filter_map(listed).collect();
    Ok(List {
        intents: intents?,
        next,
    })
}

fn listed(intent: &PaymentIntent) -> Option<Result<Listed, GatewayError>> {
    let amount = currencies::of_stripe(intent.amount, &intent.currency)?;
    let charge = intent.latest_charge.as_ref().and_then(Expandable::object);
    let refunded = charge
        .and_then(|charge| charge.amount_refunded)
        .unwrap_or(0);
    let refunded = currencies::of_stripe(refunded, &intent.currency)?;
    let created_at = Timestamp::from_timestamp(intent.created, 0)?;
    let listed = || {
        Ok(Listed {
            reference: states::reference(&intent.id)?,
            payment: intent
                .metadata
                .as_ref()
                .and_then(|metadata| metadata.payment()),
            created_at,
            amount,
            refunded_minor: refunded.minor,
            state: states::state(intent)?,
        })
    };
    Some(listed())
}
