//! The engine's contract: after every change it is polled until it has nothing more to say, and it is
//! told the time when it asked for that.

use std::time::{Duration, Instant};

use str0m::net::Transmit;
use str0m::{Event, Input, Output};

use super::ways::transport;
use super::{Datagram, Ends, LocalAddress, Peer, PeerOutput, datagram};
use crate::core::datagram_kind::DatagramKind;

/// How often the engine may ask to be called again at once before others get their turn.
const MOST_TURNS: u32 = 64;
/// The least time between two tellings of the time.
const LEAST_REST: Duration = Duration::from_millis(1);
/// For a transport that is gone nothing is due any more.
const NEVER: Duration = Duration::from_secs(3600);

impl Peer {
    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Instant) {
        self.sending.tick(now);
        if self.engine_deadline <= now {
            self.stir();
            self.advance(now);
        }
    }

    fn advance(&mut self, now: Instant) {
        if self.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.rtc.disconnect();
        }
    }

    /// Something is done with the engine.
    pub(super) fn stir(&mut self) {
        (self.is_stirred, self.turns) = (true, 0);
    }

    /// When [`Self::tick`] must be called next. Valid once polled to the end.
    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The next thing that the transport has to say, until there is nothing more.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<PeerOutput> {
        let output = self.next_output(now, MOST_TURNS);
        if output.is_none() {
            let sending = self.sending.deadline().filter(|_| self.rtc.is_alive());
            self.deadline =
                sending.map_or(self.engine_deadline, |due| due.min(self.engine_deadline));
        }
        output
    }

    /// What it says of a datagram at once: the engine must be asked before it is given the next.
    /// [`Self::poll`] is still due, once after several datagrams.
    pub(crate) fn poll_received(&mut self, now: Instant) -> Option<PeerOutput> {
        self.next_output(now, 0)
    }

    fn next_output(&mut self, now: Instant, most_turns: u32) -> Option<PeerOutput> {
        if let Some(received) = self.unpacked.pop_front() {
            return Some(PeerOutput::Packet(received));
        }
        if let Some(said) = self.sending.poll() {
            return self.repeat(said).or_else(|| self.next_output(now, most_turns));
        }
        if let Some(ends) = self.path.ends()
            && let Some(contents) = self.sending.poll_datagram()
        {
            return Some(PeerOutput::Transmit(datagram(ends, contents)));
        }
        while self.rtc.is_alive() && self.is_stirred {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(deadline)) if deadline > now || self.turns >= most_turns => {
                    self.is_stirred = deadline <= now && most_turns < MOST_TURNS;
                    self.engine_deadline = deadline.max(now + LEAST_REST);
                    return None;
                }
                Ok(Output::Timeout(_)) => {
                    self.turns += 1;
                    self.advance(now);
                }
                Ok(Output::Transmit(transmit)) => {
                    return Some(PeerOutput::Transmit(self.address(transmit)));
                }
                Ok(Output::Event(event)) => {
                    if matches!(event, Event::RtpPacket(_)) {
                        self.path.prove(now);
                    }
                    if let Some(output) = self.translate(event) {
                        return Some(output);
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "transport failed");
                    self.rtc.disconnect();
                    return Some(PeerOutput::Gone);
                }
            }
        }
        if !self.rtc.is_alive() {
            self.engine_deadline = now + NEVER;
        }
        None
    }

    /// Answers to checks go back to where they came from, all else to where the client is.
    fn address(&self, transmit: Transmit) -> Datagram {
        let is_check = DatagramKind::of(&transmit.contents) == DatagramKind::Stun;
        let engines = Ends {
            client: transmit.destination,
            ours: LocalAddress { transport: transport(transmit.proto), address: transmit.source },
        };
        let ends = self.path.ends().filter(|_| !is_check).unwrap_or(engines);
        datagram(ends, transmit.contents.into())
    }
}
