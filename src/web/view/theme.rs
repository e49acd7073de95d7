//! How an operator's shop looks: its name, and what a directory says of its logo, colours and font.
//!
//! `theme.toml` in the directory is read once, at start. What must hold: the server does not start with a theme that
//! it cannot read, that has a word it does not know, or whose text cannot be read by everybody; a theme
//! is data, and nothing of it gets into a page but colours that were parsed and files by their URLs.

mod colour;
mod palette;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use palette::LowContrast;
use palette::{Palette, Three};

/// What a theme says, in the directory that is named.
const SETTINGS: &str = "theme.toml";
/// A logo and a font may be this long: every visitor loads them.
const LOGO_BYTES_MAX: usize = 64 * 1024;
const FONT_BYTES_MAX: usize = 128 * 1024;
/// What files of these kinds begin with: <https://www.w3.org/TR/png-3/#5PNG-file-signature>,
/// <https://www.w3.org/TR/WOFF2/#woff20Header>.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const WOFF2: &[u8] = b"wOF2";

/// Why a theme cannot be used, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// A file of it cannot be read.
    #[error("the theme's file {} cannot be read: {reason}", file.display())]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// A setting that is not known, or a value that is none.
    #[error("{}: {reason}", file.display())]
    Setting {
        /// Which file.
        file: PathBuf,
        /// What is wrong, and where.
        reason: toml::de::Error,
    },
    /// A file that is not of the kind that it should be.
    #[error("the theme's file {} {what}", file.display())]
    Unfit {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Colours that some people could not tell apart.
    #[error("the {section} colours of {}: {problem}", file.display())]
    Contrast {
        /// Which file.
        file: PathBuf,
        /// `light` or `dark`.
        section: &'static str,
        /// Which colours, and what is needed.
        problem: LowContrast,
    },
}

/// How the shop looks.
#[derive(Debug, Clone, Default)]
pub struct Theme {
    /// What the shop is called.
    pub name: String,
    /// The picture that stands for its name.
    pub logo: Option<PathBuf>,
    /// What all is written with.
    pub font: Option<PathBuf>,
    light: Option<Palette>,
    dark: Option<Palette>,
}

/// `theme.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    logo: Option<PathBuf>,
    font: Option<PathBuf>,
    light: Option<Three>,
    dark: Option<Three>,
}

impl Theme {
    /// The shop's own look with this name; or with what the directory says.
    ///
    /// # Errors
    /// [`ThemeError`].
    pub fn read(name: &str, directory: Option<&Path>) -> Result<Self, ThemeError> {
        let name = name.to_owned();
        let Some(directory) = directory else {
            return Ok(Self {
                name,
                ..Self::default()
            });
        };
        let file = directory.join(SETTINGS);
        let text = fs::read_to_string(&file).map_err(unreadable(&file))?;
        let settings: Settings = toml::from_str(&text).map_err(|reason| ThemeError::Setting {
            file: file.clone(),
            reason,
        })?;
        let palette = |section, colours: Option<Three>| {
            let palette = colours.map(Palette::of).transpose();
            palette.map_err(|problem| ThemeError::Contrast {
                file: file.clone(),
                section,
                problem,
            })
        };
        let (logo, font) = (settings.logo, settings.font);
        Ok(Self {
            name,
            logo: logo
                .map(|logo| checked_logo(directory, &logo))
                .transpose()?,
            font: font
                .map(|font| checked_font(directory, &font))
                .transpose()?,
            light: palette("light", settings.light)?,
            dark: palette("dark", settings.dark)?,
        })
    }

    /// The background of a page, light and dark, for the frame that a browser draws around it.
    pub fn backgrounds(&self) -> [String; 2] {
        [(&self.light, "#f6f0e4"), (&self.dark, "#13100e")].map(|(palette, otherwise)| {
            let own = palette.as_ref().map(Palette::background);
            own.unwrap_or_else(|| otherwise.to_owned())
        })
    }

    /// What follows the stylesheet; `font` is the URL of the theme's font.
    pub fn style(&self, font: Option<&str>) -> String {
        let mut style = String::new();
        for (scheme, palette) in [("light", &self.light), ("dark", &self.dark)] {
            if let Some(palette) = palette {
                style += &format!(
                    "\n@media screen and (prefers-color-scheme: {scheme}) {{ :root {{ {palette} }} }}"
                );
            }
        }
        if let Some(font) = font {
            style += &format!(
                "\n@font-face {{ font-family: \"Theme\"; src: url({font}) format(\"woff2\"); \
                 font-weight: 100 900; font-display: optional; }}\
                 \n:root {{ --latin: \"Theme\"; --latin-display: \"Theme\"; }}"
            );
        }
        style
    }
}

fn unreadable(file: &Path) -> impl FnOnce(io::Error) -> ThemeError {
    let file = file.to_owned();
    |reason| ThemeError::Unreadable { file, reason }
}

/// An SVG or a PNG. Pages show it as an image, in which no script runs.
fn checked_logo(directory: &Path, name: &Path) -> Result<PathBuf, ThemeError> {
    checked(
        directory,
        name,
        LOGO_BYTES_MAX,
        |extension, content| match extension {
            "svg" if !String::from_utf8_lossy(content).contains("<svg") => "is no SVG",
            "png" if !content.starts_with(PNG) => "is no PNG",
            "svg" | "png" => "",
            _ => "must be an SVG or a PNG, and its name end with .svg or .png",
        },
    )
}

/// WOFF2, which every browser reads and which is compressed best.
fn checked_font(directory: &Path, name: &Path) -> Result<PathBuf, ThemeError> {
    checked(directory, name, FONT_BYTES_MAX, |extension, content| {
        if extension == "woff2" && content.starts_with(WOFF2) {
            ""
        } else {
            "must be a WOFF2 font, and its name end with .woff2"
        }
    })
}

/// The path of a file of the theme, if nothing is `wrong` with its extension and content.
fn checked(
    directory: &Path,
    name: &Path,
    bytes_max: usize,
    wrong: impl FnOnce(&str, &[u8]) -> &'static str,
) -> Result<PathBuf, ThemeError> {
    let file = directory.join(name);
    let content = fs::read(&file).map_err(unreadable(&file))?;
    let extension = name.extension().and_then(|extension| extension.to_str());
    let mut what = wrong(extension.unwrap_or_default(), &content).to_owned();
    if content.len() > bytes_max {
        what = format!(
            "has {} bytes; {bytes_max} at most: every visitor loads it",
            content.len()
        );
    }
    if what.is_empty() {
        // Absolute, because a process may change its working directory.
        file.canonicalize().map_err(unreadable(&file))
    } else {
        Err(ThemeError::Unfit { file, what })
    }
}
