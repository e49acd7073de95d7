//! Refuses what could not be answered: a request under /api whose client accepts no type that is sent there.
//!
//! What must hold: who does not say what they accept, or says it in a way that cannot be read, accepts everything.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::ACCEPT;

use super::error::Error;

/// What is sent under /api: the documentation is a page, which a browser asks for.
const JSON: [&str; 2] = ["application/json", "application/problem+json"];
const STREAM: [&str; 1] = ["text/event-stream"];

/// # Errors
/// 406.
pub(super) fn check(request: &ServiceRequest) -> Result<(), Error> {
    let Some(accepted) = request.headers().get(ACCEPT) else {
        return Ok(());
    };
    let path = request.path();
    let sent: &[&str] = match () {
        () if path.ends_with("/stream") => &STREAM,
        () if path.starts_with("/api/docs") => return Ok(()),
        () => &JSON,
    };
    let mut lines = request.headers().get_all(ACCEPT);
    if accepted == "*/*" || lines.any(|line| accepts(line.to_str().unwrap_or("*/*"), sent)) {
        Ok(())
    } else {
        Err(Error::not_acceptable(sent[0]))
    }
}

/// Whether one of these types is accepted (RFC 9110, section 12.5.1). What is accepted with weight 0 is not.
fn accepts(line: &str, sent: &[&str]) -> bool {
    let ranges = line.split(',').filter(|range| !is_refused(range));
    let mut ranges = ranges.map(|range| range.split(';').next().unwrap_or_default().trim());
    ranges.any(|range| match range.split_once('/') {
        Some(("*", "*")) => true,
        Some((kind, "*")) => sent.iter().any(|it| it.split('/').next() == Some(kind)),
        Some(_) => sent.iter().any(|it| it.eq_ignore_ascii_case(range)),
        None => true,
    })
}

/// Whether a range's weight is 0.
fn is_refused(range: &str) -> bool {
    let mut parameters = range.split(';').skip(1);
    parameters.any(|parameter| {
        let weight = parameter.trim().strip_prefix("q=");
        weight.is_some_and(|weight| weight.parse() == Ok(0.0_f32))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_accepted_by_name_by_kind_and_by_default() {
        for (line, is_accepted) in [
            ("application/json", true),
            ("APPLICATION/JSON; charset=utf-8", true),
            ("application/*;q=0.1", true),
            ("text/html, */*;q=0.8", true),
            ("application/problem+json", true),
            ("", true),
            ("nonsense", true),
            ("text/html, image/*", false),
            ("application/xml", false),
            ("application/json;q=0", false),
            ("application/json; q=0.0, text/html", false),
        ] {
            assert_eq!(accepts(line, &JSON), is_accepted, "{line}");
        }
    }
}
