//! Handlers of /api/docs: the OpenAPI document as a page, by Swagger UI.
//!
//! Swagger UI comes from its crate, unpacked by `build.rs`; the page and its script are ours. What must hold: nothing is
//! loaded from another host, and no script or style is inline. Nothing of it is unpacked or packed for a request.

use std::sync::LazyLock;

use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, VARY};
use actix_web::{HttpRequest, HttpResponse};

use crate::types::Fingerprint;
use crate::web::error::Error;
use crate::web::headers::{REVALIDATE, is_known};

/// A file of the page.
struct File {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    /// The same, packed, if that is worth it.
    gzip: Option<&'static [u8]>,
}

/// The files' entity tags, in their order. The longest file has one and a half megabytes: it is hashed once.
static TAGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tag = |file: &File| {
        let hash = u128::from_be_bytes(Fingerprint::of([file.bytes]).0);
        format!("\"{hash:032x}\"")
    };
    FILES.iter().map(tag).collect()
});

/// A file that `build.rs` has unpacked.
macro_rules! unpacked {
    ($name:literal, $kind:literal) => {
        File {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!(env!("OUT_DIR"), "/", $name)),
            gzip: Some(include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".gz"))),
        }
    };
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

const FILES: [File; 4] = [
    unpacked!("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    unpacked!("swagger-ui.css", "text/css; charset=utf-8"),
    File {
        name: "docs.js",
        kind: JAVASCRIPT,
        bytes: include_bytes!("docs/docs.js"),
        gzip: None,
    },
    File {
        name: "docs.css",
        kind: CSS,
        bytes: include_bytes!("docs/docs.css"),
        gzip: None,
    },
];

/// Read this document as a page
#[utoipa::path(
    get,
    path = "/api/docs",
    operation_id = "getDocs",
    tag = "documentation",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html; charset=utf-8")),
    security(()),
)]
pub async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(REVALIDATE)
        .body(include_str!("docs/page.html"))
}

/// Read a file of the page
#[utoipa::path(
    get,
    path = "/api/docs/{file}",
    operation_id = "getDocsFile",
    tag = "documentation",
    params(("file" = String, Path, description = "Its name.", example = "docs.css")),
    responses(
        (status = 200, description = "The file.", content(
            (String = "text/javascript; charset=utf-8"), (String = "text/css; charset=utf-8"),
        ), headers(("ETag" = String))),
        (status = 304, description = "The client has it.", headers(("ETag" = String))),
    ),
    security(()),
    extensions(("x-problems" = json!(["not-found"]))),
)]
pub async fn file(request: HttpRequest) -> Result<HttpResponse, Error> {
    let name = request.match_info().get("file").unwrap_or_default();
    let mut files = FILES.iter().zip(TAGS.iter());
    let found = files.find(|(file, _)| file.name == name);
    let (file, etag) = found.ok_or_else(|| Error::not_found("file"))?;
    let accepted = request.headers().get(ACCEPT_ENCODING);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let takes_gzip = accepted.is_some_and(|codings| codings.contains("gzip"));
    if is_known(&request, etag) {
        return Ok(HttpResponse::NotModified()
            .insert_header((ETAG, etag.as_str()))
            .insert_header(REVALIDATE)
            .finish());
    }
    let mut response = HttpResponse::Ok();
    response
        .content_type(file.kind)
        .insert_header((ETAG, etag.as_str()))
        .insert_header(REVALIDATE)
        .insert_header((VARY, "accept-encoding"));
    Ok(match file.gzip.filter(|_| takes_gzip) {
        Some(packed) => response
            .insert_header((CONTENT_ENCODING, "gzip"))
            .body(packed),
        None => response.body(file.bytes),
    })
}
