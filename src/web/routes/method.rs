//! A path with its methods, as the tables of paths write it.

use std::rc::Rc;

use actix_web::guard::{Any, Get, Head};
use actix_web::web::{self, route};
use actix_web::{FromRequest, Handler, HttpRequest, Resource, Responder, Route};

use crate::web::{error, metrics};

/// A method of a path: the names that `Allow` has for it, and its handler.
pub(in crate::web) struct Method {
    allow: &'static str,
    route: Route,
}

impl Method {
    pub(in crate::web) fn to<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = self.route.to(handler);
        Self { route, ..self }
    }
}

/// GET and HEAD: actix-web leaves out the body of the latter.
pub(in crate::web) fn get() -> Method {
    Method {
        allow: "GET, HEAD",
        route: route().guard(Any(Get()).or(Head())),
    }
}

pub(in crate::web) fn patch() -> Method {
    Method {
        allow: "PATCH",
        route: web::patch(),
    }
}

pub(in crate::web) fn put() -> Method {
    Method {
        allow: "PUT",
        route: web::put(),
    }
}

pub(in crate::web) fn delete() -> Method {
    Method {
        allow: "DELETE",
        route: web::delete(),
    }
}

pub(in crate::web) fn post() -> Method {
    Method {
        allow: "POST",
        route: web::post(),
    }
}

/// A path and its methods; OPTIONS says which they are, and any other method is 405.
pub(in crate::web) fn at<const N: usize>(path: &'static str, methods: [Method; N]) -> Resource {
    let names = methods.iter().map(|method| method.allow);
    let allow: Vec<_> = names.chain(["OPTIONS"]).collect();
    let allow: Rc<str> = allow.join(", ").into();
    let resource = methods
        .into_iter()
        .map(|method| method.route)
        .fold(Resource::new(path), Resource::route)
        .app_data(metrics::requests::Route::new(path));
    resource.default_service(route().to(move |request: HttpRequest| {
        let allow = allow.clone();
        async move { error::other_method(&request, &allow) }
    }))
}
