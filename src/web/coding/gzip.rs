//! Gzip of texts that are the same for all readers but in a few places: what stays is compressed once, and what is each
//! reader's own is sent as it is between.
//!
//! A gzip file (<https://www.rfc-editor.org/rfc/rfc1952>) is a header, a deflate stream, a checksum and the length. A
//! deflate stream (<https://www.rfc-editor.org/rfc/rfc1951>) is a row of blocks. What must hold: each part is compressed
//! without looking back at what is before it, and ends at a byte, so that blocks which are not compressed fit between.

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// The magic number, deflate, no name, no time, an unknown system (RFC 1952, 2.3).
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// The last block, without content (RFC 1951, 3.2.4).
const END: [u8; 5] = [1, 0, 0, 0xff, 0xff];
/// Bytes of what is around a block that is not compressed.
const BLOCK: usize = 5;
/// Bytes that one such block may have.
const BLOCK_MAX: usize = u16::MAX as usize;

/// A text in parts, between which others are put.
#[derive(Debug)]
pub struct Parts(Vec<Part>);

#[derive(Debug)]
struct Part {
    text: Vec<u8>,
    packed: Vec<u8>,
}

impl Parts {
    /// Compresses the parts.
    pub fn new(parts: &[impl AsRef<[u8]>]) -> Self {
        let pack = |text: &[u8]| Part {
            text: text.to_owned(),
            packed: deflate(text),
        };
        Self(parts.iter().map(|part| pack(part.as_ref())).collect())
    }

    /// The whole text in gzip, with these between its parts: one fewer than there are parts.
    pub fn join(&self, between: &[&str]) -> Vec<u8> {
        let packed: usize = self.0.iter().map(|part| part.packed.len()).sum();
        let own: usize = between.iter().map(|own| own.len() + BLOCK).sum();
        let mut gzip = Vec::with_capacity(HEADER.len() + packed + own + END.len() + 8);
        gzip.extend(HEADER);
        let mut checksum = Crc::new();
        for (no, part) in self.0.iter().enumerate() {
            if let Some(own) = no.checked_sub(1).and_then(|no| between.get(no)) {
                store(own.as_bytes(), &mut gzip);
                checksum.update(own.as_bytes());
            }
            gzip.extend(&part.packed);
            checksum.update(&part.text);
        }
        gzip.extend(END);
        gzip.extend(checksum.sum().to_le_bytes());
        gzip.extend(checksum.amount().to_le_bytes());
        gzip
    }
}

/// A whole text in gzip.
pub fn whole(text: &[u8]) -> Vec<u8> {
    Parts::new(&[text]).join(&[])
}

/// Blocks that end at a byte and are not the last ones.
fn deflate(text: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::default(), false);
    let mut packed = Vec::with_capacity(text.len() / 2 + 64);
    loop {
        let rest = text.get(compress.total_in() as usize..).unwrap_or_default();
        let status = compress.compress_vec(rest, &mut packed, FlushCompress::Full);
        // All is written once there is room left.
        let is_all = packed.len() < packed.capacity();
        if is_all || !matches!(status, Ok(Status::Ok | Status::BufError)) {
            return packed;
        }
        packed.reserve(text.len() / 2 + 64);
    }
}

/// Blocks that are not compressed: the length, its complement, the bytes.
fn store(bytes: &[u8], stream: &mut Vec<u8>) {
    for block in bytes.chunks(BLOCK_MAX) {
        let length = block.len() as u16;
        stream.push(0);
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    fn unpacked(gzip: &[u8]) -> String {
        let mut text = String::new();
        let mut decoder = GzDecoder::new(gzip);
        decoder.read_to_string(&mut text).unwrap();
        assert!(decoder.into_inner().is_empty(), "bytes after the end");
        text
    }

    proptest! {
        #[test]
        fn what_was_joined_is_unpacked(
            parts in prop::collection::vec("(ab|\\PC){0,300}", 1..4),
            own in prop::collection::vec("\\PC{0,80}", 3),
        ) {
            let own: Vec<&str> = own.iter().take(parts.len() - 1).map(String::as_str).collect();
            let mut whole = parts[0].clone();
            for (part, own) in parts[1..].iter().zip(&own) {
                whole.extend([own, part.as_str()]);
            }
            prop_assert_eq!(unpacked(&Parts::new(&parts).join(&own)), whole);
        }
    }

    #[test]
    fn long_texts_are_joined() {
        let noise: String = (0..200_000).map(|_| fastrand::alphanumeric()).collect();
        let packed = Parts::new(&[noise.as_str(), &"b".repeat(1_000_000)]);
        let own = "x".repeat(70_000);
        let gzip = packed.join(&[&own]);
        assert_eq!(unpacked(&gzip), noise + &own + &"b".repeat(1_000_000));
        assert!(gzip.len() < 250_000, "{} bytes", gzip.len());
    }
}
