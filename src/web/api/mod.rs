//! JSON, foldered by noun. The shapes are the contract with integrators.

pub mod bookings;
pub mod events;
pub mod payments;
pub mod status;
pub mod stream;

use serde::Serialize;

use crate::availability::Counts;
use crate::catalog::Event;
use crate::types::TierCode;

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
