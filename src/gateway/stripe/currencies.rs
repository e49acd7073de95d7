//! Amounts as Stripe counts them: in which unit, from which amount on and up to which.
//!
//! Source: <https://docs.stripe.com/currencies>, "Minor units in API amounts", "Special cases" and "Minimum and maximum charge
//! amounts", as of November 2026. Which currencies an account may charge depends on its country besides, and the smallest
//! charge on the currency that it is paid out in: Stripe says so when it is asked.
//!
//! What must hold: an amount is the same in both directions, or is refused; nothing is rounded.

use crate::gateway::AmountRefused;
use crate::types::{Currency, Money};

/// Eight digits, if Stripe names no other number for a currency.
const MOST: i64 = 99_999_999;

/// The code; how many decimal digits Stripe's unit has; what an amount must be a multiple of, the smallest charge and the
/// largest one, in that unit. Where no smallest charge is published, it is one step.
///
/// ISK and UGX have two digits there, which must be zeros, though ISO 4217 has none; MGA has none there, and two in
/// ISO 4217. The last of three digits must be zero.
type Row = (&'static str, u32, i64, i64, i64);

const TABLE: &[Row] = &[
    ("AED", 2, 1, 200, MOST),
    ("AFN", 2, 1, 1, MOST),
    ("ALL", 2, 1, 1, MOST),
    ("AMD", 2, 1, 1, MOST),
    ("AOA", 2, 1, 1, MOST),
    ("ARS", 2, 1, 50, MOST),
    ("AUD", 2, 1, 50, MOST),
    ("AWG", 2, 1, 1, MOST),
    ("AZN", 2, 1, 1, MOST),
    ("BAM", 2, 1, 1, MOST),
    ("BBD", 2, 1, 1, MOST),
    ("BDT", 2, 1, 1, MOST),
    ("BHD", 3, 10, 10, MOST),
    ("BIF", 0, 1, 1, MOST),
    ("BMD", 2, 1, 1, MOST),
    ("BND", 2, 1, 1, MOST),
    ("BOB", 2, 1, 1, MOST),
    ("BRL", 2, 1, 50, MOST),
    ("BSD", 2, 1, 1, MOST),
    ("BWP", 2, 1, 1, MOST),
    ("BYN", 2, 1, 1, MOST),
    ("BZD", 2, 1, 1, MOST),
    ("CAD", 2, 1, 50, MOST),
    ("CDF", 2, 1, 1, MOST),
    ("CHF", 2, 1, 50, MOST),
    ("CLP", 0, 1, 1, MOST),
    ("CNY", 2, 1, 1, MOST),
    ("COP", 2, 1, 50, 9_999_999_999),
    ("CRC", 2, 1, 1, MOST),
    ("CVE", 2, 1, 1, MOST),
    ("CZK", 2, 1, 1_500, MOST),
    ("DJF", 0, 1, 1, MOST),
    ("DKK", 2, 1, 250, MOST),
    ("DOP", 2, 1, 1, MOST),
    ("DZD", 2, 1, 1, MOST),
    ("EGP", 2, 1, 1, MOST),
    ("ETB", 2, 1, 1, MOST),
    ("EUR", 2, 1, 50, MOST),
    ("FJD", 2, 1, 1, MOST),
    ("FKP", 2, 1, 1, MOST),
    ("GBP", 2, 1, 30, MOST),
    ("GEL", 2, 1, 1, MOST),
    ("GIP", 2, 1, 1, MOST),
    ("GMD", 2, 1, 1, MOST),
    ("GNF", 0, 1, 1, MOST),
    ("GTQ", 2, 1, 1, MOST),
    ("GYD", 2, 1, 1, MOST),
    ("HKD", 2, 1, 400, MOST),
    ("HNL", 2, 1, 1, MOST),
    ("HTG", 2, 1, 1, MOST),
    ("HUF", 2, 1, 17_500, 9_999_999_999),
    ("IDR", 2, 1, 50, 999_999_999_999),
    ("ILS", 2, 1, 50, MOST),
    ("INR", 2, 1, 50, 999_999_999),
    ("ISK", 2, 100, 100, MOST),
    ("JMD", 2, 1, 1, MOST),
    ("JOD", 3, 10, 10, MOST),
    ("JPY", 0, 1, 50, MOST),
    ("KES", 2, 1, 1, MOST),
    ("KGS", 2, 1, 1, MOST),
    ("KHR", 2, 1, 1, MOST),
    ("KMF", 0, 1, 1, MOST),
    ("KRW", 0, 1, 50, MOST),
    ("KWD", 3, 10, 10, MOST),
    ("KYD", 2, 1, 1, MOST),
    ("KZT", 2, 1, 1, MOST),
    ("LAK", 2, 1, 1, MOST),
    ("LBP", 2, 1, 1, MOST),
    ("LKR", 2, 1, 1, MOST),
    ("LRD", 2, 1, 1, MOST),
    ("LSL", 2, 1, 1, MOST),
    ("MAD", 2, 1, 1, MOST),
    ("MDL", 2, 1, 1, MOST),
    ("MGA", 0, 1, 1, MOST),
    ("MKD", 2, 1, 1, MOST),
    ("MMK", 2, 1, 1, MOST),
    ("MNT", 2, 1, 1, MOST),
    ("MOP", 2, 1, 1, MOST),
    ("MUR", 2, 1, 1, MOST),
    ("MVR", 2, 1, 1, MOST),
    ("MWK", 2, 1, 1, MOST),
    ("MXN", 2, 1, 1_000, MOST),
    ("MYR", 2, 1, 200, MOST),
    ("MZN", 2, 1, 1, MOST),
    ("NAD", 2, 1, 1, MOST),
    ("NGN", 2, 1, 1, MOST),
    ("NIO", 2, 1, 1, MOST),
    ("NOK", 2, 1, 300, MOST),
    ("NPR", 2, 1, 1, MOST),
    ("NZD", 2, 1, 50, MOST),
    ("OMR", 3, 10, 10, MOST),
    ("PAB", 2, 1, 1, MOST),
    ("PEN", 2, 1, 1, MOST),
    ("PGK", 2, 1, 1, MOST),
    ("PHP", 2, 1, 50, MOST),
    ("PKR", 2, 1, 1, MOST),
    ("PLN", 2, 1, 200, MOST),
    ("PYG", 0, 1, 1, MOST),
    ("QAR", 2, 1, 1, MOST),
    ("RON", 2, 1, 200, MOST),
    ("RSD", 2, 1, 1, MOST),
    ("RUB", 2, 1, 50, MOST),
    ("RWF", 0, 1, 1, MOST),
    ("SAR", 2, 1, 1, MOST),
    ("SBD", 2, 1, 1, MOST),
    ("SCR", 2, 1, 1, MOST),
    ("SEK", 2, 1, 300, MOST),
    ("SGD", 2, 1, 50, MOST),
    ("SHP", 2, 1, 1, MOST),
    ("SLE", 2, 1, 1, MOST),
    ("SOS", 2, 1, 1, MOST),
    ("SRD", 2, 1, 1, MOST),
    ("SZL", 2, 1, 1, MOST),
    ("THB", 2, 1, 1_000, MOST),
    ("TJS", 2, 1, 1, MOST),
    ("TND", 3, 10, 10, MOST),
    ("TOP", 2, 1, 1, MOST),
    ("TRY", 2, 1, 1, MOST),
    ("TTD", 2, 1, 1, MOST),
    ("TWD", 2, 1, 1, MOST),
    ("TZS", 2, 1, 1, MOST),
    ("UAH", 2, 1, 1, MOST),
    ("UGX", 2, 100, 100, MOST),
    ("USD", 2, 1, 50, MOST),
    ("UYU", 2, 1, 1, MOST),
    ("UZS", 2, 1, 1, MOST),
    ("VND", 0, 1, 1, MOST),
    ("VUV", 0, 1, 1, MOST),
    ("WST", 2, 1, 1, MOST),
    ("XAF", 0, 1, 1, MOST),
    ("XCD", 2, 1, 1, MOST),
    ("XCG", 2, 1, 1, MOST),
    ("XOF", 0, 1, 1, MOST),
    ("XPF", 0, 1, 1, MOST),
    ("YER", 2, 1, 1, MOST),
    ("ZAR", 2, 1, 50, MOST),
    ("ZMW", 2, 1, 1, MOST),
];

/// Of one currency.
struct Units {
    currency: Currency,
    /// Stripe's units in one of ours, or the other way round.
    factor: Factor,
    step: i64,
    least: i64,
    most: i64,
}

enum Factor {
    /// One of our units is so many of Stripe's.
    Finer(i64),
    /// One of Stripe's units is so many of ours.
    Coarser(i64),
}

impl Units {
    fn of(currency: Currency) -> Option<Self> {
        let row = |row: &&Row| row.0 == currency.code();
        let &(_, decimals, step, least, most) = TABLE.iter().find(row)?;
        let exponent = currency.exponent();
        let factor = match decimals >= exponent {
            true => Factor::Finer(10_i64.pow(decimals - exponent)),
            false => Factor::Coarser(10_i64.pow(exponent - decimals)),
        };
        Some(Self {
            currency,
            factor,
            step,
            least,
            most,
        })
    }

    /// `None` if Stripe cannot charge exactly this.
    fn count_of(&self, minor: i64) -> Option<i64> {
        let units = match self.factor {
            Factor::Finer(factor) => minor.checked_mul(factor)?,
            Factor::Coarser(factor) if minor % factor == 0 => minor / factor,
            Factor::Coarser(_) => return None,
        };
        (units % self.step == 0).then_some(units)
    }

    /// `None` if it is not exactly an amount of ours.
    fn minor_of(&self, units: i64) -> Option<i64> {
        match self.factor {
            Factor::Finer(factor) if units % factor == 0 => Some(units / factor),
            Factor::Finer(_) => None,
            Factor::Coarser(factor) => units.checked_mul(factor),
        }
    }

    /// An amount of Stripe's that is a whole number of steps.
    fn money(&self, units: i64) -> Money {
        let minor = self.minor_of(units - units % self.step);
        Money {
            minor: minor.unwrap_or(i64::MAX),
            currency: self.currency,
        }
    }
}

/// The amount in Stripe's units.
///
/// # Errors
/// [`AmountRefused`].
pub fn to_stripe(amount: Money) -> Result<i64, AmountRefused> {
    let units = Units::of(amount.currency).ok_or(AmountRefused::Currency(amount.currency))?;
    // Before the conversion, which could run over.
    if amount.minor > units.money(units.most).minor {
        return Err(AmountRefused::TooLarge(units.money(units.most)));
    }
    if amount.minor < units.money(units.least).minor {
        return Err(AmountRefused::TooSmall(units.money(units.least)));
    }
    let count = units.count_of(amount.minor);
    count.ok_or(AmountRefused::Uneven(amount))
}

/// The same of an amount that goes back, which may be smaller than any charge.
///
/// # Errors
/// [`AmountRefused`].
pub fn part_to_stripe(amount: Money) -> Result<i64, AmountRefused> {
    match to_stripe(amount) {
        Err(AmountRefused::TooSmall(_)) if amount.minor > 0 => {
            let units = Units::of(amount.currency);
            let count = units.and_then(|units| units.count_of(amount.minor));
            count.ok_or(AmountRefused::Uneven(amount))
        }
        other => other,
    }
}

/// An amount of Stripe's, whose currencies are written in small letters; `None` if it is in a currency that is not taken,
/// or not exactly an amount of ours.
pub(super) fn of_stripe(units: i64, code: &str) -> Option<Money> {
    let currency: Currency = code.to_ascii_uppercase().parse().ok()?;
    let minor = Units::of(currency)?.minor_of(units)?;
    Some(Money { minor, currency })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        let currency = code.parse().unwrap();
        Money { minor, currency }
    }

    /// Every currency that the program knows.
    fn known() -> impl Iterator<Item = Currency> {
        let letters = || b'A'..=b'Z';
        let codes = letters().flat_map(move |a| {
            letters().flat_map(move |b| letters().map(move |c| [a, b, c].map(char::from)))
        });
        codes.filter_map(|code| String::from_iter(code).parse().ok())
    }

    #[test]
    fn amounts_are_in_the_unit_that_stripe_documents() {
        for (minor, code, units) in [
            (1_000, "USD", 1_000),
            (500, "JPY", 500),
            (5, "ISK", 500),
            (5_000, "UGX", 500_000),
            (5_120, "KWD", 5_120),
            (100_000, "MGA", 1_000),
            (104_500, "HUF", 104_500),
            (80_045, "TWD", 80_045),
        ] {
            assert_eq!(to_stripe(money(minor, code)), Ok(units), "{code}");
            let stripes = code.to_ascii_lowercase();
            assert_eq!(of_stripe(units, &stripes), Some(money(minor, code)));
        }
    }

    #[test]
    fn every_currency_is_the_same_in_both_directions_or_is_refused() {
        let (mut taken, mut refused) = (0, 0);
        for currency in known() {
            let Some(units) = Units::of(currency) else {
                refused += 1;
                let amount = money(1_000_000, currency.code());
                assert_eq!(to_stripe(amount), Err(AmountRefused::Currency(currency)));
                assert_eq!(of_stripe(1, currency.code()), None);
                continue;
            };
            taken += 1;
            let mut even = 0;
            let (least, most) = (units.money(units.least), units.money(units.most));
            for minor in (least.minor..least.minor + 2_000).chain(most.minor - 2_000..=most.minor) {
                let amount = Money { minor, currency };
                match to_stripe(amount) {
                    Ok(count) => {
                        even += 1;
                        assert_eq!(count % units.step, 0);
                        assert!((units.least..=units.most).contains(&count));
                        assert_eq!(of_stripe(count, currency.code()), Some(amount));
                    }
                    Err(AmountRefused::Uneven(uneven)) => assert_eq!(uneven, amount),
                    Err(other) => panic!("{amount:?}: {other}"),
                }
            }
            assert!(even > 0, "{}", currency.code());
        }
        assert_eq!(taken, TABLE.len(), "a row is of no currency that is known");
        assert!(refused > 0);
    }

    #[test]
    fn what_is_too_small_too_large_or_between_two_units_is_refused_with_the_bound() {
        for (minor, code, refused) in [
            (49, "USD", AmountRefused::TooSmall(money(50, "USD"))),
            (0, "ZMW", AmountRefused::TooSmall(money(1, "ZMW"))),
            (-1, "ISK", AmountRefused::TooSmall(money(1, "ISK"))),
            (
                100_000_000,
                "EUR",
                AmountRefused::TooLarge(money(MOST, "EUR")),
            ),
            (
                1_000_000,
                "ISK",
                AmountRefused::TooLarge(money(999_999, "ISK")),
            ),
            (
                i64::MAX,
                "UGX",
                AmountRefused::TooLarge(money(999_999, "UGX")),
            ),
            (1_234, "KWD", AmountRefused::Uneven(money(1_234, "KWD"))),
            (150, "MGA", AmountRefused::Uneven(money(150, "MGA"))),
        ] {
            assert_eq!(
                to_stripe(money(minor, code)),
                Err(refused),
                "{minor} {code}"
            );
        }
        assert_eq!(to_stripe(money(100_000_000, "IDR")), Ok(100_000_000));
    }

    #[test]
    fn less_than_the_smallest_charge_may_go_back() {
        assert_eq!(part_to_stripe(money(1, "USD")), Ok(1));
        assert_eq!(part_to_stripe(money(1, "ISK")), Ok(100));
        assert!(part_to_stripe(money(0, "USD")).is_err());
        let uneven = money(11, "KWD");
        assert_eq!(part_to_stripe(uneven), Err(AmountRefused::Uneven(uneven)));
    }

    #[test]
    fn what_stripe_says_in_parts_of_our_unit_is_no_amount() {
        assert_eq!(of_stripe(550, "isk"), None);
        assert_eq!(of_stripe(1, "xyz"), None);
        assert_eq!(of_stripe(i64::MAX, "mga"), None);
    }
}
