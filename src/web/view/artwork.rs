//! A drawing for every event that has no picture of its own, generated from its id.
//!
//! What must hold: a drawing depends on nothing but the event and its [`Look`], in every process; events that were made
//! one after the other look different, and a list makes others look different that stand near each other
//! ([`Look::unlike`]). It is inline SVG (`artwork.html`), so nothing is loaded for it.

mod motifs;
mod shapes;

use std::fmt::{self, Display};

use askama::Template;

use crate::types::{EventId, EventNo};
use motifs::{
    Motif, balloons, beams, bubbles, confetti, curtains, halftone, horizon, lanes, levels, lights,
    pennants, ribbons, rings, scales, staves, tiles,
};
use shapes::{Chance, Form, Shape};

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

/// The motifs of events whose genre is not known.
const OF_ANY_GENRE: &[Motif] = &[
    horizon, rings, scales, beams, tiles, levels, ribbons, halftone, lights, confetti, staves,
];

/// The motifs by which genres are told apart. Each has two at least, for neighbours of the same genre.
const BY_GENRE: &[(&str, &[Motif])] = &[
    ("concert", &[rings, levels, beams, lights]),
    ("theatre", &[curtains, beams, scales]),
    ("comedy", &[bubbles, confetti, halftone]),
    ("classical", &[staves, ribbons, scales]),
    ("sport", &[lanes, halftone, tiles]),
    ("festival", &[pennants, horizon, confetti]),
    ("family", &[balloons, tiles, pennants]),
    ("talk", &[bubbles, halftone, scales]),
];

/// What distinguishes a drawing from others at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    motifs: &'static [Motif],
    motif: usize,
    palette: usize,
}

impl Look {
    /// That of an event; `genre` as the catalogue calls it.
    pub fn of(event: EventNo, genre: Option<&str>) -> Self {
        let known = BY_GENRE.iter().find(|(name, _)| Some(*name) == genre);
        let motifs = known.map_or(OF_ANY_GENRE, |(_, motifs)| motifs);
        // Consecutive numbers differ in both.
        let no = event.0.unsigned_abs() as usize;
        Self {
            motifs,
            motif: no % motifs.len(),
            palette: no * 5 % PALETTES.len(),
        }
    }

    /// This one, changed as far as it must be to be like none of those: in no palette of theirs, and with another
    /// motif than the last of them, or than all of them if the genre has so many.
    pub fn unlike(mut self, others: &[Self]) -> Self {
        let taken = |look: Self| others.iter().any(|other| other.palette == look.palette);
        for _ in 0..PALETTES.len() {
            if !taken(self) {
                break;
            }
            self.palette = (self.palette + 1) % PALETTES.len();
        }
        // What cannot differ from all differs from as many of the nearest as there are motifs.
        let near = others.len().min(self.motifs.len() - 1);
        let near = &others[others.len() - near..];
        while near.iter().any(|other| other.draws(self.drawn())) {
            self.motif = (self.motif + 1) % self.motifs.len();
        }
        self
    }

    fn drawn(self) -> Motif {
        self.motifs[self.motif]
    }

    fn draws(self, motif: Motif) -> bool {
        std::ptr::fn_addr_eq(self.drawn(), motif)
    }
}

/// A drawing, as markup.
#[derive(Debug)]
pub struct Artwork {
    /// Names its parts; unique on a page.
    pub id: String,
    markup: String,
}

impl Display for Artwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.markup)
    }
}

impl askama::filters::HtmlSafe for Artwork {}

impl Artwork {
    /// The drawing of an event.
    pub fn of(event: EventId, look: Look) -> Self {
        let drawing = Drawing::of(event, look);
        Self {
            // Fails only if memory does.
            markup: drawing.render().unwrap_or_default(),
            id: drawing.id,
        }
    }
}

/// A drawing in its parts.
#[derive(Debug, Template)]
#[template(path = "artwork.html")]
struct Drawing {
    id: String,
    /// The background's first and last colour, and the angle between them.
    from: &'static str,
    to: &'static str,
    angle: i32,
    /// In the order in which they are painted.
    shapes: Vec<Shape>,
}

impl Drawing {
    fn of(event: EventId, look: Look) -> Self {
        let bits = event.0.as_u128();
        let mut chance = Chance((bits >> 64) as u64 ^ bits as u64);
        let palette = PALETTES[look.palette];
        Self {
            id: event.0.simple().to_string()[..12].to_owned(),
            from: palette[0],
            to: palette[1],
            angle: chance.of(&[0, 25, 60, 90, 120, 155]),
            shapes: look.drawn()(&mut chance, &palette[2..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(seed: u128) -> EventId {
        EventId(uuid::Uuid::from_u128(
            seed.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c),
        ))
    }

    fn genres() -> impl Iterator<Item = Option<&'static str>> {
        let known = BY_GENRE.iter().map(|(name, _)| Some(*name));
        known.chain([None, Some("unheard of")])
    }

    #[test]
    fn an_event_keeps_its_drawing_and_every_motif_can_be_drawn() {
        for (seed, genre) in (0..600).flat_map(|seed| genres().map(move |genre| (seed, genre))) {
            let look = Look::of(EventNo(seed), genre);
            let [one, two] = [0, 1].map(|_| Drawing::of(id(seed as u128), look));
            assert_eq!(format!("{one:?}"), format!("{two:?}"));
            assert!(!one.shapes.is_empty());
            assert!(one.shapes.len() <= 64, "{}", one.shapes.len());
            let opacities = one.shapes.iter().map(|shape| shape.opacity);
            assert!(opacities.into_iter().all(|it| (1..100).contains(&it)));
        }
    }

    #[test]
    fn events_of_one_day_look_different() {
        for genre in genres() {
            for no in 0..100 {
                let [one, next] = [no, no + 1].map(|no| Look::of(EventNo(no), genre));
                assert!(!one.draws(next.drawn()) && one.palette != next.palette);
            }
        }
    }

    #[test]
    fn neighbours_in_a_list_look_different_whatever_their_numbers() {
        let mut chance = Chance(7);
        let genres: Vec<_> = genres().collect();
        let mut shown: Vec<Look> = Vec::new();
        for _ in 0..2_000 {
            let genre = genres[chance.within(0, genres.len() as i32 - 1) as usize];
            // Often the same number: nothing of the list is left to the numbers.
            let own = Look::of(EventNo(chance.within(0, 3).into()), genre);
            let near = &shown[shown.len().saturating_sub(4)..];
            let look = own.unlike(near);
            assert!(near.iter().all(|other| other.palette != look.palette));
            assert!(near.last().is_none_or(|last| !last.draws(look.drawn())));
            shown.push(look);
        }
        let alone = Look::of(EventNo(3), None);
        assert_eq!(alone.unlike(&[]), alone);
    }

    #[test]
    fn genres_are_told_apart_by_their_motifs() {
        for (name, motifs) in BY_GENRE {
            let look = Look::of(EventNo(0), Some(name));
            assert!(motifs.len() >= 2 && look.draws(motifs[0]), "{name}");
        }
    }
}
