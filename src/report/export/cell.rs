//! One value of an export in each format.
//!
//! What must hold: text that a spreadsheet would run begins with an apostrophe in CSV
//! (<https://owasp.org/www-community/attacks/CSV_Injection>); numbers stay numbers; JSON has money and times as the rest
//! of the API has them.

use chrono::SecondsFormat;
use chrono_tz::Tz;
use serde_json::{Map, Value};

use crate::types::{Money, Timestamp};

/// What a spreadsheet takes for the beginning of a formula, the full-width forms included.
const RUNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// A word of ours, such as a status or an id.
    Word(String),
    /// What somebody has typed.
    Text(String),
    /// A count.
    Number(i64),
    /// An amount; its currency is a column of its own in tables.
    Amount(Money),
    /// A time.
    Time(Timestamp),
}

impl Cell {
    /// What somebody has typed, if anything.
    pub(super) fn text(text: Option<&str>) -> Self {
        text.filter(|text| !text.is_empty())
            .map_or(Self::Empty, |text| Self::Text(text.to_owned()))
    }

    /// A time, if there is one.
    pub(super) fn time(at: Option<Timestamp>) -> Self {
        at.map_or(Self::Empty, Self::Time)
    }

    fn csv(&self, zone: Tz) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Word(word) => word.clone(),
            Self::Text(text) => defuse(text),
            Self::Number(number) => number.to_string(),
            Self::Amount(money) => in_major_units(*money),
            Self::Time(at) => at
                .with_timezone(&zone)
                .to_rfc3339_opts(SecondsFormat::Secs, false),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Empty => Value::Null,
            Self::Word(text) | Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Amount(money) => serde_json::to_value(money).unwrap_or_default(),
            Self::Time(at) => serde_json::to_value(at).unwrap_or_default(),
        }
    }
}

/// With an apostrophe before it if a spreadsheet would run it.
pub(super) fn defuse(text: &str) -> String {
    if text.starts_with(RUNS) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// `10.50`: with as many digits as the currency has.
pub(super) fn in_major_units(money: Money) -> String {
    let exponent = money.currency.exponent() as usize;
    let sign = if money.minor < 0 { "-" } else { "" };
    let digits = format!(
        "{:0width$}",
        money.minor.unsigned_abs(),
        width = exponent + 1
    );
    let (whole, part) = digits.split_at(digits.len() - exponent);
    if part.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

/// The first line of a CSV file.
pub(super) fn write_names(to: &mut Vec<u8>, names: &[&str]) {
    write_line(to, names.iter().map(|name| (*name).to_owned()));
}

/// A line of a CSV file.
pub(super) fn write_csv(to: &mut Vec<u8>, row: &[Cell], zone: Tz) {
    write_line(to, row.iter().map(|cell| cell.csv(zone)));
}

fn write_line(to: &mut Vec<u8>, fields: impl Iterator<Item = String>) {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(to);
    // A vector takes everything, and the number of fields is that of this line alone.
    writer.write_record(fields.map(String::into_bytes)).ok();
    writer.flush().ok();
}

/// A line of a file of JSON lines.
pub(super) fn write_json(to: &mut Vec<u8>, names: &[&str], row: &[Cell]) {
    let fields = names.iter().zip(row);
    let fields = fields.filter(|(name, _)| **name != "currency");
    let object: Map<String, Value> = fields
        .map(|(name, cell)| ((*name).to_owned(), cell.json()))
        .collect();
    serde_json::to_writer(&mut *to, &object).ok();
    to.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(row: &[Cell]) -> String {
        let mut bytes = Vec::new();
        write_csv(&mut bytes, row, Tz::Europe__Stockholm);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_a_spreadsheet_would_run_begins_with_an_apostrophe() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "＝1",
            "=HYPERLINK(\"http://example.org\",\"x\")",
        ] {
            let defused = defuse(text);
            assert_eq!(defused, format!("'{text}"));
            let written = line(&[Cell::Text(text.into())]);
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(written.as_bytes());
            let read = reader.records().next().unwrap().unwrap();
            assert_eq!(&read[0], defused);
        }
        for text in ["Ana", "'quoted'", "1-2", "a=b", ""] {
            assert_eq!(defuse(text), text);
        }
    }

    #[test]
    fn numbers_stay_numbers_and_what_separates_is_quoted() {
        let money = |minor, currency: &str| {
            let currency = currency.parse().unwrap();
            Cell::Amount(Money { minor, currency })
        };
        let row = [
            Cell::Number(-3),
            money(1_050, "EUR"),
            money(-5, "EUR"),
            money(1_050, "JPY"),
            money(1_050, "KWD"),
            Cell::Text("a,\"b\"\nc".into()),
            Cell::Empty,
        ];
        assert_eq!(
            line(&row),
            "-3,10.50,-0.05,1050,1.050,\"a,\"\"b\"\"\nc\",\r\n"
        );
    }

    #[test]
    fn a_time_is_the_venues() {
        let at = Timestamp::from_timestamp(1_800_000_000, 0).unwrap();
        assert_eq!(line(&[Cell::Time(at)]), "2027-01-15T09:00:00+01:00\r\n");
    }
}
