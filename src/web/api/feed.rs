//! The messages of streams: built once for what is told, sent to all who follow it.
//!
//! Each topic that is followed has one task, which looks at what the process keeps of it, makes a message when it
//! has changed, and wakes the followers through a watch channel. What must hold: nothing runs for a topic that
//! nobody follows; a follower costs nothing while nothing changes; a slow one misses nothing that it needs; when
//! the server drains, every feed ends and its followers with it. The HTTP response is in `stream`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::Bytes;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::watch;
use utoipa::ToSchema;

use super::events::{AvailabilityJson, etag};
use crate::app::App;
use crate::availability::Counts;
use crate::availability::runs::difference;
use crate::availability::seats::Seats;
use crate::catalog::{Event, Tier};
use crate::types::{EventNo, TierCode, TierNo};

/// How often what is followed is compared with what was sent last.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);
/// The time between two messages for each of the followers: three times what it takes to send it.
const PAUSE_PER_FOLLOWER: Duration = Duration::from_micros(30);
/// A follower that has missed more changes than these is sent the whole.
const CHANGES_MAX: usize = 16;

/// What can be followed of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The counts of all tiers.
    Counts,
    /// The seats of a numbered tier.
    Seats(TierNo),
}

/// The feeds that are followed. One for the process.
pub struct Feeds {
    app: Arc<App>,
    /// The runtime of the tasks: not a web worker's.
    runtime: Handle,
    feeds: Mutex<HashMap<(EventNo, Topic), Feed>>,
}

/// One feed.
struct Feed {
    /// As the latest follower found it: an organiser may have changed it.
    event: Arc<Event>,
    news: watch::Sender<Arc<News>>,
}

/// What followers may not have been sent yet.
#[derive(Debug, Default)]
struct News {
    /// Counts the messages; 0 before the first.
    number: u64,
    /// All that there is to know.
    whole: Bytes,
    /// What the last messages have changed, the newest last; empty if each message says all.
    changes: VecDeque<Bytes>,
}

impl News {
    /// After one more message; `change` is what it changes, if it is known and less than the whole.
    fn and(&self, whole: Bytes, change: Option<Bytes>) -> Self {
        let mut changes = self.changes.clone();
        match change {
            Some(change) => changes.push_back(change),
            None => changes.clear(),
        }
        if changes.len() > CHANGES_MAX {
            changes.pop_front();
        }
        Self {
            number: self.number + 1,
            whole,
            changes,
        }
    }

    /// What there is to tell a follower who was sent everything up to `seen`, and nothing if that is 0.
    fn since(&self, seen: u64) -> Bytes {
        let missed = (self.number - seen) as usize;
        if seen == 0 || missed > self.changes.len() {
            return self.whole.clone();
        }
        match self.changes.range(self.changes.len() - missed..) {
            mut changes if changes.len() == 1 => changes.next().cloned().unwrap_or_default(),
            changes => changes
                .flat_map(|change| change.iter().copied())
                .collect::<Vec<u8>>()
                .into(),
        }
    }
}

/// A follower of one feed.
pub struct Follower {
    news: watch::Receiver<Arc<News>>,
    seen: u64,
}

impl Follower {
    /// The next message, at first the whole; `None` when the server drains. May be dropped and called again.
    pub async fn next(&mut self) -> Option<Bytes> {
        loop {
            {
                let news = self.news.borrow_and_update();
                if news.number > self.seen {
                    let message = news.since(self.seen);
                    self.seen = news.number;
                    return Some(message);
                }
            }
            self.news.changed().await.ok()?;
        }
    }
}

impl Feeds {
    /// Creates an empty set. The tasks will run on the runtime that this is called on.
    pub fn new(app: Arc<App>) -> Self {
        Self {
            app,
            runtime: Handle::current(),
            feeds: Mutex::default(),
        }
    }

    /// Follows a topic of an event: its state, then each change. The feed ends when the server drains.
    pub fn follow(self: &Arc<Self>, event: Arc<Event>, topic: Topic) -> Follower {
        let key = (event.no, topic);
        let mut feeds = self.lock();
        if let Some(feed) = feeds.get_mut(&key) {
            feed.event = event;
            return Follower {
                news: feed.news.subscribe(),
                seen: 0,
            };
        }
        let (news, receiver) = watch::channel(Arc::default());
        let sender = news.clone();
        feeds.insert(key, Feed { event, news });
        let all = self.clone();
        self.runtime.spawn(async move {
            tokio::select! {
                () = all.app.draining() => { all.lock().remove(&key); }
                () = all.publish(key, &sender) => {}
            }
        });
        Follower {
            news: receiver,
            seen: 0,
        }
    }

    /// Topics that are followed now.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Sends what has changed, until the last follower has gone.
    async fn publish(&self, key: (EventNo, Topic), news: &watch::Sender<Arc<News>>) {
        let mut teller = Teller::of(key.1);
        while let Some(event) = self.event(key) {
            let mut pause = LOOK_INTERVAL;
            if let Some((whole, change)) = teller.look(&self.app, &event).await {
                news.send_modify(|news| *news = Arc::new(news.and(whole, change)));
                // While tickets are sold all the time, buyers come before viewers.
                pause = pause.max(PAUSE_PER_FOLLOWER * news.receiver_count() as u32);
            }
            tokio::select! {
                () = news.closed() => {
                    if self.remove_unfollowed(key) {
                        return;
                    }
                }
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    fn event(&self, key: (EventNo, Topic)) -> Option<Arc<Event>> {
        self.lock().get(&key).map(|feed| feed.event.clone())
    }

    /// Removes a feed unless a follower has come in the meantime; whether it did. Then its task must end:
    /// what it finds under the key from now on is the feed of another task.
    fn remove_unfollowed(&self, key: (EventNo, Topic)) -> bool {
        let mut feeds = self.lock();
        let is_unfollowed = feeds
            .get(&key)
            .is_some_and(|feed| feed.news.receiver_count() == 0);
        if is_unfollowed {
            feeds.remove(&key);
        }
        is_unfollowed
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(EventNo, Topic), Feed>> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the messages of a topic; remembers what it has told.
enum Teller {
    /// The entity tag.
    Counts(String),
    Seats(TierNo, Option<Arc<Seats>>),
}

impl Teller {
    fn of(topic: Topic) -> Self {
        match topic {
            Topic::Counts => Self::Counts(String::new()),
            Topic::Seats(tier) => Self::Seats(tier, None),
        }
    }

    /// The whole, and what has changed if that is less; `None` if nothing has changed. While the database does
    /// not answer, followers keep what they have.
    async fn look(&mut self, app: &App, event: &Event) -> Option<(Bytes, Option<Bytes>)> {
        match self {
            Self::Counts(told) => {
                let counts = app.availability.of(event).await.ok()?;
                let tag = etag(&counts);
                if tag == *told {
                    return None;
                }
                *told = tag;
                Some((counts_message(event, &counts), None))
            }
            Self::Seats(no, told) => {
                let tier = event.tier_no(*no)?;
                let seats = app.availability.seats(event, tier).await.ok()?;
                if told.as_ref().is_some_and(|told| told.tag == seats.tag) {
                    return None;
                }
                let whole = seats_message(tier, &difference(&[], &seats.states));
                let change = told.as_ref().map(|told| {
                    let change = difference(&told.states, &seats.states);
                    seats_message(tier, &change)
                });
                *told = Some(seats);
                Some((whole, change))
            }
        }
    }
}

/// One server-sent event.
fn counts_message(event: &Event, counts: &Counts) -> Bytes {
    let json = serde_json::to_string(&AvailabilityJson::new(event, counts)).unwrap_or_default();
    Bytes::from(format!("event: availability\ndata: {json}\n\n"))
}

/// Seats of a numbered tier that are as they were not before; at first all.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatChanges)]
pub(super) struct SeatChangesJson<'a> {
    tier: &'a TierCode,
    /// Runs in the order of the seats: a letter, and how many seats it stands for unless it is one. `f` free, `h` held,
    /// `s` sold, `-` as before.
    #[schema(pattern = "^([fhs-][0-9]*)*$", examples("-4h2"))]
    seats: &'a str,
}

/// The same of seats; `runs` as in [`crate::availability::runs`].
fn seats_message(tier: &Tier, runs: &str) -> Bytes {
    let tier = &tier.code;
    let json = serde_json::to_string(&SeatChangesJson { tier, seats: runs }).unwrap_or_default();
    Bytes::from(format!("event: seats\ndata: {json}\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Bytes {
        Bytes::copy_from_slice(text.as_bytes())
    }

    #[test]
    fn whoever_has_missed_changes_is_sent_them_and_whoever_missed_too_many_the_whole() {
        let mut news = News::default().and(message("whole1"), None);
        assert_eq!(news.since(0), "whole1");
        for number in 2..=40 {
            let whole = message(&format!("whole{number}"));
            news = news.and(whole, Some(message(&format!("<{number}>"))));
        }
        assert_eq!(news.since(39), "<40>");
        assert_eq!(news.since(37), "<38><39><40>");
        let all: String = (25..=40).map(|number| format!("<{number}>")).collect();
        assert_eq!(news.since(24), all);
        assert_eq!(news.since(23), "whole40");
        assert_eq!(news.since(0), "whole40");
        // Changes that are not known leave a gap.
        news = news.and(message("whole41"), None);
        assert_eq!(news.since(40), "whole41");
    }
}
