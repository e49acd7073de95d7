//! The messages of availability streams: built once for an event, sent to all of its viewers.
//!
//! Each event with viewers has one task, which polls the process's counts, serialises them when they have
//! changed, and wakes the viewers through a watch channel. What must hold: nothing runs for an event without
//! viewers; a viewer costs nothing while the counts stay the same; when the server drains, every feed ends and
//! its viewers with it. The HTTP response is in `stream`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web::Bytes;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::events::{AvailabilityJson, etag};
use crate::app::App;
use crate::availability::Counts;
use crate::catalog::Event;
use crate::types::EventNo;

/// How often the counts of a watched event are compared with those sent last.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);

/// The feeds of the events that have viewers. One for the process.
pub struct Feeds {
    app: Arc<App>,
    /// The runtime of the tasks: not a web worker's.
    runtime: Handle,
    feeds: Mutex<HashMap<EventNo, Feed>>,
}

/// The feed of one event.
struct Feed {
    /// As the latest viewer found it: an organiser may have changed it.
    event: Arc<Event>,
    /// The last message; empty before the first.
    latest: watch::Sender<Bytes>,
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

    /// The messages of an event: the last one if there is any, then each new one. A slow viewer misses
    /// messages that are out of date. The sender goes away when the server drains.
    pub fn watch(self: &Arc<Self>, event: Arc<Event>) -> watch::Receiver<Bytes> {
        let no = event.no;
        let mut feeds = self.lock();
        if let Some(feed) = feeds.get_mut(&no) {
            feed.event = event;
            let mut receiver = feed.latest.subscribe();
            if !feed.latest.borrow().is_empty() {
                receiver.mark_changed();
            }
            return receiver;
        }
        let (latest, receiver) = watch::channel(Bytes::new());
        let sender = latest.clone();
        feeds.insert(no, Feed { event, latest });
        let all = self.clone();
        self.runtime.spawn(async move {
            tokio::select! {
                () = all.app.draining() => { all.lock().remove(&no); }
                () = all.publish(no, &sender) => {}
            }
        });
        receiver
    }

    /// Events that have viewers now.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Sends the counts of an event whenever they change, until its last viewer has gone.
    async fn publish(&self, no: EventNo, latest: &watch::Sender<Bytes>) {
        let mut sent = String::new();
        while let Some(event) = self.event(no) {
            // While the database is unavailable the viewers keep the last counts.
            if let Ok(counts) = self.app.availability.of(&event).await {
                let tag = etag(&counts);
                if tag != sent {
                    latest.send_replace(message(&event, &counts));
                    sent = tag;
                }
            }
            tokio::select! {
                () = latest.closed() => {
                    if self.remove_unwatched(no) {
                        return;
                    }
                }
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    }

    fn event(&self, no: EventNo) -> Option<Arc<Event>> {
        self.lock().get(&no).map(|feed| feed.event.clone())
    }

    /// Removes a feed unless a viewer has come in the meantime; whether it did. Then its task must end:
    /// what it finds under the number from now on is the feed of another task.
    fn remove_unwatched(&self, no: EventNo) -> bool {
        let mut feeds = self.lock();
        let is_unwatched = feeds
            .get(&no)
            .is_some_and(|feed| feed.latest.receiver_count() == 0);
        if is_unwatched {
            feeds.remove(&no);
        }
        is_unwatched
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<EventNo, Feed>> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One server-sent event.
fn message(event: &Event, counts: &Counts) -> Bytes {
    let json = serde_json::to_string(&AvailabilityJson::new(event, counts)).unwrap_or_default();
    Bytes::from(format!("event: availability\ndata: {json}\n\n"))
}
