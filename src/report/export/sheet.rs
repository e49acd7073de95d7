//! An export as a spreadsheet. Rows go to a temporary file while they are read, so memory stays flat; the file can be
//! sent when it is complete, because its table of contents is at the end.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use chrono_tz::Tz;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc;

use super::cell::{Cell, in_major_units};
use super::rows::Rows;
use super::what::{ExportError, SHEET_ROWS_MAX};

/// Pages that wait to be written.
const PAGES_AHEAD: usize = 1;

type Page = Vec<Vec<Cell>>;

/// Writes the rows; times are those of the zone, which a spreadsheet does not know.
pub(super) async fn write(mut rows: Rows, zone: Tz) -> Result<File, ExportError> {
    let names = rows.names();
    let (pages, written) = mpsc::channel::<Page>(PAGES_AHEAD);
    let writing = tokio::task::spawn_blocking(move || write_file(names, zone, written));
    let mut count = 0;
    while let Some(page) = rows.next_page().await? {
        count += page.len();
        if count > SHEET_ROWS_MAX {
            return Err(ExportError::TooLong);
        }
        // It fails if the writer has, which says why.
        if pages.send(page).await.is_err() {
            break;
        }
    }
    drop(pages);
    let written = writing.await;
    let written = written.map_err(|error| ExportError::File(error.to_string()))?;
    written.map_err(|error| ExportError::File(error.to_string()))
}

fn write_file(
    names: &[&str],
    zone: Tz,
    mut pages: mpsc::Receiver<Page>,
) -> Result<File, XlsxError> {
    let mut workbook = Workbook::new();
    let (bold, time) = (
        Format::new().set_bold(),
        Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
    );
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    for (name, column) in names.iter().zip(0..) {
        sheet.set_column_width(column, 20)?;
        sheet.write_string_with_format(0, column, *name, &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut line = 1;
    while let Some(page) = pages.blocking_recv() {
        for row in &page {
            for (cell, column) in row.iter().zip(0..) {
                write_cell(sheet, (line, column), cell, (zone, &time))?;
            }
            line += 1;
        }
    }
    let mut file = tempfile::tempfile()?;
    workbook.save_to_writer(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// Text is text to a spreadsheet: it runs none of it.
fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    (zone, time): (Tz, &Format),
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Word(text) | Cell::Text(text) => {
            // As long as a cell may be.
            let text: String = text.chars().take(32_767).collect();
            sheet.write_string(row, column, text)?;
        }
        Cell::Number(number) => {
            sheet.write_number(row, column, *number as f64)?;
        }
        Cell::Amount(money) => {
            let amount: f64 = in_major_units(*money).parse().unwrap_or_default();
            sheet.write_number(row, column, amount)?;
        }
        Cell::Time(at) => {
            let local = at.with_timezone(&zone).naive_local();
            sheet.write_datetime_with_format(row, column, local, time)?;
        }
    }
    Ok(())
}
