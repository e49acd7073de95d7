//! The frame around every page: `base.html`.

use actix_web::HttpRequest;

use crate::web::view::assets;
use crate::web::view::format::{self, Format};

/// What the frame shows.
#[derive(Debug)]
pub(super) struct Frame {
    /// The locale of dates, numbers and money.
    pub locale: String,
    /// Where the stylesheet is.
    pub style: &'static str,
    /// Where the script is.
    pub script: &'static str,
    /// Where the icon is.
    pub icon: &'static str,
    /// The database's clock, for countdowns.
    pub now: String,
    /// The path of the page, to mark it in the navigation.
    pub path: String,
}

impl Frame {
    /// For one request.
    pub(super) fn new(request: &HttpRequest, format: &Format) -> Self {
        Self {
            locale: format.tag(),
            style: &assets::STYLE.path,
            script: &assets::SCRIPT.path,
            icon: &assets::ICON.path,
            now: format::machine_time(format.now),
            path: request.path().to_owned(),
        }
    }
}
