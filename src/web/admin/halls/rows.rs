//! The rows of a section as text, one a line: `A: 4 _ 12 | x 0.5 | numbers 12-1 | best 3`.
//!
//! What must hold: what is written is read as it was.

use crate::seating::hall::RowLayout;

/// Writes rows.
pub(super) fn write(rows: &[RowLayout]) -> String {
    rows.iter().map(write_one).collect::<Vec<_>>().join("\n")
}

fn write_one(row: &RowLayout) -> String {
    let mut text = format!("{}: {}", row.row, row.seats);
    if row.x != 0.0 {
        text += &format!(" | x {}", row.x);
    }
    if let Some(y) = row.y {
        text += &format!(" | y {y}");
    }
    if !row.numbers.is_empty() {
        text += &format!(" | numbers {}", row.numbers);
    }
    if let Some(best) = row.best {
        text += &format!(" | best {best}");
    }
    text
}

/// Reads rows.
///
/// # Errors
/// The first line that is no row.
pub(super) fn read(text: &str) -> Result<Vec<RowLayout>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = lines.map(|line| read_one(line).ok_or_else(|| line.chars().take(60).collect()));
    read.collect()
}

fn read_one(line: &str) -> Option<RowLayout> {
    let (label, rest) = line.split_once(':')?;
    let mut parts = rest.split('|').map(str::trim);
    let mut row = RowLayout {
        row: label.trim().to_owned(),
        seats: parts.next()?.to_owned(),
        ..RowLayout::default()
    };
    for part in parts {
        let (name, value) = part.split_once(char::is_whitespace)?;
        let value = value.trim();
        match name {
            "x" => row.x = length(value)?,
            "y" => row.y = Some(length(value)?),
            "numbers" => row.numbers = value.to_owned(),
            "best" => row.best = Some(value.parse().ok()?),
            _ => return None,
        }
    }
    Some(row)
}

/// `2.5` or `2,5`.
pub(super) fn length(text: &str) -> Option<f64> {
    let number: f64 = text.replace(',', ".").parse().ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_they_were_written() {
        let text = "A: 4 _ 12\nB: 2 w | x 0.5 | y 3 | numbers 1,3,5 | best 7";
        let rows = read(text).unwrap();
        assert_eq!(
            (rows[1].x, rows[1].y, rows[1].best),
            (0.5, Some(3.0), Some(7))
        );
        assert_eq!(write(&rows), text);
        assert_eq!(read("\n A :3|x 1,5 \r\n").unwrap()[0].x, 1.5);
        for bad in [
            "A 3",
            "A: 3 | x",
            "A: 3 | x far",
            "A: 3 | colour red",
            "A: 3 | x inf",
        ] {
            assert_eq!(read(bad), Err(bad.to_owned()));
        }
    }
}
