//! The pages on which events are planned: an event and its tiers are written, published, copied and shown as buyers will
//! see them.
//!
//! What tickets cost beside their tiers' prices has a page of its own: `prices`, with `price_page` and `price_inputs`.
//!
//! `inputs` are the fields of the forms and how they are read, `event_inputs` and `tier_inputs` those of an event and of a
//! tier, `page` is what is shown, `event`, `tier`, `questions`,
//! `languages`, `moving` and `publishing` are the handlers.

pub mod event;
mod event_inputs;
mod inputs;
pub mod languages;
pub mod moving;
mod page;
mod price_inputs;
mod price_page;
pub mod prices;
pub mod publishing;
pub mod questions;
pub mod tier;
mod tier_inputs;

use super::{fields, form, respond, session, shell};
