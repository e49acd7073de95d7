//! What the limits cost: memory under ten million addresses, a check, and a whole refusal by the real
//! route table, without the network: `cargo bench --bench limits`.

use std::hint::black_box;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, init_service};
use boxoffice::access::limits::{Bucket, Key, Limits};
use boxoffice::app::App;
use boxoffice::config::{Cli, ServeConfig};
use boxoffice::postgres::Db;
use boxoffice::web;
use boxoffice::web::view::assets::Assets;
use clap::Parser;
use criterion::Criterion;

const ADDRESSES: u32 = 10_000_000;
const REFUSALS: u32 = 20_000;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    measure_memory();
    measure_refusals();
    let mut criterion = Criterion::default().configure_from_args();
    measure_checks(&mut criterion);
    criterion.final_summary();
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

fn measure_refusals() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        // Nobody asks it anything.
        let db = Db::new("postgres://localhost/none", 4).expect("an address");
        let flags = ["--limit-bookings", "1/h:1", "--limit-reads", "1/h:1"];
        let assets = Assets::open(Path::new("static")).expect("static files");
        let state = web::State::new(App::new(db, config(&flags)), assets);
        let app = actix_web::App::new().configure(|routes| web::configure(routes, &state));
        let service = init_service(app).await;
        for (method, path) in [(Method::POST, "/api/bookings"), (Method::GET, "/nothing")] {
            let mut elapsed = Duration::ZERO;
            for round in 0..=REFUSALS {
                let request = TestRequest::with_uri(path)
                    .method(method.clone())
                    .peer_addr(SocketAddr::from(([192, 0, 2, 1], 4711)))
                    .insert_header(("Accept-Encoding", "gzip, br"))
                    .set_payload("{}")
                    .to_request();
                let began = Instant::now();
                let response = service.call(request).await.expect("a response");
                let head = began.elapsed();
                let status = response.status();
                let began = Instant::now();
                black_box(to_bytes(response.into_body()).await).ok();
                // The first one is answered.
                if round > 0 {
                    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
                    elapsed += head + began.elapsed();
                }
            }
            let micros = elapsed.as_secs_f64() * 1e6 / f64::from(REFUSALS);
            println!("a refusal of {method} {path}: {micros:.2} µs");
        }
    });
}
