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
use super::tcp::{self, Limits, TcpLinks};
use super::worker::Worker;
use crate::core::{Identity, LocalAddress};

/// Requests that may wait for a worker.
const COMMAND_QUEUE: usize = 4096;
const FREE_PORT_ATTEMPTS: usize = 16;
/// Packets a second by which one worker must be busier than another for that to count.
const MUCH: u64 = 2_000;

/// The outside of a worker: its queue, and what it tells about itself.
#[derive(Debug)]
pub(crate) struct WorkerThread {
    commands: mpsc::Sender<Command>,
    addresses: Vec<SocketAddr>,
    counters: Arc<Counters>,
    /// Rooms that were placed here and are still held, whether or not the worker knows of them yet.
    placed: Arc<AtomicU64>,
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
        sockets: Sockets,
    ) -> Result<Self, StartError> {
        let port = sockets.port;
        let addresses: Vec<SocketAddr> =
            advertised(config).into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        if addresses.is_empty() {
            return Err(StartError::NoAddress);
        }
        let counters = Arc::<Counters>::default();
        let (commands, queue) = mpsc::channel(COMMAND_QUEUE);
        let identity = identity.listening_at(candidates(&addresses, sockets.tcp.is_some()));
        let worker =
            Worker::new(identity, addresses.clone(), counters.clone(), config.most_packets);
        thread::Builder::new()
            .name(format!("media-{number}"))
            .spawn(move || run(worker, sockets, queue))
            .map_err(StartError::Thread)?;
        Ok(Self { commands, addresses, counters, placed: Arc::default() })
    }

    pub(crate) fn commands(&self) -> mpsc::Sender<Command> {
        self.commands.clone()
    }

    pub(crate) fn placed(&self) -> Arc<AtomicU64> {
        self.placed.clone()
    }

    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Less is better: packets first, so far as they differ much; then participants, whose packets
    /// are still to come; then rooms, whose participants are.
    pub(crate) fn load(&self) -> (u64, u64, u64) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.counters;
        let rate = read(&counters.packet_rate) / MUCH;
        (rate, read(&counters.participants), read(&self.placed))
    }
}

/// What a worker listens on: one port number, by UDP and perhaps by TCP.
struct Sockets {
    port: u16,
    udp: std::net::UdpSocket,
    tcp: Option<std::net::TcpListener>,
}

fn bind_worker(config: &MediaConfig, number: u16) -> Result<Sockets, StartError> {
    let port = if config.port == 0 { 0 } else { config.port.saturating_add(number) };
    // A port that the system chose for UDP may be taken for TCP.
    let attempts = if port == 0 { FREE_PORT_ATTEMPTS } else { 1 };
    let mut bound = bind_both(config, port);
    for _ in 1..attempts {
        if bound.is_ok() {
            break;
        }
        bound = bind_both(config, port);
    }
    bound
}

fn bind_both(config: &MediaConfig, port: u16) -> Result<Sockets, StartError> {
    let address = SocketAddr::new(config.listen, port);
    let udp = bind(address).map_err(|reason| StartError::Bind { address, reason })?;
    let port = udp.local_addr().map_err(|reason| StartError::Bind { address, reason })?.port();
    let address = SocketAddr::new(config.listen, port);
    let listen = || tcp::bind(address).map_err(|reason| StartError::BindTcp { address, reason });
    let tcp = if config.tcp { Some(listen()?) } else { None };
    Ok(Sockets { port, udp, tcp })
}

/// UDP first: where it gets through, it is better for media.
fn candidates(addresses: &[SocketAddr], has_tcp: bool) -> Vec<LocalAddress> {
    let udp = addresses.iter().copied().map(LocalAddress::from);
    let tcp = addresses.iter().copied().filter(|_| has_tcp).map(LocalAddress::tcp);
    udp.chain(tcp).collect()
}

fn run(worker: Worker, sockets: Sockets, queue: mpsc::Receiver<Command>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = runtime.and_then(|runtime| {
        let _context = runtime.enter();
        let socket = MediaSocket::new(sockets.udp)?;
        let links = TcpLinks::new(sockets.tcp, Limits::default())?;
        runtime.block_on(worker.run(socket, links, queue));
        Ok(())
    });
    if let Err(error) = result {
        tracing::error!(%error, "a media worker could not start");
    }
}
