//! A client's side of ICE over TCP: one connection, each datagram behind its length.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};

pub(crate) struct TcpLine {
    stream: TcpStream,
    server: SocketAddr,
    pub(crate) is_reading: bool,
    unread: Vec<u8>,
    unsent: Vec<u8>,
}

impl TcpLine {
    /// Comes from one of this machine's own addresses, 127.0.0.1 and the like.
    pub(crate) fn connect(server: SocketAddr, from: Ipv4Addr) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((from, 0)).into()).unwrap();
        socket.connect(&server.into()).unwrap();
        socket.set_nonblocking(true).unwrap();
        let stream = TcpStream::from(socket);
        Self { stream, server, is_reading: true, unread: Vec::new(), unsent: Vec::new() }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.stream.local_addr().unwrap()
    }

    pub(crate) fn send(&mut self, datagram: &[u8]) {
        self.unsent.extend((datagram.len() as u16).to_be_bytes());
        self.unsent.extend(datagram);
        self.flush();
    }

    /// As they are, without a length.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        self.unsent.extend(bytes);
        self.flush();
    }

    pub(crate) fn received(&mut self) -> Vec<(SocketAddr, Vec<u8>)> {
        self.flush();
        self.read();
        let mut received = Vec::new();
        while let Some(head) = self.unread.first_chunk::<2>() {
            let end = 2 + usize::from(u16::from_be_bytes(*head));
            if self.unread.len() < end {
                break;
            }
            received.push((self.server, self.unread[2..end].to_vec()));
            self.unread.drain(..end);
        }
        received
    }

    /// Whether the server ended it. What it still sent is lost.
    pub(crate) fn is_closed(&mut self) -> bool {
        loop {
            match self.stream.read(&mut [0; 4_096]) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() != ErrorKind::WouldBlock,
            }
        }
    }

    fn read(&mut self) {
        let mut buffer = [0; 16_384];
        while self.is_reading
            && let Ok(length @ 1..) = self.stream.read(&mut buffer)
        {
            self.unread.extend(&buffer[..length]);
        }
    }

    fn flush(&mut self) {
        if let Ok(length) = self.stream.write(&self.unsent) {
            self.unsent.drain(..length);
        }
    }
}
