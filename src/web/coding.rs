//! Content codings: which one an answer that was compressed before has, and the two compressors. What is made for
//! one reader alone is compressed by actix-web's middleware, with gzip.
//!
//! What must hold: nothing that many ask for is compressed once per reader.

pub mod gzip;

use actix_web::HttpRequest;
use actix_web::http::header::{
    AcceptEncoding, CONTENT_ENCODING, ContentEncoding, Encoding, Header, HeaderMap, HeaderValue,
    VARY,
};

/// The hardest that brotli tries: what it makes is sent for as long as the process lives.
const BROTLI_QUALITY: u32 = 11;
/// Texts up to 256 KiB are searched for what repeats, as a whole.
const BROTLI_WINDOW: u32 = 18;
const BUFFER_BYTES: usize = 4_096;

/// The coding that a reader prefers among these; identity if none is accepted, or nothing is said.
pub fn preferred(request: &HttpRequest, offered: &[ContentEncoding]) -> ContentEncoding {
    let offered: Vec<Encoding> = offered.iter().copied().map(Encoding::Known).collect();
    let accepted = AcceptEncoding::parse(request).ok();
    match accepted.and_then(|accepted| accepted.negotiate(offered.iter())) {
        Some(Encoding::Known(coding)) => coding,
        _ => ContentEncoding::Identity,
    }
}

/// Says how an answer is coded, and that it depends on what the reader accepts.
pub fn set(headers: &mut HeaderMap, coding: ContentEncoding) {
    if coding != ContentEncoding::Identity {
        let coding = HeaderValue::from_static(coding.as_str());
        headers.insert(CONTENT_ENCODING, coding);
    }
    headers.append(VARY, HeaderValue::from_static("accept-encoding"));
}

/// A text in brotli. Takes up to a second for a megabyte.
pub fn brotli(text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut encoder =
        ::brotli::CompressorReader::new(text, BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW);
    // Reading from memory into memory does not fail.
    std::io::Read::read_to_end(&mut encoder, &mut packed).ok();
    packed
}
