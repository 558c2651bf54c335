//! ICE over TCP (RFC 6544), for clients whose network lets no UDP through: they connect to the
//! worker, and send what they would else send as datagrams, framed (RFC 4571).
//!
//! A connection belongs to nobody until its first message proves to be a participant's
//! connectivity check; for that it has a few seconds and a few hundred bytes. From then on it is
//! the participant's, for as long as both want it.

mod admission;
mod connection;
mod framing;
mod listener;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::command::RoomId;
use super::demux::Owner;
use super::stats::{Counters, count};
use crate::core::Datagram;

pub(crate) use admission::Limits;
pub(crate) use listener::bind;

/// Messages of all connections that may wait for the worker. Connections wait for room in it.
const EVENT_QUEUE: usize = 512;
/// Datagrams that may wait for one connection: about a second of a slow one.
const WRITE_QUEUE: usize = 128;
/// The last of that room is kept for small ones: sound, feedback, connectivity checks.
const KEPT_FOR_SMALL: usize = WRITE_QUEUE / 4;
const SMALL: usize = 400;
/// Connections of one participant, who may have several networks, and tries them all.
const MOST_OF_ONE: usize = 4;
/// A connection that was never up to date for so long is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// What connections tell the worker.
pub(crate) enum TcpEvent {
    /// The first message of a connection: a connectivity check for somebody.
    Opened(Opened),
    Message {
        connection: Connection,
        contents: Vec<u8>,
    },
    Closed(Connection),
}

pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) contents: Vec<u8>,
    /// The way back. Dropping it closes the connection.
    outgoing: mpsc::Sender<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Connection {
    number: u64,
    pub(crate) client: SocketAddr,
    /// Our side's address.
    pub(crate) local: IpAddr,
}

/// The worker's end of its connections.
pub(crate) struct TcpLinks {
    events: mpsc::Receiver<TcpEvent>,
    links: BTreeMap<SocketAddr, Link>,
    /// So that the queue stays open without a listener.
    _sender: mpsc::Sender<TcpEvent>,
}

struct Link {
    connection: Connection,
    owner: Owner,
    outgoing: mpsc::Sender<Vec<u8>>,
    /// Since when it lags.
    behind: Option<Instant>,
}

impl TcpLinks {
    /// Must be called on the worker's runtime.
    pub(crate) fn new(listener: Option<std::net::TcpListener>, limits: Limits) -> io::Result<Self> {
        let (sender, events) = mpsc::channel(EVENT_QUEUE);
        if let Some(listener) = listener {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            tokio::spawn(listener::accept_all(listener, limits, sender.clone()));
        }
        Ok(Self { events, links: BTreeMap::new(), _sender: sender })
    }

    pub(crate) async fn event(&mut self) -> Option<TcpEvent> {
        self.events.recv().await
    }

    pub(crate) fn waiting_event(&mut self) -> Option<TcpEvent> {
        self.events.try_recv().ok()
    }

    /// The connection is the participant's from now on.
    pub(crate) fn adopt(&mut self, opened: Opened, owner: Owner, counters: &Counters) {
        let Opened { connection, outgoing, .. } = opened;
        let theirs = self.links.values().filter(|link| link.owner == owner);
        let theirs: Vec<_> = theirs.map(|link| link.connection).collect();
        if theirs.len() >= MOST_OF_ONE
            && let Some(oldest) = theirs.iter().min_by_key(|connection| connection.number)
        {
            self.remove(oldest.client, counters);
        }
        let link = Link { connection, owner, outgoing, behind: None };
        if self.links.insert(connection.client, link).is_none() {
            count(&counters.tcp_connections, 1);
        }
    }

    pub(crate) fn owner(&self, connection: Connection) -> Option<Owner> {
        let link = self.links.get(&connection.client)?;
        (link.connection == connection).then_some(link.owner)
    }

    /// The connection ended by itself.
    pub(crate) fn closed(&mut self, connection: Connection, counters: &Counters) {
        if self.owner(connection).is_some() {
            self.remove(connection.client, counters);
        }
    }

    /// Queues a datagram. A connection that lags loses the large ones first; and in the end it is
    /// closed.
    pub(crate) fn send(&mut self, now: Instant, datagram: Datagram, counters: &Counters) {
        let Some(link) = self.links.get_mut(&datagram.destination) else {
            return count(&counters.send_failures, 1);
        };
        let free = link.outgoing.capacity();
        if free > KEPT_FOR_SMALL {
            link.behind = None;
        }
        let length = datagram.contents.len() as u64;
        let has_room = free > KEPT_FOR_SMALL || length <= SMALL as u64;
        if has_room && link.outgoing.try_send(datagram.contents).is_ok() {
            count(&counters.datagrams_sent, 1);
            return count(&counters.bytes_sent, length);
        }
        count(&counters.tcp_dropped, 1);
        let behind = *link.behind.get_or_insert(now);
        if now.saturating_duration_since(behind) >= PATIENCE {
            self.remove(datagram.destination, counters);
        }
    }

    /// Closes the connections of a participant that is gone or has another transport now.
    pub(crate) fn forget(&mut self, owner: Owner, counters: &Counters) {
        self.forget_where(counters, |link| link.owner == owner);
    }

    pub(crate) fn forget_room(&mut self, room: RoomId, counters: &Counters) {
        self.forget_where(counters, |link| link.owner.0 == room);
    }

    fn forget_where(&mut self, counters: &Counters, is_gone: impl Fn(&Link) -> bool) {
        let gone: Vec<SocketAddr> = self
            .links
            .iter()
            .filter(|(_, link)| is_gone(link))
            .map(|(client, _)| *client)
            .collect();
        gone.into_iter().for_each(|client| self.remove(client, counters));
    }

    fn remove(&mut self, client: SocketAddr, counters: &Counters) {
        if self.links.remove(&client).is_some() {
            count(&counters.tcp_connections, 1u64.wrapping_neg());
        }
    }
}
