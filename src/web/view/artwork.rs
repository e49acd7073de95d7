//! A picture for every event, generated from its id: the same event always has the same picture.
//!
//! What must hold: the picture depends on nothing but the id, in every process; it is inline SVG
//! (`artwork.html`), so nothing is loaded for it.

use askama::Template;

use crate::types::EventId;

/// Width and height of the drawing; it is cropped to fit where it is shown.
const WIDTH: i32 = 640;
const HEIGHT: i32 = 360;

/// Background from, background to, then the colours of what is drawn on it.
#[rustfmt::skip]
const PALETTES: [[&str; 6]; 12] = [
    ["#2b1055", "#d53a9d", "#ffb36b", "#ff7a59", "#8e3ccb", "#ffe3b0"],
    ["#06283d", "#1f7a8c", "#f2c14e", "#f78154", "#bfdbf7", "#5fad56"],
    ["#3d0c11", "#d80032", "#f78da7", "#f9dbbd", "#ff9f1c", "#7a0a2b"],
    ["#10002b", "#5a189a", "#e0aaff", "#ff6d8f", "#9d4edd", "#ffd6a5"],
    ["#081c15", "#2d6a4f", "#d8f3dc", "#ffd166", "#74c69d", "#ef6f6c"],
    ["#1b1a3a", "#3d5af1", "#f5f5f5", "#ff4d6d", "#22d1ee", "#ffd23f"],
    ["#3a1d0e", "#c8553d", "#ffd5c2", "#f28f3b", "#588b8b", "#fff3e0"],
    ["#0b132b", "#3a506b", "#5bc0be", "#ffd9da", "#f26a8d", "#fbf2c0"],
    ["#2d0a31", "#a4243b", "#d8c99b", "#d8973c", "#bd632f", "#f6e7cb"],
    ["#0a2342", "#2ca58d", "#fffdf7", "#f46197", "#84bc9c", "#ffc857"],
    ["#231942", "#9f86c0", "#e0b1cb", "#fdf0d5", "#5e548e", "#ff8fab"],
    ["#001219", "#0a9396", "#e9d8a6", "#ee9b00", "#ca6702", "#94d2bd"],
];

/// A drawing; shown in another template, it is markup.
#[derive(Debug, Template)]
#[template(path = "artwork.html")]
pub struct Artwork {
    /// Names the gradient; unique on a page.
    pub id: String,
    /// The background's first colour.
    pub from: &'static str,
    /// The background's last colour.
    pub to: &'static str,
    /// Angle of the background's gradient.
    pub angle: i32,
    /// In the order in which they are painted.
    pub shapes: Vec<Shape>,
}

impl askama::filters::HtmlSafe for Artwork {}

/// One shape of a drawing.
#[derive(Debug)]
pub struct Shape {
    /// What it is.
    pub form: Form,
    /// What it is filled with.
    pub fill: &'static str,
    /// Opacity in percent.
    pub opacity: i32,
}

/// The geometry of a shape.
#[derive(Debug)]
pub enum Form {
    /// Centre and radius.
    Circle(i32, i32, i32),
    /// Left, top, width, height, radius of the corners.
    Rect(i32, i32, i32, i32, i32),
    /// The `d` of an SVG path.
    Path(String),
}

/// A pseudo-random generator that is seeded by the event's id (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    fn within(&mut self, low: i32, high: i32) -> i32 {
        low + (self.next() % (i64::from(high) - i64::from(low) + 1) as u64) as i32
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.next() % choices.len() as u64) as usize]
    }
}

impl Artwork {
    /// The picture of an event.
    pub fn of(event: EventId) -> Self {
        let bits = event.0.as_u128();
        let mut chance = Chance((bits >> 64) as u64 ^ bits as u64);
        let palette = chance.of(&PALETTES);
        let angle = chance.of(&[0, 25, 60, 90, 120, 155]);
        let draw = chance.of(&[horizon, rings, beams, tiles, levels, ribbons, lights]);
        Self {
            id: event.0.simple().to_string()[..12].to_owned(),
            from: palette[0],
            to: palette[1],
            angle,
            shapes: draw(&mut chance, &palette[2..]),
        }
    }
}

fn shape(form: Form, fill: &'static str, opacity: i32) -> Shape {
    Shape {
        form,
        fill,
        opacity,
    }
}

/// A sun over waves.
fn horizon(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let (x, y) = (chance.within(160, 480), chance.within(110, 190));
    let radius = chance.within(70, 120);
    let mut shapes = vec![
        shape(Form::Circle(x, y, radius + 46), colours[0], 18),
        shape(Form::Circle(x, y, radius), colours[0], 95),
    ];
    for layer in 0..4 {
        let top = 190 + layer * 42;
        let (a, b) = (chance.within(-46, 46), chance.within(-46, 46));
        let path = format!(
            "M0 {top}C160 {} 220 {} 330 {}S520 {} 640 {top}V360H0Z",
            top + a,
            top - a,
            top + b / 2,
            top - b
        );
        shapes.push(shape(
            Form::Path(path),
            colours[1 + layer as usize % 3],
            55 + layer * 12,
        ));
    }
    shapes
}

/// Rings around a point near an edge, as of a record or of sound.
fn rings(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let (x, y) = (chance.within(80, 560), chance.within(40, 320));
    let step = chance.within(34, 52);
    let count = 9;
    (0..count)
        .map(|ring| {
            let radius = (count - ring) * step;
            shape(
                Form::Circle(x, y, radius),
                colours[ring as usize % colours.len()],
                24 + ring * 8,
            )
        })
        .collect()
}

/// Light from above on a stage.
fn beams(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = (0..7)
        .map(|beam| {
            let (top, spread) = (40 + beam * 93, chance.within(50, 110));
            let foot = top + chance.within(-190, 190);
            let path = format!(
                "M{} -20L{} 380H{}L{} -20Z",
                top - 8,
                foot - spread,
                foot + spread,
                top + 8
            );
            shape(Form::Path(path), colours[beam as usize % colours.len()], 30)
        })
        .collect();
    let crest: String = (0..17)
        .map(|head| {
            format!(
                "Q{} {} {} 330",
                head * 40 + 20,
                chance.within(268, 312),
                (head + 1) * 40
            )
        })
        .collect();
    shapes.push(shape(
        Form::Path(format!("M0 330{crest}V360H0Z")),
        "#0b0812",
        88,
    ));
    shapes
}

/// Quarters and circles on a grid.
fn tiles(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let size = 120;
    let mut shapes = Vec::new();
    for (column, row) in (0..6).flat_map(|column| (0..3).map(move |row| (column, row))) {
        let (x, y) = (column * size - 40, row * size);
        let (right, bottom, half) = (x + size, y + size, size / 2);
        let form = match chance.within(0, 6) {
            0 => Form::Circle(x + half, y + half, half),
            1 => Form::Path(format!(
                "M{x} {y}H{right}A{size} {size} 0 0 1 {x} {bottom}Z"
            )),
            2 => Form::Path(format!(
                "M{right} {bottom}H{x}A{size} {size} 0 0 1 {right} {y}Z"
            )),
            3 => Form::Path(format!(
                "M{x} {bottom}V{y}A{size} {size} 0 0 1 {right} {bottom}Z"
            )),
            4 => Form::Path(format!(
                "M{x} {bottom}A{half} {half} 0 0 1 {right} {bottom}Z"
            )),
            5 => Form::Rect(x + 30, y + 30, half, half, 6),
            _ => continue,
        };
        shapes.push(shape(form, chance.of(colours), 92));
    }
    shapes
}

/// Bars as on a mixing desk.
fn levels(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let phase = f64::from(chance.within(0, 628)) / 100.0;
    let speed = f64::from(chance.within(22, 52)) / 100.0;
    (0..22)
        .map(|bar| {
            let swing = (f64::from(bar) * speed + phase).sin().abs();
            let height = 36 + (swing * 190.0) as i32 + chance.within(0, 50);
            let form = Form::Rect(6 + bar * 29, (HEIGHT - height) / 2, 17, height, 8);
            shape(form, colours[(bar / 6) as usize % colours.len()], 90)
        })
        .collect()
}

/// Bands that swing across.
fn ribbons(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let (rise, bend) = (chance.within(-110, 110), chance.within(60, 170));
    let width = chance.within(26, 38);
    (0..8)
        .map(|band| {
            let y = 20 + band * width;
            let (a, b) = (y + bend, y - bend + rise);
            let path = format!(
                "M-10 {y}C200 {a} 400 {b} 650 {}V{}C400 {} 200 {} -10 {}Z",
                y + rise,
                y + rise + width,
                b + width,
                a + width,
                y + width
            );
            shape(Form::Path(path), colours[band as usize % colours.len()], 78)
        })
        .collect()
}

/// Lights out of focus.
fn lights(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    (0..16)
        .map(|light| {
            let radius = chance.within(14, 96 - light * 3);
            let (x, y) = (chance.within(0, WIDTH), chance.within(0, HEIGHT));
            shape(
                Form::Circle(x, y, radius),
                chance.of(colours),
                chance.within(22, 62),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_keeps_its_picture() {
        for seed in 0..500_u128 {
            let id = EventId(uuid::Uuid::from_u128(
                seed.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c),
            ));
            let (one, two) = (Artwork::of(id), Artwork::of(id));
            assert_eq!(format!("{one:?}"), format!("{two:?}"));
            assert!(!one.shapes.is_empty());
            assert!(
                one.shapes
                    .iter()
                    .all(|shape| (1..100).contains(&shape.opacity))
            );
        }
    }
}
