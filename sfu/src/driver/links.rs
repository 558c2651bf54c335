//! What a worker does with what comes over TCP.

use std::time::Instant;

use super::tcp::{Connection, Opened, TcpEvent, TcpLinks};
use super::worker::{MOST_REQUESTS, Worker};
use crate::core::LocalAddress;

impl Worker {
    pub(super) fn read_links(
        &mut self,
        now: Instant,
        first: Option<TcpEvent>,
        links: &mut TcpLinks,
    ) {
        let mut next = first;
        for _ in 0..MOST_REQUESTS {
            let Some(event) = next.take().or_else(|| links.waiting_event()) else { return };
            match event {
                TcpEvent::Opened(opened) => self.open_link(now, opened, links),
                TcpEvent::Message { connection, contents } => {
                    self.take_from_link(now, connection, &contents, links);
                }
                TcpEvent::Closed(connection) => links.closed(connection, &self.counters),
            }
        }
    }

    /// A connection becomes somebody's, or, with its way back dropped, ends.
    fn open_link(&mut self, now: Instant, opened: Opened, links: &mut TcpLinks) {
        let (connection, contents) = (opened.connection, opened.contents.clone());
        self.count_received(&contents);
        let to = self.link_address(connection);
        let Some(owner) = self.proven(now, connection.client, to, &contents) else {
            return self.refuse(&contents);
        };
        links.adopt(opened, owner, &self.counters);
        self.hand_over(now, owner, connection.client, to, &contents);
    }

    fn take_from_link(
        &mut self,
        now: Instant,
        connection: Connection,
        contents: &[u8],
        links: &mut TcpLinks,
    ) {
        self.count_received(contents);
        match links.owner(connection) {
            Some(owner) => {
                let to = self.link_address(connection);
                self.hand_over(now, owner, connection.client, to, contents);
            }
            None => self.refuse(contents),
        }
    }

    fn link_address(&self, connection: Connection) -> LocalAddress {
        LocalAddress::tcp(self.candidate(connection.client, Some(connection.local)))
    }
}
