//! Strangers at the UDP port: dropped, counted, and without a trace.

use std::net::UdpSocket;
use std::time::Duration;

use sfu::Place;

use crate::caller::{Call, id};

/// A connectivity check for that name, with an integrity that proves nothing.
pub(crate) fn check(user: &str) -> Vec<u8> {
    let mut attributes = vec![0, 6, 0, user.len() as u8];
    attributes.extend(user.as_bytes());
    attributes.resize(attributes.len().next_multiple_of(4), 0);
    attributes.extend([0, 0x24, 0, 4, 1, 1, 1, 1]);
    attributes.extend([0, 8, 0, 20]);
    attributes.extend([0; 20]);
    let mut datagram = vec![0, 1, 0, attributes.len() as u8, 0x21, 0x12, 0xa4, 0x42];
    datagram.extend([7; 12]);
    datagram.extend(attributes);
    datagram
}

/// Two callers in a call, and somebody else who knows only the port.
fn call_and_stranger() -> (Call, UdpSocket) {
    let mut call = Call::with_callers(2);
    for index in 0..2 {
        call.callers[index].client.microphone.is_on = true;
        call.room.place(id(index), Place::Call);
    }
    call.run(Duration::from_millis(100));
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.set_nonblocking(true).unwrap();
    stranger.connect(call.address()).unwrap();
    (call, stranger)
}

fn flood(call: &mut Call, stranger: &UdpSocket, datagram: impl Fn(usize) -> Vec<u8>) {
    for round in 0..40 {
        for number in 0..50 {
            let _ = stranger.send(&datagram(round * 50 + number));
        }
        call.run(Duration::from_millis(5));
    }
}

/// The stranger was not answered, and the call went on.
fn assert_unharmed(mut call: Call, stranger: &UdpSocket) {
    assert!(stranger.recv(&mut [0; 2_000]).is_err(), "the stranger was answered");
    call.callers.iter_mut().for_each(|caller| caller.client.received.clear());
    call.run_until(|call| call.callers.iter().all(|caller| caller.client.received.len() > 20));
    assert_eq!(call.server.stats().participants, 2);
}

#[test]
fn garbage_is_dropped_and_counted() {
    let (mut call, stranger) = call_and_stranger();
    flood(&mut call, &stranger, |number| vec![(number % 256) as u8; number % 1_400]);
    let stats = call.server.stats();
    assert!(stats.strangers_dropped + stats.stun_refused > 1_000, "{stats:?}");
    assert_unharmed(call, &stranger);
}

#[test]
fn who_says_again_what_a_client_said_is_not_answered() {
    let (mut call, stranger) = call_and_stranger();
    let overheard = call.callers[0].last_media.clone();
    flood(&mut call, &stranger, |_| overheard.clone());
    assert!(call.server.stats().strangers_dropped > 1_000);
    assert_unharmed(call, &stranger);
}

#[test]
fn who_says_it_once_the_client_is_silent_is_asked_a_few_times_and_told_nothing() {
    let (mut call, stranger) = call_and_stranger();
    let silent = call.callers.remove(0);
    call.run(Duration::from_millis(300));
    flood(&mut call, &stranger, |_| silent.last_media.clone());
    let (mut buffer, mut questions) = ([0; 2_000], 0);
    while let Ok(length) = stranger.recv(&mut buffer) {
        assert_eq!(buffer[..2], [0, 1], "anything but a connectivity check");
        assert!(length <= silent.last_media.len() * 4);
        questions += 1;
        // An answer that does not know the password.
        let mut answer = buffer[..length].to_vec();
        answer[..2].copy_from_slice(&[1, 1]);
        stranger.send(&answer).unwrap();
    }
    assert!((1..50).contains(&questions), "{questions} questions");
    flood(&mut call, &stranger, |_| silent.last_media.clone());
    while let Ok(length) = stranger.recv(&mut buffer) {
        assert_eq!(buffer[..2], [0, 1], "{length} bytes of anything else");
    }
}

#[test]
fn a_flood_of_connectivity_checks_is_refused_unanswered() {
    let (mut call, stranger) = call_and_stranger();
    flood(&mut call, &stranger, |number| check(&format!("name{number}:x")));
    assert!(call.server.stats().stun_refused > 1_000);
    assert_unharmed(call, &stranger);
}

#[test]
fn knowing_the_name_is_not_enough() {
    let (mut call, stranger) = call_and_stranger();
    let offer = call.callers[0].client.offer();
    let answer = call.runtime.block_on(call.room.connect(id(0), &offer)).unwrap();
    call.callers[0].client.take_answer(&answer);
    let name = answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap();
    let user = format!("{name}:guess");
    flood(&mut call, &stranger, |_| check(&user));
    assert!(call.server.stats().stun_refused > 1_000);
    assert_unharmed(call, &stranger);
}

#[test]
fn a_strangers_handshake_is_not_taken_up() {
    let (mut call, stranger) = call_and_stranger();
    let mut hello = vec![22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 1, 0, 0, 48];
    hello.resize(73, 0);
    flood(&mut call, &stranger, |_| hello.clone());
    assert!(call.server.stats().strangers_dropped > 1_000);
    assert_unharmed(call, &stranger);
}
