//! By which way a datagram goes. ICE, DTLS and SRTP are the same on both; over TCP each datagram
//! is framed (RFC 4571), which is the driver's affair.

use std::net::SocketAddr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Transport {
    #[default]
    Udp,
    /// ICE over TCP (RFC 6544): the client connects to us.
    Tcp,
}

/// One of our addresses, as clients are told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalAddress {
    pub transport: Transport,
    pub address: SocketAddr,
}

impl LocalAddress {
    pub fn tcp(address: SocketAddr) -> Self {
        Self { transport: Transport::Tcp, address }
    }
}

/// On UDP, that is.
impl From<SocketAddr> for LocalAddress {
    fn from(address: SocketAddr) -> Self {
        Self { transport: Transport::Udp, address }
    }
}

impl From<([u8; 4], u16)> for LocalAddress {
    fn from(address: ([u8; 4], u16)) -> Self {
        SocketAddr::from(address).into()
    }
}
