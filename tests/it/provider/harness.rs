//! The providers of the tests do what Stripe does, as far as the tests rely on it.

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::keys::SECRET_KEY;
use super::localstripe::{DECLINED, GOOD, Localstripe, SECURED, SECURED_DECLINED};
use super::script::{Call, Fault, Gate, When};
use super::scripted::Scripted;

/// A client of a provider's API.
struct Api {
    client: Client,
    url: String,
}

impl Api {
    fn of(url: &str) -> Self {
        let client = Client::new();
        let url = url.to_owned();
        Self { client, url }
    }

    fn request(&self, path: &str, key: &str, form: &[(&str, &str)]) -> RequestBuilder {
        let request = self.client.post(format!("{}/v1/{path}", self.url));
        let request = request
            .bearer_auth(SECRET_KEY)
            .header("Idempotency-Key", key);
        request.form(form)
    }

    async fn post(&self, path: &str, key: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let answer = self.request(path, key, form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}/v1/{path}", self.url));
        let answer = request.bearer_auth(SECRET_KEY).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Creates an intent over ten euros to be captured later.
    async fn intent(&self, key: &str, method: &str) -> String {
        let form = [
            ("amount", "1000"),
            ("currency", "eur"),
            ("capture_method", "manual"),
            ("payment_method", method),
            ("description", "Booking 7"),
            ("metadata[payment]", "7"),
        ];
        let (status, intent) = self.post("payment_intents", key, &form).await;
        assert_eq!(
            (status, &intent["status"]),
            (200, &json!("requires_confirmation"))
        );
        assert_eq!(intent["metadata"], json!({"payment": "7"}));
        intent["id"].as_str().unwrap().to_owned()
    }

    async fn act(&self, intent: &str, what: &str) -> (u16, Value) {
        let path = format!("payment_intents/{intent}/{what}");
        self.post(
            &path,
            &format!("{what} {intent}"),
            &[("expand[]", "latest_charge")],
        )
        .await
    }
}

/// What both providers do alike.
async fn behaves_as_stripe(url: &str, good: &str, declined: &str) {
    let api = Api::of(url);
    let first = api.intent("one", good).await;
    assert_eq!(
        api.intent("one", good).await,
        first,
        "the same key is the same intent"
    );
    let other = api
        .post(
            "payment_intents",
            "one",
            &[("amount", "1"), ("currency", "eur")],
        )
        .await;
    assert_eq!(
        (other.0, &other.1["error"]["type"]),
        (400, &json!("idempotency_error"))
    );

    let (status, held) = api.act(&first, "confirm").await;
    assert_eq!((status, &held["status"]), (200, &json!("requires_capture")));
    let (status, taken) = api.act(&first, "capture").await;
    assert_eq!((status, &taken["status"]), (200, &json!("succeeded")));
    assert_eq!(taken["latest_charge"]["amount"], 1_000);
    let (status, late) = api.act(&first, "cancel").await;
    let error = &late["error"];
    assert_eq!(
        (status, &error["code"]),
        (400, &json!("payment_intent_unexpected_state"))
    );
    assert_eq!(error["payment_intent"]["status"], "succeeded");

    for (key, amount, expected) in [
        ("r1", "600", 200),
        ("r1", "600", 200),
        ("r2", "600", 400),
        ("r3", "400", 200),
        ("r4", "1", 400),
    ] {
        let form = [("payment_intent", first.as_str()), ("amount", amount)];
        assert_eq!(api.post("refunds", key, &form).await.0, expected, "{key}");
    }
    let refunds = api
        .get(&format!("refunds?payment_intent={first}&limit=1"))
        .await;
    assert_eq!(
        (&refunds["data"][0]["amount"], &refunds["has_more"]),
        (&json!(400), &json!(true))
    );

    let second = api.intent("two", declined).await;
    let (status, refused) = api.act(&second, "confirm").await;
    let error = &refused["error"];
    assert_eq!(
        (status, &error["type"], &error["code"]),
        (402, &json!("card_error"), &json!("card_declined"))
    );
    assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
    let (status, ended) = api.act(&second, "cancel").await;
    assert_eq!((status, &ended["status"]), (200, &json!("canceled")));

    lists_the_newest_first(&api, &first, &second).await;
}

async fn lists_the_newest_first(api: &Api, first: &str, second: &str) {
    let list = api.get("payment_intents?limit=1&created[gte]=1000").await;
    assert_eq!(
        (&list["data"][0]["id"], &list["has_more"]),
        (&json!(second), &json!(true))
    );
    let rest = api
        .get(&format!("payment_intents?limit=1&starting_after={second}"))
        .await;
    assert_eq!(
        (&rest["data"][0]["id"], &rest["has_more"]),
        (&json!(first), &json!(false))
    );
}

#[tokio::test]
async fn the_scripted_provider_behaves_as_stripe() {
    let provider = Scripted::start().await;
    behaves_as_stripe(
        &provider.url(),
        "pm_card_visa",
        "pm_card_visa_chargeDeclined",
    )
    .await;
    let ledger = provider.ledger();
    let (first, second) = (&ledger[0], &ledger[1]);
    assert_eq!(
        (first.charges, first.captured, first.refunded),
        (1, 1_000, 1_000)
    );
    assert_eq!(
        (second.charges, second.captured, second.status),
        (0, 0, "canceled")
    );
}

#[tokio::test]
async fn localstripe_behaves_as_stripe() {
    let provider = Localstripe::start().await;
    let (good, declined) = (provider.method(GOOD).await, provider.method(DECLINED).await);
    behaves_as_stripe(provider.url(), &good, &declined).await;
}

#[tokio::test]
async fn a_buyer_authenticates_at_localstripe() {
    let provider = Localstripe::start().await;
    let api = Api::of(provider.url());
    for (card, success, status) in [
        (SECURED, true, "requires_capture"),
        (SECURED, false, "requires_payment_method"),
        (SECURED_DECLINED, true, "requires_payment_method"),
    ] {
        let method = provider.method(card).await;
        let intent = api.intent(&method, &method).await;
        let (_, asked) = api.act(&intent, "confirm").await;
        assert_eq!(asked["status"], "requires_action");
        let secret = asked["client_secret"].as_str().unwrap();
        provider.authenticate(secret, success).await;
        assert_eq!(provider.intent(&intent).await["status"], status);
    }
    assert_eq!(provider.intents().await.len(), 3);
}

#[tokio::test]
async fn a_fault_comes_before_the_effect_or_after_it_and_the_key_finds_what_was_done() {
    let provider = Scripted::start().await;
    let api = Api::of(&provider.url());
    let intent = api.intent("one", "pm_card_visa").await;
    let confirm = async || {
        let path = format!("payment_intents/{intent}/confirm");
        api.request(&path, "confirm", &[]).send().await
    };
    let charged = || provider.ledger()[0].charges;
    provider.once(Call::Confirm, Fault::Drops(When::Before));
    assert!(confirm().await.is_err());
    for (fault, status) in [
        (Fault::too_many(2), 429),
        (Fault::conflict(), 409),
        (Fault::broken(), 500),
    ] {
        provider.once(Call::Confirm, fault);
        assert_eq!(confirm().await.unwrap().status(), status);
    }
    assert_eq!(charged(), 0);
    provider.once(Call::Confirm, Fault::Drops(When::After));
    assert!(confirm().await.is_err());
    assert_eq!(charged(), 1);
    provider.once(Call::Confirm, Fault::bad_gateway());
    assert_eq!(confirm().await.unwrap().status(), 502);
    provider.once(Call::Confirm, Fault::Truncates);
    assert!(confirm().await.unwrap().text().await.is_err());
    let answer = confirm().await.unwrap();
    assert_eq!(answer.headers()["idempotent-replayed"], "true");
    assert_eq!(charged(), 1);
}

#[tokio::test]
async fn a_provider_that_is_down_refuses_connections_until_it_is_up() {
    let provider = Scripted::start().await;
    let api = Api::of(&provider.url());
    let intent = api.intent("one", "pm_card_visa").await;
    provider.go_down().await;
    let refused = api.request("payment_intents", "two", &[]).send().await;
    assert!(refused.unwrap_err().is_connect());
    provider.come_up().await;
    assert_eq!(api.act(&intent, "confirm").await.0, 200);
}

#[tokio::test]
async fn a_call_waits_at_a_gate() {
    let provider = Scripted::start().await;
    let api = Api::of(&provider.url());
    let intent = api.intent("one", "pm_card_visa").await;
    let gate = Gate::new();
    provider.once(Call::Confirm, Fault::Waits(When::After, gate.clone()));
    let opened = async {
        gate.reached().await;
        let status = provider.ledger()[0].status;
        gate.open();
        status
    };
    let (answer, seen) = tokio::join!(api.act(&intent, "confirm"), opened);
    assert_eq!((answer.0, seen), (200, "requires_capture"));
}
