//! Handler: a new buyer. There are no accounts: the browser that has the cookie is the buyer.

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::respond::{see_other, set_buyer};
use crate::app::App;
use crate::types::BuyerId;
use crate::web::error::Error;

/// POST /buyers: the browser becomes a new buyer.
pub async fn create(app: Data<App>) -> Result<HttpResponse, Error> {
    let mut response = see_other("/bookings");
    set_buyer(&app, &mut response, BuyerId::make()).await?;
    Ok(response)
}
