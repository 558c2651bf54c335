//! One participant's transport: ICE, DTLS, SRTP, RTCP. The only file that names the WebRTC engine.
//!
//! The engine's contract is that after every change it is polled until it has nothing more to
//! say; so each method that changes something is followed by [`Peer::poll`] until `None`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::bwe::{Bitrate, BweKind};
use str0m::change::SdpOffer;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::format::{CodecConfig, CodecSpec, FormatParams, PayloadParams};
use str0m::media::{Direction, Frequency, KeyframeRequestKind, Media, Mid, Pt};
use str0m::net::{Protocol, Receive, Transmit};
use str0m::rtp::{Extension, ExtensionMap, ExtensionValues, RtpPacket, RtpWrite, Ssrc};
use str0m::rtp::{VideoOrientation, Vp8Descriptor, Vp8Patch};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};

use super::capture_clock::{CaptureClock, SenderReport};
use super::error::ConnectError;
use super::event::MediaKind;
use super::offer::{Offer, Origin};
use super::packet::{Extensions, FrameInfo, Packet, Rotation};
use super::path::Path;
use super::quality::Measurement;
use super::rewriter::Rewritten;
use super::stun::DatagramKind;
use super::tap::Codec;

/// Where the estimate of the way to a viewer begins.
const INITIAL_ESTIMATE: Bitrate = Bitrate::kbps(2_500);
const DESIRED_RATE: Bitrate = Bitrate::kbps(4_000);
const MEASURE_EVERY: Duration = Duration::from_secs(1);
/// How often the engine may ask to be called again at once before others get their turn.
const MOST_TURNS: u32 = 64;

/// What all transports of a server have in common: its certificate, and where it listens.
#[derive(Debug, Clone)]
pub struct Identity {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
    candidates: Vec<SocketAddr>,
}

impl Identity {
    /// Makes a new certificate (ECDSA P-256). `None` when that fails.
    pub fn generate(candidates: Vec<SocketAddr>) -> Option<Self> {
        let crypto = Arc::new(str0m::crypto::from_feature_flags());
        let certificate = crypto.dtls_provider.generate_certificate()?;
        Some(Self { crypto, certificate, candidates })
    }

    /// The same certificate behind other addresses.
    pub fn listening_at(&self, candidates: Vec<SocketAddr>) -> Self {
        Self { candidates, ..self.clone() }
    }
}

/// An m-line of a transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line(usize);

#[derive(Debug)]
struct LineState {
    mid: Mid,
    kind: MediaKind,
    /// Whether the client sends on it (else it is a receive slot).
    is_published: bool,
    payload_types: Vec<(Pt, Codec)>,
    /// What we send as, on a receive slot.
    sender: Option<Sender>,
}

/// The SSRCs that the answer gave a receive slot. The engine fills every stream that it knows with
/// padding, so it is told of this one when there is first something to send; and from then on it
/// stays, as numbers of a known SSRC must never begin anew.
#[derive(Debug, Clone, Copy)]
struct Sender {
    ssrc: Ssrc,
    resend: Option<Ssrc>,
    is_declared: bool,
}

/// A UDP datagram to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram {
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
    /// A media packet, and whether its SSRC is another than that of the packet before it.
    Packet(Packet, bool),
    /// The viewer cannot decode what it gets on this line.
    NeedsKeyFrame(Line),
    Measured(Measurement),
}

/// A transport that answered an offer.
pub(crate) struct Peer {
    rtc: Rtc,
    origin: Origin,
    lines: Vec<LineState>,
    deadline: Instant,
    turns: u32,
    clock: CaptureClock,
    path: Path,
    estimate: Option<u64>,
    ssrcs: [Option<Ssrc>; 2],
}

impl Peer {
    /// Answers a client's first offer.
    pub(crate) fn accept(
        now: Instant,
        identity: &Identity,
        offer: &Offer,
    ) -> Result<(Self, String), ConnectError> {
        let mut rtc = configure(identity).build(now);
        for &address in &identity.candidates {
            if let Ok(candidate) = Candidate::host(address, "udp") {
                rtc.add_local_candidate(candidate);
            }
        }
        let answer = answer(&mut rtc, offer)?;
        rtc.bwe().set_bitrate(Bitrate::ZERO, DESIRED_RATE);
        let lines = read_lines(&rtc, offer)?;
        let mut peer = Self {
            rtc,
            origin: offer.origin().clone(),
            lines,
            deadline: now,
            turns: 0,
            clock: CaptureClock::default(),
            path: Path::default(),
            estimate: None,
            ssrcs: [None; 2],
        };
        peer.withhold_senders();
        let answer = peer.pair_slots(answer);
        Ok((peer, answer))
    }

    /// Answers a further offer of the same peer connection: an ICE restart.
    pub(crate) fn reaccept(&mut self, offer: &Offer) -> Result<String, ConnectError> {
        let answer = answer(&mut self.rtc, offer)?;
        self.withhold_senders();
        Ok(self.pair_slots(answer))
    }

    /// Whether the offer comes from the peer connection at the other end of this transport.
    pub(crate) fn belongs_to(&self, offer: &Offer) -> bool {
        self.origin == *offer.origin()
    }

    /// By which connectivity checks name this transport. Changes with an ICE restart.
    pub(crate) fn fragment(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// The lines of a kind that the client receives on.
    pub(crate) fn slot_lines(&self, kind: MediaKind) -> Vec<Line> {
        let is_slot = |line: &LineState| line.kind == kind && !line.is_published;
        self.numbered().filter(|(_, line)| is_slot(line)).map(|(number, _)| number).collect()
    }

    pub(crate) fn mid(&self, line: Line) -> String {
        self.lines[line.0].mid.to_string()
    }

    /// Whether the datagram, from an unknown address, proves that it is meant for this transport.
    pub(crate) fn accepts(
        &self,
        now: Instant,
        from: SocketAddr,
        to: SocketAddr,
        datagram: &[u8],
    ) -> bool {
        Receive::new(Protocol::Udp, from, to, datagram)
            .is_ok_and(|receive| self.rtc.accepts(&Input::Receive(now, receive)))
    }

    /// Takes a datagram. Whether anything could be made of it.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        from: SocketAddr,
        to: SocketAddr,
        datagram: &[u8],
    ) -> bool {
        self.turns = 0;
        let Ok(receive) = Receive::new(Protocol::Udp, from, to, datagram) else { return false };
        let is_sound =
            self.rtc.is_alive() && self.rtc.handle_input(Input::Receive(now, receive)).is_ok();
        if is_sound {
            self.path.hear(now, from, DatagramKind::of(datagram) == DatagramKind::Stun);
        }
        is_sound
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Instant) {
        self.turns = 0;
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
        let codec = line.payload_types.iter().find(|(_, codec)| *codec == packet.codec);
        let (Some((pt, _)), Some(sender)) = (codec, &mut line.sender) else { return };
        let write = write(*pt, packet, rewritten);
        let mut api = self.rtc.direct_api();
        if !std::mem::replace(&mut sender.is_declared, true) {
            // Publishers pace their streams already, and the estimate is wrong whenever this
            // machine is short of CPU: a packet of a call never waits for it.
            api.declare_stream_tx(sender.ssrc, sender.resend, line.mid, None).set_unpaced(true);
        }
        if let Some(stream) = api.stream_tx(&sender.ssrc) {
            stream.write_rtp(write);
        }
    }

    /// Asks the client for a key frame of its video.
    pub(crate) fn request_key_frame(&mut self) {
        self.turns = 0;
        let is_video = |line: &&LineState| line.kind == MediaKind::Video && line.is_published;
        let Some(mid) = self.lines.iter().find(is_video).map(|line| line.mid) else { return };
        if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, None) {
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
        while self.rtc.is_alive() {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(deadline)) if deadline > now || self.turns == MOST_TURNS => {
                    self.deadline = deadline.max(now + Duration::from_millis(1));
                    return None;
                }
                Ok(Output::Timeout(_)) => {
                    let turns = self.turns + 1;
                    self.tick(now);
                    self.turns = turns;
                }
                Ok(Output::Transmit(transmit)) => {
                    return Some(PeerOutput::Transmit(self.address(transmit)));
                }
                Ok(Output::Event(event)) => {
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
        let present = self.path.address().filter(|_| !is_check);
        Datagram {
            source: transmit.source,
            destination: present.unwrap_or(transmit.destination),
            contents: transmit.contents.into(),
        }
    }

    fn translate(&mut self, event: Event) -> Option<PeerOutput> {
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
                None
            }
            Event::PeerStats(stats) => Some(PeerOutput::Measured(Measurement {
                uplink_loss: stats.ingress_loss_fraction.unwrap_or(0.0),
                downlink_loss: stats.egress_loss_fraction.unwrap_or(0.0),
                round_trip: stats.rtt,
                downlink_estimate: self.estimate,
            })),
            _ => None,
        }
    }

    fn read(&mut self, packet: RtpPacket) -> Option<PeerOutput> {
        let (kind, codec) = self.codec_of(packet.header.payload_type)?;
        let timestamp = packet.time.numer();
        let report = packet.last_sender_info.map(|info| SenderReport {
            wallclock: info.ntp_time,
            timestamp: info.rtp_time.numer() as u32,
        });
        let captured = self.clock.captured(packet.timestamp, timestamp, codec.clock_rate(), report);
        let last = self.ssrcs[kind as usize].replace(packet.header.ssrc);
        let is_new = last.is_some_and(|last| last != packet.header.ssrc);
        let packet = Packet {
            codec,
            sequence: *packet.seq_no,
            timestamp,
            marker: packet.header.marker,
            frame: FrameInfo::read(codec, &packet.payload),
            extensions: read_extensions(&packet.header.ext_vals),
            payload: packet.payload,
            captured,
        };
        Some(PeerOutput::Packet(packet, is_new))
    }

    fn codec_of(&self, pt: Pt) -> Option<(MediaKind, Codec)> {
        let published = self.lines.iter().filter(|line| line.is_published);
        let mut codecs = published.flat_map(|line| &line.payload_types);
        codecs.find(|(known, _)| *known == pt).map(|(_, codec)| (codec.kind(), *codec))
    }

    fn numbered(&self) -> impl Iterator<Item = (Line, &LineState)> {
        self.lines.iter().enumerate().map(|(number, line)| (Line(number), line))
    }

    /// Takes from the engine the streams of receive slots that were never used.
    fn withhold_senders(&mut self) {
        let mut api = self.rtc.direct_api();
        for line in self.lines.iter_mut().filter(|line| !line.is_published) {
            if line.sender.is_some_and(|sender| sender.is_declared) {
                continue;
            }
            line.sender = api.stream_tx_by_mid(line.mid, None).map(|stream| Sender {
                ssrc: stream.ssrc(),
                resend: stream.rtx(),
                is_declared: false,
            });
            if let Some(sender) = line.sender {
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

fn configure(identity: &Identity) -> RtcConfig {
    let mut config = RtcConfig::new()
        .set_crypto_provider(identity.crypto.clone())
        .set_dtls_cert(identity.certificate.clone())
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .enable_bwe(Some(INITIAL_ESTIMATE))
        .set_stats_interval(Some(MEASURE_EVERY))
        .set_extension_map(extensions());
    *config.codec_config() = CodecConfig::new_from_payload_params(codecs());
    config
}

/// Header extensions that we take part in, under the numbers that browsers use anyway.
fn extensions() -> ExtensionMap {
    let mut map = ExtensionMap::empty();
    map.set(1, Extension::AudioLevel);
    map.set(2, Extension::AbsoluteSendTime);
    map.set(3, Extension::TransportSequenceNumber);
    map.set(4, Extension::RtpMid);
    map.set(13, Extension::VideoOrientation);
    map
}

/// Opus; VP8; H.264, constrained baseline. In the order of preference.
fn codecs() -> Vec<PayloadParams> {
    let opus = FormatParams {
        min_p_time: Some(10),
        use_inband_fec: Some(true),
        ..FormatParams::default()
    };
    let h264 = FormatParams {
        level_asymmetry_allowed: Some(true),
        packetization_mode: Some(1),
        profile_level_id: Some(0x42e01f),
        ..FormatParams::default()
    };
    vec![
        params(111, None, str0m::format::Codec::Opus, Some(2), opus),
        params(96, Some(97), str0m::format::Codec::Vp8, None, FormatParams::default()),
        params(108, Some(109), str0m::format::Codec::H264, None, h264),
    ]
}

fn params(
    pt: u8,
    resend: Option<u8>,
    codec: str0m::format::Codec,
    channels: Option<u8>,
    format: FormatParams,
) -> PayloadParams {
    let is_audio = codec.is_audio();
    let clock_rate = if is_audio { Frequency::FORTY_EIGHT_KHZ } else { Frequency::NINETY_KHZ };
    let spec = CodecSpec { codec, clock_rate, channels, format };
    let mut params = PayloadParams::new(pt.into(), resend.map(Pt::from), spec);
    params.set_fb_remb(false);
    params
}

fn answer(rtc: &mut Rtc, offer: &Offer) -> Result<String, ConnectError> {
    let malformed = |error: &dyn std::fmt::Display| ConnectError::MalformedOffer(error.to_string());
    let offer = SdpOffer::from_sdp_string(offer.text()).map_err(|error| malformed(&error))?;
    let answer = rtc.sdp_api().accept_offer(offer).map_err(|error| malformed(&error))?;
    Ok(answer.to_sdp_string())
}

fn read_lines(rtc: &Rtc, offer: &Offer) -> Result<Vec<LineState>, ConnectError> {
    let unsupported = |what: &str| Err(ConnectError::UnsupportedMedia(what.to_owned()));
    let mut lines = Vec::new();
    for mid in offer.mids().map(Mid::from) {
        let Some(media) = rtc.media(mid) else { continue };
        let (kind, is_published) = match (media.kind().is_audio(), media.direction()) {
            (_, Direction::Inactive) => continue,
            (is_audio, direction) => {
                let kind = if is_audio { MediaKind::Audio } else { MediaKind::Video };
                (kind, direction.is_receiving())
            }
        };
        let payload_types = payload_types(rtc, media);
        if payload_types.is_empty() {
            return unsupported(match kind {
                MediaKind::Audio => "no audio codec in common (Opus is spoken here)",
                MediaKind::Video => "no video codec in common (VP8 and H.264 are spoken here)",
            });
        }
        lines.push(LineState { mid, kind, is_published, payload_types, sender: None });
    }
    if lines.is_empty() {
        return unsupported("the offer has no audio or video");
    }
    Ok(lines)
}

fn payload_types(rtc: &Rtc, media: &Media) -> Vec<(Pt, Codec)> {
    let params = rtc.codec_config().params().iter();
    let of_media = params.filter(|params| media.remote_pts().contains(&params.pt()));
    of_media
        .filter_map(|params| match params.spec().codec {
            str0m::format::Codec::Opus => Some((params.pt(), Codec::Opus)),
            str0m::format::Codec::Vp8 => Some((params.pt(), Codec::Vp8)),
            str0m::format::Codec::H264 => Some((params.pt(), Codec::H264)),
            _ => None,
        })
        .collect()
}

fn write(pt: Pt, packet: &Packet, rewritten: &Rewritten) -> RtpWrite {
    let timestamp = rewritten.timestamp as u32;
    let sequence = rewritten.sequence.into();
    let payload = packet.payload.clone();
    let write = RtpWrite::new(pt, sequence, timestamp, packet.captured, payload)
        .marker(packet.marker)
        .nackable(packet.codec.kind() == MediaKind::Video)
        .ext_vals(write_extensions(&packet.extensions));
    match patch(packet, rewritten) {
        Some(patch) => write.vp8_patch(patch),
        None => write,
    }
}

/// Renumbers the VP8 frame, in the bytes that its payload has for it.
fn patch(packet: &Packet, rewritten: &Rewritten) -> Option<Vp8Patch> {
    if rewritten.picture_id.is_none() && rewritten.base_layer_index.is_none() {
        return None;
    }
    let mut patch = Vp8Descriptor::parse(&packet.payload).ok()?.patch();
    if let Some(picture_id) = rewritten.picture_id {
        patch = patch.picture_id(picture_id);
    }
    if let Some(index) = rewritten.base_layer_index {
        patch = patch.tl0_pic_idx(index);
    }
    patch.build().ok()
}

fn read_extensions(values: &ExtensionValues) -> Extensions {
    Extensions {
        audio_level: values.audio_level,
        voice_activity: values.voice_activity,
        rotation: values.video_orientation.map(|orientation| match orientation {
            VideoOrientation::Deg0 => Rotation::None,
            VideoOrientation::Deg90 => Rotation::Quarter,
            VideoOrientation::Deg180 => Rotation::Half,
            VideoOrientation::Deg270 => Rotation::ThreeQuarters,
        }),
    }
}

fn write_extensions(extensions: &Extensions) -> ExtensionValues {
    ExtensionValues {
        audio_level: extensions.audio_level,
        voice_activity: extensions.voice_activity,
        video_orientation: extensions.rotation.map(|rotation| match rotation {
            Rotation::None => VideoOrientation::Deg0,
            Rotation::Quarter => VideoOrientation::Deg90,
            Rotation::Half => VideoOrientation::Deg180,
            Rotation::ThreeQuarters => VideoOrientation::Deg270,
        }),
        ..ExtensionValues::default()
    }
}
