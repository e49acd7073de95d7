//! Tests of halls as they are written.

use super::*;
use crate::seating::plan::Plan;

fn row(label: &str, seats: &str) -> RowLayout {
    RowLayout {
        row: label.into(),
        seats: seats.into(),
        ..RowLayout::default()
    }
}

fn section(name: &str, rows: Vec<RowLayout>) -> SectionLayout {
    SectionLayout {
        name: name.into(),
        rows,
        ..SectionLayout::default()
    }
}

fn of(sections: Vec<SectionLayout>) -> Layout {
    Layout {
        stage: None,
        sections,
    }
}

fn wrong(layout: &Layout) -> Vec<(String, Fault)> {
    let wrong = Hall::parse(layout).err().unwrap_or_default();
    wrong.into_iter().map(|it| (it.pointer, it.must)).collect()
}

#[test]
fn seats_are_written_as_people_count_them() {
    for (text, drawn, written) in [
        ("4 _ 3", "ssss_sss", "4 _ 3"),
        ("4s_3s", "ssss_sss", "4 _ 3"),
        ("2w c 2_ 1", "wwc__s", "2w c 2_ 1"),
        ("_ 2 _ _", "_ss", "_ 2"),
        ("sss,w", "sssw", "3 w"),
    ] {
        let layout = of(vec![section("S", vec![row("A", text)])]);
        let hall = Hall::parse(&layout).unwrap();
        let row = &hall.sections[0].rows[0];
        assert_eq!(
            (row.drawn().as_str(), row.written().as_str()),
            (drawn, written)
        );
        assert_eq!(Hall::parse(&hall.layout()).unwrap(), hall);
        assert_eq!(Hall::parse(&hall.drawn()).unwrap(), hall);
    }
    for bad in [
        "",
        "_",
        "0",
        "x",
        "251",
        "-3",
        "4x",
        "200 51",
        "99999999999999999999999",
    ] {
        let layout = of(vec![section("S", vec![row("A", bad)])]);
        let found = wrong(&layout);
        let expected = (
            "/sections/0/rows/0/seats".to_owned(),
            Fault::Seats(CELLS_MAX),
        );
        assert_eq!(found[0], expected, "{bad}");
    }
}

#[test]
fn numbers_may_run_from_any_side() {
    for (text, seats, expected) in [
        ("", 3, Some(vec![1, 2, 3])),
        ("3-1", 3, Some(vec![3, 2, 1])),
        ("5-1/2, 2-6/2", 6, Some(vec![5, 3, 1, 2, 4, 6])),
        ("7", 1, Some(vec![7])),
        ("1-3", 2, None),
        ("1-2", 3, None),
        ("1,1", 2, None),
        ("0-1", 2, None),
        ("1-9999", 3, None),
        ("one", 1, None),
    ] {
        assert_eq!(read_numbers(text, seats), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_at_its_field() {
    let at = |pointer: &str, must| vec![(pointer.to_owned(), must)];
    assert_eq!(
        wrong(&of(vec![])),
        at("/sections", Fault::Entries(1, SECTIONS_MAX))
    );
    let none = of(vec![section("S", vec![])]);
    assert_eq!(
        wrong(&none),
        at("/sections/0/rows", Fault::Entries(1, ROWS_MAX))
    );
    let twice = of(vec![section("S", vec![row("A", "3"), row("a", "3")])]);
    assert_eq!(wrong(&twice), at("/sections/0/rows/1/row", Fault::Alone));
    let long = of(vec![section("S", vec![row("ABCDEFGHI", "3")])]);
    assert_eq!(wrong(&long), at("/sections/0/rows/0/row", Fault::RowLabel));
    let named = of(vec![section("a:b", vec![row("A", "3")])]);
    assert_eq!(wrong(&named), at("/sections/0/name", Fault::SectionName));
    let mut shifted = of(vec![section("S", vec![row("A", "3")])]);
    shifted.sections[0].rows[0].x = 0.25;
    assert_eq!(
        wrong(&shifted),
        at("/sections/0/rows/0/x", Fault::Halves(0, 500))
    );
    let rows = (0..301).map(|n| row(&n.to_string(), "1")).collect();
    let deep = of(vec![section("S", rows)]);
    assert_eq!(wrong(&deep), at("/sections", Fault::Entries(1, ROWS_MAX)));
    let rows = (0..100).map(|n| row(&n.to_string(), "250")).collect();
    let full = of(vec![section("S", rows)]);
    assert_eq!(wrong(&full), at("/sections", Fault::FewerSeats(SEATS_MAX)));
}

#[test]
fn seats_in_each_others_way_are_refused() {
    let mut hall = of(vec![
        section("Left", vec![row("A", "4")]),
        section("Right", vec![row("A", "4")]),
    ]);
    hall.sections[1].x = 3.5;
    let apart = Fault::Apart("Left A-4".into());
    assert_eq!(
        wrong(&hall),
        [("/sections/1/rows/0/seats".to_owned(), apart)]
    );
    hall.sections[1].x = 4.0;
    assert_eq!(wrong(&hall), []);
    hall.stage = Some(StageLayout {
        width: 2.0,
        height: 1.0,
        x: 6.0,
        ..StageLayout::default()
    });
    let apart = Fault::Apart("/stage".into());
    assert_eq!(
        wrong(&hall),
        [("/sections/1/rows/0/seats".to_owned(), apart)]
    );
    hall.stage.as_mut().unwrap().x = f64::NAN;
    assert_eq!(
        wrong(&hall),
        [("/stage/x".to_owned(), Fault::Halves(0, 500))]
    );
}

#[test]
fn a_row_behind_the_last_that_there_can_be_is_refused_and_no_plan_has_one() {
    let mut back = row("A", "5");
    back.y = Some(500.0);
    let layout = of(vec![section("S", vec![back, row("B", "5")])]);
    let refused = ("/sections/0/rows/1/y".to_owned(), Fault::Halves(0, 500));
    assert_eq!(wrong(&layout), [refused]);
    let layout = of(vec![section("S", vec![row("A", "5"), row("B", "5")])]);
    let mut hall = Hall::parse(&layout).unwrap();
    assert!(Plan::of(&hall, |_, r| r == 1).is_some());
    hall.sections[0].rows[1].y = 1_002;
    assert_eq!(Plan::of(&hall, |_, r| r == 1), None);
}
