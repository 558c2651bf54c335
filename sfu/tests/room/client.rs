//! A model client: a camera, a microphone and a screen that make recognisable packets, behind an
//! ordinary (not lite) WebRTC transport; and a decoder for each picture that it receives.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sfu::core::Datagram;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::config::DtlsVersion;
use str0m::format::Codec;
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid, Pt, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::{Extension, RawPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use crate::decoder::Decoder;
use crate::net::Link;
use crate::red::{is_redundant, unpack};
use crate::source::Source;

pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) slots: usize,
    pub(crate) is_connected: bool,
    /// Where the world sees it, behind a NAT.
    pub(crate) seen_at: SocketAddr,
    /// Nothing gets through, either way.
    pub(crate) is_cut_off: bool,
    pub(crate) up: Link,
    pub(crate) down: Link,
    /// The client whose way from the server it shares.
    pub(crate) behind: Option<usize>,
    /// Its only layer, or the lowest.
    pub(crate) camera: Source,
    /// The layers above it.
    pub(crate) upper: Vec<Source>,
    pub(crate) screen: Option<Source>,
    pub(crate) microphone: Source,
    pub(crate) received: Vec<Received>,
    /// Packets of sound that brought earlier ones along.
    pub(crate) redundant_arrived: usize,
    pub(crate) decoders: BTreeMap<Mid, Decoder>,
    pub(crate) key_frame_requests: usize,
    /// Of each retransmission that arrived, whether it named its m-line.
    pub(crate) retransmissions: Vec<bool>,
    /// Media packets that it sent though it had sent them before.
    pub(crate) sent_again: usize,
    pub(crate) outbox: VecDeque<Datagram>,
    protocol: Protocol,
    pub(crate) rtc: Rtc,
    published: Vec<Mid>,
    audio_slots: Vec<Mid>,
    video_slots: Vec<Mid>,
    pending: Option<SdpPendingOffer>,
    engine_deadline: Instant,
}

/// A packet that came out of the client's transport.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) at: Instant,
    pub(crate) mid: String,
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) payload: Vec<u8>,
    pub(crate) audio_level: Option<i8>,
}

/// What sort of client.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    /// It has only these video codecs, and sends the first.
    pub(crate) codecs: Vec<Codec>,
    pub(crate) slots: usize,
    /// Simulcast layers of its camera.
    pub(crate) layers: u8,
    pub(crate) has_screen: bool,
    /// It sends sound twice, and takes it so (RFC 2198).
    pub(crate) is_redundant: bool,
    /// It says how loud its sound is (RFC 6464).
    pub(crate) tells_levels: bool,
    /// It offers DTLS 1.3 too, as browsers do.
    pub(crate) knows_dtls_13: bool,
}

impl Default for Kind {
    fn default() -> Self {
        Self {
            codecs: vec![Codec::Vp8],
            slots: 2,
            layers: 1,
            has_screen: false,
            is_redundant: true,
            tells_levels: true,
            knows_dtls_13: false,
        }
    }
}

impl Client {
    /// `index` tells its media from that of others.
    pub(crate) fn new(now: Instant, index: usize, kind: &Kind, address: SocketAddr) -> Self {
        let version = if kind.knows_dtls_13 { DtlsVersion::Auto } else { DtlsVersion::Dtls12 };
        let mut config = RtcConfig::new();
        if !kind.tells_levels {
            config = config
                .clear_extension_map()
                .set_extension(3, Extension::TransportSequenceNumber)
                .set_extension(4, Extension::RtpMid);
        }
        let mut rtc = config
            .set_dtls_version(version)
            .clear_codecs()
            .enable_opus(true, kind.is_redundant)
            .enable_vp8(kind.codecs.contains(&Codec::Vp8))
            .enable_h264(kind.codecs.contains(&Codec::H264))
            .set_rtp_mode(true)
            .enable_raw_packets(true)
            .build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let codec = kind.codecs[0];
        let layer = |layer| Source::layer(now, index, codec, layer, kind.layers);
        let is_simulcast = kind.layers > 1;
        Self {
            protocol: Protocol::Udp,
            address,
            seen_at: address,
            slots: kind.slots,
            is_connected: false,
            is_cut_off: false,
            up: Link::default(),
            down: Link::default(),
            behind: None,
            camera: if is_simulcast { layer(0) } else { Source::new(now, index, codec) },
            upper: (1..kind.layers).map(layer).collect(),
            screen: kind.has_screen.then(|| Source::new(now, index + 100, codec)),
            microphone: Source::microphone(now, index, kind.is_redundant),
            received: Vec::new(),
            redundant_arrived: 0,
            decoders: BTreeMap::new(),
            key_frame_requests: 0,
            retransmissions: Vec::new(),
            sent_again: 0,
            outbox: VecDeque::new(),
            rtc,
            published: Vec::new(),
            audio_slots: Vec::new(),
            video_slots: Vec::new(),
            pending: None,
            engine_deadline: now,
        }
    }

    /// One that has no way but TCP.
    #[allow(dead_code, reason = "only the driver has TCP")]
    pub(crate) fn over_tcp(now: Instant, index: usize, slots: usize, address: SocketAddr) -> Self {
        let mut client = Self::new(now, index, &Kind { slots, ..Kind::default() }, address);
        let mut rtc = RtcConfig::new()
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_rtp_mode(true)
            .enable_raw_packets(true)
            .build(now);
        let candidate = Candidate::builder().tcp().host(address).tcptype(TcpType::Active);
        rtc.add_local_candidate(candidate.build().unwrap());
        (client.rtc, client.protocol) = (rtc, Protocol::Tcp);
        client
    }

    /// One line each for sending audio, camera and screen, then the receive slots. Later offers
    /// restart ICE.
    pub(crate) fn offer(&mut self) -> String {
        let mut change = self.rtc.sdp_api();
        if self.published.is_empty() {
            let sent = Direction::SendOnly;
            let mut simulcast = Simulcast::new();
            let layers = std::iter::once(&self.camera).chain(&self.upper);
            for rid in layers.filter_map(|source| source.rid) {
                simulcast.add_send_layer(SimulcastLayer::new(&rid.to_string()));
            }
            let simulcast = (!self.upper.is_empty()).then_some(simulcast);
            self.published.push(change.add_media(MediaKind::Audio, sent, None, None, None));
            self.published.push(change.add_media(MediaKind::Video, sent, None, None, simulcast));
            if self.screen.is_some() {
                self.published.push(change.add_media(MediaKind::Video, sent, None, None, None));
            }
            let mut add = |kind| change.add_media(kind, Direction::RecvOnly, None, None, None);
            self.audio_slots = (0..self.slots).map(|_| add(MediaKind::Audio)).collect();
            self.video_slots = (0..self.slots).map(|_| add(MediaKind::Video)).collect();
        } else {
            change.ice_restart(true);
        }
        let (offer, pending) = change.apply().unwrap();
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    /// Adds receive slots, up to so many in all.
    pub(crate) fn offer_slots(&mut self, slots: usize) -> String {
        let mut change = self.rtc.sdp_api();
        for _ in self.slots..slots {
            let mut add = |kind| change.add_media(kind, Direction::RecvOnly, None, None, None);
            self.audio_slots.push(add(MediaKind::Audio));
            self.video_slots.push(add(MediaKind::Video));
        }
        self.slots = self.slots.max(slots);
        let (offer, pending) = change.apply().unwrap();
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    pub(crate) fn take_answer(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        let pending = self.pending.take().unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
    }

    /// Closes its peer connection.
    pub(crate) fn hang_up(&mut self, now: Instant) {
        self.rtc.close().unwrap();
        self.poll(now);
    }

    /// Names of the video slots, lowest first.
    pub(crate) fn video_slots(&self) -> Vec<String> {
        self.video_slots.iter().map(Mid::to_string).collect()
    }

    /// What arrived on an m-line, by sequence number.
    pub(crate) fn arrived(&self, mid: &str) -> Vec<Received> {
        let mut arrived: Vec<_> =
            self.received.iter().filter(|packet| packet.mid == mid).cloned().collect();
        arrived.sort_by_key(|packet| packet.sequence);
        arrived
    }

    pub(crate) fn decoder(&mut self, mid: &str) -> &mut Decoder {
        self.decoders.entry(Mid::from(mid)).or_default()
    }

    pub(crate) fn request_key_frame(&mut self, mid: &str) {
        self.ask(Mid::from(mid));
    }

    /// All layers of its camera.
    pub(crate) fn cameras(&mut self) -> impl Iterator<Item = &mut Source> {
        std::iter::once(&mut self.camera).chain(&mut self.upper)
    }

    /// Does as the server asks: sends the layers that anybody needs.
    pub(crate) fn publish(&mut self, needed: &[bool]) {
        for (source, is_needed) in self.cameras().zip(needed) {
            // An encoder that starts begins with a key frame.
            source.wants_key_frame |= *is_needed && !source.is_on;
            source.is_on = *is_needed;
        }
    }

    pub(crate) fn deadline(&self) -> Instant {
        let video = std::iter::once(&self.camera).chain(&self.upper).chain(&self.screen);
        let sources = video.chain([&self.microphone]).filter(|source| source.is_on);
        let decoders = self.decoders.values().filter_map(Decoder::deadline);
        sources.map(|source| source.next).chain(decoders).fold(self.engine_deadline, Instant::min)
    }

    pub(crate) fn receive(&mut self, now: Instant, from: SocketAddr, contents: &[u8]) {
        let to = self.address;
        let receive = Receive::new(self.protocol, from, to, contents).unwrap();
        self.rtc.handle_input(Input::Receive(now, receive)).unwrap();
        self.poll(now);
    }

    pub(crate) fn tick(&mut self, now: Instant) {
        for (line, index) in self.sources() {
            let source = self.source(line, index);
            if !source.is_due(now) || !self.is_connected {
                continue;
            }
            let writes = {
                let (rtc, source) = self.split(line, index);
                source.frame(now, rtc)
            };
            let rid = self.source(line, index).rid;
            for write in writes {
                self.write(now, self.published[line], rid, write);
            }
        }
        let stuck: Vec<_> = self
            .decoders
            .iter_mut()
            .filter_map(|(mid, decoder)| decoder.wants_key_frame(now).then_some(*mid))
            .collect();
        stuck.into_iter().for_each(|mid| self.ask(mid));
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.poll(now);
    }

    /// Sends a packet that need not come from any of its sources.
    pub(crate) fn write(
        &mut self,
        now: Instant,
        mid: Mid,
        rid: Option<str0m::media::Rid>,
        write: RtpWrite,
    ) {
        self.rtc.direct_api().stream_tx_by_mid(mid, rid).unwrap().write_rtp(write);
        poll(&mut self.rtc, now, &mut |_| {}, &mut |sent| self.outbox.push_back(sent));
    }

    /// The m-line that it sends its camera on.
    pub(crate) fn camera_line(&self) -> Mid {
        self.published[1]
    }

    /// Line and index of each source.
    fn sources(&self) -> Vec<(usize, usize)> {
        let cameras = (0..=self.upper.len()).map(|index| (1, index));
        let screen = self.screen.iter().map(|_| (2, 0));
        [(0, 0)].into_iter().chain(cameras).chain(screen).collect()
    }

    fn source(&mut self, line: usize, index: usize) -> &mut Source {
        self.split(line, index).1
    }

    fn split(&mut self, line: usize, index: usize) -> (&Rtc, &mut Source) {
        let source = match (line, index) {
            (0, _) => &mut self.microphone,
            (1, 0) => &mut self.camera,
            (1, upper) => &mut self.upper[upper - 1],
            _ => self.screen.as_mut().unwrap(),
        };
        (&self.rtc, source)
    }

    fn ask(&mut self, mid: Mid) {
        if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, None) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
        }
    }

    /// A datagram leaves it.
    pub(crate) fn note_sent(&mut self, datagram: &[u8]) {
        let [first, second, ..] = *datagram else { return };
        if (128..192).contains(&first) && !(192..224).contains(&second) {
            self.sent_again += usize::from(self.is_retransmission(Pt::from(second & 0x7f)));
        }
    }

    fn is_retransmission(&self, pt: Pt) -> bool {
        self.rtc.codec_config().find(|params| params.resend() == Some(pt)).is_some()
    }

    fn poll(&mut self, now: Instant) {
        let mut events = Vec::new();
        self.engine_deadline =
            poll(&mut self.rtc, now, &mut |event| events.push(event), &mut |sent| {
                self.outbox.push_back(sent)
            });
        for event in events {
            self.handle(now, event);
        }
    }

    fn handle(&mut self, now: Instant, event: Event) {
        match event {
            Event::Connected => self.is_connected = true,
            Event::KeyframeRequest(request) => {
                self.key_frame_requests += 1;
                let line = self.published.iter().position(|mid| *mid == request.mid).unwrap();
                let of_line = self.sources().into_iter().filter(|(of, _)| *of == line);
                for (line, index) in of_line.collect::<Vec<_>>() {
                    let source = self.source(line, index);
                    if source.rid == request.rid {
                        source.wants_key_frame = true;
                        source.key_frame_requests += 1;
                    }
                }
            }
            Event::RawPacket(raw) => {
                if let RawPacket::RtpRx(header, _) = *raw
                    && self.is_retransmission(header.payload_type)
                {
                    self.retransmissions.push(header.ext_vals.mid.is_some());
                }
            }
            Event::RtpPacket(packet) => {
                let ssrc = packet.header.ssrc;
                let mid = self.rtc.direct_api().stream_rx(&ssrc).unwrap().mid();
                let received = Received {
                    at: now,
                    mid: mid.to_string(),
                    sequence: *packet.seq_no,
                    timestamp: packet.header.timestamp,
                    marker: packet.header.marker,
                    payload: packet.payload.to_vec(),
                    audio_level: packet.header.ext_vals.audio_level,
                };
                let is_redundant = is_redundant(&self.rtc, packet.header.payload_type);
                if is_redundant {
                    self.redundant_arrived += 1;
                    return self.received.extend(unpack(&received, &self.received));
                }
                if self.video_slots.contains(&mid) {
                    self.decoders.entry(mid).or_default().receive(now, &received);
                }
                self.received.push(received);
            }
            _ => {}
        }
    }
}

/// How often an engine may ask to be called again at once.
const MOST_TURNS: u32 = 1_000;

fn poll(
    rtc: &mut Rtc,
    now: Instant,
    on_event: &mut impl FnMut(Event),
    send: &mut impl FnMut(Datagram),
) -> Instant {
    let mut turns = 0;
    loop {
        match rtc.poll_output().unwrap() {
            // An engine may ask to be called again at once for ever, after a stream was removed.
            Output::Timeout(deadline) if deadline > now || turns == MOST_TURNS => {
                return deadline.max(now + Duration::from_millis(1));
            }
            Output::Timeout(_) => {
                turns += 1;
                rtc.handle_input(Input::Timeout(now)).unwrap();
            }
            Output::Event(event) => on_event(event),
            Output::Transmit(transmit) => send(Datagram {
                transport: sfu::core::Transport::Udp, // What tests send is put on its way by them.
                source: transmit.source,
                destination: transmit.destination,
                contents: transmit.contents.into(),
            }),
        }
    }
}
