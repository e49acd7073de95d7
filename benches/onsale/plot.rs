//! Latency over time, and tickets left over time, as one SVG.

use std::path::Path;
use std::time::Duration;

use hdrhistogram::Histogram;
use plotters::coord::{CoordTranslate, Shift};
use plotters::prelude::*;

use crate::failure::Failure;
use crate::sale::{Reply, Sale};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// One point of the latency curves.
const BUCKET: Duration = Duration::from_millis(100);
const SIZE: (u32, u32) = (1000, 720);
const COLOURS: [RGBColor; 3] = [
    RGBColor(0, 90, 181),
    RGBColor(220, 110, 0),
    RGBColor(170, 20, 60),
];

/// `stock`: the tiers and their tickets.
pub(crate) fn draw(path: &Path, sale: &Sale, stock: &[(&str, i32)]) -> Result<(), Failure> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (upper, lower) = root.split_vertically(SIZE.1 / 2);
    draw_latency(&upper, sale)?;
    draw_stock(&lower, sale, stock)?;
    Ok(root.present()?)
}

fn draw_latency(area: &Area<'_>, sale: &Sale) -> Result<(), Failure> {
    let seconds = sale.elapsed.as_secs_f64();
    let buckets = (seconds / BUCKET.as_secs_f64()) as usize + 1;
    let mut histograms = vec![Histogram::<u64>::new(3)?; buckets];
    for sent in &sale.results {
        let bucket = (sent.due.as_secs_f64() / BUCKET.as_secs_f64()) as usize;
        histograms[bucket.min(buckets - 1)].record(sent.latency().as_micros() as u64)?;
    }
    let longest = histograms.iter().map(Histogram::max).max().unwrap_or(1);
    let mut chart = ChartBuilder::on(area)
        .caption("Latency by when the request was due", ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(70)
        .build_cartesian_2d(0.0..seconds, (0.1..longest as f64 / 1e3 * 1.5).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("seconds since the sale opened")
        .y_desc("milliseconds")
        .draw()?;
    for ((name, quantile), colour) in [("p50", 0.5), ("p95", 0.95), ("max", 1.0)]
        .into_iter()
        .zip(COLOURS)
    {
        let points = histograms.iter().enumerate().filter(|(_, h)| !h.is_empty());
        let points = points.map(|(bucket, histogram)| {
            let ms = histogram.value_at_quantile(quantile) as f64 / 1e3;
            (bucket as f64 * BUCKET.as_secs_f64(), ms.max(0.1))
        });
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    draw_names(&mut chart)
}

fn draw_stock(area: &Area<'_>, sale: &Sale, stock: &[(&str, i32)]) -> Result<(), Failure> {
    let seconds = sale.elapsed.as_secs_f64();
    let most = stock.iter().map(|&(_, capacity)| capacity).max();
    let mut chart = ChartBuilder::on(area)
        .caption("Tickets left", ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(70)
        .build_cartesian_2d(0.0..seconds, 0..most.unwrap_or(1))?;
    chart
        .configure_mesh()
        .x_desc("seconds since the sale opened")
        .y_desc("tickets")
        .draw()?;
    for (&(code, capacity), colour) in stock.iter().zip(COLOURS) {
        chart
            .draw_series(LineSeries::new(
                left_over_time(sale, code, capacity),
                colour.stroke_width(2),
            ))?
            .label(code)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    draw_names(&mut chart)
}

/// Which curve is which.
fn draw_names<'a, C: CoordTranslate>(
    chart: &mut ChartContext<'a, SVGBackend<'a>, C>,
) -> Result<(), Failure> {
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK)
        .draw()?;
    Ok(())
}

/// A point per bucket: the tickets of a tier that no answer has given away yet.
fn left_over_time(sale: &Sale, code: &str, capacity: i32) -> Vec<(f64, i32)> {
    let buckets = (sale.elapsed.as_secs_f64() / BUCKET.as_secs_f64()) as usize + 1;
    let mut taken = vec![0; buckets];
    for sent in &sale.results {
        if let Reply::Booked(booking) = &sent.reply {
            let bucket = (sent.done.as_secs_f64() / BUCKET.as_secs_f64()) as usize;
            let items = booking.items.iter().filter(|item| item.tier == code);
            taken[bucket.min(buckets - 1)] += items.map(|item| item.quantity).sum::<i32>();
        }
    }
    let mut left = capacity;
    let mut points = vec![(0.0, capacity)];
    for (bucket, taken) in taken.into_iter().enumerate() {
        left -= taken;
        points.push(((bucket + 1) as f64 * BUCKET.as_secs_f64(), left));
    }
    points
}
