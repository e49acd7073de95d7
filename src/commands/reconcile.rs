//! `boxoffice reconcile`: compares the books of the payment provider with ours. What must hold: any difference that is left
//! makes the exit status 1; nothing is changed without `--mend`. What is compared, and what can be mended, is decided in
//! `crate::payment`.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::database::Opened;
use super::output::{Failure, say};
use crate::app::App;
use crate::config::{ReconcileArgs, Since};
use crate::payment::{Difference, Kind, Outcome, Reconciled};
use crate::types::{Money, Timestamp};

/// Prints a line for each difference; exits with 1 if any is left.
pub(super) async fn run(opened: Opened, args: ReconcileArgs) -> Result<ExitCode, Failure> {
    opened.db.read_clock().await?;
    let since = match args.since {
        Since::At(time) => time,
        Since::Ago(time) => opened.db.now() - chrono::TimeDelta::from_std(time)?,
    };
    let app = App::new(opened.db, args.serve)?;
    let mut left = 0;
    let mut all = Vec::new();
    // The simulated gateway's books are in the database, where `check` compares them.
    for gateway in app.gateways.all().filter(|it| !it.knows_our_ids()) {
        let provider = gateway.provider();
        let found = app.payments.reconcile(provider, since, args.mend).await?;
        left += found.left() + usize::from(found.is_cut);
        match args.json {
            true => all.push(to_json(provider.as_str(), since, &found)),
            false => print(provider.as_str(), since, &found)?,
        }
    }
    if args.json {
        say(&serde_json::to_string_pretty(&all)?)?;
    } else if app.gateways.all().all(|it| it.knows_our_ids()) {
        say(
            "only the simulated gateway is set up: its books are in the database, and `boxoffice check` compares them",
        )?;
    }
    Ok(ExitCode::from(u8::from(left > 0)))
}

fn print(provider: &str, since: Timestamp, found: &Reconciled) -> Result<(), Failure> {
    for difference in &found.differences {
        say(&line(provider, difference))?;
    }
    if found.is_cut {
        say("there are more differences: choose a shorter time")?;
    }
    let Reconciled {
        listed,
        foreign,
        under_way,
        differences,
        ..
    } = found;
    let (all, left) = (differences.len(), found.left());
    let since = since.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    say(&format!(
        "{provider}: {listed} intents since {since}, {foreign} of them of other programs, {under_way} under way: \
         {all} differences, {left} left"
    ))?;
    Ok(())
}

/// `payment 0192… (pi_3Mt…) of booking 0191…, 50.00 EUR: succeeded at stripe, processing here: settled`
fn line(provider: &str, difference: &Difference) -> String {
    let Difference {
        payment, amount, ..
    } = difference;
    let name = difference.reference.as_ref();
    let name = name.map_or(String::new(), |name| format!(" ({})", name.as_str()));
    let booking = difference.booking;
    let booking = booking.map_or(String::new(), |booking| format!(" of booking {booking}"));
    let theirs = difference.theirs.as_ref();
    let theirs = theirs.map_or("unknown", |state| state.as_str());
    let ours = difference.ours.map_or("unknown", |status| status.as_str());
    let more = match difference.kind {
        Kind::Amount(theirs) => format!(", where it is of {}", shown(theirs)),
        Kind::Refunds(minor) => {
            let theirs = Money { minor, ..*amount };
            format!(", where {} went back", shown(theirs))
        }
        Kind::Twice => ", and charged more than once".to_owned(),
        _ => String::new(),
    };
    let outcome: &str = match &difference.outcome {
        Outcome::Left if can_be_mended(difference.kind) => "can be mended",
        Outcome::Left => "LOOK AT IT",
        Outcome::Settled => "settled",
        Outcome::Cancelled => "cancelled there",
        Outcome::Failed(why) => why,
    };
    let amount = shown(*amount);
    format!(
        "payment {payment}{name}{booking}, {amount}: {theirs} at {provider}{more}, {ours} here: {outcome}"
    )
}

fn can_be_mended(kind: Kind) -> bool {
    matches!(kind, Kind::Unrecorded | Kind::Open)
}

/// `50.00 EUR`
fn shown(amount: Money) -> String {
    let digits = amount.currency.exponent() as usize;
    let code = amount.currency.code();
    if digits == 0 {
        return format!("{} {code}", amount.minor);
    }
    let unit = 10_i64.pow(digits as u32);
    let (whole, part) = (amount.minor / unit, amount.minor % unit);
    format!("{whole}.{part:0digits$} {code}")
}

fn to_json(provider: &str, since: Timestamp, found: &Reconciled) -> Value {
    let differences = found.differences.iter().map(|difference| {
        let (theirs_amount, theirs_refunded) = match difference.kind {
            Kind::Amount(amount) => (Some(amount), None),
            Kind::Refunds(minor) => (None, Some(minor)),
            _ => (None, None),
        };
        let (outcome, reason) = match &difference.outcome {
            Outcome::Left => ("left", None),
            Outcome::Settled => ("settled", None),
            Outcome::Cancelled => ("cancelled", None),
            Outcome::Failed(why) => ("failed", Some(why)),
        };
        json!({
            "kind": difference.kind.as_str(),
            "payment_id": difference.payment.to_string(),
            "booking_id": difference.booking.map(|id| id.to_string()),
            "reference": difference.reference.as_ref().map(|name| name.as_str()),
            "amount": difference.amount,
            "here": difference.ours.map(|status| status.as_str()),
            "there": difference.theirs.as_ref().map(|state| state.as_str()),
            "there_amount": theirs_amount,
            "there_refunded_minor": theirs_refunded,
            "outcome": outcome,
            "reason": reason,
        })
    });
    json!({
        "provider": provider,
        "since": since,
        "listed": found.listed,
        "foreign": found.foreign,
        "under_way": found.under_way,
        "is_cut": found.is_cut,
        "differences": differences.collect::<Vec<_>>(),
    })
}
