//! What a viewer is sent. The engine does all that a transport needs once: ICE, DTLS, and whatever
//! the client sends. What every viewer gets of every packet goes past it: here each copy gets its
//! header, is sealed from the payload that all viewers share, and leaves; and here is read
//! what the viewer says of it.
//!
//! What the way carries is estimated (`core/congestion`), and where it is little, less is sent
//! (`core/allocation`): no queue before it would help, but for moments (`pacing.rs`).

mod allowance;
mod header;
mod history;
mod keeping;
mod pacing;
mod repeating;
mod resending;
mod sealed;
mod stream;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

pub(crate) use self::header::ExtensionNumbers;
use self::keeping::Keeping;
use self::pacing::Pacing;
use self::repeating::Repeating;
use self::stream::{MOST_PADDING, Plain, Stream};
pub(crate) use self::stream::{Naming, Numbers, Outbound, Resending};
use super::congestion::Congestion;
use super::losses::{Losses, RecentLosses};
use super::rtcp::{self, Message, ReceptionReport};
use super::srtp::{Opener, Sealer, SrtpKeys};

/// What a packet has beside its payload, about: the header and the seal.
const OVERHEAD: usize = 40;
/// How often the client is told where streams stand.
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// Into one datagram go no more reports: each has 28 bytes.
const MOST_REPORTS: usize = 31;
/// The first is due soon after something was sent: before, sound and picture are not in step.
const FIRST_REPORT: Duration = Duration::from_millis(100);
/// The least time between two looks at what padding is due.
const LEAST_REST: Duration = Duration::from_millis(1);
/// What is kept place for; a newcomer has far more to be sent, once.
const USUAL_DATAGRAMS: usize = 64;
/// At one time no more packets of padding are sent.
const MOST_PADDINGS: usize = 64;

/// What the viewer said, of one of its streams or of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    NeedsKeyFrame(usize),
    /// It missed so many packets.
    Missed(u64),
    /// The way is estimated anew.
    Estimated(u64),
}

/// What became of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is authentic, and says something of what was sent; maybe more that is for the engine.
    Understood { is_for_engine: bool },
    /// There are no keys yet.
    TooEarly,
    /// It is not authentic, or was heard before.
    Refused,
}

/// What the client says of its way.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Downlink {
    /// Of about the last half second, and of as long as it takes to tell from chance.
    pub(crate) losses: Losses,
    pub(crate) lately: Losses,
    pub(crate) round_trip: Option<Duration>,
    /// How long packets have to wait for each other.
    pub(crate) queue: Duration,
    /// Of sound.
    pub(crate) jitter: Option<Duration>,
    /// Of media, since the beginning.
    pub(crate) bytes: u64,
}

/// What leaves later.
#[derive(Debug)]
enum Waiting {
    Media {
        stream: usize,
        outbound: Outbound,
    },
    /// What the client missed, by the lower half of its sequence number.
    Again {
        stream: usize,
        sequence: u16,
    },
}

pub(crate) struct Sending {
    begin: Instant,
    numbers: ExtensionNumbers,
    keys: Option<(Sealer, Opener)>,
    streams: Vec<Stream>,
    congestion: Congestion,
    /// What sound takes, in bits per second.
    sound: u64,
    pacing: Pacing<Waiting>,
    /// Of what was sent again: when, of which stream, and the lower half of its number.
    second_copies: VecDeque<(Instant, usize, u16)>,
    repeating: Repeating,
    keeping: Keeping,
    next_report: Option<Instant>,
    /// When padding is worth thinking of again, at the earliest.
    rests_until: Instant,
    bytes: u64,
    losses: RecentLosses,
    said: VecDeque<Said>,
    datagrams: VecDeque<Vec<u8>>,
}

impl Sending {
    /// `estimate`: what the way is taken to carry before anything is known, in bits per second.
    pub(crate) fn new(now: Instant, estimate: u64) -> Self {
        Self {
            begin: now,
            numbers: ExtensionNumbers::default(),
            keys: None,
            streams: Vec::new(),
            congestion: Congestion::new(estimate),
            sound: 0,
            pacing: Pacing::new(estimate),
            second_copies: VecDeque::new(),
            repeating: Repeating::default(),
            keeping: Keeping::default(),
            next_report: None,
            rests_until: now,
            bytes: 0,
            losses: RecentLosses::default(),
            said: VecDeque::new(),
            datagrams: VecDeque::new(),
        }
    }

    /// Nothing is sent before. `is_client`: which part we had in the handshake.
    pub(crate) fn set_keys(&mut self, keys: &SrtpKeys, is_client: bool) {
        self.keys = Sealer::new(keys, is_client).zip(Opener::new(keys, is_client));
    }

    /// Makes room for so many streams and no more: there are dozens, and a vector that grows by itself would
    /// hold up to as many empty places.
    pub(crate) fn reserve_streams(&mut self, count: usize) {
        self.streams.reserve_exact(count.saturating_sub(self.streams.len()));
    }

    /// Adds a stream; its number.
    pub(crate) fn add(&mut self, naming: Naming) -> usize {
        self.streams.push(Stream::new(naming));
        self.streams.len() - 1
    }

    pub(crate) fn naming(&self, stream: usize) -> &Naming {
        &self.streams[stream].naming
    }

    /// Whether one of its streams has this SSRC.
    pub(crate) fn sends_as(&self, ssrc: u32) -> bool {
        self.stream_of(ssrc).is_some()
    }

    pub(crate) fn set_extensions(&mut self, numbers: ExtensionNumbers) {
        self.numbers = numbers.within_reach();
    }

    pub(crate) fn send(&mut self, now: Instant, stream: usize, outbound: Outbound) {
        if self.keys.is_none() {
            return;
        }
        self.streams[stream].expect(&outbound);
        if self.streams[stream].is_sound() || self.pacing.is_free(now) {
            return self.send_now(now, stream, &outbound);
        }
        let bytes = outbound.payload.len() + OVERHEAD;
        self.pacing.wait(Waiting::Media { stream, outbound }, bytes, false);
    }

    /// The stream begins anew with a key frame, and nothing before that is of use any more: where the
    /// way is too narrow, sending it would hold up what matters.
    pub(crate) fn forget(&mut self, stream: usize) {
        self.streams[stream].forget();
        self.pacing.retain(|waiting| waiting.stream() != stream);
        self.second_copies.retain(|(_, of, _)| *of != stream);
    }

    /// Takes a datagram with RTCP of the client.
    pub(crate) fn hear(&mut self, now: Instant, datagram: &[u8]) -> Heard {
        let Some((_, opener)) = &mut self.keys else { return Heard::TooEarly };
        let Some(packet) = opener.open_rtcp(datagram) else { return Heard::Refused };
        let is_for_engine = rtcp::concerns_the_engine(packet);
        let estimate = self.congestion.estimate();
        for message in rtcp::read(packet).collect::<Vec<_>>() {
            self.heed(now, &message);
        }
        self.keeping.hear(now);
        self.keep_what_may_be_missed(now);
        self.pacing.follow(self.congestion.estimate(), self.sound, self.congestion.space());
        if self.congestion.estimate() != estimate {
            self.said.push_back(Said::Estimated(self.congestion.estimate()));
        }
        Heard::Understood { is_for_engine }
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Instant) {
        if self.next_report.is_some_and(|due| due <= now) {
            self.report(now);
        }
        while let Some(waiting) = self.pacing.next(now) {
            match waiting {
                Waiting::Media { stream, outbound } => self.send_now(now, stream, &outbound),
                Waiting::Again { stream, sequence } => self.send_again(now, stream, sequence),
            }
        }
        self.send_second_copies(now);
        self.datagrams.extend(std::iter::from_fn(|| self.repeating.next(now)));
        self.pad(now);
        self.rests_until = now + LEAST_REST;
    }

    /// When [`Self::tick`] is due.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let padding = self.padded().and_then(|_| self.congestion.deadline());
        let second_copy = self.second_copies.front().map(|(due, ..)| *due);
        let rested = [padding, self.pacing.deadline(), second_copy, self.repeating.deadline()];
        let rested = rested.into_iter().flatten().map(|due| due.max(self.rests_until));
        self.next_report.into_iter().chain(rested).min()
    }

    pub(crate) fn poll(&mut self) -> Option<Said> {
        self.said.pop_front()
    }

    pub(crate) fn poll_datagram(&mut self) -> Option<Vec<u8>> {
        let next = self.datagrams.pop_front();
        if next.is_none() {
            self.datagrams.shrink_to(USUAL_DATAGRAMS);
        }
        next
    }

    /// What the way to the client can carry, in bits per second.
    pub(crate) fn estimate(&self) -> u64 {
        self.congestion.estimate()
    }

    /// What sound takes of the way, in bits per second.
    pub(crate) fn reserve(&mut self, sound: u64) {
        self.sound = sound;
    }

    /// What to keep the way filled with, and how much it would be good to know of.
    pub(crate) fn aim(&mut self, sustained: u64, desired: u64) {
        self.congestion.aim(sustained, desired);
    }

    /// What was heard since this was asked last.
    pub(crate) fn take_downlink(&mut self) -> Downlink {
        let sound = |stream: &&mut Stream| stream.naming.resending.is_none();
        let jitter = |stream: &mut Stream| {
            let ticks = u64::from(stream.jitter.take()?);
            Some(Duration::from_micros(
                ticks * 1_000_000 / u64::from(stream.naming.clock_rate.max(1)),
            ))
        };
        let losses = self.congestion.take_losses();
        self.losses.note(losses);
        Downlink {
            losses,
            lately: self.losses.lately(),
            round_trip: self.congestion.round_trip(),
            queue: self.congestion.queue(),
            jitter: self.streams.iter_mut().filter(sound).filter_map(jitter).max(),
            bytes: self.bytes,
        }
    }

    fn heed(&mut self, now: Instant, message: &Message) {
        match message {
            Message::Report(report) => self.heed_report(report),
            Message::Nack { ssrc, sequences } => {
                if let Some(stream) = self.stream_of(*ssrc) {
                    self.keeping.miss(now);
                    self.said.push_back(Said::Missed(sequences.len() as u64));
                    self.resend(now, stream, sequences);
                }
            }
            Message::KeyFrame { ssrc } => {
                let stream = self.stream_of(*ssrc);
                let needs = stream.filter(|stream| !self.has_key_frame_coming(now, *stream));
                self.said.extend(needs.map(Said::NeedsKeyFrame));
            }
            Message::Transport(feedback) => self.congestion.hear(now, feedback),
        }
    }

    fn heed_report(&mut self, report: &ReceptionReport) {
        if let Some(stream) = self.stream_of(report.ssrc) {
            self.streams[stream].hear(report);
        }
    }

    fn stream_of(&self, ssrc: u32) -> Option<usize> {
        self.streams.iter().position(|stream| stream.sends_as(ssrc))
    }

    fn send_now(&mut self, now: Instant, stream: usize, outbound: &Outbound) {
        self.notice_silence(now);
        let Some((sealer, _)) = &mut self.keys else { return };
        if !self.streams[stream].takes(outbound.numbers.sequence) {
            return;
        }
        let bytes = outbound.payload.len();
        // The client would take a copy's arrival for the packet's, and the way to be slow.
        let counts = self.numbers.transport_sequence.is_some() && outbound.copies == 0;
        let sequence = counts.then(|| self.congestion.send(now, bytes + OVERHEAD));
        let plain = self.streams[stream].write(now, &self.numbers, sequence, outbound);
        let sealed = sealed(sealer, plain);
        if let Some(datagram) = sealed.as_deref().filter(|_| outbound.copies > 0) {
            self.repeating.add(now, datagram, outbound.copies);
        }
        self.datagrams.extend(sealed);
        if !self.streams[stream].is_sound() {
            self.pacing.leave(now, bytes + OVERHEAD);
        }
        self.bytes += bytes as u64;
        self.next_report.get_or_insert(now + FIRST_REPORT);
    }

    /// The stream that padding is sent with: browsers take it where lost packets are sent again.
    fn padded(&self) -> Option<usize> {
        self.numbers.transport_sequence?;
        self.keys.as_ref()?;
        self.streams.iter().position(Stream::can_pad)
    }

    fn pad(&mut self, now: Instant) {
        let Some(stream) = self.padded() else { return };
        let Some((sealer, _)) = &mut self.keys else { return };
        for _ in 0..MOST_PADDINGS {
            let Some(bytes) = self.congestion.padding(now, MOST_PADDING) else { return };
            let sequence = self.congestion.send(now, bytes + OVERHEAD);
            let plain = self.streams[stream].write_padding(&self.numbers, bytes, Some(sequence));
            self.datagrams.extend(plain.and_then(|plain| sealed(sealer, plain)));
        }
    }

    /// Tells the client where each stream stands that moved.
    fn report(&mut self, now: Instant) {
        let Some((sealer, _)) = &mut self.keys else { return };
        let ntp = ntp(now.saturating_duration_since(self.begin));
        let reports: Vec<_> =
            self.streams.iter_mut().filter_map(|stream| stream.report(now, ntp)).collect();
        for chunk in reports.chunks(MOST_REPORTS) {
            let mut packet = Vec::new();
            chunk.iter().for_each(|report| report.write(&mut packet));
            if sealer.seal_rtcp(&mut packet) {
                self.datagrams.push_back(packet);
            }
        }
        self.next_report = (!reports.is_empty()).then_some(now + REPORT_EVERY);
    }
}

impl Waiting {
    fn stream(&self) -> usize {
        match self {
            Self::Media { stream, .. } | Self::Again { stream, .. } => *stream,
        }
    }
}

fn sealed(sealer: &mut Sealer, plain: Plain) -> Option<Vec<u8>> {
    let Plain { mut packet, header_length, index } = plain;
    sealer.seal_rtp(&mut packet, header_length, index).then_some(packet)
}

/// In NTP's format (RFC 3550 §4): seconds, and their fraction. What matters is only how the reports
/// of one transport compare, so it begins with the transport.
fn ntp(since: Duration) -> u64 {
    let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
    (since.as_secs() + 1) << 32 | fraction
}
