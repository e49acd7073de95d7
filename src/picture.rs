//! Pictures of events: reading the file that an operator names, and writing it anew in a few widths for browsers.
//!
//! What must hold: nothing of the file is passed on but its pixels, so no script, place or name that it carries; a
//! file that would unpack to more than [`PIXELS_MAX`] is refused before it is unpacked; a name holds a hash of the
//! content, so what is at a name never changes.
//!
//! WebP by libwebp, because every browser since 2020 shows it, a photograph takes about two thirds of its JPEG,
//! and three widths are written in a second. AVIF would take a fifth less and ten times as long.

use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use sha2::{Digest, Sha256};

/// The widths that are written, of those that the picture has.
pub const WIDTHS: [u32; 3] = [480, 960, 1920];

/// Bytes of the file.
const BYTES_MAX: u64 = 20 * 1024 * 1024;
/// Pixels of the picture.
const PIXELS_MAX: u64 = 40_000_000;
/// Pixels of a side, at least and at most.
const SIDE_MIN: u32 = 240;
const SIDE_MAX: u32 = 12_000;
/// Of 0 to 100: above it files grow and nobody sees a difference.
const QUALITY: f32 = 78.0;
/// Bytes of the hash in a name.
const HASH_BYTES: usize = 12;
/// Changes when the same file is to be written in another way.
const RECIPE: &[u8] = b"webp 78 480 960 1920";

/// A picture of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What the names of its files begin with: a hash of the content.
    pub name: String,
    /// Width of the largest file in pixels.
    pub width: i32,
    /// Its height.
    pub height: i32,
}

impl Picture {
    /// The files by width, the narrowest first.
    pub fn files(&self) -> impl Iterator<Item = (u32, String)> {
        let widths = widths(self.width.unsigned_abs());
        widths.map(|width| (width, file_name(&self.name, width)))
    }
}

/// Why a picture was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file, or the directory of the pictures.
    #[error("{}: {reason}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The file is larger than [`BYTES_MAX`].
    #[error("the picture has more than {} MiB", BYTES_MAX / 1024 / 1024)]
    TooManyBytes,
    /// Another format, or no picture.
    #[error("the picture must be a JPEG, PNG or WebP")]
    Format,
    /// Too small, or too large.
    #[error(
        "the picture has {0} by {1} pixels: a side may have {SIDE_MIN} to {SIDE_MAX}, the whole 40 million"
    )]
    Size(u32, u32),
    /// The file is damaged.
    #[error("the picture cannot be read: {0}")]
    Unreadable(String),
}

/// Takes a picture: checks the file and writes it to the directory, which is made if it is not there. Takes some
/// seconds of a processor.
///
/// # Errors
/// [`PictureError`]; the directory has no half of a picture then.
pub fn take(file: &Path, directory: &Path) -> Result<Picture, PictureError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |reason| PictureError::Io { path, reason }
    };
    let length = fs::metadata(file).map_err(failed(file))?.len();
    if length > BYTES_MAX {
        return Err(PictureError::TooManyBytes);
    }
    let content = fs::read(file).map_err(failed(file))?;
    take_content(&content, directory)
}

/// As [`take`], of the content of a file.
///
/// # Errors
/// [`PictureError`]; the directory has no half of a picture then.
pub fn take_content(content: &[u8], directory: &Path) -> Result<Picture, PictureError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |reason| PictureError::Io { path, reason }
    };
    if content.len() as u64 > BYTES_MAX {
        return Err(PictureError::TooManyBytes);
    }
    let pixels = decode(content)?;
    let hash = Sha256::new().chain_update(RECIPE).chain_update(content);
    let name = HEXLOWER.encode(&hash.finalize()[..HASH_BYTES]);
    fs::create_dir_all(directory).map_err(failed(directory))?;
    let mut size = (0, 0);
    for width in widths(pixels.width()) {
        let scaled = scaled(&pixels, width);
        size = scaled.dimensions();
        let path = directory.join(file_name(&name, width));
        write(&path, &encode(&scaled)).map_err(failed(&path))?;
    }
    Ok(Picture {
        name,
        width: size.0 as i32,
        height: size.1 as i32,
    })
}

/// Whether this is the name of a file that [`take`] has written.
pub fn is_file_name(name: &str) -> bool {
    let parts = name.strip_suffix(".webp").and_then(|it| it.split_once('-'));
    parts.is_some_and(|(hash, width)| {
        let is_hash = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        hash.len() == 2 * HASH_BYTES
            && hash.bytes().all(is_hash)
            && (1..=5).contains(&width.len())
            && width.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn file_name(name: &str, width: u32) -> String {
    format!("{name}-{width}.webp")
}

/// The widths of a picture that has this one: none is made wider.
fn widths(of_picture: u32) -> impl Iterator<Item = u32> {
    let largest = of_picture.min(WIDTHS[WIDTHS.len() - 1]);
    let smaller = WIDTHS.into_iter().filter(move |&width| width < largest);
    smaller.chain([largest])
}

/// The pixels, upright, on white where they were transparent.
fn decode(content: &[u8]) -> Result<RgbImage, PictureError> {
    let unreadable = |error: image::ImageError| PictureError::Unreadable(error.to_string());
    let format = image::guess_format(content).map_err(|_| PictureError::Format)?;
    if !matches!(
        format,
        ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP
    ) {
        return Err(PictureError::Format);
    }
    let mut reader = ImageReader::with_format(Cursor::new(content), format);
    let mut limits = Limits::default();
    // Sixteen bits of four channels.
    limits.max_alloc = Some(8 * PIXELS_MAX + 2 * BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    let sides = [width, height];
    if sides
        .iter()
        .any(|side| !(SIDE_MIN..=SIDE_MAX).contains(side))
        || u64::from(width) * u64::from(height) > PIXELS_MAX
    {
        return Err(PictureError::Size(width, height));
    }
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut pixels = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    pixels.apply_orientation(orientation);
    Ok(on_white(pixels))
}

fn on_white(pixels: DynamicImage) -> RgbImage {
    if !pixels.color().has_alpha() {
        return pixels.into_rgb8();
    }
    let pixels = pixels.into_rgba8();
    let mut opaque = RgbImage::new(pixels.width(), pixels.height());
    for (of, to) in pixels.pixels().zip(opaque.pixels_mut()) {
        let [red, green, blue, alpha] = of.0.map(u16::from);
        to.0 = [red, green, blue].map(|it| ((it * alpha + 255 * (255 - alpha)) / 255) as u8);
    }
    opaque
}

fn scaled(pixels: &RgbImage, width: u32) -> RgbImage {
    if width == pixels.width() {
        return pixels.clone();
    }
    let height = u64::from(pixels.height()) * u64::from(width) / u64::from(pixels.width());
    image::imageops::resize(
        pixels,
        width,
        (height as u32).max(1),
        FilterType::CatmullRom,
    )
}

fn encode(pixels: &RgbImage) -> Vec<u8> {
    let encoder = webp::Encoder::from_rgb(pixels.as_raw(), pixels.width(), pixels.height());
    encoder.encode(QUALITY).to_vec()
}

/// Under its name a file is whole, whenever the process ends.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension(format!("{}.part", std::process::id()));
    let written = fs::write(&unfinished, content).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        fs::remove_file(&unfinished).ok();
    }
    written
}
