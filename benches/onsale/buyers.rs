//! The buyers: when each sends which request, all decided by a seed before the sale begins.

use std::time::Duration;

use uuid::Uuid;

use crate::http::order;

/// Percentage of buyers who send their request twice: a double click, a lost connection.
const TWICE_PERCENT: u32 = 5;
/// The second of the two comes this much later at most.
const TWICE_WITHIN: Duration = Duration::from_millis(50);

/// One of the event's three tiers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tier {
    pub(crate) code: &'static str,
    price_minor: i32,
    /// Of all tickets.
    percent: i32,
    /// Share of all requests: the front has more demand than tickets.
    wanted_percent: i32,
    seating: &'static str,
}

/// The best first.
pub(crate) const TIERS: [Tier; 3] = [
    Tier {
        code: "vip",
        price_minor: 25_000,
        percent: 4,
        wanted_percent: 8,
        seating: "numbered:6+12+6",
    },
    Tier {
        code: "front-row",
        price_minor: 12_000,
        percent: 16,
        wanted_percent: 20,
        seating: "numbered:8+16+8",
    },
    Tier {
        code: "ga",
        price_minor: 5_000,
        percent: 80,
        wanted_percent: 72,
        seating: "general",
    },
];

impl Tier {
    /// Its code and its share of `tickets`.
    pub(crate) fn of(&self, tickets: i32) -> (&'static str, i32) {
        (self.code, tickets / 100 * self.percent)
    }

    /// As the command line has it.
    pub(crate) fn argument(&self, tickets: i32) -> String {
        let (code, capacity) = self.of(tickets);
        format!(
            "{code}:{code}:{}:{capacity}:{}",
            self.price_minor, self.seating
        )
    }
}

/// Someone who wants tickets.
pub(crate) struct Buyer {
    /// When the request should be sent, from the beginning of the sale.
    pub(crate) due: Duration,
    /// To which server.
    pub(crate) server: usize,
    /// When it is sent a second time, and to which server.
    pub(crate) twin: Option<(Duration, usize)>,
    /// The whole request: a second try is the same bytes.
    pub(crate) request: Vec<u8>,
}

impl Buyer {
    /// Generates buyers within that time, in the order of their requests.
    pub(crate) fn crowd(
        seed: u64,
        buyers: usize,
        time: Duration,
        (event, token): (Uuid, &str),
        servers: usize,
    ) -> Vec<Self> {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut dues: Vec<_> = (0..buyers).map(|_| time.mul_f64(random.f64())).collect();
        dues.sort_unstable();
        dues.into_iter()
            .map(|due| Self {
                due,
                server: random.usize(..servers),
                twin: (random.u32(..100) < TWICE_PERCENT).then(|| {
                    let later = TWICE_WITHIN.mul_f64(random.f64());
                    (due + later, random.usize(..servers))
                }),
                request: order(event, token, Some(Uuid::new_v4()), &draw_items(&mut random)),
            })
            .collect()
    }
}

/// One to four tickets of one to three tiers, most often of one.
fn draw_items(random: &mut fastrand::Rng) -> Vec<(&'static str, i32)> {
    let tickets = random.usize(1..=4);
    let tiers = match random.u32(0..10) {
        0..7 => 1,
        7..9 => 2,
        _ => TIERS.len(),
    };
    let tiers = tiers.min(tickets);
    let mut quantities = [0; TIERS.len()];
    for ticket in 0..tickets {
        // A ticket of each tier first, then more of any of them.
        let tier = loop {
            let tier = draw_tier(random);
            if (quantities[tier] == 0) == (ticket < tiers) {
                break tier;
            }
        };
        quantities[tier] += 1;
    }
    TIERS
        .iter()
        .zip(quantities)
        .filter(|(_, quantity)| *quantity > 0)
        .map(|(tier, quantity)| (tier.code, quantity))
        .collect()
}

fn draw_tier(random: &mut fastrand::Rng) -> usize {
    let mut drawn = random.i32(0..100);
    TIERS
        .iter()
        .position(|tier| {
            drawn -= tier.wanted_percent;
            drawn < 0
        })
        .unwrap_or(TIERS.len() - 1)
}
