//! Parts of pages: dates, numbers and money in the reader's locale, drawings, shared pictures, QR codes, calendar files, and
//! static files. Nothing here depends on a particular page or endpoint.

pub mod artwork;
pub mod assets;
pub mod calendar;
pub mod chart;
pub mod declines;
pub mod format;
mod formatters;
pub mod markdown;
pub mod names;
pub mod poster;
pub mod price_lines;
pub mod qr;
mod text_file;
pub mod theme;
pub mod words;
