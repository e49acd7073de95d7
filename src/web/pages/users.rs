//! x
use actix_web::HttpResponse as Hcreate;
/// create
pub async fn create() -> Hcreate {
    Hcreate::Ok().finish()
}
