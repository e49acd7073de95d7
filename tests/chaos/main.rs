//! Faults at random moments under mixed load: servers and PostgreSQL are killed and stopped, the network between
//! them goes dark, slow or away, the disk fills up, a clock is wrong, a standby takes over. Meanwhile buyers
//! book, pay and cancel, and readers read.
//!
//! What must hold, whatever happens: every caller is answered within [`WAIT_MAX`], what was acknowledged stays true,
//! one key books once, the invariants hold, and [`BACK_MAX`] after the end of a fault each server
//! books again. `make chaos` makes a thousand faults and prints a table; `make test` makes each kind once and
//! does not judge times. Money is moved by the simulated gateway, or by localstripe: see `provider`. A run prints its seed; `BOXOFFICE_CHAOS_SEED` repeats its random decisions, but not
//! their timing.

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

mod database;
mod faults;
#[path = "../it/provider/keys.rs"]
mod keys;
#[path = "../it/provider/localstripe.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod localstripe;
#[path = "../it/support/process.rs"]
mod process;
#[path = "../it/support/programs.rs"]
mod programs;
mod provider;
#[path = "../it/support/proxy.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod proxy;
mod rng;
mod run;
mod table;
mod workload;

use std::time::Duration;

use provider::Provider;
use rng::Rng;
use run::Run;
use uuid::Uuid;

/// An order's deadline, which `serve --order-deadline-ms` sets, and a little: what else a request asks of
/// the database has limits of its own, and two cores are shared by all processes.
const WAIT_MAX: Duration = Duration::from_millis(run::ORDER_DEADLINE_MS + 1_500);
/// How long after the end of a fault a new order is answered 201.
const BACK_MAX: Duration = Duration::from_secs(5);

/// Between the beginnings of two faults, on average: a thousand take half an hour.
const PACE: Duration = Duration::from_millis(1_800);

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_each_kind_leaves_nothing_that_must_not_be() {
    let mut rng = begin();
    let provider = Provider::start().await;
    let plan = faults::short_plan(&mut rng, &provider.points());
    let run = Run::begin(provider, 16, 8, rng).await;
    let (table, waits) = run.go(&plan, Duration::ZERO).await;
    println!("{table}\n{}", waits.join("\n"));
    assert!(table.violations.is_empty(), "{:#?}", table.violations);
    table.assert_complete(&faults::Kind::ALL);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half an hour: make chaos"]
async fn a_thousand_faults_leave_nothing_that_must_not_be() {
    let mut rng = begin();
    let provider = Provider::start().await;
    let plan = faults::long_plan(&mut rng, &provider.points());
    let run = Run::begin(provider, 48, 16, rng).await;
    let (mut table, waits) = run.go(&plan, PACE).await;
    table.violations.extend(waits);
    println!("{table}");
    assert!(table.violations.is_empty(), "{:#?}", table.violations);
    table.assert_complete(&faults::Kind::ALL);
}

fn begin() -> Rng {
    let seed = std::env::var("BOXOFFICE_CHAOS_SEED").ok();
    let seed = seed.map_or_else(|| Uuid::new_v4().as_u128() as u64, |s| s.parse().unwrap());
    println!("BOXOFFICE_CHAOS_SEED={seed}");
    Rng(seed)
}
