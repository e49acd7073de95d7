//! What a reader looks for in the list of events, and the statement that finds it.
//!
//! What must hold: what a reader wrote is a parameter, never a part of a statement's text; a search has
//! [`WORDS_MAX`] words at most. A page of the list stays exact with every filter: the cursor is the date and the id
//! of the last event, whatever is asked beside it.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use postgres_types::{ToSql, Type};

use super::address::IS_AMBIGUOUS;
use super::facts::Genre;
use super::page::Cursor;
use super::rows::EVENT_COLUMNS;
use super::status::IS_PUBLIC;
use super::text::{self, fold};
use crate::postgres::like;
use crate::types::{Currency, OrganisationNo, Timestamp};

/// Words of a search that are used; the rest is ignored.
const WORDS_MAX: usize = 8;
/// Characters of a search that are used; the rest is ignored.
const SEARCH_MAX: usize = 100;

/// What a reader looks for; all of it must hold. The default is every event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filters {
    /// In any order.
    pub words: Vec<Word>,
    /// The city's name, folded.
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The kind of event.
    pub genre: Option<Genre>,
    /// The first day, in the venue's calendar.
    pub from: Option<NaiveDate>,
    /// The last day, in the venue's calendar.
    pub to: Option<NaiveDate>,
    /// The cheapest ticket costs this at most, in minor units of this currency.
    pub price_max: Option<(i64, Currency)>,
    /// The dates of one thing.
    pub series: Option<String>,
    /// Who runs them.
    pub organisation: Option<OrganisationNo>,
    /// Those that may stand on top of the list.
    pub featured: bool,
}

impl Filters {
    /// As they are, on the days behind those that are asked for, if there is a last one.
    pub fn on_later_days(&self) -> Option<Self> {
        let from = self.to?.succ_opt();
        Some(Self {
            from,
            to: None,
            ..self.clone()
        })
    }

    /// As they are, on any day.
    pub fn on_any_day(&self) -> Self {
        Self {
            from: None,
            to: None,
            ..self.clone()
        }
    }

    /// The words as a reader would write them.
    pub fn search(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }
}

/// One word of a search, folded, and what it is the name of, in the reader's language or in English.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Countries that are called so.
    pub countries: Vec<String>,
    /// Genres that are called so.
    pub genres: Vec<Genre>,
}

/// What a name is the name of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A country, ISO 3166-1 alpha-2.
    Country(String),
    /// A genre.
    Genre(Genre),
}

/// The names of countries and genres in the languages of a reader, folded.
#[derive(Debug, Default)]
pub struct Names {
    /// Tells languages apart.
    language: &'static str,
    entries: Vec<(String, Meaning)>,
    /// The words of all names, each once.
    words: BTreeSet<String>,
}

impl Names {
    /// Of these names, for readers of this language.
    pub fn new(language: &'static str, names: impl IntoIterator<Item = (String, Meaning)>) -> Self {
        let folded = names
            .into_iter()
            .map(|(name, meaning)| (fold(&name), meaning));
        let entries: Vec<(String, Meaning)> = folded.collect();
        let words = entries.iter().flat_map(|(name, _)| text::words(name));
        Self {
            language,
            words: words.map(str::to_owned).collect(),
            entries,
        }
    }

    pub(super) fn language(&self) -> &'static str {
        self.language
    }

    /// The words of a search.
    pub fn words(&self, search: &str) -> Vec<Word> {
        let allowed = |letter: char| if letter.is_control() { ' ' } else { letter };
        let search: String = search.chars().take(SEARCH_MAX).map(allowed).collect();
        let folded = fold(&search);
        let mut words: Vec<Word> = Vec::new();
        for part in folded.split_whitespace() {
            let bare = part.trim_matches(|letter: char| letter.is_ascii_punctuation());
            let word = self.word(if bare.is_empty() { part } else { bare });
            if words.len() < WORDS_MAX && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }

    fn word(&self, text: &str) -> Word {
        let mut word = Word {
            text: text.to_owned(),
            countries: Vec::new(),
            genres: Vec::new(),
        };
        for (_, meaning) in self
            .entries
            .iter()
            .filter(|(name, _)| is_called(name, text))
        {
            match meaning {
                Meaning::Country(code) if !word.countries.contains(code) => {
                    word.countries.push(code.clone())
                }
                Meaning::Genre(genre) if !word.genres.contains(genre) => word.genres.push(*genre),
                _ => {}
            }
        }
        word
    }

    /// All words of the names that a mistyped one may have been.
    pub(super) fn all_words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }
}

/// Whether a word is a word of this name, or how one begins; in scripts without spaces, any part of it.
fn is_called(name: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return word.chars().count() > 1 && name.contains(word);
    }
    name == word || (word.len() > 3 && text::words(name).any(|part| part.starts_with(word)))
}

/// A statement with its parameters. It is planned for these parameters each time: how many events there are of a
/// word or of a city decides which index is read.
pub(super) struct Query {
    pub(super) text: String,
    params: Vec<(Box<dyn ToSql + Sync + Send>, Type)>,
}

impl Query {
    /// A page of the events that are to come, with one more event than `limit` if there is one.
    pub(super) fn page(filters: &Filters, cursor: Option<Cursor>, limit: usize) -> Self {
        let mut query = Self {
            text: format!(
                "SELECT {EVENT_COLUMNS}, {IS_AMBIGUOUS} FROM events e JOIN venues v USING (venue_id) WHERE {IS_PUBLIC} AND e.starts_at > now()"
            ),
            params: Vec::new(),
        };
        query.filter(filters);
        if let Some(Cursor { starts_at, id }) = cursor {
            query.push(
                " AND (e.starts_at, e.public_id) > (",
                starts_at,
                Type::TIMESTAMPTZ,
            );
            query.push(", ", id, Type::UUID);
            query.text.push(')');
        }
        query.push(
            " ORDER BY e.starts_at, e.public_id LIMIT ",
            limit as i64 + 1,
            Type::INT8,
        );
        query
    }

    /// The parameters as they are sent.
    pub(super) fn params(&self) -> Vec<(&(dyn ToSql + Sync), Type)> {
        self.params
            .iter()
            .map(|(value, of)| (&**value as &(dyn ToSql + Sync), of.clone()))
            .collect()
    }

    fn push(&mut self, text: &str, value: impl ToSql + Sync + Send + 'static, of: Type) {
        self.params.push((Box::new(value), of));
        self.text.push_str(text);
        self.text.push('$');
        self.text.push_str(&self.params.len().to_string());
    }

    fn filter(&mut self, filters: &Filters) {
        for word in &filters.words {
            self.push(
                " AND e.search_text LIKE ANY (",
                patterns(word),
                Type::TEXT_ARRAY,
            );
            self.text.push(')');
        }
        if let Some(city) = &filters.city {
            self.push(" AND e.city_key = ", city.clone(), Type::TEXT);
        }
        if let Some(country) = &filters.country {
            self.push(" AND e.country = ", country.clone(), Type::TEXT);
        }
        if let Some(genre) = filters.genre {
            self.push(" AND e.genre = ", genre.as_str(), Type::TEXT);
        }
        self.filter_days(filters);
        if let Some((most, currency)) = filters.price_max {
            self.push(" AND e.currency = ", currency.code(), Type::TEXT);
            self.push(" AND e.price_from_minor <= ", most, Type::INT8);
        }
        if let Some(series) = &filters.series {
            self.push(" AND e.series = ", series.clone(), Type::TEXT);
        }
        if let Some(organisation) = filters.organisation {
            self.push(" AND e.organisation_id = ", organisation, Type::INT8);
        }
        if filters.featured {
            self.text.push_str(" AND e.featured");
        }
    }

    /// Days are those of the venue; the bounds in UTC, a day wider, are what the index is read by.
    fn filter_days(&mut self, filters: &Filters) {
        let midnight =
            |day: NaiveDate| -> Timestamp { day.and_time(chrono::NaiveTime::MIN).and_utc() };
        if let Some(from) = filters.from {
            let bound = from.checked_sub_days(Days::new(1)).unwrap_or(from);
            self.push(" AND e.starts_at >= ", midnight(bound), Type::TIMESTAMPTZ);
            self.push(
                " AND (e.starts_at AT TIME ZONE v.time_zone)::date >= ",
                from,
                Type::DATE,
            );
        }
        if let Some(to) = filters.to {
            let bound = to.checked_add_days(Days::new(2)).unwrap_or(to);
            self.push(" AND e.starts_at < ", midnight(bound), Type::TIMESTAMPTZ);
            self.push(
                " AND (e.starts_at AT TIME ZONE v.time_zone)::date <= ",
                to,
                Type::DATE,
            );
        }
    }
}

/// LIKE patterns for the texts of events that have the word, or are of what it names.
fn patterns(word: &Word) -> Vec<String> {
    let countries = word.countries.iter().map(String::as_str);
    let genres = word.genres.iter().map(|genre| genre.as_str());
    let named = countries
        .chain(genres)
        .map(|code| format!("% {}%", text::token(code)));
    std::iter::once(pattern(&word.text)).chain(named).collect()
}

/// A LIKE pattern for texts that contain the word; its wildcards are escaped. One or two Latin letters must begin a
/// word of the text: they are no trigram, so the index cannot find them in the middle of one.
fn pattern(word: &str) -> String {
    let is_short = word.len() < 3 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let begin = if is_short { "% " } else { "%" };
    format!("{begin}{}%", like::literal(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let country = |code: &str| Meaning::Country(code.into());
        let names = [
            ("United States", country("US")),
            ("Vereinigte Staaten", country("US")),
            ("United Kingdom", country("GB")),
            ("日本", country("JP")),
            ("Theatre", Meaning::Genre(Genre::Theatre)),
        ];
        Names::new(
            "de",
            names.map(|(name, meaning)| (name.to_owned(), meaning)),
        )
    }

    #[test]
    fn a_word_is_folded_and_its_wildcards_are_escaped() {
        let words = names().words(" São  sao \u{7}100%_\\ , % ");
        let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, ["sao", "100", ",", "%"]);
        assert_eq!(pattern("100%_\\"), "%100\\%\\_\\\\%");
        assert_eq!(pattern("u2"), "% u2%");
        assert_eq!(
            names().words(&"a b c d e f g h i j ".repeat(9)).len(),
            WORDS_MAX
        );
        let long = names().words(&"x".repeat(5 * SEARCH_MAX)).remove(0);
        assert_eq!(long.text.len(), SEARCH_MAX);
    }

    #[test]
    fn a_word_may_be_the_name_of_countries_and_genres() {
        let of = |search: &str| names().words(search).remove(0);
        assert_eq!(of("united").countries, ["US", "GB"]);
        assert_eq!(of("Staaten").countries, ["US"]);
        assert_eq!(of("日本").countries, ["JP"]);
        assert_eq!(of("theat").genres, [Genre::Theatre]);
        assert!(of("the").genres.is_empty());
    }

    #[test]
    fn what_a_reader_wrote_is_no_part_of_the_statement() {
        let words = names().words("x' OR true -- united theatre");
        let filters = Filters {
            words,
            city: Some("'".into()),
            ..Filters::default()
        };
        let query = Query::page(&filters, None, 24);
        // These are constants.
        let text = query.text.replace(IS_AMBIGUOUS, "").replace(IS_PUBLIC, "");
        assert!(!text.contains('\'') && !text.contains("--"), "{text}");
        assert_eq!(query.params().len(), 8);
    }
}
