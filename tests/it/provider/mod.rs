//! Payment providers that speak Stripe's API, for tests: `localstripe`, which others have written, and `scripted`, which
//! does what a test tells it and keeps a ledger of the money.

mod books;
mod harness;
pub(crate) mod hooks;
pub(crate) mod localstripe;
mod refunds;
pub(crate) mod script;
pub(crate) mod scripted;
mod sessions;
mod wire;

/// The secret key of every account here.
pub(crate) const SECRET_KEY: &str = "sk_test_4eC39HqLyjWDarjtT1zdp7dc";
/// The publishable key.
pub(crate) const PUBLISHABLE_KEY: &str = "pk_test_TYooMQauvdEDq54NiTphI7jx";
/// What webhooks are signed with.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_5f3c1f0a6d2b4b7e9c8a";
