//! The language in an address: `/de/events/…` is the page `/events/…` in German.
//!
//! What must hold: what comes after the language is routed as if it stood alone, and a redirect stays in the
//! language. Without one in the address, the browser's preferences count: see `view::format`.

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::http::header::{HeaderValue, LOCATION};
use actix_web::http::uri::PathAndQuery;
use actix_web::middleware::Next;

use super::view::words::{self, Words};

/// The language that the address of a request names; among the request's extensions.
#[derive(Clone, Copy)]
pub(super) struct OfPath(pub(super) &'static Words);

/// Takes the language off the path.
pub(super) async fn take_from_path<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let Some((words, uri)) = split(request.uri()) else {
        return next.call(request).await;
    };
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
    request.extensions_mut().insert(OfPath(words));
    let mut response = next.call(request).await?;
    let location = response.headers().get(LOCATION);
    let location = location.and_then(|location| location.to_str().ok());
    if let Some(path) = location.filter(|path| path.starts_with('/')) {
        let path = HeaderValue::try_from(format!("/{}{path}", words.tag()));
        if let Ok(path) = path {
            response.headers_mut().insert(LOCATION, path);
        }
    }
    Ok(response)
}

/// The language, and the address without it.
fn split(uri: &Uri) -> Option<(&'static Words, Uri)> {
    let rest = uri.path().strip_prefix('/')?;
    let (tag, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let words = words::offered().iter().find(|words| words.tag() == tag)?;
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    // Not `//`, which would be another host's address in a link.
    let path = format!("/{}{query}", rest.trim_start_matches('/'));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Some((words, Uri::from_parts(parts).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_first_part_of_the_path() {
        let of = |uri: &str| {
            let (words, uri) = split(&uri.parse().unwrap())?;
            Some((words.tag(), uri.to_string()))
        };
        assert_eq!(of("/de"), Some(("de", "/".into())));
        assert_eq!(of("/de/?q=a%20b"), Some(("de", "/?q=a%20b".into())));
        assert_eq!(
            of("/ar/events/1?x=/de/"),
            Some(("ar", "/events/1?x=/de/".into()))
        );
        assert_eq!(of("/de//host/path"), Some(("de", "/host/path".into())));
        for other in ["/", "/events/de", "/DE/", "/deu/", "/tlh/events", "//de/"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
