//! What is known of the request that a task works on: its id, which event and booking it is about, and where its
//! time goes. For its answer, its figures and its line in the log.
//!
//! What must hold: nothing here is a buyer's, opens anything, or is text that a client has chosen, but for the id,
//! which only a trusted proxy may choose. Outside of a request everything here does nothing.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;

use super::request_id::RequestId;
use crate::booking::Made;
use crate::catalog::Event;
use crate::types::watched::{Watched, watches};
use crate::types::{BookingId, EventId, EventNo};

/// A part of a request's time.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// Reading the event, if it is not known.
    Event,
    /// The order: its queue and its batch.
    Order,
    /// The payment: the gateway, and what is recorded.
    Payment,
}

const PARTS: [&str; 3] = ["event", "order", "payment"];

/// What is known of a request.
pub(super) struct About {
    pub(super) id: RequestId,
    pub(super) began: Instant,
    event: Cell<Option<(Option<EventId>, EventNo)>>,
    booking: Cell<Option<BookingId>>,
    did: Cell<&'static str>,
    /// When each part began, after the request, and how long it took.
    parts: [Cell<(Duration, Duration)>; PARTS.len()],
}

tokio::task_local! {
    static ABOUT: Rc<About>;
}

impl About {
    pub(super) fn new(id: RequestId) -> Self {
        Self {
            id,
            began: Instant::now(),
            event: Cell::default(),
            booking: Cell::default(),
            did: Cell::default(),
            parts: Default::default(),
        }
    }

    pub(super) fn event(&self) -> Option<(Option<EventId>, EventNo)> {
        self.event.get()
    }

    pub(super) fn booking(&self) -> Option<BookingId> {
        self.booking.get()
    }

    /// What it did; empty if nothing was said.
    pub(super) fn did(&self) -> &'static str {
        self.did.get()
    }

    /// The parts that it has: the name, how long after its beginning, and for how long.
    pub(super) fn parts(&self) -> Vec<(&'static str, Duration, Duration)> {
        let parts = PARTS.iter().zip(&self.parts);
        let parts = parts.map(|(name, part)| (*name, part.get().0, part.get().1));
        parts.filter(|(_, _, took)| !took.is_zero()).collect()
    }

    /// `event 0 ms, order 1204 ms, payment 0 ms, rest 4 ms`
    pub(super) fn times(&self, total: Duration) -> String {
        let mut rest = total;
        let parts = PARTS.iter().zip(&self.parts).map(|(name, took)| {
            let (_, took) = took.get();
            rest = rest.saturating_sub(took);
            format!("{name} {} ms, ", took.as_millis())
        });
        let parts: String = parts.collect();
        format!("{parts}rest {} ms", rest.as_millis())
    }
}

/// Does this as the work of a request, at once.
pub(super) fn call_within<T>(about: &Rc<About>, call: impl FnOnce() -> T) -> T {
    ABOUT.sync_scope(about.clone(), call)
}

/// Awaits this as the work of a request.
pub(super) fn within<T>(
    about: Rc<About>,
    work: impl Future<Output = T>,
) -> impl Future<Output = T> {
    ABOUT.scope(about, work)
}

/// The id of the request that this task works on; a new one outside of any.
pub(super) fn id() -> RequestId {
    let id = ABOUT.try_with(|about| about.id.clone());
    id.unwrap_or_else(|_| RequestId::fresh())
}

/// The request is about this event.
pub fn note_event(event: &Event) {
    note(|about| about.event.set(Some((Some(event.id), event.no))));
}

/// The request is about this booking of this event.
pub fn note_booking(event: EventNo, booking: BookingId) {
    note(|about| {
        about.booking.set(Some(booking));
        let known = about.event.get().filter(|(_, no)| *no == event);
        about.event.set(known.or(Some((None, event))));
    });
}

/// The request has made this booking, or an earlier one has.
pub fn note_made(made: &Made) {
    note_booking(made.booking.event, made.booking.id);
    note_done(if made.replayed { "replayed" } else { "held" });
}

/// The request did this.
pub fn note_done(what: &'static str) {
    note(|about| about.did.set(what));
}

/// Awaits a part of the request's work, and remembers how long it had to wait. What waits for nothing costs no look at
/// the clock.
pub fn time<F: Future>(part: Part, work: F) -> Timed<F> {
    Timed {
        work,
        part,
        began: None,
    }
}

pin_project! {
    /// Work that is timed. An `async fn` would have room for the work twice, and a large future is copied when it
    /// is boxed.
    pub struct Timed<F> {
        #[pin]
        work: F,
        part: Part,
        // When it first had to wait.
        began: Option<Instant>,
    }
}

impl<F: Future> Future for Timed<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let polled = this.work.poll(context);
        match this.began {
            None if polled.is_pending() && watches(Watched::Requests) => {
                *this.began = Some(Instant::now())
            }
            Some(began) if polled.is_ready() => note(|about| {
                let after = began.saturating_duration_since(about.began);
                about.parts[*this.part as usize].set((after, began.elapsed()));
            }),
            _ => {}
        }
        polled
    }
}

fn note(what: impl FnOnce(&About)) {
    ABOUT.try_with(|about| what(about)).ok();
}
