//! A chart of bars, drawn on the server as numbers for an SVG element: no script and no style of its own.
//!
//! What must hold: the highest bar fits below the highest line, and each line has a round number; a page that shows a
//! chart has its numbers as a table too.

/// Width of the drawing.
pub const WIDTH: f64 = 640.0;
/// Height of the drawing, without the names below it.
pub const HEIGHT: f64 = 180.0;
/// Lines above the lowest one.
const LINES: i64 = 4;
/// How wide a bar is at most: few bars are no blocks.
const BAR_MAX: f64 = 48.0;
/// The part of its share of the width that a bar takes.
const BAR: f64 = 0.78;

/// A bar, in the units of the drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its left edge.
    pub x: String,
    /// Its upper edge.
    pub y: String,
    /// How wide.
    pub width: String,
    /// How high.
    pub height: String,
    /// What it says when it is pointed at.
    pub says: String,
}

/// A line across the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// How far from the top.
    pub y: String,
    /// What it stands for.
    pub value: i32,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// From left to right.
    pub bars: Vec<Bar>,
    /// From top to bottom.
    pub lines: Vec<Line>,
}

impl Chart {
    /// Bars of these heights, with what each says.
    pub fn of(values: &[(i64, String)]) -> Self {
        let highest = values.iter().map(|(value, _)| *value).max().unwrap_or(0);
        let step = step(highest);
        let top = step * LINES;
        let share = WIDTH / values.len().max(1) as f64;
        let width = (share * BAR).min(BAR_MAX);
        let scale = |value: i64| value as f64 / top as f64 * HEIGHT;
        let bar = |(n, (value, says)): (usize, &(i64, String))| {
            let height = scale(*value);
            Bar {
                x: number(n as f64 * share + (share - width) / 2.0),
                y: number(HEIGHT - height),
                width: number(width),
                height: number(height),
                says: says.clone(),
            }
        };
        Self {
            bars: values.iter().enumerate().map(bar).collect(),
            lines: (0..=LINES)
                .rev()
                .map(|n| Line {
                    y: number(HEIGHT - scale(n * step)),
                    value: i32::try_from(n * step).unwrap_or(i32::MAX),
                })
                .collect(),
        }
    }
}

/// The round number by which lines are apart: 1, 2, 5, 10, 20, 50 and so on.
fn step(highest: i64) -> i64 {
    let mut power = 1;
    loop {
        for digit in [1, 2, 5] {
            if digit * power * LINES >= highest {
                return digit * power;
            }
        }
        power *= 10;
    }
}

/// With a digit after the point at most.
fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_fits_below_the_highest_line_which_is_round() {
        for (highest, top) in [
            (0, 4),
            (1, 4),
            (4, 4),
            (5, 8),
            (37, 40),
            (41, 80),
            (1_001, 2_000),
        ] {
            let chart = Chart::of(&[(highest, String::new()), (0, String::new())]);
            assert_eq!(chart.lines[0].value, top, "{highest}");
            assert!(chart.bars[0].y.parse::<f64>().unwrap() >= 0.0);
            assert_eq!(chart.bars[1].height, "0");
        }
        assert_eq!(Chart::of(&[]).bars, []);
    }
}
