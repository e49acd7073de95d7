//! Exports: bookings, tickets, payments of an event, its sales by day and tier, scans and answers, as CSV, JSON lines or
//! XLSX.
//!
//! What must hold: memory stays flat however many rows there are: rows are read page by page, each by a statement of its
//! own that continues after the last row, and written before the next page is read; a slow reader slows the reading down.
//! So an export is no snapshot: a row is as it was when its page was read, and each row is there once. Cells that a
//! spreadsheet would take for a formula are defused. An organiser sees nothing here that they do not see on pages.
//!
//! `what` names what there is, `names` its columns, `rows` reads, `cell` is one value in each format, `sheet` writes XLSX.

mod cell;
mod names;
mod rows;
mod sheet;
mod what;

use std::fs::File;
use std::sync::Arc;

use futures::stream::{self, Stream};
use tokio::sync::OwnedSemaphorePermit;

use super::Reports;
use crate::catalog::Event;
use crate::postgres::Error;
use rows::Rows;

pub use what::{ExportError, Format, SHEET_ROWS_MAX, What};

impl Reports {
    /// An export as CSV or JSON lines, in pieces. It ends early, with an error, if the database fails.
    ///
    /// # Errors
    /// [`ExportError::TooMany`].
    pub fn export(
        &self,
        event: Arc<Event>,
        what: What,
        format: Format,
    ) -> Result<impl Stream<Item = Result<Vec<u8>, Error>> + Send + use<>, ExportError> {
        let writer = Writer {
            rows: Rows::new(self.db.clone(), event, what),
            format,
            has_begun: false,
            _turn: self.turn()?,
        };
        Ok(stream::try_unfold(writer, |mut writer| async move {
            let piece = writer.next_piece().await?;
            Ok(piece.map(|piece| (piece, writer)))
        }))
    }

    /// An export as a spreadsheet: a temporary file that goes when it is closed, read from its beginning.
    ///
    /// # Errors
    /// [`ExportError`].
    pub async fn export_sheet(&self, event: Arc<Event>, what: What) -> Result<File, ExportError> {
        let _turn = self.turn()?;
        let zone = event.venue.time_zone;
        sheet::write(Rows::new(self.db.clone(), event, what), zone).await
    }

    fn turn(&self) -> Result<OwnedSemaphorePermit, ExportError> {
        let turn = self.exports.clone().try_acquire_owned();
        turn.map_err(|_| ExportError::TooMany)
    }
}

/// Writes an export piece by piece.
struct Writer {
    rows: Rows,
    format: Format,
    has_begun: bool,
    _turn: OwnedSemaphorePermit,
}

impl Writer {
    /// The next piece; `None` at the end.
    async fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let mut piece = Vec::new();
        if !std::mem::replace(&mut self.has_begun, true)
            && let Format::Csv { mark } = self.format
        {
            if mark {
                piece.extend_from_slice("\u{feff}".as_bytes());
            }
            cell::write_names(&mut piece, self.rows.names());
        }
        let Some(rows) = self.rows.next_page().await? else {
            return Ok((!piece.is_empty()).then_some(piece));
        };
        for row in &rows {
            match self.format {
                Format::Csv { .. } => cell::write_csv(&mut piece, row, self.rows.zone()),
                Format::JsonLines | Format::Xlsx => {
                    cell::write_json(&mut piece, self.rows.names(), row);
                }
            }
        }
        Ok(Some(piece))
    }
}
