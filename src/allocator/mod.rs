//! The core: gives tickets to orders, never one twice, and releases them.
//!
//! Read in this order: [`order`] is the request and the outcome; [`lanes`] puts orders into the queue of
//! their event, where they are [`waiting`]; [`lane`] makes batches of them, one after the other on one connection; [`batch`] allocates a
//! batch in two pipelined steps; `sale` reads the result of the first, `draft` decides who gets what between
//! the two, `code` says whether orders may use their promo codes,
//! `shortage` says why an order gets nothing, and `writes` is the second. [`first_free`] is where a
//! lane starts its search; `tickets` locks tickets and assigns them; [`assign`] chooses among the locked
//! tickets; [`release`] frees the tickets of ended bookings and expires holds, [`expiry`] does that for all
//! events; [`reallocate`] takes tickets for a booking that was paid after its hold had expired; [`replace`] allocates an
//! order in the place of a hold; [`exchange`] gives a paid booking other tickets; [`supply`] makes tickets and takes free ones out of sale. `figures` is what is counted. `statements` has every statement that a batch runs, and `sql/` their texts.
//!
//! What must hold: free tickets are locked in one total order (tier, then seat), and no batch waits for
//! one, so no two batches can deadlock over them. An answer is given only after COMMIT. Free
//! tickets are `booking_id IS NULL`, and only this module writes that column after a ticket is
//! created. Nothing in memory decides who gets a ticket: any number of processes may do the same.

pub mod assign;
pub mod batch;
mod code;
mod draft;
pub mod exchange;
pub mod expiry;
mod figures;
pub mod first_free;
mod lane;
pub mod lanes;
pub mod order;
mod progress;
pub mod reallocate;
pub mod release;
pub mod replace;
mod sale;
mod shared;
mod shortage;
mod special;
pub mod statements;
pub mod supply;
mod tickets;
mod waiting;
mod writes;

pub use lanes::Lanes;
pub use order::{
    Booked, Candidate, CodeRefusal, CodeUse, Item, Order, Outcome, Priced, Shortage, Stock, Taken,
    TierStock, Verdict, Window,
};
pub use reallocate::{Locked, Retaken};
pub use release::Released;
