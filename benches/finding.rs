//! Finding events among very many: searches, filters and mistyped words, each read from the database and not from
//! a cache. The figures of ARCHITECTURE come from here: `make finding`.
//!
//! What is measured is what a reader waits for: the page of the list with its tiers, and for a mistyped word the
//! nearest words and the page of these.

#[path = "support/cluster.rs"]
mod cluster;
#[path = "support/failure.rs"]
mod failure;

use std::sync::Arc;
use std::time::{Duration, Instant};

use boxoffice::catalog::{Catalog, Filters, Genre, Names, index};
use boxoffice::postgres::Db;
use boxoffice::web::view::{names, words};
use clap::Parser;
use hdrhistogram::Histogram;

use cluster::Cluster;
use failure::Failure;

/// Events of a page, as on the list.
const PAGE: usize = 24;

/// Finding events among very many.
#[derive(Debug, Parser)]
struct Args {
    /// Events, at 2,000 venues in 200 cities of 40 countries.
    #[arg(long, default_value_t = 100_000)]
    events: i32,
    /// How often each case is measured, with other words and filters each time.
    #[arg(long, default_value_t = 300)]
    rounds: usize,
    /// Prints the slowest statement of each case.
    #[arg(long)]
    slowest: bool,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Failure> {
    let args = Args::parse();
    let cluster = Cluster::start("finding", 20)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let db = Db::new(&cluster.create("finding").await?, 4)?;
        load(&db, args.events).await?;
        measure(&args, &db).await
    })
}

/// Each table in one statement: names of two words of a vocabulary of 20,000, of which some are used far more than
/// others; a line-up; 15 genres; 8 currencies; over two years.
async fn load(db: &Db, events: i32) -> Result<(), Failure> {
    let began = Instant::now();
    let client = db.patient().get().await?;
    client
        .batch_execute(include_str!("support/finding.sql"))
        .await?;
    let genres: Vec<&str> = Genre::ALL.iter().map(|genre| genre.as_str()).collect();
    let insert = include_str!("support/finding_events.sql");
    client.execute(insert, &[&events, &genres]).await?;
    client
        .batch_execute(
            "INSERT INTO tiers (event_id, tier_no, code, name, price_minor, capacity, seating)
             SELECT event_id, 1, 'ga', 'GA', 500 + event_id * 7919 % 20000, 4, 'general' FROM events;
             INSERT INTO tickets (event_id, tier_no, seat_no)
             SELECT event_id, 1, n FROM events, generate_series(1, 4) AS n",
        )
        .await?;
    drop(client);
    let filled = index::fill(&db.patient()).await?;
    let client = db.patient().get().await?;
    client.batch_execute("VACUUM (ANALYZE)").await?;
    println!("{filled} events in {:.0} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// What events have, to look for.
struct Known {
    names: Arc<Names>,
    words: Vec<String>,
    performers: Vec<String>,
    cities: Vec<String>,
    countries: Vec<String>,
}

impl Known {
    async fn read(db: &Db) -> Result<Self, Failure> {
        let client = db.get().await?;
        let column = async |query: &str| -> Result<Vec<String>, Failure> {
            let rows = client.query(query, &[]).await?;
            Ok(rows.iter().map(|row| row.get(0)).collect())
        };
        Ok(Self {
            names: names::of(&words::offered()[0]),
            // As often as they are used.
            words: column("SELECT split_part(name, ' ', 1 + (event_id % 2)::int) FROM events ORDER BY event_id LIMIT 20000").await?,
            performers: column("SELECT lineup[1] FROM events ORDER BY event_id LIMIT 5000").await?,
            cities: column("SELECT DISTINCT city FROM venues ORDER BY 1").await?,
            countries: column("SELECT DISTINCT country FROM venues ORDER BY 1").await?,
        })
    }

    fn search(&self, text: &str) -> Filters {
        Filters {
            words: self.names.words(text),
            ..Filters::default()
        }
    }
}

fn any(of: &[String]) -> &str {
    &of[fastrand::usize(..of.len())]
}

/// A word with two neighbouring letters changed over, one left out, or one replaced.
fn mistyped(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = fastrand::usize(1..letters.len().max(3) - 1);
    match fastrand::u8(..3) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        _ => letters[at] = fastrand::lowercase(),
    }
    letters.into_iter().collect()
}

fn days(from: u64, count: u64) -> Filters {
    let today = boxoffice::types::clock::local().date_naive();
    Filters {
        from: today.checked_add_days(chrono::Days::new(from)),
        to: today.checked_add_days(chrono::Days::new(from + count)),
        ..Filters::default()
    }
}

type Case = (&'static str, fn(&Known) -> Filters);

fn genre() -> Option<Genre> {
    Some(Genre::ALL[fastrand::usize(..Genre::ALL.len())])
}

const CASES: &[Case] = &[
    ("everything", |_| Filters::default()),
    ("search: a word of the name", |k| k.search(any(&k.words))),
    ("search: the commonest word", |k| k.search("night")),
    ("search: a performer", |k| k.search(any(&k.performers))),
    ("search: two words of different events", |k| {
        k.search(&format!("{} {}", any(&k.words), any(&k.words)))
    }),
    ("search: a word and a city", |k| {
        k.search(&format!("{} {}", any(&k.cities), any(&k.words)))
    }),
    ("search: a genre and a country", |_| Filters::default()),
    ("search: the beginning of a word", |k| {
        k.search(&any(&k.words).chars().take(4).collect::<String>())
    }),
    ("search: two letters", |k| {
        k.search(&any(&k.words).chars().take(2).collect::<String>())
    }),
    ("filter: city", |k| Filters {
        city: Some(any(&k.cities).to_lowercase()),
        ..Filters::default()
    }),
    ("filter: country and genre", |k| Filters {
        country: Some(any(&k.countries).into()),
        genre: genre(),
        ..Filters::default()
    }),
    ("filter: city, genre, 30 days", |k| Filters {
        city: Some(any(&k.cities).to_lowercase()),
        genre: genre(),
        ..days(fastrand::u64(..600), 30)
    }),
    ("filter: a day", |_| days(fastrand::u64(..600), 0)),
    ("filter: cheap", |_| Filters {
        price_max: "EUR"
            .parse()
            .ok()
            .map(|currency| (fastrand::i64(400..2_000), currency)),
        ..Filters::default()
    }),
    ("filter: nothing fits", |k| Filters {
        city: Some(any(&k.cities).to_lowercase()),
        price_max: "EUR".parse().ok().map(|currency| (1, currency)),
        ..Filters::default()
    }),
    ("search and filter", |k| Filters {
        genre: genre(),
        ..k.search(any(&k.words))
    }),
    ("search and filter: nothing fits", |k| Filters {
        country: Some("AQ".into()),
        ..k.search("night live")
    }),
    ("mistyped: a word of the name", |k| {
        k.search(&mistyped(any(&k.words)))
    }),
    ("mistyped: a city", |k| k.search(&mistyped(any(&k.cities)))),
    ("mistyped: both words", |k| {
        k.search(&format!(
            "{} {}",
            mistyped(any(&k.words)),
            mistyped(any(&k.cities))
        ))
    }),
    ("mistyped beyond recognition", |_| Filters::default()),
];

async fn measure(args: &Args, db: &Db) -> Result<(), Failure> {
    let known = Known::read(db).await?;
    fastrand::seed(1);
    println!(
        "{:<40} {:>6} {:>6} {:>6} {:>6} ms  found  meant",
        "", "p50", "p95", "p99", "max"
    );
    let mut all = Histogram::<u64>::new(3)?;
    for (name, case) in CASES {
        let mut times = Histogram::<u64>::new(3)?;
        let (mut found, mut meant) = (0, 0);
        let mut slowest = (Duration::ZERO, Filters::default());
        for _ in 0..args.rounds {
            let filters = match *name {
                "search: a genre and a country" => known.search("concert portugal"),
                "mistyped beyond recognition" => {
                    let letters = std::iter::repeat_with(fastrand::lowercase);
                    known.search(&letters.take(9).collect::<String>())
                }
                _ => case(&known),
            };
            // Without what it remembers.
            let catalog = Catalog::new(db.clone());
            let began = Instant::now();
            let page = catalog
                .upcoming(filters.clone(), &known.names, None, PAGE)
                .await?;
            let took = began.elapsed();
            times.record(took.as_micros() as u64)?;
            found += usize::from(!page.events.is_empty());
            meant += usize::from(page.did_you_mean.is_some());
            if took > slowest.0 {
                slowest = (took, filters);
            }
        }
        line(name, &times);
        println!(
            "  {:>5.0}%  {:>5.0}%",
            share(found, args.rounds),
            share(meant, args.rounds)
        );
        if args.slowest {
            println!("    {:?}", slowest.1);
        }
        all.add(&times)?;
    }
    line("all", &all);
    println!();
    Ok(())
}

fn share(part: usize, of: usize) -> f64 {
    part as f64 * 100.0 / of as f64
}

fn line(name: &str, times: &Histogram<u64>) {
    let at = |quantile| times.value_at_quantile(quantile) as f64 / 1_000.0;
    print!(
        "{name:<40} {:>6.1} {:>6.1} {:>6.1} {:>6.1}   ",
        at(0.5),
        at(0.95),
        at(0.99),
        times.max() as f64 / 1_000.0
    );
}
