//! Which implementation serves a peer: decided by the first datagram that comes from it. Whichever
//! does, its last flight is sent a few times over, and its keys are exported.

use std::time::Instant;

use str0m::crypto::dtls::{DtlsImplError, DtlsInstance, DtlsOutput, ProtocolVersion};

use super::Settings;
use super::association::Association;
use super::client_hello::is_of_an_old_client;
use super::export::ExportedKeys;
use super::last_flight::LastFlight;

/// The engine's own association, until the peer turns out to need the other.
pub(super) struct Choice {
    serving: Box<dyn DtlsInstance>,
    /// What the other is made with; gone once the choice is made.
    other: Option<Settings>,
    last_flight: LastFlight,
    exported: ExportedKeys,
    now: Instant,
}

impl Choice {
    pub(super) fn new(
        serving: Box<dyn DtlsInstance>,
        other: Settings,
        exported: ExportedKeys,
        now: Instant,
    ) -> Self {
        let last_flight = LastFlight::default();
        Self { serving, other: Some(other), last_flight, exported, now }
    }

    fn choose(&mut self, first: &[u8]) {
        let Some(settings) = self.other.take() else { return };
        if !self.serving.is_active() && is_of_an_old_client(first) {
            self.serving = Box::new(Association::new(settings, self.now));
        }
    }
}

impl DtlsInstance for Choice {
    fn set_active(&mut self, active: bool) {
        self.serving.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.choose(packet);
        self.last_flight.hear();
        self.serving.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        if let Some(datagram) = self.last_flight.next().filter(|copy| copy.len() <= buf.len()) {
            let (copy, _) = buf.split_at_mut(datagram.len());
            copy.copy_from_slice(datagram);
            return DtlsOutput::Packet(copy);
        }
        let output = self.serving.poll_output(buf);
        match &output {
            DtlsOutput::Packet(datagram) => self.last_flight.note(datagram),
            DtlsOutput::KeyingMaterial(material, profile) => {
                self.exported.note(material, *profile, self.serving.is_active());
            }
            // A client's last flight is answered by the server's.
            DtlsOutput::Connected if !self.serving.is_active() => self.last_flight.connected(),
            DtlsOutput::Timeout(due) => {
                self.last_flight.end_turn();
                let copy = self.last_flight.deadline(self.now);
                return DtlsOutput::Timeout(copy.map_or(*due, |copy| copy.min(*due)));
            }
            _ => {}
        }
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.now = now;
        self.last_flight.tick(now);
        self.serving.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.serving.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.serving.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.serving.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.serving.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.serving.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.serving.close()
    }
}

impl std::fmt::Debug for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Choice").field("serving", &self.serving).finish_non_exhaustive()
    }
}
