//! The pages on which halls are drawn, and tiers of an event get their parts of one.
//!
//! `sheet` is the form of a hall: it says a section's rows as text, one a line (`rows`), so it works without scripts; a
//! script draws the same text as buyers see it (`static/hall-editor.js`). `hall` and `seating` are the handlers.

pub mod hall;
mod rows;
pub mod seating;
mod sheet;

use super::{fields, form, respond, session, shell};
