//! How a server process stops: it says first that it is not ready, goes on serving, then drains; nothing that a
//! client leaves half done holds it up; and the next one goes on where it has stopped.

use std::io::Write;
use std::net::TcpStream;
#[cfg(target_os = "linux")]
use std::os::unix::net::UnixDatagram;
#[cfg(target_os = "linux")]
use std::process::Command;
use std::process::Stdio;
#[cfg(target_os = "linux")]
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::directory::Directory;
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

/// Tells it to stop, and waits until it has.
pub(crate) fn stop(mut process: Process) {
    send(&process, Signal::TERM);
    process.child.wait().expect("it ends");
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

/// Starts a server on a socket that it inherits, as a supervisor does, and waits until it has told that it is open.
#[cfg(target_os = "linux")]
fn start_on(socket: &std::net::TcpListener, database_url: &str, notices: &UnixDatagram) -> Process {
    use std::os::fd::AsRawFd;
    let path = notices.local_addr().unwrap();
    let path = path.as_pathname().unwrap().to_owned();
    // LISTEN_PID must be the server's own: the shell's, which becomes the server. What is passed on begins at 3.
    let fd = socket.as_raw_fd();
    let script = format!("exec 3<&{fd}; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\"");
    let flags = rustix::io::fcntl_getfd(socket).unwrap();
    rustix::io::fcntl_setfd(socket, flags - rustix::io::FdFlags::CLOEXEC).unwrap();
    let mut command = Command::new("bash");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_boxoffice")]);
    command.env("NOTIFY_SOCKET", path);
    let words = ["--leave-seconds", "0"];
    let process = Process::start_as(command, database_url, &words, &[], Stdio::inherit());
    rustix::io::fcntl_setfd(socket, flags).unwrap();
    let process = process.expect("a server");
    assert_eq!(notice(notices), "READY=1");
    process
}

/// The next thing that a server tells its supervisor.
#[cfg(target_os = "linux")]
fn notice(notices: &UnixDatagram) -> String {
    let mut text = [0; 256];
    let length = notices.recv(&mut text).expect("a notice");
    String::from_utf8_lossy(&text[..length]).trim().to_owned()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_on_an_inherited_socket_refuses_no_connection_and_leaves_no_request_unanswered() {
    let url = fresh_database().await;
    let directory = Directory::new();
    let notices = UnixDatagram::bind(directory.join("socket")).unwrap();
    notices
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/api/events", socket.local_addr().unwrap());
    let mut server = start_on(&socket, &url, &notices);
    assert!(
        address.starts_with(&server.url),
        "{} is not {address}",
        server.url
    );

    let stop = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (address, stop, answered) = (address.clone(), stop.clone(), answered.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    // A connection for each request: one that is kept may be closed by a server that leaves.
                    let client = reqwest::Client::builder().pool_max_idle_per_host(0);
                    let request = client
                        .build()
                        .unwrap()
                        .get(&address)
                        .header("Connection", "close");
                    let answer = request.send().await.expect("an answer");
                    assert_eq!(answer.status(), 200);
                    answer.bytes().await.expect("all of it");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for _ in 0..3 {
        let enough = answered.load(Ordering::Relaxed) + 50;
        while answered.load(Ordering::Relaxed) < enough {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        send(&server, Signal::TERM);
        assert_eq!(notice(&notices), "STOPPING=1");
        while server.ended().is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // Nobody accepts now: whoever connects waits.
        server = start_on(&socket, &url, &notices);
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("every request is answered");
    }
}
