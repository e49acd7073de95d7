//! What drawings are made of, and the chance that varies them.

/// Width and height of the drawing; it is cropped to fit where it is shown.
pub(super) const WIDTH: i32 = 640;
pub(super) const HEIGHT: i32 = 360;

/// One shape of a drawing.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) form: Form,
    pub(super) fill: &'static str,
    /// In percent.
    pub(super) opacity: i32,
}

/// The geometry of a shape.
#[derive(Debug)]
pub(super) enum Form {
    /// Centre and radius.
    Circle(i32, i32, i32),
    /// Left, top, width, height, radius of the corners.
    Rect(i32, i32, i32, i32, i32),
    /// The `d` of an SVG path.
    Path(String),
}

/// A pseudo-random generator that is seeded by the event's id (SplitMix64).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    pub(super) fn within(&mut self, low: i32, high: i32) -> i32 {
        low + (self.next() % (i64::from(high) - i64::from(low) + 1) as u64) as i32
    }

    pub(super) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.next() % choices.len() as u64) as usize]
    }
}
