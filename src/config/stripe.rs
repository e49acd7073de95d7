//! The settings of Stripe.

use clap::{Args, ValueEnum};

use super::secret::Secret;
use crate::types::Invalid;

/// Which account at Stripe is charged, and how.
#[derive(Debug, Clone, Args)]
pub struct StripeArgs {
    /// Secret key of the account at Stripe, sk_..., or a restricted one, rk_... With a key of test mode no money moves.
    #[arg(long, env = "BOXOFFICE_STRIPE_SECRET_KEY", value_name = "KEY", hide_env_values = true,
          value_parser = secret_key)]
    pub stripe_secret_key: Option<Secret>,
    /// Publishable key of the same account and mode, pk_..., which browsers are given.
    #[arg(long, env = "BOXOFFICE_STRIPE_PUBLISHABLE_KEY", value_name = "KEY", value_parser = publishable_key)]
    pub stripe_publishable_key: Option<String>,
    /// What Stripe signs webhooks with, whsec_...; several, with commas between them, while one is being replaced.
    #[arg(
        long = "stripe-webhook-secret",
        env = "BOXOFFICE_STRIPE_WEBHOOK_SECRET",
        value_name = "SECRET",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub stripe_webhook_secrets: Vec<Secret>,
    /// When money is taken: `manual`, reserved at first and taken once the tickets are sure, or `automatic`, at once,
    /// and given back if they are gone. Payment methods that cannot reserve money are offered with `automatic` alone.
    #[arg(
        long,
        env = "BOXOFFICE_STRIPE_CAPTURE",
        value_name = "WHEN",
        default_value = "manual",
        hide_possible_values = true
    )]
    pub stripe_capture: Capture,
    /// Where Stripe's API is: with https, or on this machine.
    #[arg(long, env = "BOXOFFICE_STRIPE_API_URL", value_name = "URL", default_value = "https://api.stripe.com",
          value_parser = safe_url)]
    pub stripe_api_url: String,
    /// Where Stripe's script for browsers is, of the version that goes with the API's: with https, or on this machine.
    #[arg(long, env = "BOXOFFICE_STRIPE_JS_URL", value_name = "URL",
          default_value = "https://js.stripe.com/dahlia/stripe.js", value_parser = safe_url)]
    pub stripe_js_url: String,
}

impl StripeArgs {
    /// Whether an account is named: its payments are completed and refunded, also if it takes no new ones.
    pub fn is_given(&self) -> bool {
        self.stripe_secret_key.is_some()
    }
}

/// When money is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Capture {
    /// Reserved at first, and taken on demand.
    Manual,
    /// At once.
    Automatic,
}

fn is_key(text: &str, kinds: &[&str]) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    kinds.iter().any(|kind| text.starts_with(kind)) && text.bytes().all(is_word)
}

fn secret_key(text: &str) -> Result<Secret, Invalid> {
    match is_key(text, &["sk_test_", "sk_live_", "rk_test_", "rk_live_"]) {
        true => text.parse(),
        false => Err(Invalid::new(
            "must be a secret key of Stripe: sk_test_..., sk_live_..., rk_test_... or rk_live_...",
        )),
    }
}

fn publishable_key(text: &str) -> Result<String, Invalid> {
    match is_key(text, &["pk_test_", "pk_live_"]) {
        true => Ok(text.to_owned()),
        false => Err(Invalid::new(
            "must be a publishable key of Stripe: pk_test_... or pk_live_...",
        )),
    }
}

/// An address that may be sent a key.
fn safe_url(text: &str) -> Result<String, Invalid> {
    let form = || Invalid::new("must be an address with https, or with http on this machine");
    let url = reqwest::Url::parse(text).map_err(|_| form())?;
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    let is_bare = url.query().is_none() && url.fragment().is_none();
    let is_anonymous = url.username().is_empty() && url.password().is_none();
    match is_safe && is_bare && is_anonymous && url.has_host() {
        true => Ok(text.to_owned()),
        false => Err(form()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_of_the_kind_that_is_asked_for() {
        assert!(secret_key("sk_test_0123456789").is_ok());
        assert!(secret_key("rk_live_0123456789").is_ok());
        assert!(publishable_key("pk_live_0123456789").is_ok());
        for wrong in [
            "",
            "pk_test_0123456789",
            "sk_test_01234567 9",
            "sk_012345678901234",
        ] {
            assert!(secret_key(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "sk_test_0123456789", "pk_test_é"] {
            assert!(publishable_key(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_is_sent_in_plain_to_this_machine_alone() {
        for safe in [
            "https://api.stripe.com",
            "http://127.0.0.1:8420",
            "http://[::1]:8420/",
            "http://localhost:8420",
        ] {
            assert!(safe_url(safe).is_ok(), "{safe}");
        }
        for unsafe_ in [
            "",
            "api.stripe.com",
            "http://api.stripe.com",
            "http://localhost.example",
            "https://u:p@api.stripe.com",
            "https://api.stripe.com?a=b",
            "file:///etc/passwd",
        ] {
            assert!(safe_url(unsafe_).is_err(), "{unsafe_}");
        }
    }
}
