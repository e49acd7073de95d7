//! Who may do what, and what proves it.

pub mod connections;
pub mod limits;

pub use crate::postgres::secrets;
