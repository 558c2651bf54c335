//! Several workers: where rooms go, that they run beside each other, and that one that has too much
//! to do takes nobody more.

use std::time::Duration;

use sfu::{ConnectError, MediaServer, Place};

use crate::caller::{Call, Caller, id, server_of};

const SECOND: Duration = Duration::from_secs(1);
/// Two callers with picture and sound make about four hundred, in and out.
const BUDGET: u64 = 250;

/// The port by which the room's worker is reached.
fn port(call: &mut Call, index: usize) -> u16 {
    let answer = call.try_join(Caller::new(index)).unwrap();
    let candidate = answer.lines().find(|line| line.starts_with("a=candidate:")).unwrap();
    candidate.split(' ').nth(5).unwrap().parse().unwrap()
}

/// Lets calls go on beside each other.
fn run(calls: &mut [Call], duration: Duration) {
    for _ in 0..duration.as_millis() / 4 {
        calls.iter_mut().for_each(|call| call.run(Duration::from_millis(2)));
    }
}

fn begin(call: &mut Call) {
    for (index, caller) in call.callers.iter_mut().enumerate() {
        (caller.client.camera.is_on, caller.client.microphone.is_on) = (true, true);
        call.room.place(id(index), Place::Call);
    }
}

/// A call of two on a worker of its own, with media.
fn busy_call(server: &MediaServer) -> Call {
    let mut call = Call::on(server.clone());
    (0..2).for_each(|index| call.join(Caller::new(index)));
    call.run_until(|call| call.callers.iter().all(|caller| caller.client.is_connected));
    begin(&mut call);
    call.run(2 * SECOND + SECOND / 2);
    call
}

#[test]
fn rooms_are_spread_over_the_workers_and_go_where_there_is_least() {
    let server = server_of(3, 0);
    let mut calls: Vec<_> = (0..6).map(|_| Call::on(server.clone())).collect();
    let mut ports: Vec<_> = calls.iter_mut().map(|call| port(call, 0)).collect();
    let addresses = server.addresses();
    for address in &addresses {
        let here = ports.iter().filter(|port| **port == address.port()).count();
        assert_eq!(here, 2, "{ports:?} of {addresses:?}");
    }
    let emptied = ports[0];
    for index in (0..6).rev().filter(|index| ports[*index] == emptied).collect::<Vec<_>>() {
        calls.remove(index);
        ports.remove(index);
    }
    run(&mut calls, SECOND / 5);
    for _ in 0..2 {
        let mut call = Call::on(server.clone());
        assert_eq!(port(&mut call, 0), emptied);
        calls.push(call);
        run(&mut calls, SECOND / 10);
    }
}

#[test]
fn calls_on_two_workers_go_on_at_once_and_everybody_of_a_room_is_on_one() {
    let server = server_of(2, 0);
    let mut calls: Vec<_> = (0..2).map(|_| Call::on(server.clone())).collect();
    let of_room = |number: usize, call: &mut Call| -> Vec<u16> {
        (0..3).map(|index| port(call, 3 * number + index)).collect()
    };
    let ports: Vec<_> =
        calls.iter_mut().enumerate().map(|(number, call)| of_room(number, call)).collect();
    assert!(ports.iter().all(|ports| ports.iter().all(|port| *port == ports[0])), "{ports:?}");
    assert_ne!(ports[0][0], ports[1][0]);
    run(&mut calls, SECOND);
    calls.iter_mut().for_each(begin);
    run(&mut calls, 4 * SECOND);
    for call in &calls {
        // On a busy machine pictures yield to sound, and not all of them are seen.
        let mut pictures = 0;
        for viewer in 0..3 {
            let others = call.callers.iter().enumerate().filter(|(index, _)| *index != viewer);
            let received = &call.callers[viewer].client.received;
            for (_, other) in others {
                let from = |sent: &Vec<Vec<u8>>| {
                    received.iter().filter(|packet| sent.contains(&packet.payload)).count()
                };
                pictures += from(&other.client.camera.sent);
                let sound = from(&other.client.microphone.sent);
                assert!(sound > 50, "{sound} packets of sound");
            }
            let strangers = received.iter().filter(|packet| {
                call.callers.iter().all(|caller| {
                    !caller.client.camera.sent.contains(&packet.payload)
                        && !caller.client.microphone.sent.contains(&packet.payload)
                })
            });
            assert_eq!(strangers.count(), 0, "media of another room");
        }
        assert!(pictures > 5, "{pictures} packets of pictures");
    }
    for worker in server.worker_stats() {
        assert_eq!((worker.stats.rooms, worker.stats.participants), (1, 3));
        assert!(worker.stats.datagrams_sent > 500, "{:?}", worker.stats);
    }
}

#[test]
fn a_worker_with_too_much_to_do_refuses_newcomers_until_it_has_less() {
    let server = server_of(2, BUDGET);
    let mut call = busy_call(&server);
    let refused = call.try_join(Caller::new(2)).unwrap_err();
    assert!(matches!(refused, ConnectError::Overloaded), "{refused}");
    assert_eq!(call.server.stats().overload_refused, 1);
    // Whoever is here already may still change networks.
    let offer = call.callers[0].client.offer();
    let again = call.runtime.block_on(call.room.connect(id(0), &offer)).unwrap();
    call.callers[0].client.take_answer(&again);
    let before = call.callers[1].client.received.len();
    call.run(SECOND);
    assert!(call.callers[1].client.received.len() > before + 50);
    // The other worker has room.
    let mut other = Call::on(server.clone());
    other.join(Caller::new(3));
    other.run_until(|call| call.callers[0].client.is_connected);
    // They leave.
    (0..2).for_each(|index| call.room.disconnect(id(index)));
    call.callers.clear();
    let mut tries = 0;
    while call.try_join(Caller::new(2)).is_err() {
        tries += 1;
        assert!(tries < 20, "refused for good: {:?}", server.worker_stats()[0].stats);
        call.run(SECOND);
    }
    call.run_until(|call| call.callers[0].client.is_connected);
}
