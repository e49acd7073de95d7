//! Token buckets: how often a client may do what. Knows nothing of HTTP.
//!
//! A bucket is one instant, as in the generic cell rate algorithm (GCRA, ITU-T I.371): the theoretical
//! arrival time, at which the bucket will be full again. An instant in the past is a full bucket, which is
//! the same as one that is not known. So the table of buckets has a fixed size: a key that finds all
//! entries of its set taken replaces the one that is nearest to full. What must hold: memory is the same
//! for any number of clients; whoever is refused is not the one who is forgotten first; nobody can choose
//! keys that collide, as the hash is keyed at random.
//!
//! Measured by `cargo bench --bench limits`, ten million addresses one after the other: the process grows
//! by 0.1 MiB beyond the 2 MiB of the table, at 91 ns a check; a check of an address that was just checked
//! takes 64 ns. A whole refusal of an address takes 1.7 µs under /api and 3.9 µs as a page; that of a buyer,
//! whose token is verified first, 2.8 and 8.2 µs.
//!
//! Each process has its own buckets: N processes behind a load balancer allow N times as much.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::config::{LimitConfig, Rate, Switch};
use crate::metrics::{Counter, Sheet};
use crate::types::contact::fold_email;
use crate::types::{BuyerId, Reference};

/// Sets of the table; a power of two.
const SETS: usize = 1 << 14;
/// Entries of a set: with its lock they fill two cache lines.
const ENTRIES: usize = 7;
/// Behind one address sit many buyers, so that one buyer has this part of what an address has.
const BUYERS_PER_ADDRESS: u32 = 10;

/// What is counted; each has its own rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Orders.
    Bookings,
    /// Payments and cancellations.
    Payments,
    /// Pages, files, JSON.
    Reads,
    /// Becoming a buyer.
    NewBuyers,
    /// What may be guessed: asking for bookings by a reference or a code, and promo codes that there are not.
    Retrievals,
    /// Signing in as an organiser.
    SignIns,
    /// What the gateway reports.
    Webhooks,
}

impl Bucket {
    /// In the order of their numbers.
    const ALL: [Self; 7] = [
        Self::Bookings,
        Self::Payments,
        Self::Reads,
        Self::NewBuyers,
        Self::Retrievals,
        Self::SignIns,
        Self::Webhooks,
    ];

    /// Its name for people and programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bookings => "bookings",
            Self::Payments => "payments",
            Self::Reads => "reads",
            Self::NewBuyers => "new-buyers",
            Self::Retrievals => "retrievals",
            Self::SignIns => "sign-ins",
            Self::Webhooks => "webhooks",
        }
    }

    fn rate(self, config: &LimitConfig) -> Rate {
        match self {
            Self::Bookings => config.limit_bookings,
            Self::Payments => config.limit_payments,
            Self::Reads => config.limit_reads,
            Self::NewBuyers => config.limit_new_buyers,
            Self::Retrievals => config.limit_retrievals,
            Self::SignIns => config.limit_sign_ins,
            Self::Webhooks => config.limit_webhooks,
        }
    }
}

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A client address. IPv6 is counted by its first 64 bits: that much everybody is given.
    Address(IpAddr),
    /// A buyer, wherever they are. They have a tenth of what an address has.
    Buyer(BuyerId),
    /// Whoever asks for the booking with this reference: as much as one address.
    Reference(Reference),
    /// The account of an organiser, whether there is one or not: the beginning of its address's hash. As much as one
    /// address.
    Account([u8; 16]),
    /// An API token, wherever it is used and for whom: it has as much as an address.
    ApiToken(Uuid),
}

impl Key {
    /// The key of the account with this e-mail address, whether there is one or not.
    pub fn of_account(email: &str) -> Self {
        let hash: [u8; 32] = Sha256::digest(fold_email(email)).into();
        Self::Account(std::array::from_fn(|at| hash[at]))
    }

    /// The key of an address: whole for IPv4, also when it is mapped into IPv6; the network of 64 bits for
    /// IPv6.
    pub fn of_address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
            address => address,
        })
    }
}

/// The request may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    /// Requests that may follow at once.
    pub tokens: u32,
}

/// The request may not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// Of what there were too many.
    pub bucket: Bucket,
    /// Requests that the full bucket allows.
    pub burst: u32,
    /// The time in which an empty bucket fills.
    pub window: Duration,
    /// After this the next request is allowed.
    pub retry_after: Duration,
}

/// The buckets of all clients of this process.
pub struct Limits {
    config: LimitConfig,
    sets: Box<[Mutex<Set>]>,
    hasher: RandomState,
    began: Instant,
    /// By bucket.
    refused: [Counter; Bucket::ALL.len()],
}

/// Entries that one hash may be found in.
type Set = [Entry; ENTRIES];

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    /// The hash of bucket and key; 0 for none.
    tag: u64,
    /// When the bucket is full again, in nanoseconds since the process began.
    full_at_ns: u64,
}

impl Limits {
    /// All buckets are full.
    pub fn new(config: LimitConfig) -> Self {
        Self {
            config,
            sets: std::iter::repeat_with(Mutex::default).take(SETS).collect(),
            hasher: RandomState::new(),
            began: Instant::now(),
            refused: Default::default(),
        }
    }

    /// Takes a token for one request.
    ///
    /// # Errors
    /// There is none; the bucket stays as it is.
    pub fn check(&self, bucket: Bucket, key: Key) -> Result<Remaining, Exceeded> {
        self.check_at(bucket, key, self.began.elapsed())
    }

    /// As [`Limits::check`], so long after the process began.
    ///
    /// # Errors
    /// As there.
    pub fn check_at(&self, bucket: Bucket, key: Key, now: Duration) -> Result<Remaining, Exceeded> {
        let take = |entry: &mut Entry, full_at_ns| entry.full_at_ns = full_at_ns;
        self.judge(bucket, key, now, take)
    }

    /// Whether [`Limits::check`] would take a token now; takes none.
    ///
    /// # Errors
    /// There is none.
    pub fn peek(&self, bucket: Bucket, key: Key) -> Result<(), Exceeded> {
        self.judge(bucket, key, self.began.elapsed(), |_, _| ())?;
        Ok(())
    }

    /// Whether there is a token. `allow` is told when the bucket would be full again without it.
    fn judge(
        &self,
        bucket: Bucket,
        key: Key,
        now: Duration,
        allow: impl FnOnce(&mut Entry, u64),
    ) -> Result<Remaining, Exceeded> {
        if self.config.rate_limits == Switch::Off {
            return Ok(Remaining { tokens: u32::MAX });
        }
        let Rate { interval, burst } = self.rate(bucket, key);
        let (now_ns, interval_ns) = (nanoseconds(now), nanoseconds(interval));
        let tag = self.hasher.hash_one((bucket, key)) | 1;
        // The lower bits of the tag choose the set, all but the lowest: it is always 1.
        let set = &self.sets[(tag >> 1) as usize % SETS];
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entry_for(&mut set, tag);
        let used_ns = entry.full_at_ns.saturating_sub(now_ns);
        let usable_ns = interval_ns * u64::from(burst - 1);
        if used_ns > usable_ns {
            self.refused[bucket as usize].add_one();
            return Err(Exceeded {
                bucket,
                burst,
                window: interval * burst,
                retry_after: Duration::from_nanos(used_ns - usable_ns),
            });
        }
        allow(entry, now_ns + used_ns + interval_ns);
        let tokens = (usable_ns - used_ns) / interval_ns;
        Ok(Remaining {
            tokens: u32::try_from(tokens).unwrap_or(u32::MAX),
        })
    }

    /// Gives back the token that [`Limits::check`] has taken, for a request that is not counted after all.
    pub fn give_back(&self, bucket: Bucket, key: Key, _: Remaining) {
        let Rate { interval, .. } = self.rate(bucket, key);
        let tag = self.hasher.hash_one((bucket, key)) | 1;
        let set = &self.sets[(tag >> 1) as usize % SETS];
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entry_for(&mut set, tag);
        entry.full_at_ns = entry.full_at_ns.saturating_sub(nanoseconds(interval));
    }

    /// Tells how many requests were refused.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn tell(&self, sheet: &mut Sheet<'_>) -> std::fmt::Result {
        let refused = Bucket::ALL.iter().zip(&self.refused);
        sheet.counters(
            "rate_limit_refusals",
            "Requests that were refused because a client asked too often",
            refused.map(|(bucket, count)| ([("bucket", bucket.name())], count.get())),
        )
    }

    fn rate(&self, bucket: Bucket, key: Key) -> Rate {
        let rate = bucket.rate(&self.config);
        match key {
            Key::Address(_) | Key::Reference(_) | Key::Account(_) | Key::ApiToken(_) => rate,
            Key::Buyer(_) => Rate {
                interval: rate.interval * BUYERS_PER_ADDRESS,
                burst: (rate.burst / BUYERS_PER_ADDRESS).max(1),
            },
        }
    }
}

/// The entry of a tag; if it has none, that of the bucket nearest to full, as a full one.
fn entry_for(set: &mut Set, tag: u64) -> &mut Entry {
    let mut found = 0;
    for (index, entry) in set.iter().enumerate() {
        if entry.tag == tag {
            return &mut set[index];
        }
        if entry.full_at_ns < set[found].full_at_ns {
            found = index;
        }
    }
    set[found] = Entry { tag, full_at_ns: 0 };
    &mut set[found]
}

/// Enough for five hundred years.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::Cli;

    fn limits(flags: &[&str]) -> Limits {
        let words = ["boxoffice"].iter().chain(flags);
        Limits::new(Cli::try_parse_from(words).unwrap().serve.limits)
    }

    fn address(text: &str) -> Key {
        Key::of_address(text.parse().unwrap())
    }

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_burst_is_allowed_then_one_request_an_interval() {
        let limits = limits(&["--limit-bookings", "10/s:3"]);
        let check = |now| limits.check_at(Bucket::Bookings, address("192.0.2.1"), now);
        let begin = Duration::from_secs(7);
        for tokens in [2, 1, 0] {
            assert_eq!(check(begin).unwrap(), Remaining { tokens });
        }
        let refused = check(begin).unwrap_err();
        assert_eq!(refused.retry_after, 100 * MS);
        assert_eq!((refused.burst, refused.window), (3, 300 * MS));
        // A refusal costs no token.
        assert_eq!(check(begin + 60 * MS).unwrap_err().retry_after, 40 * MS);
        assert!(check(begin + 99 * MS).is_err());
        assert!(check(begin + 100 * MS).is_ok());
        assert!(check(begin + 100 * MS).is_err());
        // It holds no more than the burst, however long nobody comes.
        assert_eq!(check(begin * 2).unwrap().tokens, 2);
    }

    #[test]
    fn a_look_takes_nothing() {
        let limits = limits(&["--limit-bookings", "1/h:2"]);
        let key = address("192.0.2.1");
        for _ in 0..10 {
            assert!(limits.peek(Bucket::Bookings, key).is_ok());
        }
        assert_eq!(limits.check(Bucket::Bookings, key).unwrap().tokens, 1);
        assert!(limits.check(Bucket::Bookings, key).is_ok());
        assert!(limits.peek(Bucket::Bookings, key).is_err());
    }

    #[test]
    fn buckets_and_keys_are_apart() {
        let limits = limits(&["--limit-bookings", "1/h:10", "--limit-payments", "1/h:1"]);
        let now = Duration::ZERO;
        let buyer = Key::Buyer(BuyerId(Uuid::from_u128(1)));
        assert!(limits.check_at(Bucket::Bookings, buyer, now).is_ok());
        assert!(limits.check_at(Bucket::Bookings, buyer, now).is_err());
        assert!(limits.check_at(Bucket::Payments, buyer, now).is_ok());
        let other = Key::Buyer(BuyerId(Uuid::from_u128(2)));
        assert!(limits.check_at(Bucket::Bookings, other, now).is_ok());
        let token = Key::ApiToken(Uuid::from_u128(1));
        for key in [token, address("192.0.2.1")] {
            for _ in 0..10 {
                assert!(limits.check_at(Bucket::Bookings, key, now).is_ok());
            }
            assert!(limits.check_at(Bucket::Bookings, key, now).is_err());
        }
    }

    #[test]
    fn an_address_is_whole_for_ipv4_and_a_network_for_ipv6() {
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
        assert_eq!(address("192.0.2.1"), address("::ffff:192.0.2.1"));
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:0:0:1"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
    }

    #[test]
    fn whoever_is_refused_is_not_forgotten_for_a_million_others() {
        let limits = limits(&["--limit-bookings", "10/s:20"]);
        let attacker = address("192.0.2.1");
        let now = Duration::from_secs(1);
        while limits.check_at(Bucket::Bookings, attacker, now).is_ok() {}
        for number in 0..1_000_000 {
            let other = Key::of_address(IpAddr::V4(number.into()));
            limits.check_at(Bucket::Bookings, other, now).ok();
        }
        let checked = limits.check_at(Bucket::Bookings, attacker, now);
        assert!(checked.is_err());
    }

    #[test]
    fn a_token_that_is_given_back_is_there_again_and_none_beside_it() {
        let limits = limits(&["--limit-bookings", "1/h:2"]);
        let key = address("192.0.2.1");
        let check = || limits.check(Bucket::Bookings, key);
        for _ in 0..10 {
            limits.give_back(Bucket::Bookings, key, check().unwrap());
        }
        assert!(check().is_ok() && check().is_ok());
        assert!(check().is_err());
    }

    #[test]
    fn off_is_off() {
        let limits = limits(&["--rate-limits", "off", "--limit-bookings", "1/h:1"]);
        for _ in 0..1000 {
            let checked = limits.check(Bucket::Bookings, address("192.0.2.1"));
            assert!(checked.is_ok());
        }
    }
}
