//! What a reader looks for, as it stands in the query string of `/` and of /api/events: the same names on both.
//!
//! What must hold: every value that does not fit is named; an empty one is none, because forms send empty fields.
//! Prices are in minor units, except in `price`, the form's field, where people write units.

use actix_web::HttpRequest;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::error::Error;
use super::extract;
use crate::catalog::{Cursor, Filters, Genre, Names, folded};
use crate::types::Currency;

/// Characters of a value.
const VALUE_MAX: usize = 200;

/// The query string.
#[derive(Debug, Default, Clone, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Words, of names, descriptions, venues, performers and genres.
    #[param(value_type = Option<String>)]
    pub q: String,
    /// A city's name.
    #[param(value_type = Option<String>, max_length = 200, example = "Berlin")]
    pub city: String,
    /// A country, ISO 3166-1 alpha-2.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z]{2}$", example = "DE")]
    pub country: String,
    /// A genre's code.
    #[param(value_type = Option<Genre>)]
    pub genre: String,
    /// The first day, in the venue's time zone.
    #[param(value_type = Option<String>, format = Date, example = "2027-06-01")]
    pub from: String,
    /// The last day.
    #[param(value_type = Option<String>, format = Date, example = "2027-06-30")]
    pub to: String,
    /// What a ticket may cost at most, in minor units of `currency`.
    #[param(value_type = Option<i64>, minimum = 0)]
    pub price_max: String,
    /// The same in units, as people write amounts: `49.50`.
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,12}$", example = "50")]
    pub price: String,
    /// The currency of a price, ISO 4217.
    #[param(value_type = Option<Currency>)]
    pub currency: String,
    /// What dates of one thing have in common.
    #[param(value_type = Option<String>, max_length = 64)]
    pub series: String,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: String,
    /// Events of a page: 20 unless it says otherwise.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    pub limit: String,
}

/// The names of all fields of [`Asked`].
const FIELDS: [&str; 12] = [
    "q",
    "city",
    "country",
    "genre",
    "from",
    "to",
    "price_max",
    "price",
    "currency",
    "series",
    "cursor",
    "limit",
];

impl Asked {
    /// Of a program, which is told of names that mean nothing.
    ///
    /// # Errors
    /// 422 with each of them.
    pub fn of_program(request: &HttpRequest) -> Result<Self, Error> {
        let pairs: Vec<(String, String)> = extract::query(request)?;
        let unknown = pairs
            .iter()
            .filter(|(name, _)| !FIELDS.contains(&name.as_str()));
        let unknown = unknown.map(|(name, _)| {
            let said = "is not a parameter of this list";
            (format!("/{name}"), said.to_owned())
        });
        let unknown: Vec<_> = unknown.take(FIELDS.len()).collect();
        if unknown.is_empty() {
            extract::query(request)
        } else {
            Err(Error::misfits(unknown))
        }
    }

    /// As catalogue and cursor.
    ///
    /// # Errors
    /// 422 with each field that does not fit.
    pub fn filters(&self, names: &Names) -> Result<(Filters, Option<Cursor>), Error> {
        let mut wrong = Vec::new();
        let country = self.read("country", &self.country, &mut wrong, |text| {
            let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
            is_code
                .then(|| text.to_ascii_uppercase())
                .ok_or("must be two letters, ISO 3166-1")
        });
        let from = self.read("from", &self.from, &mut wrong, day);
        let to = self.read("to", &self.to, &mut wrong, day);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            wrong.push(("/to".to_owned(), "must not be before from".to_owned()));
        }
        let filters = Filters {
            words: names.words(&self.q),
            city: self.read("city", &self.city, &mut wrong, |text| {
                (text.chars().count() <= VALUE_MAX)
                    .then(|| folded(text))
                    .ok_or("must be at most 200 characters")
            }),
            country,
            genre: self.read("genre", &self.genre, &mut wrong, str::parse::<Genre>),
            from,
            to,
            price_max: self.price(&mut wrong),
            series: self.read("series", &self.series, &mut wrong, |text| {
                (text.len() <= 64)
                    .then(|| text.to_owned())
                    .ok_or("must be at most 64 characters")
            }),
            organisation: None,
            featured: false,
        };
        let cursor = self.read("cursor", &self.cursor, &mut wrong, str::parse::<Cursor>);
        if wrong.is_empty() {
            Ok((filters, cursor))
        } else {
            Err(Error::misfits(wrong))
        }
    }

    fn price(&self, wrong: &mut Vec<(String, String)>) -> Option<(i64, Currency)> {
        let currency = self.read("currency", &self.currency, wrong, str::parse::<Currency>);
        let (field, text) = if self.price.is_empty() {
            ("price_max", &self.price_max)
        } else {
            ("price", &self.price)
        };
        if text.is_empty() {
            return None;
        }
        let Some(currency) = currency else {
            if self.currency.is_empty() {
                wrong.push((
                    "/currency".to_owned(),
                    "must be given with a price".to_owned(),
                ));
            }
            return None;
        };
        let exponent = if field == "price" {
            currency.exponent()
        } else {
            0
        };
        let minor = self.read(field, text, wrong, |text| {
            minor(text, exponent).ok_or("must be an amount, 0 or more")
        });
        minor.map(|minor| (minor, currency))
    }

    fn read<'t, T, E: ToString>(
        &self,
        field: &str,
        text: &'t str,
        wrong: &mut Vec<(String, String)>,
        parse: impl FnOnce(&'t str) -> Result<T, E>,
    ) -> Option<T> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let parsed = parse(text);
        parsed
            .map_err(|error| wrong.push((format!("/{field}"), error.to_string())))
            .ok()
    }

    /// What is asked for, by name, without what is empty and without the page.
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        let pairs = [
            ("q", &self.q),
            ("city", &self.city),
            ("country", &self.country),
            ("genre", &self.genre),
            ("from", &self.from),
            ("to", &self.to),
            ("price", &self.price),
            ("price_max", &self.price_max),
            ("currency", &self.currency),
            ("series", &self.series),
        ];
        let given = pairs
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty());
        let has_price = !self.price.is_empty() || !self.price_max.is_empty();
        given
            .filter(|(name, _)| *name != "currency" || has_price)
            .map(|(name, value)| (name, value.trim()))
            .collect()
    }
}

/// A day that is not so far away that no date could be reckoned from it.
fn day(text: &str) -> Result<NaiveDate, &'static str> {
    let wrong = "must be a day such as 2027-06-30";
    let day: NaiveDate = text.parse().map_err(|_| wrong)?;
    let year = chrono::Datelike::year(&day);
    if (1970..=9999).contains(&year) {
        Ok(day)
    } else {
        Err(wrong)
    }
}

/// An amount such as `49.50` or `49,5`, in minor units.
fn minor(text: &str, exponent: u32) -> Option<i64> {
    let (units, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if units.is_empty() || !digits(units) || !digits(part) || part.len() > exponent as usize {
        return None;
    }
    format!("{units}{part:0<width$}", width = exponent as usize)
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        assert_eq!(minor("49.5", 2), Some(4_950));
        assert_eq!(minor("49,05", 2), Some(4_905));
        assert_eq!(minor("1500", 0), Some(1_500));
        assert_eq!(minor("3", 3), Some(3_000));
        for bad in [
            "",
            "-1",
            "1.234",
            "1e3",
            "x",
            ".5",
            "1.2.3",
            &"9".repeat(30),
        ] {
            assert_eq!(minor(bad, 2), None, "{bad}");
        }
    }

    #[test]
    fn each_value_that_does_not_fit_is_named() {
        let asked = Asked {
            country: "Portugal".into(),
            genre: "polka".into(),
            from: "tomorrow".into(),
            to: "99999-01-01".into(),
            price_max: "5".into(),
            cursor: "x".into(),
            ..Asked::default()
        };
        let error = asked.filters(&Names::default()).unwrap_err();
        let problem = format!("{:?}", error.0);
        for field in ["/country", "/genre", "/from", "/to", "/currency", "/cursor"] {
            assert!(problem.contains(field), "{field}: {problem}");
        }
    }
}
