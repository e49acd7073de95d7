//! A payment card while a charge is being made: parsing, the Luhn check, the brand.
//!
//! What must hold: the number is never stored, logged or shown; only brand and last four digits are kept.

use std::fmt;
use std::str::FromStr;

/// Why a text is not a card number. No variant contains the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// It holds letters, or anything else that is no digit.
    #[error("must be digits, with spaces or hyphens between them at most")]
    NotDigits,
    /// Too short or too long.
    #[error("must have 12 to 19 digits")]
    WrongLength,
    /// Mistyped: the Luhn check fails.
    #[error("must be a valid card number: its check digit is wrong")]
    FailsCheck,
}

/// A card number that passes the Luhn check. Never stored, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Card(String);

impl Card {
    /// All digits; only for the gateway.
    pub fn number(&self) -> &str {
        &self.0
    }

    /// The last four digits.
    pub fn last4(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }

    /// Whose network it is on, by the issuer identification numbers of ISO/IEC 7812.
    pub fn brand(&self) -> &'static str {
        let prefix = |digits: usize| self.0[..digits].parse::<u32>().unwrap_or(0);
        match (prefix(2), prefix(4)) {
            (34 | 37, _) => "amex",
            (51..=55, _) | (_, 2221..=2720) => "mastercard",
            (36 | 38 | 39, _) | (_, 3000..=3059) => "diners",
            (_, 3528..=3589) => "jcb",
            (65, _) | (_, 6011) => "discover",
            (62, _) => "unionpay",
            (40..=49, _) => "visa",
            _ => "unknown",
        }
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Card({} {})", self.brand(), self.last4())
    }
}

impl FromStr for Card {
    type Err = CardError;
    fn from_str(text: &str) -> Result<Self, CardError> {
        if text.len() > 64
            || text
                .chars()
                .any(|c| !c.is_ascii_digit() && c != ' ' && c != '-')
        {
            return Err(CardError::NotDigits);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if !(12..=19).contains(&digits.len()) {
            return Err(CardError::WrongLength);
        }
        if !passes_luhn(&digits) {
            return Err(CardError::FailsCheck);
        }
        Ok(Self(digits))
    }
}

/// ISO/IEC 7812-1, annex B.
fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0') * if index % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_cards_are_cards() {
        for (number, brand, last4) in [
            ("4242424242424242", "visa", "4242"),
            ("4000 0000 0000 0002", "visa", "0002"),
            ("4000-0000-0000-9995", "visa", "9995"),
            ("4000000000000119", "visa", "0119"),
            ("4000000000003220", "visa", "3220"),
            ("378282246310005", "amex", "0005"),
            ("5555555555554444", "mastercard", "4444"),
        ] {
            let card: Card = number.parse().unwrap();
            assert_eq!((card.brand(), card.last4()), (brand, last4));
            assert!(!format!("{card:?}").contains(card.number()));
        }
    }

    #[test]
    fn what_is_no_card_is_refused() {
        for bad in [
            "",
            "4242",
            "4242424242424241",
            "42424242424242424242",
            "4242x24242424242",
            "４２４２４２４２４２４２４２４２",
        ] {
            assert!(bad.parse::<Card>().is_err(), "{bad}");
        }
    }
}
