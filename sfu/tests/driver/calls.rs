//! Whole calls over loopback.

use std::time::Duration;

use sfu::{ConnectError, Place, RoomEvent};

use crate::caller::{Call, id, server};

#[test]
fn two_callers_see_each_other_and_payloads_stay_whole() {
    let mut call = Call::with_callers(2);
    for index in 0..2 {
        call.callers[index].client.camera.is_on = true;
        call.callers[index].client.microphone.is_on = true;
        call.room.place(id(index), Place::Call);
    }
    call.run_until(|call| call.callers.iter().all(|caller| caller.client.received.len() > 100));
    for index in 0..2 {
        let (viewer, sender) = (&call.callers[index].client, &call.callers[1 - index].client);
        let sent: Vec<_> = sender.camera.sent.iter().chain(&sender.microphone.sent).collect();
        assert!(viewer.received.iter().all(|packet| sent.contains(&&packet.payload)));
    }
    let stats = call.server.stats();
    assert_eq!((stats.rooms, stats.participants), (1, 2));
    assert!(stats.datagrams_sent > 200 && stats.send_failures == 0);
}

#[test]
fn a_client_whose_address_changed_unknown_to_it_is_asked_for_and_found() {
    let mut call = Call::with_callers(2);
    for index in 0..2 {
        call.callers[index].client.microphone.is_on = true;
        call.room.place(id(index), Place::Call);
    }
    let both_hear =
        |call: &Call| call.callers.iter().all(|caller| caller.client.received.len() > 20);
    call.run_until(both_hear);
    call.callers[0].is_given_another_address();
    call.callers.iter_mut().for_each(|caller| caller.client.received.clear());
    call.run_until(both_hear);
}

#[test]
fn the_owner_hears_of_connections_and_slots() {
    let mut call = Call::with_callers(2);
    call.room.place(id(0), Place::Call);
    call.room.place(id(1), Place::Call);
    call.run(Duration::from_millis(50));
    let events: Vec<RoomEvent> = std::iter::from_fn(|| call.events.try_recv().ok()).collect();
    for index in 0..2 {
        assert!(events.contains(&RoomEvent::Connected { participant: id(index) }));
        assert!(events.iter().any(|event| matches!(event,
            RoomEvent::Slots { participant, slots } if *participant == id(index)
                && slots.len() == 2)));
    }
}

#[test]
fn the_last_key_frame_comes_as_webp() {
    let mut call = Call::with_callers(1);
    call.callers[0].client.camera.is_on = true;
    call.run_until(|call| call.callers[0].client.camera.sent.len() > 20);
    let frame = call.runtime.block_on(call.room.key_frame(id(0))).unwrap();
    assert_eq!((frame.width, frame.height), (320, 240));
    assert_eq!(&frame.to_webp()[8..16], b"WEBPVP8 ");
    assert_eq!(call.runtime.block_on(call.room.key_frame(id(7))), None);
}

#[test]
fn an_old_key_frame_is_not_taken_for_the_present_picture() {
    let mut call = Call::with_callers(1);
    call.callers[0].client.camera.is_on = true;
    call.run(Duration::from_millis(1_500));
    let room = call.room.clone();
    let asked = call.runtime.spawn(async move { room.key_frame(id(0)).await });
    call.runtime.block_on(tokio::task::yield_now());
    call.run(Duration::from_millis(500));
    let frame = call.runtime.block_on(asked).unwrap().unwrap();
    assert!(frame.age < Duration::from_millis(500), "the picture is {:?} old", frame.age);
    call.callers[0].client.camera.is_on = false;
    call.run(Duration::from_millis(1_200));
    let last = call.runtime.block_on(call.room.key_frame(id(0))).unwrap();
    assert_eq!(last.data, frame.data);
}

#[test]
fn a_tap_reads_along_and_ends_with_the_participant() {
    let mut call = Call::with_callers(1);
    let mut tap = call.runtime.block_on(call.room.tap(id(0)));
    call.callers[0].client.microphone.is_on = true;
    call.run_until(|call| call.callers[0].client.microphone.sent.len() > 20);
    call.run(Duration::from_millis(100));
    let first = tap.try_recv().unwrap();
    assert_eq!(first.payload.to_vec(), call.callers[0].client.microphone.sent[0]);
    call.room.disconnect(id(0));
    let read_on = async { while tap.recv().await.is_some() {} };
    call.runtime.block_on(read_on);
}

#[test]
fn a_tap_that_is_not_read_is_told_what_it_missed() {
    let mut call = Call::with_callers(1);
    let mut tap = call.runtime.block_on(call.room.tap(id(0)));
    call.callers[0].client.camera.packets = 200;
    call.callers[0].client.camera.is_on = true;
    call.run_until(|call| call.callers[0].client.camera.sent.len() > 2_000);
    let mut missed = 0;
    call.run(Duration::from_millis(100));
    for _ in 0..1_500 {
        if let Ok(packet) = tap.try_recv() {
            missed += packet.missed;
        }
        call.callers[0].client.tick(crate::caller::now());
    }
    call.run(Duration::from_millis(300));
    while let Ok(packet) = tap.try_recv() {
        missed += packet.missed;
    }
    assert!(missed > 0);
}

#[test]
fn dropping_the_last_handle_closes_the_room() {
    let call = Call::with_callers(1);
    let Call { room, mut events, server, runtime, .. } = call;
    let other = room.clone();
    drop(room);
    assert_eq!(runtime.block_on(other.key_frame(id(0))), None);
    assert_eq!(server.stats().rooms, 1);
    drop(other);
    runtime.block_on(async { while events.recv().await.is_some() {} });
    assert_eq!((server.stats().rooms, server.stats().participants), (0, 0));
}

#[test]
fn a_room_outlives_the_server_handle() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (room, _events) = server().open_room();
    let error = runtime.block_on(room.connect(id(0), "nonsense")).unwrap_err();
    assert!(matches!(error, ConnectError::MalformedOffer(_)));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let first = server();
    let taken = first.addresses()[0];
    let config = sfu::MediaConfig {
        listen: taken.ip(),
        port: taken.port(),
        tcp: false,
        most_packets: 0,
        workers: 1,
        advertise: Vec::new(),
    };
    let error = sfu::MediaServer::start(config).unwrap_err();
    assert!(error.to_string().contains(&taken.to_string()), "{error}");
}
