//! The figures of a sale, printed.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;

use crate::sale::{Reply, Sale};

pub(crate) fn print(sale: &Sale, memory_mib: &[Option<f64>]) {
    let seconds = sale.elapsed.as_secs_f64();
    let count = |kind: &str| {
        let of_kind = sale.results.iter().filter(|sent| sent.reply.kind() == kind);
        of_kind.count()
    };
    // The rate while there was something to sell.
    let booked = sale
        .results
        .iter()
        .filter(|sent| matches!(sent.reply, Reply::Booked(_)));
    let last = booked.map(|sent| sent.done.as_secs_f64());
    let until = last.fold(f64::NAN, f64::max);
    println!(
        "\n{} answers in {seconds:.2} s: {:.0}/s; {} bookings in {until:.2} s: {:.0}/s",
        sale.results.len(),
        sale.results.len() as f64 / seconds,
        count("booked"),
        count("booked") as f64 / until
    );
    let mut latencies: BTreeMap<&str, Histogram<u64>> = BTreeMap::new();
    for sent in &sale.results {
        for kind in ["all", sent.reply.kind()] {
            let histogram = latencies
                .entry(kind)
                .or_insert_with(|| Histogram::new(3).expect("three digits are a valid precision"));
            *histogram += sent.latency().as_micros() as u64;
        }
    }
    println!(
        "{:<16} {:>8} {:>9} {:>9} {:>9} {:>9}  ms",
        "answers", "", "p50", "p95", "p99", "max"
    );
    for (kind, histogram) in &latencies {
        let ms = |quantile| histogram.value_at_quantile(quantile) as f64 / 1e3;
        println!(
            "{kind:<16} {:>8} {:>9.2} {:>9.2} {:>9.2} {:>9.2}",
            histogram.len(),
            ms(0.5),
            ms(0.95),
            ms(0.99),
            histogram.max() as f64 / 1e3
        );
    }
    let retried = sale.results.iter().filter(|sent| sent.tries > 1).count();
    println!("sent again because the answer said so: {retried}");
    for sent in &sale.results {
        if let Reply::Failed(why) = &sent.reply {
            println!("failed: {why}");
        }
    }
    for (index, memory) in memory_mib.iter().enumerate() {
        if let Some(mib) = memory {
            println!("peak memory of server {}: {mib:.1} MiB", index + 1);
        }
    }
}
