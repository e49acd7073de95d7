//! The figures of a crowd, printed.

use std::time::Duration;

use crate::http::Answer;
use crate::plan::{Order, Report};
use crate::sale::{Reply, Sale, Sent};
use crate::system::Memory;

/// A ticket that was sold while all looked. Moments are microseconds since 1970.
pub(crate) struct Change {
    /// Through which server.
    pub(crate) server: usize,
    pub(crate) sent: i64,
    /// When it was answered.
    pub(crate) booked: i64,
    pub(crate) answer: Answer,
}

/// What one more connection costs.
pub(crate) fn print_memory(grown: Memory, people: usize) {
    let each = |kib: u64| kib as f64 / people as f64;
    println!(
        "memory per connection: servers {:.1} KiB (PSS {:.1}); the kernel, for both ends: buffers of sockets \
         {:.1} KiB, all else {:.1} KiB",
        each(grown.rss_kib),
        each(grown.pss_kib),
        each(grown.sockets_kib),
        each(grown.slab_kib)
    );
}

/// How long pages and looks took.
pub(crate) fn print_times(reports: &[Report]) {
    for (what, times) in [
        ("pages", collect(reports, |report| &report.pages)),
        ("looks", collect(reports, |report| &report.looks)),
    ] {
        print_quantiles(what, times);
    }
}

fn collect(reports: &[Report], of: impl Fn(&Report) -> &Vec<u32>) -> Vec<i64> {
    let all = reports.iter().flat_map(|report| of(report).iter());
    all.map(|time| i64::from(*time)).collect()
}

fn print_quantiles(what: &str, mut times: Vec<i64>) {
    times.sort_unstable();
    let Some(last) = times.len().checked_sub(1) else {
        return println!("{what:<36} none");
    };
    let ms = |part: f64| times[(last as f64 * part) as usize] as f64 / 1e3;
    println!(
        "{what:<36} {:>7}   p50 {:>8.2}  p95 {:>8.2}  p99 {:>8.2}  max {:>8.2} ms",
        times.len(),
        ms(0.5),
        ms(0.95),
        ms(0.99),
        ms(1.0)
    );
}

/// How long a change takes from its answer to the viewers: of the server that sold, and of the others.
pub(crate) fn print_changes(reports: &[Report], changes: &[Change]) {
    let (mut own, mut others, mut last) = (Vec::new(), Vec::new(), Vec::new());
    // What was changed before there were viewers reaches nobody.
    for change in changes {
        let Some(available) = available(&change.answer) else {
            continue;
        };
        let all = reports.iter().flat_map(|report| &report.news);
        let of_it = all.filter(|news| news.available == available && news.came >= change.sent);
        let mut slowest = None;
        for news in of_it {
            let delay = news.came - change.booked;
            slowest = slowest.max(Some(delay));
            if news.server == change.server {
                &mut own
            } else {
                &mut others
            }
            .push(delay);
        }
        last.extend(slowest);
    }
    print_quantiles("news, the server that sold", own);
    print_quantiles("news, the other servers", others);
    print_quantiles("news, the last viewer of a change", last);
}

/// What the answer says is left.
fn available(answer: &Answer) -> Option<i64> {
    let booking: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    booking["availability"][0]["available"].as_i64()
}

/// How many there were.
pub(crate) fn print_errors(reports: &[Report]) -> usize {
    let errors: Vec<_> = reports.iter().flat_map(|report| &report.errors).collect();
    println!("errors: {}", errors.len());
    for error in errors.iter().take(10) {
        println!("  {error}");
    }
    errors.len()
}

/// The orders as a sale, with those that made the changes. It begins when the first of the crowd presses.
pub(crate) fn sale(reports: Vec<Report>, changes: Vec<Change>) -> Sale {
    let orders: Vec<Order> = reports
        .into_iter()
        .flat_map(|report| report.orders)
        .collect();
    let began = orders.iter().map(|order| order.due).min().unwrap_or(0);
    let ended = orders.iter().map(|order| order.done).max().unwrap_or(0);
    let since = |then: i64| Duration::from_micros(u64::try_from(then - began).unwrap_or(0));
    let sent = |order: Order| Sent {
        buyer: order.person,
        due: since(order.due),
        done: since(order.done),
        tries: order.tries,
        reply: reply(order),
    };
    let mut results: Vec<_> = orders.into_iter().map(sent).collect();
    let people = results.len();
    results.extend(changes.iter().enumerate().map(|(number, change)| Sent {
        buyer: people + number,
        due: Duration::ZERO,
        done: Duration::ZERO,
        tries: 1,
        reply: Reply::read(&change.answer),
    }));
    Sale {
        elapsed: since(ended),
        results,
    }
}

fn reply(order: Order) -> Reply {
    if order.status == 0 {
        return Reply::Failed(order.answer);
    }
    Reply::read(&Answer {
        status: order.status,
        retry_after_seconds: None,
        body: order.answer.into_bytes(),
    })
}
