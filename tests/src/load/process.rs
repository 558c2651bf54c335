//! The server as a process: started, measured from `/proc`, killed when it is no longer needed.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// `getconf CLK_TCK`, the same on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;
const PATIENCE: Duration = Duration::from_secs(20);

/// Dropping it kills the process.
pub struct Process {
    child: Child,
    id: u32,
}

impl Process {
    /// Starts a server that says nothing; it is ready once it listens at the address.
    pub async fn listening(mut command: Command, log: &Path, at: &str) -> anyhow::Result<Self> {
        let log = fs::File::create(log)?;
        command.stdout(Stdio::from(log.try_clone()?)).stderr(Stdio::from(log));
        let process = Self::spawn(command)?;
        let ready = async {
            while TcpStream::connect(at).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ready).await.context("the server does not listen")?;
        Ok(process)
    }

    /// Starts a server that prints a line once it is ready; returns that line.
    pub async fn telling(mut command: Command, log: &Path) -> anyhow::Result<(Self, String)> {
        command.stdout(Stdio::piped()).stderr(Stdio::from(fs::File::create(log)?));
        let mut process = Self::spawn(command)?;
        let output = process.child.stdout.take().context("its output is piped")?;
        let mut lines = BufReader::new(output).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        match line.context("the server does not become ready")?? {
            Some(line) => Ok((process, line)),
            None => bail!("the server ended; see {}", log.display()),
        }
    }

    fn spawn(mut command: Command) -> anyhow::Result<Self> {
        let name = command.as_std().get_program().to_owned();
        let child = command.stdin(Stdio::null()).kill_on_drop(true).spawn();
        let child = child.with_context(|| format!("{} could not be started", name.display()))?;
        let id = child.id().context("the server ended at once")?;
        Ok(Self { child, id })
    }

    pub fn usage(&self) -> anyhow::Result<Usage> {
        Usage::of(&self.id.to_string())
    }

    pub async fn stop(&mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}

/// What a process has used so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// User and system time of all its threads.
    pub processor: Duration,
    /// Resident and its own, in bytes: the pages of its program are the same for one participant and for
    /// two hundred.
    pub memory: u64,
}

impl Usage {
    pub fn of_this_process() -> anyhow::Result<Self> {
        Self::of("self")
    }

    fn of(process: &str) -> anyhow::Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let ticks = processor_ticks(&stat).context("/proc/…/stat has processor times")?;
        let kilobytes = own_memory(&status).context("/proc/…/status has the memory")?;
        let processor = Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND);
        Ok(Self { processor, memory: kilobytes * 1024 })
    }
}

/// See proc_pid_stat(5): behind the name in brackets, which may hold anything.
fn processor_ticks(stat: &str) -> Option<u64> {
    let fields = &stat[stat.rfind(')')? + 2..];
    let mut times = fields.split(' ').skip(11).map(str::parse::<u64>);
    Some(times.next()?.ok()? + times.next()?.ok()?)
}

fn own_memory(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Seconds that all processors together have been idle since the machine started.
pub fn idle() -> anyhow::Result<f64> {
    let stat = fs::read_to_string("/proc/stat")?;
    let ticks = stat.lines().next().and_then(|line| line.split_whitespace().nth(4));
    let ticks: f64 = ticks.context("/proc/stat has the idle time")?.parse()?;
    Ok(ticks / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::clock;

    #[test]
    fn a_process_that_works_uses_processor_and_memory() {
        let before = Usage::of_this_process().unwrap();
        let began = clock::now();
        let mut sum = 0_u64;
        while began.elapsed() < Duration::from_millis(100) {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(1));
        }
        let held = std::hint::black_box(vec![1_u8; 8 << 20]);
        let after = Usage::of_this_process().unwrap();
        assert!(after.processor > before.processor);
        assert!(after.memory.saturating_sub(before.memory) > 7 << 20);
        drop(held);
    }

    #[test]
    fn a_name_with_brackets_and_blanks_does_not_mislead() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1 0";
        assert_eq!(processor_ticks(stat), Some(200));
    }
}
