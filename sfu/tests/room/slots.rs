//! Receive slots are few, and recycled.

use std::time::Duration;

use sfu::{Place, TrackKind};

use crate::joining::assert_steady;
use crate::world::{World, id};

const SECOND: Duration = Duration::from_secs(1);

/// A viewer with one slot, and two publishers, the first of them in the call.
fn viewer_with_one_slot(seed: u64) -> World {
    let mut world = World::new(seed);
    for slots in [1, 2, 2] {
        world.join(slots);
    }
    world.run(SECOND / 2);
    for index in 0..3 {
        world.clients[index].camera.is_on = true;
        world.clients[index].microphone.is_on = true;
    }
    world.place(0, Place::Call);
    world.place(1, Place::Call);
    world.run(SECOND);
    world
}

#[test]
fn a_recycled_slot_is_one_stream_to_the_decoder() {
    let mut world = viewer_with_one_slot(1);
    world.disconnect(1);
    world.run(SECOND / 2);
    world.place(2, Place::Call);
    world.run(SECOND);
    let mid = world.clients[0].video_slots()[0].clone();
    let arrived = world.clients[0].arrived(&mid);
    let tags: Vec<u8> = arrived.iter().map(|packet| *packet.payload.last().unwrap()).collect();
    let first = tags.iter().filter(|tag| **tag == 2).count();
    assert!(first > 40 && tags.len() - first > 40);
    assert!(tags[..first].iter().all(|tag| *tag == 2) && tags[first..].iter().all(|tag| *tag == 3));
    assert_eq!(arrived[first].payload[6] & 1, 0, "the second does not begin with a key frame");
    assert_steady(&arrived);
    let pause = arrived[first].timestamp.wrapping_sub(arrived[first - 1].timestamp);
    assert!((40_000..60_000).contains(&pause), "half a second became {pause} ticks");
}

#[test]
fn picture_numbers_go_on_across_the_change() {
    let mut world = viewer_with_one_slot(2);
    world.disconnect(1);
    world.place(2, Place::Call);
    world.run(SECOND);
    let arrived = world.clients[0].arrived(&world.clients[0].video_slots()[0]);
    let change = arrived.windows(2).find(|pair| pair[0].payload.last() != pair[1].payload.last());
    let [before, after] = change.unwrap() else { unreachable!() };
    let number = |payload: &[u8]| u16::from_be_bytes([payload[2] & 0x7f, payload[3]]);
    assert_eq!(number(&after.payload), number(&before.payload) + 1);
    assert_eq!(after.payload[4], before.payload[4].wrapping_add(1));
}

#[test]
fn who_finds_no_free_slot_is_shown_as_soon_as_one_is_free() {
    let mut world = viewer_with_one_slot(3);
    world.place(2, Place::Call);
    assert!(world.slots(0).iter().all(|slot| slot.source == id(1)));
    world.place(1, Place::Lobby);
    assert!(world.slots(0).iter().all(|slot| slot.source == id(2)));
    assert_eq!(world.slots(0).len(), 2);
}

#[test]
fn who_stays_keeps_its_slot_when_others_leave() {
    let mut world = World::in_call(4, 3);
    world.run(SECOND);
    let of = |world: &World, source| {
        let slots = world.slots(0).into_iter();
        slots.filter(|slot| slot.source == id(source)).map(|slot| slot.mid).collect::<Vec<_>>()
    };
    let before = of(&world, 2);
    world.disconnect(1);
    assert_eq!(of(&world, 2), before);
    assert!(of(&world, 1).is_empty());
    world.place(1, Place::Call);
    assert!(of(&world, 1).is_empty(), "who is gone cannot be placed");
}

#[test]
fn a_publisher_with_a_rebuilt_transport_goes_on_in_the_same_slot() {
    let mut world = viewer_with_one_slot(5);
    let mids: Vec<_> = world.slots(0).into_iter().map(|slot| slot.mid).collect();
    world.rebuild(1);
    world.run(2 * SECOND);
    assert_eq!(mids, world.slots(0).into_iter().map(|slot| slot.mid).collect::<Vec<_>>());
    let video = world.slots(0).into_iter().find(|slot| slot.kind == TrackKind::Camera).unwrap();
    let arrived = world.clients[0].arrived(&video.mid);
    assert_steady(&arrived);
    let recent = arrived.iter().filter(|packet| world.now - packet.at < SECOND);
    assert!(recent.count() > 40);
}
