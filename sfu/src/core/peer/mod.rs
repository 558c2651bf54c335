//! One participant's transport: ICE, DTLS, SRTP, RTCP. The only folder that names the WebRTC
//! engine.
//!
//! The engine's contract is that after every change it is polled until it has nothing more to
//! say; so each method that changes something is followed by [`Peer::poll`] until `None`.

mod codecs;
mod events;
mod gauge;
mod headers;
mod identity;
mod incoming;
mod lines;
mod redundancy;
mod ways;
mod writing;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::media::{KeyframeRequestKind, Media};
use str0m::net::{Receive, Transmit};
use str0m::{Event, Input, Output, Rtc};

use self::gauge::Gauge;
pub use self::identity::Identity;
use self::identity::{INITIAL_ESTIMATE, configure};
use self::incoming::IncomingStreams;
pub(crate) use self::lines::Line;
use self::lines::{LineState, Role, Sender, answer, read_lines};
use self::ways::{candidate, protocol, transport};
use self::writing::Writing;
use super::capture_clock::CaptureClock;
use super::error::ConnectError;
use super::event::{MediaKind, TrackKind};
use super::offer::{Offer, Origin};
use super::packet::Packet;
use super::path::{Ends, Path};
use super::quality::Measurement;
use super::rewriter::Rewritten;
use super::stun::DatagramKind;
use super::transport::{LocalAddress, Transport};

/// How often the engine may ask to be called again at once before others get their turn.
const MOST_TURNS: u32 = 64;
/// The least time between two tellings of the time, when nothing was given to it to send.
const LEAST_REST: Duration = Duration::from_millis(1);
/// What is looked for on the way to a client of whom nothing is known yet, in bits per second.
const FIRST_AIM: u64 = 4_000_000;
/// What a viewer may ask to be sent again: of each slot, so many packets, for so long, and of all
/// that is sent, so much.
const RESEND_PACKETS: usize = 768;
const RESEND_AGE: Duration = Duration::from_millis(1_500);
const RESEND_SHARE: f32 = 0.35;

/// A datagram to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram {
    pub transport: Transport,
    /// The candidate that it leaves from.
    pub source: SocketAddr,
    pub destination: SocketAddr,
    pub contents: Vec<u8>,
}

/// What a transport has to say.
#[derive(Debug)]
pub(crate) enum PeerOutput {
    Transmit(Datagram),
    Connected,
    /// It is closed, or ICE gave up.
    Gone,
    Packet(Received),
    /// The viewer cannot decode what it gets on this line.
    NeedsKeyFrame(Line),
    Measured(Measurement),
    /// The viewer missed so many packets, and asked for them again.
    Requested(u64),
    /// What the way to the client can carry, in bits per second, is estimated anew.
    Estimated(u64),
}

/// A media packet, and what it is of.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) track: TrackKind,
    pub(crate) layer: u8,
    /// Whether the layer begins anew with it: another SSRC.
    pub(crate) is_new: bool,
    pub(crate) packet: Packet,
}

/// A transport that answered an offer.
pub(crate) struct Peer {
    rtc: Rtc,
    origin: Origin,
    lines: Vec<LineState>,
    incoming: IncomingStreams,
    deadline: Instant,
    turns: u32,
    writing: Writing,
    clock: CaptureClock,
    path: Path,
    estimate: Option<u64>,
    /// How much it would be good to know of, in bits per second.
    desired: u64,
    gauge: Gauge,
    /// Came with one datagram, and are handed on one by one.
    unpacked: VecDeque<Received>,
    /// Whether sound is sent twice where the client knows how to take it.
    is_redundant: bool,
}

impl Peer {
    /// Answers a client's first offer.
    pub(crate) fn accept(
        now: Instant,
        identity: &Identity,
        offer: &Offer,
    ) -> Result<(Self, String), ConnectError> {
        let mut rtc = configure(identity).build(now);
        for candidate in identity.candidates.iter().filter_map(candidate) {
            rtc.add_local_candidate(candidate);
        }
        let answer = answer(&mut rtc, offer)?;
        rtc.bwe().set_bitrate(Bitrate::ZERO, Bitrate::bps(FIRST_AIM));
        let mut lines = Vec::new();
        read_lines(&rtc, offer, &mut lines)?;
        let mut peer = Self {
            rtc,
            origin: offer.origin().clone(),
            lines,
            incoming: IncomingStreams::default(),
            deadline: now,
            turns: 0,
            writing: Writing::default(),
            clock: CaptureClock::default(),
            path: Path::default(),
            estimate: None,
            desired: FIRST_AIM,
            gauge: Gauge::default(),
            unpacked: VecDeque::new(),
            is_redundant: false,
        };
        peer.withhold_senders();
        let answer = peer.pair_slots(answer);
        Ok((peer, answer))
    }

    /// Answers a further offer of the same peer connection: an ICE restart, or more lines.
    pub(crate) fn reaccept(&mut self, offer: &Offer) -> Result<String, ConnectError> {
        let answer = answer(&mut self.rtc, offer)?;
        let read = read_lines(&self.rtc, offer, &mut self.lines);
        self.withhold_senders();
        read.map(|()| self.pair_slots(answer))
    }

    /// Whether the offer comes from the peer connection at the other end of this transport.
    pub(crate) fn belongs_to(&self, offer: &Offer) -> bool {
        self.origin == *offer.origin()
    }

    /// By which connectivity checks name this transport. Changes with an ICE restart.
    pub(crate) fn fragment(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// The lines of a kind that the client receives on, in the order of its offers.
    pub(crate) fn slot_lines(&self, kind: MediaKind) -> Vec<Line> {
        let is_slot = |line: &LineState| line.kind == kind && line.is_slot();
        self.numbered().filter(|(_, line)| is_slot(line)).map(|(number, _)| number).collect()
    }

    /// How many simulcast layers the client may send of the track; 0 when it has no line for it.
    pub(crate) fn layers(&self, track: TrackKind) -> usize {
        let published = self.lines.iter().filter_map(LineState::published);
        let mut of_track = published.filter(|(of, _)| *of == track);
        of_track.next().map_or(0, |(_, layers)| layers.len().max(1))
    }

    pub(crate) fn mid(&self, line: Line) -> String {
        self.lines[line.0].mid.to_string()
    }

    /// What the way to the client can carry, in bits per second.
    pub(crate) fn estimate(&self) -> u64 {
        self.estimate.unwrap_or(INITIAL_ESTIMATE)
    }

    /// Tells the estimator, in bits per second, what to keep the way filled with, and how much it
    /// would be good to know of.
    pub(crate) fn aim(&mut self, sustained: u64, desired: u64) {
        self.desired = desired;
        self.rtc.bwe().set_bitrate(Bitrate::bps(sustained), Bitrate::bps(desired));
    }

    /// Whether the engine may probe for more at any time.
    fn seeks(&self) -> bool {
        self.estimate() < self.desired
    }

    /// Whether the client can be sent sound twice.
    pub(crate) fn knows_redundancy(&self) -> bool {
        self.lines.iter().any(|line| line.is_slot() && line.redundancy.is_some())
    }

    /// Says whether to do so.
    pub(crate) fn set_redundant(&mut self, is_redundant: bool) {
        self.is_redundant = is_redundant;
    }

    /// Whether the datagram, from an unknown address, proves that it is meant for this transport.
    pub(crate) fn accepts(
        &self,
        now: Instant,
        from: SocketAddr,
        to: LocalAddress,
        datagram: &[u8],
    ) -> bool {
        Receive::new(protocol(to.transport), from, to.address, datagram)
            .is_ok_and(|receive| self.rtc.accepts(&Input::Receive(now, receive)))
    }

    /// Takes a datagram. Whether anything could be made of it.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        from: SocketAddr,
        to: LocalAddress,
        datagram: &[u8],
    ) -> bool {
        self.turns = 0;
        self.writing.received();
        let received = Receive::new(protocol(to.transport), from, to.address, datagram);
        let Ok(receive) = received else { return false };
        let is_sound =
            self.rtc.is_alive() && self.rtc.handle_input(Input::Receive(now, receive)).is_ok();
        if is_sound {
            let ends = Ends { client: from, ours: to };
            match DatagramKind::of(datagram) {
                DatagramKind::Media => self.path.hear_media(now, ends),
                DatagramKind::Dtls => self.path.hear_handshake(now, ends),
                _ => self.path.hear_check(now, ends),
            }
        }
        is_sound
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Instant) {
        self.turns = 0;
        self.advance(now);
    }

    fn advance(&mut self, now: Instant) {
        if self.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.rtc.disconnect();
        }
    }

    /// When [`Self::tick`] must be called next. Valid once polled to the end.
    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Sends a packet on a line with its new numbers, if the viewer knows the codec.
    pub(crate) fn send(&mut self, line: Line, packet: &Packet, rewritten: &Rewritten) {
        self.turns = 0;
        let line = &mut self.lines[line.0];
        let Some(pt) = line.payload_type(packet.codec) else { return };
        let Role::Slot(Some(sender)) = &mut line.role else { return };
        let mut api = self.rtc.direct_api();
        if !std::mem::replace(&mut sender.is_declared, true) {
            let stream = api.declare_stream_tx(sender.ssrc, sender.resend, line.mid, None);
            // Publishers pace their streams already, and the estimate is wrong whenever this
            // machine is short of CPU: a packet of a call never waits for it.
            stream.set_unpaced(true);
            stream.set_rtx_cache(RESEND_PACKETS, RESEND_AGE, Some(RESEND_SHARE));
            self.writing.declare(*sender.ssrc);
        }
        if let Some(stream) = api.stream_tx(&sender.ssrc) {
            let (pt, payload) = match &mut line.redundancy {
                Some(redundancy) => redundancy.pack(packet, rewritten, self.is_redundant),
                None => (pt, packet.payload.clone()),
            };
            stream.write_rtp(headers::write(pt, payload, packet, rewritten));
            self.writing.wrote();
        }
    }

    /// Asks the client for a key frame of one layer of a track.
    pub(crate) fn request_key_frame(&mut self, track: TrackKind, layer: u8) {
        self.turns = 0;
        let published = |line: &LineState| {
            let (of, layers) = line.published()?;
            (of == track).then(|| (line.mid, layers.get(usize::from(layer)).copied()))
        };
        let Some((mid, rid)) = self.lines.iter().find_map(published) else { return };
        if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, rid) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
        }
    }

    /// Says good-bye to the client.
    pub(crate) fn close(&mut self) {
        self.turns = 0;
        if self.rtc.close().is_err() {
            self.rtc.disconnect();
        }
    }

    /// The next thing that the transport has to say, until there is nothing more.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<PeerOutput> {
        if self.unpacked.is_empty()
            && !self.seeks()
            && let Some(deadline) = self.writing.rest(now, self.deadline)
        {
            self.deadline = deadline;
            return None;
        }
        self.next_output(now, MOST_TURNS)
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
        while self.rtc.is_alive() {
            if self.turns < most_turns && self.writing.must_tell() {
                self.turns += 1;
                self.advance(now);
            }
            match self.rtc.poll_output() {
                Ok(Output::Timeout(deadline)) if deadline > now || self.turns >= most_turns => {
                    self.writing.heard_out(deadline >= now + LEAST_REST);
                    self.deadline = deadline.max(now + LEAST_REST);
                    return None;
                }
                Ok(Output::Timeout(_)) => {
                    self.turns += 1;
                    self.advance(now);
                }
                Ok(Output::Transmit(transmit)) => {
                    self.writing.sent(now, &transmit.contents);
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
        self.deadline = now + Duration::from_secs(3600);
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
        Datagram {
            transport: ends.ours.transport,
            source: ends.ours.address,
            destination: ends.client,
            contents: transmit.contents.into(),
        }
    }

    fn numbered(&self) -> impl Iterator<Item = (Line, &LineState)> {
        self.lines.iter().enumerate().map(|(number, line)| (Line(number), line))
    }

    /// Takes from the engine the streams of receive slots that were never used.
    fn withhold_senders(&mut self) {
        let mut api = self.rtc.direct_api();
        for line in &mut self.lines {
            let Role::Slot(sender) = &mut line.role else { continue };
            if sender.is_some_and(|sender| sender.is_declared) {
                continue;
            }
            *sender = api.stream_tx_by_mid(line.mid, None).map(|stream| Sender {
                ssrc: stream.ssrc(),
                resend: stream.rtx(),
                is_declared: false,
                requested: 0,
            });
            if let Some(sender) = sender {
                api.remove_stream_tx(sender.ssrc);
            }
        }
    }

    /// Gives the two lines of a receive slot the same stream, by which browsers play them in step.
    fn pair_slots(&self, mut answer: String) -> String {
        let stream = |line: &Line| self.rtc.media(self.lines[line.0].mid).map(Media::stream_id);
        let (audio, video) = (self.slot_lines(MediaKind::Audio), self.slot_lines(MediaKind::Video));
        for (audio, video) in audio.iter().zip(&video) {
            if let (Some(audio), Some(video)) = (stream(audio), stream(video)) {
                answer = answer.replace(video, audio);
            }
        }
        answer
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peer").field("lines", &self.lines).finish_non_exhaustive()
    }
}
