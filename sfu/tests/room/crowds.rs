//! Calls of many: slots are asked for as they are needed, and of all sound only the loudest is
//! sent.

use std::collections::BTreeSet;
use std::time::Duration;

use sfu::core::room::RoomOutput;
use sfu::{Place, RoomEvent, TrackKind};

use crate::client::Kind;
use crate::world::{World, id};

const SECOND: Duration = Duration::from_secs(1);

/// A call of sound only.
fn talk(seed: u64, count: usize, slots: usize) -> World {
    let mut world = World::call_of(seed, count, &Kind { slots, ..Kind::default() });
    for client in &mut world.clients {
        client.camera.is_on = false;
    }
    world
}

/// Whose sound reached the viewer within the last second.
fn heard(world: &World, viewer: usize) -> BTreeSet<u64> {
    let audio = world.slots(viewer).into_iter().filter(|slot| slot.kind == TrackKind::Audio);
    let is_heard = |slot: &sfu::Slot| {
        let arrived = world.clients[viewer].arrived(&slot.mid);
        arrived.last().is_some_and(|packet| world.now - packet.at < SECOND / 2)
    };
    audio.filter(is_heard).map(|slot| slot.source.0).collect()
}

fn leaders(world: &World) -> Vec<Option<u64>> {
    let of = |event: &RoomEvent| match event {
        RoomEvent::ActiveSpeaker { participant } => Some(participant.map(|id| id.0)),
        _ => None,
    };
    world.events.iter().filter_map(of).collect()
}

#[test]
fn a_call_of_twenty_is_seen_once_there_are_slots_for_it() {
    let mut world = World::call_of(1, 20, &Kind { slots: 5, ..Kind::default() });
    for client in &mut world.clients {
        (client.camera.packets, client.camera.size) = (1, 300);
    }
    world.run(SECOND / 2);
    let wanted = RoomEvent::MoreSlots { participant: id(0), wanted: 19 };
    assert!(world.has_event(&wanted));
    assert_eq!(world.slots(0).len(), 10);
    world.add_slots(0, 19);
    world.run(SECOND);
    let slots = world.slots(0);
    assert_eq!(slots.len(), 38);
    for slot in slots.iter().filter(|slot| slot.kind == TrackKind::Camera) {
        let arrived = world.clients[0].arrived(&slot.mid);
        assert!(arrived.len() > 10, "{} of {}", arrived.len(), slot.source);
        let tag = slot.source.0 as u8;
        assert!(arrived.iter().all(|packet| *packet.payload.last().unwrap() == tag));
    }
}

#[test]
fn of_many_only_the_three_loudest_are_heard_and_of_few_all() {
    let mut world = talk(2, 8, 7);
    for (index, level) in [-20, -30, -25, -100, -100, -100, -100, -100].into_iter().enumerate() {
        world.clients[index].microphone.audio_level = level;
    }
    world.run(3 * SECOND);
    assert_eq!(heard(&world, 7), BTreeSet::from([1, 2, 3]));
    world.clients[1].microphone.audio_level = -100;
    world.clients[5].microphone.audio_level = -30;
    world.run(4 * SECOND);
    assert_eq!(heard(&world, 7), BTreeSet::from([1, 3, 6]));
    world.disconnect(6);
    world.disconnect(5);
    world.run(SECOND);
    assert_eq!(heard(&world, 7), BTreeSet::from([1, 2, 3, 4, 5]));
}

#[test]
fn who_does_not_say_how_loud_it_is_is_heard_when_nobody_louder_speaks() {
    let mut world = World::new(7);
    for index in 0..8 {
        world.join_as(Kind { slots: 7, tells_levels: index != 4, ..Kind::default() });
    }
    world.run(SECOND / 2);
    for index in 0..8 {
        let microphone = &mut world.clients[index].microphone;
        (microphone.is_on, microphone.audio_level) = (true, -100);
        world.place(index, Place::Call);
    }
    world.run(3 * SECOND);
    assert_eq!(heard(&world, 7), BTreeSet::from([5]));
    for loud in [0, 1, 2] {
        world.clients[loud].microphone.audio_level = -20;
    }
    world.run(4 * SECOND);
    assert_eq!(heard(&world, 7), BTreeSet::from([1, 2, 3]));
}

#[test]
fn sound_that_was_left_out_comes_back_without_a_hole() {
    let mut world = talk(3, 8, 7);
    for index in 0..3 {
        world.clients[index].microphone.audio_level = -30;
    }
    world.run(3 * SECOND);
    world.clients[2].microphone.audio_level = -100;
    world.run(3 * SECOND);
    world.clients[3].microphone.audio_level = -30;
    world.run(3 * SECOND);
    let slots = world.slots(7).into_iter();
    let mut slots = slots.filter(|slot| slot.source == id(3) && slot.kind == TrackKind::Audio);
    let arrived = world.clients[7].arrived(&slots.next().unwrap().mid);
    assert!(arrived.len() > 100);
    for pair in arrived.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        assert!((pair[1].timestamp.wrapping_sub(pair[0].timestamp) as i32) > 0);
    }
}

#[test]
fn the_active_speaker_changes_with_the_talk_and_not_with_a_cough() {
    let mut world = talk(4, 3, 2);
    world.clients[0].microphone.audio_level = -30;
    world.run(2 * SECOND);
    assert_eq!(leaders(&world), [Some(1)]);
    world.clients[1].microphone.audio_level = -10;
    world.run(SECOND / 5);
    world.clients[1].microphone.audio_level = -100;
    world.run(SECOND);
    assert_eq!(leaders(&world), [Some(1)]);
    world.clients[0].microphone.audio_level = -100;
    world.clients[1].microphone.audio_level = -30;
    world.run(2 * SECOND);
    assert_eq!(leaders(&world), [Some(1), Some(2)]);
    world.disconnect(1);
    assert_eq!(leaders(&world), [Some(1), Some(2), None]);
}

/// After a moment without the processor there is much to read, and its copies must not all lie around.
#[test]
fn what_was_read_first_of_a_burst_leaves_while_the_rest_is_read() {
    let mut world = World::call_of(12, 5, &Kind { slots: 4, ..Kind::default() });
    world.run(SECOND);
    while world.clients[0].outbox.len() < 64 {
        world.now += Duration::from_millis(10);
        let now = world.now;
        world.clients[0].tick(now);
    }
    let (burst, from) = (std::mem::take(&mut world.clients[0].outbox), world.clients[0].seen_at);
    let (mut waiting, mut sent) = (0, 0);
    for datagram in burst {
        world.room.receive(world.now, id(0), from, datagram.destination, &datagram.contents);
        let left = std::iter::from_fn(|| world.room.poll_output())
            .filter(|output| matches!(output, RoomOutput::Transmit(_)))
            .count();
        waiting = if left > 0 { 0 } else { waiting + 1 };
        assert!(waiting < 16, "after {sent} nothing left any more");
        sent += left;
    }
    assert!(sent > 100, "{sent} left");
}
