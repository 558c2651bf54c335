//! Which addresses clients are told.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use super::server::MediaConfig;

/// More candidates than this only slow clients down.
const MOST_CANDIDATES: usize = 6;

/// The configured addresses; else the one listened on; else this machine's.
pub(crate) fn advertised(config: &MediaConfig) -> Vec<IpAddr> {
    if !config.advertise.is_empty() {
        return config.advertise.clone();
    }
    if !config.listen.is_unspecified() {
        return vec![config.listen];
    }
    let mut addresses = local();
    addresses.retain(|address| config.listen.is_ipv6() || address.is_ipv4());
    addresses.truncate(MOST_CANDIDATES);
    addresses
}

/// Addresses of this machine: the one that it reaches the world from first, loopback last.
fn local() -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = Vec::new();
    let outward = [
        route_to((Ipv4Addr::new(192, 0, 2, 1), 9)),
        route_to(([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 9)),
    ];
    let interfaces = interfaces().into_iter().map(IpAddr::from);
    let loopback = [IpAddr::from(Ipv4Addr::LOCALHOST)];
    for address in outward.into_iter().flatten().chain(interfaces).chain(loopback) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses.sort_by_key(IpAddr::is_loopback);
    addresses
}

/// The address that datagrams to `target` would leave from. Nothing is sent.
fn route_to(target: impl Into<SocketAddr>) -> Option<IpAddr> {
    let target = target.into();
    let any: IpAddr = match target {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(target).ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_unspecified())
}

/// The IPv4 addresses of all interfaces, from Linux's routing table; elsewhere none.
fn interfaces() -> Vec<Ipv4Addr> {
    std::fs::read_to_string("/proc/net/fib_trie").map(|trie| host_routes(&trie)).unwrap_or_default()
}

/// In the table, a line with an address comes before the line that says it is this host's.
fn host_routes(trie: &str) -> Vec<Ipv4Addr> {
    let lines = trie.lines().zip(trie.lines().skip(1));
    let hosts = lines.filter(|(_, kind)| kind.contains("/32 host LOCAL"));
    let addresses = hosts.filter_map(|(line, _)| line.rsplit(' ').next()?.parse().ok());
    addresses.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_an_address_and_loopback_comes_last() {
        let addresses = local();
        assert_eq!(addresses.last().map(IpAddr::is_loopback), Some(true));
    }

    #[test]
    fn host_routes_are_this_machines_addresses() {
        let trie = "        |-- 10.1.2.0\n           /24 link UNICAST\n        |-- 10.1.2.3\n           /32 host LOCAL\n";
        assert_eq!(host_routes(trie), [Ipv4Addr::new(10, 1, 2, 3)]);
    }
}
