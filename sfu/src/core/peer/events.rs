//! What the engine says: media packets, requests, estimates and statistics, in our words.

use str0m::bwe::BweKind;
use str0m::media::Mid;
use str0m::rtp::RtpPacket;
use str0m::{Event, IceConnectionState};

use super::lines::{Line, LineState, Role};
use super::{Peer, PeerOutput, Received, headers};
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
            Event::Connected => Some(PeerOutput::Connected),
            Event::Closed | Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                Some(PeerOutput::Gone)
            }
            Event::RtpPacket(packet) => self.read(packet),
            Event::KeyframeRequest(request) => {
                let of_line = |(_, line): &(Line, &LineState)| line.mid == request.mid;
                self.numbered().find(of_line).map(|(line, _)| PeerOutput::NeedsKeyFrame(line))
            }
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                self.estimate = Some(estimate.as_u64());
                Some(PeerOutput::Estimated(estimate.as_u64()))
            }
            Event::MediaIngressStats(stats) if self.is_sound(stats.mid) => {
                self.gauge.incoming(&stats);
                None
            }
            Event::MediaEgressStats(stats) => {
                if self.is_sound(stats.mid) {
                    self.gauge.outgoing(&stats);
                }
                let line = self.lines.iter_mut().find(|line| line.mid == stats.mid)?;
                let Role::Slot(Some(sender)) = &mut line.role else { return None };
                let before = std::mem::replace(&mut sender.requested, stats.nacks);
                let requested = stats.nacks.saturating_sub(before);
                (requested > 0).then_some(PeerOutput::Requested(requested))
            }
            Event::PeerStats(stats) => {
                Some(PeerOutput::Measured(self.gauge.measure(&stats, self.estimate)))
            }
            _ => None,
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
        self.unpacked.pop_front().map(PeerOutput::Packet)
    }
}
