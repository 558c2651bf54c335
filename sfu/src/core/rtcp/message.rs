//! What a receiver says of what it gets, one thing at a time.

use super::feedback::TransportFeedback;
use super::part::Part;
use super::{PAYLOAD_FEEDBACK, RECEIVER_REPORT, SENDER_REPORT, TRANSPORT_FEEDBACK};

/// Of one datagram. Nobody sends as many.
const MOST_MESSAGES: usize = 256;
/// Of one request. A browser asks for fewer at a time.
const MOST_SEQUENCES: usize = 1_024;
/// Of all packets that one datagram asks for or says the fate of, as many as one feedback may tell of. A few
/// bytes name thousands.
const MOST_NAMED: usize = 8_192;

/// Formats of transport feedback (RFC 4585 §6.2).
const NACK: u8 = 1;
const TRANSPORT_WIDE: u8 = 15;
/// Formats of payload feedback (RFC 4585 §6.3, RFC 5104 §4.3). The last one is REMB, among others.
const PICTURE_LOSS: u8 = 1;
const FULL_INTRA_REQUEST: u8 = 4;
const APPLICATION: u8 = 15;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Report(ReceptionReport),
    /// Packets of a stream are missing: at least one, and no more than 1024.
    Nack {
        ssrc: u32,
        sequences: Vec<u16>,
    },
    /// A stream's decoder wants a key frame (PLI or FIR).
    KeyFrame {
        ssrc: u32,
    },
    Transport(TransportFeedback),
}

impl Message {
    /// How many packets it asks for, or says the fate of.
    fn names(&self) -> usize {
        match self {
            Self::Nack { sequences, .. } => sequences.len(),
            Self::Transport(feedback) => feedback.arrivals.len(),
            Self::Report(_) | Self::KeyFrame { .. } => 0,
        }
    }
}

/// How one stream arrives (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceptionReport {
    pub ssrc: u32,
    /// Since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Since the beginning. Less than nothing when there were more copies than losses.
    pub cumulative_lost: i32,
    /// With the number of its rollovers in the upper half.
    pub highest_sequence: u32,
    /// In ticks of the stream's clock.
    pub jitter: u32,
    /// The middle 32 bits of the NTP time in the last sender report, or 0.
    pub last_sender_report: u32,
    /// Since that arrived, in 65536ths of a second.
    pub delay_since: u32,
}

impl ReceptionReport {
    fn parse(block: &[u8; 24]) -> Self {
        let [ssrc, loss, highest_sequence, jitter, last_sender_report, delay_since] =
            [0, 4, 8, 12, 16, 20].map(|at| {
                u32::from_be_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]])
            });
        Self {
            ssrc,
            fraction_lost: (loss >> 24) as u8,
            // 24 bits with a sign.
            cumulative_lost: (loss << 8) as i32 >> 8,
            highest_sequence,
            jitter,
            last_sender_report,
            delay_since,
        }
    }
}

/// All that a decrypted packet, compound or not, says of what we send; up to 256 messages, and of 8192
/// packets. What is malformed ends it. A feedback that contradicts itself is left out.
pub fn read(packet: &[u8]) -> impl Iterator<Item = Message> {
    let messages = Messages { rest: packet, entries: Entries::default() };
    let named = messages.take(MOST_MESSAGES).scan(0, |named, message| {
        *named += message.names();
        (*named <= MOST_NAMED).then_some(message)
    });
    named.fuse()
}

/// Whether there is anything in it that is not said of what we send, as of what the client sends
/// itself, or anything malformed: then the engine has to see it.
pub fn concerns_the_engine(packet: &[u8]) -> bool {
    let mut rest = packet;
    while let Some((part, after)) = Part::split(rest) {
        let is_ours = match (part.kind, part.count) {
            // What the feedback says in detail is not looked at twice.
            (TRANSPORT_FEEDBACK, TRANSPORT_WIDE) | (PAYLOAD_FEEDBACK, APPLICATION) => true,
            (RECEIVER_REPORT, _)
            | (TRANSPORT_FEEDBACK, NACK)
            | (PAYLOAD_FEEDBACK, PICTURE_LOSS | FULL_INTRA_REQUEST) => Entries::of(part).is_some(),
            _ => false,
        };
        if !is_ours {
            return true;
        }
        rest = after;
        if rest.is_empty() {
            return false;
        }
    }
    true
}

struct Messages<'a> {
    rest: &'a [u8],
    /// What is left of the packet before.
    entries: Entries<'a>,
}

impl Iterator for Messages<'_> {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.entries.next() {
                return Some(message);
            }
            let (part, rest) = Part::split(std::mem::take(&mut self.rest))?;
            self.entries = Entries::of(part)?;
            self.rest = rest;
        }
    }
}

/// What one packet says.
#[derive(Default)]
struct Entries<'a> {
    reports: &'a [[u8; 24]],
    requests: &'a [[u8; 8]],
    single: Option<Message>,
}

impl<'a> Entries<'a> {
    /// Of nothing that we want, nothing. `None` when it is malformed.
    fn of(part: Part<'a>) -> Option<Self> {
        let (reports, requests, single) = (&[][..], &[][..], None);
        let none = Self { reports, requests, single };
        Some(match (part.kind, part.count) {
            // The sender's SSRC and what it says of itself, then the blocks.
            (SENDER_REPORT, count) => {
                Self { reports: reports_after(24, count, part.body)?, ..none }
            }
            (RECEIVER_REPORT, count) => {
                Self { reports: reports_after(4, count, part.body)?, ..none }
            }
            (TRANSPORT_FEEDBACK, NACK) => Self { single: nack(part.body)?, ..none },
            (TRANSPORT_FEEDBACK, TRANSPORT_WIDE) => {
                let feedback = TransportFeedback::parse(part.body.get(8..)?);
                Self { single: feedback.map(Message::Transport), ..none }
            }
            (PAYLOAD_FEEDBACK, PICTURE_LOSS) => {
                let ssrc = u32::from_be_bytes(*part.body.get(4..)?.first_chunk()?);
                Self { single: Some(Message::KeyFrame { ssrc }), ..none }
            }
            (PAYLOAD_FEEDBACK, FULL_INTRA_REQUEST) => {
                Self { requests: part.body.get(8..)?.as_chunks().0, ..none }
            }
            _ => none,
        })
    }

    fn next(&mut self) -> Option<Message> {
        if let Some((block, rest)) = self.reports.split_first() {
            self.reports = rest;
            return Some(Message::Report(ReceptionReport::parse(block)));
        }
        if let Some(([ssrc @ .., _, _, _, _], rest)) = self.requests.split_first() {
            self.requests = rest;
            return Some(Message::KeyFrame { ssrc: u32::from_be_bytes(*ssrc) });
        }
        self.single.take()
    }
}

fn reports_after(head: usize, count: u8, body: &[u8]) -> Option<&[[u8; 24]]> {
    body.get(head..)?.as_chunks().0.get(..usize::from(count))
}

/// The packets that a stream's receiver asks for again (RFC 4585 §6.2.1): each entry has a sequence
/// number, and a bit for each of the 16 after it.
fn nack(body: &[u8]) -> Option<Option<Message>> {
    let ssrc = u32::from_be_bytes(*body.get(4..)?.first_chunk()?);
    let named = body[8..].as_chunks::<4>().0.iter().flat_map(|[high, low, following @ ..]| {
        let first = u16::from_be_bytes([*high, *low]);
        let following = u32::from(u16::from_be_bytes(*following));
        let bits = following << 1 | 1;
        (0..=16).filter(move |bit| bits & 1 << bit != 0).map(move |bit| first.wrapping_add(bit))
    });
    let sequences: Vec<_> = named.take(MOST_SEQUENCES).collect();
    Some((!sequences.is_empty()).then_some(Message::Nack { ssrc, sequences }))
}
