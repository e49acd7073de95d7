//! Clients that are slow, greedy, or speak no HTTP: each is ended, and nobody else notices.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;

use crate::support::connection::Connection;
use crate::support::process::Process;
use crate::support::{Server, fresh_database, general, with_server, with_settings};

const GET: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
/// Bytes that the kernel receives ahead for a client that reads nothing: as few as it allows.
const FEW_BYTES: Option<u32> = Some(2048);

/// Waits until the server has so many connections of clients. How long that took.
async fn until_connections(server: &Server, expected: usize) -> Duration {
    let began = Instant::now();
    while server.app.connections.count() != expected {
        assert!(began.elapsed() < Duration::from_secs(10), "{expected}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    began.elapsed()
}

/// Sends a part of a request, then nothing, until the server closes the connection.
async fn end(mut connection: Connection, begin: &str) -> Duration {
    let began = Instant::now();
    connection.send(begin).await;
    connection.closed_after().await;
    began.elapsed()
}

/// Sends a part of a request, then a byte from time to time, until the server closes the connection.
async fn drip(connection: Connection, begin: &str) -> Duration {
    let mut connection = connection;
    let began = Instant::now();
    connection.send(begin).await;
    loop {
        let closed = connection.closed_after();
        let closed = tokio::time::timeout(Duration::from_millis(50), closed).await;
        if closed.is_ok() {
            return began.elapsed();
        }
        assert!(began.elapsed() < Duration::from_secs(5), "it is open");
        connection.send("x").await;
    }
}

#[tokio::test]
async fn a_head_that_does_not_arrive_ends_its_connection() {
    with_settings(&["--head-deadline-ms", "400"], async |server| {
        let soon = Duration::from_millis(300)..Duration::from_millis(1900);
        let half = "GET /healthz HTTP/1.1\r\nHost: ";
        for begin in ["", half] {
            let silent = Connection::open(&server.url).await;
            let after = end(silent, begin).await;
            assert!(soon.contains(&after), "{after:?}");
            let slow = Connection::open(&server.url).await;
            let after = drip(slow, begin).await;
            assert!(soon.contains(&after), "{after:?}");
        }
        for before in [GET, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"] {
            let mut second = Connection::open(&server.url).await;
            second.send(before).await;
            assert_eq!(second.status().await, Some(200));
            let after = drip(second, half).await;
            assert!(soon.contains(&after), "{after:?}");
        }
        until_connections(server, 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_body_that_does_not_arrive_ends_its_connection() {
    let flags = ["--body-deadline-ms", "400", "--head-deadline-ms", "300"];
    with_settings(&flags, async |server| {
        let id = uuid::Uuid::new_v4();
        for path in [
            "/api/bookings".to_owned(),
            "/api/payments".into(),
            "/api/payments/webhook".into(),
            format!("/events/{id}/bookings"),
            format!("/bookings/{id}/payments"),
        ] {
            for length in ["Content-Length: 100", "Transfer-Encoding: chunked"] {
                let began = Instant::now();
                let mut client = Connection::open(&server.url).await;
                let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\n3\r\n");
                client.send(&head).await;
                assert_eq!(client.status().await, Some(408), "{path} {length}");
                let took = began.elapsed();
                assert!(took > Duration::from_millis(300), "{path}: {took:?}");
                assert!(took < Duration::from_millis(1900), "{path}: {took:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_body_that_nobody_reads_does_not_keep_its_connection() {
    with_settings(&["--head-deadline-ms", "400"], async |server| {
        for length in ["Content-Length: 1000000", "Transfer-Encoding: chunked"] {
            let mut client = Connection::open(&server.url).await;
            let head = format!("POST /buyers HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\nfff\r\n");
            client.send(&head).await;
            assert_eq!(client.status().await, Some(303), "{length}");
            let after = drip(client, "x").await;
            assert!(after < Duration::from_millis(1900), "{length}: {after:?}");
        }
        until_connections(server, 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_is_not_read_is_closed() {
    let flags = ["--reader-deadline-ms", "600", "--streams", "1"];
    with_settings(&flags, async |server| {
        let codes: Vec<_> = (0..60)
            .map(|no| format!("tier-with-a-long-code-{no}"))
            .collect();
        let tiers: Vec<_> = codes.iter().map(|code| general(code, 1)).collect();
        let event = server.event(&tiers).await;
        let path = format!("/api/events/{event}/availability/stream");
        let mut client = Connection::open_with(&server.url, FEW_BYTES).await;
        client
            .send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"))
            .await;
        until_connections(server, 1).await;
        let took = until_connections(server, 0).await;
        assert!(took < Duration::from_millis(1900), "{took:?}");
        // Its room among the streams is another's.
        let other = server.get(&path).await;
        assert_eq!(other.status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_is_read_stays_open() {
    let flags = ["--reader-deadline-ms", "300", "--head-deadline-ms", "300"];
    with_settings(&flags, async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let path = format!("/api/events/{event}/availability/stream");
        let mut stream = server.get(&path).await;
        while !stream.chunk().await.unwrap().unwrap().starts_with(b"event") {}
        let next = tokio::time::timeout(Duration::from_millis(1500), stream.chunk());
        assert!(next.await.is_err(), "nothing has changed");
        assert_eq!(server.app.connections.count(), 1);
    })
    .await;
}

/// KiB of memory that a process has had at most.
fn peak_memory_kib(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let figure = line.unwrap().trim().trim_end_matches(" kB");
    figure.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_not_read_take_little_memory_and_end() {
    let url = fresh_database().await;
    let words = ["serve", "--reader-deadline-ms", "800"];
    let server = Process::start(&url, &words, &[], Stdio::null()).expect("it starts");
    let page = "GET /nothing/here HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut first = Connection::open(&server.url).await;
    first.send(page).await;
    assert_eq!(first.status().await, Some(404));
    let before = peak_memory_kib(&server);
    let mut clients = Vec::new();
    // Few requests with an answer of some length, and as many small ones as the server's buffer holds.
    for requests in [page.repeat(30), page.repeat(5_000)] {
        for _ in 0..10 {
            let mut client = Connection::open_with(&server.url, FEW_BYTES).await;
            // Some of it may stay in the buffers of both sides.
            let sent = client.send(&requests);
            tokio::time::timeout(Duration::from_millis(20), sent)
                .await
                .ok();
            clients.push(client);
        }
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let grown = peak_memory_kib(&server) - before;
    assert!(grown < 16 * 1024, "{grown} KiB");
    for mut client in clients {
        let took = client.closed_after().await;
        assert!(took < Duration::from_millis(500), "{took:?}");
    }
}

#[tokio::test]
async fn a_connection_serves_any_number_of_requests() {
    with_server(async |server| {
        let mut client = Connection::open(&server.url).await;
        let bodies = "POST /buyers HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n\r\n\r\n";
        for request in [GET, "GET /api/status HTTP/1.1\r\nHost: x\r\n\r\n"] {
            for _ in 0..20 {
                client.send(&request.repeat(4)).await;
                for _ in 0..4 {
                    assert_eq!(client.status().await, Some(200));
                }
            }
        }
        client.send(bodies).await;
        assert_eq!(client.status().await, Some(303));
    })
    .await;
}

#[tokio::test]
async fn connections_beyond_those_of_an_address_are_refused() {
    let flags = ["--client-connections-per-address", "3"];
    with_settings(&flags, async |server| refuse_the_fourth(server).await).await;
}

#[tokio::test]
async fn connections_beyond_those_of_all_clients_are_refused() {
    let flags = ["--client-connections", "3", "--trusted-proxy", "127.0.0.1"];
    with_settings(&flags, async |server| refuse_the_fourth(server).await).await;
}

async fn refuse_the_fourth(server: &Server) {
    let mut inside = Vec::new();
    for _ in 0..3 {
        let mut client = Connection::open(&server.url).await;
        client.send(GET).await;
        assert_eq!(client.status().await, Some(200));
        inside.push(client);
    }
    for _ in 0..5 {
        let mut outside = Connection::open(&server.url).await;
        outside.send(GET).await;
        assert_eq!(outside.status().await, None);
    }
    assert_eq!(server.app.connections.refused(), 5);
    for client in &mut inside {
        client.send(GET).await;
        assert_eq!(client.status().await, Some(200));
    }
    inside.pop();
    until_connections(server, 2).await;
    let mut next = Connection::open(&server.url).await;
    next.send(GET).await;
    assert_eq!(next.status().await, Some(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_raises_its_limit_of_files_and_stays_below() {
    let url = fresh_database().await;
    let mut shell = Command::new("sh");
    let script = "ulimit -Sn 50; ulimit -Hn 200; exec \"$@\"";
    shell.args(["-c", script, "sh", env!("CARGO_BIN_EXE_boxoffice")]);
    let server = Process::start_as(shell, &url, &["serve"], &[], Stdio::null()).expect("it starts");
    let mut clients = Vec::new();
    let mut answered = 0;
    for _ in 0..250 {
        let mut client = Connection::open(&server.url).await;
        client.send(GET).await;
        answered += usize::from(client.status().await == Some(200));
        clients.push(client);
    }
    assert_eq!(answered, 150);
    let first = &mut clients[0];
    first.send("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(first.status().await, Some(200));
}

#[tokio::test]
async fn what_is_no_http_is_counted() {
    with_server(async |server| {
        for garbage in [
            "\0\u{1}\u{2}\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "nope\r\n\r\n",
        ] {
            let mut client = Connection::open(&server.url).await;
            client.send(garbage).await;
            assert_eq!(client.status().await, Some(400), "{garbage:?}");
        }
        until_connections(server, 0).await;
        assert_eq!(server.app.connections.bad_requests(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_writes_no_errors_into_the_log() {
    let url = fresh_database().await;
    let path = std::env::temp_dir().join(format!("boxoffice-{}.log", uuid::Uuid::new_v4()));
    for level in [None, Some(("RUST_LOG", "info"))] {
        let log = Stdio::from(File::create(&path).unwrap());
        let server = Process::start(&url, &["serve"], level.as_slice(), log).expect("it starts");
        for _ in 0..20 {
            let mut client = Connection::open(&server.url).await;
            client.send("\0\u{1}\r\n\r\n").await;
            assert_eq!(client.status().await, Some(400));
            client.closed_after().await;
        }
        drop(server);
        let log = std::fs::read_to_string(&path).unwrap();
        assert!(!log.contains("ERROR"), "{log}");
    }
    std::fs::remove_file(&path).ok();
}
