//! Which payment providers a server has, by its settings.

use std::sync::Arc;

use crate::config::{ServeConfig, Switch};
use crate::gateway::simulated::SimulatedGateway;
use crate::gateway::stripe::config::StripeConfig;
use crate::gateway::stripe::{Clock, Stripe};
use crate::gateway::{Gateway, Gateways, Provider};
use crate::postgres::Db;
use crate::types::Invalid;

/// What a server with the simulated gateway says at its start.
const TEST_MODE: &str = "test mode: no card is charged";

/// The providers; with Stripe's account, if there is one. The simulated gateway is always among them, for what it has charged
/// before: its books are in the database.
///
/// # Errors
/// What is missing or forbidden, in words for the operator.
pub(super) fn read(
    config: &ServeConfig,
    db: &Db,
    simulated: &SimulatedGateway,
) -> Result<(Gateways, Option<StripeConfig>), Invalid> {
    let payment = &config.payment;
    let account = match payment.gateway_provider == Provider::Stripe || payment.stripe.is_given() {
        true => Some(StripeConfig::read(&payment.stripe)?),
        false => None,
    };
    let now = db.clone();
    let clock: Clock = Box::new(move || now.now());
    let stripe = account.clone().map(|account| Stripe::new(account, clock));
    let stripe: Option<Arc<dyn Gateway>> = match stripe.transpose()? {
        Some(stripe) => Some(Arc::new(stripe)),
        None => None,
    };
    let simulated: Arc<dyn Gateway> = Arc::new(simulated.clone());
    let gateways = match (payment.gateway_provider, stripe) {
        (Provider::Stripe, Some(stripe)) => Gateways::new(stripe, vec![simulated]),
        (_, stripe) => Gateways::new(simulated, stripe.into_iter().collect()),
    };
    let current = gateways.current();
    if current.provider() == Provider::Simulated
        && config.is_https()
        && payment.allow_test_payments == Switch::Off
    {
        return Err(Invalid::new(format!(
            "{TEST_MODE}, and --public-url is one with https: anybody would get tickets for a test card. Set --gateway, or \
             --allow-test-payments on"
        )));
    }
    if current.is_test() {
        log::warn!("{TEST_MODE}");
    }
    Ok((gateways, account))
}
