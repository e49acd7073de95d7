//! Fault injection: points at which a server under test exits at once, as after `kill -9`.
//!
//! What must hold: they exist only in builds with the feature `fault-points`, which only tests enable; in every
//! other build [`point`] is empty. One process has one fault: `BOXOFFICE_FAULT=charged` exits when the point is
//! reached for the first time, `charged:7` at the seventh.

/// After a payment was recorded as `processing`, before the gateway is called.
pub const BEGUN: &str = "begun";
/// After an intent was created at the provider, before what it is called there is written down.
pub const CREATED: &str = "created";
/// After what was authorised was captured, before that is recorded.
pub const CAPTURED: &str = "captured";
/// In the gateway, before it records the charge.
pub const CHARGING: &str = "charging";
/// In the gateway, after it has recorded the charge, before it answers.
pub const CHARGED: &str = "charged";
/// After the gateway has answered, before anything is recorded.
pub const ANSWERED: &str = "answered";
/// In the transaction that records the answer, before its commit.
pub const RECORDING: &str = "recording";
/// After that commit, before anything else.
pub const RECORDED: &str = "recorded";
/// After a cancellation was committed, before the gateway is called for the refund.
pub const CANCELLED: &str = "cancelled";
/// After the gateway has refunded, before that is recorded.
pub const REFUNDED: &str = "refunded";
/// Between a booking and the payment that came in the same request.
pub const BOOKED: &str = "booked";

/// After some tickets of a booking were given back or exchanged, and that is committed, before the gateway is called for
/// what goes back.
pub const GIVEN_BACK: &str = "given-back";

/// In the transaction that cancels bookings of an event that was called off, before its commit.
pub const CALLING_OFF: &str = "calling-off";

/// Those that sales pass by.
pub const POINTS: [&str; 9] = [
    BOOKED, BEGUN, CHARGING, CHARGED, ANSWERED, RECORDING, RECORDED, CANCELLED, REFUNDED,
];

/// Exits here if this point is the configured fault.
#[inline]
pub fn point(name: &'static str) {
    #[cfg(feature = "fault-points")]
    armed::pass(name);
    #[cfg(not(feature = "fault-points"))]
    let _ = name;
}

#[cfg(feature = "fault-points")]
pub use armed::{Fault, arm};

#[cfg(feature = "fault-points")]
mod armed {
    use std::str::FromStr;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{CALLING_OFF, CAPTURED, CREATED, GIVEN_BACK, POINTS};
    use crate::types::Invalid;

    /// The point, and at which pass, counted from 1.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Fault {
        name: &'static str,
        pass: u32,
    }

    impl FromStr for Fault {
        type Err = Invalid;
        fn from_str(text: &str) -> Result<Self, Invalid> {
            let (name, pass) = text.split_once(':').unwrap_or((text, "1"));
            let name = POINTS
                .into_iter()
                .chain([CALLING_OFF, CAPTURED, CREATED, GIVEN_BACK])
                .find(|point| *point == name);
            match (name, pass.parse()) {
                (Some(name), Ok(pass)) => Ok(Self { name, pass }),
                _ => Err(Invalid::new(format!(
                    "must be one of {POINTS:?}, {CALLING_OFF:?}, {CAPTURED:?}, {CREATED:?}, {GIVEN_BACK:?}, or one:pass"
                ))),
            }
        }
    }

    static FAULT: OnceLock<Fault> = OnceLock::new();
    static PASSES: AtomicU32 = AtomicU32::new(0);

    /// Sets the fault of this process.
    pub fn arm(fault: &Fault) {
        FAULT.set(fault.clone()).ok();
    }

    pub(super) fn pass(name: &str) {
        if let Some(fault) = FAULT.get()
            && fault.name == name
            && PASSES.fetch_add(1, Ordering::Relaxed) + 1 == fault.pass
        {
            // Nothing is flushed, closed or unwound.
            std::process::abort();
        }
    }
}
