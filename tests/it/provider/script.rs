//! What the scripted provider is told to do wrong, call by call.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::wire::{Reply, Request};

/// What a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Create,
    Confirm,
    Retrieve,
    Capture,
    Cancel,
    List,
    Refund,
    Refunds,
    Disputes,
    Host,
    Session,
    Expire,
    Other,
}

impl Call {
    pub(crate) fn of(request: &Request) -> Self {
        let parts: Vec<_> = request.path.trim_start_matches("/v1/").split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("POST", ["payment_intents"]) => Self::Create,
            ("POST", ["payment_intents", _, "confirm"]) => Self::Confirm,
            ("GET", ["payment_intents", _]) => Self::Retrieve,
            ("POST", ["payment_intents", _, "capture"]) => Self::Capture,
            ("POST", ["payment_intents", _, "cancel"]) => Self::Cancel,
            ("GET", ["payment_intents"]) => Self::List,
            ("POST", ["refunds"]) => Self::Refund,
            ("GET", ["refunds", ..]) => Self::Refunds,
            ("GET", ["disputes"]) => Self::Disputes,
            ("POST", ["checkout", "sessions"]) => Self::Host,
            ("GET", ["checkout", "sessions", ..]) => Self::Session,
            ("POST", ["checkout", "sessions", _, "expire"]) => Self::Expire,
            _ => Self::Other,
        }
    }
}

/// Whether something goes wrong before a call has had its effect, or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    After,
}

/// What goes wrong.
#[derive(Clone)]
pub(crate) enum Fault {
    /// This is answered, and nothing is done.
    Refuses(Reply),
    /// The same, and whoever sends the key again gets the same answer.
    RefusesForGood(Reply),
    /// The connection is closed without an answer.
    Drops(When),
    /// The call waits at a gate.
    Waits(When, Gate),
    /// It is done, and the answer is this.
    Says(Reply),
    /// It is done, and half of the answer comes.
    Truncates,
    /// It is done, and the answer has another amount.
    WrongAmount,
}

impl Fault {
    /// Too many requests: nothing is done.
    pub(crate) fn too_many(retry_after_seconds: u32) -> Self {
        let mut reply = Reply::error(429, "api_error", "rate_limit", "Too many requests.");
        let header = ("Retry-After", retry_after_seconds.to_string());
        reply.headers.push(header);
        Self::Refuses(reply)
    }

    /// Another request with this key is under way.
    pub(crate) fn conflict() -> Self {
        let text = "There is currently another in-progress request using this key.";
        Self::Refuses(Reply::error(
            409,
            "idempotency_error",
            "idempotency_key_in_use",
            text,
        ))
    }

    /// An error of the provider, before anything is done.
    pub(crate) fn broken() -> Self {
        Self::Refuses(Reply::error(500, "api_error", "", "An unknown error."))
    }

    /// A load balancer's page: the call was done.
    pub(crate) fn bad_gateway() -> Self {
        Self::Says(Reply {
            status: 502,
            headers: vec![("Content-Type", "text/html".into())],
            body: "<html><body><h1>502 Bad Gateway</h1></body></html>".into(),
        })
    }

    /// 200 with something that is no JSON: the call was done.
    pub(crate) fn garbage() -> Self {
        Self::Says(Reply {
            status: 200,
            headers: vec![("Content-Type", "application/json".into())],
            body: "\u{0}\u{1}garbage".into(),
        })
    }
}

/// A point at which calls wait until a test lets them through. Clones are the same gate.
#[derive(Clone)]
pub(crate) struct Gate {
    waiting: Arc<watch::Sender<usize>>,
    is_open: Arc<watch::Sender<bool>>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self {
            waiting: Arc::new(watch::Sender::new(0)),
            is_open: Arc::new(watch::Sender::new(false)),
        }
    }

    pub(super) async fn pass(&self) {
        self.waiting.send_modify(|waiting| *waiting += 1);
        let mut is_open = self.is_open.subscribe();
        is_open.wait_for(|&open| open).await.expect("a gate");
    }

    /// Waits until a call has come here.
    pub(crate) async fn reached(&self) {
        let mut waiting = self.waiting.subscribe();
        waiting.wait_for(|&count| count > 0).await.expect("a gate");
    }

    /// Lets all through, from now on.
    pub(crate) fn open(&self) {
        self.is_open.send_replace(true);
    }
}

/// The faults to come.
#[derive(Default)]
pub(crate) struct Script(Mutex<Vec<(Call, Fault, u32)>>);

impl Script {
    pub(super) fn add(&self, call: Call, fault: Fault, times: u32) {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.push((call, fault, times));
    }

    pub(super) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// The fault of this call: of several the one that was told first.
    pub(super) fn take(&self, call: Call) -> Option<Fault> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = faults.iter().position(|(of, ..)| *of == call)?;
        let (_, fault, times) = &mut faults[index];
        let taken = fault.clone();
        *times -= 1;
        if *times == 0 {
            faults.remove(index);
        }
        Some(taken)
    }
}
