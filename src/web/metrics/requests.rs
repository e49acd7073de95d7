//! Requests by route, method and status, and how long they take until their answer begins.
//!
//! Each web worker counts for itself, in memory that no other thread writes, and a scrape adds up. What must hold: a
//! route is the pattern of the route table, never the path that a client sent; the statuses are those of a list.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::{Method, StatusCode};

use crate::metrics::{Counter, Distribution, Histogram, Sheet};

/// The route of what matches none, and of what was refused before its route was looked for.
pub(crate) const NO_ROUTE: &str = "none";

/// The statuses that are counted apart. The first is for all others, the second for clients who went before
/// they were answered.
const STATUSES: [&str; 31] = [
    "other", "gone", "101", "200", "201", "202", "204", "206", "301", "302", "303", "304", "307",
    "308", "400", "401", "402", "403", "404", "405", "406", "408", "409", "412", "413", "415",
    "416", "422", "429", "500", "503",
];

const METHODS: [&str; 3] = ["GET", "POST", "other"];

fn method(method: &Method) -> usize {
    match *method {
        Method::GET | Method::HEAD => 0,
        Method::POST => 1,
        _ => 2,
    }
}

/// The place of a status in [`STATUSES`].
fn place(status: Option<StatusCode>) -> usize {
    let Some(status) = status else { return 1 };
    let number = usize::from(status.as_u16());
    PLACES.get(number).copied().map_or(0, usize::from)
}

/// The places by number.
static PLACES: [u8; 600] = {
    let (mut places, mut place) = ([0; 600], 2);
    while place < STATUSES.len() {
        if let [hundreds, tens, ones] = *STATUSES[place].as_bytes() {
            let [hundreds, tens, ones] = [hundreds - b'0', tens - b'0', ones - b'0'];
            places[hundreds as usize * 100 + tens as usize * 10 + ones as usize] = place as u8;
        }
        place += 1;
    }
    places
};

/// The requests that a process has answered.
#[derive(Debug, Default)]
pub struct Requests(Mutex<Vec<Arc<Shard>>>);

/// What one worker has counted.
#[derive(Debug)]
pub(crate) struct Shard {
    routes: Mutex<Vec<Arc<RouteFigures>>>,
    none: Arc<RouteFigures>,
    began: Counter,
    ended: Counter,
}

/// The figures of one route.
#[derive(Debug)]
pub(crate) struct RouteFigures {
    route: String,
    methods: [MethodFigures; METHODS.len()],
}

#[derive(Debug)]
struct MethodFigures {
    took: Histogram,
    statuses: [Counter; STATUSES.len()],
}

impl RouteFigures {
    fn new(route: String) -> Arc<Self> {
        let methods = std::array::from_fn(|_| MethodFigures {
            took: Histogram::of_seconds(),
            statuses: std::array::from_fn(|_| Counter::default()),
        });
        Arc::new(Self { route, methods })
    }

    /// Counts a request, in the shard's own thread; without a status, its client went before it was answered.
    pub(crate) fn count(&self, by: &Method, status: Option<StatusCode>, took: Duration) {
        let figures = &self.methods[method(by)];
        figures.took.observe_alone(took);
        figures.statuses[place(status)].add_one_alone();
    }

    pub(crate) fn route(&self) -> &str {
        &self.route
    }
}

impl Shard {
    /// The figures of what has no route.
    pub(crate) fn none(&self) -> &Arc<RouteFigures> {
        &self.none
    }

    /// A request is being answered from now on.
    pub(crate) fn begin(&self) {
        self.began.add_one_alone();
    }

    /// A request that has begun is not being answered any more.
    pub(crate) fn end(&self) {
        self.ended.add_one_alone();
    }
}

/// What the route table knows of a route in one worker.
pub(crate) struct Route {
    pattern: &'static str,
    figures: OnceCell<Arc<RouteFigures>>,
}

impl Route {
    /// A pattern of the route table, without the scope that it stands in.
    pub(crate) fn new(pattern: &'static str) -> Self {
        let figures = OnceCell::new();
        Self { pattern, figures }
    }

    /// Its figures in this worker. `scope` is the one that it stands in.
    pub(crate) fn figures(&self, shard: &Shard, scope: &str) -> &Arc<RouteFigures> {
        self.figures.get_or_init(|| {
            let figures = RouteFigures::new(format!("{scope}{}", self.pattern));
            let mut routes = shard.routes.lock().unwrap_or_else(PoisonError::into_inner);
            routes.push(figures.clone());
            figures
        })
    }
}

/// By route and method.
type Sums<'a, T> = BTreeMap<(&'a str, &'static str), T>;

impl Requests {
    /// What one more worker counts with.
    pub(crate) fn shard(&self) -> Arc<Shard> {
        let shard = Arc::new(Shard {
            routes: Mutex::default(),
            none: RouteFigures::new(NO_ROUTE.to_owned()),
            began: Counter::new(),
            ended: Counter::new(),
        });
        let mut shards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shards.push(shard.clone());
        shard
    }

    /// Tells them.
    ///
    /// # Errors
    /// There is no room for them.
    pub(super) fn tell(&self, sheet: &mut Sheet<'_>) -> fmt::Result {
        let shards = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let in_flight = shards.iter().map(|it| {
            // Whatever ends between the two has begun.
            let ended = it.ended.get();
            it.began.get().saturating_sub(ended)
        });
        let in_flight = in_flight.sum::<u64>() as f64;
        sheet.gauge(
            "requests_in_flight",
            "Requests that are being answered",
            in_flight,
        )?;
        let mut routes = Vec::new();
        for shard in &shards {
            routes.push(shard.none.clone());
            let known = shard.routes.lock().unwrap_or_else(PoisonError::into_inner);
            routes.extend(known.iter().cloned());
        }
        let (took, statuses) = add_up(&routes);
        sheet.counters(
            "requests",
            "Requests that were answered, by route, method and status",
            statuses.iter().flat_map(|(&(route, method), counts)| {
                let counts = counts.iter().filter(|(_, count)| **count > 0);
                counts.map(move |(&status, &count)| {
                    let labels = [("route", route), ("method", method), ("status", status)];
                    (labels, count)
                })
            }),
        )?;
        sheet.histograms(
            "request_seconds",
            "How long requests took until their answer began",
            took.into_iter()
                .map(|((route, method), took)| ([("route", route), ("method", method)], took)),
        )
    }
}

/// The figures of all workers together, where there are any.
fn add_up(
    routes: &[Arc<RouteFigures>],
) -> (
    Sums<'_, Distribution>,
    Sums<'_, BTreeMap<&'static str, u64>>,
) {
    let (mut took, mut statuses) = (Sums::new(), Sums::new());
    for route in routes {
        for (method, figures) in METHODS.into_iter().zip(&route.methods) {
            let read = figures.took.read();
            if read.count() == 0 {
                continue;
            }
            let key = (route.route(), method);
            took.entry(key)
                .and_modify(|sum: &mut Distribution| sum.add(&read))
                .or_insert(read);
            let counts: &mut BTreeMap<_, _> = statuses.entry(key).or_default();
            for (status, count) in STATUSES.into_iter().zip(&figures.statuses) {
                *counts.entry(status).or_default() += count.get();
            }
        }
    }
    (took, statuses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_that_the_server_gives_is_counted_apart() {
        for status in [101, 200, 201, 303, 409, 412, 416, 422, 429, 500, 503] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(STATUSES[place(Some(status))], status.as_str());
        }
        assert_eq!(place(None), 1);
        assert_eq!(place(Some(StatusCode::IM_A_TEAPOT)), 0);
    }
}
