//! The view struct of `base.html`, the frame around every page: language, asset URLs, clock; and how templates ask
//! for texts. Nothing of a particular page is here.

use std::borrow::Borrow;
use std::fmt::Display;

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::web::Data;

use crate::app::App;
use crate::config::Origin;
use crate::types::Timestamp;
use crate::web::client;
use crate::web::view::assets::{self, Assets};
use crate::web::view::format::{self, Format};
use crate::web::view::theme::Theme;
use crate::web::view::words::{self, Words};

/// What the frame shows.
pub(super) struct Frame {
    format: Format,
    /// The locale of dates, numbers and money.
    pub locale: String,
    /// What the shop is called.
    pub shop: String,
    /// Where its logo is, if it has one.
    pub logo: Option<String>,
    /// The colours of the page's background, light and dark.
    pub backgrounds: [String; 2],
    /// Where the stylesheet is.
    pub style: String,
    /// Where the font is that the page shows first.
    pub font: String,
    /// Where the script is.
    pub script: String,
    /// Where the scripts of seat maps are, in the order in which they are loaded.
    pub map_scripts: [String; 3],
    /// Where the script of the order form is.
    pub order_script: String,
    /// Where the script of tickets is.
    pub tickets_script: String,
    /// Where the script of a payment provider's form is.
    pub pay_script: String,
    /// Whether no money is moved: the gateway says so.
    pub is_test: bool,
    /// Where the icon is.
    pub icon: String,
    /// Where it is for browsers that take no SVG, and for home screens.
    pub icon_ico: String,
    /// See `icon_ico`.
    pub icon_apple: String,
    /// What the addresses of pages begin with, if it is known.
    pub origin: Option<Origin>,
    /// The database's clock, for countdowns.
    pub now: String,
    /// The path of the page without its language, to mark it in the navigation.
    pub path: String,
    /// What follows the language in an address of this page.
    pub page: String,
}

impl Frame {
    /// For one request.
    pub(super) fn new(request: &HttpRequest, format: &Format) -> Self {
        let assets = request.app_data::<Data<Assets>>();
        let url = |file| assets.map_or_else(String::new, |assets| assets.url(file));
        let app = request.app_data::<Data<App>>();
        let path = request.path();
        let theme = assets.map(|assets| assets.theme());
        Self {
            shop: theme.map_or_else(String::new, |theme| theme.name.clone()),
            logo: assets.and_then(|assets| assets.url_if_any(assets::THEME_LOGO)),
            backgrounds: theme.map(Theme::backgrounds).unwrap_or_default(),
            locale: format.tag(),
            style: url(assets::STYLE),
            font: assets.map_or_else(String::new, |assets| assets.first_font()),
            script: url(assets::SCRIPT),
            map_scripts: [
                assets::HALL_SCRIPT,
                assets::ZOOM_SCRIPT,
                assets::SEATS_SCRIPT,
            ]
            .map(url),
            order_script: url(assets::ORDER_SCRIPT),
            tickets_script: url(assets::TICKETS_SCRIPT),
            pay_script: url(assets::PAY_SCRIPT),
            is_test: app.is_some_and(|app| app.gateways.current().is_test()),
            icon: url(assets::ICON),
            icon_ico: url(assets::ICON_ICO),
            icon_apple: url(assets::ICON_APPLE),
            origin: app.and_then(|app| client::origin(&app.config, request)),
            now: format::machine_time(format.now),
            path: path.to_owned(),
            page: page(request),
            format: format.clone(),
        }
    }

    /// The database's clock.
    pub(super) fn clock(&self) -> Timestamp {
        self.format.now
    }

    /// The page's language, BCP 47.
    pub(super) fn language(&self) -> &'static str {
        self.format.words.tag()
    }

    /// All languages that are offered.
    pub(super) fn languages(&self) -> &'static [Words] {
        words::offered()
    }

    /// `ltr` or `rtl`.
    pub(super) fn direction(&self) -> &'static str {
        self.format.words.direction()
    }

    /// The texts of scripts, as JSON.
    pub(super) fn script_texts(&self) -> &'static str {
        self.format.words.script()
    }

    /// The path of a page, in the language that this one's path names.
    pub(super) fn to(&self, path: &str) -> String {
        format!("{}{path}", self.format.prefix)
    }

    /// A number in the reader's digits.
    pub(super) fn number(&self, number: impl Borrow<i32>) -> String {
        self.format.number(*number.borrow())
    }

    /// Whether small numbers need no formatting: an event's page has many.
    pub(super) fn has_plain_digits(&self) -> bool {
        self.format.has_plain_digits()
    }

    /// A text without variables.
    pub(super) fn text(&self, id: &str) -> &'static str {
        self.format.words.text(id)
    }

    /// A text with one variable.
    pub(super) fn with(&self, id: &str, name: &str, value: impl Display) -> String {
        self.format.words.with(id, &[(name, &value)])
    }

    /// A text with a plural form.
    pub(super) fn count(&self, id: &str, count: impl Borrow<i32>) -> String {
        self.format.counted(id, *count.borrow(), &[])
    }

    /// A text with a plural form and one other variable.
    pub(super) fn count_with(
        &self,
        id: &str,
        count: impl Borrow<i32>,
        name: &str,
        value: impl Display,
    ) -> String {
        self.format.counted(id, *count.borrow(), &[(name, &value)])
    }

    /// The two parts of a text around an element of the page.
    pub(super) fn around(&self, id: &str) -> (String, String) {
        parts(&self.with(id, "slot", Words::slot()))
    }

    /// The same of a text with a plural form.
    pub(super) fn around_count(&self, id: &str, count: impl Borrow<i32>) -> (String, String) {
        parts(&self.count_with(id, count, "slot", Words::slot()))
    }
}

fn parts(text: &str) -> (String, String) {
    let (before, after) = Words::split(text);
    (before.to_owned(), after.to_owned())
}

/// The address of a page without its language; of an answer to a form, that of the page that the form was on.
fn page(request: &HttpRequest) -> String {
    let path = request.path();
    if request.method() == Method::POST {
        return path[..path.rfind('/').unwrap_or_default()].to_owned();
    }
    match request.query_string() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}
