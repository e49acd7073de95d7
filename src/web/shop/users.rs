//! Handler: makes the browser a new buyer. There are no accounts: the cookie identifies the buyer, and `extract`
//! reads it.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::respond::see_other;
use crate::types::UserId;
use crate::web::extract::user_cookie;

/// POST /users: the browser becomes a new buyer.
pub async fn create() -> HttpResponse {
    let mut response = see_other("/bookings");
    // Fails only for a cookie that is no valid header; this one is a UUID.
    response
        .add_cookie(&user_cookie(UserId(Uuid::new_v4())))
        .ok();
    response
}
