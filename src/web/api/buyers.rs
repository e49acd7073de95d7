//! Handler: POST /api/buyers, a new buyer with the token that proves it.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::app::App;
use crate::types::BuyerId;
use crate::web::error::Error;

/// POST /api/buyers: 201 with `buyer_id` and the token that proves it.
pub async fn create(app: Data<App>) -> Result<HttpResponse, Error> {
    let buyer = BuyerId::make();
    let token = app.access.buyer_token(buyer).await?;
    Ok(HttpResponse::Created().json(json!({"buyer_id": buyer, "token": token})))
}
