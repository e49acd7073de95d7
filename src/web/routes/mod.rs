//! The tables of paths: under /api ([`json`]), of buyers' pages ([`pages`]) and of organisers' ([`admin`]).

pub(super) mod admin;
pub(super) mod json;
mod method;
pub(super) mod pages;

pub(super) use self::method::{at, get};
