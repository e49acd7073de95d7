//! The motifs of drawings: each a few shapes, varied by chance.
//!
//! What must hold: a motif fills the width and the middle of the height, because a drawing is cropped to fit; it
//! depends on nothing but its arguments.

use super::shapes::{Chance, Form, HEIGHT, Shape, WIDTH};

/// Draws with the four colours of a palette that are not its background's.
pub(super) type Motif = fn(&mut Chance, &[&'static str]) -> Vec<Shape>;

fn shape(form: Form, fill: &'static str, opacity: i32) -> Shape {
    Shape {
        form,
        fill,
        opacity,
    }
}

/// A sun over waves.
pub(super) fn horizon(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
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
pub(super) fn rings(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
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
pub(super) fn beams(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
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
pub(super) fn tiles(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
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
pub(super) fn levels(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
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
pub(super) fn ribbons(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
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
pub(super) fn lights(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
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

/// Drapery on both sides of a stage.
pub(super) fn curtains(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let (opening, fold) = (chance.within(70, 150), chance.within(36, 50));
    let sag = chance.within(30, 80);
    let mut shapes = vec![shape(Form::Circle(320, 400, 150 + opening), colours[3], 40)];
    for n in (0..8).rev() {
        let (edge, colour) = (n * fold - 30, colours[n as usize % 3]);
        // Each fold falls from the rail and is tied back near the side.
        let tied = edge - opening + 20;
        for (at, to) in [(0, 1), (WIDTH, -1)] {
            let (edge, tied) = (at + to * (edge + fold), at + to * (tied + fold));
            let path = format!(
                "M{at} -10H{edge}C{edge} {} {tied} {} {tied} 370H{at}Z",
                150 + sag,
                190 + sag
            );
            shapes.push(shape(Form::Path(path), colour, 34 + n * 7));
        }
    }
    shapes
}

/// Lines of music with notes on them.
pub(super) fn staves(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let (rise, bend) = (chance.within(-70, 70), chance.within(50, 120));
    let mut shapes: Vec<Shape> = (0..5)
        .map(|line| {
            let y = 100 + line * 34;
            let path = format!(
                "M-10 {y}C200 {} 420 {} 650 {}v5C420 {} 200 {} -10 {}Z",
                y - bend,
                y + bend + rise,
                y + rise,
                y + bend + rise + 5,
                y - bend + 5,
                y + 5
            );
            shape(Form::Path(path), colours[0], 80)
        })
        .collect();
    for note in 0..7 {
        let (x, y) = (
            40 + note * 92 + chance.within(-18, 18),
            chance.within(90, 270),
        );
        let colour = colours[1 + note as usize % 3];
        let stem = if y > 180 { y - 92 } else { y };
        let side = if y > 180 { x + 17 } else { x - 23 };
        shapes.push(shape(Form::Rect(side, stem, 6, 92, 3), colour, 95));
        shapes.push(shape(Form::Circle(x, y, 23), colour, 95));
    }
    shapes
}

/// Speech bubbles, the later ones in front.
pub(super) fn bubbles(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    (0..6)
        .map(|bubble| {
            let (width, height) = (chance.within(150, 260), chance.within(80, 130));
            let x = bubble % 3 * 215 + chance.within(-30, 20);
            let y = bubble / 3 * 150 + chance.within(16, 60);
            let (right, foot) = (x + width, y + height);
            let tail = if chance.within(0, 1) == 0 { x + 44 } else { right - 84 };
            let tip = if tail < x + width / 2 { tail - 8 } else { tail + 48 };
            let path = format!(
                "M{} {y}H{}a28 28 0 0 1 28 28V{}a28 28 0 0 1 -28 28H{}L{tip} {}L{tail} {foot}H{}a28 28 0 0 1 -28 -28V{}a28 28 0 0 1 28 -28Z",
                x + 28,
                right - 28,
                foot - 28,
                tail + 40,
                foot + 36,
                x + 28,
                y + 28,
            );
            shape(Form::Path(path), colours[bubble as usize % colours.len()], 88)
        })
        .collect()
}

/// The lanes of a track, in a bend.
pub(super) fn lanes(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let is_left = chance.within(0, 1) == 0;
    let (x, y) = (
        if is_left { -60 } else { WIDTH + 60 },
        chance.within(300, 420),
    );
    let lane = chance.within(62, 78);
    (0..9)
        .rev()
        .flat_map(|n| {
            let radius = 90 + n * lane;
            let colour = colours[n as usize % 3];
            [
                shape(Form::Circle(x, y, radius), "#ffffff", 70),
                shape(Form::Circle(x, y, radius - 5), colour, 92),
            ]
        })
        .collect()
}

/// Strings of pennants.
pub(super) fn pennants(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for string in 0..4 {
        let (left, right) = (
            chance.within(-60, 60) + string * 92,
            chance.within(-60, 60) + string * 92,
        );
        let sag = chance.within(50, 110);
        let width = 58;
        for n in 0..11 {
            let x = n * width;
            // On a parabola between both ends.
            let hang = |x: i32| {
                left + (right - left) * x / WIDTH + 4 * sag * x * (WIDTH - x) / (WIDTH * WIDTH)
            };
            let (from, to) = (hang(x), hang(x + width));
            let path = format!(
                "M{x} {from}L{} {to}L{} {}Z",
                x + width - 4,
                x + width / 2,
                (from + to) / 2 + 74
            );
            shapes.push(shape(
                Form::Path(path),
                colours[(n + string) as usize % colours.len()],
                90,
            ));
        }
    }
    shapes
}

/// Balloons on their strings.
pub(super) fn balloons(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    (0..8)
        .flat_map(|n| {
            let (x, y) = (20 + n * 86 + chance.within(-24, 24), chance.within(60, 230));
            let radius = chance.within(44, 70);
            let colour = colours[n as usize % colours.len()];
            let string = format!(
                "M{x} {}q{} 90 0 220h3q{} -130 0 -220Z",
                y + radius,
                chance.within(-50, 50),
                chance.within(-50, 50)
            );
            let knot = format!("M{x} {}l-11 17h22Z", y + radius - 4);
            let light = Form::Circle(x - radius / 3, y - radius / 3, radius / 5);
            [
                shape(Form::Path(string), "#ffffff", 45),
                shape(Form::Path(knot), colour, 92),
                shape(Form::Circle(x, y, radius), colour, 92),
                shape(light, "#ffffff", 45),
            ]
        })
        .collect()
}

/// Scraps of paper in the air.
pub(super) fn confetti(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    (0..36)
        .map(|n| {
            let (x, y) = (
                n % 9 * 72 + chance.within(0, 56),
                n / 9 * 90 + chance.within(0, 70),
            );
            let size = chance.within(16, 32);
            let form = match chance.within(0, 2) {
                0 => Form::Circle(x, y, size / 2),
                1 => Form::Path(format!(
                    "M{x} {y}l{} {}l{} {}l{} {}Z",
                    size * 2,
                    chance.within(-size, size),
                    chance.within(-8, 8),
                    size,
                    -size * 2,
                    chance.within(-6, 6)
                )),
                _ => Form::Path(format!("M{x} {y}l{size} {}l{} {size}Z", size / 2, -size)),
            };
            shape(form, chance.of(colours), chance.within(70, 98))
        })
        .collect()
}

/// Dots that grow towards one side, as in print.
pub(super) fn halftone(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let is_left = chance.within(0, 1) == 0;
    let tilt = chance.within(-3, 3);
    (0..11 * 6)
        .filter_map(|n| {
            let (column, row) = (n % 11, n / 11);
            let from_edge = if is_left { column } else { 10 - column };
            let radius = 36 - from_edge * 7 / 2 + tilt * (row - 3);
            let shift = row % 2 * 31;
            let form = Form::Circle(column * 62 + shift, row * 62 + 25, radius);
            (radius > 2).then(|| shape(form, colours[(row / 2) as usize % colours.len()], 88))
        })
        .collect()
}

/// Fans of arcs, one above the other.
pub(super) fn scales(chance: &mut Chance, colours: &[&'static str]) -> Vec<Shape> {
    let size = chance.within(100, 130);
    let mut shapes = Vec::new();
    for row in 0..5 {
        for column in 0..4 {
            let x = column * 2 * size - row % 2 * size;
            let y = row * size * 3 / 4 + 30;
            let first = (column + row) as usize;
            for (n, part) in [4, 3, 2].into_iter().enumerate() {
                let form = Form::Circle(x, y, size * part / 4);
                shapes.push(shape(form, colours[(first + n) % colours.len()], 90));
            }
        }
    }
    shapes
}
