//! One native WebRTC participant: sends sound and picture, receives what is forwarded to it.
//!
//! It offers what the browser client offers: audio and video `sendonly`, then receive slots.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters,
    RTCRtpEncodingParameters, RtpCodecKind,
};
use tokio::sync::{mpsc, watch};
use webrtc::media_stream::MediaStreamTrack;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
    RTCConfigurationBuilder, RTCIceGatheringState, RTCPeerConnectionState, RTCSessionDescription,
    Registry, register_default_interceptors,
};
use webrtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};

const OPUS: u8 = 111;
const VP8: u8 = 96;
/// Long enough for a loaded machine, short enough to name what did not happen.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    Audio,
    Video,
}

/// One RTP packet that arrived.
#[derive(Debug, Clone)]
pub struct Received {
    pub kind: MediaKind,
    pub ssrc: u32,
    pub sequence_number: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
}

pub struct Peer {
    connection: Arc<dyn PeerConnection>,
    audio: Outgoing,
    video: Outgoing,
    state: watch::Receiver<RTCPeerConnectionState>,
    gathered: watch::Receiver<bool>,
    received: mpsc::UnboundedReceiver<Received>,
}

impl Peer {
    /// A peer with `slots` receive slots of each kind.
    pub async fn new(slots: usize) -> Self {
        let (states, state) = watch::channel(RTCPeerConnectionState::New);
        let (gathering, gathered) = watch::channel(false);
        let (packets, received) = mpsc::unbounded_channel();
        let handler = Arc::new(Handler { states, gathering, packets });
        let connection = build(handler).await;
        let audio = Outgoing::add(&*connection, MediaKind::Audio).await;
        let video = Outgoing::add(&*connection, MediaKind::Video).await;
        for kind in [RtpCodecKind::Audio, RtpCodecKind::Video] {
            for _ in 0..slots {
                let init = direction(RTCRtpTransceiverDirection::Recvonly);
                connection.add_transceiver_from_kind(kind, Some(init)).await.unwrap();
            }
        }
        Self { connection, audio, video, state, gathered, received }
    }

    /// The offer, with all candidates in it.
    pub async fn offer(&mut self) -> String {
        let offer = self.connection.create_offer(None).await.unwrap();
        self.connection.set_local_description(offer).await.unwrap();
        let gathered = self.gathered.wait_for(|done| *done);
        tokio::time::timeout(PATIENCE, gathered).await.expect("candidates are gathered").unwrap();
        self.connection.local_description().await.unwrap().sdp
    }

    pub async fn accept(&self, answer: &str) {
        let answer = RTCSessionDescription::answer(answer.to_owned()).unwrap();
        self.connection.set_remote_description(answer).await.unwrap();
    }

    /// Returns once ICE and DTLS are up.
    pub async fn connected(&mut self) {
        let connected = self.state.wait_for(|state| *state == RTCPeerConnectionState::Connected);
        tokio::time::timeout(PATIENCE, connected).await.expect("the transport connects").unwrap();
    }

    pub async fn send_audio(&self, payload: Bytes, timestamp: u32) {
        self.audio.send(payload, timestamp, false).await;
    }

    /// `last`: the last packet of its frame.
    pub async fn send_video(&self, payload: Bytes, timestamp: u32, last: bool) {
        self.video.send(payload, timestamp, last).await;
    }

    /// The next packet of this kind.
    pub async fn receive(&mut self, kind: MediaKind) -> Received {
        let next = async {
            loop {
                let packet = self.received.recv().await.expect("the connection is open");
                if packet.kind == kind {
                    return packet;
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.expect("a packet arrives")
    }

    /// Whatever arrives within this time.
    pub async fn receive_for(&mut self, time: Duration) -> Vec<Received> {
        let mut packets = Vec::new();
        let _ = tokio::time::timeout(time, async {
            while let Some(packet) = self.received.recv().await {
                packets.push(packet);
            }
        })
        .await;
        packets
    }

    pub async fn close(self) {
        self.connection.close().await.unwrap();
    }
}

/// A track of ours, numbered by us.
struct Outgoing {
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    payload_type: u8,
    next: AtomicU16,
}

impl Outgoing {
    async fn add(connection: &dyn PeerConnection, kind: MediaKind) -> Self {
        let (codec, rtc_kind) = match kind {
            MediaKind::Audio => (opus_codec(), RtpCodecKind::Audio),
            MediaKind::Video => (vp8_codec(), RtpCodecKind::Video),
        };
        let ssrc = uuid::Uuid::new_v4().as_fields().0 | 1;
        let coding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(ssrc),
                ..Default::default()
            },
            codec: codec.rtp_codec.clone(),
            ..Default::default()
        };
        let name = format!("{rtc_kind}");
        let track =
            MediaStreamTrack::new("native".into(), name.clone(), name, rtc_kind, vec![coding]);
        let track = Arc::new(TrackLocalStaticRTP::new(track));
        let init = direction(RTCRtpTransceiverDirection::Sendonly);
        connection.add_transceiver_from_track(track.clone(), Some(init)).await.unwrap();
        Self { track, ssrc, payload_type: codec.payload_type, next: AtomicU16::new(1) }
    }

    async fn send(&self, payload: Bytes, timestamp: u32, marker: bool) {
        let header = rtp::Header {
            version: 2,
            marker,
            payload_type: self.payload_type,
            sequence_number: self.next.fetch_add(1, Ordering::Relaxed),
            timestamp,
            ssrc: self.ssrc,
            ..Default::default()
        };
        self.track.write_rtp(rtp::Packet { header, payload }).await.unwrap();
    }
}

async fn build(handler: Arc<Handler>) -> Arc<dyn PeerConnection> {
    let mut engine = MediaEngine::default();
    engine.register_codec(opus_codec(), RtpCodecKind::Audio).unwrap();
    engine.register_codec(vp8_codec(), RtpCodecKind::Video).unwrap();
    let registry = register_default_interceptors(Registry::new(), &mut engine).unwrap();
    let connection = PeerConnectionBuilder::new()
        .with_configuration(RTCConfigurationBuilder::new().build())
        .with_media_engine(engine)
        .with_interceptor_registry(registry)
        .with_handler(handler)
        .with_udp_addrs(vec!["127.0.0.1:0"])
        .build()
        .await
        .unwrap();
    Arc::new(connection)
}

fn opus_codec() -> RTCRtpCodecParameters {
    let codec = RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    };
    RTCRtpCodecParameters { rtp_codec: codec, payload_type: OPUS }
}

fn vp8_codec() -> RTCRtpCodecParameters {
    let feedback = |kind: &str, parameter: &str| RTCPFeedback {
        typ: kind.to_owned(),
        parameter: parameter.to_owned(),
    };
    let codec = RTCRtpCodec {
        mime_type: MIME_TYPE_VP8.to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: vec![feedback("nack", ""), feedback("nack", "pli"), feedback("ccm", "fir")],
    };
    RTCRtpCodecParameters { rtp_codec: codec, payload_type: VP8 }
}

fn direction(direction: RTCRtpTransceiverDirection) -> RTCRtpTransceiverInit {
    RTCRtpTransceiverInit { direction, streams: vec![], send_encodings: vec![] }
}

struct Handler {
    states: watch::Sender<RTCPeerConnectionState>,
    gathering: watch::Sender<bool>,
    packets: mpsc::UnboundedSender<Received>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let _ = self.states.send(state);
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        let _ = self.gathering.send(state == RTCIceGatheringState::Complete);
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        tokio::spawn(read(track, self.packets.clone()));
    }
}

async fn read(track: Arc<dyn TrackRemote>, packets: mpsc::UnboundedSender<Received>) {
    let kind = match track.kind().await {
        RtpCodecKind::Audio => MediaKind::Audio,
        _ => MediaKind::Video,
    };
    while let Some(event) = track.poll().await {
        let TrackRemoteEvent::OnRtpPacket(packet) = event else { continue };
        let received = Received {
            kind,
            ssrc: packet.header.ssrc,
            sequence_number: packet.header.sequence_number,
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            payload: packet.payload,
        };
        if packets.send(received).is_err() {
            return;
        }
    }
}
