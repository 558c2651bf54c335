//! Transports come up in either DTLS role, over networks that lose, delay and swap.

use std::time::Duration;

use sfu::{Place, RoomEvent};

use crate::client::{Client, Kind};
use crate::world::{World, address, id};

/// A newcomer that wants to be the DTLS server, so that the room is the client.
fn join_as_dtls_server(world: &mut World) -> usize {
    let index = world.clients.len();
    let (kind, address) = (Kind::default(), address(index, 5_000));
    world.clients.push(Client::new(world.now, index, &kind, address));
    let offer = world.clients[index].offer().replace("a=setup:actpass", "a=setup:passive");
    let answer = world.room.connect(world.now, id(index), &offer).unwrap();
    assert!(answer.sdp.contains("a=setup:active"));
    world.clients[index].take_answer(&answer.sdp);
    world.pump_room();
    index
}

#[test]
fn a_client_may_be_the_dtls_server() {
    let mut world = World::new(70);
    join_as_dtls_server(&mut world);
    world.join(2);
    world.run(Duration::from_millis(500));
    for index in 0..2 {
        assert!(world.clients[index].is_connected);
        assert!(world.has_event(&RoomEvent::Connected { participant: id(index) }));
        world.clients[index].microphone.is_on = true;
        world.place(index, Place::Call);
    }
    world.run(Duration::from_secs(1));
    assert!(world.clients.iter().all(|client| client.received.len() > 30));
}

#[test]
fn a_lossy_network_delays_the_handshake_but_does_not_stop_it() {
    for seed in 1..40 {
        let mut world = World::new(seed);
        world.loss = 0.1;
        world.join(2);
        join_as_dtls_server(&mut world);
        let is_up = |world: &World, index| {
            let connected = RoomEvent::Connected { participant: id(index) };
            world.clients[index].is_connected && world.has_event(&connected)
        };
        world.run_until(Duration::from_secs(20), |world| (0..2).all(|n| is_up(world, n)));
    }
}

#[test]
fn datagrams_that_overtake_each_other_do_not_stop_the_handshake() {
    for seed in 1..20 {
        let mut world = World::new(100 + seed);
        world.join(2);
        join_as_dtls_server(&mut world);
        for client in &mut world.clients {
            for link in [&mut client.up, &mut client.down] {
                (link.jitter, link.reordering) = (Duration::from_millis(60), 0.5);
            }
        }
        world.run_until(Duration::from_secs(10), |world| {
            (0..2).all(|n| world.has_event(&RoomEvent::Connected { participant: id(n) }))
        });
    }
}

#[test]
fn a_client_that_hangs_up_is_noticed_at_once() {
    let mut world = World::with_clients(71, 2);
    world.clients[0].hang_up(world.now);
    world.pump_client(0);
    world.run(Duration::from_millis(200));
    assert!(world.has_event(&RoomEvent::Lost { participant: id(0) }));
    assert!(!world.has_event(&RoomEvent::Lost { participant: id(1) }));
}

#[test]
fn no_datagram_of_a_handshake_is_too_long_for_any_path() {
    let mut world = World::new(72);
    world.join(2);
    join_as_dtls_server(&mut world);
    world.run(Duration::from_secs(1));
    assert!(world.longest_out > 500 && world.longest_out <= 1_200, "{}", world.longest_out);
}
