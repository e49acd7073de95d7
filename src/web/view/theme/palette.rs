//! All colours of a page, from the three that an operator chooses.
//!
//! What must hold: every text can be read on whatever it stands on (WCAG 2.2, success criteria 1.4.3 and 1.4.11).
//! Derived colours are moved towards the text's until they can; the three are the operator's,
//! and are refused if they cannot.

use std::fmt;

use serde::Deserialize;

use super::colour::{BLACK, Colour, WHITE};

/// What text needs on its background, and what the parts of a control need.
const TEXT: f64 = 4.5;
const CONTROL: f64 = 3.0;
/// The parts of the text's colour that a derived one is tried with.
const STEPS: i32 = 50;

/// The colours of states, for light and for dark backgrounds: good, warn, held, focus.
const STATES_ON_LIGHT: [u32; 4] = [0x17_66_3c, 0x82_46_00, 0x47_3c_a8, 0x1d_4e_d8];
const STATES_ON_DARK: [u32; 4] = [0x6f_d6_9b, 0xf5_b9_5a, 0xb7_b0_ff, 0x8f_b4_ff];

/// What an operator chooses.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Three {
    background: Colour,
    text: Colour,
    accent: Colour,
}

/// Two colours that some people could not tell apart.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error(
    "{what} {front} on {back_is} {back} has a contrast of {ratio:.2}, and needs at least {needed} \
     (WCAG 2.2): make one of them darker or lighter"
)]
pub struct LowContrast {
    what: &'static str,
    front: Colour,
    back_is: &'static str,
    back: Colour,
    ratio: f64,
    needed: f64,
}

/// The colours of a page, by the names that the stylesheet gives them.
#[derive(Debug, Clone)]
pub(super) struct Palette {
    background: Colour,
    tokens: Vec<(&'static str, Colour)>,
    is_dark: bool,
}

/// What text stands on, beside the background.
struct Surfaces {
    card: Colour,
    sunk: Colour,
    accent_wash: Colour,
    /// Of the states good, warn, held.
    washes: [Colour; 3],
}

impl Surfaces {
    fn of(three: &Three, is_dark: bool, states: [Colour; 3]) -> Self {
        let Three {
            background, text, ..
        } = *three;
        let card = if is_dark {
            background.mixed(text, 0.06)
        } else {
            background.mixed(WHITE, 0.7)
        };
        Self {
            card,
            sunk: background.mixed(text, 0.07),
            accent_wash: card.mixed(three.accent, 0.12),
            washes: states.map(|state| card.mixed(state, 0.12)),
        }
    }

    /// Requires of an operator's colours what cannot be mended by other derived ones.
    fn check(&self, three: &Three) -> Result<(), LowContrast> {
        let on_background = ("the background", three.background);
        let on_card = ("what cards have by it,", self.card);
        let [good, warn, held] = self.washes;
        for back in [
            on_background,
            on_card,
            ("what notices have by it,", self.sunk),
            ("what alerts have by the accent,", self.accent_wash),
            ("what notices of a state have by it,", good),
            ("what notices of a state have by it,", warn),
            ("what notices of a state have by it,", held),
        ] {
            require(TEXT, ("the text", three.text), back)?;
        }
        require(CONTROL, ("the accent", three.accent), on_background)?;
        require(CONTROL, ("the accent", three.accent), on_card)
    }
}

impl Palette {
    pub(super) fn of(three: Three) -> Result<Self, LowContrast> {
        let Three {
            background,
            text,
            accent,
        } = three;
        let is_dark = background.luminance() < text.luminance();
        let states = if is_dark {
            STATES_ON_DARK
        } else {
            STATES_ON_LIGHT
        };
        let [good, warn, held, focus] = states.map(Colour::rgb);
        let surfaces = Surfaces::of(&three, is_dark, [good, warn, held]);
        surfaces.check(&three)?;
        let Surfaces {
            card,
            sunk,
            accent_wash,
            washes,
        } = surfaces;
        let plain = [background, card, sunk];
        let all = [&plain[..], &[accent_wash], &washes].concat();
        let soft = readable(background.mixed(text, 0.6), text, TEXT, &all);
        let line = background.mixed(text, 0.4);
        let mut tokens = vec![
            ("paper", background),
            ("card", card),
            ("sunk", sunk),
            ("ink", text),
            ("soft", soft),
            ("line", background.mixed(text, 0.16)),
            ("line-strong", readable(line, text, CONTROL, &plain)),
            ("accent", accent),
            ("accent-ink", readable(accent, text, TEXT, &all)),
            ("on-accent", on(accent)),
            ("accent-wash", accent_wash),
            ("gone", soft),
            ("gone-wash", sunk),
        ];
        let names = [
            ("good", "good-wash"),
            ("warn", "warn-wash"),
            ("held", "held-wash"),
        ];
        for (((name, wash_name), state), wash) in
            names.into_iter().zip([good, warn, held]).zip(washes)
        {
            let state = readable(state, text, TEXT, &[background, card, wash]);
            tokens.extend([(name, state), (wash_name, wash)]);
        }
        tokens.push(("focus", readable(focus, text, CONTROL, &plain)));
        Ok(Self {
            background,
            tokens,
            is_dark,
        })
    }

    pub(super) fn background(&self) -> String {
        self.background.to_string()
    }
}

/// As declarations of custom properties.
impl fmt::Display for Palette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_dark { "dark" } else { "light" };
        write!(f, "color-scheme: {scheme};")?;
        for (name, colour) in &self.tokens {
            write!(f, " --{name}: {colour};")?;
        }
        Ok(())
    }
}

/// What is seen best on a colour; black or white always has a contrast of 4.58 at least.
fn on(colour: Colour) -> Colour {
    if WHITE.contrast(colour) >= BLACK.contrast(colour) {
        WHITE
    } else {
        BLACK
    }
}

/// This colour with as little as needed of the text's to be seen on all of these.
fn readable(colour: Colour, text: Colour, needed: f64, backs: &[Colour]) -> Colour {
    let tries = (0..=STEPS).map(|step| colour.mixed(text, f64::from(step) / f64::from(STEPS)));
    let is_seen = |colour: &Colour| backs.iter().all(|back| colour.contrast(*back) >= needed);
    tries.into_iter().find(is_seen).unwrap_or(text)
}

fn require(
    needed: f64,
    (what, front): (&'static str, Colour),
    (back_is, back): (&'static str, Colour),
) -> Result<(), LowContrast> {
    let ratio = front.contrast(back);
    if ratio >= needed {
        return Ok(());
    }
    Err(LowContrast {
        what,
        front,
        back_is,
        back,
        ratio,
        needed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three(background: u32, text: u32, accent: u32) -> Three {
        Three {
            background: Colour::rgb(background),
            text: Colour::rgb(text),
            accent: Colour::rgb(accent),
        }
    }

    /// Whatever the three are, either they are refused or everything on the page can be read.
    #[test]
    fn derived_colours_can_be_read() {
        let values = [0x00, 0x33, 0x80, 0xcc, 0xff];
        let all = || {
            values.into_iter().flat_map(move |red| {
                let greens = values.into_iter();
                greens.map(move |green| (red << 16) | (green << 8) | 0x44)
            })
        };
        let mut taken = 0;
        for background in all() {
            for (text, accent) in all().flat_map(|text| all().map(move |accent| (text, accent))) {
                let Ok(palette) = Palette::of(three(background, text, accent)) else {
                    continue;
                };
                taken += 1;
                let colour = |wanted: &str| {
                    let mut tokens = palette.tokens.iter();
                    tokens.find(|(name, _)| *name == wanted).unwrap().1
                };
                for (front, back, needed) in [
                    ("ink", "sunk", TEXT),
                    ("soft", "card", TEXT),
                    ("soft", "sunk", TEXT),
                    ("soft", "held-wash", TEXT),
                    ("accent-ink", "paper", TEXT),
                    ("accent-ink", "accent-wash", TEXT),
                    ("on-accent", "accent", TEXT),
                    ("accent", "paper", CONTROL),
                    ("line-strong", "card", CONTROL),
                    ("good", "good-wash", TEXT),
                    ("warn", "card", TEXT),
                    ("held", "paper", TEXT),
                    ("ink", "held-wash", TEXT),
                    ("focus", "paper", CONTROL),
                ] {
                    let ratio = colour(front).contrast(colour(back));
                    assert!(ratio >= needed, "{front} on {back}: {ratio} in {palette}");
                }
            }
        }
        assert!(taken > 1_000, "{taken}");
    }

    #[test]
    fn colours_that_cannot_be_told_apart_are_refused_by_name() {
        let error = Palette::of(three(0xffffff, 0x999999, 0x0044cc)).unwrap_err();
        let text = error.to_string();
        for part in ["the text #999999", "the background #ffffff", "2.85", "4.5"] {
            assert!(text.contains(part), "{text}");
        }
        let error = Palette::of(three(0xffffff, 0x111111, 0xffee00)).unwrap_err();
        let text = error.to_string();
        for part in ["the accent #ffee00", "#ffffff", "1.20", "3"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
