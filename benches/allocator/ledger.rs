//! The results of the database groups, for the table at the end.

use std::collections::HashMap;
use std::time::Duration;

/// Rounds that count: the last ones, after the warm-up.
pub(crate) const ROUNDS: usize = 10;

/// Bookings a second by bench, in the order in which they were measured.
#[derive(Default)]
pub(crate) struct Ledger {
    ids: Vec<String>,
    rates: HashMap<String, Vec<f64>>,
}

impl Ledger {
    /// Records that `bookings` bookings took this long.
    pub(crate) fn note(&mut self, id: &str, bookings: usize, elapsed: Duration) {
        let rates = self.rates.entry(id.to_owned()).or_insert_with(|| {
            self.ids.push(id.to_owned());
            Vec::new()
        });
        rates.push(bookings as f64 / elapsed.as_secs_f64());
    }

    /// Whether the bench of this id was run.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.rates.contains_key(id)
    }

    /// The ids of the benches that were run.
    pub(crate) fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Bookings a second; not a number if the bench was not run.
    pub(crate) fn median(&self, id: &str) -> f64 {
        let Some(rates) = self.rates.get(id) else {
            return f64::NAN;
        };
        let mut last = rates[rates.len().saturating_sub(ROUNDS)..].to_vec();
        last.sort_by(f64::total_cmp);
        last[last.len() / 2]
    }
}
