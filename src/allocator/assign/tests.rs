//! Tests of the seat assignment. A string draws a row: `.` is free, `x` is taken, `|` is an aisle, `O`
//! is a seat that the order got.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::allocator::TierStock;
use crate::types::{BuyerId, EventNo, Fingerprint};

const TIER: TierNo = TierNo(1);

fn stock(rows: Option<Rows>, capacity: i32) -> Stock {
    let currency = "USD".parse().unwrap();
    Stock {
        event: EventNo(1),
        currency,
        tiers: vec![TierStock {
            no: TIER,
            stock: TIER,
            capacity,
            rows,
            window: crate::allocator::Window::default(),
        }],
    }
}

fn order(quantity: i32) -> Order {
    Order {
        buyer: BuyerId(Uuid::nil()),
        key: "k".parse().unwrap(),
        fingerprint: Fingerprint([0; 16]),
        priced: None,
        total_minor: 0,
        confirmed_as: None,
        items: vec![Item {
            tier: TIER,
            stock: TIER,
            quantity,
            unit_price_minor: 0,
            seats: None,
        }],
    }
}

/// Serves one order in a hall drawn row by row, and draws what it got.
fn seat(quantity: i32, hall: &[&str]) -> Vec<String> {
    let blocks = hall[0].split('|').map(|block| block.len() as i16).collect();
    let stock = stock(Rows::new(blocks), 1_000);
    let letters: Vec<char> = hall
        .iter()
        .flat_map(|row| row.chars().filter(|&letter| letter != '|'))
        .collect();
    let free: Vec<_> = (1..)
        .zip(&letters)
        .filter(|(_, letter)| **letter == '.')
        .map(|(n, _)| (TIER, SeatNo(n)))
        .collect();
    let taken = Pool::new(&stock, &free)
        .take(&order(quantity))
        .map(|mut items| items.remove(0));
    let got = taken.map(|taken| taken.seats).unwrap_or_default();
    let mut seat = 0;
    let draw = |row: &&str| {
        let letter = |letter| {
            seat += i32::from(letter != '|');
            if letter != '|' && got.contains(&SeatNo(seat)) {
                'O'
            } else {
                letter
            }
        };
        row.chars().map(letter).collect()
    };
    hall.iter().map(draw).collect()
}

#[test]
fn the_middle_of_the_front_row_comes_first() {
    assert_eq!(
        seat(2, &["..........", ".........."]),
        ["....OO....", ".........."]
    );
    assert_eq!(
        seat(3, &["..........", ".........."]),
        ["...OOO....", ".........."]
    );
    assert_eq!(seat(1, &["...", "..."]), ["O..", "..."]);
}

#[test]
fn nobody_is_stranded_if_another_place_will_do() {
    assert_eq!(seat(2, &["....xx...."]), ["..OOxx...."]);
    assert_eq!(seat(2, &["...x", "...."]), ["...x", "OO.."]);
    assert_eq!(seat(3, &["....x", "xx..."]), ["....x", "xxOOO"]);
}

#[test]
fn together_counts_for_more_than_a_stranded_seat() {
    assert_eq!(seat(2, &["...xx..."]), [".OOxx..."]);
    assert_eq!(seat(2, &["...xxxxx", "...xxxxx"]), [".OOxxxxx", "...xxxxx"]);
}

#[test]
fn an_aisle_parts_neighbours() {
    assert_eq!(seat(4, &["..|....|.."]), ["..|OOOO|.."]);
    assert_eq!(seat(2, &["...|..."]), [".OO|..."]);
    assert_eq!(seat(3, &["..|..|..", "..|..|.."]), [".O|OO|..", "..|..|.."]);
}

#[test]
fn those_who_cannot_sit_together_sit_in_the_fewest_pieces() {
    assert_eq!(seat(4, &[".x..x...x."]), ["Ox..xOOOx."].map(str::to_owned));
    assert_eq!(
        seat(5, &["..x...x..", "x.x.x.x.x"]),
        ["OOxOOOx..", "x.x.x.x.x"]
    );
}

#[test]
fn what_cannot_be_filled_takes_nothing() {
    assert_eq!(seat(4, &["x..x", "x.xx"]), ["x..x", "x.xx"]);
}

#[test]
fn general_admission_is_given_from_the_front() {
    let stock = stock(None, 10);
    let mut pool = Pool::new(
        &stock,
        &[(TIER, SeatNo(2)), (TIER, SeatNo(5)), (TIER, SeatNo(9))],
    );
    let taken = pool.take(&order(2)).unwrap();
    assert_eq!(
        taken,
        [Taken {
            seats: vec![SeatNo(2), SeatNo(5)],
            together: None
        }]
    );
    assert_eq!(pool.take(&order(2)), None);
    assert_eq!(pool.left(TIER, SeatNo(1)).next(), Some(SeatNo(9)));
}

/// Runs of adjacent free seats, found by another algorithm than that of the code under test.
fn free_runs(rows: &Rows, free: &[bool]) -> Vec<i32> {
    let mut lengths = Vec::new();
    for row in free.chunks(rows.seats_per_row() as usize) {
        let mut start = 0;
        for &width in rows.blocks() {
            let end = (start + width as usize).min(row.len());
            let block = &row[start.min(end)..end];
            lengths.extend(
                block
                    .split(|&free| !free)
                    .map(|run| run.len() as i32)
                    .filter(|&length| length > 0),
            );
            start = end;
        }
    }
    lengths
}

/// The smallest number of runs that together hold `quantity` seats.
fn fewest_pieces(mut runs: Vec<i32>, quantity: i32) -> usize {
    runs.sort_unstable_by(|a, b| b.cmp(a));
    let mut missing = quantity;
    let needed = runs.iter().take_while(|&&length| {
        let needed = missing > 0;
        missing -= length;
        needed
    });
    needed.count()
}

fn strandable(run: i32, quantity: i32) -> bool {
    (0..=run - quantity).all(|left| left == 1 || run - quantity - left == 1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_order_gets_free_seats_of_its_own_and_the_best_there_are(
        blocks in prop::collection::vec(1_i16..8, 1..4),
        mut free in prop::collection::vec(any::<bool>(), 1..120),
        quantities in prop::collection::vec(1_i32..9, 1..20),
    ) {
        let rows = Rows::new(blocks).unwrap();
        let stock = stock(Some(rows.clone()), free.len() as i32);
        let locked: Vec<_> = (1..).zip(&free).filter(|(_, free)| **free).map(|(n, _)| (TIER, SeatNo(n))).collect();
        let mut pool = Pool::new(&stock, &locked);
        for quantity in quantities {
            let before = free_runs(&rows, &free);
            let left: i32 = before.iter().sum();
            let Some(taken) = pool.take(&order(quantity)) else {
                prop_assert!(left < quantity, "{left} were free");
                continue;
            };
            prop_assert!(left >= quantity);
            let seats = &taken[0].seats;
            prop_assert_eq!(seats.len(), quantity as usize);
            prop_assert!(seats.is_sorted());
            for seat in seats {
                prop_assert!(std::mem::replace(&mut free[seat.0 as usize - 1], false), "{seat:?} was not free");
            }
            let pieces = runs(&rows, seats.iter().copied()).len();
            prop_assert_eq!(pieces, fewest_pieces(before.clone(), quantity));
            prop_assert_eq!(taken[0].together, Some(pieces == 1));
            let singles = |runs: &[i32]| runs.iter().filter(|&&length| length == 1).count();
            let avoidable = before.iter().any(|&run| run >= quantity && !strandable(run, quantity));
            if pieces == 1 && avoidable {
                prop_assert!(singles(&free_runs(&rows, &free)) <= singles(&before), "a single seat was stranded");
            }
        }
    }

    #[test]
    fn named_seats_are_exactly_those_or_none(
        free in prop::collection::vec(any::<bool>(), 1..60),
        named in prop::collection::btree_set(1_i32..60, 1..6),
    ) {
        let stock = stock(Rows::new(vec![3, 4]), free.len() as i32);
        let locked: Vec<_> = (1..).zip(&free).filter(|(_, free)| **free).map(|(n, _)| (TIER, SeatNo(n))).collect();
        let named: Vec<_> = named.into_iter().map(SeatNo).collect();
        let mut asked = order(named.len() as i32);
        asked.items[0].seats = Some(named.clone());
        let all_free = named.iter().all(|seat| free.get(seat.0 as usize - 1) == Some(&true));
        let mut pool = Pool::new(&stock, &locked);
        let taken = pool.take(&asked);
        prop_assert_eq!(taken.is_some(), all_free);
        if let Some(taken) = taken {
            prop_assert_eq!(&taken[0].seats, &named);
            prop_assert!(named.iter().all(|&seat| !pool.has_seat(TIER, seat)));
        }
    }

    /// Items of three tiers that share a stock: each gets what it asks for, all of it what one order of so many would
    /// get, and nobody's seats twice.
    #[test]
    fn a_party_gets_what_one_order_of_as_many_would_get(
        blocks in prop::collection::vec(1_i16..8, 1..4),
        free in prop::collection::vec(any::<bool>(), 1..120),
        parties in prop::collection::vec(prop::collection::vec(1_i32..4, 1..4), 1..12),
        numbered in any::<bool>(),
    ) {
        let rows = Rows::new(blocks).unwrap();
        let mut stock = stock(numbered.then(|| rows.clone()), free.len() as i32);
        let own = stock.tiers[0].clone();
        stock.tiers.extend([2, 3].map(|no| TierStock { no: TierNo(no), ..own.clone() }));
        let locked: Vec<_> = (1..).zip(&free).filter(|(_, free)| **free).map(|(n, _)| (TIER, SeatNo(n))).collect();
        let (mut pool, mut alone) = (Pool::new(&stock, &locked), Pool::new(&stock, &locked));
        for party in parties {
            let item = |(no, &quantity): (i16, &i32)| Item { tier: TierNo(no), ..order(quantity).items[0].clone() };
            let items: Vec<Item> = (1..).zip(&party).map(item).collect();
            let (taken, whole) = (pool.take_items(&items), alone.take(&order(party.iter().sum())));
            prop_assert_eq!(taken.is_some(), whole.is_some());
            let (Some(taken), Some(whole)) = (taken, whole) else { continue };
            for (item, taken) in items.iter().zip(&taken) {
                prop_assert_eq!(taken.seats.len(), item.quantity as usize);
                prop_assert!(taken.seats.is_sorted());
                prop_assert_eq!(taken.together, whole[0].together);
            }
            let mut seats: Vec<_> = taken.iter().flat_map(|taken| taken.seats.clone()).collect();
            seats.sort_unstable();
            prop_assert_eq!(&seats, &whole[0].seats);
        }
    }
}

/// A hall of one section, drawn row by row: `.` is a seat, `w` a place for a wheelchair, `_` a gap.
fn hall(rows: &[String]) -> crate::seating::hall::Hall {
    use crate::seating::hall::{Hall, Layout, RowLayout, SectionLayout};
    let rows = rows.iter().zip(1..).map(|(row, no)| RowLayout {
        row: no.to_string(),
        seats: row.replace('.', "s"),
        ..RowLayout::default()
    });
    let section = SectionLayout {
        name: "Hall".into(),
        rows: rows.collect(),
        ..SectionLayout::default()
    };
    let layout = Layout {
        stage: None,
        sections: vec![section],
    };
    Hall::parse(&layout).unwrap()
}

/// Its seats as the only ones of a tier, and the letter and the step of each by seat number.
fn planned(rows: &[String]) -> (Rows, Vec<(i32, usize, char)>) {
    let plan = Plan::of(&hall(rows), |_, _| true).unwrap();
    let mut seats = vec![(0, 0, ' '); plan.count()];
    for (row, no) in rows.iter().zip(1..) {
        let steps = row.char_indices().filter(|(_, letter)| *letter != '_');
        for ((step, letter), number) in steps.zip(1..) {
            let seat = plan.seat(Position { row: no, number }).unwrap();
            seats[seat.0 as usize - 1] = (no, step, letter);
        }
    }
    let special: Vec<SeatNo> = plan.kinds().map(|(seat, _)| seat).collect();
    (Rows::of_plan(plan).with_special(special), seats)
}

fn rows_of_hall() -> impl Strategy<Value = Vec<String>> {
    let cell = prop::sample::select(vec!['.', '.', '.', '.', '_', 'w']);
    let row = prop::collection::vec(cell, 1..16);
    let row = row.prop_map(|cells| cells.into_iter().collect::<String>());
    let row = row.prop_filter("has a seat", |row| row.contains(['.', 'w']));
    prop::collection::vec(row, 1..7)
}

#[test]
fn the_seats_of_a_hall_are_numbered_from_the_best_on() {
    let rows = ["w..._...".to_owned(), ".....".to_owned()];
    let (rows, seats) = planned(&rows);
    let in_turn: Vec<(i32, usize)> = seats.iter().map(|&(row, step, _)| (row, step)).collect();
    // From the middle of the hall outwards; a gap is between the fourth and the fifth seat of the first row.
    let first = [(1, 3), (1, 2), (1, 5), (1, 1), (1, 6), (1, 7)];
    let second = [(2, 3), (2, 4), (2, 2), (2, 1), (2, 0), (1, 0)];
    assert_eq!(in_turn[..6], first);
    assert_eq!(in_turn[6..], second);
    assert_eq!(rows.special(), [SeatNo(12)]);
    assert_eq!(rows.label(SeatNo(12)), "1-1");
}

#[test]
fn equally_good_rows_are_sold_from_the_middle_outwards_together() {
    use crate::seating::hall::{Hall, Layout};
    let layout: Layout = serde_json::from_value(serde_json::json!({"sections": [
        {"name": "Left", "rows": [{"row": "A", "seats": "3", "best": 1}]},
        {"name": "Right", "x": 4, "rows": [{"row": "A", "seats": "3", "best": 1}]},
        {"name": "Box", "x": 0, "y": 5, "rows": [{"row": "A", "seats": "2", "best": 9}]},
    ]}))
    .unwrap();
    let plan = Plan::of(&Hall::parse(&layout).unwrap(), |_, _| true).unwrap();
    let rows = Rows::of_plan(plan);
    let labels: Vec<String> = (1..=8).map(|seat| rows.label(SeatNo(seat))).collect();
    let expected = [
        "Left A-3",
        "Right A-1",
        "Left A-2",
        "Right A-2",
        "Left A-1",
        "Right A-3",
        "Box A-2",
        "Box A-1",
    ];
    assert_eq!(labels, expected);
    assert_eq!(rows.find("right a-2"), Some(SeatNo(4)));
}

#[test]
fn wheelchair_places_are_given_when_it_is_known_that_no_others_are_free() {
    let (rows, _) = planned(&["..w".to_owned()]);
    let stock = stock(Some(rows), 3);
    let locked: Vec<_> = (1..=3).map(|seat| (TIER, SeatNo(seat))).collect();
    let mut pool = Pool::new(&stock, &locked);
    assert_eq!(pool.take(&order(3)), None);
    pool.count_others(TIER, 3);
    assert_eq!(
        pool.take(&order(3)),
        None,
        "somebody has locked another seat"
    );
    pool.count_others(TIER, 2);
    let all = pool.take(&order(3)).unwrap();
    assert_eq!(all[0].seats, [SeatNo(1), SeatNo(2), SeatNo(3)]);
    assert_eq!(all[0].together, Some(true));
}

#[test]
fn a_party_of_two_tiers_sits_in_the_halls_order_and_special_places_are_counted_once() {
    let (rows, _) = planned(&["w.....w".to_owned()]);
    let mut stock = stock(Some(rows.clone()), 7);
    let other = TierNo(2);
    let shares = TierStock {
        no: other,
        ..stock.tiers[0].clone()
    };
    stock.tiers.push(shares);
    let locked: Vec<_> = (1..=7).map(|seat| (TIER, SeatNo(seat))).collect();
    let of = |tier, quantity, seats: Option<&str>| Item {
        tier,
        seats: seats.map(|label| vec![rows.find(label).unwrap()]),
        ..order(quantity).items.remove(0)
    };
    let labels = |taken: &[Taken]| {
        let seats = taken.iter().flat_map(|taken| rows.in_order(&taken.seats));
        seats.map(|seat| rows.label(seat)).collect::<Vec<_>>()
    };
    let mut pool = Pool::new(&stock, &locked);
    let party = [of(TIER, 2, None), of(other, 3, None)];
    let taken = pool.take_items(&party).unwrap();
    // Each has neighbours, left to right, though the numbers go from the middle outwards.
    assert_eq!(labels(&taken), ["1-2", "1-3", "1-4", "1-5", "1-6"]);
    assert_eq!(
        (taken[0].together, taken[1].together),
        (Some(true), Some(true))
    );
    assert_eq!(pool.take_items(&[of(other, 1, None)]), None);

    let mut pool = Pool::new(&stock, &locked);
    let too_many = [of(TIER, 3, None), of(other, 3, None)];
    assert_eq!(pool.take_items(&too_many), None);
    pool.count_others(TIER, 6);
    assert_eq!(
        pool.take_items(&too_many),
        None,
        "somebody has locked one of six"
    );
    pool.count_others(TIER, 5);
    // One who names a place and one who does not.
    let named = [of(TIER, 1, Some("1-1")), of(other, 6, None)];
    let taken = pool.take_items(&named).unwrap();
    assert_eq!(labels(&taken)[0], "1-1");
    assert_eq!(taken[1].seats.len(), 6);
    assert_eq!(taken[1].together, Some(true));
    assert_eq!(pool.left(TIER, SeatNo(1)).count(), 0);

    // What is named is not there for the others as well.
    let mut pool = Pool::new(&stock, &locked);
    pool.count_others(TIER, 5);
    let named = [of(TIER, 1, Some("1-4")), of(other, 7, None)];
    assert_eq!(pool.take_items(&named), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn in_a_hall_of_gaps_orders_are_whole_and_wheelchair_places_stay_free(
        drawn in rows_of_hall(),
        taken in prop::collection::vec(any::<bool>(), 120),
        quantities in prop::collection::vec(1_i32..7, 1..20),
    ) {
        let (rows, seats) = planned(&drawn);
        let stock = stock(Some(rows.clone()), seats.len() as i32);
        let mut free: Vec<bool> = taken[..seats.len()].iter().map(|taken| !taken).collect();
        let locked: Vec<_> = (1..).zip(&free).filter(|(_, free)| **free).map(|(n, _)| (TIER, SeatNo(n))).collect();
        let ordinary = |free: &[bool]| free.iter().zip(&seats).filter(|(free, seat)| **free && seat.2 == '.').count() as i32;
        // The lengths of all runs of ordinary seats, found another way.
        let free_runs = |free: &[bool]| {
            let mut at: Vec<(i32, usize)> = free.iter().zip(&seats).filter(|(free, seat)| **free && seat.2 == '.')
                .map(|(_, &(row, step, _))| (row, step)).collect();
            at.sort_unstable();
            at.chunk_by(|a, b| a.0 == b.0 && a.1 + 1 == b.1).map(|run| run.len() as i32).collect::<Vec<_>>()
        };
        let mut pool = Pool::new(&stock, &locked);
        for quantity in quantities {
            let before = free_runs(&free);
            let Some(taken) = pool.take(&order(quantity)) else {
                prop_assert!(ordinary(&free) < quantity);
                continue;
            };
            let got = &taken[0].seats;
            prop_assert_eq!(got.len(), quantity as usize);
            prop_assert!(got.is_sorted());
            let mut at = Vec::new();
            for seat in got {
                let index = seat.0 as usize - 1;
                prop_assert!(std::mem::replace(&mut free[index], false), "{seat:?} was not free");
                prop_assert_eq!(seats[index].2, '.', "a place for a wheelchair was given");
                at.push((seats[index].0, seats[index].1));
            }
            at.sort_unstable();
            let pieces = at.chunk_by(|a, b| a.0 == b.0 && a.1 + 1 == b.1).count();
            prop_assert_eq!(taken[0].together, Some(pieces == 1));
            prop_assert_eq!(pieces, fewest_pieces(before.clone(), quantity));
            let singles = |runs: &[i32]| runs.iter().filter(|&&length| length == 1).count();
            let avoidable = before.iter().any(|&run| run >= quantity && !strandable(run, quantity));
            if pieces == 1 && avoidable {
                prop_assert!(singles(&free_runs(&free)) <= singles(&before), "a single seat was stranded");
            }
        }
        let left: Vec<SeatNo> = pool.left(TIER, SeatNo(1)).collect();
        let expected: Vec<SeatNo> = (1..).zip(&free).filter(|(_, free)| **free).map(|(n, _)| SeatNo(n)).collect();
        prop_assert_eq!(left, expected);
    }

    #[test]
    fn every_seat_of_a_hall_has_one_number_and_is_found_by_it(drawn in rows_of_hall()) {
        let (rows, seats) = planned(&drawn);
        let count = seats.len() as i32;
        for seat in (1..=count).map(SeatNo) {
            prop_assert_eq!(rows.seat_at(rows.place(seat)), seat);
            prop_assert_eq!(rows.seat(rows.position(seat)), Some(seat));
            prop_assert_eq!(rows.find(&rows.label(seat)), Some(seat));
        }
        let listed: Vec<SeatNo> = (1..=rows.count_rows(count))
            .flat_map(|row| rows.seats_of_row(row, count)).map(|seat| seat.no).collect();
        prop_assert_eq!(listed, (1..=count).map(|place| rows.seat_at(place)).collect::<Vec<_>>());
        // No place for a wheelchair is better than another seat.
        let first = seats.iter().position(|seat| seat.2 == 'w').unwrap_or(seats.len());
        prop_assert!(seats[first..].iter().all(|seat| seat.2 == 'w'));
        prop_assert_eq!(rows.special().len(), seats.len() - first);
    }
}
