//! Compares the answers that buyers got with the database. Nothing is released during a sale, so what is free at
//! its end was free all the time.

use std::collections::{HashMap, HashSet};

use boxoffice::postgres::Db;
use uuid::Uuid;

use crate::failure::Failure;
use crate::sale::{Booking, Reply, Sale};

/// Every violation, in a sentence.
pub(crate) async fn verify(db: &Db, sale: &Sale) -> Result<Vec<String>, Failure> {
    let mut violations = Vec::new();
    let booked = bookings(sale, &mut violations);
    check_twins(sale, &mut violations);
    check_seats(&booked, &mut violations);
    check_stored(db, sale, &booked, &mut violations).await?;
    check_sold_out(db, sale, &mut violations).await?;
    Ok(violations)
}

/// The bookings that buyers know of; each was made for one buyer, and made once.
fn bookings<'a>(sale: &'a Sale, violations: &mut Vec<String>) -> HashMap<Uuid, &'a Booking> {
    let mut made = HashMap::new();
    let mut owners = HashMap::new();
    for sent in &sale.results {
        let Some(booking) = sent.reply.booking() else {
            continue;
        };
        if *owners.entry(booking.id).or_insert(sent.buyer) != sent.buyer {
            violations.push(format!("two buyers were given booking {}", booking.id));
        }
        if matches!(sent.reply, Reply::Booked(_)) && made.insert(booking.id, booking).is_some() {
            violations.push(format!("booking {} was made twice", booking.id));
        }
    }
    // A buyer may have only a replay: the first answer was lost and the request repeated.
    let replayed = sale.results.iter().filter_map(|sent| sent.reply.booking());
    for booking in replayed {
        made.entry(booking.id).or_insert(booking);
    }
    made
}

/// A buyer who sent twice got the same answer twice: the same booking, or no booking.
fn check_twins(sale: &Sale, violations: &mut Vec<String>) {
    let mut first: HashMap<usize, &Reply> = HashMap::new();
    for sent in &sale.results {
        let Some(other) = first.insert(sent.buyer, &sent.reply) else {
            continue;
        };
        let ids = (
            other.booking().map(|booking| booking.id),
            sent.reply.booking().map(|booking| booking.id),
        );
        let same = match ids {
            (Some(one), Some(two)) => one == two,
            // A request that was never answered says nothing.
            (Some(_), None) => !matches!(sent.reply, Reply::SoldOut(_)),
            (None, Some(_)) => !matches!(other, Reply::SoldOut(_)),
            (None, None) => true,
        };
        if !same {
            violations.push(format!(
                "one key, two answers: {other:?} and {:?}",
                sent.reply
            ));
        }
    }
}

/// No seat in two answers, and every answer holds what it says.
fn check_seats(booked: &HashMap<Uuid, &Booking>, violations: &mut Vec<String>) {
    let mut sold = HashSet::new();
    for (id, booking) in booked {
        for item in &booking.items {
            if item.seats.len() != item.quantity as usize {
                violations.push(format!("booking {id} has {} seats", item.seats.len()));
            }
            for seat in &item.seats {
                if !sold.insert((&item.tier, seat)) {
                    violations.push(format!("{} {seat} was sold twice", item.tier));
                }
            }
        }
    }
}

/// The bookings in the answers are in the database, and no others.
async fn check_stored(
    db: &Db,
    sale: &Sale,
    booked: &HashMap<Uuid, &Booking>,
    violations: &mut Vec<String>,
) -> Result<(), Failure> {
    let client = db.patient().get().await?;
    let rows = client
        .query("SELECT id FROM bookings WHERE status = 'pending'", &[])
        .await?;
    let stored: HashSet<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    for id in booked.keys().filter(|id| !stored.contains(*id)) {
        violations.push(format!("booking {id} was answered but is not stored"));
    }
    let answered = |reply: &Reply| !matches!(reply, Reply::Failed(_) | Reply::Overloaded);
    let unanswered = sale.results.iter().filter(|sent| !answered(&sent.reply));
    let unknown = stored.iter().filter(|id| !booked.contains_key(id)).count();
    if unknown > unanswered.count() {
        violations.push(format!(
            "{unknown} bookings are stored that nobody knows of"
        ));
    }
    let row = client
        .query_one(
            "SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL",
            &[],
        )
        .await?;
    let items = booked.values().flat_map(|booking| &booking.items);
    let told: i64 = items.map(|item| i64::from(item.quantity)).sum();
    let taken: i64 = row.get(0);
    if unknown == 0 && taken != told {
        violations.push(format!("{told} tickets were promised, {taken} are taken"));
    }
    println!("tickets taken: {taken}, by {} bookings", stored.len());
    Ok(())
}

/// No answer said "sold out" for as many tickets of a tier as are still free.
async fn check_sold_out(db: &Db, sale: &Sale, violations: &mut Vec<String>) -> Result<(), Failure> {
    let rows = db
        .get()
        .await?
        .query(
            "SELECT t.code, count(*) FILTER (WHERE booking_id IS NULL)
             FROM tickets JOIN tiers AS t USING (event_id, tier_no) GROUP BY tier_no, t.code ORDER BY tier_no",
            &[],
        )
        .await?;
    let free: HashMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let left = rows.iter().map(|row| {
        let (code, free): (&str, i64) = (row.get(0), row.get(1));
        format!("{code} {free}")
    });
    println!("tickets left: {}", left.collect::<Vec<_>>().join(", "));
    for sent in &sale.results {
        let Reply::SoldOut(tiers) = &sent.reply else {
            continue;
        };
        if tiers.is_empty() {
            violations.push("a buyer was told \"sold out\" of nothing".to_owned());
        }
        for tier in tiers {
            let free = free.get(&tier.tier).copied().unwrap_or(i64::MAX);
            if free >= i64::from(tier.asked) {
                violations.push(format!(
                    "{} was told to be sold out for {}, but {free} are left",
                    tier.tier, tier.asked
                ));
            }
        }
    }
    Ok(())
}
