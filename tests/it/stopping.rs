//! How a server process stops: it says first that it is not ready, goes on serving, then drains; nothing that a
//! client leaves half done holds it up.

use std::io::Write;
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::fresh_database;
use crate::support::process::Process;

/// A process that takes an hour to leave and waits as long for a body, unless it is hurried.
const PATIENT: [&str; 6] = [
    "--leave-seconds",
    "3600",
    "--drain-seconds",
    "3600",
    "--body-deadline-ms",
    "600000",
];

fn send(process: &Process, signal: Signal) {
    let pid = Pid::from_raw(process.child.id().cast_signed()).unwrap();
    kill_process(pid, signal).unwrap();
}

async fn status(process: &Process, path: &str) -> Option<u16> {
    let answer = reqwest::get(format!("{}{path}", process.url)).await;
    answer.ok().map(|answer| answer.status().as_u16())
}

/// A connection with half of a body.
fn half_a_body(process: &Process) -> TcpStream {
    let address = process.url.trim_start_matches("http://");
    let mut connection = TcpStream::connect(address).unwrap();
    let half = "POST /api/buyers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    connection.write_all(half.as_bytes()).unwrap();
    connection
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_told_to_stop_is_not_ready_serves_on_and_ends() {
    for (first, second) in [
        (Signal::TERM, Signal::TERM),
        (Signal::HUP, Signal::TERM),
        (Signal::TERM, Signal::INT),
    ] {
        let url = fresh_database().await;
        let mut process = Process::start(&url, &PATIENT, &[], Stdio::inherit()).unwrap();
        assert_eq!(status(&process, "/readyz").await, Some(200));
        let _half = half_a_body(&process);
        send(&process, first);
        let ended = tokio::time::timeout(Duration::from_secs(60), async {
            while status(&process, "/readyz").await != Some(503) {
                assert_eq!(process.ended(), None, "{first:?} does not end it at once");
            }
            assert_eq!(status(&process, "/api/events").await, Some(200));
            assert_eq!(status(&process, "/healthz").await, Some(200));
            send(&process, second);
            loop {
                if let Some(ended) = process.ended() {
                    return ended;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let ended = ended.await.expect("it ends, whatever is half done");
        assert_eq!(ended.code(), Some(0), "{first:?}, {second:?}");
    }
}
