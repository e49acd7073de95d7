//! Who may do what, and what proves it. Today it holds only the keys that all processes share; tokens, sessions and
//! roles belong here.

pub use crate::postgres::secrets;
