//! `boxoffice create-event`: creates one event with its tickets and prints it as JSON. Validation is in
//! `catalog::create`; only the command line's own syntax is parsed before.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::{Value, json};

use super::database::Opened;
use super::organisation;
use super::output::{Failure, say};
use crate::catalog::{self, Access, Catalog, Event, Facts, NewEvent, NewTier, NewVenue};
use crate::price::Charges;

use crate::config::{CreateEventArgs, SeatsArg};
use crate::picture;
use crate::seating::{Position, SeatKind, parse_label};
use crate::types::{TierCode, json};

/// Bytes that are read from standard input at most.
const FACTS_BYTES_MAX: u64 = 1024 * 1024;

/// Creates it and prints it.
pub(super) async fn run(opened: Opened, args: CreateEventArgs) -> Result<ExitCode, Failure> {
    organisation::require(&opened.db, args.organisation).await?;
    let known = args
        .facts
        .as_deref()
        .map_or_else(|| Ok(FactsFile::default()), read_facts)?;
    let mut kinds = kinds(&args)?;
    let picture = match (&args.picture, &args.pictures_dir) {
        (Some(file), Some(directory)) => Some(picture::take(file, directory)?),
        _ => None,
    };
    let tiers = args.tiers.into_iter().map(|tier| NewTier {
        kinds: kinds.remove(&tier.code).unwrap_or_default(),
        code: tier.code,
        name: tier.name,
        price_minor: tier.price_minor,
        capacity: tier.capacity,
        row_blocks: tier.row_blocks,
    });
    let tiers = tiers.collect();
    let event = NewEvent {
        charges: Charges::default(),
        organisation: args.organisation,
        name: args.name,
        description: args.description,
        starts_at: args.starts_at,
        on_sale_at: args.on_sale_at,
        currency: args.currency,
        max_tickets_per_booking: args.max_tickets_per_booking,
        max_tickets_per_buyer: args.max_tickets_per_buyer,
        hold_seconds: args.hold_seconds,
        picture,
        contact: args.contact,
        venue: NewVenue {
            name: args.venue,
            city: args.city,
            country: args.country,
            time_zone: args.time_zone,
            address: known.venue.address,
            accessibility: known.venue.accessibility,
        },
        facts: known.event,
        tiers,
    };
    let id = catalog::create(&opened.db, &event).await?;
    let created = Catalog::new(opened.db.clone())
        .event(id)
        .await?
        .ok_or("the event cannot be read back")?;
    say(&serde_json::to_string_pretty(&printed(&created))?)?;
    Ok(ExitCode::SUCCESS)
}

/// What `--facts` says.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FactsFile {
    event: Facts,
    venue: VenueFacts,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct VenueFacts {
    address: Option<String>,
    accessibility: Vec<Access>,
}

/// Reads the file; an error names the field that does not fit.
fn read_facts(path: &Path) -> Result<FactsFile, Failure> {
    let text = if path == Path::new("-") {
        let mut text = Vec::new();
        std::io::stdin()
            .take(FACTS_BYTES_MAX)
            .read_to_end(&mut text)
            .map(|_| text)
    } else {
        std::fs::read(path)
    };
    let name = path.display();
    let text = text.map_err(|error| format!("--facts {name}: {error}"))?;
    Ok(json::read(&text).map_err(|error| format!("--facts {name}: {error}"))?)
}

/// The seats that are not like others, by tier.
fn kinds(args: &CreateEventArgs) -> Result<HashMap<TierCode, Vec<(Position, SeatKind)>>, Failure> {
    let of_kind = |args: &[SeatsArg], kind| {
        let seats = args
            .iter()
            .flat_map(|arg| arg.seats.iter().map(|seat| (&arg.tier, seat)));
        seats
            .map(|(tier, seat)| (tier.clone(), seat.clone(), kind))
            .collect::<Vec<_>>()
    };
    let mut named = of_kind(&args.wheelchair, SeatKind::Wheelchair);
    named.extend(of_kind(&args.companion, SeatKind::Companion));
    let mut kinds: HashMap<_, Vec<_>> = HashMap::new();
    for (tier, seat, kind) in named {
        if !args.tiers.iter().any(|found| found.code == tier) {
            return Err(format!("there is no tier {tier}").into());
        }
        let position = parse_label(&seat).ok_or_else(|| format!("there is no seat {seat}"))?;
        kinds.entry(tier).or_default().push((position, kind));
    }
    Ok(kinds)
}

/// The event as the operator reads it; `id` is its public id.
fn printed(event: &Event) -> Value {
    let tiers = event.tiers.iter().map(|tier| {
        let labels = |kind| {
            let of_kind = tier.kinds.iter().filter(move |(_, found)| **found == kind);
            of_kind
                .map(|(&seat, _)| tier.label(seat))
                .collect::<Vec<_>>()
        };
        json!({
            "tier": tier.code,
            "name": tier.name,
            "price": event.money(tier.price_minor),
            "seating": if tier.rows.is_some() { "numbered" } else { "general" },
            "capacity": tier.capacity,
            "wheelchair": labels(SeatKind::Wheelchair),
            "companion": labels(SeatKind::Companion),
            // It has just been created, so there are no bookings.
            "available": tier.capacity,
        })
    });
    json!({
        "id": event.id,
        "address": format!("/events/{}", event.address),
        "name": event.name,
        "description": event.description,
        "starts_at": event.starts_at,
        "on_sale_at": event.on_sale_at,
        "currency": event.currency,
        "max_tickets_per_booking": event.max_tickets_per_booking,
        "max_tickets_per_buyer": event.max_tickets_per_buyer,
        "picture": event.picture.as_ref().map(|picture| {
            json!({"name": picture.name, "width": picture.width, "height": picture.height})
        }),
        "contact": event.contact,
        "venue": {
            "name": event.venue.name,
            "city": event.venue.city,
            "country": event.venue.country,
            "time_zone": event.venue.time_zone.name(),
            "address": event.venue.address,
            "accessibility": event.venue.accessibility,
        },
        "facts": event.facts,
        "tiers": tiers.collect::<Vec<_>>(),
    })
}
