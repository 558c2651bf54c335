//! Who is placed into the call sees the others at once.

use std::time::Duration;

use sfu::{Place, RoomEvent};

use crate::client::Received;
use crate::world::{World, id};

const SECOND: Duration = Duration::from_secs(1);
/// One way, and the millisecond by which the test looks.
const ONE_WAY: Duration = Duration::from_millis(12);

#[test]
fn a_newly_placed_viewer_has_the_picture_without_asking_the_publisher() {
    let mut world = publishing(1, 2);
    world.run(SECOND / 2);
    world.place(1, Place::Call);
    let waited = world.run_until(SECOND, |world| !video(world).is_empty());
    assert!(waited <= ONE_WAY, "the first picture took {waited:?}");
    world.run(SECOND);
    assert_eq!(world.clients[0].key_frame_requests, 0);
    let arrived = video(&world);
    assert_eq!(arrived[0].payload, world.clients[0].camera.sent[0]);
    assert_steady(&arrived);
    let last = world.clients[0].camera.sent.len() - 1;
    assert!(position(&world, arrived.last().unwrap()) + 10 > last, "it does not go on live");
}

#[test]
fn a_replay_is_due_at_once_instead_of_as_long_as_it_once_took() {
    let mut world = publishing(2, 2);
    world.run(SECOND / 2);
    let cached = world.clients[0].camera.sent.len();
    world.place(1, Place::Call);
    world.run(SECOND);
    let arrived = video(&world);
    let replayed = arrived.iter().take_while(|packet| position(&world, packet) + 6 < cached);
    let (first, last) = (&arrived[0], replayed.last().unwrap());
    let ticks = last.timestamp.wrapping_sub(first.timestamp);
    assert!(ticks < 9_000, "the replay is spread over {ticks} ticks");
}

#[test]
fn a_long_past_key_frame_is_shown_as_a_still_until_a_new_one_comes() {
    let mut world = publishing(3, 8);
    world.run(Duration::from_millis(1_500));
    world.place(1, Place::Call);
    let waited = world.run_until(SECOND, |world| !video(world).is_empty());
    assert!(waited <= ONE_WAY, "the first picture took {waited:?}");
    world.run(SECOND);
    assert_eq!(world.clients[0].key_frame_requests, 1);
    let arrived = video(&world);
    assert_steady(&arrived);
    assert_eq!(position(&world, &arrived[0]), 0);
    assert!(position(&world, &arrived[24]) > 320, "followers of the still were sent");
}

#[test]
fn while_somebody_waits_the_cache_is_kept_fresh_but_not_more_often_than_needed() {
    let mut world = publishing(4, 20);
    world.run(6 * SECOND);
    let asked = world.clients[0].key_frame_requests;
    assert!((2..=3).contains(&asked), "{asked} key frames were asked for in 6 seconds");
}

#[test]
fn those_who_watch_pay_nothing_for_those_who_wait() {
    let mut world = World::with_clients(8, 3);
    for index in 0..2 {
        world.clients[index].camera.is_on = true;
        world.clients[index].camera.packets = 8;
        world.place(index, Place::Call);
    }
    world.run(SECOND);
    let before = world.clients[0].key_frame_requests;
    world.run(6 * SECOND);
    assert_eq!(world.clients[0].key_frame_requests, before);
}

#[test]
fn with_nobody_waiting_no_key_frame_is_asked_for() {
    let mut world = World::in_call(5, 2);
    world.clients[0].camera.packets = 8;
    world.run(SECOND);
    let before = world.clients[0].key_frame_requests;
    world.run(6 * SECOND);
    assert_eq!(world.clients[0].key_frame_requests, before);
}

#[test]
fn the_last_key_frame_can_be_had_as_a_picture() {
    let mut world = publishing(6, 2);
    world.run(SECOND);
    let frame = world.room.key_frame(world.now, id(0)).unwrap();
    assert_eq!((frame.width, frame.height), (320, 240));
    assert!(frame.age > SECOND / 2 && frame.age < 2 * SECOND);
    let sent = &world.clients[0].camera.sent[..6];
    let bitstream: Vec<u8> = sent.iter().flat_map(|payload| payload[6..].to_vec()).collect();
    assert_eq!(frame.data, bitstream);
    assert_eq!(world.room.key_frame(world.now, id(1)), None);
}

#[test]
fn everybody_is_told_of_connections_and_slots() {
    let world = World::in_call(7, 2);
    for index in 0..2 {
        assert!(world.has_event(&RoomEvent::Connected { participant: id(index) }));
        let slots = world.slots(index);
        assert!(slots.iter().all(|slot| slot.source == id(1 - index)));
        assert_eq!(slots[1].mid, world.clients[index].video_slots()[0]);
    }
}

/// One publisher in the call, one viewer still in the lobby.
fn publishing(seed: u64, packets: usize) -> World {
    let mut world = World::with_clients(seed, 2);
    world.clients[0].camera.is_on = true;
    world.clients[0].camera.packets = packets;
    world.place(0, Place::Call);
    world
}

fn video(world: &World) -> Vec<Received> {
    world.clients[1].arrived(&world.clients[1].video_slots()[0])
}

fn position(world: &World, packet: &Received) -> usize {
    // Picture numbers may differ from what was sent; what follows them does not.
    let same = |sent: &Vec<u8>| sent[6..] == packet.payload[6..];
    world.clients[0].camera.sent.iter().position(same).unwrap()
}

/// One stream, as a decoder wants it: no number missing, and time never going back.
pub(crate) fn assert_steady(arrived: &[Received]) {
    assert!(arrived[0].sequence < 65_536);
    for pair in arrived.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        let ticks = pair[1].timestamp.wrapping_sub(pair[0].timestamp) as i32;
        assert!(ticks >= 0, "time goes back by {ticks} ticks");
        let (before, after) = (picture(&pair[0].payload), picture(&pair[1].payload));
        assert!(after.wrapping_sub(before) & 0x7fff <= 1 || ticks > 90, "{before} to {after}");
    }
}

fn picture(payload: &[u8]) -> u16 {
    u16::from_be_bytes([payload[2] & 0x7f, payload[3]])
}
