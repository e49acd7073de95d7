//! The memory of a server that is a process of its own.

use super::process::Process;

/// KiB of memory that a process has had at most.
pub(crate) fn peak_kib(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.child.id()));
    let status = status.expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let figure = line.expect("a peak").trim().trim_end_matches(" kB");
    figure.parse().expect("a number")
}
