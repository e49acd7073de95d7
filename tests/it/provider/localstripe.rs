//! localstripe, a payment provider that others have written, as a process of its own: `scripts/localstripe`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use super::keys::{PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET};

/// A card that is charged.
pub(crate) const GOOD: &str = "4242424242424242";
/// A card that is declined when it is charged.
pub(crate) const DECLINED: &str = "4000000000000341";
/// A card whose buyer has to do 3-D Secure.
pub(crate) const SECURED: &str = "4000002500003155";
/// The same, and then it is declined.
pub(crate) const SECURED_DECLINED: &str = "4000008400001629";

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/localstripe");

static INSTALLED: OnceCell<()> = OnceCell::const_new();

async fn install() {
    let run = || {
        Command::new(SCRIPT)
            .arg("install")
            .stdin(Stdio::null())
            .status()
    };
    let status = spawn_blocking(run).await.expect("no panic");
    assert!(status.expect(SCRIPT).success(), "localstripe is installed");
}

/// A running one, empty at first. It ends when it is dropped, and with this process.
pub(crate) struct Localstripe {
    child: Child,
    client: Client,
    url: String,
}

impl Localstripe {
    pub(crate) async fn start() -> Self {
        INSTALLED.get_or_init(install).await;
        let mut command = Command::new(SCRIPT);
        // It ends with its standard input.
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect(SCRIPT);
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let first = spawn_blocking(|| stdout.lines().next()).await;
        let line = first.expect("no panic").expect("localstripe opens");
        Self {
            child,
            client: Client::new(),
            url: line.expect("a line"),
        }
    }

    /// The address of its API.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request.bearer_auth(SECRET_KEY).form(form);
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// Its webhooks go to this address, besides those that were named before.
    pub(crate) async fn send_webhooks_to(&self, url: &str) {
        let request = self
            .client
            .post(format!("{}/_config/webhooks/boxoffice", self.url));
        let request = request.json(&json!({"url": url, "secret": WEBHOOK_SECRET}));
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// A payment method's token, as Stripe's script gives it to a browser.
    pub(crate) async fn method(&self, card: &str) -> String {
        let form = [
            ("type", "card"),
            ("card[number]", card),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2031"),
            ("card[cvc]", "123"),
        ];
        let made = self.post("/v1/payment_methods", &form).await;
        made["id"].as_str().expect("an id").to_owned()
    }

    /// An intent, as it is now.
    pub(crate) async fn intent(&self, id: &str) -> Value {
        let request = self
            .client
            .get(format!("{}/v1/payment_intents/{id}", self.url));
        let answer = request
            .bearer_auth(SECRET_KEY)
            .send()
            .await
            .expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// All of its intents, the newest first.
    pub(crate) async fn intents(&self) -> Vec<Value> {
        let request = self
            .client
            .get(format!("{}/v1/payment_intents?limit=1000000", self.url));
        let answer = request
            .bearer_auth(SECRET_KEY)
            .send()
            .await
            .expect("an answer");
        let list: Value = answer.json().await.expect("JSON");
        list["data"].as_array().expect("a list").clone()
    }

    /// What the buyer's browser does with Stripe's script when the bank asks for more, or does not. The intent.
    pub(crate) async fn authenticate(&self, client_secret: &str, success: bool) -> Value {
        let (intent, _) = client_secret.split_once("_secret_").expect("a secret");
        let path = format!("/v1/payment_intents/{intent}/_authenticate?success={success}");
        let request = self.client.post(format!("{}{path}", self.url));
        let body = json!({"key": PUBLISHABLE_KEY, "client_secret": client_secret}).to_string();
        let answer = request.body(body).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }
}

impl Drop for Localstripe {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("it ends");
    }
}
