//! How many seats to lock beyond those wanted, so that there is a choice: the share of orders that
//! sit together in a hall that sells out while some give their seats back, by rows locked to spare.

use std::collections::BTreeSet;

use boxoffice::allocator::assign::Pool;
use boxoffice::seating::Rows;
use boxoffice::types::SeatNo;

use crate::assign::{TIER, stock};
use crate::failure::Failure;
use crate::shop::order;

const ROWS: i32 = 200;
/// Percentage of orders that release their seats some time later.
const GIVEN_BACK: u8 = 15;
const SEED: u64 = 7;

/// Prints the table: rows to spare down, orders a batch across.
pub(crate) fn print() -> Result<(), Failure> {
    println!(
        "\norders of 2 to 4 seats that sit together, in %, while a hall of 4,800 seats sells out"
    );
    println!(
        "{:>14} {:>12} {:>12}",
        "rows to spare", "1 a batch", "64 a batch"
    );
    for spare in [0, 1, 2, 4, 8] {
        let (one, many) = (together(spare, 1)?, together(spare, 64)?);
        println!("{spare:>14} {one:>12.1} {many:>12.1}");
    }
    Ok(())
}

/// The share of orders that sit together, in percent.
fn together(spare: i32, batch: usize) -> Result<f64, Failure> {
    let rows = Rows::new(vec![6, 12, 6]).ok_or("the rows make sense")?;
    let per_row = rows.seats_per_row();
    let stock = stock(Some(rows))?;
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut free: BTreeSet<i32> = (1..=ROWS * per_row).collect();
    let mut held: Vec<Vec<SeatNo>> = Vec::new();
    let (mut asked, mut given) = (0, 0);
    loop {
        let orders: Vec<_> = (0..batch)
            .map(|_| order(&[(TIER, random.i32(2..=4))]))
            .collect();
        let wanted: i32 = orders.iter().map(|order| order.items[0].quantity).sum();
        if (free.len() as i32) < wanted {
            return Ok(f64::from(given) * 100.0 / f64::from(asked));
        }
        let offered = free.iter().take((wanted + spare * per_row) as usize);
        let offered: Vec<_> = offered.map(|&seat| (TIER, SeatNo(seat))).collect();
        let mut pool = Pool::new(&stock, &offered);
        for order in &orders {
            let taken = pool.take(order).ok_or("there are seats enough")?.remove(0);
            asked += 1;
            given += i32::from(taken.together == Some(true));
            for seat in &taken.seats {
                free.remove(&seat.0);
            }
            held.push(taken.seats);
            if random.u8(0..100) < GIVEN_BACK {
                let back = held.swap_remove(random.usize(0..held.len()));
                free.extend(back.iter().map(|seat| seat.0));
            }
        }
    }
}
