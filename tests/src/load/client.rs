//! One peer connection of a participant: the sans-IO half of the `webrtc` crate on a socket of its
//! own, driven by one task.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::{Bytes, BytesMut};
use quinn_udp::{RecvMeta, UdpSocketState};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::event::RTCPeerConnectionEvent;
use rtc::peer_connection::message::{RTCMessage, TaggedRTCMessage};
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::peer_connection::transport::{CandidateConfig, CandidateHostConfig, RTCIceCandidate};
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use rtc::rtp_transceiver::{RTCRtpSenderId, RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::first_picture::FirstPicture;
use super::publishing::{Broadcast, Due, Publishing};
use super::stamp::{Media, Stamp};
use super::tally::{Tally, Window};
use super::{clock, codecs};

const KERNEL_BUFFER: usize = 4 << 20;
const READ_SIZE: usize = 65_535;
/// As long as the slowest of two hundred handshakes at once may take.
const PATIENCE: Duration = Duration::from_secs(30);

thread_local! {
    static BUFFER: std::cell::RefCell<Vec<u8>> = std::cell::RefCell::new(vec![0; READ_SIZE]);
}

/// A connection that is being set up.
pub struct Client {
    connection: RTCPeerConnection,
    socket: UdpSocket,
    state: UdpSocketState,
    local: SocketAddr,
    senders: Vec<Sender>,
    broadcast: Option<Broadcast>,
}

/// One that is driven by its task.
pub struct Running {
    is_connected: watch::Receiver<bool>,
    pictured: watch::Receiver<Option<u64>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<anyhow::Result<Tally>>,
}

struct Sender {
    id: RTCRtpSenderId,
    ssrc: u32,
    payload_type: u8,
    next: u16,
    /// Under which number the audio level goes, where it was negotiated.
    audio_level: Option<u8>,
}

impl Client {
    /// Must be called on a runtime.
    pub fn new(address: IpAddr) -> anyhow::Result<Self> {
        let socket = bind(address)?;
        let state = UdpSocketState::new((&socket).into())?;
        // The kernel gives what it may.
        let _ = state.set_recv_buffer_size((&socket).into(), KERNEL_BUFFER);
        let _ = state.set_send_buffer_size((&socket).into(), KERNEL_BUFFER);
        let socket = UdpSocket::from_std(socket)?;
        let local = socket.local_addr()?;
        let (engine, registry) = codecs::engine()?;
        let mut connection = RTCPeerConnectionBuilder::new()
            .with_media_engine(engine)
            .with_interceptor_registry(registry)
            .build(clock::now())?;
        connection.add_local_candidate(RTCIceCandidate::from(&host(local)?).to_json()?)?;
        Ok(Self { connection, socket, state, local, senders: Vec::new(), broadcast: None })
    }

    /// One that will send what it is to broadcast, and receive from so many others.
    pub fn prepared(
        address: IpAddr,
        sources: usize,
        broadcast: Option<Broadcast>,
    ) -> anyhow::Result<Self> {
        let mut client = Self::new(address)?;
        if let Some(broadcast) = broadcast {
            client.publish(broadcast)?;
        }
        client.receive(sources)?;
        Ok(client)
    }

    /// Offers to send audio and video, the first lines of the offer.
    pub fn publish(&mut self, broadcast: Broadcast) -> anyhow::Result<()> {
        for (codec, kind) in
            [(codecs::opus(), RtpCodecKind::Audio), (codecs::vp8(), RtpCodecKind::Video)]
        {
            let payload_type = codec.payload_type;
            let (track, ssrc) = track(codec, kind);
            let init = direction(RTCRtpTransceiverDirection::Sendonly);
            let transceiver = self.connection.add_transceiver_from_track(track, Some(init))?;
            let transceiver = self.connection.rtp_transceiver(transceiver);
            let id = transceiver.and_then(|transceiver| transceiver.sender());
            let id = id.context("a transceiver with a track has a sender")?;
            self.senders.push(Sender { id, ssrc, payload_type, next: 1, audio_level: None });
        }
        self.broadcast = Some(broadcast);
        Ok(())
    }

    /// Offers to receive this many pairs of audio and video.
    pub fn receive(&mut self, pairs: usize) -> anyhow::Result<()> {
        for kind in [RtpCodecKind::Audio, RtpCodecKind::Video] {
            for _ in 0..pairs {
                let init = direction(RTCRtpTransceiverDirection::Recvonly);
                self.connection.add_transceiver_from_kind(kind, Some(init))?;
            }
        }
        Ok(())
    }

    pub fn offer(&mut self) -> anyhow::Result<String> {
        let offer = self.connection.create_offer(None)?;
        self.connection.set_local_description(clock::now(), offer)?;
        let offer = self.connection.local_description().context("there is an offer")?;
        Ok(offer.sdp)
    }

    pub fn accept(&mut self, answer: &str) -> anyhow::Result<()> {
        let answer = RTCSessionDescription::answer(answer.to_owned())?;
        Ok(self.connection.set_remote_description(clock::now(), answer)?)
    }

    /// Answers the server's offer.
    pub fn answer(&mut self, offer: &str) -> anyhow::Result<String> {
        let offer = RTCSessionDescription::offer(offer.to_owned())?;
        self.connection.set_remote_description(clock::now(), offer)?;
        let answer = self.connection.create_answer(None)?;
        self.connection.set_local_description(clock::now(), answer)?;
        let answer = self.connection.local_description().context("there is an answer")?;
        Ok(answer.sdp)
    }

    pub fn run(self, window: Window) -> Running {
        let (connected, is_connected) = watch::channel(false);
        let (picture, pictured) = watch::channel(None);
        let (stop, stopped) = watch::channel(false);
        let task = Task {
            client: self,
            publishing: None,
            tally: Tally::new(window),
            first_picture: FirstPicture::default(),
            connected,
            picture,
            stopped,
        };
        Running { is_connected, pictured, stop, task: tokio::spawn(task.run()) }
    }
}

impl Running {
    /// Returns once ICE and DTLS are up.
    pub async fn connected(&mut self) -> anyhow::Result<()> {
        let connected = self.is_connected.wait_for(|is_connected| *is_connected);
        let connected = tokio::time::timeout(PATIENCE, connected).await;
        connected.context("a transport does not connect")?.context("a transport ended")?;
        Ok(())
    }

    /// When the last packet arrived of the first whole key frame, in nanoseconds since the Unix epoch.
    pub async fn first_picture(&mut self) -> anyhow::Result<u64> {
        let pictured = self.pictured.wait_for(Option::is_some);
        let pictured = tokio::time::timeout(PATIENCE, pictured).await;
        let arrived = *pictured.context("no picture comes")?.context("a transport ended")?;
        arrived.context("it was waited for")
    }

    pub async fn stop(self) -> anyhow::Result<Tally> {
        let _ = self.stop.send(true);
        self.task.await?
    }
}

struct Task {
    client: Client,
    publishing: Option<Publishing>,
    tally: Tally,
    first_picture: FirstPicture,
    connected: watch::Sender<bool>,
    picture: watch::Sender<Option<u64>>,
    stopped: watch::Receiver<bool>,
}

impl Task {
    async fn run(mut self) -> anyhow::Result<Tally> {
        loop {
            self.publish()?;
            self.drain();
            let now = clock::now();
            let wake = self.wake(now);
            if wake <= now {
                self.client.connection.handle_timeout(now)?;
            }
            // Even if it is due again at once, others get their turn first.
            let wake = wake.max(now + Duration::from_micros(200));
            tokio::select! {
                _ = self.stopped.changed() => return Ok(self.tally),
                readable = self.client.socket.readable() => {
                    readable?;
                    self.read();
                }
                () = tokio::time::sleep_until(wake.into()) => {}
            }
        }
    }

    fn wake(&mut self, now: Instant) -> Instant {
        let engine = self.client.connection.poll_timeout();
        let media = self.publishing.as_ref().map(Publishing::deadline);
        engine.into_iter().chain(media).min().unwrap_or(now + Duration::from_secs(1))
    }

    fn publish(&mut self) -> anyhow::Result<()> {
        let now = clock::now();
        let Some(publishing) = &mut self.publishing else { return Ok(()) };
        let audio = publishing.audio(now);
        let video = publishing.video(now);
        let level = publishing.audio_level();
        if let Some((packets, lateness)) = video {
            self.tally.send_frame(clock::wall(), lateness);
            packets.into_iter().try_for_each(|packet| self.send(packet, level))?;
        }
        audio.map_or(Ok(()), |packet| self.send(packet, level))
    }

    fn send(&mut self, due: Due, level: u8) -> anyhow::Result<()> {
        self.tally.send(&due.stamp);
        let sender = &mut self.client.senders[due.stamp.media as usize];
        let mut header = rtp::Header {
            version: 2,
            marker: due.is_last,
            payload_type: sender.payload_type,
            sequence_number: sender.next,
            timestamp: due.timestamp,
            ssrc: sender.ssrc,
            ..Default::default()
        };
        sender.next = sender.next.wrapping_add(1);
        if let Some(id) = sender.audio_level {
            header.set_extension(id, Bytes::copy_from_slice(&[0x80 | level]))?;
        }
        let mut writer =
            self.client.connection.rtp_sender(sender.id).context("the sender is there")?;
        writer.write_rtp(clock::now(), rtp::Packet { header, payload: due.payload })?;
        self.write();
        Ok(())
    }

    fn drain(&mut self) {
        self.write();
        while let Some(event) = self.client.connection.poll_event() {
            if let RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) = event
                && state == RTCPeerConnectionState::Connected
            {
                self.begin();
            }
        }
        while let Some(TaggedRTCMessage { message, .. }) = self.client.connection.poll_read() {
            self.take(message, clock::wall());
        }
    }

    fn begin(&mut self) {
        for sender in &mut self.client.senders {
            let writer = self.client.connection.rtp_sender(sender.id);
            let Some(mut writer) = writer else { continue };
            let extensions = &writer.get_parameters().rtp_parameters.header_extensions;
            let level = extensions.iter().find(|extension| extension.uri == codecs::AUDIO_LEVEL);
            sender.audio_level = level.map(|extension| extension.id as u8);
        }
        let broadcast = self.client.broadcast.take();
        if let Some(broadcast) = broadcast {
            self.publishing = Some(Publishing::begin(clock::now(), broadcast));
        }
        let _ = self.connected.send(true);
    }

    fn take(&mut self, message: RTCMessage, arrived: u64) {
        match message {
            RTCMessage::RtpPacket(_, packet) => {
                let Some(stamp) = Stamp::read(&packet.payload) else { return };
                self.tally.receive(&stamp, arrived);
                if stamp.media == Media::Video && self.first_picture.completes(&packet) {
                    let _ = self.picture.send(Some(arrived));
                }
            }
            RTCMessage::RtcpPacket(..) => {
                self.tally.key_frame_requests += 1;
                if let Some(publishing) = &mut self.publishing {
                    publishing.show_key_frame();
                }
            }
            _ => {}
        }
    }

    fn write(&mut self) {
        while let Some(datagram) = self.client.connection.poll_write() {
            // What the kernel does not take is lost, as on any network; the tally will tell.
            let to = datagram.transport.peer_addr;
            let _ = self.client.socket.try_send_to(&datagram.message, to);
        }
    }

    /// Takes what has arrived, packet by packet with the kernel's time of its arrival.
    fn read(&mut self) {
        BUFFER.with_borrow_mut(|buffer| {
            while let Ok(meta) = self.client.read(buffer) {
                let arrived =
                    meta.timestamp.map_or_else(clock::wall, |time| time.as_nanos() as u64);
                for datagram in buffer[..meta.len].chunks(meta.stride.max(1)) {
                    self.hand_in(&meta, datagram);
                    while let Some(read) = self.client.connection.poll_read() {
                        self.take(read.message, arrived);
                    }
                }
            }
        });
    }

    fn hand_in(&mut self, meta: &RecvMeta, datagram: &[u8]) {
        let transport = TransportContext {
            local_addr: self.client.local,
            peer_addr: meta.addr,
            ecn: None,
            transport_protocol: TransportProtocol::UDP,
        };
        let message = BytesMut::from(datagram);
        let datagram = TaggedBytesMut { now: clock::now(), transport, message };
        // What it makes nothing of, such as a packet before the keys are there, is lost.
        let _ = self.client.connection.handle_read(datagram);
    }
}

impl Client {
    fn read(&self, buffer: &mut [u8]) -> io::Result<RecvMeta> {
        let mut metas = [RecvMeta::default()];
        let mut slices = [IoSliceMut::new(buffer)];
        let (socket, state) = (&self.socket, &self.state);
        let read = || state.recv(socket.into(), &mut slices, &mut metas);
        socket.try_io(Interest::READABLE, read)?;
        Ok(metas[0])
    }
}

fn bind(address: IpAddr) -> anyhow::Result<std::net::UdpSocket> {
    let socket = std::net::UdpSocket::bind((address, 0)).context("no socket could be bound")?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn host(local: SocketAddr) -> anyhow::Result<rtc::ice::candidate::Candidate> {
    let base_config = CandidateConfig {
        network: "udp".to_owned(),
        address: local.ip().to_string(),
        port: local.port(),
        component: 1,
        ..Default::default()
    };
    Ok(CandidateHostConfig { base_config, ..Default::default() }.new_candidate_host()?)
}

fn track(codec: RTCRtpCodecParameters, kind: RtpCodecKind) -> (MediaStreamTrack, u32) {
    let ssrc = uuid::Uuid::new_v4().as_fields().0 | 1;
    let coding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
        codec: codec.rtp_codec,
        ..Default::default()
    };
    let name = kind.to_string();
    (MediaStreamTrack::new("load".into(), name.clone(), name, kind, vec![coding]), ssrc)
}

fn direction(direction: RTCRtpTransceiverDirection) -> RTCRtpTransceiverInit {
    RTCRtpTransceiverInit { direction, streams: vec![], send_encodings: vec![] }
}

/// The kinds in the order of the senders.
const _: () = assert!(Media::Audio as usize == 0 && Media::Video as usize == 1);
