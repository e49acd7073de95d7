//! What this program relies on at Stripe: the same calls to the scripted provider, always, and to Stripe itself with
//! `make test-stripe`. Both must come to what is recorded in [`RECORDED`].

use boxoffice::config::Capture;
use boxoffice::gateway::stripe::Stripe;
use boxoffice::gateway::stripe::config::StripeConfig;
use boxoffice::gateway::{
    Answer, Confirmation, Gateway, GatewayError, Intent, NewIntent, NewPage, Refund, Refunded,
    State,
};
use boxoffice::types::{Money, PaymentId, RefundId, clock};
use uuid::Uuid;

use super::{DECLINES, SECURE, VISA};
use crate::provider::keys::{PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET};
use crate::provider::scripted::Scripted;

/// Each call and what came of it.
const RECORDED: &[(&str, &str)] = &[
    ("created again", "the same"),
    ("fetched before it is confirmed", "processing"),
    ("confirmed", "authorised"),
    ("confirmed again", "authorised"),
    ("captured", "succeeded"),
    ("captured again", "succeeded"),
    ("cancelled when it is captured", "succeeded"),
    ("refunded in part", "succeeded"),
    ("refunded in part again", "succeeded"),
    ("refunded the rest", "succeeded"),
    ("refunded more", "failed: charge_already_refunded"),
    ("listed", "succeeded, 1000 refunded"),
    ("declined", "declined: generic_decline"),
    ("declined for want of funds", "declined: insufficient_funds"),
    ("cancelled when it is declined", "cancelled"),
    ("3-D Secure", "requires action"),
    ("cancelled during 3-D Secure", "cancelled"),
    ("fetched when it is cancelled", "cancelled"),
    ("cancelled when it is authorised", "cancelled"),
    ("captured when it is cancelled", "cancelled"),
    (
        "created with an unknown method",
        "declined: resource_missing",
    ),
    ("a page that nobody has paid on", "processing"),
    ("a page that is closed", "cancelled"),
];

fn account(secret_key: &str, publishable_key: &str, url: &str) -> Stripe {
    let config = StripeConfig {
        secret_key: secret_key.parse().unwrap(),
        publishable_key: publishable_key.to_owned(),
        webhook_secrets: vec![WEBHOOK_SECRET.parse().unwrap()],
        base_url: url.to_owned(),
        script_url: "https://js.stripe.com/dahlia/stripe.js".to_owned(),
        capture: Capture::Manual,
    };
    Stripe::new(config, Box::new(clock::local)).unwrap()
}

fn euros(minor: i64) -> Money {
    let currency = "EUR".parse().unwrap();
    Money { minor, currency }
}

fn told(answer: Result<Answer, GatewayError>) -> String {
    match answer {
        Ok(answer) => of_state(&answer.state),
        Err(error) => of_error(&error),
    }
}

fn of_state(state: &State) -> String {
    match state {
        State::RequiresAction(_) => "requires action".to_owned(),
        State::Processing => "processing".to_owned(),
        State::Authorised => "authorised".to_owned(),
        State::Succeeded => "succeeded".to_owned(),
        State::Declined { code } => format!("declined: {code}"),
        State::Cancelled => "cancelled".to_owned(),
    }
}

fn of_error(error: &GatewayError) -> String {
    match error {
        GatewayError::Refused(_) => "refused".to_owned(),
        GatewayError::Method { code } => format!("declined: {code}"),
        other => other.to_string(),
    }
}

fn of_refund(refunded: Result<Refunded, GatewayError>) -> String {
    match refunded {
        Ok(Refunded::Succeeded) => "succeeded".to_owned(),
        Ok(Refunded::Pending) => "pending".to_owned(),
        Ok(Refunded::Failed { code }) => format!("failed: {code}"),
        Err(error) => of_error(&error),
    }
}

/// A page to make.
fn page() -> NewPage {
    NewPage {
        payment: PaymentId::make(),
        amount: euros(1_000),
        description: "K7QF-2MXD".to_owned(),
        return_url: "https://example.org/back".to_owned(),
        open_for: std::time::Duration::from_secs(1_800),
    }
}

/// An account, and what came of the calls so far.
struct Contract {
    stripe: Stripe,
    seen: Vec<(&'static str, String)>,
}

impl Contract {
    fn see(&mut self, call: &'static str, outcome: String) {
        println!("{call}: {outcome}");
        self.seen.push((call, outcome));
    }

    fn new_intent(method: &str) -> NewIntent {
        NewIntent {
            payment: PaymentId::make(),
            amount: euros(1_000),
            method: method.parse().unwrap(),
            description: "K7QF-2MXD".to_owned(),
        }
    }

    async fn create(&self, new: &NewIntent) -> Result<Intent, GatewayError> {
        let reference = self.stripe.create(new).await?;
        Ok(Intent {
            payment: new.payment,
            reference: Some(reference),
            amount: new.amount,
        })
    }

    async fn confirm(&self, intent: &Intent, method: &str) -> String {
        let how = Confirmation {
            method: method.parse().unwrap(),
            return_url: Some("https://example.org/back".to_owned()),
        };
        told(self.stripe.confirm(intent, &how).await)
    }

    async fn confirmed(&self, method: &str) -> (Intent, String) {
        let intent = self.create(&Self::new_intent(method)).await.unwrap();
        let outcome = self.confirm(&intent, method).await;
        (intent, outcome)
    }

    async fn refund(&self, intent: &Intent, id: RefundId, minor: i64) -> String {
        let refund = Refund {
            id,
            of: intent.clone(),
            amount: euros(minor),
        };
        of_refund(self.stripe.refund(&refund).await)
    }

    async fn fetch(&self, intent: &Intent) -> String {
        let fetched = self.stripe.fetch(intent).await;
        told(fetched.map(|answer| answer.expect("it is known")))
    }

    /// From the card to the refund.
    async fn charge_and_give_back(&mut self) {
        let new = Self::new_intent(VISA);
        let intent = self.create(&new).await.unwrap();
        let again = self.create(&new).await.unwrap();
        let is_same = if again == intent {
            "the same"
        } else {
            "another"
        };
        self.see("created again", is_same.to_owned());
        self.see("fetched before it is confirmed", self.fetch(&intent).await);
        self.see("confirmed", self.confirm(&intent, VISA).await);
        self.see("confirmed again", self.confirm(&intent, VISA).await);
        self.see("captured", told(self.stripe.capture(&intent).await));
        self.see("captured again", told(self.stripe.capture(&intent).await));
        let late = told(self.stripe.cancel(&intent).await);
        self.see("cancelled when it is captured", late);
        let refund = || RefundId(Uuid::new_v4());
        let part = refund();
        self.see("refunded in part", self.refund(&intent, part, 400).await);
        self.see(
            "refunded in part again",
            self.refund(&intent, part, 400).await,
        );
        self.see(
            "refunded the rest",
            self.refund(&intent, refund(), 600).await,
        );
        self.see("refunded more", self.refund(&intent, refund(), 1).await);
        let since = clock::local() - chrono::Duration::minutes(10);
        let list = self.stripe.list(since, None).await.unwrap();
        let listed = list
            .intents
            .iter()
            .find(|it| it.payment == Some(new.payment));
        let listed = listed.expect("it is listed");
        let state = of_state(&listed.state);
        self.see(
            "listed",
            format!("{state}, {} refunded", listed.refunded_minor),
        );
    }

    /// What charges nothing.
    async fn fail_and_cancel(&mut self) {
        let (declined, outcome) = self.confirmed(DECLINES).await;
        self.see("declined", outcome);
        let poor = "pm_card_visa_chargeDeclinedInsufficientFunds";
        self.see("declined for want of funds", self.confirmed(poor).await.1);
        let cancelled = told(self.stripe.cancel(&declined).await);
        self.see("cancelled when it is declined", cancelled);
        let (asked, outcome) = self.confirmed(SECURE).await;
        self.see("3-D Secure", outcome);
        let cancelled = told(self.stripe.cancel(&asked).await);
        self.see("cancelled during 3-D Secure", cancelled);
        self.see("fetched when it is cancelled", self.fetch(&asked).await);
        let (reserved, _) = self.confirmed(VISA).await;
        let cancelled = told(self.stripe.cancel(&reserved).await);
        self.see("cancelled when it is authorised", cancelled);
        let captured = told(self.stripe.capture(&reserved).await);
        self.see("captured when it is cancelled", captured);
        let missing = self.create(&Self::new_intent("pm_missing")).await;
        let missing = missing.map_or_else(|error| of_error(&error), |_| "created".to_owned());
        self.see("created with an unknown method", missing);
    }

    async fn host(&mut self) {
        let new = page();
        let hosted = self.stripe.host(&new).await.unwrap().expect("a page");
        assert!(hosted.url.starts_with("https://"), "{hosted:?}");
        let intent = Intent {
            payment: new.payment,
            reference: Some(hosted.reference),
            amount: new.amount,
        };
        self.see("a page that nobody has paid on", self.fetch(&intent).await);
        let closed = told(self.stripe.cancel(&intent).await);
        self.see("a page that is closed", closed);
    }
}

async fn comes_to_what_is_recorded(stripe: Stripe) {
    let seen = Vec::new();
    let mut contract = Contract { stripe, seen };
    contract.charge_and_give_back().await;
    contract.fail_and_cancel().await;
    contract.host().await;
    let seen: Vec<_> = contract
        .seen
        .iter()
        .map(|(call, told)| (*call, told.as_str()))
        .collect();
    assert_eq!(seen, RECORDED);
}

#[tokio::test]
async fn the_scripted_provider_keeps_the_contract() {
    let provider = Scripted::start().await;
    comes_to_what_is_recorded(account(SECRET_KEY, PUBLISHABLE_KEY, &provider.url())).await;
}

/// What no test can do at Stripe's own page.
#[tokio::test]
async fn a_page_that_is_paid_on_is_captured_as_an_intent_is() {
    let provider = Scripted::start().await;
    let stripe = account(SECRET_KEY, PUBLISHABLE_KEY, &provider.url());
    let new = page();
    let hosted = stripe.host(&new).await.unwrap().unwrap();
    let intent = Intent {
        payment: new.payment,
        reference: Some(hosted.reference.clone()),
        amount: new.amount,
    };
    assert!(!provider.pay_on_page(hosted.reference.as_str(), DECLINES));
    assert_eq!(
        told(stripe.fetch(&intent).await.map(Option::unwrap)),
        "processing"
    );
    assert!(provider.pay_on_page(hosted.reference.as_str(), VISA));
    assert_eq!(
        told(stripe.fetch(&intent).await.map(Option::unwrap)),
        "authorised"
    );
    assert_eq!(told(stripe.capture(&intent).await), "succeeded");
    assert_eq!(told(stripe.cancel(&intent).await), "succeeded");
    let charged = provider
        .ledger()
        .iter()
        .map(|entry| entry.captured)
        .sum::<i64>();
    assert_eq!(charged, 1_000);
}

#[tokio::test]
#[ignore = "asks Stripe: make test-stripe"]
async fn at_stripe_itself_the_contract_is_kept() {
    let key = std::env::var("STRIPE_TEST_KEY").unwrap_or_default();
    assert!(
        key.starts_with("sk_test_") || key.starts_with("rk_test_"),
        "STRIPE_TEST_KEY must have a secret key of Stripe's test mode: sk_test_..."
    );
    comes_to_what_is_recorded(account(&key, PUBLISHABLE_KEY, "https://api.stripe.com")).await;
}
