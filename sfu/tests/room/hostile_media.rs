//! Participants whose keys are right and whose packets are not: whatever they send, the others'
//! call goes on, and what the room does for it is bounded.

use std::time::Duration;

use sfu::{RoomEvent, TrackKind};
use str0m::media::Pt;
use str0m::rtp::{RtpWrite, Ssrc};

use crate::client::Kind;
use crate::layers::camera;
use crate::net::{Link, Loss};
use crate::world::{World, id};

const SECOND: Duration = Duration::from_secs(1);

/// A call of three, of whom the first is hostile and the others see each other.
fn call(seed: u64) -> World {
    let mut world = World::call_of(seed, 3, &Kind::default());
    world.run(2 * SECOND);
    world
}

/// Sends something on the first one's camera line.
fn send(world: &mut World, pt: Pt, sequence: u64, payload: Vec<u8>) {
    let now = world.now;
    let client = &mut world.clients[0];
    let write =
        RtpWrite::new(pt, sequence.into(), (sequence as u32).wrapping_mul(3_000), now, payload);
    let line = client.camera_line();
    client.write(now, line, None, write.nackable(true).marker(true));
    world.run(Duration::from_millis(2));
}

fn video_type(world: &World) -> Pt {
    let client = &world.clients[0];
    client.camera.payload_type(&client.rtc)
}

/// The second and the third still see each other as well as ever.
fn assert_undisturbed(world: &mut World) {
    let begin = world.now;
    world.run(3 * SECOND);
    for (viewer, source) in [(1, 2), (2, 1)] {
        let seen = camera(world, viewer, source);
        let late = seen.iter().filter(|packet| packet.at > begin).count();
        assert!(late > 170, "{late} packets of {source} reached {viewer}");
    }
}

#[test]
fn payload_types_of_another_line_or_of_nobody_are_dropped() {
    let mut world = call(1);
    world.clients[0].camera.is_on = false;
    let audio = world.clients[0].microphone.payload_type(&world.clients[0].rtc);
    let before = camera(&world, 1, 0).len();
    for sequence in 100_000..100_200 {
        send(&mut world, audio, sequence, vec![7; 100]);
    }
    assert_eq!(camera(&world, 1, 0).len(), before);
    assert_undisturbed(&mut world);
}

#[test]
fn packets_too_large_to_be_forwarded_are_dropped() {
    let mut world = call(2);
    let pt = video_type(&world);
    world.clients[0].camera.is_on = false;
    let before = camera(&world, 1, 0).len();
    for sequence in 100_000..100_050 {
        send(&mut world, pt, sequence, vec![0x10; 1_900]);
    }
    assert_eq!(camera(&world, 1, 0).len(), before);
    assert_undisturbed(&mut world);
}

#[test]
fn empty_and_shortest_payloads_do_no_harm() {
    let mut world = call(3);
    let pt = video_type(&world);
    for sequence in 100_000..100_300u64 {
        let length = sequence as usize % 7;
        let payload = [0x90, 0xff, 0x80, 0xff, 0xff, 0xff, 0x9d][..length].to_vec();
        send(&mut world, pt, sequence, payload);
    }
    assert_undisturbed(&mut world);
}

#[test]
fn sequence_numbers_that_jump_about_throw_nobody() {
    let mut world = call(4);
    let pt = video_type(&world);
    world.clients[0].camera.is_on = false;
    let key = world.clients[0].camera.sent[0].clone();
    for round in 0..200u64 {
        send(&mut world, pt, 1_000_000 + round * 30_011, key.clone());
    }
    let arrived = camera(&world, 1, 0);
    assert!(arrived.last().unwrap().sequence < 65_536, "the viewer's counter was thrown");
    assert_undisturbed(&mut world);
}

#[test]
fn whatever_is_replayed_arrives_once() {
    let mut world = World::call_of(5, 2, &Kind::default());
    world.clients[0].up = Link { duplication: 1.0, ..Link::default() };
    world.run(5 * SECOND);
    let arrived = camera(&world, 1, 0);
    assert!(arrived.len() > 250);
    assert!(arrived.windows(2).all(|pair| pair[0].sequence < pair[1].sequence));
}

/// The room notices that a layer begins anew by its SSRC, though the first packet of it is none to pass on.
#[test]
fn another_ssrc_begins_anew_whatever_its_first_packet_is() {
    let mut world = call(9);
    let pt = video_type(&world);
    world.clients[0].camera.is_on = false;
    world.run(SECOND / 10);
    let viewer = camera(&world, 1, 0).len();
    let line = world.clients[0].camera_line();
    let mut api = world.clients[0].rtc.direct_api();
    api.reset_stream_tx(line, None, Ssrc::from(70_000), Some(Ssrc::from(70_001))).unwrap();
    send(&mut world, pt, 1, vec![0x10; 1_401]);
    // Lower numbers than before: of the same run they would be old.
    for sequence in 2..32 {
        let key_frame =
            vec![0x10, 0x00, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 7, 0];
        send(&mut world, pt, sequence, key_frame);
    }
    world.run(SECOND / 10);
    let passed = camera(&world, 1, 0).len() - viewer;
    assert!(passed >= 30, "{passed} were passed on");
    assert_undisturbed(&mut world);
}

#[test]
fn who_changes_its_ssrcs_without_end_is_shown_out() {
    let mut world = call(6);
    let pt = video_type(&world);
    world.clients[0].camera.is_on = false;
    for round in 0..400u32 {
        let now = world.now;
        let client = &mut world.clients[0];
        let (line, ssrc) = (client.camera_line(), 1_000_000 + 2 * round);
        let mut api = client.rtc.direct_api();
        api.reset_stream_tx(line, None, Ssrc::from(ssrc), Some(Ssrc::from(ssrc + 1))).unwrap();
        let write = RtpWrite::new(pt, 1u64.into(), 1, now, vec![0x10, 0, 0, 0]);
        client.write(now, line, None, write);
        world.pump_clients();
        world.run(Duration::from_millis(5));
    }
    assert!(world.has_event(&RoomEvent::Lost { participant: id(0) }));
    assert_undisturbed(&mut world);
}

#[test]
fn a_flood_of_requests_for_key_frames_is_a_few_requests() {
    let mut world = call(7);
    let mid = world.slots(0).into_iter().find(|slot| slot.kind == TrackKind::Camera).unwrap().mid;
    let source = world.slots(0).iter().find(|slot| slot.mid == mid).unwrap().source;
    let source = source.0 as usize - 1;
    let before = world.clients[source].key_frame_requests;
    for _ in 0..1_000 {
        world.clients[0].request_key_frame(&mid);
        let now = world.now;
        world.clients[0].tick(now);
        world.pump_clients();
        world.run(Duration::from_millis(3));
    }
    let asked = world.clients[source].key_frame_requests - before;
    assert!((1..=11).contains(&asked), "{asked} in three seconds");
    assert_undisturbed(&mut world);
}

#[test]
fn who_asks_for_everything_again_is_not_sent_everything_again() {
    let mut world = call(8);
    world.run(SECOND);
    let quiet = world.datagrams_out;
    world.run(5 * SECOND);
    let usual = world.datagrams_out - quiet;
    world.clients[0].down = Link { loss: Loss::Random(0.6), ..Link::default() };
    let before = world.datagrams_out;
    world.run(5 * SECOND);
    let sent = world.datagrams_out - before;
    assert!(sent < usual * 3 / 2, "{sent} instead of {usual} datagrams");
    assert_undisturbed(&mut world);
}
