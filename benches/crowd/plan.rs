//! What the program and its load processes tell each other: a plan, three words, a report, each a line.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// All are there: each has the page and a buyer's token, and those who follow a stream its first message.
pub(crate) const ARRIVED: &str = "arrived";
/// From now on looks are measured.
pub(crate) const MEASURE: &str = "measure";
/// Now all book.
pub(crate) const BOOK: &str = "book";

/// What a load process does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) servers: Vec<SocketAddr>,
    pub(crate) event: Uuid,
    /// The path of the event's page.
    pub(crate) page: String,
    /// The path of the page's style sheet.
    pub(crate) style: String,
    /// The number of its first person; the last one's is before the end.
    pub(crate) first: usize,
    pub(crate) end: usize,
    /// Of all people so many follow a stream.
    pub(crate) viewers: usize,
    pub(crate) people: usize,
    pub(crate) people_per_address: usize,
    pub(crate) arrival_seconds: f64,
    pub(crate) look_seconds: f64,
    pub(crate) press_seconds: f64,
    /// Of a hundred people so many want two tickets.
    pub(crate) two_percent: u32,
    pub(crate) seed: u64,
}

/// What happened to the people of a load process. Times are microseconds, moments are since 1970.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) pages: Vec<u32>,
    pub(crate) looks: Vec<u32>,
    pub(crate) news: Vec<News>,
    pub(crate) orders: Vec<Order>,
    /// What went wrong; each but the first of a connection's is the consequence of another.
    pub(crate) errors: Vec<String>,
}

/// A message of a stream.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct News {
    /// From which server.
    pub(crate) server: usize,
    /// How many tickets it says are available: fewer than its viewer knew.
    pub(crate) available: i64,
    /// When it came.
    pub(crate) came: i64,
}

/// An order and the last answer to it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) person: usize,
    /// When the person pressed.
    pub(crate) due: i64,
    pub(crate) done: i64,
    pub(crate) tries: u32,
    pub(crate) status: u16,
    /// The body, or why there is none.
    pub(crate) answer: String,
}

/// The present moment, the same in all processes.
pub(crate) fn now() -> i64 {
    boxoffice::types::clock::local().timestamp_micros()
}
