//! Why a payment was declined, in words: buyers and organisers read no codes.

use super::words::Words;
use crate::gateway::{ABANDONED, REFUSED, UNAVAILABLE};

/// The decline code of a buyer whose bank has not heard from them.
pub const NOT_AUTHENTICATED: &str = "authentication_required";

/// Why, by the code of the provider or of ours.
pub fn decline_text(code: Option<&str>, words: &'static Words) -> &'static str {
    words.text(match code {
        Some("insufficient_funds") => "payment-insufficient-funds",
        Some("processing_error") => "payment-processing-error",
        Some(ABANDONED) => "payment-abandoned",
        Some(UNAVAILABLE) => "payment-unavailable",
        Some(REFUSED) => "payment-refused",
        Some(NOT_AUTHENTICATED) => "payment-authentication",
        _ => "payment-declined",
    })
}
