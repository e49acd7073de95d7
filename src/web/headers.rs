//! The headers that every answer has, unless its handler says otherwise: they are set here and nowhere else.
//!
//! What must hold: what no handler has declared to be public is never stored; a page loads nothing from other
//! hosts, but the one page on which buyers pay, from the payment provider's; the address of a page, which may carry a booking link, is sent to nobody. Answers to what is no
//! HTTP are made by actix-http and have none of these headers.

use std::fmt::Display;

use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, HeaderName,
    HeaderValue, IF_NONE_MATCH, LINK, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

use super::cors;
use crate::config::ServeConfig;
use crate::gateway::stripe::config::StripeConfig;

/// What a page may load: files of this server and nothing else; no inline style or script.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
     worker-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

/// No page uses any of these, but the one on which buyers pay uses `payment`.
const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), \
     gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// Where Stripe's own script is, and with it its other hosts: <https://docs.stripe.com/security/guide#content-security-policy>.
const STRIPES_SCRIPTS: &str = "https://js.stripe.com";

/// Where its API is, with which go its own pages.
const STRIPES_API: &str = "https://api.stripe.com";

/// A year. Other hosts of the domain are not ours to decide about, so they are not included.
const HTTPS_ALONE: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Not `no-referrer`: with it browsers send forms with `Origin: null`, and `form` refuses them.
const ORIGIN_ALONE: HeaderValue = HeaderValue::from_static("strict-origin");

const NEVER_STORED: HeaderValue = HeaderValue::from_static("no-store");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// For a body that is public and changes: it may be stored, and must be revalidated.
pub(super) const REVALIDATE: (HeaderName, HeaderValue) =
    (CACHE_CONTROL, HeaderValue::from_static("no-cache"));

/// For a body whose address changes with it.
pub(super) const IMMUTABLE: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");

/// The headers of every answer.
pub(super) fn of_all(config: &ServeConfig) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((CACHE_CONTROL, NEVER_STORED))
        .add((X_CONTENT_TYPE_OPTIONS, NOSNIFF));
    if config.is_https() {
        headers.add((STRICT_TRANSPORT_SECURITY, HTTPS_ALONE))
    } else {
        headers
    }
}

/// The headers of what everyone may read of the catalogue: scripts of other sites may too.
pub(super) fn of_catalogue() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .add((ACCESS_CONTROL_EXPOSE_HEADERS, cors::READ))
}

/// Whether the client has what this entity tag stands for (RFC 9110, section 13.1.2). Our tags have no commas.
pub(super) fn is_known(request: &HttpRequest, etag: &str) -> bool {
    let lines = request.headers().get_all(IF_NONE_MATCH);
    let mut tags = lines.flat_map(|line| line.to_str().unwrap_or_default().split(','));
    tags.any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

/// Names the address of a list's next page, if there is one (RFC 8288).
pub(super) fn link_to_next(
    response: &mut HttpResponseBuilder,
    request: &HttpRequest,
    cursor: Option<impl Display>,
) {
    let Some(cursor) = cursor else {
        return;
    };
    let others = request.query_string().split('&');
    let others = others.filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let mut address = format!("{}?cursor={cursor}", request.path());
    for pair in others {
        address.push('&');
        address.push_str(pair);
    }
    response.insert_header((LINK, format!("<{address}>; rel=\"next\"")));
}

/// The headers of every page and static file, beside those of every answer.
pub(super) fn of_pages() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", CONTENT_SECURITY_POLICY))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Permissions-Policy", PERMISSIONS_POLICY))
        .add((REFERRER_POLICY, ORIGIN_ALONE))
}

/// What the page on which buyers pay may load from a payment provider, beside what every page may: origins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ProviderHosts {
    scripts: String,
    frames: String,
    /// What its script asks.
    calls: String,
    /// Where a form may lead: its own page.
    forms: String,
}

impl ProviderHosts {
    /// Stripe's hosts, or what stands for them in tests.
    pub(super) fn of(account: &StripeConfig) -> Self {
        let (scripts, api) = (origin_of(&account.script_url), origin_of(&account.base_url));
        let forms = match api.as_str() {
            STRIPES_API => "https://checkout.stripe.com".to_owned(),
            _ => api.clone(),
        };
        if scripts != STRIPES_SCRIPTS {
            return Self {
                frames: scripts.clone(),
                calls: format!("{scripts} {api}"),
                forms,
                scripts,
            };
        }
        let scripts = format!("{scripts} https://*.js.stripe.com");
        Self {
            frames: format!("{scripts} https://hooks.stripe.com"),
            calls: api,
            forms,
            scripts,
        }
    }

    /// Whether a form may lead to this address.
    pub(super) fn takes_form(&self, url: &str) -> bool {
        origin_of(url) == self.forms
    }

    /// Lets this page load from them.
    pub(super) fn open(&self, page: &mut HttpResponse) {
        let Self {
            scripts,
            frames,
            calls,
            forms,
        } = self;
        let own = CONTENT_SECURITY_POLICY
            .replace("form-action 'self'", &format!("form-action 'self' {forms}"));
        let policy = format!(
            "{own}; script-src 'self' {scripts}; frame-src {frames}; connect-src 'self' {calls}"
        );
        // Its frames ask wallets of the browser.
        let quoted = format!("\"{}\"", scripts.replace(' ', "\" \""));
        let permissions =
            PERMISSIONS_POLICY.replace("payment=()", &format!("payment=(self {quoted})"));
        let headers = [
            ("content-security-policy", policy),
            ("permissions-policy", permissions),
            // Wallets and banks that open a window of their own tell it when they are done.
            (
                "cross-origin-opener-policy",
                "same-origin-allow-popups".to_owned(),
            ),
        ];
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                page.headers_mut()
                    .insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// `https://js.stripe.com`
fn origin_of(url: &str) -> String {
    let url = reqwest::Url::parse(url);
    url.map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
}
