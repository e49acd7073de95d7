//! `boxoffice doctor`: prints what was found of the database, the disk and the limits of this machine, and what to
//! change. What must hold: exit status 1 if something must be changed; nothing is changed. The judgements are in
//! `crate::doctor`.

use std::process::ExitCode;

use tokio::runtime::Runtime;

use super::database;
use super::output::{Failure, say};
use crate::access::connections::raise_file_limit;
use crate::cluster;
use crate::config::{Capture, DatabaseConfig, DoctorArgs, ServeConfig, Switch};
use crate::doctor::{self, Finding, Verdict};
use crate::gateway::Provider;
use crate::gateway::stripe::config::StripeConfig;

/// How often the disk, and a commit, is timed.
const TIMES: usize = 50;

/// Prints a line for each finding, and what to do.
pub(super) fn run(
    runtime: &Runtime,
    config: &DatabaseConfig,
    args: &DoctorArgs,
) -> Result<ExitCode, Failure> {
    let mut findings = vec![doctor::of_open_files(
        raise_file_limit(),
        args.serve.limits.client_connections,
    )];
    findings.push(of_payments(&args.serve));
    if config.database_url.is_none() {
        let data_dir = config.data_dir();
        cluster::made_by(&data_dir)?;
        findings.extend(cluster::available_bytes(&data_dir).map(doctor::of_space));
        let times = doctor::time_disk(&data_dir, TIMES);
        let cannot = |error| format!("cannot write to {}: {error}", data_dir.display());
        findings.push(doctor::of_disk(&times.map_err(cannot)?));
    }
    let (url, embedded) = database::attach(config)?;
    let of_database = runtime.block_on(async {
        let db = database::connect(&url, config, None).await?.patient();
        let schema = db.verify_schema().await.err();
        let facts = db.facts().await?;
        let mut findings = doctor::of_database(&facts, config.connections);
        findings.push(doctor::of_schema(schema.map(|error| error.to_string())));
        if !facts.is_read_only {
            findings.push(doctor::of_commits(&db.time_commits(TIMES).await?));
        }
        Ok(findings)
    });
    findings.extend(database::stop(embedded, of_database)?);
    print(&findings, args.json)?;
    let is_ill = findings.iter().any(|found| found.verdict == Verdict::Must);
    Ok(ExitCode::from(u8::from(is_ill)))
}

/// Which provider takes payments, in which mode, and whether its webhooks can be verified.
fn of_payments(serve: &ServeConfig) -> Finding {
    let (payment, is_public) = (&serve.payment, serve.is_https());
    let is_allowed = payment.allow_test_payments == Switch::On;
    if payment.gateway_provider == Provider::Simulated && !payment.stripe.is_given() {
        let is_set_up = !is_public || is_allowed;
        let found = "simulated: test mode, no card is charged";
        return doctor::of_provider(found, is_set_up, false, is_public && !is_allowed);
    }
    let account = match StripeConfig::read(&payment.stripe) {
        Ok(account) => account,
        Err(error) => return doctor::of_provider(error.to_string(), false, false, is_public),
    };
    let takes = match payment.gateway_provider {
        Provider::Stripe => "stripe",
        Provider::Simulated => "simulated: test mode, no card is charged; of before: stripe",
    };
    let mode = if account.is_test() { "test" } else { "live" };
    let secrets = account.webhook_secrets.len();
    let capture = match account.capture {
        Capture::Manual => "reserved first",
        Capture::Automatic => "taken at once",
    };
    let found = format!("{takes}: {mode} mode, secrets of webhooks: {secrets}, money is {capture}");
    let is_real = payment.gateway_provider == Provider::Stripe;
    let is_set_up = is_real || !is_public || is_allowed;
    let moves_money = is_real && !account.is_test();
    doctor::of_provider(found, is_set_up, moves_money, is_public && !is_allowed)
}

fn print(findings: &[Finding], is_json: bool) -> Result<(), Failure> {
    if is_json {
        return Ok(say(&serde_json::to_string_pretty(findings)?)?);
    }
    for found in findings {
        let mark = match found.verdict {
            Verdict::Ok => "ok",
            Verdict::Should => "should be changed",
            Verdict::Must => "MUST BE CHANGED",
        };
        let Finding {
            check,
            found,
            remedy,
            ..
        } = found;
        say(&format!("{check}: {found}: {mark}"))?;
        if let Some(remedy) = remedy {
            say(&format!("    {remedy}"))?;
        }
    }
    Ok(())
}
