//! Connections of clients: how many there are, of each address and in all. Knows nothing of HTTP.
//!
//! What must hold: connections are bounded below the files that the process may open, so that the last ones
//! are refused and everybody else, the database included, goes on; what is kept is bounded by the
//! connections that there are.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Resource, getrlimit, setrlimit};

use super::limits::Key;
use crate::config::LimitConfig;
use crate::metrics::Sheet;

/// How often refused connections are told of, at most.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);
/// Where there is no limit on files there is still one on memory.
const FILES_MAX: u64 = 1 << 20;
/// So many files are never for clients, or a quarter if that is less: connections to the database, static files that
/// are being sent, what the process has open anyway.
const OTHER_FILES: u64 = 1_500;

/// The connections of this process.
pub struct Connections {
    max: usize,
    max_per_address: u32,
    open: Mutex<Open>,
    bad_requests: AtomicU64,
}

#[derive(Default)]
struct Open {
    all: usize,
    by_address: HashMap<Key, u32>,
    refused: u64,
    reported: Option<Instant>,
}

/// The right to a connection; dropped, it may be another's.
pub struct Admitted {
    connections: Arc<Connections>,
    /// None for a proxy.
    key: Option<Key>,
}

impl Connections {
    /// None yet. Of `files` that the process may open three quarters are for clients, or as many as the settings
    /// say, if enough are left for other things.
    pub fn new(config: &LimitConfig, files: u64) -> Arc<Self> {
        let files = files.min(FILES_MAX);
        let most = (files - OTHER_FILES.min(files / 4)) as usize;
        let usual = (files / 4 * 3) as usize;
        let wanted = config.client_connections.map_or(usual, |it| it as usize);
        if wanted > most {
            log::warn!("{wanted} connections are more than {files} files allow: at most {most}");
        }
        Arc::new(Self {
            max: wanted.min(most),
            max_per_address: config.client_connections_per_address,
            open: Mutex::default(),
            bad_requests: AtomicU64::new(0),
        })
    }

    /// Lets a connection in, unless there are too many; those of a proxy are many clients' and are bounded
    /// only all together.
    pub fn admit(self: &Arc<Self>, address: IpAddr, is_proxy: bool) -> Option<Admitted> {
        let key = (!is_proxy).then(|| Key::of_address(address));
        let mut open = self.lock();
        let of_address = key.and_then(|key| open.by_address.get(&key)).copied();
        if open.all >= self.max || of_address.unwrap_or(0) >= self.max_per_address {
            open.refuse(address);
            return None;
        }
        open.all += 1;
        if let Some(key) = key {
            *open.by_address.entry(key).or_default() += 1;
        }
        let connections = self.clone();
        Some(Admitted { connections, key })
    }

    /// Connections that are open now.
    pub fn count(&self) -> usize {
        self.lock().all
    }

    /// Connections that were refused so far.
    pub fn refused(&self) -> u64 {
        self.lock().refused
    }

    /// Requests so far that were no HTTP.
    pub fn bad_requests(&self) -> u64 {
        self.bad_requests.load(Ordering::Relaxed)
    }

    /// Counts a request that is no HTTP.
    pub fn count_bad_request(&self) {
        self.bad_requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Tells how many there are.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn tell(&self, sheet: &mut Sheet<'_>) -> std::fmt::Result {
        let (open, refused) = (self.count() as f64, self.refused());
        sheet.gauge("client_connections", "Connections of clients", open)?;
        let max = self.max as f64;
        sheet.gauge(
            "client_connections_max",
            "Connections of clients at most",
            max,
        )?;
        sheet.counter(
            "client_connections_refused",
            "Connections that were closed because there were too many",
            refused,
        )?;
        sheet.counter(
            "bad_requests",
            "Requests that were no HTTP",
            self.bad_requests(),
        )
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Counts it, and says so from time to time.
    fn refuse(&mut self, address: IpAddr) {
        self.refused += 1;
        let is_told = |then: Instant| then.elapsed() < REPORT_INTERVAL;
        if !self.reported.is_some_and(is_told) {
            self.reported = Some(Instant::now());
            let (all, refused) = (self.all, self.refused);
            log::warn!(
                "too many connections: {all} are open, {refused} were refused, now one of {address}"
            );
        }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        open.all -= 1;
        let Some(key) = self.key else { return };
        if let Some(count) = open.by_address.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&key);
            }
        }
    }
}

/// Raises the number of files that this process may open as far as it may. How many that is.
pub fn raise_file_limit() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    let soft = limit.current;
    limit.current = limit.maximum;
    let limit = match setrlimit(Resource::Nofile, limit) {
        Ok(()) => limit.maximum,
        Err(_) => soft,
    };
    limit.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::Cli;

    fn connections(files: u64, flags: &[&str]) -> Arc<Connections> {
        let words = ["boxoffice"].iter().chain(flags);
        let config = Cli::try_parse_from(words).unwrap().serve.limits;
        Connections::new(&config, files)
    }

    #[test]
    fn an_address_has_so_many_and_a_proxy_more() {
        let connections = connections(1000, &["--client-connections-per-address", "2"]);
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = connections.admit(one, false);
        let _second = connections.admit(one, false).unwrap();
        assert!(connections.admit(one, false).is_none());
        let _another = connections.admit(other, false).unwrap();
        drop(first);
        let _third = connections.admit(one, false).unwrap();
        assert!(connections.admit(one, false).is_none());
        let _proxied = [connections.admit(one, true), connections.admit(one, true)];
        assert!(_proxied.iter().all(Option::is_some));
        assert_eq!((connections.count(), connections.refused()), (5, 2));
    }

    #[test]
    fn of_many_files_more_are_for_clients_if_the_settings_say_so() {
        assert_eq!(connections(20_000, &[]).max, 15_000);
        let most = |wanted| connections(20_000, &["--client-connections", wanted]).max;
        assert_eq!(
            (most("17000"), most("19000"), most("10")),
            (17_000, 18_500, 10)
        );
    }

    #[test]
    fn a_quarter_of_the_files_is_not_for_clients() {
        let connections = connections(8, &["--client-connections", "1000"]);
        let address = "192.0.2.1".parse().unwrap();
        let admitted: Vec<_> = (0..6).map(|_| connections.admit(address, true)).collect();
        assert!(admitted.iter().all(Option::is_some));
        assert!(connections.admit(address, true).is_none());
        drop(admitted);
        assert_eq!(connections.count(), 0);
        assert!(connections.lock().by_address.is_empty());
    }
}
