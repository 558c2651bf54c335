//! One stream to a viewer: a receive slot's SSRC, and the one that lost packets of it are sent again
//! on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::allowance::Allowance;
use super::header::{ExtensionNumbers, Header, Values};
use super::history::{History, Sent};
use super::sealed::SealedNumbers;
use crate::core::packet::Extensions;
use crate::core::rtcp::{ReceptionReport, SenderReport};
use crate::core::vp8;

/// Of an authentication tag, at most.
const TAG: usize = 16;
/// A header with all its extensions.
const LONGEST_HEADER: usize = 64;
/// One byte says how much padding there is (RFC 3550 §5.1).
pub(super) const MOST_PADDING: usize = 255;

/// How a slot's streams are named, as the answer told the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Naming {
    pub(crate) mid: String,
    pub(crate) ssrc: u32,
    pub(crate) resending: Option<Resending>,
    /// Ticks of its timestamps in a second.
    pub(crate) clock_rate: u32,
}

/// Where lost packets are sent again (RFC 4588).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resending {
    pub(crate) ssrc: u32,
    /// Of what is sent, and of what is sent again.
    pub(crate) payload_types: Vec<(u8, u8)>,
}

/// The numbers that a packet goes out with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Numbers {
    /// Extended past its 16 bits: what is above them is SRTP's roll-over counter.
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    /// The VP8 frame's number, where it differs from the payload's.
    pub(crate) picture_id: Option<u16>,
    /// Likewise its base layer index.
    pub(crate) base_layer_index: Option<u8>,
}

/// A packet to be sent.
#[derive(Debug)]
pub(crate) struct Outbound {
    pub(crate) numbers: Numbers,
    pub(crate) payload_type: u8,
    pub(crate) marker: bool,
    pub(crate) payload: Arc<[u8]>,
    pub(crate) extensions: Extensions,
    pub(crate) captured: Instant,
    pub(crate) starts_key_frame: bool,
    /// How often it leaves again as it is.
    pub(crate) copies: u8,
}

/// A packet before it is sealed.
#[derive(Debug)]
pub(super) struct Plain {
    pub(super) packet: Vec<u8>,
    pub(super) header_length: usize,
    /// The extended sequence number.
    pub(super) index: u64,
}

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) naming: Naming,
    sealed: SealedNumbers,
    history: History,
    allowance: Allowance,
    next_again: u64,
    packets: u32,
    octets: u32,
    /// Timestamp of the newest packet, and when it was captured.
    newest: Option<(u64, u32, Instant)>,
    /// Whether something was sent since the last report.
    moved: bool,
    /// Whether the client reported to have received any of it: then it knows the SSRC, and need not
    /// be told the line any more (RFC 8843 §9.2).
    is_known: bool,
    pub(super) jitter: Option<u32>,
    /// The timestamp of the last key frame, and when the last packet of it left.
    key_frame: Option<(u32, Option<Instant>)>,
}

impl Stream {
    pub(super) fn new(naming: Naming) -> Self {
        Self {
            naming,
            sealed: SealedNumbers::default(),
            history: History::default(),
            allowance: Allowance::default(),
            next_again: 1,
            packets: 0,
            octets: 0,
            newest: None,
            moved: false,
            is_known: false,
            jitter: None,
            key_frame: None,
        }
    }

    pub(super) fn sends_as(&self, ssrc: u32) -> bool {
        let again = self.naming.resending.as_ref().is_some_and(|resending| resending.ssrc == ssrc);
        self.naming.ssrc == ssrc || again
    }

    pub(super) fn is_sound(&self) -> bool {
        self.naming.resending.is_none()
    }

    /// This is going to leave, now or later.
    pub(super) fn expect(&mut self, outbound: &Outbound) {
        if outbound.starts_key_frame {
            self.key_frame = Some((outbound.numbers.timestamp, None));
        }
    }

    /// How long ago the last packet left of the last key frame.
    pub(super) fn key_frame_left(&self, now: Instant) -> Option<Duration> {
        let (_, left) = self.key_frame?;
        left.map(|left| now.saturating_duration_since(left))
    }

    /// Whether a packet of this number may still leave: no number may be sealed twice, as the nonce is made
    /// of it. From then on it may not.
    pub(super) fn takes(&mut self, sequence: u64) -> bool {
        self.sealed.take(sequence)
    }

    pub(super) fn write(
        &mut self,
        now: Instant,
        numbers: &ExtensionNumbers,
        transport_sequence: Option<u16>,
        outbound: &Outbound,
    ) -> Plain {
        let Numbers { sequence, timestamp, .. } = outbound.numbers;
        let header = Header {
            is_padded: false,
            marker: outbound.marker,
            payload_type: outbound.payload_type,
            sequence: sequence as u16,
            timestamp,
            ssrc: self.naming.ssrc,
        };
        let mut plain = self.begin(&header, numbers, transport_sequence, outbound.extensions, {
            outbound.payload.len()
        });
        append(&mut plain.packet, &outbound.payload, &outbound.numbers);
        plain.index = sequence;
        if self.resends(outbound.payload_type).is_some() {
            let Outbound { payload_type, marker, payload, .. } = outbound;
            self.history.note(now, outbound.numbers, *payload_type, *marker, payload);
        }
        if let Some((of, left)) = &mut self.key_frame
            && *of == timestamp
        {
            *left = Some(now);
        }
        self.allowance.earn(outbound.payload.len());
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(outbound.payload.len() as u32);
        if self.newest.is_none_or(|(newest, ..)| newest < sequence) {
            self.newest = Some((sequence, timestamp, outbound.captured));
        }
        self.moved = true;
        plain
    }

    /// For how long what is sent may be asked for again.
    pub(super) fn keep_for(&mut self, time: Duration) {
        self.history.keep_for(time);
    }

    /// What was sent so far need not be sent again.
    pub(super) fn forget(&mut self) {
        self.history.clear();
    }

    /// Whether the packet of that number should wait for its turn to be sent once more: it is still here, and
    /// does not wait yet.
    pub(super) fn queues_again(&mut self, now: Instant, sequence: u16) -> bool {
        self.history.queue(now, sequence)
    }

    /// The packet of that number once more, if it is still here and there is no need to wait.
    /// `pause`: how long the last copy of it may be under way.
    pub(super) fn write_again(
        &mut self,
        now: Instant,
        numbers: &ExtensionNumbers,
        sequence: u16,
        pause: Duration,
        transport_sequence: impl FnOnce(usize) -> Option<u16>,
    ) -> Option<Plain> {
        let sent = self.history.again(now, sequence, pause)?.clone();
        let (first, marker, payload_type) = (sent.numbers(), sent.marker(), sent.payload_type());
        let Sent { payload, .. } = sent;
        let (ssrc, payload_type) = self.resends(payload_type)?;
        if !self.allowance.spend(payload.len()) {
            return None;
        }
        let index = self.next_again;
        self.next_again += 1;
        let header = Header {
            is_padded: false,
            marker,
            payload_type,
            sequence: index as u16,
            timestamp: first.timestamp,
            ssrc,
        };
        let transport_sequence = transport_sequence(payload.len());
        let length = payload.len() + 2;
        let mut plain =
            self.begin(&header, numbers, transport_sequence, Extensions::default(), length);
        plain.packet.extend((first.sequence as u16).to_be_bytes());
        append(&mut plain.packet, &payload, &first);
        plain.index = index;
        Some(plain)
    }

    pub(super) fn can_pad(&self) -> bool {
        let resending = self.naming.resending.as_ref();
        resending.is_some_and(|resending| !resending.payload_types.is_empty())
    }

    /// A packet of nothing but padding, which browsers count and throw away.
    pub(super) fn write_padding(
        &mut self,
        numbers: &ExtensionNumbers,
        bytes: usize,
        transport_sequence: Option<u16>,
    ) -> Option<Plain> {
        let resending = self.naming.resending.as_ref()?;
        let (_, payload_type) = *resending.payload_types.first()?;
        let index = self.next_again;
        let header = Header {
            is_padded: true,
            marker: false,
            payload_type,
            sequence: index as u16,
            timestamp: self.newest.map_or(0, |(_, timestamp, _)| timestamp),
            ssrc: resending.ssrc,
        };
        self.next_again += 1;
        let bytes = bytes.clamp(1, MOST_PADDING);
        let mut plain =
            self.begin(&header, numbers, transport_sequence, Extensions::default(), bytes);
        let length = plain.packet.len() + bytes;
        plain.packet.resize(length, 0);
        plain.packet[length - 1] = bytes as u8;
        plain.index = index;
        Some(plain)
    }

    /// What to report of the stream (RFC 3550 §6.4.1), if it moved: on our clock, `ntp`, its
    /// timestamps are where they would be if capture went on steadily.
    pub(super) fn report(&mut self, now: Instant, ntp: u64) -> Option<SenderReport> {
        let (_, timestamp, captured) = self.newest?;
        if !std::mem::take(&mut self.moved) {
            return None;
        }
        let ticks = |time: Duration| {
            (time.as_micros() as u64 * u64::from(self.naming.clock_rate) / 1_000_000) as u32
        };
        // Where the publisher's clock runs fast, it was captured later than now.
        let rtp_timestamp = match now.checked_duration_since(captured) {
            Some(since) => timestamp.wrapping_add(ticks(since)),
            None => timestamp.wrapping_sub(ticks(captured.saturating_duration_since(now))),
        };
        Some(SenderReport {
            ssrc: self.naming.ssrc,
            ntp,
            rtp_timestamp,
            packets: self.packets,
            octets: self.octets,
        })
    }

    /// The client received some of it.
    pub(super) fn hear(&mut self, report: &ReceptionReport) {
        if report.ssrc == self.naming.ssrc {
            self.is_known = true;
            self.jitter = Some(report.jitter);
        }
    }

    /// As what a packet of this payload type is sent again.
    fn resends(&self, payload_type: u8) -> Option<(u32, u8)> {
        let resending = self.naming.resending.as_ref()?;
        let mut types = resending.payload_types.iter();
        let (_, again) = types.find(|(first, _)| *first == payload_type)?;
        Some((resending.ssrc, *again))
    }

    fn begin(
        &self,
        header: &Header,
        numbers: &ExtensionNumbers,
        transport_sequence: Option<u16>,
        passed_on: Extensions,
        length: usize,
    ) -> Plain {
        let mut packet = Vec::with_capacity(LONGEST_HEADER + length + TAG);
        let mid = (!self.is_known).then_some(self.naming.mid.as_str());
        header.write(numbers, &Values { transport_sequence, mid, passed_on }, &mut packet);
        Plain { header_length: packet.len(), packet, index: 0 }
    }
}

fn append(packet: &mut Vec<u8>, payload: &[u8], numbers: &Numbers) {
    let begin = packet.len();
    packet.extend_from_slice(payload);
    if numbers.picture_id.is_some() || numbers.base_layer_index.is_some() {
        vp8::renumber(&mut packet[begin..], numbers.picture_id, numbers.base_layer_index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    const NUMBERS: ExtensionNumbers = ExtensionNumbers {
        transport_sequence: Some(3),
        mid: Some(4),
        audio_level: None,
        rotation: None,
    };

    fn stream() -> Stream {
        let resending = Resending { ssrc: 8, payload_types: vec![(96, 97)] };
        let mid = String::from("m");
        Stream::new(Naming { mid, ssrc: 7, resending: Some(resending), clock_rate: 90_000 })
    }

    /// A VP8 packet with a frame number of 7 bits, to be sent with another.
    fn outbound(now: Instant, sequence: u64) -> Outbound {
        let picture_id = Some(5);
        Outbound {
            numbers: Numbers { sequence, timestamp: 9_000, picture_id, base_layer_index: None },
            payload_type: 96,
            marker: true,
            payload: [0x90, 0x80, 0x12, 0x01].into(),
            extensions: Extensions::default(),
            captured: now,
            starts_key_frame: false,
            copies: 0,
        }
    }

    fn fixed(plain: &Plain) -> (u8, u16, u32) {
        let packet = &plain.packet;
        let ssrc = u32::from_be_bytes(packet[8..12].try_into().unwrap());
        (packet[1], u16::from_be_bytes([packet[2], packet[3]]), ssrc)
    }

    #[test]
    fn the_line_is_named_until_the_client_reports() {
        let (now, mut stream) = (begin(), stream());
        let named = stream.write(now, &NUMBERS, Some(1), &outbound(now, 1));
        assert_eq!(named.packet[16..], [0x31, 0, 1, 0x40, b'm', 0, 0, 0, 0x90, 0x80, 5, 1]);
        stream.hear(&ReceptionReport { ssrc: 7, ..ReceptionReport::default() });
        let unnamed = stream.write(now, &NUMBERS, Some(2), &outbound(now, 2));
        assert_eq!(unnamed.packet[16..], [0x31, 0, 2, 0, 0x90, 0x80, 5, 1]);
        assert_eq!((unnamed.header_length, unnamed.index), (20, 2));
    }

    #[test]
    fn what_is_sent_again_is_what_was_sent_behind_its_number() {
        let (now, mut stream) = (begin(), stream());
        let first = stream.write(now, &NUMBERS, None, &outbound(now, 65_537));
        assert_eq!((fixed(&first), first.index), ((0x80 | 96, 1, 7), 65_537));
        let again = |stream: &mut Stream, sequence| {
            stream.write_again(now, &NUMBERS, sequence, Duration::ZERO, |_| None)
        };
        for index in 1..3 {
            let again = again(&mut stream, 1).unwrap();
            assert_eq!((fixed(&again), again.index), ((0x80 | 97, index as u16, 8), index));
            assert_eq!(again.packet[again.header_length..], [0, 1, 0x90, 0x80, 5, 1]);
        }
        assert!(again(&mut stream, 2).is_none());
    }

    #[test]
    fn padding_says_how_much_it_is() {
        let mut stream = stream();
        for (wanted, bytes) in [(100, 100), (0, 1), (1_000, MOST_PADDING)] {
            let plain = stream.write_padding(&NUMBERS, wanted, None).unwrap();
            assert_eq!((plain.packet[0] & 0x20, fixed(&plain).2), (0x20, 8));
            assert_eq!(plain.packet.len() - plain.header_length, bytes);
            assert_eq!(plain.packet.last(), Some(&(bytes as u8)));
        }
    }

    #[test]
    fn reports_say_where_timestamps_are_now_and_only_of_what_moves() {
        let (now, mut stream) = (begin(), stream());
        assert!(stream.report(now, 1).is_none());
        stream.write(now, &NUMBERS, None, &outbound(now, 2));
        stream.write(now, &NUMBERS, None, &outbound(now, 1));
        let report = stream.report(now + Duration::from_millis(500), 1).unwrap();
        assert_eq!((report.rtp_timestamp, report.packets, report.octets), (54_000, 2, 8));
        assert!(stream.report(now, 1).is_none());
        let ahead = Outbound { captured: now + Duration::from_millis(100), ..outbound(now, 3) };
        stream.write(now, &NUMBERS, None, &ahead);
        assert_eq!(stream.report(now, 1).unwrap().rtp_timestamp, 0);
    }
}
