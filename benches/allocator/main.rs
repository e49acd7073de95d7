//! The allocator against baselines, in one run on one PostgreSQL with durable commits: `make bench`. Plots are
//! in `target/criterion/report/index.html`.
//!
//! Throughput is in elements a second: an element is an order, and everywhere but in `assign` a
//! committed booking. The baselines write less per booking than the product does (no items, fewer
//! indexes), so the comparison is in their favour.

#[path = "../support/cluster.rs"]
mod cluster;
#[path = "../support/failure.rs"]
mod failure;
#[path = "../support/shop.rs"]
mod shop;

mod assign;
mod baselines;
mod batch;
mod comparison;
mod lanes;
mod ledger;
mod rounds;
mod spare;

use criterion::Criterion;
use tokio::runtime::Runtime;

use cluster::Cluster;
use failure::Failure;
use ledger::Ledger;

fn main() -> Result<(), Failure> {
    let mut criterion = Criterion::default().configure_from_args();
    assign::bench(&mut criterion)?;
    let cluster = Cluster::start("allocator", 200)?;
    let runtime = Runtime::new()?;
    let mut ledger = Ledger::default();
    // Groups that are compared run one after the other.
    lanes::bench(&mut criterion, &runtime, &cluster, &mut ledger)?;
    baselines::bench(&mut criterion, &runtime, &cluster, &mut ledger)?;
    baselines::bench_single(&mut criterion, &cluster, &mut ledger)?;
    batch::bench(&mut criterion, &runtime, &cluster)?;
    criterion.final_summary();
    comparison::print(&ledger);
    spare::print()?;
    drop(runtime);
    Ok(())
}
