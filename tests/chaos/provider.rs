//! Who moves the money of a run: the simulated gateway, or localstripe, which speaks Stripe's API:
//! `make chaos ARGS="--gateway stripe"`.

use std::collections::BTreeMap;

use boxoffice::fault;
use serde_json::{Value, json};

use crate::keys::flags;
use crate::localstripe::{DECLINED, GOOD, Localstripe, SECURED, SECURED_DECLINED};

/// Where the argument is handed over.
const VARIABLE: &str = "BOXOFFICE_CHAOS_GATEWAY";
/// Cards of the simulated gateway: good ones, those that are declined, and those that are answered later.
const CARDS: [&str; 8] = [
    "4242424242424242",
    "4242424242424242",
    "5555555555554444",
    "4000000000000002",
    "4000000000009995",
    "4000000000000119",
    "4000000000003220",
    "4000000000003220",
];
/// Points that only the simulated gateway has.
const SIMULATED: [&str; 2] = [fault::CHARGING, fault::CHARGED];

/// The provider.
pub(crate) enum Provider {
    Simulated,
    Localstripe(Box<Localstripe>),
}

impl Provider {
    /// The one that the run was asked for.
    pub(crate) async fn start() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Err(_) | Ok("" | "simulated") => Self::Simulated,
            Ok("stripe") => Self::Localstripe(Box::new(Localstripe::start().await)),
            Ok(other) => panic!("--gateway is simulated or stripe, not {other}"),
        }
    }

    /// The flags of a server that charges through it.
    pub(crate) fn flags(&self) -> Vec<String> {
        match self {
            Self::Simulated => Vec::new(),
            Self::Localstripe(localstripe) => flags(localstripe.url()),
        }
    }

    /// The points at which servers are made to exit.
    pub(crate) fn points(&self) -> Vec<&'static str> {
        let all = fault::POINTS.into_iter();
        match self {
            Self::Simulated => all.collect(),
            Self::Localstripe(_) => {
                let others = all.filter(|point| !SIMULATED.contains(point));
                others.chain([fault::CREATED, fault::CAPTURED]).collect()
            }
        }
    }

    /// How buyers pay: what their requests say.
    pub(crate) async fn means(&self) -> Vec<Value> {
        let Self::Localstripe(localstripe) = self else {
            return CARDS.map(|card| json!({"card_number": card})).to_vec();
        };
        let mut means = Vec::new();
        for card in [
            GOOD,
            GOOD,
            GOOD,
            DECLINED,
            SECURED,
            SECURED,
            SECURED_DECLINED,
        ] {
            means.push(json!({"payment_method": localstripe.method(card).await}));
        }
        means
    }

    /// A server has opened at this address: it is sent webhooks from now on.
    pub(crate) async fn tell_of(&self, url: &str) {
        if let Self::Localstripe(localstripe) = self {
            let webhook = format!("{url}/api/payments/webhook");
            localstripe.send_webhooks_to(&webhook).await;
        }
    }

    /// The buyer does what the bank asks, or does not. It may be too late.
    pub(crate) async fn authenticate(&self, client_secret: &str, success: bool) {
        if let Self::Localstripe(localstripe) = self {
            localstripe.authenticate(client_secret, success).await;
        }
    }

    /// How much it has taken and not given back, by our id of the payment; `None` if its books are the server's own.
    pub(crate) async fn kept(&self) -> Option<BTreeMap<String, i64>> {
        let Self::Localstripe(localstripe) = self else {
            return None;
        };
        let mut kept = BTreeMap::new();
        for intent in localstripe.intents().await {
            let charge = &intent["latest_charge"];
            let taken = ["succeeded", "requires_capture"].map(|status| intent["status"] == status);
            if !taken.contains(&true) {
                continue;
            }
            let back = charge["amount_refunded"].as_i64().unwrap_or_default();
            let left = intent["amount"].as_i64().unwrap_or_default() - back;
            let payment = intent["metadata"]["payment_id"].as_str().unwrap_or("none");
            *kept.entry(payment.to_owned()).or_default() += left;
        }
        kept.retain(|_, left| *left > 0);
        Some(kept)
    }
}
