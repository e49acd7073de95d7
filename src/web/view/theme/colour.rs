//! A colour, and how well two can be told apart. The formulas are those of WCAG 2.2.

use std::fmt;

use serde::Deserialize;

/// A colour of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

pub(super) const WHITE: Colour = Colour::rgb(0xff_ff_ff);
pub(super) const BLACK: Colour = Colour::rgb(0);

impl Colour {
    pub(super) const fn rgb(number: u32) -> Self {
        let [_, red, green, blue] = number.to_be_bytes();
        Self { red, green, blue }
    }

    /// This colour with a part of another, from 0 to 1.
    pub(super) fn mixed(self, other: Self, part: f64) -> Self {
        let mix = |own: u8, other: u8| {
            (f64::from(own) * (1.0 - part) + f64::from(other) * part).round() as u8
        };
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// 0 for black, 1 for white: <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>.
    pub(super) fn luminance(self) -> f64 {
        let [red, green, blue] = [self.red, self.green, self.blue].map(|value| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// From 1 to 21: <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

impl TryFrom<String> for Colour {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.strip_prefix('#').filter(|digits| {
            digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        });
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        number
            .map(Self::rgb)
            .ok_or_else(|| format!("{text:?} is no colour: write one as #1a2b3c"))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// <https://www.w3.org/WAI/WCAG22/Understanding/contrast-minimum> gives the limits of #767676 and #777777 on white.
    #[test]
    fn contrast_is_that_of_wcag() {
        let close = |one: f64, two: f64| (one - two).abs() < 0.005;
        assert!(close(BLACK.contrast(WHITE), 21.0));
        assert!(close(WHITE.contrast(WHITE), 1.0));
        assert!(close(Colour::rgb(0x76_76_76).contrast(WHITE), 4.54));
        assert!(close(WHITE.contrast(Colour::rgb(0x77_77_77)), 4.48));
        assert!(close(Colour::rgb(0xff_00_00).contrast(WHITE), 4.0));
        assert!(close(Colour::rgb(0x00_00_ff).luminance(), 0.0722));
    }

    #[test]
    fn a_colour_is_read_and_written_in_one_form() {
        let read = |text: &str| Colour::try_from(text.to_owned());
        assert_eq!(read("#C0ffee").unwrap().to_string(), "#c0ffee");
        for text in [
            "", "#fff", "c0ffee", "#c0ffe", "#c0ffeg", "#+0ffee", "#c0ffee;", "red",
        ] {
            assert!(read(text).unwrap_err().contains("#1a2b3c"), "{text}");
        }
        assert_eq!(BLACK.mixed(WHITE, 0.5).to_string(), "#808080");
    }
}
