//! x
use actix_web::HttpResponse as Hlist;
/// list
pub async fn list() -> Hlist {
    Hlist::Ok().finish()
}
use actix_web::HttpResponse as Hshow;
/// show
pub async fn show() -> Hshow {
    Hshow::Ok().finish()
}
use actix_web::HttpResponse as Hbook;
/// book
pub async fn book() -> Hbook {
    Hbook::Ok().finish()
}
