//! JSON, foldered by noun. The shapes are the contract with integrators.

pub mod bookings;
pub mod events;
pub mod payments;
pub mod status;
pub mod stream;

use std::sync::Arc;

use serde::Serialize;

use super::error::Error;
use crate::app::App;
use crate::availability::Counts;
use crate::catalog::Event;
use crate::types::{EventId, TierCode};

/// The event that a request is about.
///
/// # Errors
/// 404 with `not-found`.
pub async fn find_event(app: &App, id: EventId) -> Result<Arc<Event>, Error> {
    app.catalog
        .event(id)
        .await?
        .ok_or_else(|| Error::not_found("event"))
}

/// What is left of one tier.
#[derive(Debug, Serialize)]
pub struct Left<'a> {
    tier: &'a TierCode,
    available: i32,
}

fn left<'a>(event: &'a Event, counts: &Counts) -> Vec<Left<'a>> {
    let available = |no| counts.tier(no).map_or(0, |count| count.available);
    event
        .tiers
        .iter()
        .map(|tier| Left {
            tier: &tier.code,
            available: available(tier.no),
        })
        .collect()
}
