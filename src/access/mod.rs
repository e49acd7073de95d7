//! Who may do what, and what proves it.

pub mod limits;

pub use crate::postgres::secrets;
