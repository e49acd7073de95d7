//! Formats dates, numbers and money by ICU4X. No other file formats them for readers.
//!
//! The reader's language is negotiated here, among those that `words` offers; the region, and with it the formats,
//! is the reader's own. What must hold: an amount is shown to its last minor unit; a time is shown in the venue's
//! zone; everything on a page is in one language.

use std::fmt::Display;
use std::sync::Arc;

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Offset, Timelike};
use chrono_tz::Tz;
use icu_calendar::{Date, Gregorian};
use icu_decimal::input::Decimal;
use icu_locale_core::{LanguageIdentifier, Locale};
use icu_time::zone::models::AtTime;
use icu_time::zone::{IanaParser, UtcOffset, ZoneNameTimestamp};
use icu_time::{DateTime as IcuDateTime, Time, TimeZoneInfo};

use super::formatters::Formatters;
use super::words::{self, Words};
use crate::app::App;
use crate::types::{Money, Timestamp, clock};
use crate::web::language::OfPath;

/// Entries of an Accept-Language header that are read.
const PREFERENCES_MAX: usize = 16;

/// The formats of one reader at one time.
#[derive(Clone)]
pub struct Format {
    formatters: Arc<Formatters>,
    /// The texts in the reader's language.
    pub words: &'static Words,
    /// What the paths of pages begin with: the language that the request's path names, or nothing.
    pub prefix: String,
    /// The time by the database's clock, for display only.
    pub now: Timestamp,
}

impl Format {
    /// For the reader of a request: in the language that its path names, or else in the one that the reader prefers
    /// among those that are offered; with the reader's region.
    pub fn of(request: &HttpRequest) -> Self {
        let header = request.headers().get(ACCEPT_LANGUAGE);
        let languages = header.and_then(|value| value.to_str().ok());
        let app = request.app_data::<Data<App>>();
        let of_path = request
            .extensions()
            .get::<OfPath>()
            .map(|of_path| of_path.0);
        Self::by_preference(
            languages.unwrap_or_default(),
            of_path,
            app.map_or_else(clock::local, |app| app.db.now()),
        )
    }

    fn by_preference(
        accept_language: &str,
        of_path: Option<&'static Words>,
        now: Timestamp,
    ) -> Self {
        let wanted = preferred(accept_language, of_path);
        let (words, id) = wanted.unwrap_or_else(|| {
            let words = of_path.unwrap_or(&words::offered()[0]);
            (words, words.language().clone())
        });
        Self {
            formatters: Formatters::of(id.into()),
            words,
            prefix: of_path.map_or_else(String::new, |words| format!("/{}", words.tag())),
            now,
        }
    }

    /// A text with a plural form: of `count`, written in the reader's digits.
    pub fn counted(&self, id: &str, count: i32, values: &[(&str, &dyn Display)]) -> String {
        self.words.counted(id, count, &self.number(count), values)
    }

    /// For what is the same for all who read in the language of the path, or else in English.
    pub fn of_path(request: &HttpRequest) -> Self {
        let of_path = request
            .extensions()
            .get::<OfPath>()
            .map(|of_path| of_path.0);
        let app = request.app_data::<Data<App>>();
        let now = app.map_or_else(clock::local, |app| app.db.now());
        Self::of_language(of_path.unwrap_or(&words::offered()[0]), now)
    }

    /// For all who read in a language; the paths of pages begin with it.
    pub fn of_language(words: &'static Words, now: Timestamp) -> Self {
        Self::by_preference("", Some(words), now)
    }

    /// The locale.
    pub fn locale(&self) -> &Locale {
        &self.formatters.locale
    }

    /// The locale as a BCP 47 tag, for scripts.
    pub fn tag(&self) -> String {
        self.formatters.locale.to_string()
    }

    /// A whole number.
    pub fn number(&self, number: impl Into<i64>) -> String {
        let number = number.into();
        if self.has_plain_digits() && (0..1_000).contains(&number) {
            return number.to_string();
        }
        self.decimal(&Decimal::from(number))
    }

    /// Whether numbers below a thousand are written as programs write them.
    pub fn has_plain_digits(&self) -> bool {
        self.formatters.has_plain_digits
    }

    /// `8.5%`, of hundredths of a percent.
    pub fn percent(&self, percent_bp: i64) -> String {
        // Without zeros behind the point.
        let (number, digits) = match percent_bp {
            whole if whole % 100 == 0 => (whole / 100, 0),
            tenths if tenths % 10 == 0 => (tenths / 10, 1),
            hundredths => (hundredths, 2),
        };
        let mut number = Decimal::from(number);
        number.multiply_pow10(-digits);
        let number = self.decimal(&number);
        self.words.with("percent", &[("number", &number)])
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
        let text = formatted.filter(is_exact).unwrap_or_else(|| {
            let code = money.currency.code();
            format!("{code}\u{a0}{}", self.decimal(&number))
        });
        match self.words.direction() {
            "rtl" => with_symbol_in_order(&text),
            _ => text,
        }
    }

    /// `Friday, June 12, 2026`
    pub fn date(&self, at: Timestamp, zone: Tz) -> String {
        let (date, _) = local(at, zone);
        let formatter = self.formatters.date.as_ref();
        formatter.map_or_else(|| plain_time(at), |f| f.format(&date).to_string())
    }

    /// `Jun 12`
    pub fn day(&self, at: Timestamp, zone: Tz) -> String {
        let day = at.with_timezone(&zone).date_naive();
        if day.year() != self.now.with_timezone(&zone).year() {
            return self.day_of_year(day);
        }
        let (date, _) = local(at, zone);
        let formatter = self.formatters.day.as_ref();
        formatter.map_or_else(|| plain_time(at), |f| f.format(&date).to_string())
    }

    /// `Jun 12, 2026`
    pub fn day_of_year(&self, day: NaiveDate) -> String {
        let at = day.and_time(NaiveTime::MIN).and_utc();
        let (date, _) = local(at, Tz::UTC);
        let formatter = self.formatters.day_of_year.as_ref();
        formatter.map_or_else(|| day.to_string(), |f| f.format(&date).to_string())
    }

    /// `June 2026`
    pub fn month(&self, day: NaiveDate) -> String {
        let at = day.and_time(NaiveTime::MIN).and_utc();
        let (date, _) = local(at, Tz::UTC);
        let formatter = self.formatters.month.as_ref();
        formatter.map_or_else(|| day.to_string(), |f| f.format(&date).to_string())
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
        let Some(name) = &self.formatters.zone_name else {
            return zone.name().to_owned();
        };
        // French sets a colon apart; it may not begin a line.
        let name = name.format(&zone_info(at, zone)).to_string();
        let name = name.replace(" :", "\u{a0}:");
        self.two_parts(&name, &self.offset(at, zone))
    }

    /// `GMT+1`
    pub fn offset(&self, at: Timestamp, zone: Tz) -> String {
        let formatter = self.formatters.zone_offset.as_ref();
        formatter.map_or_else(
            || zone.name().to_owned(),
            |f| f.format(&zone_info(at, zone)).to_string(),
        )
    }

    /// `Lisbon, Portugal`
    pub fn two_parts(&self, first: &str, second: &str) -> String {
        let parts: [(&str, &dyn Display); 2] = [("first", &first), ("second", &second)];
        self.words.with("two-parts", &parts)
    }

    /// A country by its ISO 3166-1 code.
    pub fn country(&self, code: &str) -> String {
        let regions = self.formatters.regions.as_ref();
        let name = || regions?.of(code.parse().ok()?);
        name().unwrap_or(code).to_owned()
    }
}

/// What is to be known of a zone to name it at this time.
fn zone_info(at: Timestamp, zone: Tz) -> TimeZoneInfo<AtTime> {
    let seconds = at.with_timezone(&zone).offset().fix().local_minus_utc();
    IanaParser::new()
        .parse(zone.name())
        .with_offset(UtcOffset::try_from_seconds(seconds).ok())
        .with_zone_name_timestamp(ZoneNameTimestamp::from_epoch_seconds(at.timestamp()))
}

/// All countries that have a name in a language: ISO 3166-1 code and name.
pub fn countries(words: &Words) -> Vec<(String, String)> {
    let formatters = Formatters::of(words.language().clone().into());
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
    let named = |code: String| {
        let name = formatters.regions.as_ref()?.of(code.parse().ok()?)?;
        Some((code, name.to_owned()))
    };
    codes.filter_map(named).collect()
}

/// The texts in the language that a request's sender prefers among those that are offered; English without a header.
pub fn words_of(headers: &HeaderMap) -> &'static Words {
    let header = headers.get(ACCEPT_LANGUAGE);
    let languages = header.and_then(|value| value.to_str().ok());
    let preferred = languages.and_then(|languages| preferred(languages, None));
    preferred.map_or(&words::offered()[0], |(words, _)| words)
}

/// The language of a header with the greatest weight that is offered, and is this one if there is one.
fn preferred(
    accept_language: &str,
    of_path: Option<&'static Words>,
) -> Option<(&'static Words, LanguageIdentifier)> {
    let wanted = accept_language
        .split(',')
        .take(PREFERENCES_MAX)
        .filter_map(|entry| {
            let (tag, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
            let id: LanguageIdentifier = tag.trim().parse().ok()?;
            let words = words::of(id.language)?;
            let weight = weight.trim().strip_prefix("q=")?;
            Some((words, id, weight.trim().parse().ok()?))
        })
        .filter(|(words, _, weight): &(&Words, LanguageIdentifier, f32)| {
            *weight > 0.0 && of_path.is_none_or(|of_path| of_path.tag() == words.tag())
        });
    let mut wanted: Vec<_> = wanted.collect();
    wanted.sort_by(|a, b| b.2.total_cmp(&a.2));
    wanted.into_iter().next().map(|(words, id, _)| (words, id))
}

/// A point in time for `datetime` attributes and scripts.
pub fn machine_time(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Keeps `R$` from being shown as `$R` in a line from right to left: a mark from left to right follows each dollar
/// sign that follows a letter. As `amounts` in order.js does.
fn with_symbol_in_order(text: &str) -> String {
    let mut marked = String::with_capacity(text.len() + 3);
    let mut is_after_letter = false;
    for letter in text.chars() {
        marked.push(letter);
        if letter == '$' && is_after_letter {
            marked.push('\u{200e}');
        }
        is_after_letter = letter.is_ascii_alphabetic();
    }
    marked
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
        Format::by_preference(accept_language, None, Timestamp::default())
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
        let arabic = speaks("ar-EG").money(money(5_000, "BRL"));
        assert!(arabic.contains("R$\u{200e}"), "{arabic:?}");
        let mexican = speaks("es-MX").money(money(5_000, "BRL"));
        assert!(!mexican.contains('\u{200e}'), "{mexican:?}");
        assert_eq!(en.money(money(10_000, "KWD")), "KWD\u{a0}10.000");
        assert_eq!(en.money(money(1000, "COP")), "COP\u{a0}10");
        assert_eq!(en.money(money(1050, "COP")), "COP\u{a0}10.50");
    }

    #[test]
    fn the_language_of_the_path_counts_more_than_preferences() {
        let german = words::offered().iter().find(|words| words.tag() == "de");
        for (header, locale) in [("fr, de-AT;q=0.1", "de-AT"), ("fr-CA", "de"), ("", "de")] {
            let format = Format::by_preference(header, german, Timestamp::default());
            assert_eq!(
                (format.tag().as_str(), format.prefix.as_str()),
                (locale, "/de")
            );
            assert_eq!(format.words.tag(), "de");
        }
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
