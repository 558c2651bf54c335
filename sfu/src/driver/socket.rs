//! A worker's UDP socket. Reads many datagrams at a time (recvmmsg, GRO); sends what one wake-up
//! produced grouped by destination, with segmentation offload where the kernel has it.

use std::io::{self, ErrorKind, IoSliceMut};
use std::net::{IpAddr, SocketAddr};

use quinn_udp::{RecvMeta, Transmit, UdpSocketState};
use socket2::{Domain, Socket, Type};
use tokio::io::Interest;

use super::stats::{Counters, count};
use crate::core::Datagram;

/// The kernel's buffers: a burst of key frames must fit.
const KERNEL_BUFFER: usize = 4 << 20;
/// Datagrams, or runs of them, taken from the kernel in one call.
const READS: usize = 8;
const READ_SIZE: usize = 65_535;
/// What one sending call may carry: the largest UDP payload.
const MOST_GROUPED: usize = 65_507;

/// Binds the socket, with large kernel buffers.
pub(crate) fn bind(address: SocketAddr) -> io::Result<std::net::UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // The kernel gives what it may; less is no reason not to start.
    let _ = socket.set_recv_buffer_size(KERNEL_BUFFER);
    let _ = socket.set_send_buffer_size(KERNEL_BUFFER);
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

pub(crate) struct MediaSocket {
    pub(crate) outlet: Outlet,
    read: Vec<Vec<u8>>,
}

/// What sends, and can while what was read is looked at.
pub(crate) struct Outlet {
    io: tokio::net::UdpSocket,
    state: UdpSocketState,
    local: SocketAddr,
    grouped: Vec<u8>,
}

impl MediaSocket {
    /// Must be called on the worker's runtime.
    pub(crate) fn new(socket: std::net::UdpSocket) -> io::Result<Self> {
        let local = socket.local_addr()?;
        let state = UdpSocketState::new((&socket).into())?;
        let io = tokio::net::UdpSocket::from_std(socket)?;
        let read = (0..READS).map(|_| vec![0; READ_SIZE]).collect();
        let outlet = Outlet { io, state, local, grouped: Vec::with_capacity(MOST_GROUPED) };
        Ok(Self { outlet, read })
    }

    pub(crate) async fn readable(&self) {
        // An error is found again, and dealt with, by the read that follows.
        let _ = self.outlet.io.readable().await;
    }

    /// Hands over what has arrived, at most one call's worth: source, destination address where
    /// the kernel tells, and content. Whether there may be more.
    pub(crate) fn receive(
        &mut self,
        mut take: impl FnMut(&mut Outlet, SocketAddr, Option<IpAddr>, &[u8]),
    ) -> bool {
        let mut metas = [RecvMeta::default(); READS];
        let mut buffers = self.read.iter_mut().map(|buffer| IoSliceMut::new(buffer));
        let mut slices: [IoSliceMut; READS] =
            std::array::from_fn(|_| buffers.next().unwrap_or_else(|| IoSliceMut::new(&mut [])));
        let outlet = &mut self.outlet;
        let (io, state) = (&outlet.io, &outlet.state);
        let received =
            io.try_io(Interest::READABLE, || state.recv(io.into(), &mut slices, &mut metas));
        let Ok(received) = received else { return false };
        for (buffer, meta) in self.read.iter().zip(&metas).take(received) {
            for datagram in buffer[..meta.len].chunks(meta.stride.max(1)) {
                let to = meta.dst_ip.map(|ip| ip.to_canonical());
                take(outlet, canonical(meta.addr), to, datagram);
            }
        }
        true
    }
}

impl Outlet {
    /// Sends all of them, each destination's in order.
    pub(crate) fn send(&mut self, datagrams: &mut Vec<Datagram>, counters: &Counters) {
        datagrams.sort_by_key(|datagram| (datagram.destination, datagram.source));
        let mut rest = &datagrams[..];
        while !rest.is_empty() {
            let (group, others) = rest.split_at(self.group(rest));
            self.send_group(group, counters);
            rest = others;
        }
        datagrams.clear();
    }

    /// How many of the first datagrams can go in one call: all to one destination, all of one
    /// size, but for the last, which may be shorter.
    fn group(&self, datagrams: &[Datagram]) -> usize {
        let first = &datagrams[0];
        let (size, most) = (first.contents.len(), self.state.max_gso_segments());
        let mut bytes = 0;
        for (index, datagram) in datagrams.iter().take(most).enumerate() {
            let length = datagram.contents.len();
            bytes += length;
            let same_way =
                (datagram.destination, datagram.source) == (first.destination, first.source);
            if !same_way || length > size || bytes > MOST_GROUPED {
                return index.max(1);
            }
            if length < size {
                return index + 1;
            }
        }
        datagrams.len().min(most)
    }

    fn send_group(&mut self, group: &[Datagram], counters: &Counters) {
        let [first, others @ ..] = group else { return };
        if others.is_empty() {
            return self.send_one(first, counters);
        }
        self.grouped.clear();
        group.iter().for_each(|datagram| self.grouped.extend_from_slice(&datagram.contents));
        let sent = self.transmit(first, &self.grouped, Some(first.contents.len()));
        match sent {
            Ok(()) => counted(group, counters),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                count(&counters.send_failures, group.len() as u64);
            }
            // The way does not take segments; quinn-udp remembers when it is the kernel.
            Err(_) => group.iter().for_each(|datagram| self.send_one(datagram, counters)),
        }
    }

    fn send_one(&self, datagram: &Datagram, counters: &Counters) {
        match self.transmit(datagram, &datagram.contents, None) {
            Ok(()) => counted(std::slice::from_ref(datagram), counters),
            Err(error) => {
                tracing::trace!(%error, "datagram not sent");
                count(&counters.send_failures, 1);
            }
        }
    }

    fn transmit(&self, way: &Datagram, contents: &[u8], segment: Option<usize>) -> io::Result<()> {
        let transmit = Transmit {
            destination: self.reachable(way.destination),
            ecn: None,
            contents,
            segment_size: segment,
            src_ip: None,
        };
        let io = &self.io;
        io.try_io(Interest::WRITABLE, || self.state.try_send(io.into(), &transmit))
    }

    /// A socket for both families knows IPv4 addresses as mapped ones.
    fn reachable(&self, address: SocketAddr) -> SocketAddr {
        match (self.local, address.ip()) {
            (SocketAddr::V6(_), IpAddr::V4(ip)) => {
                SocketAddr::from((ip.to_ipv6_mapped(), address.port()))
            }
            _ => address,
        }
    }
}

fn counted(sent: &[Datagram], counters: &Counters) {
    count(&counters.sends, 1);
    count(&counters.datagrams_sent, sent.len() as u64);
    count(&counters.bytes_sent, sent.iter().map(|datagram| datagram.contents.len() as u64).sum());
}

fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
