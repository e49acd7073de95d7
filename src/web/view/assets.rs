//! Stylesheet, script and icon: in the binary, served under names that hold a hash of what they
//! hold, so that a browser may keep them for ever.

use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use crate::web::error::Error;

/// One file.
#[derive(Debug)]
pub struct Asset {
    /// Where it is served.
    pub path: String,
    content_type: &'static str,
    body: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, body: &'static str) -> Self {
        let hash: String = Sha256::digest(body)
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            path: format!("/static/{stem}.{hash}.{extension}"),
            content_type,
            body,
        }
    }
}

/// The one stylesheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let body = include_str!("../../../static/style.css");
    Asset::new("style", "css", "text/css; charset=utf-8", body)
});

/// The one script; pages work without it.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let body = include_str!("../../../static/app.js");
    Asset::new("app", "js", "text/javascript; charset=utf-8", body)
});

/// What browsers show in a tab.
pub static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let body = include_str!("../../../static/favicon.svg");
    Asset::new("favicon", "svg", "image/svg+xml", body)
});

/// GET /static/{file}
pub async fn get(request: HttpRequest) -> Result<HttpResponse, Error> {
    let asset = [&*STYLE, &*SCRIPT, &*ICON]
        .into_iter()
        .find(|asset| asset.path == request.path())
        .ok_or_else(|| Error::not_found("file"))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(asset.body))
}
