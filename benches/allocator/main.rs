//! The allocator against the usual ways of doing it, in one run on one PostgreSQL with durable
//! commits: `make bench`. Plots are in `target/criterion/report/index.html`.
//!
//! Throughput is in elements a second: an element is an order, and everywhere but in `assign` a
//! committed booking. The usual ways write less per booking than the product does (no items, fewer
//! indexes), so the comparison is to their favour.

#[path = "../support/cluster.rs"]
mod cluster;
#[path = "../support/shop.rs"]
mod shop;

mod assign;
mod batch;
mod lanes;
mod ledger;
mod spare;
mod usual;

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};
use tokio::runtime::Runtime;

use cluster::Cluster;
use ledger::Ledger;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut criterion = Criterion::default().configure_from_args();
    assign::bench(&mut criterion)?;
    let cluster = Cluster::start("allocator", 200)?;
    let runtime = Runtime::new()?;
    let mut ledger = Ledger::default();
    // What is compared stands next to each other in time.
    lanes::bench(&mut criterion, &runtime, &cluster, &mut ledger)?;
    usual::bench(&mut criterion, &runtime, &cluster, &mut ledger)?;
    usual::bench_single(&mut criterion, &cluster, &mut ledger)?;
    batch::bench(&mut criterion, &runtime, &cluster)?;
    criterion.final_summary();
    ledger.print();
    spare::print()?;
    drop(runtime);
    Ok(())
}

/// A group of benches against the database: few samples, because each is many bookings.
fn database_group<'a>(
    criterion: &'a mut Criterion,
    name: &str,
    measurement: Duration,
) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(measurement / 4)
        .measurement_time(measurement);
    group
}

/// Measures rounds of so many bookings. `round` prepares what it needs, then makes them, and
/// answers how long the making took.
fn bench_rounds(
    group: &mut BenchmarkGroup<'_, WallTime>,
    runtime: &Runtime,
    ledger: &mut Ledger,
    id: &str,
    bookings: usize,
    mut round: impl AsyncFnMut(usize) -> Result<Duration, Failure>,
) {
    group.throughput(Throughput::Elements(bookings as u64));
    group.bench_function(id, |bencher| {
        bencher.iter_custom(|rounds| {
            let mut total = Duration::ZERO;
            for _ in 0..rounds {
                let elapsed = runtime
                    .block_on(round(bookings))
                    .expect("the round succeeds");
                ledger.note(id, bookings, elapsed);
                total += elapsed;
            }
            total
        });
    });
}

/// `1 buyer`, `64 buyers`.
fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
