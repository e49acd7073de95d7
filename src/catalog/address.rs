//! The readable address of an event: `velvet-almanac-lisbon-90611f46`, the slug of its name and city and the first
//! digits of its public id.
//!
//! What must hold: the digits find the event; the slug only decides between events that share them. A slug is of
//! `a-z 0-9 -`, whatever script the name is written in, and may be empty.

use uuid::Uuid;

use super::text::fold;
use crate::types::EventId;

/// Digits of the id in an address. Among 10,000 events two share them with a chance of one in a hundred.
const DIGITS: usize = 8;
/// Digits of a whole id.
const DIGITS_MAX: usize = 32;
/// Characters of a slug that come from the name, and from the city.
const NAME_MAX: usize = 60;
const CITY_MAX: usize = 30;
/// Characters of an address that is looked at.
const LENGTH_MAX: usize = 200;

/// Whether another id begins with the digits that this one has in its address.
pub(super) const IS_AMBIGUOUS: &str = "EXISTS (
    SELECT FROM events AS o WHERE o.public_id <> e.public_id
    AND o.public_id BETWEEN (left(e.public_id::text, 8) || '-0000-0000-0000-000000000000')::uuid
                        AND (left(e.public_id::text, 8) || '-ffff-ffff-ffff-ffffffffffff')::uuid
) AS is_ambiguous";

/// What an address in a request says of its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// The whole public id.
    Id(EventId),
    /// The beginning of the public id.
    Readable {
        /// May be wrong, or empty.
        slug: String,
        /// At least the first [`DIGITS`] digits of the id.
        digits: Digits,
    },
}

/// The first digits of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    bits: u128,
    count: usize,
}

impl Digits {
    /// From 8 to 32 hexadecimal digits.
    fn parse(text: &str) -> Option<Self> {
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || !(DIGITS..=DIGITS_MAX).contains(&text.len()) {
            return None;
        }
        let bits = u128::from_str_radix(text, 16).ok()?;
        let missing = DIGITS_MAX - text.len();
        Some(Self {
            bits: bits << (4 * missing),
            count: text.len(),
        })
    }

    /// The first [`DIGITS`] digits: what events are looked up by.
    pub(super) fn group(self) -> u32 {
        (self.bits >> 96) as u32
    }

    /// Whether the id begins with these digits.
    pub(super) fn begin(self, id: EventId) -> bool {
        let rest = 4 * (DIGITS_MAX - self.count);
        (id.0.as_u128() ^ self.bits).checked_shr(rest as u32) == Some(0)
    }
}

/// What an event is looked up by.
pub(super) fn group(id: EventId) -> u32 {
    (id.0.as_u128() >> 96) as u32
}

/// The first and the last id that begin with these eight digits.
pub(super) fn range(group: u32) -> (Uuid, Uuid) {
    let first = u128::from(group) << 96;
    (
        Uuid::from_u128(first),
        Uuid::from_u128(first | (u128::MAX >> 32)),
    )
}

impl std::str::FromStr for Address {
    type Err = ();

    /// An error for what can be no event's address.
    fn from_str(text: &str) -> Result<Self, ()> {
        if let Ok(id) = Uuid::parse_str(text) {
            return Ok(Self::Id(EventId(id)));
        }
        let (slug, digits) = text.rsplit_once('-').unwrap_or(("", text));
        let digits = Digits::parse(digits).filter(|_| text.len() <= LENGTH_MAX);
        Ok(Self::Readable {
            slug: slug.to_owned(),
            digits: digits.ok_or(())?,
        })
    }
}

/// The address of an event. `is_ambiguous`: another event's id begins with the same digits, so that only the whole id
/// is sure to find this one.
pub(super) fn of(slug: &str, id: EventId, is_ambiguous: bool) -> String {
    let digits = id.0.simple().to_string();
    let digits = if is_ambiguous {
        digits.as_str()
    } else {
        &digits[..DIGITS]
    };
    match slug {
        "" => digits.to_owned(),
        slug => format!("{slug}-{digits}"),
    }
}

/// The slug of an event.
pub(super) fn slug(name: &str, city: &str) -> String {
    let (name, city) = (words(name, NAME_MAX), words(city, CITY_MAX));
    match (name.as_str(), city.as_str()) {
        (one, "") | ("", one) => one.to_owned(),
        (name, city) => format!("{name}-{city}"),
    }
}

/// The words of a text without accents, joined by hyphens; as many as fit.
fn words(text: &str, length_max: usize) -> String {
    let mut slug = String::new();
    for letter in fold(text).chars() {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'ß' => slug.push_str("ss"),
            'æ' => slug.push_str("ae"),
            'œ' => slug.push_str("oe"),
            'ø' => slug.push('o'),
            'đ' | 'ð' => slug.push('d'),
            'ł' => slug.push('l'),
            'ı' => slug.push('i'),
            'þ' => slug.push_str("th"),
            // Part of a word: it's, l’amour.
            '\'' | '’' => {}
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    if slug.len() > length_max {
        let end = slug[..=length_max].rfind('-').unwrap_or(length_max);
        slug.truncate(end);
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> EventId {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_in_any_script_gives_a_slug() {
        for (name, city, expected) in [
            (
                "Velvet Almanac: The Long Way Home",
                "Lisbon",
                "velvet-almanac-the-long-way-home-lisbon",
            ),
            (
                "Maré Alta: A Última Volta",
                "São Paulo",
                "mare-alta-a-ultima-volta-sao-paulo",
            ),
            ("Straße № 7", "Łódź", "strasse-no-7-lodz"),
            ("It’s “Now”!", "", "its-now"),
            ("星空室内管弦楽団", "Tokyo", "tokyo"),
            ("أم كلثوم", "القاهرة", ""),
            ("--- 100% ---", "  ", "100"),
        ] {
            assert_eq!(slug(name, city), expected, "{name}");
        }
        let long = slug(
            &"wonder ".repeat(40),
            "Llanfairpwllgwyngyllgogerychwyrndrobwll",
        );
        assert!(
            long.len() <= NAME_MAX + 1 + CITY_MAX && long.starts_with("wonder-wonder"),
            "{long}"
        );
        assert!(!long.contains("--") && !long.contains("wonde-"), "{long}");
    }

    #[test]
    fn a_slug_that_is_too_long_ends_with_a_word() {
        let long = slug(&"velvet ".repeat(20), &"lisbon ".repeat(20));
        assert_eq!(
            long,
            ["velvet"; 8].join("-") + "-" + &["lisbon"; 4].join("-")
        );
        assert_eq!(slug(&"x".repeat(100), ""), "x".repeat(NAME_MAX));
    }

    #[test]
    fn an_address_is_read_back() {
        let id = id("90611f46-32c1-46d6-a092-6f5e97371ce5");
        for is_ambiguous in [false, true] {
            for slug in ["velvet-almanac-lisbon", "", "1-2"] {
                let read = of(slug, id, is_ambiguous).parse();
                let digits = match read {
                    Ok(Address::Id(read)) => {
                        assert_eq!(read, id);
                        continue;
                    }
                    Ok(Address::Readable { slug: read, digits }) => {
                        assert_eq!(read, slug);
                        digits
                    }
                    Err(()) => panic!("{slug}"),
                };
                assert!(digits.begin(id) && digits.group() == 0x9061_1f46);
                assert_eq!(digits.count, if is_ambiguous { 32 } else { 8 });
            }
        }
        assert_eq!(id.to_string().parse(), Ok(Address::Id(id)));
    }

    #[test]
    fn digits_begin_ids_and_nothing_else_is_an_address() {
        let one = id("90611f46-32c1-46d6-a092-6f5e97371ce5");
        for (digits, is_of_one) in [
            ("90611f46", true),
            ("90611F46", true),
            ("90611f4632", true),
            ("90611f4633", false),
            ("90611f4632c146d6a0926f5e97371ce4", false),
            ("00611f46", false),
        ] {
            assert_eq!(Digits::parse(digits).unwrap().begin(one), is_of_one);
        }
        let (first, last) = range(0x9061_1f46);
        assert!(first <= one.0 && one.0 <= last);
        let nope = [
            "",
            "x",
            "nope-90611f4",
            "90611g46",
            "a-90611f46-",
            "x-+0611f46",
        ];
        for text in nope.map(str::to_owned).into_iter().chain([
            format!("x-{}", "0".repeat(33)),
            format!("{}-90611f46", "x".repeat(200)),
        ]) {
            assert_eq!(text.parse::<Address>(), Err(()), "{text}");
        }
    }
}
