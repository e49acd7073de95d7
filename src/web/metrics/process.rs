//! What the process takes of the machine, as the kernel says; nothing where there is no /proc.

use std::fmt;
use std::fs;

use crate::metrics::Sheet;

/// Tells it.
pub(super) fn tell(sheet: &mut Sheet<'_>) -> fmt::Result {
    if let Some(bytes) = resident_bytes() {
        sheet.gauge(
            "process_resident_memory_bytes",
            "Memory of this process",
            bytes,
        )?;
    }
    if let Some(seconds) = cpu_seconds() {
        let help = "Processor time that this process has taken";
        sheet.seconds("process_cpu_seconds", help, seconds)?;
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        let open = files.count() as f64;
        sheet.gauge(
            "process_open_files",
            "Files and sockets that are open",
            open,
        )?;
    }
    Ok(())
}

fn resident_bytes() -> Option<f64> {
    let pages = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: f64 = pages.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as f64)
}

fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name of the program, which may hold spaces: user and system time are the 12th and 13th.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut ticks = rest.split(' ').skip(11);
    let mut next = || ticks.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / rustix::param::clock_ticks_per_second() as f64)
}
