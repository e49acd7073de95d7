//! Tests of rows and labels.

use super::*;

#[test]
fn seats_are_counted_row_by_row() {
    let rows = Rows::new(vec![2, 3]).unwrap();
    assert_eq!(rows.position(SeatNo(1)), Position { row: 1, number: 1 });
    assert_eq!(rows.position(SeatNo(5)), Position { row: 1, number: 5 });
    assert_eq!(rows.label(SeatNo(6)), "B-1");
    for seat in 1..=40 {
        assert_eq!(rows.seat(rows.position(SeatNo(seat))), Some(SeatNo(seat)));
    }
    assert_eq!(rows.seat(Position { row: 1, number: 6 }), None);
    assert_eq!(rows.seat(Position { row: 0, number: 1 }), None);
    assert_eq!(
        rows.seat(Position {
            row: i32::MAX,
            number: 5
        }),
        None
    );
}

#[test]
fn an_aisle_separates_blocks() {
    let rows = Rows::new(vec![2, 3]).unwrap();
    assert_eq!(
        (1..=5)
            .map(|number| rows.as_blocks().unwrap().block_of(number))
            .collect::<Vec<_>>(),
        [0, 0, 1, 1, 1]
    );
}

#[test]
fn row_letters_continue_after_z() {
    for (row, label) in [
        (1, "A"),
        (26, "Z"),
        (27, "AA"),
        (52, "AZ"),
        (53, "BA"),
        (702, "ZZ"),
        (703, "AAA"),
    ] {
        assert_eq!(row_label(row), label);
        assert_eq!(parse_row_label(label), Some(row));
    }
    for bad in ["", "1", "A1", "É", "AAAAAA"] {
        assert_eq!(parse_row_label(bad), None, "{bad}");
    }
}

#[test]
fn a_label_is_read_back() {
    let rows = Rows::new(vec![2, 3]).unwrap();
    for seat in (1..=200).map(SeatNo) {
        let position = parse_label(&rows.label(seat)).unwrap();
        assert_eq!(rows.seat(position), Some(seat));
    }
    for bad in ["", "A", "A7", "-7", "A-", "A--7", "7-A", "A-70000"] {
        assert_eq!(parse_label(bad), None, "{bad}");
    }
}

#[test]
fn rows_need_seats() {
    for bad in [vec![], vec![0], vec![3, -1]] {
        assert_eq!(Rows::new(bad), None);
    }
}
