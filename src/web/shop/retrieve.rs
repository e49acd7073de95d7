//! Handlers that give bookings back to their buyers: one by its reference and e-mail address, or all of another
//! browser by a code.
//!
//! What must hold: the answer is the same whether there is such a booking or not; guessing is limited by address and by
//! reference; opening a link changes nothing.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::form::{Fields, value_of};
use super::frame::Frame;
use super::respond::{private_page, see_other, set_buyer};
use crate::access::limits::{Bucket, Key};
use crate::access::move_code;
use crate::app::App;
use crate::booking;
use crate::types::{BuyerId, Reference};
use crate::web::error::Error;
use crate::web::view::format::Format;
use crate::web::view::qr::Qr;
use crate::web::{client, extract, session};

/// Where to ask for bookings.
#[derive(Template)]
#[template(path = "retrieve.html")]
struct RetrievePage {
    frame: Frame,
    reference: String,
    email: String,
    code: String,
    /// What is wrong with reference and address.
    problem: Option<&'static str>,
    /// What is wrong with the code.
    code_problem: Option<&'static str>,
}

/// A code that moves all bookings of this browser.
#[derive(Template)]
#[template(path = "move_code.html")]
struct MoveCodePage {
    frame: Frame,
    code: String,
    /// A link that fills the code in.
    link: String,
    qr: Option<Qr>,
    minutes: i32,
}

#[derive(Deserialize)]
struct RetrieveQuery {
    #[serde(default)]
    code: String,
}

/// GET /bookings/find; a link that was drawn as a QR code carries the code.
pub async fn show(request: HttpRequest) -> Result<HttpResponse, Error> {
    let query: RetrieveQuery = extract::query(&request)?;
    let mut page = RetrievePage::of(&request);
    page.code = query.code;
    private_page(StatusCode::OK, &page)
}

/// POST /bookings/find: to the booking by its link, or the same answer whatever is wrong.
pub async fn find(
    app: Data<App>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let value = |name| value_of(&fields, name).unwrap_or_default().to_owned();
    let (text, email) = (value("reference"), value("email"));
    if let Ok(reference) = text.parse::<Reference>() {
        app.limits
            .check(Bucket::Retrievals, Key::Reference(reference))?;
        let found = booking::find_by_contact(&app.db, reference, &email).await?;
        if let Some(link) = found {
            let (id, access) = (link.booking, app.access.link(link).await?);
            return Ok(see_other(&format!("/bookings/{id}?access={access}")));
        }
    }
    let mut page = RetrievePage::of(&request);
    page.problem = Some(page.frame.text("retrieve-not-found"));
    (page.reference, page.email) = (text, email);
    private_page(StatusCode::NOT_FOUND, &page)
}

/// POST /buyers/code: shows a code that moves this browser's bookings.
pub async fn make_code(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let buyer = session::of_page(&app, &request).await?.buyer();
    let Some(buyer) = buyer else {
        return Ok(see_other("/bookings"));
    };
    let works_for = move_code::SOON;
    let code = move_code::create(&app.db, buyer, works_for).await?;
    let format = Format::of(&request);
    let origin = client::origin(&app.config, &request);
    let origin = origin.map_or_else(String::new, |origin| origin.to_string());
    let link = format!("{origin}{}/bookings/find?code={code}", format.prefix);
    let page = MoveCodePage {
        frame: Frame::new(&request, &format),
        qr: Qr::of(&link),
        minutes: (works_for.as_secs() / 60) as i32,
        link,
        code,
    };
    private_page(StatusCode::OK, &page)
}

/// POST /buyers/move: the bookings that the code stands for are this browser's from now on.
pub async fn take_over(
    app: Data<App>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let buyer = session::of_page(&app, &request).await?.buyer();
    let buyer = buyer.unwrap_or_else(BuyerId::make);
    let code = value_of(&fields, "code").unwrap_or_default();
    let Some(from) = move_code::redeem(&app.db, code).await? else {
        let mut page = RetrievePage::of(&request);
        page.code_problem = Some(page.frame.text("move-not-found"));
        code.clone_into(&mut page.code);
        return private_page(StatusCode::NOT_FOUND, &page);
    };
    booking::hand_over(&app.db, from, buyer).await?;
    let mut response = see_other("/bookings");
    set_buyer(&app, &mut response, buyer).await?;
    Ok(response)
}

impl RetrievePage {
    fn of(request: &HttpRequest) -> Self {
        let format = Format::of(request);
        Self {
            frame: Frame::new(request, &format),
            reference: String::new(),
            email: String::new(),
            code: String::new(),
            problem: None,
            code_problem: None,
        }
    }
}
