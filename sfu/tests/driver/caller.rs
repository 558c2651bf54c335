//! A model client on a real socket and the real clock, and the server that it calls.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::thread::sleep;
use std::time::{Duration, Instant};

use sfu::{ConnectError, MediaConfig, MediaServer, ParticipantId, RoomEvent, RoomHandle};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::Receiver;

use crate::client::{Client, Kind};
use crate::tcp_line::TcpLine;

pub(crate) struct Caller {
    pub(crate) client: Client,
    line: Line,
    /// Sends connectivity checks of its own.
    checks: bool,
    /// The media packet that it sent last.
    pub(crate) last_media: Vec<u8>,
}

/// How a caller reaches the server.
enum Line {
    Udp(UdpSocket),
    Tcp(TcpLine),
}

/// A server with one room, and callers in it.
pub(crate) struct Call {
    pub(crate) runtime: Runtime,
    pub(crate) server: MediaServer,
    pub(crate) room: RoomHandle,
    pub(crate) events: Receiver<RoomEvent>,
    pub(crate) callers: Vec<Caller>,
}

pub(crate) fn server() -> MediaServer {
    server_of(1, 0)
}

/// A server with so many workers, each of which takes so many packets a second; 0: any number.
pub(crate) fn server_of(workers: usize, most_packets: u64) -> MediaServer {
    let listen = Ipv4Addr::LOCALHOST.into();
    let advertise = Vec::new();
    let config = MediaConfig { listen, port: 0, tcp: true, most_packets, workers, advertise };
    MediaServer::start(config).unwrap()
}

impl Call {
    /// So many callers, connected, in the lobby.
    pub(crate) fn with_callers(count: usize) -> Self {
        let mut call = Self::alone();
        (0..count).for_each(|index| call.join(Caller::new(index)));
        call.run_until(|call| call.callers.iter().all(|caller| caller.client.is_connected));
        call
    }

    /// A server with an empty room.
    pub(crate) fn alone() -> Self {
        Self::on(server())
    }

    /// An empty room of a server that may have others.
    pub(crate) fn on(server: MediaServer) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (room, events) = server.open_room();
        Self { runtime, server, room, events, callers: Vec::new() }
    }

    /// The caller comes into the lobby, and connects when the call is run.
    pub(crate) fn join(&mut self, caller: Caller) {
        self.try_join(caller).unwrap();
    }

    /// The same; the answer, where there is one.
    pub(crate) fn try_join(&mut self, mut caller: Caller) -> Result<String, ConnectError> {
        let offer = caller.client.offer();
        let answer = self.room.connect(id(self.callers.len()), &offer);
        let answer = self.runtime.block_on(answer)?;
        caller.client.take_answer(&answer);
        self.callers.push(caller);
        Ok(answer)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.addresses()[0]
    }

    pub(crate) fn run(&mut self, duration: Duration) {
        let end = now() + duration;
        while now() < end {
            self.callers.iter_mut().for_each(Caller::turn);
            sleep(Duration::from_millis(1));
        }
    }

    /// Lets the callers act until the condition holds, for twenty seconds at most.
    pub(crate) fn run_until(&mut self, holds: impl Fn(&Self) -> bool) {
        let end = now() + Duration::from_secs(20);
        while !holds(self) {
            assert!(now() < end, "not within 20 seconds");
            self.run(Duration::from_millis(5));
        }
    }
}

impl Caller {
    pub(crate) fn over_tcp(index: usize, server: SocketAddr) -> Self {
        let line = TcpLine::connect(server, Ipv4Addr::LOCALHOST);
        let client = Client::over_tcp(now(), index, 2, line.address());
        Self::on(client, Line::Tcp(line))
    }

    /// Takes nothing any more from the connection.
    pub(crate) fn stop_reading(&mut self) {
        if let Line::Tcp(line) = &mut self.line {
            line.is_reading = false;
        }
    }

    pub(crate) fn new(index: usize) -> Self {
        let socket = socket();
        let address = socket.local_addr().unwrap();
        let client = Client::new(now(), index, &Kind::default(), address);
        Self::on(client, Line::Udp(socket))
    }

    fn on(client: Client, line: Line) -> Self {
        Self { client, line, checks: true, last_media: Vec::new() }
    }

    /// A NAT gives it another address, of which it does not hear; nor would it check its way soon.
    pub(crate) fn is_given_another_address(&mut self) {
        (self.line, self.checks) = (Line::Udp(socket()), false);
    }

    fn turn(&mut self) {
        for (from, datagram) in self.line.received() {
            self.client.receive(now(), from, &datagram);
        }
        if self.client.deadline() <= now() {
            self.client.tick(now());
        }
        while let Some(datagram) = self.client.outbox.pop_front() {
            match datagram.contents[..] {
                [0, 1, ..] if !self.checks => continue,
                [128..=191, 0..=191, ..] => self.last_media.clone_from(&datagram.contents),
                _ => {}
            }
            match &mut self.line {
                Line::Udp(socket) => {
                    let _ = socket.send_to(&datagram.contents, datagram.destination);
                }
                Line::Tcp(line) => line.send(&datagram.contents),
            }
        }
    }
}

impl Line {
    fn received(&mut self) -> Vec<(SocketAddr, Vec<u8>)> {
        let socket = match self {
            Self::Udp(socket) => socket,
            Self::Tcp(line) => return line.received(),
        };
        let (mut buffer, mut received) = ([0; 2_000], Vec::new());
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            received.push((from, buffer[..length].to_vec()));
        }
        received
    }
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.set_nonblocking(true).unwrap();
    socket
}

pub(crate) fn id(index: usize) -> ParticipantId {
    ParticipantId(index as u64 + 1)
}

#[expect(clippy::disallowed_methods, reason = "these tests run in real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
