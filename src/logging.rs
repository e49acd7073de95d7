//! The log: which records are written, and that one cause writes one line.
//!
//! What must hold: of warnings and errors from one place in the source the first is written at once, and
//! those that follow are counted and told in one line a second. Eighty thousand refused requests in an outage
//! are two lines a second, not eighty thousand. `line` makes lines of records; `queue` has them written by a thread
//! of its own, so that no request waits for the disk.

mod line;
mod queue;

use std::collections::HashMap;
use std::fmt::Arguments;
use std::io::Stderr;
use std::sync::Mutex;
use std::time::Duration;

use env_filter::{Builder, Filter};
use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::config::LogFormat;
use queue::Queue;

/// The log filter unless RUST_LOG is set: less from libraries.
const DEFAULT: &str =
    "info,actix_server=warn,refinery_core=warn,tokio_postgres=warn,usvg=error,fontdb=error";
/// What is not logged, whatever RUST_LOG says: tokio-postgres logs the parameters of statements, among them the
/// secrets that sign tokens, and actix-http's decoder the values of headers that it refuses.
const NEVER: [&str; 2] = ["tokio_postgres::query", "actix_http::h1::decoder"];
/// How often repeats are told.
const INTERVAL: Duration = Duration::from_secs(1);

/// Starts logging to standard error.
pub fn start(format: LogFormat) {
    let mut builder = Builder::new();
    builder.parse(&filters());
    for module in NEVER {
        builder.filter_module(module, LevelFilter::Off);
    }
    let filter = builder.build();
    let level = filter.filter();
    let queue: &'static Queue<_> = Box::leak(Box::new(Queue::new(std::io::stderr())));
    let lines = Lines {
        filter,
        format,
        queue,
    };
    let throttle: &'static Throttle<_> = Box::leak(Box::new(Throttle::new(lines)));
    if log::set_logger(throttle).is_ok() {
        log::set_max_level(level);
        std::thread::spawn(|| queue.write_for_ever());
        std::thread::spawn(|| {
            loop {
                std::thread::sleep(INTERVAL);
                throttle.tell_repeats();
            }
        });
    }
}

/// What RUST_LOG says. actix-http logs each request that is no HTTP as an error: `web::listen` counts them
/// and logs them at debug level instead, and logs what is an error.
fn filters() -> String {
    let filters = std::env::var("RUST_LOG").unwrap_or_else(|_| DEFAULT.to_owned());
    if filters.contains("actix_http") {
        return filters;
    }
    format!("{filters},actix_http::h1::dispatcher=off")
}

/// Makes lines of the records that pass the filter.
struct Lines {
    filter: Filter,
    format: LogFormat,
    queue: &'static Queue<Stderr>,
}

impl Log for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.filter.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if self.filter.matches(record) {
            line::with(self.format, record, |line| self.queue.push(line));
        }
    }

    fn flush(&self) {
        self.queue.write();
    }
}

/// A place in the source that logs.
type Site = (Option<&'static str>, Option<u32>);

/// Passes records on, but warnings and errors from one place only once in an interval.
struct Throttle<L> {
    to: L,
    /// The places that have logged in this interval.
    sites: Mutex<HashMap<Site, Repeats>>,
}

/// What a place has logged beyond its first record.
struct Repeats {
    level: Level,
    target: String,
    count: u64,
    /// One of them.
    example: String,
}

impl<L: Log> Throttle<L> {
    fn new(to: L) -> Self {
        Self {
            to,
            sites: Mutex::default(),
        }
    }

    /// Whether this is the first record of its place in the interval; otherwise it is counted.
    fn is_first(&self, record: &Record<'_>) -> bool {
        let site = (record.file_static(), record.line());
        let mut sites = self.sites.lock().expect("no panic under the lock");
        let mut is_first = false;
        let repeats = sites.entry(site).or_insert_with(|| {
            is_first = true;
            Repeats {
                level: record.level(),
                target: record.target().to_owned(),
                count: 0,
                example: String::new(),
            }
        });
        if !is_first {
            repeats.count += 1;
            if repeats.count == 1 {
                repeats.example = line::text(record);
            }
        }
        is_first
    }

    fn write(&self, repeats: &Repeats, message: Arguments<'_>) {
        let mut record = Record::builder();
        record.level(repeats.level).target(&repeats.target);
        self.to.log(&record.args(message).build());
    }
}

impl<L: Log> Log for Throttle<L> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.to.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        // What is filtered out is no first record; what is no warning is filtered behind this.
        let is_repeated = record.level() <= Level::Warn
            && (!self.to.enabled(record.metadata()) || !self.is_first(record));
        if !is_repeated {
            self.to.log(record);
        }
    }

    /// Tells the repeats, and writes all that waits.
    fn flush(&self) {
        self.tell_repeats();
        self.to.flush();
    }
}

impl<L: Log> Throttle<L> {
    /// Tells the repeats, and begins the next interval.
    fn tell_repeats(&self) {
        let sites = std::mem::take(&mut *self.sites.lock().expect("no panic under the lock"));
        for repeats in sites.values() {
            match (repeats.count, &repeats.example) {
                (0, _) => {}
                (1, example) => self.write(repeats, format_args!("{example}")),
                (count, example) => {
                    let more = count - 1;
                    self.write(repeats, format_args!("{example} (and {more} more like it)"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Log for Told {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &Record<'_>) {
            self.0.lock().unwrap().push(record.args().to_string());
        }
        fn flush(&self) {}
    }

    fn log(throttle: &Throttle<Told>, level: Level, line: u32, message: &str) {
        let mut record = Record::builder();
        record
            .level(level)
            .file_static(Some("x.rs"))
            .line(Some(line));
        throttle.log(&record.args(format_args!("{message}")).build());
    }

    fn take(throttle: &Throttle<Told>) -> Vec<String> {
        std::mem::take(&mut throttle.to.0.lock().unwrap())
    }

    #[test]
    fn repeats_are_told_once_in_an_interval() {
        let throttle = Throttle::new(Told::default());
        for n in 0..1_000 {
            log(&throttle, Level::Warn, 1, &format!("no database {n}"));
        }
        log(&throttle, Level::Error, 2, "another cause");
        log(&throttle, Level::Info, 3, "not a warning");
        log(&throttle, Level::Info, 3, "not a warning");
        let told = [
            "no database 0",
            "another cause",
            "not a warning",
            "not a warning",
        ];
        assert_eq!(take(&throttle), told);
        throttle.flush();
        assert_eq!(take(&throttle), ["no database 1 (and 998 more like it)"]);
        throttle.flush();
        assert!(take(&throttle).is_empty());
        log(&throttle, Level::Warn, 1, "again");
        assert_eq!(take(&throttle), ["again"]);
        log(&throttle, Level::Warn, 1, "twice");
        throttle.flush();
        assert_eq!(take(&throttle), ["twice"]);
    }
}
