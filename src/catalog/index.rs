//! What events are found by: the text that a search is matched against, and what filters compare.
//!
//! It is written with the event. Events from before, and those that a server of an older version makes, are filled
//! by [`fill`], which every process runs once a minute. What must hold: whoever changes what is written here
//! raises [`VERSION`], and all events are written anew. To write an event twice changes nothing, so any number
//! of processes may do it.

use std::collections::BTreeSet;

use tokio_postgres::Row;

use super::rows::read_translations;
use super::text::{fold, token, words};
use super::translation;
use crate::postgres::{Db, Error, Transaction};
use crate::types::EventNo;

/// Of what is written here.
pub(super) const VERSION: i16 = 1;
/// Events that are filled in one transaction.
const BATCH: i64 = 500;

/// What an event is found by.
pub(super) struct Searchable {
    /// What words are looked for in.
    pub(super) text: String,
    /// What mistyped words are compared with.
    pub(super) words: BTreeSet<String>,
    /// What a city is filtered by.
    pub(super) city_key: String,
}

impl Searchable {
    /// Of an event with these names, line-up and genre, at a venue with this name, city and country.
    pub(super) fn new(names: &str, lineup: &[String], genre: &str, venue: [&str; 3]) -> Self {
        let [venue, city, country] = venue;
        // Each word follows a space, also the first.
        let mut text = fold(&format!(" {names} {venue} {city}"));
        for performer in lineup {
            text.push(' ');
            text.push_str(&fold(performer));
        }
        let words = words(&text).map(str::to_owned).collect();
        for code in [country, genre] {
            text.push(' ');
            text.push_str(&token(code));
        }
        Self {
            words,
            city_key: fold(city.trim()),
            text,
        }
    }
}

/// Keeps the words of events. In their order, so that two transactions do not wait for each other in a circle.
pub(super) async fn insert_words(
    transaction: &Transaction<'_>,
    words: &BTreeSet<String>,
) -> Result<(), Error> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let insert = "INSERT INTO search_words (word) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING";
    transaction.execute(insert, &[&words]).await?;
    Ok(())
}

/// Fills what events are found by, of those of which it is missing or of an older version. Returns how many.
///
/// # Errors
/// Those of the database; what was filled before stays.
pub async fn fill(db: &Db) -> Result<usize, Error> {
    let mut filled = 0;
    loop {
        let count = db
            .transaction(|transaction| Box::pin(fill_some(transaction)))
            .await?;
        filled += count;
        if count < BATCH as usize {
            return Ok(filled);
        }
    }
}

async fn fill_some(transaction: &Transaction<'_>) -> Result<usize, Error> {
    let events = transaction
        .query(
            "SELECT e.event_id, e.name, e.lineup, e.genre, e.translations, v.name AS venue, v.city, v.country
             FROM events e JOIN venues v USING (venue_id)
             WHERE e.search_version < $1 ORDER BY e.event_id LIMIT $2",
            &[&VERSION, &BATCH],
        )
        .await?;
    if events.is_empty() {
        return Ok(0);
    }
    let numbers: Vec<EventNo> = events.iter().map(|row| row.get("event_id")).collect();
    let prices = "SELECT event_id, min(price_minor) AS price_from FROM tiers WHERE event_id = ANY ($1) AND NOT hidden GROUP BY event_id";
    let prices = transaction.query(prices, &[&numbers]).await?;
    let price_of = |event: EventNo| {
        let of_event = |row: &&Row| row.get::<_, EventNo>("event_id") == event;
        prices
            .iter()
            .find(of_event)
            .map(|row| row.get::<_, i64>("price_from"))
    };
    let searchable = |row: &Row| {
        let lineup: Vec<String> = row.get("lineup");
        let venue = ["venue", "city", "country"].map(|column| row.get(column));
        let names = translation::names(row.get("name"), &read_translations(row));
        Searchable::new(&names, &lineup, row.get("genre"), venue)
    };
    let found_by: Vec<Searchable> = events.iter().map(searchable).collect();
    let words: BTreeSet<String> = found_by
        .iter()
        .flat_map(|one| one.words.iter().cloned())
        .collect();
    insert_words(transaction, &words).await?;
    let texts: Vec<&str> = found_by.iter().map(|one| one.text.as_str()).collect();
    let cities: Vec<&str> = found_by.iter().map(|one| one.city_key.as_str()).collect();
    let countries: Vec<&str> = events.iter().map(|row| row.get("country")).collect();
    let prices: Vec<Option<i64>> = numbers.iter().map(|number| price_of(*number)).collect();
    transaction
        .execute(
            "UPDATE events AS e
             SET search_text = n.search_text, city_key = n.city_key, country = n.country,
                 price_from_minor = n.price_from, search_version = $6
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[])
                      AS n (event_id, search_text, city_key, country, price_from)
             WHERE e.event_id = n.event_id AND e.search_version < $6",
            &[&numbers, &texts, &cities, &countries, &prices, &VERSION],
        )
        .await?;
    Ok(events.len())
}
