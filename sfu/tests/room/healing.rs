//! A network that goes away and comes back, or another one in its place; and those who would like
//! to have somebody's media.

use std::net::SocketAddr;
use std::time::Duration;

use crate::world::{SERVER, World, id};

const SECOND: Duration = Duration::from_secs(1);

fn elsewhere() -> SocketAddr {
    ([192, 0, 2, 66], 6_666).into()
}

/// Everybody sees and hears everybody within so long.
fn assert_flows_within(world: &mut World, limit: Duration) -> Duration {
    world.clients.iter_mut().for_each(|client| client.received.clear());
    world.run_until(limit, |world| {
        world.clients.iter().all(|client| {
            let slot = &client.video_slots()[0];
            client.arrived(slot).iter().any(|packet| packet.payload[0] & 0x10 != 0)
        })
    })
}

#[test]
fn after_ten_seconds_without_a_network_the_picture_is_back_within_a_second() {
    let mut world = World::in_call(80, 2);
    world.run(2 * SECOND);
    world.clients[0].is_cut_off = true;
    world.run(10 * SECOND);
    world.clients[0].is_cut_off = false;
    assert_flows_within(&mut world, SECOND);
}

#[test]
fn a_client_that_is_suddenly_elsewhere_is_followed_within_a_second() {
    for port in 0..20 {
        let mut world = World::in_call(81 + u64::from(port), 2);
        world.run(2 * SECOND);
        world.clients[0].seen_at = ([192, 0, 2, 77], 7_000 + port).into();
        assert_flows_within(&mut world, SECOND);
    }
}

#[test]
fn a_viewer_who_sends_no_media_is_followed_too() {
    let mut world = World::in_call(82, 2);
    world.run(2 * SECOND);
    world.clients[0].camera.is_on = false;
    world.clients[0].microphone.is_on = false;
    world.run(SECOND);
    world.clients[0].seen_at = ([192, 0, 2, 78], 7_000).into();
    world.clients[0].received.clear();
    world.run_until(2 * SECOND, |world| world.clients[0].received.len() > 20);
}

#[test]
fn an_overheard_check_with_noise_behind_it_leads_nobodys_media_away() {
    let mut world = World::in_call(83, 2);
    world.overhears = Some(0);
    world.run(3 * SECOND);
    let overheard = std::mem::take(&mut world.overheard);
    assert!(overheard.iter().any(|datagram| datagram[0] < 4));
    for datagram in overheard.iter().cycle().take(3_000) {
        world.room.receive(world.now, id(0), elsewhere(), SERVER, datagram);
        world.pump_room();
        let mut noise = datagram.clone();
        if let Some(last) = noise.last_mut() {
            *last ^= 1;
        }
        world.room.receive(world.now, id(0), elsewhere(), SERVER, &noise);
        world.pump_room();
        world.run(Duration::from_millis(1));
    }
    assert_eq!(world.astray, 0);
    assert_flows_within(&mut world, SECOND);
}
