//! Starts workers, and is what the rest of the server sees of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use tokio::sync::mpsc;

use super::addresses::advertised;
use super::command::Command;
use super::server::{MediaConfig, StartError};
use super::socket::{MediaSocket, bind};
use super::stats::Counters;
use super::worker::Worker;
use crate::core::Identity;

/// Requests that may wait for a worker.
const COMMAND_QUEUE: usize = 4096;

/// The outside of a worker: its queue, and what it tells about itself.
#[derive(Debug)]
pub(crate) struct WorkerThread {
    commands: mpsc::Sender<Command>,
    addresses: Vec<SocketAddr>,
    counters: Arc<Counters>,
}

impl WorkerThread {
    /// Starts all workers, or none.
    pub(crate) fn start_all(config: &MediaConfig) -> Result<Vec<Self>, StartError> {
        let identity = Identity::generate(Vec::new()).ok_or(StartError::Certificate)?;
        let numbers = 0..config.workers.max(1) as u16;
        let sockets: Result<Vec<_>, _> =
            numbers.map(|number| bind_worker(config, number)).collect();
        let sockets = sockets?.into_iter().enumerate();
        sockets.map(|(number, socket)| Self::start(config, &identity, number, socket)).collect()
    }

    fn start(
        config: &MediaConfig,
        identity: &Identity,
        number: usize,
        socket: std::net::UdpSocket,
    ) -> Result<Self, StartError> {
        let port = socket.local_addr().map_err(StartError::Thread)?.port();
        let addresses: Vec<SocketAddr> =
            advertised(config).into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        if addresses.is_empty() {
            return Err(StartError::NoAddress);
        }
        let counters = Arc::<Counters>::default();
        let (commands, queue) = mpsc::channel(COMMAND_QUEUE);
        let identity = identity.listening_at(addresses.clone());
        let worker = Worker::new(identity, addresses.clone(), counters.clone());
        thread::Builder::new()
            .name(format!("media-{number}"))
            .spawn(move || run(worker, socket, queue))
            .map_err(StartError::Thread)?;
        Ok(Self { commands, addresses, counters })
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

    /// Participants first, then rooms.
    pub(crate) fn load(&self) -> (u64, u64) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (read(&self.counters.participants), read(&self.counters.rooms))
    }
}

fn bind_worker(config: &MediaConfig, number: u16) -> Result<std::net::UdpSocket, StartError> {
    let port = if config.port == 0 { 0 } else { config.port.saturating_add(number) };
    let address = SocketAddr::new(config.listen, port);
    bind(address).map_err(|reason| StartError::Bind { address, reason })
}

fn run(worker: Worker, socket: std::net::UdpSocket, queue: mpsc::Receiver<Command>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime.and_then(|runtime| {
        let _context = runtime.enter();
        let socket = MediaSocket::new(socket)?;
        runtime.block_on(worker.run(socket, queue));
        Ok(())
    });
    if let Err(error) = result {
        tracing::error!(%error, "a media worker could not start");
    }
}
