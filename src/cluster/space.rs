//! How much of a disk the write-ahead log may take, and what is said when it is full.
//!
//! What must hold: PostgreSQL stops when it cannot write its log, so the log is given no more than the disk has.

use std::path::Path;

/// Bytes of a segment of the log.
const SEGMENT_BYTES: u64 = 16 << 20;
/// Below this a failure is put down to the disk.
const FULL_BYTES: u64 = 24 << 20;

/// Sizes of the write-ahead log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WalSizes {
    /// `max_wal_size`: at this a checkpoint begins.
    pub(super) max_mb: u64,
    /// `min_wal_size`: so much is kept and used again.
    pub(super) min_mb: u64,
    /// Segments that a fresh cluster makes ahead.
    pub(super) ahead: u32,
}

/// The sizes for a disk that has so many bytes for the log and for all that is sold: half of them for the log,
/// 4 GB at most. PostgreSQL accepts no sizes below two segments.
pub(super) fn wal_sizes(available_bytes: u64) -> WalSizes {
    let max_mb = ((available_bytes / 2) >> 20).clamp(64, 4096);
    let min_mb = (max_mb / 8).max(32);
    WalSizes {
        max_mb,
        min_mb,
        // One is there already. Half of what is kept: a checkpoint removes what is beyond.
        ahead: ((min_mb << 20) / 2 / SEGMENT_BYTES).saturating_sub(1) as u32,
    }
}

/// The bytes that an account without privileges may still write in this directory; `None` if they are not known.
pub fn available_bytes(directory: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(directory).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// What to add to a failure: nothing, unless the disk is full.
pub(super) fn hint(directory: &Path, available_bytes: Option<u64>) -> String {
    match available_bytes {
        Some(bytes) if bytes < FULL_BYTES => {
            let (directory, megabytes) = (directory.display(), bytes >> 20);
            format!(" (the disk is full: {directory} has {megabytes} MB left)")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1 << 20;

    #[test]
    fn the_log_takes_half_of_the_disk_and_never_more_than_four_gigabytes() {
        for (available_mb, max_mb, min_mb, ahead) in [
            (1_000_000, 4096, 512, 15),
            (8192, 4096, 512, 15),
            (4096, 2048, 256, 7),
            (1000, 500, 62, 0),
            (210, 105, 32, 0),
            (0, 64, 32, 0),
        ] {
            let sizes = WalSizes {
                max_mb,
                min_mb,
                ahead,
            };
            assert_eq!(wal_sizes(available_mb * MB), sizes, "{available_mb} MB");
        }
    }

    #[test]
    fn what_is_made_ahead_leaves_most_of_the_disk() {
        for available_mb in 0..20_000 {
            let sizes = wal_sizes(available_mb * MB);
            let ahead_mb = u64::from(sizes.ahead) * SEGMENT_BYTES / MB;
            assert!(
                ahead_mb <= available_mb / 16,
                "{available_mb} MB: {sizes:?}"
            );
            assert!(ahead_mb < sizes.min_mb, "{sizes:?}");
        }
    }

    #[test]
    fn a_full_disk_is_named_and_another_is_not() {
        let directory = Path::new("/data");
        assert_eq!(
            hint(directory, Some(3 * MB)),
            " (the disk is full: /data has 3 MB left)"
        );
        assert_eq!(hint(directory, Some(100 * MB)), "");
        assert_eq!(hint(directory, None), "");
    }
}
