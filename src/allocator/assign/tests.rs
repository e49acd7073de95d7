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
        items: vec![Item {
            tier: TIER,
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
}
