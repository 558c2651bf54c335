//! Who falls silent is noticed; who comes back goes on.

use std::time::Duration;

use sfu::{Quality, RoomEvent};

use crate::world::{World, id};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn silence_is_noticed_within_five_seconds_and_so_is_its_end() {
    let mut world = World::in_call(1, 2);
    world.run(2 * SECOND);
    world.clients[0].is_cut_off = true;
    let lost = RoomEvent::Lost { participant: id(0) };
    let noticed = world.run_until(5 * SECOND, |world| world.has_event(&lost));
    assert!(noticed > 3 * SECOND, "noticed after only {noticed:?}");
    assert!(world.events.iter().any(|event| matches!(event,
        RoomEvent::Quality { participant, report } if *participant == id(0)
            && report.uplink == Quality::Lost)));
    world.run(SECOND);
    world.clients[0].is_cut_off = false;
    let recovered = RoomEvent::Recovered { participant: id(0) };
    world.run_until(SECOND, |world| world.has_event(&recovered));
    assert!(!world.has_event(&RoomEvent::Lost { participant: id(1) }));
}

#[test]
fn who_comes_back_sees_and_is_seen_within_a_second() {
    let mut world = World::in_call(2, 2);
    world.run(2 * SECOND);
    world.clients[0].is_cut_off = true;
    world.run(6 * SECOND);
    world.clients[0].is_cut_off = false;
    world.clients.iter_mut().for_each(|client| client.received.clear());
    world.run(SECOND);
    for client in &world.clients {
        let mid = &client.video_slots()[0];
        let is_key = |payload: &[u8]| payload[0] & 0x10 != 0 && payload[6] & 1 == 0;
        assert!(client.arrived(mid).iter().any(|packet| is_key(&packet.payload)));
    }
}

#[test]
fn who_only_waits_and_sends_nothing_is_not_lost() {
    let mut world = World::with_clients(3, 2);
    world.run(30 * SECOND);
    assert!(!world.events.iter().any(|event| matches!(event, RoomEvent::Lost { .. })));
}

#[test]
fn who_only_waits_is_sent_next_to_nothing() {
    let mut world = World::with_clients(8, 1);
    let before = world.datagrams_out;
    world.run(10 * SECOND);
    let sent = world.datagrams_out - before;
    assert!(sent < 250, "{sent} datagrams in 10 seconds");
}

#[test]
fn who_never_comes_after_the_offer_is_lost() {
    let mut world = World::new(4);
    world.join(2);
    world.clients[0].is_cut_off = true;
    world.run(20 * SECOND);
    assert_eq!(world.events[0], RoomEvent::Lost { participant: id(0) });
    assert!(!world.has_event(&RoomEvent::Connected { participant: id(0) }));
}

#[test]
fn an_ice_restart_keeps_the_transport_and_the_media() {
    let mut world = World::in_call(5, 2);
    world.run(SECOND);
    let answer = world.negotiate(0).unwrap();
    assert!(!answer.is_new_transport);
    world.clients.iter_mut().for_each(|client| client.received.clear());
    world.run(2 * SECOND);
    assert!(world.clients.iter().all(|client| client.received.len() > 100));
}

#[test]
fn a_client_whose_address_changes_goes_on_without_being_asked_to() {
    let mut world = World::in_call(9, 2);
    world.run(2 * SECOND);
    world.clients[0].seen_at = ([192, 0, 2, 77], 7_000).into();
    world.run(SECOND);
    world.clients.iter_mut().for_each(|client| client.received.clear());
    world.run(2 * SECOND);
    assert!(world.clients.iter().all(|client| client.received.len() > 100));
    assert!(!world.has_event(&RoomEvent::Lost { participant: id(0) }));
}

#[test]
fn a_rebuilt_transport_keeps_the_place_and_gets_media_again() {
    let mut world = World::in_call(6, 2);
    world.run(SECOND);
    world.rebuild(1);
    world.clients[0].received.clear();
    world.run(2 * SECOND);
    assert!(world.clients.iter().all(|client| client.received.len() > 100));
    let connected = RoomEvent::Connected { participant: id(1) };
    assert_eq!(world.events.iter().filter(|event| **event == connected).count(), 2);
}

#[test]
fn loss_is_told_as_quality() {
    let mut world = World::in_call(7, 2);
    world.run(5 * SECOND);
    let best = |world: &World, wanted: Quality| {
        world.events.iter().any(
            |event| matches!(event, RoomEvent::Quality { report, .. } if report.uplink == wanted),
        )
    };
    assert!(best(&world, Quality::Excellent) && !best(&world, Quality::Poor));
    world.loss = 0.2;
    world.run(5 * SECOND);
    assert!(best(&world, Quality::Poor));
}
