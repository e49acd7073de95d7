//! What is exported, in which formats, and why there may be no export.

use crate::postgres::Error;

/// Rows of a spreadsheet at most, without the one of the names: as many as Excel opens.
pub const SHEET_ROWS_MAX: usize = 1_048_575;

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Bookings that were paid, also if they were cancelled since; in the order in which they were paid.
    Bookings,
    /// The tickets of these, those that were given back among them.
    Tickets,
    /// All payments, the oldest booking first.
    Payments,
    /// Sales and cancellations by day and tier.
    Sales,
    /// Scans at the doors, whatever came of them, in the order in which they were recorded.
    Scans,
    /// What buyers have answered, booking by booking.
    Answers,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Bookings,
        Self::Tickets,
        Self::Payments,
        Self::Sales,
        Self::Scans,
        Self::Answers,
    ];

    /// As it stands in addresses and names of files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bookings => "bookings",
            Self::Tickets => "tickets",
            Self::Payments => "payments",
            Self::Sales => "sales",
            Self::Scans => "scans",
            Self::Answers => "answers",
        }
    }
}

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8; perhaps with a byte order mark, by which some spreadsheets know it.
    Csv {
        /// Whether it begins with the mark.
        mark: bool,
    },
    /// One JSON object a line.
    JsonLines,
    /// A spreadsheet.
    Xlsx,
}

impl Format {
    /// The end of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv { .. } => "csv",
            Self::JsonLines => "jsonl",
            Self::Xlsx => "xlsx",
        }
    }

    /// What the file is.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv { .. } => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// As many as there may be are being written.
    #[error("too many exports are being written")]
    TooMany,
    /// A spreadsheet has no more than [`SHEET_ROWS_MAX`] rows.
    #[error("a spreadsheet has at most {SHEET_ROWS_MAX} rows")]
    TooLong,
    /// The file could not be written.
    #[error("the file could not be written: {0}")]
    File(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}
