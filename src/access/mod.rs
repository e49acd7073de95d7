//! Who may do what, and what proves it.

pub use crate::postgres::secrets;
