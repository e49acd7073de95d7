//! What the database groups measured, for the table at the end.

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
    /// So many bookings took so long.
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

    /// The medians, and how many times as many bookings the lanes make as the usual ways.
    pub(crate) fn print(&self) {
        if self.ids.is_empty() {
            return;
        }
        println!("\n{:<52} {:>12}", "median of 10 rounds", "bookings/s");
        for id in &self.ids {
            println!("{id:<52} {:>12.0}", self.median(id));
        }
        println!();
        let lanes = crate::lanes::HOT;
        for usual in self.ids.iter().filter(|id| crate::usual::is_compared(id)) {
            let what = format!("times the bookings/s of: {usual}");
            self.print_ratio(lanes, usual, &what);
        }
        self.print_ratio(
            crate::lanes::HOT_NUMBERED,
            lanes,
            "of the bookings/s when it is seats together instead of places",
        );
        // The one has so many times the rate of the other: the other takes so many times as long.
        for by_hand in [crate::usual::SINGLE_BY_HAND, crate::usual::SINGLE_PLANNED] {
            let what = format!("times the latency of: {by_hand}");
            self.print_ratio(by_hand, crate::usual::SINGLE_LANE, &what);
        }
    }

    fn print_ratio(&self, one: &str, other: &str, what: &str) {
        let ratio = self.median(one) / self.median(other);
        if ratio.is_finite() {
            println!("lanes: {ratio:>6.2} {what}");
        }
    }

    fn median(&self, id: &str) -> f64 {
        let Some(rates) = self.rates.get(id) else {
            return f64::NAN;
        };
        let mut last = rates[rates.len().saturating_sub(ROUNDS)..].to_vec();
        last.sort_by(f64::total_cmp);
        last[last.len() / 2]
    }
}
