//! A model client on a real socket and the real clock, and the server that it calls.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::thread::sleep;
use std::time::{Duration, Instant};

use sfu::{MediaConfig, MediaServer, ParticipantId, RoomEvent, RoomHandle};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::Receiver;

use crate::client::{Client, Kind};

pub(crate) struct Caller {
    pub(crate) client: Client,
    socket: UdpSocket,
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
    let listen = Ipv4Addr::LOCALHOST.into();
    let config = MediaConfig { listen, port: 0, workers: 1, advertise: Vec::new() };
    MediaServer::start(config).unwrap()
}

impl Call {
    /// So many callers, connected, in the lobby.
    pub(crate) fn with_callers(count: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let server = server();
        let (room, events) = server.open_room();
        let callers = (0..count).map(Caller::new).collect();
        let mut call = Self { runtime, server, room, events, callers };
        for index in 0..count {
            let offer = call.callers[index].client.offer();
            let answer = call.runtime.block_on(call.room.connect(id(index), &offer)).unwrap();
            call.callers[index].client.take_answer(&answer);
        }
        call.run_until(|call| call.callers.iter().all(|caller| caller.client.is_connected));
        call
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
    fn new(index: usize) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        Self { client: Client::new(now(), index, &Kind::default(), address), socket }
    }

    fn turn(&mut self) {
        let mut buffer = [0; 2_000];
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            self.client.receive(now(), from, &buffer[..length]);
        }
        if self.client.deadline() <= now() {
            self.client.tick(now());
        }
        while let Some(datagram) = self.client.outbox.pop_front() {
            let _ = self.socket.send_to(&datagram.contents, datagram.destination);
        }
    }
}

pub(crate) fn id(index: usize) -> ParticipantId {
    ParticipantId(index as u64 + 1)
}

#[expect(clippy::disallowed_methods, reason = "these tests run in real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
