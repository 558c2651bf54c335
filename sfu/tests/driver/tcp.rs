//! Clients whose network lets no UDP through; and those that only hold connections.

use std::net::Ipv4Addr;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sfu::Place;

use crate::caller::{Call, Caller, id, now};
use crate::strangers::check;
use crate::tcp_line::TcpLine;

/// One caller over UDP, one over TCP, in a call.
fn mixed_call() -> Call {
    let mut call = Call::with_callers(1);
    let caller = Caller::over_tcp(1, call.address());
    call.join(caller);
    call.run_until(|call| call.callers.iter().all(|caller| caller.client.is_connected));
    (0..2).for_each(|index| call.room.place(id(index), Place::Call));
    call
}

/// A connection of somebody else, from an address of its own.
fn stranger(call: &Call, number: usize) -> TcpLine {
    let from = Ipv4Addr::new(127, 1, (number / 200) as u8, (number % 200) as u8 + 1);
    TcpLine::connect(call.address(), from)
}

fn resident_kilobytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn the_answer_names_the_tcp_port_as_passive_after_udp() {
    let call = Call::with_callers(0);
    let offer = Caller::over_tcp(0, call.address()).client.offer();
    let answer = call.runtime.block_on(call.room.connect(id(0), &offer)).unwrap();
    let candidates: Vec<_> =
        answer.lines().filter_map(|line| line.strip_prefix("a=candidate:")).collect();
    let priority = |line: &str| line.split(' ').nth(3).unwrap().parse::<u32>().unwrap();
    let udp = candidates.iter().find(|line| line.contains(" udp ")).unwrap();
    let tcp = candidates.iter().find(|line| line.contains(" tcp ")).unwrap();
    assert!(tcp.contains("tcptype passive") && tcp.contains(&call.address().port().to_string()));
    assert!(priority(udp) > priority(tcp), "{candidates:?}");
}

#[test]
fn a_caller_without_udp_is_in_the_call_like_any_other() {
    let mut call = mixed_call();
    for index in 0..2 {
        call.callers[index].client.camera.is_on = true;
        call.callers[index].client.microphone.is_on = true;
    }
    call.run_until(|call| call.callers.iter().all(|caller| caller.client.received.len() > 300));
    for index in 0..2 {
        let (viewer, sender) = (&call.callers[index].client, &call.callers[1 - index].client);
        let sent: Vec<_> = sender.camera.sent.iter().chain(&sender.microphone.sent).collect();
        assert!(viewer.received.iter().all(|packet| sent.contains(&&packet.payload)));
    }
    assert_eq!(call.server.stats().tcp_connections, 1);
}

#[test]
fn a_caller_that_leaves_has_its_connection_closed() {
    let mut call = mixed_call();
    call.room.disconnect(id(1));
    call.run_until(|call| call.server.stats().tcp_connections == 0);
}

#[test]
fn whoever_cannot_prove_what_it_is_for_is_sent_away_at_once() {
    let mut call = mixed_call();
    let offer = call.callers[0].client.offer();
    let answer = call.runtime.block_on(call.room.connect(id(0), &offer)).unwrap();
    call.callers[0].client.take_answer(&answer);
    let name = answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap();
    let framed = |message: &[u8]| [&(message.len() as u16).to_be_bytes(), message].concat();
    let openings = [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        vec![0xff; 700],
        framed(&[0x80; 60]),
        framed(&check("nobody:x")),
        framed(&check(&format!("{name}:guess"))),
        framed(&[]),
    ];
    let mut strangers: Vec<_> = (0..openings.len()).map(|number| stranger(&call, number)).collect();
    for (stranger, opening) in strangers.iter_mut().zip(&openings) {
        stranger.send_bytes(opening);
    }
    call.run(Duration::from_millis(500));
    let open = strangers.iter_mut().map(|stranger| !stranger.is_closed());
    assert_eq!(open.filter(|is_open| *is_open).count(), 0);
    assert_eq!(call.server.stats().tcp_connections, 1);
}

/// Of the strangers' ends, which this process holds as well as the server's.
fn allow_open_files(needed: u64) {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|allowed| allowed < needed) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(needed), ..limit }).unwrap();
    }
}

#[test]
fn ten_thousand_that_say_nothing_cost_little_and_keep_nobody_out() {
    allow_open_files(12_000);
    let mut call = mixed_call();
    call.callers[1].client.microphone.is_on = true;
    let before = resident_kilobytes();
    let mut silent: Vec<_> = (0..10_000)
        .map(|number| {
            if number % 50 == 0 {
                call.run(Duration::from_millis(5));
            }
            stranger(&call, number)
        })
        .collect();
    call.run(Duration::from_millis(200));
    let still_open = silent.iter_mut().filter_map(|line| (!line.is_closed()).then_some(()));
    assert!(still_open.count() <= 256);
    // Who was here before has lost no sound meanwhile.
    let (hearer, speaker) = (&call.callers[0].client, &call.callers[1].client);
    let (heard, said) = (hearer.received.len(), speaker.microphone.sent.len());
    assert!(said > 20 && heard + 5 >= said, "{heard} of {said} packets");
    // Somebody who belongs here comes in between them.
    let caller = Caller::over_tcp(2, call.address());
    call.join(caller);
    call.run_until(|call| call.callers[2].client.is_connected);
    assert!(resident_kilobytes() < before + 20_000);
    call.callers[0].client.received.clear();
    call.run_until(|call| call.callers[0].client.received.len() > 20);
    // And what is silent is sent away in the end.
    call.run(Duration::from_secs(6));
    assert!(silent.iter_mut().all(TcpLine::is_closed));
}

#[test]
fn one_address_has_no_more_than_its_share() {
    let mut call = Call::with_callers(0);
    let mut lines: Vec<_> =
        (0..200).map(|_| TcpLine::connect(call.address(), Ipv4Addr::LOCALHOST)).collect();
    call.run(Duration::from_millis(300));
    assert!(lines.iter_mut().filter_map(|line| (!line.is_closed()).then_some(())).count() <= 64);
}

#[test]
fn a_peer_that_does_not_read_loses_video_and_then_the_connection() {
    let mut call = mixed_call();
    let caller = Caller::over_tcp(2, call.address());
    call.join(caller);
    call.run_until(|call| call.callers[2].client.is_connected);
    call.room.place(id(2), Place::Call);
    call.callers[0].client.camera.packets = 100;
    call.callers[0].client.camera.is_on = true;
    call.run_until(|call| call.callers[2].client.received.len() > 100);
    call.callers[2].stop_reading();
    call.run_until(|call| call.server.stats().tcp_dropped > 100);
    let begin = now();
    call.callers[1].client.received.clear();
    call.run_until(|call| call.server.stats().tcp_connections == 1);
    let seconds = (now() - begin).as_secs_f64();
    let got = call.callers[1].client.received.len() as f64;
    assert!(seconds < 14.0 && got > 50.0 * seconds, "{got} packets in {seconds} s");
}
