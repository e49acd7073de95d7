//! Around every route: gives a request its id, counts it, writes its line into the log, and has it traced.
//!
//! A line at `info` level for what changes something and for errors of the server, at `debug` for what reads, and a
//! warning for what is slow, with where its time went. Refusals by rate are counted and not logged: whoever is
//! refused could fill the disk. What must hold: a line has the route's pattern and no text that a client has sent.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use ipnet::IpNet;
use log::kv::{self, Key, Source, Value, VisitSource};
use log::{Level, Record};

use super::about::{self, About};
use super::metrics::requests::{InFlight, Route, RouteFigures, Shard};
use super::request_id::{self, X_REQUEST_ID};
use super::traces::{Traced, Traces};
use crate::types::{BookingId, EventId, EventNo, clock};

/// What the lines of requests are called in the log, and in RUST_LOG.
const TARGET: &str = "boxoffice::request";
/// The scope of JSON.
const API: &str = "/api";

/// What one web worker watches its requests with.
pub(super) struct Watch {
    pub(super) shard: Arc<Shard>,
    /// Whose ids of requests are believed.
    pub(super) trusted: Arc<[IpNet]>,
    /// From this on a request is slow.
    pub(super) slow: Duration,
    /// Where traces go, if anywhere.
    pub(super) traces: Option<Arc<Traces>>,
}

impl Watch {
    /// Handles a request under its id, and puts the id on the answer.
    pub(super) fn handle<S, B>(
        self: &Rc<Self>,
        request: ServiceRequest,
        service: &S,
    ) -> impl Future<Output = Result<ServiceResponse<B>, actix_web::Error>> + use<S, B>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    {
        let mut handled = Handled {
            watch: self.clone(),
            method: request.method().clone(),
            began: Instant::now(),
            has_ended: false,
            _in_flight: self.shard.begin(),
        };
        let about = Rc::new(About::new(request_id::of(&request, &self.trusted)));
        let answer = about::call_within(&about, || service.call(request));
        about::within(about.clone(), async move {
            let mut answer = answer.await;
            let (status, figures) = match &mut answer {
                Ok(response) => {
                    let id = about.id.clone();
                    response.headers_mut().insert(X_REQUEST_ID, id);
                    (response.status(), handled.figures(response).clone())
                }
                Err(error) => {
                    let status = error.as_response_error().status_code();
                    (status, handled.watch.shard.none().clone())
                }
            };
            handled.end(status, figures, &about);
            answer
        })
    }
}

/// A request that is being handled. If it is dropped before its end, its client has gone.
struct Handled {
    watch: Rc<Watch>,
    method: Method,
    began: Instant,
    has_ended: bool,
    _in_flight: InFlight,
}

impl Handled {
    /// The figures of the route that has answered.
    fn figures<'a, B>(&'a self, response: &'a ServiceResponse<B>) -> &'a Arc<RouteFigures> {
        let (shard, request) = (&self.watch.shard, response.request());
        let Some(route) = request.app_data::<Route>() else {
            return shard.none();
        };
        let scope = match request.path().strip_prefix(API) {
            Some(rest) if rest.starts_with('/') => API,
            _ => "",
        };
        route.figures(shard, scope)
    }

    fn end(&mut self, status: StatusCode, figures: Arc<RouteFigures>, about: &About) {
        self.has_ended = true;
        let took = self.began.elapsed();
        figures.count(&self.method, Some(status), took);
        let line = Line {
            method: &self.method,
            route: figures.route(),
            status,
            took,
            booking: about.booking(),
            event: about.event(),
            about,
        };
        let level = line.level();
        if log::log_enabled!(target: TARGET, level) {
            line.write(level);
        }
        let is_slow = took >= self.watch.slow;
        if is_slow {
            line.warn();
        }
        if let Some(traces) = &self.watch.traces
            && (is_slow || status.is_server_error() || traces.chooses())
        {
            traces.send(line.trace());
        }
    }
}

impl Drop for Handled {
    fn drop(&mut self) {
        if !self.has_ended {
            let none = self.watch.shard.none();
            none.count(&self.method, None, self.began.elapsed());
        }
    }
}

/// A request's line in the log.
struct Line<'a> {
    method: &'a Method,
    route: &'a str,
    status: StatusCode,
    took: Duration,
    booking: Option<BookingId>,
    event: Option<(Option<EventId>, EventNo)>,
    about: &'a About,
}

impl Line<'_> {
    /// What is refused changes nothing, and anybody can have as much refused as they like: only what is refused about a
    /// booking to somebody who may see it is told.
    fn level(&self) -> Level {
        let is_done = self.status.is_success() || self.status.is_redirection();
        let is_told = is_done || self.booking.is_some();
        if self.status.is_server_error() {
            Level::Warn
        } else if !self.method.is_safe() && is_told && self.status != StatusCode::TOO_MANY_REQUESTS
        {
            Level::Info
        } else {
            Level::Debug
        }
    }

    fn write(&self, level: Level) {
        let mut record = Record::builder();
        // Of warnings from one place in the source one is written in a second, with how many there were.
        record.file_static(Some(file!())).line(Some(line!()));
        record.level(level).target(TARGET).key_values(self);
        log::logger().log(&record.args(format_args!("{}", self.about.did())).build());
    }

    /// The same as a trace.
    fn trace(&self) -> Traced {
        let mut attributes = vec![
            ("http.request.method", self.method.as_str().into()),
            ("http.route", self.route.into()),
            ("http.response.status_code", self.status.as_u16().into()),
        ];
        let id = self.about.id.to_str().unwrap_or_default();
        attributes.push(("boxoffice.request", id.into()));
        if let Some(booking) = self.booking {
            attributes.push(("boxoffice.booking", booking.to_string().into()));
        }
        if let Some((Some(event), _)) = self.event {
            attributes.push(("boxoffice.event", event.to_string().into()));
        }
        Traced {
            name: format!("{} {}", self.method, self.route),
            ended: clock::local(),
            took: self.took,
            has_failed: self.status.is_server_error(),
            attributes,
            parts: self.about.parts(),
        }
    }

    fn warn(&self) {
        let mut record = Record::builder();
        // One place in the source: repeats are told once in a second.
        record.file_static(Some(file!())).line(Some(line!()));
        record.level(Level::Warn).target(TARGET).key_values(self);
        let times = self.about.times(self.took);
        log::logger().log(&record.args(format_args!("slow request: {times}")).build());
    }
}

impl Source for Line<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), kv::Error> {
        let mut pair = |key, value| visitor.visit_pair(Key::from(key), value);
        pair("method", Value::from(self.method.as_str()))?;
        pair("route", Value::from(self.route))?;
        pair("status", Value::from(self.status.as_u16()))?;
        pair("ms", Value::from(self.took.as_millis() as u64))?;
        if let Some(booking) = &self.booking {
            pair("booking", Value::from_display(booking))?;
        }
        if let Some((id, no)) = &self.event {
            if let Some(id) = id {
                pair("event", Value::from_display(id))?;
            }
            pair("event_no", Value::from(no.0))?;
        }
        let id = self.about.id.to_str().unwrap_or_default();
        pair("request", Value::from(id))
    }
}
