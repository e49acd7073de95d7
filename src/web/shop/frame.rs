//! The view struct of `base.html`, the frame around every page: locale, asset URLs, clock. Nothing of a
//! particular page is here.

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::web::view::assets::{self, Assets};
use crate::web::view::format::{self, Format};

/// What the frame shows.
#[derive(Debug)]
pub(super) struct Frame {
    /// The locale of dates, numbers and money.
    pub locale: String,
    /// Where the stylesheet is.
    pub style: String,
    /// Where the script is.
    pub script: String,
    /// Where the script of seat maps is.
    pub seats_script: String,
    /// Where the script of the order form is.
    pub order_script: String,
    /// Where the icon is.
    pub icon: String,
    /// The database's clock, for countdowns.
    pub now: String,
    /// The path of the page, to mark it in the navigation.
    pub path: String,
}

impl Frame {
    /// For one request.
    pub(super) fn new(request: &HttpRequest, format: &Format) -> Self {
        let assets = request.app_data::<Data<Assets>>();
        let url = |file| assets.map_or_else(String::new, |assets| assets.url(file));
        Self {
            locale: format.tag(),
            style: url(assets::STYLE),
            script: url(assets::SCRIPT),
            seats_script: url(assets::SEATS_SCRIPT),
            order_script: url(assets::ORDER_SCRIPT),
            icon: url(assets::ICON),
            now: format::machine_time(format.now),
            path: request.path().to_owned(),
        }
    }
}
