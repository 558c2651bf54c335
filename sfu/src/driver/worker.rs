//! One thread, one socket, many rooms.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;

use super::command::Command;
use super::server::{MediaConfig, StartError};
use super::stats::Counters;

/// The outside of a worker: its queue, and what it tells about itself.
#[derive(Debug)]
pub(crate) struct Worker {
    commands: mpsc::Sender<Command>,
    addresses: Vec<SocketAddr>,
    counters: Arc<Counters>,
}

/// Requests that may wait for a worker.
const COMMAND_QUEUE: usize = 4096;

impl Worker {
    pub(crate) fn start_all(config: &MediaConfig) -> Result<Vec<Self>, StartError> {
        let (commands, _queue) = mpsc::channel(COMMAND_QUEUE);
        let addresses = vec![SocketAddr::new(config.listen, config.port)];
        Ok(vec![Self { commands, addresses, counters: Arc::default() }])
    }

    pub(crate) fn commands(&self) -> mpsc::Sender<Command> {
        self.commands.clone()
    }

    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    pub(crate) fn load(&self) -> (u64, u64) {
        let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        (read(&self.counters.participants), read(&self.counters.rooms))
    }
}
