//! What one participant sends, the others get.

use std::time::Duration;

use sfu::{Place, TrackKind};
use str0m::format::Codec;

use crate::client::Kind;
use crate::world::{World, id};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn payloads_arrive_byte_by_byte_in_both_directions() {
    let mut world = World::in_call(1, 2);
    world.run(2 * SECOND);
    for (sender, viewer) in [(0, 1), (1, 0)] {
        for slot in world.slots(viewer) {
            let source = match slot.kind {
                TrackKind::Audio => &world.clients[sender].microphone,
                TrackKind::Camera | TrackKind::Screen => &world.clients[sender].camera,
            };
            let arrived = world.clients[viewer].arrived(&slot.mid);
            assert!(arrived.len() > 80, "{} packets of {:?}", arrived.len(), slot.kind);
            let begin = source.sent.iter().position(|sent| *sent == arrived[0].payload).unwrap();
            assert!(begin < 4, "the first {begin} packets were not forwarded");
            for (sent, received) in source.sent[begin..].iter().zip(&arrived) {
                assert_eq!(*sent, received.payload);
            }
        }
    }
}

#[test]
fn nothing_is_forwarded_to_or_from_the_lobby() {
    let mut world = World::with_clients(2, 3);
    for client in &mut world.clients {
        (client.camera.is_on, client.microphone.is_on) = (true, true);
    }
    world.place(0, Place::Call);
    world.run(2 * SECOND);
    assert!(world.clients.iter().all(|client| client.received.is_empty()));
    assert!(world.clients.iter().all(|client| client.camera.sent.len() > 50));
}

#[test]
fn who_is_sent_back_to_the_lobby_sees_and_shows_nothing_more() {
    let mut world = World::in_call(3, 2);
    world.run(SECOND);
    world.place(1, Place::Lobby);
    world.run(Duration::from_millis(100));
    world.clients.iter_mut().for_each(|client| client.received.clear());
    world.run(SECOND);
    assert!(world.clients.iter().all(|client| client.received.is_empty()));
    assert!(world.slots(0).is_empty() && world.slots(1).is_empty());
}

#[test]
fn loss_on_the_way_is_repaired_on_both_legs() {
    let mut world = World::in_call(4, 2);
    world.run(SECOND);
    world.loss = 0.05;
    world.run(5 * SECOND);
    world.loss = 0.0;
    world.run(SECOND);
    let slot = &world.clients[1].video_slots()[0];
    let arrived = world.clients[1].arrived(slot);
    let span = arrived.last().unwrap().sequence - arrived[0].sequence + 1;
    let missing = span - arrived.len() as u64;
    assert!(missing * 500 < span, "{missing} of {span} packets were never repaired");
}

/// Firefox drops what it cannot place (str0m#938).
#[test]
fn the_first_retransmissions_name_their_line() {
    let mut world = World::in_call(9, 2);
    world.loss = 0.1;
    world.run(SECOND);
    let retransmissions = &world.clients[1].retransmissions;
    assert!(retransmissions.len() > 3);
    assert!(retransmissions[..3].iter().all(|names_line| *names_line));
}

#[test]
fn all_others_in_a_call_of_three_are_seen_in_their_own_slots() {
    let mut world = World::in_call(5, 3);
    world.run(2 * SECOND);
    for viewer in 0..3 {
        let slots = world.slots(viewer);
        assert_eq!(slots.len(), 4);
        for slot in slots {
            let tag = slot.source.0 as u8;
            let arrived = world.clients[viewer].arrived(&slot.mid);
            assert!(arrived.len() > 40);
            assert!(arrived.iter().all(|packet| *packet.payload.last().unwrap() == tag));
        }
    }
}

#[test]
fn h264_goes_to_those_who_have_it_and_the_others_get_the_sound() {
    let mut world = World::new(8);
    for codecs in [vec![Codec::H264], vec![Codec::Vp8, Codec::H264], vec![Codec::Vp8]] {
        world.join_as(Kind { codecs, ..Kind::default() });
    }
    world.run(SECOND / 2);
    for index in 0..3 {
        world.clients[index].microphone.is_on = true;
        world.place(index, Place::Call);
    }
    world.clients[0].camera.is_on = true;
    world.run(2 * SECOND);
    let from_first = |world: &World, viewer: usize, kind| {
        let slots = world.slots(viewer).into_iter();
        let mut slots = slots.filter(|slot| slot.source == id(0) && slot.kind == kind);
        world.clients[viewer].arrived(&slots.next().unwrap().mid)
    };
    let seen = from_first(&world, 1, TrackKind::Camera);
    assert!(seen.len() > 80);
    for (sent, received) in world.clients[0].camera.sent.iter().zip(&seen) {
        assert_eq!(*sent, received.payload);
    }
    assert!(from_first(&world, 2, TrackKind::Camera).is_empty());
    assert!(from_first(&world, 2, TrackKind::Audio).len() > 80);
}

#[test]
fn a_tap_hands_out_what_was_sent() {
    let mut world = World::with_clients(6, 1);
    assert!(world.room.tap(id(0), true));
    world.clients[0].microphone.is_on = true;
    world.run(SECOND);
    let taken: Vec<_> = world.taps.iter().map(|packet| packet.payload.to_vec()).collect();
    assert!(taken.len() > 40);
    assert_eq!(taken, world.clients[0].microphone.sent[..taken.len()]);
}

#[test]
fn audio_levels_pass_through_and_tell_who_speaks() {
    let mut world = World::in_call(7, 2);
    world.clients[0].microphone.audio_level = -20;
    world.run(SECOND);
    let audio = world.slots(1).into_iter().find(|slot| slot.kind == TrackKind::Audio).unwrap();
    let arrived = world.clients[1].arrived(&audio.mid);
    assert!(arrived.iter().all(|packet| packet.audio_level.is_some()));
    let spoke = |level: bool| {
        world.events.iter().any(|event| {
            matches!(event, sfu::RoomEvent::Speaking { participant, level: l }
                if *participant == id(0) && l.is_some() == level)
        })
    };
    assert!(spoke(true) && !spoke(false));
    world.clients[0].microphone.is_on = false;
    world.run(SECOND);
    assert!(world.has_event(&sfu::RoomEvent::Speaking { participant: id(0), level: None }));
}
