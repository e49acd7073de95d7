//! QR codes as one SVG path, drawn by the server: no script and no request is needed to show them. What a code
//! contains is decided by the caller.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// The white margin that scanners need, in modules.
const QUIET: usize = 4;

/// A code to draw: black on white.
#[derive(Debug)]
pub struct Qr {
    /// Width and height of the drawing with its frame, in modules.
    pub size: usize,
    /// The dark modules.
    pub path: String,
}

impl Qr {
    /// Encodes a text; `None` if it is too long for any QR code.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (row, y) in code.to_colors().chunks(width).zip(QUIET..) {
            let mut x = 0;
            while x < width {
                let run = row[x..].iter().take_while(|&&c| c == Color::Dark).count();
                if run > 0 {
                    // Writing into a string cannot fail.
                    write!(path, "M{} {y}h{run}v1h-{run}z", x + QUIET).ok();
                }
                x += run.max(1);
            }
        }
        Some(Self {
            size: width + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_begins_with_its_corner() {
        let qr = Qr::of("BX2.ABCDEF").unwrap();
        assert_eq!(qr.size, 21 + 8);
        assert!(qr.path.starts_with("M4 4h7v1h-7z"), "{}", qr.path);
        assert!(Qr::of(&"A".repeat(5000)).is_none());
    }
}
