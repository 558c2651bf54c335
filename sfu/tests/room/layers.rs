//! Simulcast: each viewer gets the layer that it can use, as one stream; and nobody sends layers
//! that nobody watches.

use std::time::Duration;

use sfu::{ParticipantId, Place, RoomEvent, TrackKind, View};
use str0m::format::Codec;

use crate::client::{Kind, Received};
use crate::joining::assert_steady;
use crate::world::{World, id};

const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn simulcast() -> Kind {
    Kind { layers: 3, ..Kind::default() }
}

pub(crate) fn show(world: &mut World, viewer: usize, source: usize, height: u16) {
    let view = View { source: id(source), kind: TrackKind::Camera, height, is_pinned: false };
    world.room.view(world.now, id(viewer), &[view]);
    world.pump_room();
}

/// The camera of one as it arrived at another.
pub(crate) fn camera(world: &World, viewer: usize, source: usize) -> Vec<Received> {
    let slots = world.slots(viewer);
    let of = |slot: &&sfu::Slot| slot.source == id(source) && slot.kind == TrackKind::Camera;
    world.clients[viewer].arrived(&slots.iter().find(of).unwrap().mid)
}

/// The layer of a packet.
pub(crate) fn layer(packet: &Received) -> u8 {
    packet.payload[packet.payload.len() - 2]
}

fn last_layer(world: &World, viewer: usize, source: usize) -> Option<u8> {
    let arrived = camera(world, viewer, source);
    arrived.iter().rfind(|packet| world.now - packet.at < SECOND / 4).map(layer)
}

pub(crate) fn published(world: &World, participant: usize) -> Vec<bool> {
    let told = world.events.iter().rev().find_map(|event| match event {
        RoomEvent::Publish { participant: of, camera, .. } if *of == id(participant) => {
            Some(camera)
        }
        _ => None,
    });
    told.cloned().unwrap_or_default()
}

#[test]
fn each_viewer_gets_the_layer_that_it_has_the_pixels_for() {
    let mut world = World::call_of(1, 4, &Kind { slots: 3, ..simulcast() });
    let only = |world: &mut World, viewer: usize, height: u16| {
        let view = |source: usize| View {
            source: id(source),
            kind: TrackKind::Camera,
            height: if source == 0 { height } else { 0 },
            is_pinned: false,
        };
        let views: Vec<_> = (0..4).map(view).collect();
        world.room.view(world.now, id(viewer), &views);
        world.pump_room();
    };
    for (viewer, height) in [(1, 150), (2, 480), (3, 1_080)] {
        only(&mut world, viewer, height);
    }
    world.run(3 * SECOND);
    let seen: Vec<_> = (1..4).map(|viewer| last_layer(&world, viewer, 0)).collect();
    assert_eq!(seen, [Some(0), Some(2), Some(2)]);
    only(&mut world, 2, 360);
    world.run(SECOND);
    assert_eq!(last_layer(&world, 2, 0), Some(1));
    let told = |layer| RoomEvent::Receiving {
        participant: id(2),
        source: id(0),
        kind: TrackKind::Camera,
        layer,
    };
    assert!(world.has_event(&told(Some(1))) && world.has_event(&told(Some(2))));
}

#[test]
fn a_change_of_layers_is_one_stream_to_the_decoder() {
    for (seed, codec) in [(2, Codec::Vp8), (3, Codec::H264)] {
        let mut world = World::call_of(seed, 2, &Kind { codecs: vec![codec], ..simulcast() });
        for height in [360, 720, 180, 720, 360, 180] {
            show(&mut world, 1, 0, height);
            world.run(SECOND);
        }
        let arrived = camera(&world, 1, 0);
        let switches: Vec<_> =
            arrived.windows(2).filter(|pair| layer(&pair[0]) != layer(&pair[1])).collect();
        assert!(switches.len() >= 5, "{} switches", switches.len());
        let tally = world.room.take_tally();
        assert!(tally.layer_switches >= switches.len() as u64, "{tally:?}");
        assert!(tally.key_frames_requested >= 5, "{tally:?}");
        for pair in &switches {
            let payload = &pair[1].payload;
            let is_key = match codec {
                Codec::H264 => payload[1] == 0x85,
                _ => payload[0] & 0x10 != 0 && payload[6] & 1 == 0,
            };
            assert!(is_key, "a switch that is not at a key frame");
        }
        if codec == Codec::Vp8 {
            assert_steady(&arrived);
        }
        let mid = world.clients[1].video_slots()[0].clone();
        let begin = world.now - 6 * SECOND;
        let watched = world.clients[1].decoder(&mid).watched(begin, world.now);
        assert_eq!(watched.freezes, 0, "{watched:?}");
        assert!(watched.frames > 170, "{watched:?}");
    }
}

#[test]
fn timestamps_of_the_layers_are_those_of_one_camera() {
    let mut world = World::call_of(4, 2, &simulcast());
    // Sender reports come now and then.
    world.run(8 * SECOND);
    for height in [180, 720, 360, 720] {
        show(&mut world, 1, 0, height);
        world.run(SECOND);
    }
    let arrived = camera(&world, 1, 0);
    let frame = |packet: &Received| {
        let start = packet.payload[0] & 0x10 != 0;
        let is_key = start && packet.payload[6] & 1 == 0;
        let at = 8 + if start { 3 } else { 0 } + if is_key { 7 } else { 0 };
        u64::from_be_bytes(packet.payload[at..at + 8].try_into().unwrap())
    };
    let late = arrived.iter().filter(|packet| world.now - packet.at < 4 * SECOND);
    let late: Vec<_> = late.collect();
    let mut switches = 0;
    for pair in late.windows(2).filter(|pair| layer(pair[0]) != layer(pair[1])) {
        let passed = frame(pair[1]) as i64 - frame(pair[0]) as i64;
        let ticks = i64::from(pair[1].timestamp.wrapping_sub(pair[0].timestamp) as i32);
        assert!((ticks - passed * 2_970).abs() < 900, "{passed} frames became {ticks} ticks");
        switches += 1;
    }
    assert!(switches >= 3);
}

#[test]
fn only_the_layer_that_somebody_waits_for_is_asked_for_a_key_frame() {
    let mut world = World::call_of(5, 2, &simulcast());
    world.run(3 * SECOND);
    let asked = |world: &mut World| {
        world.clients[0].cameras().map(|camera| camera.key_frame_requests).collect::<Vec<_>>()
    };
    let before = asked(&mut world);
    show(&mut world, 1, 0, 720);
    world.run(SECOND);
    let after = asked(&mut world);
    let more: Vec<_> = after.iter().zip(before).map(|(after, before)| after - before).collect();
    assert_eq!(more, [0, 0, 1]);
}

#[test]
fn layers_that_nobody_watches_are_paused_and_resumed_at_once() {
    let mut world = World::call_of(6, 2, &simulcast());
    world.obeys_after = Some(Duration::from_millis(30));
    show(&mut world, 1, 0, 360);
    world.run(4 * SECOND);
    assert_eq!(published(&world, 0), [false, true, false]);
    world.clients[0].cameras().for_each(|camera| camera.frames_sent = 0);
    world.run(SECOND);
    let sent: Vec<_> = world.clients[0].cameras().map(|camera| camera.frames_sent).collect();
    assert!(sent[0] == 0 && sent[1] > 25 && sent[2] == 0, "{sent:?}");
    show(&mut world, 1, 0, 720);
    let waited = world.run_until(SECOND, |world| last_layer(world, 1, 0) == Some(2));
    assert!(waited < Duration::from_millis(300), "{waited:?}");
    let mid = world.clients[1].video_slots()[0].clone();
    let begin = world.now - 5 * SECOND;
    assert_eq!(world.clients[1].decoder(&mid).watched(begin, world.now).freezes, 0);
}

#[test]
fn what_is_hidden_costs_nothing_and_comes_back_at_once() {
    let mut world = World::call_of(7, 2, &simulcast());
    world.obeys_after = Some(Duration::from_millis(30));
    world.run(2 * SECOND);
    show(&mut world, 1, 0, 0);
    world.run(3 * SECOND);
    assert_eq!(published(&world, 0), [false, false, false]);
    let before = camera(&world, 1, 0).len();
    world.run(2 * SECOND);
    assert_eq!(camera(&world, 1, 0).len(), before);
    show(&mut world, 1, 0, 180);
    let waited = world.run_until(SECOND, |world| camera(world, 1, 0).len() > before);
    assert!(waited < Duration::from_millis(150), "{waited:?}");
}

#[test]
fn a_publisher_that_sends_fewer_layers_is_shown_by_the_best_that_comes() {
    let mut world = World::call_of(8, 2, &simulcast());
    show(&mut world, 1, 0, 1_080);
    world.run(2 * SECOND);
    assert_eq!(last_layer(&world, 1, 0), Some(2));
    // Its encoder gives the best one up.
    world.clients[0].upper[1].is_on = false;
    world.run(6 * SECOND);
    assert_eq!(last_layer(&world, 1, 0), Some(1));
    world.clients[0].upper[1].is_on = true;
    world.clients[0].upper[1].wants_key_frame = true;
    world.run(3 * SECOND);
    assert_eq!(last_layer(&world, 1, 0), Some(2));
}

#[test]
fn a_layer_that_stops_is_left_at_once_and_taken_up_again_when_it_comes() {
    for layers in [2, 3] {
        let mut world = World::call_of(14, 2, &Kind { layers, ..Kind::default() });
        show(&mut world, 1, 0, 1_080);
        world.run(3 * SECOND);
        let best = usize::from(layers) - 2;
        let mid = world.clients[1].video_slots()[0].clone();
        // Its browser is short of bandwidth for a while, and tells nobody.
        for pause in [SECOND, 6 * SECOND] {
            let begin = world.now;
            world.clients[0].upper[best].size = 0;
            world.clients[0].upper[best].key_frame_requests = 0;
            world.run(pause);
            let asked = world.clients[0].upper[best].key_frame_requests;
            assert!(asked <= 1, "asked {asked} times for what does not come");
            let seen = world.clients[1].decoder(&mid).watched(begin, world.now);
            assert!(seen.longest < SECOND / 2, "{layers} layers, {seen:?}");
            world.clients[0].upper[best].size = 1_100;
            world.clients[0].upper[best].wants_key_frame = true;
            let back = world.run_until(SECOND, |world| last_layer(world, 1, 0) == Some(layers - 1));
            assert!(back < Duration::from_millis(100), "{layers} layers, {back:?}");
            world.run(3 * SECOND);
        }
    }
}

#[test]
fn a_layer_that_stops_is_left_as_soon_at_few_frames_a_second() {
    let mut world = World::call_of(16, 2, &Kind { layers: 2, ..Kind::default() });
    // A weak phone.
    let slow = Duration::from_millis(125);
    world.clients[0].cameras().for_each(|camera| camera.interval = slow);
    show(&mut world, 1, 0, 1_080);
    world.run(5 * SECOND);
    assert_eq!(last_layer(&world, 1, 0), Some(1));
    let begin = world.now;
    world.clients[0].upper[0].size = 0;
    world.run(3 * SECOND);
    let mid = world.clients[1].video_slots()[0].clone();
    let seen = world.clients[1].decoder(&mid).watched(begin, world.now);
    assert!(seen.longest <= 5 * slow, "{seen:?}");
}

#[test]
fn a_layer_that_stops_is_left_for_one_that_comes_and_not_for_one_between_that_does_not() {
    let mut world = World::call_of(15, 2, &simulcast());
    world.obeys_after = Some(Duration::from_millis(30));
    show(&mut world, 1, 0, 1_080);
    world.run(5 * SECOND);
    assert_eq!(published(&world, 0), [false, false, true]);
    // Its browser has bandwidth for the lowest layer only, whatever it is told.
    world.obeys_after = None;
    let begin = world.now;
    let publisher = &mut world.clients[0];
    publisher.upper[1].is_on = false;
    (publisher.camera.is_on, publisher.camera.wants_key_frame) = (true, true);
    world.run(3 * SECOND);
    assert_eq!(last_layer(&world, 1, 0), Some(0));
    let mid = world.clients[1].video_slots()[0].clone();
    let seen = world.clients[1].decoder(&mid).watched(begin, world.now);
    assert!(seen.longest < SECOND / 2, "{seen:?}");
    // It has more again, and takes the one between.
    world.clients[0].upper[0].is_on = true;
    world.clients[0].upper[0].wants_key_frame = true;
    world.run(SECOND);
    assert_eq!(last_layer(&world, 1, 0), Some(1));
}

#[test]
fn two_layers_do_too() {
    let mut world = World::call_of(9, 2, &Kind { layers: 2, ..Kind::default() });
    show(&mut world, 1, 0, 150);
    world.run(2 * SECOND);
    assert_eq!(last_layer(&world, 1, 0), Some(0));
    show(&mut world, 1, 0, 1_080);
    world.run(SECOND);
    assert_eq!(last_layer(&world, 1, 0), Some(1));
}

#[test]
fn a_newcomer_has_a_picture_of_a_simulcast_camera_at_once() {
    let mut world = World::new(10);
    for _ in 0..2 {
        world.join_as(simulcast());
    }
    world.obeys_after = Some(Duration::from_millis(30));
    world.run(SECOND / 2);
    world.place(0, Place::Call);
    world.run(SECOND);
    world.place(1, Place::Call);
    let waited = world.run_until(SECOND, |world| !camera(world, 1, 0).is_empty());
    assert!(waited <= Duration::from_millis(12), "{waited:?}");
    let better = world.run_until(SECOND, |world| last_layer(world, 1, 0) == Some(1));
    assert!(better < Duration::from_millis(300), "{better:?}");
    let asked: usize = world.clients[0].cameras().map(|camera| camera.key_frame_requests).sum();
    assert!(asked <= 2, "{asked} key frames were asked for");
}

#[test]
fn who_is_alone_sends_nothing() {
    let mut world = World::new(11);
    world.join_as(simulcast());
    world.obeys_after = Some(Duration::from_millis(30));
    world.run(SECOND / 2);
    world.place(0, Place::Call);
    world.run(3 * SECOND);
    assert_eq!(published(&world, 0), [false, false, false]);
    assert!(!world.clients[0].camera.is_on);
}

#[test]
fn the_picture_of_a_participant_is_that_of_its_best_layer() {
    let mut world = World::call_of(12, 2, &simulcast());
    world.run(SECOND);
    let frame = world.room.key_frame(world.now, id(0)).unwrap();
    assert_eq!((frame.width, frame.height), (1_280, 720));
}

#[test]
fn a_tap_reads_one_layer_at_a_time_the_best() {
    let mut world = World::call_of(13, 2, &simulcast());
    assert!(world.room.tap(id(0), true));
    world.run(SECOND);
    world.clients[0].upper[1].is_on = false;
    world.run(4 * SECOND);
    let video = world.taps.iter().filter(|packet| packet.kind == TrackKind::Camera);
    let of = |packet: &sfu::TapPacket| packet.payload[packet.payload.len() - 2];
    let mut runs: Vec<(u64, u8)> = video.map(|packet| (packet.generation, of(packet))).collect();
    runs.dedup();
    assert_eq!(runs.last().unwrap().1, 1, "{runs:?}");
    assert!(runs.len() <= 4 && runs.iter().any(|(_, layer)| *layer == 2), "{runs:?}");
    assert!(!world.room.tap(ParticipantId(77), true));
}
