//! nginx in front of the servers, with `deploy/nginx.conf` but for the addresses.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// A running nginx; dropped, it is ended.
pub(crate) struct Nginx {
    process: Child,
    directory: PathBuf,
    pub(crate) address: SocketAddr,
}

impl Nginx {
    /// Starts one on a free port, and returns when it accepts connections.
    pub(crate) fn start(servers: &[SocketAddr]) -> Result<Self, Failure> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let directory = std::env::temp_dir().join(format!("boxoffice-nginx-{}", address.port()));
        fs::create_dir(&directory)?;
        let file = directory.join("nginx.conf");
        fs::write(&file, configuration(servers, address, &directory)?)?;
        let process = Command::new("nginx")
            .args(["-g", "daemon off;", "-e", "stderr", "-c"])
            .arg(&file)
            .env("PATH", path())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("nginx (apt-get install nginx-light): {error}"))?;
        let nginx = Self {
            process,
            directory,
            address,
        };
        let patience = Instant::now() + Duration::from_secs(10);
        while let Err(error) = TcpStream::connect(address) {
            if Instant::now() > patience {
                return Err(format!("nginx does not listen: {error}").into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(nginx)
    }
}

/// Debian has it where only root looks.
fn path() -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{path}:/usr/sbin:/usr/local/sbin")
}

/// The file of the repository, with these addresses, and with nothing written outside of the directory.
fn configuration(
    servers: &[SocketAddr],
    listen: SocketAddr,
    directory: &Path,
) -> io::Result<String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/nginx.conf");
    let mut lines = Vec::new();
    for line in fs::read_to_string(file)?.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["server", "127.0.0.1:8080", rest @ ..] => lines.extend(
                servers
                    .iter()
                    .map(|server| format!("server {server} {}", rest.join(" "))),
            ),
            ["server", "127.0.0.1:8081", ..] => {}
            ["listen", _, rest @ ..] => lines.push(format!("listen {listen} {}", rest.join(" "))),
            ["http", "{"] => {
                lines.push(line.to_owned());
                for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
                    lines.push(format!(
                        "{kind}_temp_path {};",
                        directory.join(kind).display()
                    ));
                }
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.push(format!("pid {};", directory.join("pid").display()));
    Ok(lines.join("\n"))
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers end with it.
        let id = i32::try_from(self.process.id()).ok();
        if let Some(pid) = id.and_then(rustix::process::Pid::from_raw) {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM).ok();
        }
        self.process.wait().ok();
        fs::remove_dir_all(&self.directory).ok();
    }
}
