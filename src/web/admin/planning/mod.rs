//! The pages on which events are planned: an event and its tiers are written, published, copied and shown as buyers will
//! see them.
//!
//! `inputs` are the fields of the forms and how they are read, `page` is what is shown, `event`, `tier`, `questions`,
//! `languages`, `moving` and `publishing` are the handlers.

pub mod event;
mod inputs;
pub mod languages;
pub mod moving;
mod page;
pub mod publishing;
pub mod questions;
pub mod tier;

use super::{fields, form, respond, session, shell};
