//! What readers may choose from in the list's filters: what the upcoming events have.
//!
//! What must hold: it is read at most every few seconds, whoever asks, and is bounded. It costs a look at every
//! upcoming event, so an old answer is shown while the next one is read.

use std::time::Duration;

use tokio_postgres::Row;

use super::facts::Genre;
use super::status::IS_PUBLIC;
use crate::postgres::last_known::{Ages, STALE_MAX};
use crate::postgres::{Error, Reader};
use crate::types::Currency;

pub(super) const AGES: Ages = Ages {
    fresh: Duration::from_secs(15),
    usable: STALE_MAX,
    stale: STALE_MAX,
};
/// Cities that are offered at most, those with the most events; others are found by their names.
const CITIES_MAX: usize = 300;

/// What upcoming events have.
#[derive(Debug, Default)]
pub struct Choices {
    /// Cities with their countries, by name.
    pub cities: Vec<(String, String)>,
    /// Countries, ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    /// In their order.
    pub genres: Vec<Genre>,
    /// Those of the most events first.
    pub currencies: Vec<Currency>,
}

/// Never `None`.
pub(super) async fn read(reader: Reader) -> Result<Option<Choices>, Error> {
    let statement = format!(
        "SELECT v.city, v.country, e.genre, e.currency, count(*) AS events
         FROM events e JOIN venues v USING (venue_id) WHERE {IS_PUBLIC} AND e.starts_at > now()
         GROUP BY GROUPING SETS ((v.city, v.country), (e.genre), (e.currency))
         ORDER BY events DESC, v.city"
    );
    let rows = reader
        .query(&reader.prepare_cached(&statement).await?, &[])
        .await?;
    let mut choices = Choices::default();
    for row in &rows {
        choices.add(row);
    }
    choices.cities.sort();
    choices.countries.sort();
    choices.genres.sort();
    Ok(Some(choices))
}

impl Choices {
    fn add(&mut self, row: &Row) {
        if let Some(country) = row.get::<_, Option<String>>("country") {
            if !self.countries.contains(&country) {
                self.countries.push(country.clone());
            }
            if self.cities.len() < CITIES_MAX {
                self.cities.push((row.get("city"), country));
            }
        } else if let Some(genre) = row.get::<_, Option<&str>>("genre") {
            self.genres.extend(genre.parse::<Genre>().ok());
        } else {
            self.currencies.push(row.get("currency"));
        }
    }
}
