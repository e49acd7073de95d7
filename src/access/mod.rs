//! Who may do what, and what proves it: tokens, sessions, roles, and the keys that sign them.

pub use crate::postgres::secrets;
