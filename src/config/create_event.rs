//! The arguments of `boxoffice create-event`, and the syntax of `--tier`.
//!
//! What must hold: only the syntax is checked here; whether the event is valid is decided by `catalog::create`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::types::contact::ContactRule;
use crate::types::{Currency, Invalid, OrganisationNo, TierCode, Timestamp};

/// An event to create.
#[derive(Debug, Args)]
pub struct CreateEventArgs {
    /// What the event is called.
    #[arg(long)]
    pub name: String,
    /// A few sentences about it.
    #[arg(long, default_value = "")]
    pub description: String,
    /// Whose event it is: the number that `boxoffice organisation list` prints
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    pub organisation: OrganisationNo,
    /// When it starts, RFC 3339: 2027-06-01T20:00:00+02:00
    #[arg(long, value_name = "TIME")]
    pub starts_at: Timestamp,
    /// When the sale opens, RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    pub on_sale_at: Option<Timestamp>,
    /// ISO 4217.
    #[arg(long, default_value = "USD")]
    pub currency: Currency,
    /// Where it is.
    #[arg(long, default_value = "Main Hall")]
    pub venue: String,
    /// The venue's city.
    #[arg(long, default_value = "New York")]
    pub city: String,
    /// The venue's country, ISO 3166-1 alpha-2.
    #[arg(long, default_value = "US")]
    pub country: String,
    /// The venue's IANA time zone.
    #[arg(long, default_value = "America/New_York")]
    pub time_zone: chrono_tz::Tz,
    /// Tickets that one booking may hold at most.
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(i32).range(1..=100))]
    pub max_tickets_per_booking: i32,
    /// Tickets that one buyer may hold or own at most [default: twice the limit of a booking]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(i32).range(1..))]
    pub max_tickets_per_buyer: Option<i32>,
    /// Seconds for which a pending booking keeps its tickets [default: what the server is set to]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i32).range(60..=86_400))]
    pub hold_seconds: Option<i32>,
    /// A photograph or poster of it: a JPEG, PNG or WebP of at most 20 MiB and 40 million pixels. The server shows what
    /// it has written anew, in several widths [default: a drawing]
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
    /// Where pictures are kept; the same directory as that of the servers [default: `pictures` in the data directory]
    #[arg(long, env = "BOXOFFICE_PICTURES_DIR", value_name = "DIRECTORY")]
    pub pictures_dir: Option<PathBuf>,
    /// Whether buyers leave their name and e-mail address: none, optional, or required before they pay.
    #[arg(long, value_name = "RULE", default_value = "optional")]
    pub contact: ContactRule,
    /// A JSON file with what buyers want to know before paying: {"event": {"genre": "concert", "doors_at": TIME,
    /// "ends_at": TIME, "age_min": 16, "lineup": [NAME], "accessibility": [CODE], "organiser": TEXT, "terms": TEXT,
    /// "refund_policy": TEXT, "series": CODE, "featured": true,
    /// "translations": {"de": {"name": TEXT, "description": TEXT, "terms": TEXT, "refund_policy": TEXT, "tiers": {CODE: NAME}}}}, "venue": {"address": TEXT, "accessibility":
    /// [CODE]}}; each may be left out. `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// CODE:NAME:PRICE_MINOR:CAPACITY:numbered|general[:SEATS_PER_ROW], once per tier, the best first.
    /// SEATS_PER_ROW may state the blocks of a row between its aisles: 4+6+4 [default: 20]
    #[arg(long = "tier", value_name = "TIER", required = true)]
    pub tiers: Vec<TierArg>,
    /// CODE:SEAT[,SEAT...], places for wheelchairs: vip
    #[arg(long, value_name = "SEATS")]
    pub wheelchair: Vec<SeatsArg>,
    /// CODE:SEAT[,SEAT...], the seats of who comes with a buyer in a wheelchair: vip
    #[arg(long, value_name = "SEATS")]
    pub companion: Vec<SeatsArg>,
}

/// One `--wheelchair` or `--companion`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatsArg {
    /// Of which tier.
    pub tier: TierCode,
    /// Which seats, as they are labelled.
    pub seats: Vec<String>,
}

impl FromStr for SeatsArg {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let form = || Invalid::new("must be CODE:SEAT[,SEAT...], such as vip:A-1,A-10");
        let (tier, seats) = text.split_once(':').ok_or_else(form)?;
        let seats: Vec<String> = seats.split(',').map(str::to_owned).collect();
        if seats.iter().any(|seat| !seat.contains('-')) {
            return Err(form());
        }
        Ok(Self {
            tier: tier.parse()?,
            seats,
        })
    }
}

/// One `--tier`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierArg {
    /// How JSON calls it.
    pub code: TierCode,
    /// How people call it.
    pub name: String,
    /// Price of a ticket in minor units.
    pub price_minor: i64,
    /// How many tickets there are.
    pub capacity: i32,
    /// The widths of a row's blocks for numbered seats; none for general admission.
    pub row_blocks: Option<Vec<i16>>,
}

impl FromStr for TierArg {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let form = || {
            Invalid::new("must be CODE:NAME:PRICE_MINOR:CAPACITY:numbered|general[:SEATS_PER_ROW]")
        };
        let parts: Vec<&str> = text.split(':').collect();
        let [code, name, price, capacity, seating, row @ ..] = parts.as_slice() else {
            return Err(form());
        };
        let row_blocks = match (*seating, row) {
            ("general", []) => None,
            ("numbered", []) => Some(vec![20]),
            ("numbered", [blocks]) => Some(
                blocks
                    .split('+')
                    .map(str::parse)
                    .collect::<Result<Vec<i16>, _>>()
                    .map_err(|_| form())?,
            ),
            _ => return Err(form()),
        };
        Ok(Self {
            code: code.parse()?,
            name: (*name).to_owned(),
            price_minor: price.parse().map_err(|_| form())?,
            capacity: capacity.parse().map_err(|_| form())?,
            row_blocks,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_read_from_one_word() {
        let seats: SeatsArg = "vip:A-1,AB-10".parse().unwrap();
        assert_eq!(seats.seats, ["A-1", "AB-10"]);
        for bad in ["", "vip", "vip:", "vip:A-1,", "vip:1", "VIP:A-1"] {
            assert!(bad.parse::<SeatsArg>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_tier_is_read_from_one_word() {
        let tier: TierArg = "vip:VIP:10000:100:numbered:4+6+4".parse().unwrap();
        assert_eq!(
            (tier.price_minor, tier.capacity, tier.row_blocks),
            (10_000, 100, Some(vec![4, 6, 4]))
        );
        assert_eq!(
            "ga:GA:1000:5:general"
                .parse::<TierArg>()
                .unwrap()
                .row_blocks,
            None
        );
        for bad in [
            "",
            "ga:GA:1000:5",
            "ga:GA:x:5:general",
            "ga:GA:1:5:general:3",
            "GA:GA:1:5:general",
            "v:V:1:1:numbered:a",
        ] {
            assert!(bad.parse::<TierArg>().is_err(), "{bad}");
        }
    }
}
