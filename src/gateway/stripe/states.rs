//! What the state of an intent at Stripe means here.
//! <https://docs.stripe.com/payments/paymentintents/lifecycle>
//!
//! What must hold: an intent whose amount cannot be read is told as an error, never without its amount, which is compared
//! with the books.

use serde_json::Value;

use super::currencies;
use super::objects::{Charge, Expandable, PaymentIntent, PaymentMethod};
use crate::gateway::{Action, Answer, CardShown, GatewayError, Reference, State};
use crate::types::Money;

/// Where the address is in what Stripe says of the next action, whichever payment method it is of.
const ADDRESSES: [&str; 3] = ["url", "hosted_instructions_url", "hosted_voucher_url"];

/// What an intent says.
pub(super) fn answer(intent: &PaymentIntent) -> Result<Answer, GatewayError> {
    let state = state(intent)?;
    let units = match (&state, intent.amount_received) {
        (State::Succeeded, Some(received)) => received,
        _ => intent.amount,
    };
    Ok(Answer {
        state,
        amount: Some(money(units, &intent.currency)?),
        card: card(intent),
    })
}

/// An intent's state.
pub(super) fn state(intent: &PaymentIntent) -> Result<State, GatewayError> {
    Ok(match intent.status.as_str() {
        "requires_payment_method" => match &intent.last_payment_error {
            Some(error) => State::Declined {
                code: error.decline(),
            },
            // Created and never confirmed: nothing was charged, and nothing is decided.
            None => State::Processing,
        },
        "requires_confirmation" | "processing" => State::Processing,
        "requires_action" => State::RequiresAction(action(intent)?),
        "requires_capture" => State::Authorised,
        "succeeded" => State::Succeeded,
        "canceled" => State::Cancelled,
        other => return Err(GatewayError::Unknown(format!("an intent is {other:.40}"))),
    })
}

/// Whether it waits for being confirmed: with a payment method that was not tried yet, or with another one.
pub(super) fn is_unconfirmed(intent: &PaymentIntent) -> bool {
    matches!(
        intent.status.as_str(),
        "requires_payment_method" | "requires_confirmation"
    )
}

fn action(intent: &PaymentIntent) -> Result<Action, GatewayError> {
    if let Some(url) = intent.next_action.as_ref().and_then(address) {
        return Ok(Action::Redirect { url });
    }
    let secret = intent.client_secret.clone();
    let client_secret = secret.ok_or_else(|| {
        GatewayError::Unknown("an intent requires an action and has no secret".to_owned())
    })?;
    Ok(Action::Script { client_secret })
}

/// Where the next action is to be done. What Stripe's script does has none.
fn address(next: &Value) -> Option<String> {
    let kind = next.get("type")?.as_str()?;
    let details = next.get(kind).filter(|_| kind != "use_stripe_sdk")?;
    let mut found = ADDRESSES
        .iter()
        .filter_map(|name| details.get(name)?.as_str());
    let url = found.find(|url| url.starts_with("https://") || url.starts_with("http://"))?;
    Some(url.to_owned())
}

/// The card that was charged, or declined, or is to be charged.
fn card(intent: &PaymentIntent) -> Option<CardShown> {
    let of = |method: &Option<Expandable<PaymentMethod>>| method.as_ref()?.object()?.card();
    let charge = intent.latest_charge.as_ref().and_then(Expandable::object);
    let charged = charge.and_then(|charge: &Charge| charge.payment_method_details.as_ref()?.card());
    let error = intent.last_payment_error.as_ref();
    charged
        .or_else(|| of(&intent.payment_method))
        .or_else(|| of(&error?.payment_method))
}

/// An amount of Stripe's.
pub(super) fn money(units: i64, currency: &str) -> Result<Money, GatewayError> {
    let money = currencies::of_stripe(units, currency);
    money.ok_or_else(|| {
        GatewayError::Unknown(format!("{units} {currency:.8} is no amount that is known"))
    })
}

/// Stripe's name for something.
pub(super) fn reference(id: &str) -> Result<Reference, GatewayError> {
    let reference = id.parse();
    reference.map_err(|_| GatewayError::Unknown("a name of Stripe's cannot be read".to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(change: Value) -> PaymentIntent {
        let mut intent = json!({
            "id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 5_000,
            "currency": "eur", "created": 1_700_000_000, "client_secret": "pi_1_secret_x",
            "next_action": null, "last_payment_error": null, "latest_charge": null,
            "payment_method": null, "metadata": {}, "unknown": [1],
        });
        for (name, value) in change.as_object().unwrap() {
            intent[name] = value.clone();
        }
        serde_json::from_value(intent).unwrap()
    }

    fn of(change: Value) -> State {
        state(&read(change)).unwrap()
    }

    #[test]
    fn each_status_of_stripes_is_a_state() {
        let declined = |code: &str| State::Declined {
            code: code.to_owned(),
        };
        for (change, expected) in [
            (
                json!({"status": "requires_confirmation"}),
                State::Processing,
            ),
            (json!({"status": "processing"}), State::Processing),
            (json!({"status": "requires_capture"}), State::Authorised),
            (json!({"status": "succeeded"}), State::Succeeded),
            (json!({"status": "canceled"}), State::Cancelled),
            (
                json!({"status": "requires_payment_method"}),
                State::Processing,
            ),
            (
                json!({"status": "requires_payment_method", "last_payment_error":
                    {"code": "card_declined", "decline_code": "lost_card", "type": "card_error"}}),
                declined("lost_card"),
            ),
            (
                json!({"status": "requires_payment_method", "last_payment_error":
                    {"code": "payment_intent_authentication_failure"}}),
                declined("payment_intent_authentication_failure"),
            ),
        ] {
            assert_eq!(of(change.clone()), expected, "{change}");
        }
        let unknown = state(&read(json!({"status": "requires_dancing"})));
        assert!(matches!(unknown, Err(GatewayError::Unknown(_))));
    }

    #[test]
    fn an_action_with_an_address_is_done_there_and_any_other_by_the_script() {
        let script = State::RequiresAction(Action::Script {
            client_secret: "pi_1_secret_x".to_owned(),
        });
        let at = |url: &str| {
            State::RequiresAction(Action::Redirect {
                url: url.to_owned(),
            })
        };
        for (next, expected) in [
            (
                json!({"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example/"}}),
                at("https://bank.example/"),
            ),
            (
                json!({"type": "boleto_display_details",
                    "boleto_display_details": {"hosted_voucher_url": "https://b.example/"}}),
                at("https://b.example/"),
            ),
            (
                json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"url": "https://x.example/"}}),
                script.clone(),
            ),
            (
                json!({"type": "redirect_to_url", "redirect_to_url": {"url": "javascript:alert(1)"}}),
                script.clone(),
            ),
            (json!({"type": "verify_with_microdeposits"}), script),
        ] {
            let intent = json!({"status": "requires_action", "next_action": next});
            assert_eq!(of(intent), expected);
        }
    }

    #[test]
    fn of_a_charge_what_was_received_is_told_and_the_card() {
        let charge = json!({"amount_refunded": 0, "payment_method_details":
            {"type": "card", "card": {"brand": "amex", "last4": "0005"}}});
        let method = json!({"card": {"brand": "visa", "last4": "4242"}});
        let whole = read(json!({"amount_received": 4_000, "latest_charge": charge}));
        let told = answer(&whole).unwrap();
        assert_eq!(told.amount.unwrap().minor, 4_000);
        assert_eq!(told.card.unwrap().brand, "amex");
        let told = answer(&read(json!({"payment_method": method}))).unwrap();
        assert_eq!(told.amount.unwrap().minor, 5_000);
        assert_eq!(told.card.unwrap().last4, "4242");
        let declined = json!({"status": "requires_payment_method", "last_payment_error":
            {"code": "expired_card", "payment_method": method}, "latest_charge": "ch_1"});
        assert_eq!(answer(&read(declined)).unwrap().card.unwrap().brand, "visa");
    }

    #[test]
    fn an_amount_that_cannot_be_read_is_an_error() {
        for change in [
            json!({"currency": "xyz"}),
            json!({"currency": "isk", "amount": 550}),
        ] {
            let told = answer(&read(change));
            assert!(matches!(told, Err(GatewayError::Unknown(_))), "{told:?}");
        }
    }
}
