//! What the system says of processes and sockets: `/proc` of Linux.

use std::time::Duration;

use crate::failure::Failure;

/// Ticks of processor time a second, as `/proc` shows it.
const TICKS_PER_SECOND: u64 = 100;

/// Memory of a process or of the kernel, in KiB.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Memory {
    /// Resident.
    pub(crate) rss_kib: u64,
    /// Resident, shared pages divided by those who share them.
    pub(crate) pss_kib: u64,
    /// Buffers of all TCP sockets of the machine, of both ends.
    pub(crate) sockets_kib: u64,
    /// What else the kernel keeps for sockets and files, among everything else.
    pub(crate) slab_kib: u64,
}

impl Memory {
    /// Of some processes together, and of the kernel.
    pub(crate) fn now(processes: &[u32]) -> Result<Self, Failure> {
        let mut memory = Self {
            sockets_kib: 4 * word_after(&read("/proc/net/sockstat")?, "TCP:", "mem")?,
            slab_kib: figure(&read("/proc/meminfo")?, "Slab:")?,
            ..Self::default()
        };
        for process in processes {
            let rollup = read(&format!("/proc/{process}/smaps_rollup"))?;
            memory.rss_kib += figure(&rollup, "Rss:")?;
            memory.pss_kib += figure(&rollup, "Pss:")?;
        }
        Ok(memory)
    }

    /// By how much each has grown.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            rss_kib: self.rss_kib.saturating_sub(before.rss_kib),
            pss_kib: self.pss_kib.saturating_sub(before.pss_kib),
            sockets_kib: self.sockets_kib.saturating_sub(before.sockets_kib),
            slab_kib: self.slab_kib.saturating_sub(before.slab_kib),
        }
    }
}

/// The processor time that some processes have taken so far.
pub(crate) fn processor_time(processes: &[u32]) -> Result<Duration, Failure> {
    let mut ticks = 0;
    for process in processes {
        let stat = read(&format!("/proc/{process}/stat"))?;
        // The name, in parentheses, may have spaces; user and system time are the 12th and 13th words after it.
        let (_, words) = stat.rsplit_once(')').ok_or("no name")?;
        let times = words.split_whitespace().skip(11).take(2);
        ticks += times
            .filter_map(|time| time.parse::<u64>().ok())
            .sum::<u64>();
    }
    Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

fn read(path: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}").into())
}

/// The figure on the line that begins so.
fn figure(text: &str, name: &str) -> Result<u64, Failure> {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let word = line.and_then(|line| line.split_whitespace().next());
    Ok(word.ok_or(format!("no {name}"))?.parse()?)
}

/// The word after that one on the line that begins so.
fn word_after(text: &str, name: &str, word: &str) -> Result<u64, Failure> {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let mut words = line.ok_or(format!("no {name}"))?.split_whitespace();
    words.find(|it| *it == word);
    Ok(words.next().ok_or(format!("no {word}"))?.parse()?)
}
