//! How the groups that use the database measure.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput};
use tokio::runtime::Runtime;

use crate::failure::Failure;
use crate::ledger::Ledger;

/// A group of benches against the database: few samples, because each is many bookings.
pub(crate) fn database_group<'a>(
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

/// Measures rounds of `bookings` bookings. `round` prepares what it needs, makes them, and returns how long
/// making them took.
pub(crate) fn bench_rounds(
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
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
