//! Payment providers that speak Stripe's API, for tests: `localstripe`, which others have written, and `scripted`, which
//! does what a test tells it and keeps a ledger of the money.

mod books;
mod harness;
pub(crate) mod hooks;
pub(crate) mod keys;
pub(crate) mod localstripe;
pub(crate) mod money;
mod refunds;
pub(crate) mod script;
pub(crate) mod scripted;
mod sessions;
pub(crate) mod wire;
