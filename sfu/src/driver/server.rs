//! The media server: its workers, and where new rooms go.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use thiserror::Error;
use tokio::sync::mpsc;

use super::command::{Request, RoomId};
use super::handle::{RoomHandle, RoomToken};
use super::stats::{MediaStats, WorkerStats};
use super::tcp::Limits;
use super::thread::WorkerThread;
use crate::core::event::RoomEvent;
use crate::core::room::SEATS;

/// Events that a room's owner may be behind before it loses some.
const EVENT_QUEUE: usize = 256;

/// Where the media server listens.
#[derive(Debug, Clone)]
pub struct MediaConfig {
    pub listen: IpAddr,
    /// UDP port of the first worker; the next workers take the next ports. 0: any free ports.
    pub port: u16,
    /// Whether clients may come over TCP too, to ports of the same numbers.
    pub tcp: bool,
    /// Packets a second, in and out, that a worker may have before it takes no newcomers. 0: no
    /// limit.
    pub most_packets: u64,
    /// Threads, each with its own sockets. At least one.
    pub workers: usize,
    /// Addresses told to clients. Empty: the address listened on, or all of this machine's.
    pub advertise: Vec<IpAddr>,
}

impl MediaConfig {
    /// TCP connections that its workers hold together at most.
    pub fn most_tcp_connections(&self) -> usize {
        if self.tcp { self.workers.max(1) * Limits::default().in_all } else { 0 }
    }
}

/// Why the media server could not start.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("cannot listen for media on UDP {address}: {reason}")]
    Bind { address: SocketAddr, reason: std::io::Error },
    #[error("cannot listen for media on TCP {address}: {reason}")]
    BindTcp { address: SocketAddr, reason: std::io::Error },
    #[error("cannot find an address of this machine to tell to clients; set one")]
    NoAddress,
    #[error("cannot make a DTLS certificate")]
    Certificate,
    #[error("cannot start a media thread: {0}")]
    Thread(std::io::Error),
}

/// The media server. Clones are the same server; it ends when the last clone and the last room
/// handle are gone.
#[derive(Debug, Clone)]
pub struct MediaServer {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    workers: Vec<WorkerThread>,
    next_room: AtomicU64,
}

impl MediaServer {
    /// Binds the sockets and starts the threads.
    pub fn start(config: MediaConfig) -> Result<Self, StartError> {
        let workers = WorkerThread::start_all(&config)?;
        Ok(Self { shared: Arc::new(Shared { workers, next_room: AtomicU64::new(0) }) })
    }

    /// Opens a room on the least loaded worker. Its events come out of a bounded
    /// queue: whoever is slow to read hears only the latest of what changed twice meanwhile, and
    /// [`MediaStats::events_dropped`] counts the rest.
    pub fn open_room(&self) -> (RoomHandle, mpsc::Receiver<RoomEvent>) {
        self.open_room_of(SEATS)
    }

    /// The same for a room that holds this many participants.
    pub fn open_room_of(&self, seats: usize) -> (RoomHandle, mpsc::Receiver<RoomEvent>) {
        let room = RoomId(self.shared.next_room.fetch_add(1, Ordering::Relaxed));
        let worker = self.least_loaded();
        let (events, reader) = mpsc::channel(EVENT_QUEUE);
        let token = Arc::new(RoomToken::new(room, worker.commands(), worker.placed()));
        token.ask(Request::Open { token: Arc::downgrade(&token), events, seats });
        (RoomHandle::new(token), reader)
    }

    /// The addresses that clients are told, of all workers: of UDP, and of TCP if there is any.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.shared.workers.iter().flat_map(|worker| worker.addresses().to_vec()).collect()
    }

    pub fn stats(&self) -> MediaStats {
        let mut sum = MediaStats::default();
        self.shared.workers.iter().for_each(|worker| sum += worker.counters().stats());
        sum
    }

    /// Of each worker, in the order of their ports.
    pub fn worker_stats(&self) -> Vec<WorkerStats> {
        let of = |worker: &WorkerThread| {
            let counters = worker.counters();
            let (ice_time, dtls_time) = (counters.ice_time.stats(), counters.dtls_time.stats());
            WorkerStats { stats: counters.stats(), ice_time, dtls_time }
        };
        self.shared.workers.iter().map(of).collect()
    }

    fn least_loaded(&self) -> &WorkerThread {
        let load = |worker: &&WorkerThread| worker.load();
        self.shared.workers.iter().min_by_key(load).expect("a server has at least one worker")
    }
}
