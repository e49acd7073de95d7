//! What pages are drawn with: dates, numbers and money in the reader's locale, pictures, QR codes,
//! calendar files, and the files that pages load.

pub mod artwork;
pub mod assets;
pub mod calendar;
pub mod format;
pub mod qr;
