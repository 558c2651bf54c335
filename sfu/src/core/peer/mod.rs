//! One participant's transport. The only folder that names the WebRTC engine, which does ICE and
//! DTLS and reads what the client sends; what the client is sent goes past it (`core/sending`).
//!
//! Each method that changes something is to be followed by [`Peer::poll`] until `None`.

mod asking;
mod codecs;
mod copies;
mod events;
mod gauge;
mod headers;
mod identity;
mod incoming;
mod lines;
mod nacks;
mod polling;
mod redundancy;
mod slots;
mod ways;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::media::KeyframeRequestKind;
use str0m::net::Receive;
use str0m::{Input, Rtc};

use self::asking::Asking;
use self::copies::Copies;
use self::gauge::Gauge;
pub use self::identity::Identity;
use self::identity::{INITIAL_ESTIMATE, configure};
use self::incoming::IncomingStreams;
pub(crate) use self::lines::Line;
use self::lines::{LineState, Role, answer, read_lines};
use self::nacks::NackGate;
use self::ways::{candidate, protocol};
use super::capture_clock::CaptureClock;
use super::datagram_kind::{DatagramKind, is_rtcp};
use super::dtls::{self, ExportedKeys};
use super::error::ConnectError;
use super::event::{MediaKind, TrackKind};
use super::offer::{Offer, Origin};
use super::packet::Packet;
use super::path::{Ends, Path};
use super::quality::Measurement;
use super::rewriter::Rewritten;
use super::sending::{Heard, Numbers, Outbound, Said, Sending};
use super::transport::{LocalAddress, Transport};

/// What is looked for on the way to a client of whom nothing is known yet, in bits per second.
const FIRST_AIM: u64 = 4_000_000;
/// A client that was not heard where it is for so long is asked for elsewhere.
const UNHEARD: Duration = Duration::from_millis(200);

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
    /// The names of all m-lines that were offered, in order.
    offered: Vec<String>,
    lines: Vec<LineState>,
    incoming: IncomingStreams,
    /// When the engine must be told the time next.
    engine_deadline: Instant,
    /// When anything is due next: a room asks all its transports, and often.
    deadline: Instant,
    /// Whether something was done with the engine that it was not heard out on.
    is_stirred: bool,
    turns: u32,
    keys: ExportedKeys,
    sending: Sending,
    clock: CaptureClock,
    path: Path,
    asking: Asking,
    gauge: Gauge,
    nack_gate: NackGate,
    /// Came with one datagram, and are handed on one by one.
    unpacked: VecDeque<Received>,
    /// How often each packet of sound is sent again.
    copies_of_sound: u8,
    tells_levels: bool,
}

impl Peer {
    /// Answers a client's first offer.
    pub(crate) fn accept(
        now: Instant,
        identity: &Identity,
        offer: &Offer,
    ) -> Result<(Self, String), ConnectError> {
        let (mut rtc, keys) = dtls::exporting(|| configure(identity).build(now));
        for candidate in identity.candidates.iter().filter_map(candidate) {
            rtc.add_local_candidate(candidate);
        }
        let copies = Copies::of(&rtc, offer, &[]);
        let engines = answer(&mut rtc, offer, &copies)?;
        let mut lines = Vec::new();
        read_lines(&rtc, offer, &copies, &mut lines)?;
        let mut sending = Sending::new(now, INITIAL_ESTIMATE);
        sending.aim(0, FIRST_AIM);
        let mut peer = Self {
            rtc,
            origin: offer.origin().clone(),
            offered: names(offer),
            lines,
            incoming: IncomingStreams::default(),
            engine_deadline: now,
            deadline: now,
            is_stirred: true,
            turns: 0,
            keys,
            sending,
            clock: CaptureClock::default(),
            path: Path::default(),
            asking: Asking::default(),
            gauge: Gauge::default(),
            nack_gate: NackGate::default(),
            unpacked: VecDeque::new(),
            copies_of_sound: 0,
            tells_levels: false,
        };
        peer.asking.by(offer.credentials());
        peer.take_over_streams();
        let answer = copies.answer(offer, &engines, |mid| peer.slot(mid))?;
        Ok((peer, answer))
    }

    /// Answers a further offer of the same peer connection: an ICE restart, or more lines.
    pub(crate) fn reaccept(&mut self, offer: &Offer) -> Result<String, ConnectError> {
        let offered = names(offer);
        if !offered.starts_with(&self.offered) {
            let what = "m-lines may only be added; where others are needed, connect anew";
            return Err(ConnectError::MalformedOffer(what.to_owned()));
        }
        self.stir();
        self.lend_streams();
        let copies = Copies::of(&self.rtc, offer, &self.lines);
        let answer = answer(&mut self.rtc, offer, &copies);
        if answer.is_ok() {
            // Even if it cannot be answered after all: what the engine knows, and what is like it, stays.
            self.offered = offered;
            self.asking.by(offer.credentials());
        }
        let read = answer.and_then(|answer| {
            read_lines(&self.rtc, offer, &copies, &mut self.lines).map(|()| answer)
        });
        self.take_over_streams();
        copies.answer(offer, &read?, |mid| self.slot(mid))
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
        self.sending.estimate()
    }

    /// Tells the estimator, in bits per second, what to keep the way filled with, and how much it
    /// would be good to know of.
    pub(crate) fn aim(&mut self, sustained: u64, desired: u64) {
        self.sending.aim(sustained, desired);
    }

    /// Says how often each packet of sound is sent again, and the bits per second
    /// that all of it takes.
    pub(crate) fn repeat_sound(&mut self, copies: u8, takes: u64) {
        self.copies_of_sound = copies;
        self.sending.reserve(takes);
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

    /// A question whether the client is at the other end, from where its media seems to come, when it
    /// was not heard where it is for a moment.
    pub(crate) fn ask_at(&mut self, now: Instant, ssrc: u32, ends: Ends) -> Option<Datagram> {
        if !self.incoming.knows(ssrc.into()) || !self.path.is_silent(now, UNHEARD) {
            return None;
        }
        let fragment = self.fragment();
        Some(datagram(ends, self.asking.ask(now, ends, &fragment)?))
    }

    /// Whether the datagram is the answer to [`Self::ask_at`]: then the client is there.
    pub(crate) fn is_answered(&mut self, now: Instant, ends: Ends, datagram: &[u8]) -> bool {
        self.asking.is_answered(now, ends, datagram)
    }

    /// Whether what comes of its sound says how loud it is.
    pub(crate) fn tells_levels(&self) -> bool {
        self.tells_levels
    }

    /// Where the client is, as far as is known.
    pub(crate) fn client(&self) -> Option<SocketAddr> {
        Some(self.path.ends()?.client)
    }

    /// Takes a datagram. Whether anything could be made of it.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        from: SocketAddr,
        to: LocalAddress,
        datagram: &[u8],
    ) -> bool {
        let ends = Ends { client: from, ours: to };
        if is_rtcp(datagram) {
            match self.sending.hear(now, datagram) {
                Heard::TooEarly => {}
                Heard::Refused => return false,
                Heard::Understood { is_for_engine } => {
                    self.path.hear_media(now, ends);
                    self.path.prove(now);
                    if !is_for_engine {
                        return self.rtc.is_alive();
                    }
                }
            }
        }
        self.stir();
        let received = Receive::new(protocol(to.transport), from, to.address, datagram);
        let Ok(receive) = received else { return false };
        let is_sound =
            self.rtc.is_alive() && self.rtc.handle_input(Input::Receive(now, receive)).is_ok();
        if is_sound {
            match DatagramKind::of(datagram) {
                DatagramKind::Media => self.path.hear_media(now, ends),
                DatagramKind::Dtls => self.path.hear_handshake(now, ends),
                _ => self.path.hear_check(now, ends),
            }
        }
        is_sound
    }

    /// Sends a packet on a line with its new numbers, if the viewer knows the codec.
    pub(crate) fn send(
        &mut self,
        now: Instant,
        line: Line,
        packet: &Packet,
        rewritten: &Rewritten,
    ) {
        let line = &mut self.lines[line.0];
        let Some(payload_type) = line.payload_type(packet.codec) else { return };
        let Role::Slot(Some(stream)) = line.role else { return };
        let (payload_type, payload) = match &mut line.redundancy {
            Some(redundancy) => redundancy.pack(packet, rewritten, self.copies_of_sound),
            None => (payload_type, packet.payload.clone()),
        };
        let repeats_whole = line.redundancy.is_none() && packet.codec.kind() == MediaKind::Audio;
        let Rewritten { sequence, timestamp, picture_id, base_layer_index } = *rewritten;
        let timestamp = timestamp as u32;
        let outbound = Outbound {
            numbers: Numbers { sequence, timestamp, picture_id, base_layer_index },
            payload_type: *payload_type,
            marker: packet.marker,
            payload,
            extensions: packet.extensions,
            captured: packet.captured,
            starts_key_frame: packet.frame.starts_key_frame,
            copies: if repeats_whole { self.copies_of_sound } else { 0 },
        };
        self.sending.send(now, stream, outbound);
    }

    /// The line begins anew with a key frame.
    pub(crate) fn begin(&mut self, line: Line) {
        if let Role::Slot(Some(stream)) = self.lines[line.0].role {
            self.sending.forget(stream);
        }
    }

    /// Asks the client for a key frame of one layer of a track.
    pub(crate) fn request_key_frame(&mut self, track: TrackKind, layer: u8) {
        self.stir();
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
        self.stir();
        if self.rtc.close().is_err() {
            self.rtc.disconnect();
        }
    }

    fn numbered(&self) -> impl Iterator<Item = (Line, &LineState)> {
        self.lines.iter().enumerate().map(|(number, line)| (Line(number), line))
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peer").field("lines", &self.lines).finish_non_exhaustive()
    }
}

fn names(offer: &Offer) -> Vec<String> {
    offer.sections().iter().map(|section| section.mid().to_owned()).collect()
}

fn datagram(ends: Ends, contents: Vec<u8>) -> Datagram {
    Datagram {
        transport: ends.ours.transport,
        source: ends.ours.address,
        destination: ends.client,
        contents,
    }
}
