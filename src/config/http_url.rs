//! Addresses that the server sends something to on this machine: its client for them speaks no TLS.

use crate::types::Invalid;

/// An address that begins with `http://`.
pub(super) fn parse_http_url(text: &str) -> Result<String, Invalid> {
    match reqwest::Url::parse(text) {
        Ok(url) if url.scheme() == "http" => Ok(url.into()),
        _ => Err(Invalid::new("must be an address that begins with http://")),
    }
}
