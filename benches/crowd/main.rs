//! A crowd: tens of thousands of people with a connection each, who follow what is left or look again and again, and
//! who all book within two seconds: `make crowd`.
//!
//! The servers are real processes on one database; the people live in processes of this program, as one may not open
//! so many files. They come from many addresses of the loopback network, as the people of many mobile networks do, and
//! all limits of the servers are in force, rates as well. Someone who follows the stream leaves it to book, over a new
//! connection, as a browser does that leaves a page. Printed are the memory of a connection, how long looks take, how
//! long it takes until all viewers know of a sale, how long orders and the last of them take, and all errors.

#[path = "../support/cluster.rs"]
mod cluster;
#[path = "../support/failure.rs"]
mod failure;
#[path = "../support/http.rs"]
mod http;
#[path = "../support/report.rs"]
mod report;
#[path = "../support/sale.rs"]
mod sale;
#[path = "../support/server.rs"]
mod server;
#[path = "../support/verify.rs"]
mod verify;

mod figures;
mod load;
mod person;
mod plan;
mod system;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use boxoffice::access::connections::raise_file_limit;
use boxoffice::postgres::Db;
use clap::Parser;
use uuid::Uuid;

use cluster::Cluster;
use failure::Failure;
use figures::Change;
use http::{Answer, Connection, order};
use load::Load;
use plan::{ARRIVED, BOOK, MEASURE, Plan, Report, now};
use server::{Server, create_event};
use system::{Memory, processor_time};

/// Files that a process needs besides its connections.
const OTHER_FILES: u64 = 1_500;
/// The time between two changes that are followed to the viewers.
const CHANGE_INTERVAL: Duration = Duration::from_secs(2);

/// A crowd that follows an event and books all at once.
#[derive(Debug, Parser)]
struct Args {
    /// People, each with a connection.
    #[arg(long, default_value_t = 50_000)]
    people: usize,
    /// How many of them follow the stream; the others look again and again.
    #[arg(long, default_value_t = 20_000)]
    viewers: usize,
    /// Server processes on the one database.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=8))]
    servers: u8,
    /// Seconds for which all are there before they book: half of them quiet, half with changes.
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// Seconds within which they come.
    #[arg(long, default_value_t = 60.0)]
    arrival_seconds: f64,
    /// Seconds between two looks.
    #[arg(long, default_value_t = 10.0)]
    look_seconds: f64,
    /// Seconds within which all book.
    #[arg(long, default_value_t = 2.0)]
    press_seconds: f64,
    /// Tickets; without it six for five people.
    #[arg(long)]
    tickets: Option<i32>,
    /// People behind one address, as in a mobile network.
    #[arg(long, default_value_t = 100)]
    people_per_address: usize,
    /// The same number, the same people at the same times.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Settings of the servers besides, with spaces between them.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    settings: String,
    /// Be a load process.
    #[arg(long, hide = true)]
    load: bool,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Args {
    fn tickets(&self) -> i32 {
        let usual = i32::try_from(self.people * 6 / 5).unwrap_or(i32::MAX);
        self.tickets.unwrap_or(usual)
    }

    /// The plans of the load processes.
    fn plans(&self, servers: &[Server], event: Uuid, page: &str, style: &str) -> Vec<Plan> {
        let most = raise_file_limit().saturating_sub(OTHER_FILES).max(100) as usize;
        let processes = self.people.div_ceil(most).max(2);
        // A twentieth more than there is.
        let wanted = f64::from(self.tickets()) * 1.05 / self.people as f64;
        let part = |number: usize| self.people * number / processes;
        (0..processes)
            .map(|number| Plan {
                servers: servers.iter().map(|server| server.address).collect(),
                event,
                page: page.to_owned(),
                style: style.to_owned(),
                first: part(number),
                end: part(number + 1),
                viewers: self.viewers.min(self.people),
                people: self.people,
                people_per_address: self.people_per_address,
                arrival_seconds: self.arrival_seconds,
                look_seconds: self.look_seconds,
                press_seconds: self.press_seconds,
                two_percent: ((wanted - 1.0).clamp(0.0, 1.0) * 100.0).round() as u32,
                seed: self.seed,
            })
            .collect()
    }
}

fn main() -> Result<ExitCode, Failure> {
    let args = Args::parse();
    if args.load {
        load::run()?;
        return Ok(ExitCode::SUCCESS);
    }
    let cluster = Cluster::start("crowd", 40 + 20 * u32::from(args.servers))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let url = runtime.block_on(cluster.create("crowd"))?;
    let event = create_event(&url, &[format!("ga:GA:5000:{}:general", args.tickets())])?;
    runtime.block_on(async { Db::new(&url, 1)?.preallocate_wal(15).await })?;
    let connections = (args.people / usize::from(args.servers) + 500).to_string();
    let settings = [
        "--client-connections",
        &connections,
        "--keep-alive-seconds",
        "30",
    ];
    let settings: Vec<_> = settings
        .into_iter()
        .chain(args.settings.split_whitespace())
        .collect();
    let servers = (0..args.servers)
        .map(|_| Server::start(&url, &settings))
        .collect::<Result<Vec<_>, _>>()?;
    let token = server::create_token(&url)?;

    let crowd = Program {
        args: &args,
        servers: &servers,
        event,
        token,
    };
    let (reports, changes) = crowd.run(&runtime)?;
    let memory: Vec<_> = servers.iter().map(Server::peak_memory_mib).collect();
    for server in servers {
        server.stop()?;
    }
    figures::print_times(&reports);
    figures::print_changes(&reports, &changes);
    let errors = figures::print_errors(&reports);
    let sale = figures::sale(reports, changes);
    report::print(&sale, &memory);
    let violations = runtime.block_on(async {
        let db = Db::new(&url, 2)?;
        verify::verify(&db, &sale).await
    })?;
    let clean = server::boxoffice(&url).arg("check").status()?.success();
    for violation in &violations {
        println!("BROKEN: {violation}");
    }
    if violations.is_empty() && clean && errors == 0 {
        println!("every ticket sold once, every answer kept, no error");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// What is done to the crowd.
struct Program<'a> {
    args: &'a Args,
    servers: &'a [Server],
    event: Uuid,
    token: String,
}

impl Program<'_> {
    /// From the first arrival to the last answer.
    fn run(
        &self,
        runtime: &tokio::runtime::Runtime,
    ) -> Result<(Vec<Report>, Vec<Change>), Failure> {
        let processes: Vec<_> = self
            .servers
            .iter()
            .map(|server| server.process.id())
            .collect();
        // What a server makes at its first request is not a connection's.
        let mut changes = Vec::new();
        for server in 0..self.servers.len() {
            changes.push(runtime.block_on(self.change(server))?);
        }
        let page = runtime.block_on(self.path("/events/"))?;
        let style = runtime.block_on(self.path("/static/style"))?;
        let before = Memory::now(&processes)?;
        let plans = self.args.plans(self.servers, self.event, &page, &style);
        println!(
            "{} people in {} processes come to {} servers, {} follow the stream ...",
            self.args.people,
            plans.len(),
            self.servers.len(),
            self.args.viewers.min(self.args.people)
        );
        let began = Instant::now();
        let mut loads = plans
            .iter()
            .map(Load::start)
            .collect::<Result<Vec<_>, _>>()?;
        for load in &mut loads {
            if load.hear()? != ARRIVED {
                return Err("a load process says something else".into());
            }
        }
        println!("all are there after {:.1} s", began.elapsed().as_secs_f64());
        let each = |load: &mut Load, word| load.tell(word);
        loads.iter_mut().try_for_each(|load| each(load, MEASURE))?;
        let half = Duration::from_secs(self.args.seconds.into()) / 2;
        let time = processor_time(&processes)?;
        std::thread::sleep(half);
        let time = processor_time(&processes)? - time;
        figures::print_memory(Memory::now(&processes)?.since(before), self.args.people);
        println!(
            "processor time of the servers while nothing changes: {:.1}% of a core",
            100.0 * time.as_secs_f64() / half.as_secs_f64()
        );
        let (began, time) = (Instant::now(), processor_time(&processes)?);
        while began.elapsed() < half {
            std::thread::sleep(CHANGE_INTERVAL);
            let server = changes.len() % self.servers.len();
            changes.push(runtime.block_on(self.change(server))?);
        }
        std::thread::sleep(CHANGE_INTERVAL);
        println!(
            "while a ticket is sold every {} s: {:.1}%",
            CHANGE_INTERVAL.as_secs(),
            100.0 * (processor_time(&processes)? - time).as_secs_f64()
                / began.elapsed().as_secs_f64()
        );
        loads.iter_mut().try_for_each(|load| each(load, BOOK))?;
        let reports = loads.into_iter().map(Load::report);
        let reports = reports.collect::<Result<Vec<_>, _>>()?;
        figures::print_memory(Memory::now(&processes)?.since(before), self.args.people);
        Ok((reports, changes))
    }

    /// The first path in the list of events that begins so: of the only event's page, or of a style sheet.
    async fn path(&self, begin: &str) -> Result<String, Failure> {
        let mut connection = Connection::open(self.servers[0].address).await?;
        let list = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let list = String::from_utf8(connection.send(list).await?.body)?;
        let mut words = list.split('"').filter(|word| word.starts_with(begin));
        let path = words.next().ok_or("the list of events lacks a path")?;
        Ok(path.to_owned())
    }

    /// Sells one ticket through this server.
    async fn change(&self, server: usize) -> Result<Change, Failure> {
        let mut connection = Connection::open(self.servers[server].address).await?;
        let buyer = Some(Uuid::new_v4());
        let request = order(self.event, &self.token, buyer, &[("ga", 1)]);
        let sent = now();
        let answer: Answer = connection.send(&request).await?;
        if answer.status != 201 {
            return Err(format!("a change was answered by {}", answer.status).into());
        }
        let booked = now();
        Ok(Change {
            server,
            sent,
            booked,
            answer,
        })
    }
}
