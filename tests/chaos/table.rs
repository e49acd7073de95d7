//! What a run has seen: of each kind of fault how often it happened, the longest wait of any caller, the longest
//! time until the service was back, and what must not be.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};
use std::time::Duration;

use crate::faults::Kind;

/// The row of one kind.
#[derive(Default)]
pub(crate) struct Row {
    times: u32,
    wait: Duration,
    /// Who waited longest.
    waiter: String,
    back: Vec<Duration>,
    violations: u32,
}

/// All rows, and the violations in words.
#[derive(Default)]
pub(crate) struct Table {
    rows: BTreeMap<Kind, Row>,
    not_run: BTreeMap<Kind, &'static str>,
    pub(crate) violations: Vec<String>,
}

impl Table {
    /// A fault has happened: who waited how long meanwhile, and how long after its end the service was back.
    pub(crate) fn note(&mut self, kind: Kind, (wait, waiter): (Duration, String), back: Duration) {
        let row = self.rows.entry(kind).or_default();
        row.times += 1;
        if wait > row.wait {
            (row.wait, row.waiter) = (wait, waiter);
        }
        row.back.push(back);
    }

    pub(crate) fn note_not_run(&mut self, kind: Kind, reason: &'static str) {
        self.not_run.insert(kind, reason);
    }

    pub(crate) fn violate(&mut self, kind: Kind, found: String) {
        println!("VIOLATION after {kind}: {found}");
        self.rows.entry(kind).or_default().violations += 1;
        self.violations.push(format!("{kind}: {found}"));
    }

    /// Whether each kind has happened, or was said not to.
    pub(crate) fn assert_complete(&self, kinds: &[Kind]) {
        for kind in kinds {
            let happened = self.rows.get(kind).is_some_and(|row| row.times > 0);
            assert!(
                happened || self.not_run.contains_key(kind),
                "{kind} never happened"
            );
        }
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(
            f,
            "| fault | times | longest wait of any caller | time to service: median, longest | violations |"
        )?;
        writeln!(f, "|---|---|---|---|---|")?;
        for (kind, row) in &self.rows {
            let mut back = row.back.clone();
            back.sort_unstable();
            let median = back.get(back.len() / 2).copied().unwrap_or_default();
            let longest = back.last().copied().unwrap_or_default();
            let [wait, median, longest] =
                [row.wait, median, longest].map(|time| time.as_secs_f64());
            let (times, violations, waiter) = (row.times, row.violations, &row.waiter);
            writeln!(
                f,
                "| {kind} | {times} | {wait:.2} s ({waiter}) | {median:.2} s, {longest:.2} s | {violations} |"
            )?;
        }
        for (kind, reason) in &self.not_run {
            writeln!(f, "| {kind} | not run: {reason} | | | |")?;
        }
        Ok(())
    }
}
