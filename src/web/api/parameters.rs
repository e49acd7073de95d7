//! The parameters that several endpoints share, for the OpenAPI document. Handlers read them through `extract` and
//! `find`, which also say what is wrong with them.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::types::{BookingId, EventId};

/// The client's name for a request that must be carried out once.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(super) struct IdempotencyKeyParam {
    /// 1 to 255 printable characters, fresh for each request that is to be carried out. The same key and body again
    /// is the same request; see the description of this document.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]([ -~]*[!-~])?$",
        example = "0b8e5f0e-5a6b-4c1e-9a53-2f5b6f0f7d10"
    )]
    idempotency_key: String,
}

/// An event of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(super) struct EventPath {
    /// The event's id.
    event_id: EventId,
}

/// A booking of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(super) struct BookingPath {
    /// The booking's id.
    booking_id: BookingId,
}

/// What unlocks hidden tiers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CodeQuery {
    /// A promo code: hidden tiers that it unlocks are answered, too, while it is valid.
    #[param(max_length = 64, example = "SUMMER")]
    pub(super) code: Option<String>,
}

/// What a client has.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(super) struct KnownParam {
    /// `ETag` of the answer that the client has: 304 without a body if it is still what would be sent.
    #[param(rename = "If-None-Match", required = false)]
    if_none_match: Option<String>,
}
