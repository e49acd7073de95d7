//! The table at the end: the medians, and the ratio of the lanes' booking rate to that of each baseline.

use crate::baselines::{SINGLE_BY_HAND, SINGLE_LANE, SINGLE_PLANNED, is_compared};
use crate::lanes::{HOT, HOT_NUMBERED};
use crate::ledger::Ledger;

pub(crate) fn print(ledger: &Ledger) {
    if ledger.ids().is_empty() {
        return;
    }
    println!("\n{:<52} {:>12}", "median of 10 rounds", "bookings/s");
    for id in ledger.ids() {
        println!("{id:<52} {:>12.0}", ledger.median(id));
    }
    println!();
    for baseline in ledger.ids().iter().filter(|id| is_compared(id)) {
        let what = format!("times the bookings/s of: {baseline}");
        print_ratio(ledger, HOT, baseline, &what);
    }
    print_ratio(
        ledger,
        HOT_NUMBERED,
        HOT,
        "of the bookings/s when it is seats together instead of places",
    );
    // The ratio of the rates is the inverse ratio of the times.
    for by_hand in [SINGLE_BY_HAND, SINGLE_PLANNED] {
        let what = format!("times the latency of: {by_hand}");
        print_ratio(ledger, by_hand, SINGLE_LANE, &what);
    }
}

fn print_ratio(ledger: &Ledger, one: &str, other: &str, what: &str) {
    let ratio = ledger.median(one) / ledger.median(other);
    if ratio.is_finite() {
        println!("lanes: {ratio:>6.2} {what}");
    }
}
