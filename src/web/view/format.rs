//! Formats dates, numbers and money by ICU4X. No other file formats them for readers.
//!
//! The texts of pages are in the templates and in `shop`, in English; everything formatted here follows the
//! reader's locale (`formatters` negotiates it). What must
//! hold: an amount is shown to its last minor unit; a time is shown in the venue's zone.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::web::Data;
use chrono::{DateTime, Datelike, Offset, Timelike};
use chrono_tz::Tz;
use icu_calendar::{Date, Gregorian};
use icu_decimal::input::Decimal;
use icu_locale_core::subtags::{Language, language};
use icu_locale_core::{LanguageIdentifier, langid};
use icu_time::zone::{IanaParser, UtcOffset, ZoneNameTimestamp};
use icu_time::{DateTime as IcuDateTime, Time};

use super::formatters::Formatters;
use crate::app::App;
use crate::types::{Money, Timestamp, clock};

/// Languages that are formatted; the browser tests check each of them.
const LANGUAGES: [Language; 6] = [
    language!("en"),
    language!("de"),
    language!("fr"),
    language!("es"),
    language!("pt"),
    language!("ja"),
];
/// The locale of readers who prefer none of them.
const FALLBACK: LanguageIdentifier = langid!("en");
/// Entries of an Accept-Language header that are read.
const PREFERENCES_MAX: usize = 16;

/// The formats of one reader at one time.
#[derive(Clone)]
pub struct Format {
    formatters: Arc<Formatters>,
    /// The time by the database's clock, for display only.
    pub now: Timestamp,
}

impl Format {
    /// For the reader of a request: the language that the reader prefers among [`LANGUAGES`], with the reader's
    /// region.
    pub fn of(request: &HttpRequest) -> Self {
        let header = request.headers().get(ACCEPT_LANGUAGE);
        let languages = header.and_then(|value| value.to_str().ok());
        let app = request.app_data::<Data<App>>();
        Self::by_preference(
            languages.unwrap_or_default(),
            app.map_or_else(clock::local, |app| app.db.now()),
        )
    }

    fn by_preference(accept_language: &str, now: Timestamp) -> Self {
        let mut wanted: Vec<(LanguageIdentifier, f32)> = accept_language
            .split(',')
            .take(PREFERENCES_MAX)
            .filter_map(|entry| {
                let (tag, weight) = entry.split_once(";q=").unwrap_or((entry, "1"));
                Some((tag.trim().parse().ok()?, weight.trim().parse().ok()?))
            })
            .filter(|(id, weight): &(LanguageIdentifier, f32)| {
                LANGUAGES.contains(&id.language) && *weight > 0.0
            })
            .collect();
        wanted.sort_by(|a, b| b.1.total_cmp(&a.1));
        let id = wanted.into_iter().next().map_or(FALLBACK, |(id, _)| id);
        Self {
            formatters: Formatters::of(id.into()),
            now,
        }
    }

    /// The locale as a BCP 47 tag, for scripts.
    pub fn tag(&self) -> String {
        self.formatters.locale.to_string()
    }

    /// A whole number.
    pub fn number(&self, number: impl Into<i64>) -> String {
        self.decimal(&Decimal::from(number.into()))
    }

    fn decimal(&self, number: &Decimal) -> String {
        let formatter = self.formatters.decimal.as_ref();
        formatter.map_or_else(|| number.to_string(), |f| f.format(number).to_string())
    }

    /// An amount in its currency, to the last minor unit.
    pub fn money(&self, money: Money) -> String {
        let exponent = money.currency.exponent();
        let mut number = Decimal::from(money.minor);
        number.multiply_pow10(-(exponent as i16));
        let is_whole = money.minor % 10_i64.pow(exponent) == 0;
        let formatter = self.formatters.currency(money.currency);
        let formatted = formatter.map(|f| f.format_fixed_decimal(&number).to_string());
        // ICU rounds some currencies to whole units, as is customary; the exact amount is charged.
        let is_exact = |text: &String| is_whole || digits(text) >= digits(&number.to_string());
        formatted.filter(is_exact).unwrap_or_else(|| {
            let code = money.currency.code();
            format!("{code}\u{a0}{}", self.decimal(&number))
        })
    }

    /// `Friday, June 12, 2026`
    pub fn date(&self, at: Timestamp, zone: Tz) -> String {
        let (date, _) = local(at, zone);
        let formatter = self.formatters.date.as_ref();
        formatter.map_or_else(|| plain_time(at), |f| f.format(&date).to_string())
    }

    /// `Jun 12`
    pub fn day(&self, at: Timestamp, zone: Tz) -> String {
        let (date, _) = local(at, zone);
        let formatter = self.formatters.day.as_ref();
        formatter.map_or_else(|| plain_time(at), |f| f.format(&date).to_string())
    }

    /// `Fri, Jun 12, 2026, 7:30 PM`
    pub fn date_time(&self, at: Timestamp, zone: Tz) -> String {
        let (date, time) = local(at, zone);
        let at_venue = IcuDateTime { date, time };
        let formatter = self.formatters.date_time.as_ref();
        formatter.map_or_else(|| plain_time(at), |f| f.format(&at_venue).to_string())
    }

    /// `7:30 PM`
    pub fn time(&self, at: Timestamp, zone: Tz) -> String {
        let (_, time) = local(at, zone);
        let formatter = self.formatters.time.as_ref();
        formatter.map_or_else(|| plain_time(at), |f| f.format(&time).to_string())
    }

    /// `Portugal Time, GMT+1`
    pub fn zone(&self, at: Timestamp, zone: Tz) -> String {
        let formatters = &self.formatters;
        let (Some(name), Some(offset)) = (&formatters.zone_name, &formatters.zone_offset) else {
            return zone.name().to_owned();
        };
        let seconds = at.with_timezone(&zone).offset().fix().local_minus_utc();
        let info = IanaParser::new()
            .parse(zone.name())
            .with_offset(UtcOffset::try_from_seconds(seconds).ok())
            .with_zone_name_timestamp(ZoneNameTimestamp::from_epoch_seconds(at.timestamp()));
        format!("{}, {}", name.format(&info), offset.format(&info))
    }

    /// A country by its ISO 3166-1 code.
    pub fn country(&self, code: &str) -> String {
        let regions = self.formatters.regions.as_ref();
        let name = || regions?.of(code.parse().ok()?);
        name().unwrap_or(code).to_owned()
    }
}

/// A point in time for `datetime` attributes and scripts.
pub fn machine_time(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn digits(text: &str) -> usize {
    text.chars().filter(|letter| letter.is_numeric()).count()
}

fn plain_time(at: Timestamp) -> String {
    at.format("%F %R UTC").to_string()
}

/// Date and time of day in a zone.
fn local(at: Timestamp, zone: Tz) -> (Date<Gregorian>, Time) {
    let there: DateTime<Tz> = at.with_timezone(&zone);
    let date = Date::try_new_gregorian(there.year(), there.month() as u8, there.day() as u8);
    let (hour, minute, second) = (there.hour(), there.minute(), there.second());
    let time = Time::try_new(hour as u8, minute as u8, second as u8, 0);
    // chrono returns valid dates and times only, so the fallbacks are never used.
    (
        date.unwrap_or_else(|_| {
            Date::from_rata_die(icu_calendar::types::RataDie::new(1), Gregorian)
        }),
        time.unwrap_or_else(|_| Time::start_of_day()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaks(accept_language: &str) -> Format {
        Format::by_preference(accept_language, Timestamp::default())
    }

    fn at() -> Timestamp {
        "2026-06-12T18:30:00Z".parse().unwrap()
    }

    fn money(minor: i64, currency: &str) -> Money {
        Money {
            minor,
            currency: currency.parse().unwrap(),
        }
    }

    #[test]
    fn readers_get_their_own_formats() {
        let us = speaks("en-US,en;q=0.9");
        assert_eq!(us.date(at(), Tz::Europe__Lisbon), "Friday, June 12, 2026");
        assert_eq!(us.zone(at(), Tz::Europe__Lisbon), "Portugal Time, GMT+1");
        assert_eq!(us.money(money(1_234_500, "USD")), "$12,345.00");
        let de = speaks("nl;q=0.9, de-DE;q=0.8, en;q=0.1");
        assert_eq!(de.time(at(), Tz::Europe__Berlin), "20:30");
        assert_eq!(de.money(money(1_234_500, "EUR")), "12.345,00\u{a0}€");
        assert_eq!(de.number(1234), "1.234");
        assert_eq!(de.country("PT"), "Portugal");
    }

    #[test]
    fn currencies_keep_their_minor_units() {
        let en = speaks("");
        assert_eq!(en.money(money(10_000, "JPY")), "¥10,000");
        assert_eq!(en.money(money(10_000, "KWD")), "KWD\u{a0}10.000");
        assert_eq!(en.money(money(1000, "COP")), "COP\u{a0}10");
        assert_eq!(en.money(money(1050, "COP")), "COP\u{a0}10.50");
    }

    #[test]
    fn strange_headers_fall_back_to_english() {
        for header in [
            "",
            "*",
            ";q=",
            "tlh",
            "de;q=0",
            "en;q=x,\u{fffd}",
            &"a,".repeat(999),
        ] {
            assert_eq!(speaks(header).tag(), "en", "{header}");
        }
    }
}
