//! Two native participants through the media server: what one sends is what the other receives,
//! byte by byte.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use bytes::Bytes;
use sfu::{MediaConfig, MediaServer, ParticipantId, Place, RoomEvent, RoomHandle};
use tests::native::{MediaKind, Peer, Received, opus_frames, vp8_key_frame, vp8_packets};
use tokio::sync::mpsc;

const STYLIST: ParticipantId = ParticipantId(1);
const CUSTOMER: ParticipantId = ParticipantId(2);
const AUDIO_STEP: u32 = 960;
const VIDEO_STEP: u32 = 3000;

#[tokio::test(flavor = "multi_thread")]
async fn sound_and_picture_arrive_byte_by_byte() {
    let room = Room::open();
    let (stylist, mut customer) = (room.join(STYLIST).await, room.join(CUSTOMER).await);
    room.admit_both();

    let sound = opus_frames(440.0, 50);
    let heard = exchange_audio(&stylist, &mut customer, &sound).await;
    assert_eq!(payloads(&heard), sound, "every Opus frame arrives, in order and unchanged");
    assert!(decodes_to_sound(&sound), "and it is sound");

    let frames: Vec<_> = (0..10).map(|n| vp8_key_frame(640, 360, 4000, n)).collect();
    let sent: Vec<Vec<Bytes>> = frames.iter().map(|frame| vp8_packets(frame, 1100)).collect();
    let seen = exchange_video(&stylist, &mut customer, &sent).await;
    assert_eq!(payloads(&seen), sent.concat(), "every VP8 packet arrives, in order and unchanged");
    let ends: Vec<bool> = seen.iter().map(|packet| packet.marker).collect();
    assert_eq!(ends.iter().filter(|end| **end).count(), frames.len(), "frames keep their ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_reaches_the_lobby_and_all_reaches_the_call() {
    let room = Room::open();
    let (stylist, mut customer) = (room.join(STYLIST).await, room.join(CUSTOMER).await);
    room.handle.place(STYLIST, Place::Call);
    let sound = opus_frames(440.0, 10);
    for (n, frame) in sound.iter().enumerate() {
        stylist.send_audio(frame.clone(), n as u32 * AUDIO_STEP).await;
    }
    assert!(customer.receive_for(Duration::from_millis(400)).await.is_empty());

    room.handle.place(CUSTOMER, Place::Call);
    let heard = exchange_audio(&stylist, &mut customer, &sound).await;
    assert_eq!(payloads(&heard), sound);

    room.handle.place(CUSTOMER, Place::Lobby);
    tokio::time::sleep(Duration::from_millis(200)).await;
    customer.receive_for(Duration::from_millis(50)).await;
    stylist.send_audio(sound[0].clone(), 90_000).await;
    assert!(customer.receive_for(Duration::from_millis(400)).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_admitted_get_the_kept_picture_without_waiting_for_the_next() {
    let room = Room::open();
    let (stylist, mut customer) = (room.join(STYLIST).await, room.join(CUSTOMER).await);
    room.handle.place(STYLIST, Place::Call);
    let packets = vp8_packets(&vp8_key_frame(1280, 720, 3000, 7), 1100);
    send_frame(&stylist, &packets, 0).await;
    tokio::time::sleep(Duration::from_millis(200)).await;

    room.handle.place(CUSTOMER, Place::Call);
    for expected in &packets {
        assert_eq!(customer.receive(MediaKind::Video).await.payload, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_key_frame_can_be_taken_from_the_tap() {
    let room = Room::open();
    let stylist = room.join(STYLIST).await;
    room.handle.place(STYLIST, Place::Call);
    assert!(room.handle.key_frame(STYLIST).await.is_none());
    let frame = vp8_key_frame(640, 360, 2500, 3);
    send_frame(&stylist, &vp8_packets(&frame, 1100), 0).await;
    // The frame after it shows that the first is whole.
    send_frame(&stylist, &vp8_packets(&frame, 1100), VIDEO_STEP).await;
    tokio::time::sleep(Duration::from_millis(200)).await;

    let kept = room.handle.key_frame(STYLIST).await.expect("a key frame is kept");
    assert_eq!((u32::from(kept.width), u32::from(kept.height)), (640, 360));
    assert_eq!(kept.data, frame);
}

/// A room of its own media server, on the loopback.
struct Room {
    handle: RoomHandle,
    _events: mpsc::Receiver<RoomEvent>,
    _server: MediaServer,
}

impl Room {
    fn open() -> Self {
        let listen = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let config = MediaConfig {
            listen,
            port: 0,
            tcp: true,
            most_packets: 0,
            workers: 1,
            advertise: vec![listen],
        };
        let server = MediaServer::start(config).unwrap();
        let (handle, events) = server.open_room();
        Self { handle, _events: events, _server: server }
    }

    async fn join(&self, participant: ParticipantId) -> Peer {
        let mut peer = Peer::new(1).await;
        let offer = peer.offer().await;
        let answer = self.handle.connect(participant, &offer).await.unwrap();
        peer.accept(&answer).await;
        peer.connected().await;
        peer
    }

    fn admit_both(&self) {
        self.handle.place(STYLIST, Place::Call);
        self.handle.place(CUSTOMER, Place::Call);
    }
}

async fn exchange_audio(from: &Peer, to: &mut Peer, frames: &[Bytes]) -> Vec<Received> {
    let mut received = Vec::new();
    for (n, frame) in frames.iter().enumerate() {
        from.send_audio(frame.clone(), (n as u32 + 100) * AUDIO_STEP).await;
        received.push(to.receive(MediaKind::Audio).await);
    }
    received
}

async fn exchange_video(from: &Peer, to: &mut Peer, frames: &[Vec<Bytes>]) -> Vec<Received> {
    let mut received = Vec::new();
    for (n, packets) in frames.iter().enumerate() {
        send_frame(from, packets, n as u32 * VIDEO_STEP).await;
        for _ in packets {
            received.push(to.receive(MediaKind::Video).await);
        }
    }
    received
}

async fn send_frame(from: &Peer, packets: &[Bytes], timestamp: u32) {
    for (n, packet) in packets.iter().enumerate() {
        from.send_video(packet.clone(), timestamp, n + 1 == packets.len()).await;
    }
}

fn payloads(packets: &[Received]) -> Vec<Bytes> {
    packets.iter().map(|packet| packet.payload.clone()).collect()
}

fn decodes_to_sound(frames: &[Bytes]) -> bool {
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).unwrap();
    let mut samples = vec![0_i16; 960];
    frames.iter().any(|frame| {
        decoder.decode(frame, &mut samples, false).unwrap();
        samples.iter().any(|sample| sample.unsigned_abs() > 6_000)
    })
}
