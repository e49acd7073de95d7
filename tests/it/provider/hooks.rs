//! Stripe's webhooks, as tests send them. <https://docs.stripe.com/webhooks#verify-manually>

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::books::now;
use super::keys::WEBHOOK_SECRET;
use crate::support::{Answer, Server};

/// The name of the header with the signature.
pub(crate) const HEADER: &str = "Stripe-Signature";

/// The header's value: a signature by each of these secrets, made so long ago.
pub(crate) fn signature(secrets: &[&str], seconds_ago: i64, body: &str) -> String {
    let at = now() - seconds_ago;
    let mut value = format!("t={at}");
    for secret in secrets {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(format!("{at}.{body}").as_bytes());
        let signed = HEXLOWER.encode(&mac.finalize().into_bytes());
        value.push_str(&format!(",v1={signed}"));
    }
    value
}

impl Server {
    /// Sends a webhook as Stripe would.
    pub(crate) async fn deliver(&self, event: &Value) -> Answer {
        let body = event.to_string();
        let signature = signature(&[WEBHOOK_SECRET], 0, &body);
        self.deliver_signed(body, Some(&signature)).await
    }

    /// The same with this signature, or none.
    pub(crate) async fn deliver_signed(&self, body: String, signature: Option<&str>) -> Answer {
        let url = format!("{}/api/payments/webhook", self.url);
        let request = self.client.post(url).body(body);
        let mut request = request.header("Content-Type", "application/json; charset=utf-8");
        if let Some(signature) = signature {
            request = request.header(HEADER, signature);
        }
        Answer::of(request.send().await.expect("an answer")).await
    }
}
