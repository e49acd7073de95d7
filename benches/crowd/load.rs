//! A load process: some of the people, and what it tells the program that has started it.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

use crate::failure::Failure;
use crate::person::{Crowd, Person};
use crate::plan::{ARRIVED, BOOK, MEASURE, Plan, Report};

/// A load process, as the program sees it; dropped, it is killed.
pub(crate) struct Load {
    process: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Load {
    /// Starts this program once more.
    pub(crate) fn start(plan: &Plan) -> Result<Self, Failure> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("--load")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let to = process.stdin.take().ok_or("no standard input")?;
        let from = process.stdout.take().ok_or("no standard output")?;
        let from = BufReader::new(from).lines();
        let mut load = Self { process, to, from };
        load.tell(&serde_json::to_string(plan)?)?;
        Ok(load)
    }

    /// Sends a line.
    pub(crate) fn tell(&mut self, line: &str) -> Result<(), Failure> {
        Ok(writeln!(self.to, "{line}")?)
    }

    /// Waits for a line.
    pub(crate) fn hear(&mut self) -> Result<String, Failure> {
        Ok(self.from.next().ok_or("a load process has ended")??)
    }

    /// What happened to its people, once all have booked.
    pub(crate) fn report(mut self) -> Result<Report, Failure> {
        let report = serde_json::from_str(&self.hear()?)?;
        self.process.wait()?;
        Ok(report)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.process.kill().ok();
            self.process.wait().ok();
        }
    }
}

/// Is a load process.
pub(crate) fn run() -> Result<(), Failure> {
    boxoffice::access::connections::raise_file_limit();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (sender, mut words) = mpsc::unbounded_channel();
    let mut plan = String::new();
    std::io::stdin().read_line(&mut plan)?;
    let plan: Plan = serde_json::from_str(&plan)?;
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            sender.send(line).ok();
        }
    });
    let report = LocalSet::new().block_on(&runtime, live(plan, &mut words))?;
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

async fn live(plan: Plan, words: &mut mpsc::UnboundedReceiver<String>) -> Result<Report, Failure> {
    let (ring, bell) = watch::channel(None);
    let crowd = Rc::new(Crowd {
        plan,
        began: Instant::now(),
        arrived: Cell::new(0),
        report: RefCell::default(),
        bell,
    });
    let (first, end) = (crowd.plan.first, crowd.plan.end);
    let people: Vec<_> = (first..end)
        .map(|number| {
            let crowd = crowd.clone();
            tokio::task::spawn_local(Person { number, crowd }.live())
        })
        .collect();
    while crowd.arrived.get() < people.len() {
        sleep(Duration::from_millis(50)).await;
    }
    println!("{ARRIVED}");
    loop {
        match words.recv().await.as_deref() {
            Some(MEASURE) => crowd.report.borrow_mut().looks.clear(),
            Some(BOOK) => break,
            _ => return Err("the program has ended".into()),
        }
    }
    ring.send(Some(Instant::now()))?;
    for person in people {
        person.await?;
    }
    Ok(crowd.report.take())
}
