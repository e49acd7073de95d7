//! Buyers are mocked: whoever has the cookie is the buyer, and a button makes another one.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::see_other;
use crate::types::UserId;
use crate::web::extract::user_cookie;

/// POST /users: the browser becomes a new buyer.
pub async fn create() -> HttpResponse {
    let mut response = see_other("/bookings");
    // A cookie of ours is always a valid header.
    response
        .add_cookie(&user_cookie(UserId(Uuid::new_v4())))
        .ok();
    response
}
