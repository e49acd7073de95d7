//! Around every route: gives a request its id, counts it, writes its line into the log, and has it traced.
//!
//! A line at `info` level for what changes something and for errors of the server, at `debug` for what reads, and a
//! warning for what is slow, with where its time went. Refusals by rate are counted and not logged: whoever is
//! refused could fill the disk. What must hold: a line has the route's pattern and no text that a client has sent.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use ipnet::IpNet;
use log::kv::{self, Key, Source, Value, VisitSource};
use log::{Level, Record};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::about::{self, About};
use super::metrics::requests::{Route, RouteFigures, Shard};
use super::request_id::{RequestId, X_REQUEST_ID};
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
        let about = Rc::new(About::new(RequestId::of(&request, &self.trusted)));
        let mut handled = Handled::new(self.clone(), about.clone(), request.method().clone());
        let answer = about::call_within(&about, || service.call(request));
        about::within(about, async move {
            let mut answer = answer.await;
            match &mut answer {
                Ok(response) => {
                    let id = handled.about.id.header();
                    response.headers_mut().insert(X_REQUEST_ID, id);
                    handled.end(response);
                }
                Err(error) => {
                    let status = error.as_response_error().status_code();
                    handled.end_as(status, handled.watch.clone().shard.none());
                }
            }
            answer
        })
    }
}

/// A request that is being handled. If it is dropped before its end, its client has gone.
struct Handled {
    watch: Rc<Watch>,
    about: Rc<About>,
    method: Method,
    has_ended: bool,
}

impl Handled {
    fn new(watch: Rc<Watch>, about: Rc<About>, method: Method) -> Self {
        watch.shard.begin();
        Self {
            watch,
            about,
            method,
            has_ended: false,
        }
    }

    /// It was answered, by the route that the response tells.
    fn end<B>(&mut self, response: &ServiceResponse<B>) {
        let (status, request) = (response.status(), response.request());
        let watch = self.watch.clone();
        let Some(route) = request.app_data::<Route>() else {
            return self.end_as(status, watch.shard.none());
        };
        let scope = match request.path().strip_prefix(API) {
            Some(rest) if rest.starts_with('/') => API,
            _ => "",
        };
        self.end_as(status, route.figures(&watch.shard, scope));
    }

    fn end_as(&mut self, status: StatusCode, figures: &RouteFigures) {
        self.has_ended = true;
        let took = self.about.began.elapsed();
        figures.count(&self.method, Some(status), took);
        let line = Line {
            method: &self.method,
            route: figures.route(),
            status,
            took,
            booking: self.about.booking(),
            event: self.about.event(),
            about: &self.about,
        };
        let level = line.level();
        if log::log_enabled!(target: TARGET, level) {
            line.write(level, line!(), format_args!("{}", self.about.did()));
        }
        let is_slow = took >= self.watch.slow;
        if is_slow {
            let times = self.about.times(took);
            line.write(Level::Warn, line!(), format_args!("slow request: {times}"));
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
            none.count(&self.method, None, self.about.began.elapsed());
        }
        self.watch.shard.end();
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

    /// Writes it, from this line of the source: of warnings from one place one is written in a second, with how many
    /// there were.
    fn write(&self, level: Level, place: u32, message: fmt::Arguments<'_>) {
        let [mut booking, mut event, mut request] = [[0; Hyphenated::LENGTH]; 3];
        let hyphenated = |id: Uuid| id.hyphenated();
        let values = Values {
            line: self,
            booking: self
                .booking
                .map(|id| &*hyphenated(id.0).encode_lower(&mut booking)),
            event: (self.event.and_then(|(id, _)| id))
                .map(|id| &*hyphenated(id.0).encode_lower(&mut event)),
            request: self.about.id.text(&mut request),
        };
        let mut record = Record::builder();
        record.file_static(Some(file!())).line(Some(place));
        record.level(level).target(TARGET).key_values(&values);
        log::logger().log(&record.args(message).build());
    }

    /// The same as a trace.
    fn trace(&self) -> Traced {
        let mut attributes = vec![
            ("http.request.method", self.method.as_str().into()),
            ("http.route", self.route.into()),
            ("http.response.status_code", self.status.as_u16().into()),
        ];
        attributes.push(("boxoffice.request", self.about.id.to_string().into()));
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
}

/// What a line says beside its message. Ids are text already: for `Display` each would be formatted by itself.
struct Values<'a> {
    line: &'a Line<'a>,
    booking: Option<&'a str>,
    event: Option<&'a str>,
    request: &'a str,
}

impl Source for Values<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), kv::Error> {
        let line = self.line;
        let mut pair = |key, value| visitor.visit_pair(Key::from(key), value);
        pair("method", Value::from(line.method.as_str()))?;
        pair("route", Value::from(line.route))?;
        pair("status", Value::from(line.status.as_u16()))?;
        pair("ms", Value::from(line.took.as_millis() as u64))?;
        if let Some(booking) = self.booking {
            pair("booking", Value::from(booking))?;
        }
        if let Some(event) = self.event {
            pair("event", Value::from(event))?;
        }
        if let Some((_, no)) = line.event {
            pair("event_no", Value::from(no.0))?;
        }
        pair("request", Value::from(self.request))
    }
}
