//! A model client: a camera and a microphone that make recognisable packets, behind an ordinary
//! (not lite) WebRTC transport.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sfu::core::Datagram;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::{Codec, PayloadParams};
use str0m::media::{Direction, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RawPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) slots: usize,
    pub(crate) is_connected: bool,
    /// Where the world sees it, behind a NAT.
    pub(crate) seen_at: SocketAddr,
    /// Nothing gets through, either way.
    pub(crate) is_cut_off: bool,
    pub(crate) camera: Source,
    pub(crate) microphone: Source,
    pub(crate) received: Vec<Received>,
    pub(crate) key_frame_requests: usize,
    /// Of each retransmission that arrived, whether it named its m-line.
    pub(crate) retransmissions: Vec<bool>,
    pub(crate) outbox: VecDeque<Datagram>,
    rtc: Rtc,
    mids: Vec<Mid>,
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
    pub(crate) payload: Vec<u8>,
    pub(crate) audio_level: Option<i8>,
}

/// Makes frames at a steady pace.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) is_on: bool,
    /// Packets per frame; key frames have three times as many.
    pub(crate) packets: usize,
    pub(crate) audio_level: i8,
    /// Every payload sent, in order.
    pub(crate) sent: Vec<Vec<u8>>,
    tag: u8,
    is_video: bool,
    codec: Codec,
    next: Instant,
    frames: u64,
    sequence: u64,
    wants_key_frame: bool,
}

impl Client {
    /// `index` tells its media from that of others.
    pub(crate) fn new(now: Instant, index: usize, slots: usize, address: SocketAddr) -> Self {
        Self::speaking(&[Codec::Vp8], now, index, slots, address)
    }

    /// One that has only these video codecs, and sends the first.
    pub(crate) fn speaking(
        codecs: &[Codec],
        now: Instant,
        index: usize,
        slots: usize,
        address: SocketAddr,
    ) -> Self {
        let mut rtc = RtcConfig::new()
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(codecs.contains(&Codec::Vp8))
            .enable_h264(codecs.contains(&Codec::H264))
            .set_rtp_mode(true)
            .enable_raw_packets(true)
            .build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        Self {
            address,
            seen_at: address,
            slots,
            is_connected: false,
            is_cut_off: false,
            camera: Source::new(now, index, codecs[0]),
            microphone: Source::new(now, index, Codec::Opus),
            received: Vec::new(),
            key_frame_requests: 0,
            retransmissions: Vec::new(),
            outbox: VecDeque::new(),
            rtc,
            mids: Vec::new(),
            pending: None,
            engine_deadline: now,
        }
    }

    /// One line each for sending audio and video, then the receive slots. Later offers restart ICE.
    pub(crate) fn offer(&mut self) -> String {
        let mut change = self.rtc.sdp_api();
        if self.mids.is_empty() {
            let mut add = |kind, direction| change.add_media(kind, direction, None, None, None);
            self.mids.push(add(MediaKind::Audio, Direction::SendOnly));
            self.mids.push(add(MediaKind::Video, Direction::SendOnly));
            for kind in [MediaKind::Audio, MediaKind::Video] {
                (0..self.slots).for_each(|_| self.mids.push(add(kind, Direction::RecvOnly)));
            }
        } else {
            change.ice_restart(true);
        }
        let (offer, pending) = change.apply().unwrap();
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    pub(crate) fn take_answer(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        let pending = self.pending.take().unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
    }

    /// Names of the video slots, lowest first.
    pub(crate) fn video_slots(&self) -> Vec<String> {
        self.mids[2 + self.slots..].iter().map(Mid::to_string).collect()
    }

    /// What arrived on an m-line, by sequence number.
    pub(crate) fn arrived(&self, mid: &str) -> Vec<Received> {
        let mut arrived: Vec<_> =
            self.received.iter().filter(|packet| packet.mid == mid).cloned().collect();
        arrived.sort_by_key(|packet| packet.sequence);
        arrived
    }

    pub(crate) fn request_key_frame(&mut self, mid: &str) {
        let mut api = self.rtc.direct_api();
        let stream = api.stream_rx_by_mid(Mid::from(mid), None).unwrap();
        stream.request_keyframe(str0m::media::KeyframeRequestKind::Pli);
    }

    pub(crate) fn deadline(&self) -> Instant {
        let sources = [&self.camera, &self.microphone].into_iter().filter(|source| source.is_on);
        sources.map(|source| source.next).fold(self.engine_deadline, Instant::min)
    }

    pub(crate) fn receive(&mut self, now: Instant, from: SocketAddr, contents: &[u8]) {
        let to = self.address;
        let receive = Receive::new(Protocol::Udp, from, to, contents).unwrap();
        self.rtc.handle_input(Input::Receive(now, receive)).unwrap();
        self.poll(now);
    }

    pub(crate) fn tick(&mut self, now: Instant) {
        for (line, source) in [&mut self.microphone, &mut self.camera].into_iter().enumerate() {
            if !source.is_on || source.next > now {
                continue;
            }
            source.next = source.next.max(now) + source.interval();
            if !self.is_connected {
                continue;
            }
            for write in source.frame(now, &self.rtc) {
                let mid = self.mids[line];
                self.rtc.direct_api().stream_tx_by_mid(mid, None).unwrap().write_rtp(write);
                poll(&mut self.rtc, now, &mut |_| {}, &mut |sent| self.outbox.push_back(sent));
            }
        }
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.poll(now);
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
            Event::KeyframeRequest(_) => {
                self.key_frame_requests += 1;
                self.camera.wants_key_frame = true;
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
                self.received.push(Received {
                    at: now,
                    mid: mid.to_string(),
                    sequence: *packet.seq_no,
                    timestamp: packet.header.timestamp,
                    payload: packet.payload.to_vec(),
                    audio_level: packet.header.ext_vals.audio_level,
                });
            }
            _ => {}
        }
    }
}

fn poll(
    rtc: &mut Rtc,
    now: Instant,
    on_event: &mut impl FnMut(Event),
    send: &mut impl FnMut(Datagram),
) -> Instant {
    loop {
        match rtc.poll_output().unwrap() {
            Output::Timeout(deadline) if deadline > now => return deadline,
            Output::Timeout(_) => rtc.handle_input(Input::Timeout(now)).unwrap(),
            Output::Event(event) => on_event(event),
            Output::Transmit(transmit) => send(Datagram {
                source: transmit.source,
                destination: transmit.destination,
                contents: transmit.contents.into(),
            }),
        }
    }
}

impl Source {
    fn new(now: Instant, index: usize, codec: Codec) -> Self {
        Self {
            is_on: false,
            packets: 2,
            audio_level: -100,
            sent: Vec::new(),
            tag: index as u8 + 1,
            is_video: codec != Codec::Opus,
            codec,
            next: now,
            frames: 1_000 * (index as u64 + 1),
            sequence: 500 * (index as u64 + 1),
            wants_key_frame: true,
        }
    }

    fn interval(&self) -> Duration {
        Duration::from_millis(if self.is_video { 33 } else { 20 })
    }

    fn frame(&mut self, now: Instant, rtc: &Rtc) -> Vec<RtpWrite> {
        self.frames += 1;
        let is_key = self.is_video && std::mem::take(&mut self.wants_key_frame);
        let count = match (self.is_video, is_key) {
            (false, _) => 1,
            (true, false) => self.packets,
            (true, true) => self.packets * 3,
        };
        (0..count).map(|part| self.packet(now, rtc, is_key, part, count)).collect()
    }

    fn packet(
        &mut self,
        now: Instant,
        rtc: &Rtc,
        is_key: bool,
        part: usize,
        count: usize,
    ) -> RtpWrite {
        let payload = match self.codec {
            Codec::Vp8 => self.vp8(is_key, part),
            Codec::H264 => self.h264(is_key, part),
            _ => self.audio(),
        };
        self.sent.push(payload.clone());
        self.sequence += 1;
        let ticks = if self.is_video { 2_970 } else { 960 };
        let timestamp = (self.frames * ticks) as u32;
        let is_ours = |params: &PayloadParams| {
            let format = params.spec().format;
            let is_constrained = format.profile_level_id.is_none_or(|id| id == 0x42e01f);
            params.spec().codec == self.codec
                && is_constrained
                && format.packetization_mode != Some(0)
        };
        let params = rtc.codec_config().find(is_ours).unwrap();
        let pt: Pt = params.pt();
        let levels = ExtensionValues {
            audio_level: (!self.is_video).then_some(self.audio_level),
            voice_activity: (!self.is_video).then_some(true),
            ..ExtensionValues::default()
        };
        RtpWrite::new(pt, self.sequence.into(), timestamp, now, payload)
            .marker(part + 1 == count)
            .nackable(self.is_video)
            .ext_vals(levels)
    }

    /// A descriptor with picture id and base layer index, and a frame that says which it is.
    fn vp8(&self, is_key: bool, part: usize) -> Vec<u8> {
        let start = if part == 0 { 0x10 } else { 0 };
        let id = self.frames as u16 & 0x7fff;
        let mut payload = vec![0x80 | start, 0xe0, 0x80 | (id >> 8) as u8, id as u8];
        payload.extend([self.frames as u8, 0x20]);
        if part == 0 {
            payload.extend([if is_key { 0x10 } else { 0x11 }, 0, 0]);
            payload.extend(if is_key {
                &[0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00][..]
            } else {
                &[]
            });
        }
        payload.extend([self.tag, part as u8]);
        payload.extend(self.frames.to_be_bytes());
        payload.resize(900 + part, self.tag);
        payload
    }

    /// An IDR or another slice, in fragments.
    fn h264(&self, is_key: bool, part: usize) -> Vec<u8> {
        let start = if part == 0 { 0x80 } else { 0 };
        let mut payload = vec![0x7c, start | if is_key { 5 } else { 1 }, part as u8];
        payload.extend(self.frames.to_be_bytes());
        payload.resize(900 + part, self.tag);
        payload
    }

    fn audio(&self) -> Vec<u8> {
        let mut payload = vec![self.tag];
        payload.extend(self.frames.to_be_bytes());
        payload.resize(80, self.tag);
        payload
    }
}
