//! Clients that are slow, greedy, or speak no HTTP: each is ended, and nobody else notices.

use std::process::{Command, Stdio};
use std::time::Duration;

use reqwest::StatusCode;

use crate::support::connection::Connection;
use crate::support::process::Process;
use crate::support::{Server, fresh_database, general, memory, order, with_server, with_settings};

const GET: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
/// The rest of the head of a form that our own page sends.
const OF_US: &str = "HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n";
/// Bytes that the kernel receives ahead for a client that reads nothing: as few as it allows.
const FEW_BYTES: Option<u32> = Some(2048);

/// Waits until the server has so many connections of clients.
async fn until_connections(server: &Server, expected: usize) {
    let count = async {
        while server.app.connections.count() != expected {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let patience = Duration::from_secs(20);
    let came = tokio::time::timeout(patience, count).await;
    came.unwrap_or_else(|_| panic!("{} connections", server.app.connections.count()));
}

#[tokio::test]
async fn a_head_that_does_not_arrive_ends_its_connection() {
    with_settings(&["--head-deadline-ms", "400"], async |server| {
        let half = "GET /healthz HTTP/1.1\r\nHost: ";
        for begin in ["", half] {
            let mut silent = Connection::open(&server.url).await;
            silent.send(begin).await;
            silent.closed().await;
            let mut slow = Connection::open(&server.url).await;
            slow.send(begin).await;
            slow.closed_while_it_sends().await;
        }
        for before in [GET, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"] {
            let mut second = Connection::open(&server.url).await;
            second.send(before).await;
            assert_eq!(second.status().await, Some(200));
            second.send(half).await;
            second.closed_while_it_sends().await;
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
                let mut client = Connection::open(&server.url).await;
                let head = format!("POST {path} {OF_US}{length}\r\n\r\n3\r\n");
                client.send(&head).await;
                assert_eq!(client.status().await, Some(408), "{path} {length}");
                client.closed().await;
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
            let head = format!("POST /buyers/code {OF_US}{length}\r\n\r\nfff\r\n");
            client.send(&head).await;
            assert_eq!(client.status().await, Some(303), "{length}");
            client.closed_while_it_sends().await;
        }
        until_connections(server, 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_is_not_read_is_closed_and_one_that_is_read_stays_open() {
    let flags = [
        "--reader-deadline-ms",
        "600",
        "--head-deadline-ms",
        "300",
        "--streams",
        "2",
    ];
    with_settings(&flags, async |server| {
        let codes: Vec<_> = (0..60)
            .map(|no| format!("tier-with-a-long-code-{no}"))
            .collect();
        let tiers: Vec<_> = codes.iter().map(|code| general(code, 1)).collect();
        let event = server.event(&tiers).await;
        let path = format!("/api/events/{event}/availability/stream");
        let mut read = server.get(&path).await;
        while !read.chunk().await.unwrap().unwrap().starts_with(b"event") {}
        let mut unread = Connection::open_with(&server.url, FEW_BYTES).await;
        unread
            .send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"))
            .await;
        until_connections(server, 2).await;
        until_connections(server, 1).await;
        // Whoever came later than the reader has met the other deadline, too.
        let mut silent = Connection::open(&server.url).await;
        silent.closed().await;
        // Its room among the streams is another's.
        let other = server.get(&path).await;
        assert_eq!(other.status(), StatusCode::OK);
        server
            .book(&order(event, uuid::Uuid::new_v4(), &[(&codes[0], 1)]))
            .await
            .made();
        let mut chunk = async || read.chunk().await.unwrap().expect("it is open");
        while !chunk().await.starts_with(b"event") {}
    })
    .await;
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
    let before = memory::peak_kib(&server);
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
    for client in &mut clients {
        client.closed_unread().await;
    }
    let grown = memory::peak_kib(&server) - before;
    assert!(grown < 16 * 1024, "{grown} KiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_connection_keeps_does_not_grow_with_the_longest_answer() {
    let url = fresh_database().await;
    let words = ["serve", "--keep-alive-seconds", "60"];
    let server = Process::start(&url, &words, &[], Stdio::null()).expect("it starts");
    let page = reqwest::get(format!("{}/nothing", server.url)).await;
    let page = page.unwrap().text().await.unwrap();
    let style = page.split('"').find(|it| it.starts_with("/static/style"));
    let style = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", style.unwrap());
    let (mut clients, mut peaks) = (Vec::new(), Vec::new());
    for count in [100, 500] {
        for _ in 0..count {
            let mut client = Connection::open(&server.url).await;
            client.send(&style).await;
            assert_eq!(client.status().await, Some(200));
            clients.push(client);
        }
        peaks.push(memory::peak_kib(&server));
    }
    // The style sheet has 29 KB.
    let kept = (peaks[1] - peaks[0]) / 500;
    assert!(kept < 20, "{kept} KiB");
}

#[tokio::test]
async fn a_connection_that_is_idle_is_closed_when_the_settings_say_so() {
    with_settings(&["--keep-alive-seconds", "1"], async |server| {
        let patient = Server::start(server.database_url(), &["--keep-alive-seconds", "600"]).await;
        let mut idle = Connection::open(&patient.url).await;
        idle.send(GET).await;
        assert_eq!(idle.status().await, Some(200));
        // Twice, as both would end together if neither server did what it is told.
        for _ in 0..2 {
            let mut client = Connection::open(&server.url).await;
            client.send(GET).await;
            assert_eq!(client.status().await, Some(200));
            client.closed().await;
        }
        idle.send(GET).await;
        assert_eq!(idle.status().await, Some(200));
        drop(idle);
        patient.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_connection_serves_any_number_of_requests() {
    with_server(async |server| {
        let mut client = Connection::open(&server.url).await;
        let bodies = format!("POST /buyers {OF_US}Content-Length: 4\r\n\r\n\r\n\r\n");
        for request in [GET, "GET /api/status HTTP/1.1\r\nHost: x\r\n\r\n"] {
            for _ in 0..20 {
                client.send(&request.repeat(4)).await;
                for _ in 0..4 {
                    assert_eq!(client.status().await, Some(200));
                }
            }
        }
        client.send(&bodies).await;
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
