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
use actix_web::HttpResponse as Hpay;
/// pay
pub async fn pay() -> Hpay {
    Hpay::Ok().finish()
}
use actix_web::HttpResponse as Hcancel;
/// cancel
pub async fn cancel() -> Hcancel {
    Hcancel::Ok().finish()
}
