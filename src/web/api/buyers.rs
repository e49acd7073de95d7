//! Handler: POST /api/buyers, a new buyer with the token that proves it.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::types::BuyerId;
use crate::web::error::Error;

/// A new buyer.
#[derive(Serialize, ToSchema)]
#[schema(as = NewBuyer)]
struct BuyerJson {
    buyer_id: BuyerId,
    /// Proves who the buyer is: `Authorization: Bearer`. Keep it; it is shown this once.
    token: String,
}

/// Become a buyer
///
/// There are no accounts: whoever has the token is the buyer.
#[utoipa::path(
    post,
    path = "/api/buyers",
    operation_id = "createBuyer",
    tag = "buyers",
    responses((status = 201, description = "A new buyer, with the token that proves it.", body = BuyerJson)),
    security(()),
)]
pub async fn create(app: Data<App>) -> Result<HttpResponse, Error> {
    let buyer = BuyerId::make();
    let token = app.access.buyer_token(buyer).await?;
    Ok(HttpResponse::Created().json(BuyerJson {
        buyer_id: buyer,
        token,
    }))
}
