//! A sale as its buyers saw it: what they sent, when, and the last answer to each.

use std::time::Duration;

use serde::Deserialize;
use uuid::Uuid;

use crate::http::Answer;

/// The results of the whole sale.
pub(crate) struct Sale {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    pub(crate) results: Vec<Sent>,
}

/// The result of one request.
pub(crate) struct Sent {
    /// Which buyer; a buyer who sends twice has two.
    pub(crate) buyer: usize,
    /// From the beginning of the sale.
    pub(crate) due: Duration,
    pub(crate) done: Duration,
    pub(crate) tries: u32,
    pub(crate) reply: Reply,
}

impl Sent {
    pub(crate) fn latency(&self) -> Duration {
        self.done.saturating_sub(self.due)
    }
}

/// The last answer.
#[derive(Debug)]
pub(crate) enum Reply {
    /// 201.
    Booked(Booking),
    /// 200: made by an earlier request with the same key.
    Replayed(Booking),
    SoldOut(Vec<Short>),
    HeldByOthers,
    /// 503 to every attempt.
    Overloaded,
    /// Anything else, or nothing.
    Failed(String),
}

impl Reply {
    pub(crate) fn booking(&self) -> Option<&Booking> {
        match self {
            Self::Booked(booking) | Self::Replayed(booking) => Some(booking),
            _ => None,
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Booked(_) => "booked",
            Self::Replayed(_) => "replayed",
            Self::SoldOut(_) => "sold out",
            Self::HeldByOthers => "held by others",
            Self::Overloaded => "overloaded",
            Self::Failed(_) => "failed",
        }
    }

    /// As the server said it.
    pub(crate) fn read(answer: &Answer) -> Self {
        let problem = || -> Option<Problem> { serde_json::from_slice(&answer.body).ok() };
        let booking = || -> Option<Booking> { serde_json::from_slice(&answer.body).ok() };
        let kind = problem().map(|problem| problem.kind).unwrap_or_default();
        let reply = match (answer.status, kind.as_str()) {
            (201, _) => booking().map(Self::Booked),
            (200, _) => booking().map(Self::Replayed),
            (409, "sold-out") => problem().map(|problem| Self::SoldOut(problem.tiers)),
            (409, "held-by-others") => Some(Self::HeldByOthers),
            (503, _) => Some(Self::Overloaded),
            _ => None,
        };
        reply.unwrap_or_else(|| {
            let body = String::from_utf8_lossy(&answer.body);
            Self::Failed(format!("{}: {body}", answer.status))
        })
    }
}

/// As the server says it.
#[derive(Debug, Deserialize)]
pub(crate) struct Booking {
    pub(crate) id: Uuid,
    pub(crate) items: Vec<Item>,
}

/// As the server says it.
#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) tier: String,
    pub(crate) quantity: i32,
    pub(crate) seats: Vec<String>,
}

/// As the server says it.
#[derive(Debug, Deserialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    tiers: Vec<Short>,
}

/// A tier that had too few tickets.
#[derive(Debug, Deserialize)]
pub(crate) struct Short {
    pub(crate) tier: String,
    pub(crate) asked: i32,
}
