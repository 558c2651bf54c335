//! Ways of datagrams, in the engine's words.

use str0m::Candidate;
use str0m::net::{Protocol, TcpType};

use crate::core::transport::{LocalAddress, Transport};

/// What clients are told of an address. Over TCP they connect to us (RFC 6544 §4.5).
pub(super) fn candidate(ours: &LocalAddress) -> Option<Candidate> {
    let address = ours.address;
    match ours.transport {
        Transport::Udp => Candidate::host(address, Protocol::Udp).ok(),
        Transport::Tcp => {
            Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build().ok()
        }
    }
}

pub(super) fn protocol(transport: Transport) -> Protocol {
    match transport {
        Transport::Udp => Protocol::Udp,
        Transport::Tcp => Protocol::Tcp,
    }
}

pub(super) fn transport(protocol: Protocol) -> Transport {
    match protocol {
        Protocol::Udp => Transport::Udp,
        Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => Transport::Tcp,
    }
}
