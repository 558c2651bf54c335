//! What the engine says: media packets, requests, estimates and statistics, in our words.

use str0m::media::Mid;
use str0m::rtp::RtpPacket;
use str0m::{Event, IceConnectionState};

use super::lines::{LineState, Role};
use super::{Peer, PeerOutput, Received, Said, headers};
use crate::core::capture_clock::SenderReport;
use crate::core::event::MediaKind;
use crate::core::packet::{FrameInfo, Packet};

/// Browsers keep their payloads below 1,200 bytes. Larger ones might not fit into a datagram any
/// more with the header that a viewer is to get.
const LARGEST_PAYLOAD: usize = 1_400;

impl Peer {
    /// What the engine says, in our words.
    pub(super) fn translate(&mut self, event: Event) -> Option<PeerOutput> {
        match event {
            Event::Connected => {
                if let Some(keys) = self.keys.get() {
                    self.sending.set_keys(&keys.keys, keys.is_client);
                }
                Some(PeerOutput::Connected)
            }
            Event::Closed | Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                Some(PeerOutput::Gone)
            }
            Event::RtpPacket(packet) => self.read(packet),
            Event::MediaIngressStats(stats) if self.is_sound(stats.mid) => {
                self.gauge.incoming(&stats);
                None
            }
            Event::PeerStats(stats) => {
                let (downlink, estimate) = (self.sending.take_downlink(), self.estimate());
                if let Some(loss) = stats.ingress_loss_fraction {
                    let is_open = self.nack_gate.note(self.path.ends(), loss, downlink.round_trip);
                    self.incoming.enable_nacks(&mut self.rtc, is_open);
                }
                Some(PeerOutput::Measured(self.gauge.measure(&stats, &downlink, estimate)))
            }
            _ => None,
        }
    }

    /// What the client said of what it was sent, in terms of lines.
    pub(super) fn repeat(&self, said: Said) -> Option<PeerOutput> {
        match said {
            Said::NeedsKeyFrame(stream) => {
                let sends =
                    |line: &LineState| matches!(line.role, Role::Slot(Some(of)) if of == stream);
                let line = self.numbered().find(|(_, line)| sends(line));
                line.map(|(line, _)| PeerOutput::NeedsKeyFrame(line))
            }
            Said::Missed(packets) => Some(PeerOutput::Requested(packets)),
            Said::Estimated(estimate) => Some(PeerOutput::Estimated(estimate)),
        }
    }

    fn is_sound(&self, mid: Mid) -> bool {
        self.lines.iter().any(|line| line.mid == mid && line.kind == MediaKind::Audio)
    }

    fn read(&mut self, packet: RtpPacket) -> Option<PeerOutput> {
        let ssrc = packet.header.ssrc;
        let (incoming, is_new) = self.incoming.find(&mut self.rtc, &self.lines, ssrc)?;
        if self.incoming.is_abused() {
            tracing::debug!("a client changes its SSRCs without end");
            self.rtc.disconnect();
            return Some(PeerOutput::Gone);
        }
        let line = &mut self.lines[incoming.line];
        let payload_type = packet.header.payload_type;
        let codec = line.codec(payload_type)?;
        if packet.payload.len() > LARGEST_PAYLOAD {
            return None;
        }
        let timestamp = packet.time.numer();
        let report = packet.last_sender_info.map(|info| SenderReport {
            wallclock: info.ntp_time,
            timestamp: info.rtp_time.numer() as u32,
        });
        let captured = self.clock.captured(packet.timestamp, timestamp, codec.clock_rate(), report);
        let packet = Packet {
            codec,
            sequence: *packet.seq_no,
            timestamp,
            marker: packet.header.marker,
            frame: FrameInfo::read(codec, &packet.payload),
            extensions: headers::read_extensions(&packet.header.ext_vals),
            payload: packet.payload,
            captured,
        };
        let (track, layer) = (incoming.track, incoming.layer);
        let Some(redundancy) = &mut line.redundancy else {
            if is_new {
                self.incoming.has_begun(ssrc);
            }
            return Some(PeerOutput::Packet(Received { track, layer, is_new, packet }));
        };
        if is_new {
            redundancy.begin();
        }
        let unpacked = redundancy.unpack(payload_type, packet).into_iter().enumerate();
        self.unpacked.extend(unpacked.map(|(index, packet)| {
            let is_new = is_new && index == 0;
            Received { track, layer, is_new, packet }
        }));
        if is_new && !self.unpacked.is_empty() {
            self.incoming.has_begun(ssrc);
        }
        self.unpacked.pop_front().map(PeerOutput::Packet)
    }
}
