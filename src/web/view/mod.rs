//! What pages are made of: dates, numbers and money in the reader's locale, pictures, QR codes,
//! calendar files, and static files. None of it knows a page or an endpoint.

pub mod artwork;
pub mod assets;
pub mod calendar;
pub mod format;
mod formatters;
pub mod qr;
