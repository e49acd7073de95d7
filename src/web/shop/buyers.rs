//! Handler: a new buyer. There are no accounts: the browser that has the cookie is the buyer.
//!
//! What must hold: whoever has bookings is shown the way back to them before this browser forgets them.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::{Fields, value_of};
use super::frame::Frame;
use super::hold_cookie;
use super::respond::{CLEAR_SITE_DATA, private_page, see_other, set_buyer};
use crate::access::move_code;
use crate::app::App;
use crate::booking;
use crate::types::BuyerId;
use crate::web::error::Error;
use crate::web::session;
use crate::web::view::format::Format;

/// The way back, before this browser forgets its bookings.
#[derive(Template)]
#[template(path = "new_buyer.html")]
struct NewBuyerPage {
    frame: Frame,
    code: String,
}

/// POST /buyers: the browser becomes a new buyer, and drops the tickets that it keeps of the one before. If it has bookings, only once the way back to them was shown.
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    fields: Option<Fields>,
) -> Result<HttpResponse, Error> {
    let buyer = session::of_page(&app, &request).await?.buyer();
    let is_sure = fields.is_some_and(|fields| value_of(&fields, "sure").is_some());
    if let Some(buyer) = buyer.filter(|_| !is_sure)
        && booking::has_live(&app.db, buyer).await?
    {
        let format = Format::of(&request);
        let page = NewBuyerPage {
            frame: Frame::new(&request, &format),
            code: move_code::create(&app.db, buyer, move_code::KEPT).await?,
        };
        return private_page(StatusCode::OK, &page);
    }
    let mut response = see_other("/bookings");
    let kept = HeaderValue::from_static("\"storage\"");
    response.headers_mut().insert(CLEAR_SITE_DATA, kept);
    hold_cookie::keep_only(&app, &request, &mut response, std::iter::empty());
    set_buyer(&app, &mut response, BuyerId::make()).await?;
    Ok(response)
}
