//! The web app manifest: what the shop is called, and its icons, where it is put on a home screen.
//! <https://www.w3.org/TR/appmanifest/>

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use super::respond::BY_LANGUAGE;
use crate::web::headers;
use crate::web::view::assets::{self, Assets};
use crate::web::view::format::Format;

/// GET /manifest.webmanifest
pub async fn manifest(assets: Data<Assets>, request: HttpRequest) -> HttpResponse {
    let format = Format::of(&request);
    let words = format.words;
    let icon = |file, sizes, kind, purpose| json!({"src": assets.url(file), "sizes": sizes, "type": kind, "purpose": purpose});
    let theme = assets.theme();
    let [background, _] = theme.backgrounds();
    let manifest = json!({
        "name": theme.name,
        "description": words.text("events-lead"),
        "lang": words.tag(),
        "dir": words.direction(),
        "id": "/",
        "start_url": format!("{}/", format.prefix),
        "display": "minimal-ui",
        "background_color": background,
        "theme_color": background,
        "icons": [
            icon(assets::ICON, "any", "image/svg+xml", "any"),
            icon(assets::ICON_192, "192x192", "image/png", "any"),
            icon(assets::ICON_512, "512x512", "image/png", "any"),
            icon(assets::ICON_MASKABLE, "512x512", "image/png", "maskable"),
        ],
    });
    HttpResponse::Ok()
        .content_type("application/manifest+json")
        .insert_header(headers::REVALIDATE)
        .insert_header(BY_LANGUAGE)
        .body(manifest.to_string())
}
