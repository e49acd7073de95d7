//! What Stripe's gateway is told by the settings.
//!
//! What must hold: keys of test mode and of live mode are not mixed; no key is shown.

use crate::config::{Capture, Secret, StripeArgs};
use crate::types::Invalid;

/// An account at Stripe, and how it is charged.
#[derive(Debug, Clone)]
pub struct StripeConfig {
    /// `sk_…`, or `rk_…` for a restricted one.
    pub secret_key: Secret,
    /// What browsers are given: `pk_…`.
    pub publishable_key: String,
    /// What webhooks may be signed with; several while one is being replaced.
    pub webhook_secrets: Vec<Secret>,
    /// Where the API is, without a slash at its end.
    pub base_url: String,
    /// Stripe's script for browsers.
    pub script_url: String,
    /// Whether money is reserved first, and taken when the booking is confirmed.
    pub capture: Capture,
}

impl StripeConfig {
    /// By the settings.
    ///
    /// # Errors
    /// A key is missing, or the keys are of different modes, in words for the operator.
    pub fn read(args: &StripeArgs) -> Result<Self, Invalid> {
        let missing = |flag: &str| Invalid::new(format!("Stripe needs {flag}"));
        let config = Self {
            secret_key: (args.stripe_secret_key.clone())
                .ok_or_else(|| missing("--stripe-secret-key"))?,
            publishable_key: (args.stripe_publishable_key.clone())
                .ok_or_else(|| missing("--stripe-publishable-key"))?,
            webhook_secrets: args.stripe_webhook_secrets.clone(),
            base_url: args.stripe_api_url.trim_end_matches('/').to_owned(),
            script_url: args.stripe_js_url.clone(),
            capture: args.stripe_capture,
        };
        if config.webhook_secrets.is_empty() {
            return Err(missing("--stripe-webhook-secret"));
        }
        if config.is_test() != config.publishable_key.starts_with("pk_test_") {
            return Err(Invalid::new(
                "of --stripe-secret-key and --stripe-publishable-key one is a key of test mode and one is not",
            ));
        }
        Ok(config)
    }

    /// Whether the key is one of test mode, by which no money moves.
    pub fn is_test(&self) -> bool {
        let key = self.secret_key.as_bytes();
        key.starts_with(b"sk_test_") || key.starts_with(b"rk_test_")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(secret: &str, publishable: &str) -> StripeArgs {
        StripeArgs {
            stripe_secret_key: Some(secret.parse().unwrap()),
            stripe_publishable_key: Some(publishable.to_owned()),
            stripe_webhook_secrets: vec!["whsec_0123456789abcdef".parse().unwrap()],
            stripe_capture: Capture::Manual,
            stripe_api_url: "http://127.0.0.1:8420/".to_owned(),
            stripe_js_url: "https://js.stripe.com/dahlia/stripe.js".to_owned(),
        }
    }

    #[test]
    fn keys_of_test_mode_and_live_mode_are_told_apart_and_not_mixed() {
        for (secret, publishable, is_test) in [
            ("sk_test_0123456789", "pk_test_0123456789", true),
            ("rk_test_0123456789", "pk_test_0123456789", true),
            ("sk_live_0123456789", "pk_live_0123456789", false),
        ] {
            let config = StripeConfig::read(&args(secret, publishable)).unwrap();
            assert_eq!(config.is_test(), is_test, "{secret}");
            assert_eq!(config.base_url, "http://127.0.0.1:8420");
            assert!(!format!("{config:?}").contains("0123456789abcdef"));
            assert!(!format!("{config:?}").contains(secret));
        }
        let mixed = StripeConfig::read(&args("sk_live_0123456789", "pk_test_0123456789"));
        assert!(mixed.unwrap_err().0.contains("test mode"));
    }

    #[test]
    fn what_is_missing_is_named_by_its_flag() {
        type Remove = fn(&mut StripeArgs);
        let cases: [(Remove, &str); 3] = [
            (|args| args.stripe_secret_key = None, "--stripe-secret-key"),
            (
                |args| args.stripe_publishable_key = None,
                "--stripe-publishable-key",
            ),
            (
                |args| args.stripe_webhook_secrets.clear(),
                "--stripe-webhook-secret",
            ),
        ];
        for (remove, flag) in cases {
            let mut args = args("sk_test_0123456789", "pk_test_0123456789");
            remove(&mut args);
            assert!(StripeConfig::read(&args).unwrap_err().0.contains(flag));
        }
    }
}
