//! What the limits cost: memory under ten million addresses, a check, and a whole refusal by the real
//! route table, of an address or of a buyer, without the network: `cargo bench --bench limits`.

#[path = "support/cluster.rs"]
mod cluster;
#[path = "support/failure.rs"]
mod failure;

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Instant;

use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, init_service};
use boxoffice::access::limits::{Bucket, Key, Limits};
use boxoffice::app::App;
use boxoffice::config::{Cli, ServeConfig};
use boxoffice::postgres::Db;
use boxoffice::types::BuyerId;
use boxoffice::web;
use boxoffice::web::view::assets::Assets;
use boxoffice::web::view::theme::Theme;
use clap::Parser;
use criterion::Criterion;

use cluster::Cluster;
use failure::Failure;

const ADDRESSES: u32 = 10_000_000;
const REFUSALS: u32 = 20_000;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Failure> {
    measure_memory();
    measure_refusals()?;
    let mut criterion = Criterion::default().configure_from_args();
    measure_checks(&mut criterion);
    criterion.final_summary();
    Ok(())
}

fn config(flags: &[&str]) -> ServeConfig {
    let words = ["boxoffice"].iter().chain(flags);
    Cli::parse_from(words).serve
}

/// MiB of memory that this process has now.
fn memory_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}

fn measure_memory() {
    let config = config(&[]).limits;
    let before = memory_mib();
    let limits = Limits::new(config);
    let made = memory_mib();
    let began = Instant::now();
    for number in 0..ADDRESSES {
        let key = Key::of_address(IpAddr::V4(number.into()));
        black_box(limits.check(Bucket::Bookings, key)).ok();
    }
    let elapsed = began.elapsed();
    println!(
        "{ADDRESSES} addresses: the table takes {:.1} MiB, the addresses {:.1} MiB more; {:.0} ns each",
        made - before,
        memory_mib() - made,
        elapsed.as_secs_f64() * 1e9 / f64::from(ADDRESSES),
    );
}

fn measure_checks(criterion: &mut Criterion) {
    let key = Key::of_address(IpAddr::V4(7.into()));
    let wide = Limits::new(config(&["--limit-bookings", "1000000/s:1000000"]).limits);
    criterion.bench_function("check, allowed", |bencher| {
        bencher.iter(|| wide.check(Bucket::Bookings, black_box(key)));
    });
    let narrow = Limits::new(config(&["--limit-bookings", "1/h:1"]).limits);
    narrow.check(Bucket::Bookings, key).ok();
    criterion.bench_function("check, refused", |bencher| {
        bencher.iter(|| narrow.check(Bucket::Bookings, black_box(key)));
    });
}

/// A request that is refused.
struct Refused {
    who: &'static str,
    method: Method,
    path: &'static str,
    headers: Vec<(&'static str, String)>,
    /// Whether each comes from another address, so that none of these is refused.
    has_many_addresses: bool,
}

impl Refused {
    fn request(&self, round: u32) -> TestRequest {
        let address = if self.has_many_addresses { round } else { 0 };
        let address = Ipv4Addr::from(0x0a00_0000 + address);
        let mut request = TestRequest::with_uri(self.path)
            .method(self.method.clone())
            .peer_addr(SocketAddr::from((address, 4711)))
            .insert_header(("Host", "shop.example"))
            .insert_header(("Origin", "http://shop.example"))
            .insert_header(("Accept-Encoding", "gzip, br"));
        for (name, value) in &self.headers {
            request = request.insert_header((*name, value.as_str()));
        }
        request
    }
}

fn refused(buyer_token: &str) -> [Refused; 4] {
    let form = "application/x-www-form-urlencoded".to_owned();
    let refused = |who, method, path, headers| Refused {
        who,
        method,
        path,
        headers,
        has_many_addresses: who == "buyer",
    };
    [
        refused("address", Method::POST, "/api/bookings", vec![]),
        refused("address", Method::GET, "/nothing", vec![]),
        refused(
            "buyer",
            Method::POST,
            "/api/bookings",
            vec![("Authorization", format!("Bearer {buyer_token}"))],
        ),
        refused(
            "buyer",
            Method::POST,
            "/events/0/bookings",
            vec![
                ("Cookie", format!("buyer={buyer_token}")),
                ("Content-Type", form),
            ],
        ),
    ]
}

fn measure_refusals() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let cluster = Cluster::start("limits", 20)?;
    runtime.block_on(async {
        let db = Db::new(&cluster.create("limits").await?, 4)?;
        for number in 0..4 {
            // Each with buckets of its own.
            let flags = ["--limit-bookings", "1/h:1", "--limit-reads", "1/h:1"];
            let app = App::new(db.clone(), config(&flags)).expect("settings that fit");
            let token = app.access.buyer_token(BuyerId::make()).await?;
            let state = web::State::new(app, Assets::open(Path::new("static"), Theme::default())?);
            let service = init_service(web::app(&state)).await;
            let refused = &refused(&token)[number];
            let mut times = Vec::new();
            for round in 0..=REFUSALS {
                let request = refused.request(round).set_payload("{}").to_request();
                let began = Instant::now();
                let response = service.call(request).await.expect("a response");
                let status = response.status();
                black_box(to_bytes(response.into_body()).await).ok();
                // The first one is answered.
                if round > 0 {
                    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
                    times.push(began.elapsed());
                }
            }
            // Of what else the machine does the median shows the least.
            times.sort_unstable();
            let micros = times[times.len() / 2].as_secs_f64() * 1e6;
            let Refused {
                who, method, path, ..
            } = refused;
            println!("a refusal of one {who}, {method} {path}: {micros:.2} µs");
        }
        db.close();
        Ok(())
    })
}
