//! Assigns the locked tickets to orders: a pure function, no I/O, no clock, no locking.
//!
//! Orders are served in turn; one that cannot be filled takes nothing. General tickets are
//! handed out from the front. In a numbered tier an order gets adjacent seats of one block of
//! one row where that is possible: first without leaving a single seat stranded, then
//! allowing it; otherwise the fewest pieces. Ties go to the row closest to the front, then
//! to the seats closest to the middle of the row.
//!
//! Tiers may share a stock: adult and reduced in one room. An order's items of such tiers are one party. Their seats are
//! chosen at once, so that all sit together, and dealt to the items in their order.

use super::order::{Item, Order, Stock, Taken};
use crate::seating::{Position, Rows};
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
    General {
        free: Vec<SeatNo>,
        next: usize,
    },
    Numbered {
        rows: &'a Rows,
        runs: Vec<Run>,
    },
}

/// Adjacent free seats: one row, one block, no gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
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
                    Some(rows) => Seats::Numbered {
                        rows,
                        runs: runs(rows, free),
                    },
                },
            ))
        });
        Self {
            stock,
            tiers: tiers.collect(),
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
        if !named || !asked.iter().all(|&asked| self.has(asked)) {
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
        let (free, runs): (&[SeatNo], &[Run]) = match self.seats(tier) {
            Some(Seats::General { free, next }) => (&free[*next..], &[]),
            Some(Seats::Numbered { runs, .. }) => (&[], runs),
            None => (&[], &[]),
        };
        let of_runs = runs
            .iter()
            .flat_map(|run| (run.first..run.first + run.length).map(SeatNo));
        let seats = free.iter().copied().chain(of_runs);
        seats.skip_while(move |&seat| seat < from)
    }

    /// Whether this very seat is free here.
    pub fn has_seat(&self, tier: TierNo, seat: SeatNo) -> bool {
        match self.seats(tier) {
            Some(Seats::Numbered { runs, .. }) => runs.iter().any(|run| run.contains(seat)),
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

    /// Whether so many tickets of this tier are free, those that are named among them.
    fn has(&self, (stock, quantity): (TierNo, i32)) -> bool {
        self.seats(stock)
            .is_some_and(|seats| seats.count() >= quantity)
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
            Seats::Numbered { rows, runs } => take_seats(rows, runs, party),
        }
    }
}

/// The seats of items of one numbered stock: those that they name, and for the others the best that are left, chosen at
/// once and dealt from the front.
fn take_seats(rows: &Rows, runs: &mut Vec<Run>, party: &[&Item]) -> Vec<Taken> {
    for &seat in party.iter().flat_map(|item| item.seats.iter().flatten()) {
        take_named(rows, runs, seat);
    }
    let unnamed = party.iter().filter(|item| item.seats.is_none());
    let quantity = unnamed.map(|item| item.quantity).sum();
    let mut chosen = take_best(rows, runs, quantity);
    chosen.sort_unstable();
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

impl Seats<'_> {
    fn count(&self) -> i32 {
        match self {
            Self::General { free, next } => (free.len() - next) as i32,
            Self::Numbered { runs, .. } => runs.iter().map(|run| run.length).sum(),
        }
    }
}

impl Run {
    fn contains(&self, seat: SeatNo) -> bool {
        (self.first..self.first + self.length).contains(&seat.0)
    }
}

/// Groups ascending seats into runs.
fn runs(rows: &Rows, seats: impl Iterator<Item = SeatNo>) -> Vec<Run> {
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

/// Takes `quantity` seats of the runs, which hold at least as many.
fn take_best(rows: &Rows, runs: &mut Vec<Run>, quantity: i32) -> Vec<SeatNo> {
    let mut seats = Vec::with_capacity(quantity as usize);
    let mut missing = quantity;
    while missing > 0 {
        let (index, offset, length) = best_placement(rows, runs, missing)
            .map(|(index, offset)| (index, offset, missing))
            .unwrap_or_else(|| {
                // No run is long enough: the longest one makes for the fewest pieces.
                let preference = |&index: &usize| {
                    let run = runs[index];
                    (
                        -run.length,
                        run.position.row,
                        distance_to_middle(rows, run.position.number, run.length),
                    )
                };
                let longest = (0..runs.len()).min_by_key(preference).unwrap_or(0);
                (longest, 0, runs[longest].length)
            });
        let first = runs[index].first + offset;
        seats.extend((first..first + length).map(SeatNo));
        cut(rows, runs, index, offset, length);
        missing -= length;
    }
    seats
}

/// Takes one seat that is in a run.
fn take_named(rows: &Rows, runs: &mut Vec<Run>, seat: SeatNo) {
    if let Some(index) = runs.iter().position(|run| run.contains(seat)) {
        let offset = seat.0 - runs[index].first;
        cut(rows, runs, index, offset, 1);
    }
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
            position: rows.position(SeatNo(first)),
        })
    };
    let left = part(0, offset);
    let right = part(offset + length, run.length - offset - length);
    runs.splice(index..=index, left.into_iter().chain(right));
}

#[cfg(test)]
mod tests;
