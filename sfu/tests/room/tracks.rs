//! Screens, and what hosts silence.

use std::time::Duration;

use sfu::{Place, RoomEvent, TrackKind, View};

use crate::client::{Kind, Received};
use crate::world::{World, id};

const SECOND: Duration = Duration::from_secs(1);

fn with_screens(slots: usize) -> Kind {
    Kind { slots, has_screen: true, ..Kind::default() }
}

/// What arrived of a track.
fn arrived(world: &World, viewer: usize, source: usize, kind: TrackKind) -> Vec<Received> {
    let slots = world.slots(viewer);
    let of = |slot: &&sfu::Slot| slot.source == id(source) && slot.kind == kind;
    slots.iter().find(of).map(|slot| world.clients[viewer].arrived(&slot.mid)).unwrap_or_default()
}

fn screen_of(world: &mut World, index: usize, is_on: bool) {
    world.clients[index].screen.as_mut().unwrap().is_on = is_on;
}

fn slot_kinds(world: &World, viewer: usize) -> Vec<TrackKind> {
    world.slots(viewer).into_iter().map(|slot| slot.kind).collect()
}

#[test]
fn a_screen_gets_a_video_line_of_its_own_when_it_is_shown() {
    let mut world = World::call_of(1, 2, &with_screens(2));
    world.run(SECOND);
    assert_eq!(slot_kinds(&world, 1), [TrackKind::Audio, TrackKind::Camera]);
    screen_of(&mut world, 0, true);
    world.run(SECOND);
    assert_eq!(slot_kinds(&world, 1), [TrackKind::Audio, TrackKind::Camera, TrackKind::Screen]);
    let screen = arrived(&world, 1, 0, TrackKind::Screen);
    assert!(screen.len() > 40);
    assert!(screen.iter().all(|packet| *packet.payload.last().unwrap() == 101));
    let camera = arrived(&world, 1, 0, TrackKind::Camera);
    assert!(camera.iter().all(|packet| *packet.payload.last().unwrap() == 1));
    world.room.set_screen(world.now, id(0), false);
    world.pump_room();
    assert_eq!(slot_kinds(&world, 1), [TrackKind::Audio, TrackKind::Camera]);
}

#[test]
fn a_screen_that_falls_silent_gives_its_line_back() {
    let mut world = World::call_of(2, 2, &with_screens(2));
    screen_of(&mut world, 0, true);
    world.run(SECOND);
    screen_of(&mut world, 0, false);
    world.run(8 * SECOND);
    assert_eq!(slot_kinds(&world, 1).len(), 3);
    world.run(4 * SECOND);
    assert_eq!(slot_kinds(&world, 1).len(), 2);
}

#[test]
fn a_screen_for_which_there_is_no_line_asks_for_more() {
    let mut world = World::call_of(3, 2, &with_screens(1));
    screen_of(&mut world, 0, true);
    world.run(SECOND);
    assert!(world.has_event(&RoomEvent::MoreSlots { participant: id(1), wanted: 2 }));
    assert!(arrived(&world, 1, 0, TrackKind::Screen).is_empty());
    world.add_slots(1, 2);
    world.run(SECOND);
    assert!(arrived(&world, 1, 0, TrackKind::Screen).len() > 30);
    assert!(arrived(&world, 1, 0, TrackKind::Camera).len() > 80);
}

#[test]
fn nobody_who_hides_a_screen_is_sent_it() {
    let mut world = World::call_of(4, 2, &with_screens(2));
    let hidden = View { source: id(0), kind: TrackKind::Screen, height: 0, is_pinned: false };
    world.room.view(world.now, id(1), &[hidden]);
    screen_of(&mut world, 0, true);
    world.run(3 * SECOND);
    assert!(arrived(&world, 1, 0, TrackKind::Screen).is_empty());
    let told = world.events.iter().rev().find_map(|event| match event {
        RoomEvent::Publish { participant, screen, .. } if *participant == id(0) => Some(*screen),
        _ => None,
    });
    assert_eq!(told, Some(false));
}

#[test]
fn what_a_host_silences_is_not_forwarded_until_it_may_be_heard_again() {
    for kind in [TrackKind::Audio, TrackKind::Camera] {
        let mut world = World::call_of(5, 2, &Kind::default());
        world.run(SECOND);
        world.room.set_muted(world.now, id(0), kind, true);
        world.pump_room();
        world.run(SECOND / 10);
        let before = arrived(&world, 1, 0, kind).len();
        assert!(before > 20);
        world.run(2 * SECOND);
        assert_eq!(arrived(&world, 1, 0, kind).len(), before);
        world.room.set_muted(world.now, id(0), kind, false);
        world.pump_room();
        world.run(SECOND);
        assert!(arrived(&world, 1, 0, kind).len() > before + 20);
        let arrived = arrived(&world, 1, 0, kind);
        if kind == TrackKind::Camera {
            crate::joining::assert_steady(&arrived);
        } else {
            let is_next = |pair: &[Received]| pair[0].sequence + 1 == pair[1].sequence;
            assert!(arrived.windows(2).all(is_next), "what was left out looks lost");
        }
    }
}

#[test]
fn who_was_muted_and_leaves_the_call_takes_its_screen_along() {
    let mut world = World::call_of(6, 2, &with_screens(2));
    screen_of(&mut world, 0, true);
    world.run(SECOND);
    world.place(0, Place::Lobby);
    assert!(world.slots(1).is_empty());
}

/// In-band forward error correction and silence suppression (RFC 7587 §7.1).
#[test]
fn sound_is_negotiated_with_error_correction_and_without_silence() {
    let mut world = World::new(7);
    world.join(1);
    let answer = world.negotiate(0).unwrap().sdp;
    let format = answer.lines().find(|line| line.starts_with("a=fmtp:111 ")).unwrap();
    assert!(format.contains("useinbandfec=1") && format.contains("usedtx=1"), "{format}");
}

#[test]
fn sound_that_pauses_in_silence_goes_on_as_one_stream() {
    let mut world = World::call_of(8, 2, &Kind::default());
    world.run(SECOND);
    for is_on in [false, true, false, true] {
        world.clients[0].microphone.is_on = is_on;
        world.run(2 * SECOND);
    }
    let arrived = arrived(&world, 1, 0, TrackKind::Audio);
    assert!(arrived.len() > 200);
    for pair in arrived.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        let ticks = pair[1].timestamp.wrapping_sub(pair[0].timestamp) as i32;
        assert!(ticks > 0);
    }
}
