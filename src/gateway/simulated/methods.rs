//! The simulated gateway's payment methods: tokens that say of themselves what becomes of a charge.
//!
//! A test card has the token `pm_sim_<brand>_<last four digits>_<what becomes of it>`. Some of the names that integrators know
//! from Stripe's tests are taken too.

use crate::gateway::card::Card;
use crate::gateway::{CardShown, MethodToken};

/// What becomes of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It succeeds at once.
    Succeeds,
    /// It is declined.
    Declined,
    /// It is declined: there is too little money.
    InsufficientFunds,
    /// It is declined: another try may succeed.
    ProcessingError,
    /// It succeeds later, reported by webhook.
    Later,
    /// The buyer's bank asks the buyer first: 3-D Secure.
    Asks,
    /// The money is reserved, and captured when that is asked for.
    Authorises,
}

/// Each outcome, as tokens have it; and the test card that has it, with a number that integrators know.
const OUTCOMES: [(Outcome, &str, &str); 7] = [
    (Outcome::Succeeds, "succeeds", "4242424242424242"),
    (Outcome::Declined, "declined", "4000000000000002"),
    (Outcome::InsufficientFunds, "poor", "4000000000009995"),
    (Outcome::ProcessingError, "error", "4000000000000119"),
    (Outcome::Later, "later", "4000000000003220"),
    (Outcome::Asks, "asks", "4000002760003184"),
    (Outcome::Authorises, "authorises", "4000000000002685"),
];

/// Stripe's names, with their cards here.
const ALIASES: [(&str, &str); 7] = [
    ("pm_card_visa", "pm_sim_visa_4242_succeeds"),
    ("pm_card_mastercard", "pm_sim_mastercard_4444_succeeds"),
    ("pm_card_visa_chargeDeclined", "pm_sim_visa_0002_declined"),
    ("pm_card_chargeDeclined", "pm_sim_visa_0002_declined"),
    (
        "pm_card_chargeDeclinedInsufficientFunds",
        "pm_sim_visa_9995_poor",
    ),
    (
        "pm_card_chargeDeclinedProcessingError",
        "pm_sim_visa_0119_error",
    ),
    ("pm_card_authenticationRequired", "pm_sim_visa_3184_asks"),
];

/// A token that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Method {
    pub(super) shown: CardShown,
    pub(super) outcome: Outcome,
}

impl Method {
    /// `None` if it is no token of this gateway.
    pub(super) fn read(token: &MethodToken) -> Option<Self> {
        let alias = ALIASES.iter().find(|(name, _)| *name == token.as_str());
        let text = alias.map_or(token.as_str(), |(_, token)| token);
        let mut parts = text.strip_prefix("pm_sim_")?.split('_');
        let (brand, last4, outcome) = (parts.next()?, parts.next()?, parts.next()?);
        let outcome = OUTCOMES.iter().find(|(_, name, _)| *name == outcome);
        let is_digits = last4.len() == 4 && last4.bytes().all(|byte| byte.is_ascii_digit());
        let is_brand = (1..=32).contains(&brand.len());
        let (outcome, ..) = outcome.filter(|_| is_digits && is_brand && parts.next().is_none())?;
        Some(Self {
            shown: CardShown {
                brand: brand.to_owned(),
                last4: last4.to_owned(),
            },
            outcome: *outcome,
        })
    }
}

/// The token of a card: of a test card with what becomes of it, of any other with success.
pub(super) fn token_of(card: &Card) -> MethodToken {
    let found = OUTCOMES
        .iter()
        .find(|(.., number)| *number == card.number());
    let outcome = found.map_or(OUTCOMES[0].1, |(_, name, _)| name);
    let token = format!("pm_sim_{}_{}_{outcome}", card.brand(), card.last4());
    token.parse().expect("a brand and digits make a token")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(token: &str) -> Option<Method> {
        Method::read(&token.parse().unwrap())
    }

    #[test]
    fn each_test_card_has_a_token_that_says_what_becomes_of_it() {
        for (outcome, _, number) in OUTCOMES {
            let card: Card = number.parse().unwrap();
            let method = Method::read(&token_of(&card)).unwrap();
            assert_eq!(method.outcome, outcome, "{number}");
            assert_eq!(method.shown.brand, "visa");
            assert_eq!(method.shown.last4, number[12..]);
        }
        let other = token_of(&"5555555555554444".parse().unwrap());
        assert_eq!(read("pm_card_mastercard"), Method::read(&other));
    }

    #[test]
    fn each_name_of_stripe_is_a_token() {
        for (name, _) in ALIASES {
            assert!(read(name).is_some(), "{name}");
        }
    }

    #[test]
    fn what_is_no_token_is_not_taken() {
        let none = [
            "pm_card_elo",
            "pm_sim_visa_4242",
            "pm_sim_visa_4242_succeeds_x",
            "pm_sim_visa_424_succeeds",
            "pm_sim_visa_42a2_succeeds",
            "pm_sim__4242_succeeds",
            "pm_sim_visa_4242_wins",
        ];
        for none in none {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
