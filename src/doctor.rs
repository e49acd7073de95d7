//! What an operator must change, or should: judges the settings of the database, the disk and the limits of this
//! machine.
//!
//! What must hold: each finding says what was found, and what to do about it; `Must` is kept for what loses bookings,
//! money or the service.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::cluster::MAJORS;
use crate::postgres::Facts;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It could be better.
    Should,
    /// Bookings, money or the service are at risk.
    Must,
}

/// What was found of one thing.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How bad it is.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<&'static str>,
}

/// A finding that is fine, or needs this remedy.
fn finding(
    check: &'static str,
    found: impl Into<String>,
    verdict: Verdict,
    remedy: &'static str,
) -> Finding {
    Finding {
        check,
        verdict,
        found: found.into(),
        remedy: (verdict != Verdict::Ok).then_some(remedy),
    }
}

/// `Ok`, or else this.
fn unless(is_fine: bool, otherwise: Verdict) -> Verdict {
    if is_fine { Verdict::Ok } else { otherwise }
}

/// `Ok` below the first, `Must` from the second on.
fn graded(value: u64, should_from: u64, must_from: u64) -> Verdict {
    match (value >= should_from, value >= must_from) {
        (_, true) => Verdict::Must,
        (true, false) => Verdict::Should,
        (false, false) => Verdict::Ok,
    }
}

/// Judges what a database says of itself, for processes with so many connections each.
pub fn of_database(facts: &Facts, connections: u16) -> Vec<Finding> {
    let mut findings = of_durability(facts);
    findings.extend(of_sale(facts));
    findings.extend(of_upkeep(facts));
    findings.extend(of_surroundings(facts, connections));
    findings
}

fn of_durability(facts: &Facts) -> Vec<Finding> {
    let on = |value: &str| unless(value == "on", Verdict::Must);
    vec![
        finding(
            "fsync",
            &facts.fsync,
            on(&facts.fsync),
            "set fsync = on in postgresql.conf and reload it: without it a crash of the machine destroys the database",
        ),
        finding(
            "full_page_writes",
            &facts.full_page_writes,
            on(&facts.full_page_writes),
            "set full_page_writes = on in postgresql.conf and reload it: without it a crash in the middle of a write \
             destroys pages",
        ),
        finding(
            "synchronous_commit",
            &facts.synchronous_commit,
            commits(facts),
            "set synchronous_commit = on, for the database, the user and in postgresql.conf: a booking that was \
             acknowledged must survive a crash, also that of the primary",
        ),
        finding(
            "data_checksums",
            &facts.checksums,
            unless(facts.checksums == "on", Verdict::Should),
            "run pg_checksums --enable while PostgreSQL is stopped: damage done by the disk is not noticed now",
        ),
    ]
}

/// Whether an acknowledged commit is on the disk, and on that of a synchronous standby if there is one.
fn commits(facts: &Facts) -> Verdict {
    let has_standby = !facts.synchronous_standbys.is_empty();
    match facts.synchronous_commit.as_str() {
        "on" | "remote_apply" => Verdict::Ok,
        "local" | "remote_write" => unless(!has_standby, Verdict::Should),
        _ => Verdict::Must,
    }
}

fn of_sale(facts: &Facts) -> Vec<Finding> {
    let major = u32::try_from(facts.version / 10_000).unwrap_or_default();
    vec![
        finding(
            "version",
            format!("PostgreSQL {major}"),
            unless(MAJORS.contains(&major), Verdict::Must),
            "use PostgreSQL 15 to 18: boxoffice is tested with these",
        ),
        finding(
            "writable",
            if facts.is_read_only { "no" } else { "yes" },
            unless(!facts.is_read_only, Verdict::Must),
            "name the primary, or several hosts with target_session_attrs=read-write: nothing can be sold on a standby, \
             or with default_transaction_read_only",
        ),
        finding(
            "isolation",
            &facts.isolation,
            unless(facts.isolation == "read committed", Verdict::Must),
            "set default_transaction_isolation = 'read committed', for the database and the user: the sale locks rows, \
             and fails under any other",
        ),
    ]
}

fn of_upkeep(facts: &Facts) -> Vec<Finding> {
    let autovacuum = facts.autovacuum == "on" && facts.track_counts == "on";
    vec![
        finding(
            "autovacuum",
            if autovacuum { "on" } else { "off" },
            unless(autovacuum, Verdict::Must),
            "set autovacuum = on and track_counts = on in postgresql.conf and reload it: tables grow without end, and \
             PostgreSQL stops when its transaction ids run out",
        ),
        finding(
            "transaction_age",
            format!("{} million", facts.transaction_age / 1_000_000),
            unless(facts.transaction_age < 1_000_000_000, Verdict::Must),
            "run VACUUM (FREEZE) in every database, and see what holds autovacuum up: PostgreSQL stops at 2,000 million",
        ),
        finding(
            "oldest_transaction",
            format!("{:.0} s", facts.transaction_seconds),
            unless(facts.transaction_seconds < 3600.0, Verdict::Should),
            "see pg_stat_activity, and end what was forgotten: dead rows are kept meanwhile, and sales become slower",
        ),
    ]
}

fn of_surroundings(facts: &Facts, connections: u16) -> Vec<Finding> {
    let clock_ms = (facts.now - facts.asked).num_milliseconds();
    // Another process takes over before this one has ended.
    let room = facts.connections / i32::from(connections);
    let encryption = match (facts.is_encrypted, facts.is_remote) {
        (true, _) => "encrypted",
        (false, true) => "not encrypted, and the database is on another machine",
        (false, false) => "not encrypted, on this machine",
    };
    vec![
        finding(
            "connections",
            format!(
                "{} for processes that open {connections} each",
                facts.connections
            ),
            match room {
                2.. => Verdict::Ok,
                1 => Verdict::Should,
                _ => Verdict::Must,
            },
            "raise max_connections, or the limit of the user or the database; or lower --connections: while servers are \
             replaced there are two, and a replica's come on top",
        ),
        finding(
            "max_wal_size",
            format!("{} MB", facts.max_wal_mb),
            unless(facts.max_wal_mb >= 1024, Verdict::Should),
            "set max_wal_size = 4GB if the disk has room: checkpoints in the middle of a sale make commits slow",
        ),
        finding(
            "tls",
            encryption,
            unless(facts.is_encrypted || !facts.is_remote, Verdict::Must),
            "add sslmode=verify-full and sslrootcert to the address: whoever is on the way reads the password and every \
             booking",
        ),
        finding(
            "clock",
            format!("{clock_ms} ms ahead of this machine's"),
            graded(clock_ms.unsigned_abs(), 2_000, 60_000),
            "run chrony or systemd-timesyncd on both machines: the database's clock opens sales and ends holds",
        ),
    ]
}

/// Judges what takes payments: `found` says what, `is_set_up` whether a server starts with it, `moves_money` whether
/// buyers are charged; `is_public` whether they reach the server by https.
pub fn of_provider(
    found: impl Into<String>,
    is_set_up: bool,
    moves_money: bool,
    is_public: bool,
) -> Finding {
    if !is_set_up {
        return finding(
            "payments",
            found,
            Verdict::Must,
            "set --gateway stripe with --stripe-secret-key, --stripe-publishable-key and --stripe-webhook-secret, all of \
             one account and mode; or --allow-test-payments on for a demonstration: the server does not start without",
        );
    }
    finding(
        "payments",
        found,
        unless(moves_money || !is_public, Verdict::Should),
        "use keys of live mode when you sell: nobody is charged now, and everybody gets tickets for a test card",
    )
}

/// Judges how long commits take.
pub fn of_commits(times: &[Duration]) -> Finding {
    of_times(
        "commit",
        times,
        "put the database's log (pg_wal) on a faster disk, with a cache that survives a power cut: \
        every booking waits for it",
    )
}

/// Judges how long the disk takes.
pub fn of_disk(times: &[Duration]) -> Finding {
    of_times(
        "disk",
        times,
        "put the data directory on a faster disk, with a cache that survives a power cut: every \
        booking waits for it",
    )
}

fn of_times(check: &'static str, times: &[Duration], remedy: &'static str) -> Finding {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let longest = sorted.last().copied().unwrap_or_default();
    let found = format!("{median:.1?}, {longest:.1?} at most");
    let median_ms = u64::try_from(median.as_millis()).unwrap_or(u64::MAX);
    let verdict = graded(median_ms, 10, 200);
    finding(check, found, verdict, remedy)
}

/// Judges the space that is left for the data.
pub fn of_space(available_bytes: u64) -> Finding {
    let megabytes = available_bytes >> 20;
    let verdict = match (megabytes >= 4096, megabytes >= 256) {
        (true, _) => Verdict::Ok,
        (false, true) => Verdict::Should,
        (false, false) => Verdict::Must,
    };
    finding(
        "space",
        format!("{megabytes} MB left"),
        verdict,
        "make room on the disk of the data directory: PostgreSQL stops when it cannot write its log",
    )
}

/// Judges how many files a server may open, for so many connections of clients if somebody has said how many.
pub fn of_open_files(files: u64, client_connections: Option<u32>) -> Finding {
    let wanted = client_connections.map_or(8192, |it| u64::from(it) + 1_500);
    let verdict = match files {
        _ if files >= wanted => Verdict::Ok,
        ..2048 => Verdict::Must,
        _ => Verdict::Should,
    };
    finding(
        "open_files",
        format!("{files}, {wanted} wanted"),
        verdict,
        "raise the limit of open files, by LimitNOFILE of the unit or ulimit -n: beyond it clients are refused",
    )
}

/// Judges the schema, by what verifying it said.
pub fn of_schema(reason: Option<String>) -> Finding {
    let verdict = unless(reason.is_none(), Verdict::Must);
    let found = reason.unwrap_or_else(|| "as this program needs it".to_owned());
    finding(
        "schema",
        found,
        verdict,
        "run `boxoffice migrate`, or the newer program",
    )
}

/// How long this directory's disk takes to write a page and flush it. Leaves nothing behind.
///
/// # Errors
/// Those of the operating system.
pub fn time_disk(directory: &Path, count: usize) -> io::Result<Vec<Duration>> {
    let path = directory.join(format!(".doctor-{}", std::process::id()));
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .open(&path)?;
    // It has no name from here on: nothing is left behind however this ends.
    std::fs::remove_file(&path)?;
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let began = Instant::now();
        file.write_all(&[1; 8192])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Facts {
        let now = "2030-01-01T00:00:00Z".parse().unwrap();
        Facts {
            version: 150_004,
            fsync: "on".to_owned(),
            full_page_writes: "on".to_owned(),
            synchronous_commit: "on".to_owned(),
            synchronous_standbys: String::new(),
            checksums: "on".to_owned(),
            autovacuum: "on".to_owned(),
            track_counts: "on".to_owned(),
            isolation: "read committed".to_owned(),
            connections: 97,
            max_wal_mb: 4096,
            is_read_only: false,
            transaction_age: 1,
            transaction_seconds: 0.1,
            is_remote: false,
            is_encrypted: false,
            now,
            asked: now,
        }
    }

    type Fault = (fn(&mut Facts), &'static str, Verdict);

    const FAULTS: [Fault; 16] = [
        (|facts| facts.version = 140_010, "version", Verdict::Must),
        (
            |facts| facts.full_page_writes = "off".to_owned(),
            "full_page_writes",
            Verdict::Must,
        ),
        (
            |facts| facts.checksums = "off".to_owned(),
            "data_checksums",
            Verdict::Should,
        ),
        (
            |facts| facts.track_counts = "off".to_owned(),
            "autovacuum",
            Verdict::Must,
        ),
        (
            |facts| facts.isolation = "serializable".to_owned(),
            "isolation",
            Verdict::Must,
        ),
        (
            |facts| facts.connections = 31,
            "connections",
            Verdict::Should,
        ),
        (|facts| facts.connections = 15, "connections", Verdict::Must),
        (
            |facts| facts.max_wal_mb = 256,
            "max_wal_size",
            Verdict::Should,
        ),
        (|facts| facts.is_read_only = true, "writable", Verdict::Must),
        (
            |facts| facts.transaction_age = 1_500_000_000,
            "transaction_age",
            Verdict::Must,
        ),
        (
            |facts| facts.transaction_seconds = 90_000.0,
            "oldest_transaction",
            Verdict::Should,
        ),
        (|facts| facts.is_remote = true, "tls", Verdict::Must),
        (
            |facts| facts.asked -= chrono::TimeDelta::seconds(5),
            "clock",
            Verdict::Should,
        ),
        (
            |facts| facts.asked += chrono::TimeDelta::seconds(90),
            "clock",
            Verdict::Must,
        ),
        (
            |facts| facts.synchronous_commit = "off".to_owned(),
            "synchronous_commit",
            Verdict::Must,
        ),
        (
            |facts| {
                facts.synchronous_commit = "local".to_owned();
                facts.synchronous_standbys = "a".to_owned();
            },
            "synchronous_commit",
            Verdict::Should,
        ),
    ];

    #[test]
    fn each_fault_is_one_finding_with_a_remedy() {
        assert!(
            of_database(&sound(), 16)
                .iter()
                .all(|found| found.verdict == Verdict::Ok)
        );
        for (fault, check, verdict) in FAULTS {
            let mut facts = sound();
            fault(&mut facts);
            let found = of_database(&facts, 16);
            let bad: Vec<_> = found
                .iter()
                .filter(|found| found.verdict != Verdict::Ok)
                .collect();
            assert_eq!(bad.len(), 1, "{check}: {bad:?}");
            assert_eq!((bad[0].check, bad[0].verdict), (check, verdict));
            assert!(bad[0].remedy.is_some());
        }
    }

    #[test]
    fn limits_of_the_machine_are_judged() {
        let ms = Duration::from_millis;
        assert_eq!(of_disk(&[ms(1), ms(1), ms(900)]).verdict, Verdict::Ok);
        assert_eq!(of_disk(&[ms(30); 3]).verdict, Verdict::Should);
        assert_eq!(of_commits(&[ms(300); 3]).verdict, Verdict::Must);
        assert_eq!(of_space(100 << 20).verdict, Verdict::Must);
        assert_eq!(of_space(100 << 30).verdict, Verdict::Ok);
        assert_eq!(of_open_files(1024, None).verdict, Verdict::Must);
        assert_eq!(of_open_files(20_000, None).verdict, Verdict::Ok);
        assert_eq!(of_open_files(20_000, Some(50_000)).verdict, Verdict::Should);
    }

    #[test]
    fn timing_the_disk_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(time_disk(directory.path(), 3).unwrap().len(), 3);
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0);
    }
}
