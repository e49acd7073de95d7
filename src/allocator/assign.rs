//! Assigns the locked tickets to orders: a pure function, no I/O, no clock, no locking.
//!
//! Orders are served in turn; one that cannot be filled takes nothing. General tickets are
//! handed out from the front. In a numbered tier an order gets adjacent seats of one block of
//! one row where that is possible: first without leaving a single seat stranded, then
//! allowing it; otherwise the fewest pieces. Of plain blocks ties go to the row closest to the front, then
//! to the seats closest to the middle of the row; of a hall, to the seats that are best in its own order, which is
//! that of their numbers. Places for wheelchairs and the seats beside them are given to those who name them; to others
//! only if it is known that too few other seats are free, locked or not.
//!
//! Tiers may share a stock: adult and reduced in one room. An order's items of such tiers are one party. Their seats are
//! chosen at once, so that all sit together, and dealt to the items in their order.

use super::order::{Item, Order, Stock, Taken};
use crate::seating::plan::Plan;
use crate::seating::{Blocks, Position, Rows};
use crate::types::{SeatNo, TierNo};

/// The locked free tickets of one event, from which orders take.
#[derive(Debug)]
pub struct Pool<'a> {
    stock: &'a Stock,
    /// By the tier whose tickets they are.
    tiers: Vec<(TierNo, Seats<'a>)>,
}

/// Locked free seats of one tier.
#[derive(Debug)]
enum Seats<'a> {
    /// In allocation order; the first `next` are gone.
    General { free: Vec<SeatNo>, next: usize },
    Numbered {
        rows: &'a Rows,
        runs: Vec<Run>,
        /// Those that nobody is given who did not name them, one by one.
        special: Vec<Run>,
        /// How many others are free, locked or not, if that was counted.
        others_free: Option<i32>,
    },
}

/// Adjacent free seats: one row, one block, no gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// The place of the first; of blocks that is its number.
    first: i32,
    length: i32,
    position: Position,
}

impl<'a> Pool<'a> {
    /// Makes a pool of the locked tickets, which come in ascending order of tier and seat, each once.
    pub fn new(stock: &'a Stock, locked: &[(TierNo, SeatNo)]) -> Self {
        let tiers = locked.chunk_by(|a, b| a.0 == b.0).filter_map(|chunk| {
            let tier = stock.tier(chunk[0].0)?;
            let free = chunk.iter().map(|&(_, seat)| seat);
            Some((
                tier.no,
                match &tier.rows {
                    None => Seats::General {
                        free: free.collect(),
                        next: 0,
                    },
                    Some(rows) => {
                        let special = rows.special();
                        let special = chunk.iter().filter(|ticket| {
                            !special.is_empty() && special.binary_search(&ticket.1).is_ok()
                        });
                        Seats::Numbered {
                            rows,
                            runs: runs(rows, free.filter(|&seat| !rows.is_special(seat))),
                            special: special.map(|&(_, seat)| Run::of(rows, seat)).collect(),
                            others_free: None,
                        }
                    }
                },
            ))
        });
        Self {
            stock,
            tiers: tiers.collect(),
        }
    }

    /// Says how many seats of a tier are free that are not special, locked or not: orders for more get special ones, too.
    pub(super) fn count_others(&mut self, tier: TierNo, free: i32) {
        let found = self.tiers.iter_mut().find(|(no, _)| *no == tier);
        if let Some((_, Seats::Numbered { others_free, .. })) = found {
            *others_free = Some(free);
        }
    }

    /// Serves one order. Returns what each of its items got, or `None`; then nothing is taken.
    pub fn take(&mut self, order: &Order) -> Option<Vec<Taken>> {
        self.take_items(&order.items)
    }

    /// As [`Pool::take`], each tier once.
    pub(crate) fn take_items(&mut self, items: &[Item]) -> Option<Vec<Taken>> {
        let asked = self.stock.asked(items);
        let named = items.iter().all(|item| self.has_named(item));
        if !named || !asked.iter().all(|&asked| self.has(asked, items)) {
            return None;
        }
        if asked.len() == items.len() {
            let alone = |item: &Item| self.take_party(self.stock.stock_of(item.tier), &[item]);
            return Some(items.iter().flat_map(alone).collect());
        }
        let mut taken = vec![Taken::default(); items.len()];
        for (stock, _) in asked {
            let is_of = |item: &Item| self.stock.stock_of(item.tier) == stock;
            let (of, party): (Vec<usize>, Vec<&Item>) = items
                .iter()
                .enumerate()
                .filter(|(_, item)| is_of(item))
                .unzip();
            for (at, got) in of.into_iter().zip(self.take_party(stock, &party)) {
                taken[at] = got;
            }
        }
        Some(taken)
    }

    /// The seats of a tier, from this one on, that are still free here, ascending.
    pub fn left(&self, tier: TierNo, from: SeatNo) -> impl Iterator<Item = SeatNo> {
        let (free, runs, sorted): (&[SeatNo], &[Run], Vec<SeatNo>) = match self.seats(tier) {
            Some(Seats::General { free, next }) => (&free[*next..], &[], Vec::new()),
            Some(Seats::Numbered {
                rows,
                runs,
                special,
                ..
            }) => match rows.plan() {
                None if special.is_empty() => (&[], runs, Vec::new()),
                _ => (&[], &[], all_of(rows, runs, special)),
            },
            None => (&[], &[], Vec::new()),
        };
        let of_runs = runs
            .iter()
            .flat_map(|run| (run.first..run.first + run.length).map(SeatNo));
        let seats = free.iter().copied().chain(of_runs).chain(sorted);
        seats.skip_while(move |&seat| seat < from)
    }

    /// Whether this very seat is free here.
    pub fn has_seat(&self, tier: TierNo, seat: SeatNo) -> bool {
        match self.seats(tier) {
            Some(Seats::Numbered {
                rows,
                runs,
                special,
                ..
            }) => {
                let place = rows.place(seat);
                let mut all = runs.iter().chain(special);
                all.any(|run| run.contains(place))
            }
            Some(Seats::General { free, next }) => free[*next..].binary_search(&seat).is_ok(),
            None => false,
        }
    }

    fn seats(&self, tier: TierNo) -> Option<&Seats<'a>> {
        self.tiers
            .iter()
            .find(|(no, _)| *no == tier)
            .map(|(_, seats)| seats)
    }

    /// Whether a stock has so many tickets for those of the items that are of it. Those that they name are free.
    fn has(&self, (stock, quantity): (TierNo, i32), items: &[Item]) -> bool {
        match self.seats(stock) {
            None => false,
            Some(Seats::General { free, next }) => (free.len() - next) as i32 >= quantity,
            Some(Seats::Numbered { runs, special, .. }) if special.is_empty() => {
                count(runs) >= quantity
            }
            Some(Seats::Numbered {
                rows,
                runs,
                special,
                others_free,
            }) => {
                let of_stock = items
                    .iter()
                    .filter(|item| self.stock.stock_of(item.tier) == stock);
                let named = of_stock.flat_map(|item| item.seats.iter().flatten());
                let (of_special, of_others): (Vec<SeatNo>, Vec<SeatNo>) =
                    named.copied().partition(|&seat| rows.is_special(seat));
                let (of_special, of_others) = (of_special.len() as i32, of_others.len() as i32);
                let wanted = quantity - of_special - of_others;
                let others = count(runs) - of_others;
                let are_short = others_free.is_some_and(|free| free - of_others < wanted);
                let more = if are_short {
                    count(special) - of_special
                } else {
                    0
                };
                others + more >= wanted
            }
        }
    }

    /// Whether the seats that an item names are free.
    fn has_named(&self, item: &Item) -> bool {
        let stock = self.stock.stock_of(item.tier);
        let mut named = item.seats.iter().flatten();
        named.all(|&seat| self.has_seat(stock, seat))
    }

    /// Takes what items of one stock ask for; the caller has checked that all can be filled. What each got, in their
    /// order.
    fn take_party(&mut self, stock: TierNo, party: &[&Item]) -> Vec<Taken> {
        let Some((_, seats)) = self.tiers.iter_mut().find(|(no, _)| *no == stock) else {
            return vec![Taken::default(); party.len()];
        };
        match seats {
            Seats::General { free, next } => {
                let mut take = |item: &&Item| {
                    let from = *next;
                    *next += item.quantity as usize;
                    Taken {
                        seats: free[from..*next].to_vec(),
                        together: None,
                    }
                };
                party.iter().map(&mut take).collect()
            }
            Seats::Numbered {
                rows,
                runs,
                special,
                others_free,
            } => take_seats(rows, (runs, special), others_free, party),
        }
    }
}

/// The seats of items of one numbered stock: those that they name, and for the others the best that are left, chosen at
/// once and dealt from the front, left to right.
fn take_seats(
    rows: &Rows,
    (runs, special): (&mut Vec<Run>, &mut Vec<Run>),
    others_free: &mut Option<i32>,
    party: &[&Item],
) -> Vec<Taken> {
    for &seat in party.iter().flat_map(|item| item.seats.iter().flatten()) {
        take_named(rows, runs, special, seat);
        if let Some(free) = others_free {
            *free -= i32::from(!rows.is_special(seat));
        }
    }
    let unnamed = party.iter().filter(|item| item.seats.is_none());
    let quantity: i32 = unnamed.map(|item| item.quantity).sum();
    let others = count(runs).min(quantity);
    if let Some(free) = others_free {
        *free -= others;
    }
    let mut chosen = take_best(rows, runs, others);
    chosen.extend(take_best(rows, special, quantity - others));
    chosen.sort_unstable_by_key(|&seat| rows.place(seat));
    let mut chosen = chosen.into_iter();
    let seats_of = |item: &&Item| {
        let mut seats: Vec<SeatNo> = match &item.seats {
            Some(named) => named.clone(),
            None => chosen.by_ref().take(item.quantity as usize).collect(),
        };
        seats.sort_unstable();
        seats
    };
    let seats: Vec<Vec<SeatNo>> = party.iter().map(seats_of).collect();
    let together = Some(match seats.as_slice() {
        [alone] => rows.are_together(alone),
        several => {
            let mut all = several.concat();
            all.sort_unstable();
            rows.are_together(&all)
        }
    });
    let taken = |seats| Taken { seats, together };
    seats.into_iter().map(taken).collect()
}

fn count(runs: &[Run]) -> i32 {
    runs.iter().map(|run| run.length).sum()
}

/// The seats of all runs, ascending.
fn all_of(rows: &Rows, runs: &[Run], special: &[Run]) -> Vec<SeatNo> {
    let places = runs
        .iter()
        .chain(special)
        .flat_map(|run| run.first..run.first + run.length);
    let mut seats: Vec<SeatNo> = places.map(|place| rows.seat_at(place)).collect();
    seats.sort_unstable();
    seats
}

impl Run {
    /// A seat by itself.
    fn of(rows: &Rows, seat: SeatNo) -> Self {
        Self {
            first: rows.place(seat),
            length: 1,
            position: rows.position(seat),
        }
    }

    fn contains(&self, place: i32) -> bool {
        (self.first..self.first + self.length).contains(&place)
    }
}

/// Groups ascending seats into runs.
fn runs(rows: &Rows, seats: impl Iterator<Item = SeatNo>) -> Vec<Run> {
    match (rows.as_blocks(), rows.plan()) {
        (Some(blocks), _) => runs_of_blocks(blocks, seats),
        (None, Some(plan)) => runs_of_plan(plan, seats),
        (None, None) => Vec::new(),
    }
}

fn runs_of_blocks(rows: &Blocks, seats: impl Iterator<Item = SeatNo>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for seat in seats {
        let position = rows.position(seat);
        match runs.last_mut() {
            Some(run)
                if run.first + run.length == seat.0
                    && run.position.row == position.row
                    && rows.block_of(run.position.number) == rows.block_of(position.number) =>
            {
                run.length += 1;
            }
            _ => runs.push(Run {
                first: seat.0,
                length: 1,
                position,
            }),
        }
    }
    runs
}

fn runs_of_plan(plan: &Plan, seats: impl Iterator<Item = SeatNo>) -> Vec<Run> {
    let mut places: Vec<i32> = seats.map(|seat| plan.place(seat)).collect();
    places.sort_unstable();
    let mut runs: Vec<Run> = Vec::new();
    for place in places {
        match runs.last_mut() {
            Some(run) if run.first + run.length == place && plan.is_joined(place) => {
                run.length += 1;
            }
            _ => runs.push(Run {
                first: place,
                length: 1,
                position: plan.position(plan.seat_at(place)),
            }),
        }
    }
    runs
}

/// Takes `quantity` seats of the runs, which hold at least as many.
fn take_best(rows: &Rows, runs: &mut Vec<Run>, quantity: i32) -> Vec<SeatNo> {
    let mut seats = Vec::with_capacity(quantity as usize);
    let mut missing = quantity;
    while missing > 0 {
        let placement = match rows.plan() {
            None => best_placement(rows, runs, missing),
            Some(plan) => best_in_plan(plan, runs, missing),
        };
        let (index, offset, length) = placement
            .map(|(index, offset)| (index, offset, missing))
            .unwrap_or_else(|| {
                // No run is long enough: the longest one makes for the fewest pieces.
                let preference = |&index: &usize| {
                    let run = runs[index];
                    (-run.length, in_turn(rows, run))
                };
                let longest = (0..runs.len()).min_by_key(preference).unwrap_or(0);
                (longest, 0, runs[longest].length)
            });
        let first = runs[index].first + offset;
        seats.extend((first..first + length).map(|place| rows.seat_at(place)));
        cut(rows, runs, index, offset, length);
        missing -= length;
    }
    seats
}

/// What says which of two runs that are equally long is better: the least.
fn in_turn(rows: &Rows, run: Run) -> (i32, i32) {
    match rows.plan() {
        None => {
            let number = run.position.number;
            let aside = distance_to_middle(rows, number, run.length);
            (run.position.row, aside)
        }
        Some(plan) => {
            let seats = (run.first..run.first + run.length).map(|place| plan.seat_at(place).0);
            (seats.min().unwrap_or(0), 0)
        }
    }
}

/// Takes one seat that is in a run.
fn take_named(rows: &Rows, runs: &mut Vec<Run>, special: &mut Vec<Run>, seat: SeatNo) {
    let place = rows.place(seat);
    for runs in [runs, special] {
        if let Some(index) = runs.iter().position(|run| run.contains(place)) {
            let offset = place - runs[index].first;
            cut(rows, runs, index, offset, 1);
            break;
        }
    }
}

/// Where `quantity` adjacent seats of a hall are best taken: those whose numbers are together the least, without leaving
/// a single seat stranded where that is possible.
fn best_in_plan(plan: &Plan, runs: &[Run], quantity: i32) -> Option<(usize, i32)> {
    let mut best: Option<(bool, i64, usize, i32)> = None;
    for (index, run) in runs.iter().enumerate() {
        if run.length < quantity {
            continue;
        }
        let rank = |place: i32| i64::from(plan.seat_at(place).0);
        let mut sum: i64 = (run.first..run.first + quantity).map(rank).sum();
        for offset in 0..=run.length - quantity {
            if offset > 0 {
                let place = run.first + offset;
                sum += rank(place + quantity - 1) - rank(place - 1);
            }
            let strands = offset == 1 || run.length - quantity - offset == 1;
            let candidate = (strands, sum, index, offset);
            best = Some(best.map_or(candidate, |found| candidate.min(found)));
        }
    }
    best.map(|(_, _, index, offset)| (index, offset))
}

/// Where `quantity` adjacent seats are best taken: (run, offset in the run). Runs are sorted by
/// row, so the first row in which no single seat is left stranded decides.
fn best_placement(rows: &Rows, runs: &[Run], quantity: i32) -> Option<(usize, i32)> {
    let mut stranding = None;
    let mut best: Option<(i32, usize, i32)> = None;
    for (index, run) in runs
        .iter()
        .enumerate()
        .filter(|(_, run)| run.length >= quantity)
    {
        if best.is_some_and(|(_, found, _)| runs[found].position.row < run.position.row) {
            break;
        }
        for offset in 0..=run.length - quantity {
            let strands = offset == 1 || run.length - quantity - offset == 1;
            let distance = distance_to_middle(rows, run.position.number + offset, quantity);
            let candidate = (distance, index, offset);
            if strands {
                let key = (run.position.row, distance, index, offset);
                stranding = Some(stranding.map_or(key, |found| key.min(found)));
            } else {
                best = Some(best.map_or(candidate, |found| candidate.min(found)));
            }
        }
    }
    best.map(|(_, index, offset)| (index, offset))
        .or(stranding.map(|(_, _, index, offset)| (index, offset)))
}

/// Twice the distance between the middle of adjacent seats and the middle of their row.
fn distance_to_middle(rows: &Rows, number: i32, quantity: i32) -> i32 {
    (2 * number + quantity - 1 - rows.seats_per_row() - 1).abs()
}

/// Cuts `length` seats out of a run and keeps what is left on either side.
fn cut(rows: &Rows, runs: &mut Vec<Run>, index: usize, offset: i32, length: i32) {
    let run = runs[index];
    let part = |offset: i32, length: i32| {
        let first = run.first + offset;
        (length > 0).then(|| Run {
            first,
            length,
            position: rows.position(rows.seat_at(first)),
        })
    };
    let left = part(0, offset);
    let right = part(offset + length, run.length - offset - length);
    runs.splice(index..=index, left.into_iter().chain(right));
}

#[cfg(test)]
mod tests;
