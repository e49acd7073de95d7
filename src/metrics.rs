//! What the modules count with, and how their figures are told to Prometheus.
//!
//! A module owns its figures: it counts where something happens, and tells them to a [`Sheet`] when it is asked.
//! `web::metrics` asks all of them, at a scrape. What must hold: counting takes no lock and no allocation, because it
//! is on the way to every answer; a label has one of a few values that the source names, never one that came
//! from outside. Names follow <https://prometheus.io/docs/practices/naming/>.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

use crate::types::watched::{Watched, watches};

/// Upper bounds of what a request, a batch or a wait takes, in seconds: from a quick answer to what is given up.
pub const SECONDS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// Lines of the log that were dropped. One for the process, as the log is.
pub static LOG_LINES_DROPPED: Counter = Counter::new();

/// Counts up.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// At zero.
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// One more.
    pub fn add_one(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, count: u64) {
        if watches(Watched::Everything) {
            self.0.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// One more, where one thread alone counts: no locked instruction.
    pub fn add_one_alone(&self) {
        add_alone(&self.0, 1);
    }

    /// How many so far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

fn add_alone(sum: &AtomicU64, more: u64) {
    if watches(Watched::Everything) {
        sum.store(sum.load(Ordering::Relaxed) + more, Ordering::Relaxed);
    }
}

/// How often a value was how large. Two additions of atomics for each.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [f64],
    /// By itself in memory: threads that only read what is beside a histogram have it in their caches all the time.
    counted: Box<Counted>,
}

/// At most so many bounds.
const BOUNDS_MAX: usize = 16;

#[derive(Debug, Default)]
#[repr(align(64))]
struct Counted {
    /// One for each bound, and one for what is beyond the last.
    counts: [AtomicU64; BOUNDS_MAX + 1],
    /// In millionths.
    sum: AtomicU64,
}

impl Histogram {
    /// With these upper bounds, ascending.
    pub fn new(bounds: &'static [f64]) -> Self {
        assert!(bounds.len() <= BOUNDS_MAX);
        Self {
            bounds,
            counted: Box::default(),
        }
    }

    /// Of durations.
    pub fn of_seconds() -> Self {
        Self::new(SECONDS)
    }

    /// A duration.
    pub fn observe(&self, duration: Duration) {
        self.record(duration.as_secs_f64(), duration.as_micros() as u64);
    }

    /// A duration, where one thread alone counts: no locked instruction.
    pub fn observe_alone(&self, duration: Duration) {
        let at = self.bucket(duration.as_secs_f64());
        add_alone(&self.counted.counts[at], 1);
        add_alone(&self.counted.sum, duration.as_micros() as u64);
    }

    /// Durations that were at once: as many additions as they fill buckets.
    pub fn observe_all(&self, durations: impl IntoIterator<Item = Duration>) {
        let (mut counts, mut sum) = ([0; BOUNDS_MAX + 1], 0);
        if !watches(Watched::Everything) {
            return;
        }
        for duration in durations {
            counts[self.bucket(duration.as_secs_f64())] += 1;
            sum += duration.as_micros() as u64;
        }
        for (count, more) in self.counted.counts.iter().zip(counts) {
            if more > 0 {
                count.fetch_add(more, Ordering::Relaxed);
            }
        }
        self.counted.sum.fetch_add(sum, Ordering::Relaxed);
    }

    /// A number of things.
    pub fn observe_count(&self, count: usize) {
        self.record(count as f64, count as u64 * 1_000_000);
    }

    fn record(&self, value: f64, millionths: u64) {
        if watches(Watched::Everything) {
            self.counted.counts[self.bucket(value)].fetch_add(1, Ordering::Relaxed);
            self.counted.sum.fetch_add(millionths, Ordering::Relaxed);
        }
    }

    fn bucket(&self, value: f64) -> usize {
        self.bounds.partition_point(|bound| *bound < value)
    }

    /// What it has counted so far.
    pub fn read(&self) -> Distribution {
        let counts = self.counted.counts[..=self.bounds.len()].iter();
        Distribution {
            bounds: self.bounds,
            counts: counts.map(|count| count.load(Ordering::Relaxed)).collect(),
            sum: self.counted.sum.load(Ordering::Relaxed),
        }
    }
}

/// What a [`Histogram`] has counted, or several together.
#[derive(Debug, Clone)]
pub struct Distribution {
    bounds: &'static [f64],
    counts: Vec<u64>,
    sum: u64,
}

impl Distribution {
    /// With another of the same bounds.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.sum += other.sum;
    }

    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    fn encode(&self, metric: &mut MetricEncoder<'_>) -> fmt::Result {
        let (sum, buckets) = (self.sum as f64 / 1e6, self.buckets());
        metric.encode_histogram::<NoLabelSet>(sum, self.count(), &buckets, None)
    }

    fn buckets(&self) -> Vec<(f64, u64)> {
        let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
        bounds.zip(self.counts.iter().copied()).collect()
    }
}

/// The labels of a sample: names, and values that are bounded.
pub type Labels<'l, const N: usize> = [(&'static str, &'l str); N];

/// What a scrape is answered.
pub struct Sheet<'a>(pub(crate) DescriptorEncoder<'a>);

impl Sheet<'_> {
    /// A value that goes up and down.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn gauge(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        let kind = MetricType::Gauge;
        let mut metric = self.0.encode_descriptor(name, help, None, kind)?;
        metric.encode_gauge(&value)
    }

    /// The values of several such things.
    ///
    /// # Errors
    /// As above.
    pub fn gauges<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = (Labels<'l, N>, f64)>,
    ) -> fmt::Result {
        let kind = MetricType::Gauge;
        let mut metric = self.0.encode_descriptor(name, help, None, kind)?;
        for (labels, value) in samples {
            metric.encode_family(&labels)?.encode_gauge(&value)?;
        }
        Ok(())
    }

    /// A value that only goes up; `_total` is added to its name.
    ///
    /// # Errors
    /// As above.
    pub fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let kind = MetricType::Counter;
        let mut metric = self.0.encode_descriptor(name, help, None, kind)?;
        metric.encode_counter::<NoLabelSet, _, u64>(&value, None)
    }

    /// Seconds that only become more; `_total` is added to its name.
    ///
    /// # Errors
    /// As above.
    pub fn seconds(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        let kind = MetricType::Counter;
        let mut metric = self.0.encode_descriptor(name, help, None, kind)?;
        metric.encode_counter::<NoLabelSet, _, u64>(&value, None)
    }

    /// The values of several such things.
    ///
    /// # Errors
    /// As above.
    pub fn counters<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = (Labels<'l, N>, u64)>,
    ) -> fmt::Result {
        let kind = MetricType::Counter;
        let mut metric = self.0.encode_descriptor(name, help, None, kind)?;
        for (labels, value) in samples {
            let mut sample = metric.encode_family(&labels)?;
            sample.encode_counter::<NoLabelSet, _, u64>(&value, None)?;
        }
        Ok(())
    }

    /// How often something was how large.
    ///
    /// # Errors
    /// As above.
    pub fn histogram(&mut self, name: &str, help: &str, read: Distribution) -> fmt::Result {
        let kind = MetricType::Histogram;
        let mut metric = self.0.encode_descriptor(name, help, None, kind)?;
        read.encode(&mut metric)
    }

    /// The same of several things.
    ///
    /// # Errors
    /// As above.
    pub fn histograms<'l, const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = (Labels<'l, N>, Distribution)>,
    ) -> fmt::Result {
        let kind = MetricType::Histogram;
        let mut metric = self.0.encode_descriptor(name, help, None, kind)?;
        for (labels, read) in samples {
            read.encode(&mut metric.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_in_the_first_bucket_that_it_fits() {
        let histogram = Histogram::new(&[1.0, 2.0, 4.0]);
        for count in [0, 1, 2, 3, 4, 5, 100] {
            histogram.observe_count(count);
        }
        let mut read = histogram.read();
        assert_eq!(read.counts, [2, 1, 2, 2]);
        assert_eq!((read.sum, read.count()), (115_000_000, 7));
        read.add(&read.clone());
        assert_eq!(read.counts, [4, 2, 4, 4]);
    }

    #[test]
    fn a_duration_is_counted_in_seconds() {
        let histogram = Histogram::of_seconds();
        histogram.observe(Duration::from_millis(5));
        histogram.observe(Duration::from_secs(60));
        let read = histogram.read();
        let found: Vec<_> = read.buckets().into_iter().filter(|of| of.1 > 0).collect();
        assert_eq!(found, [(0.005, 1), (f64::INFINITY, 1)]);
        assert_eq!(read.sum, 60_005_000);
    }
}
