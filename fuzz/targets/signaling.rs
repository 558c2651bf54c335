//! Frames on the sockets of a call: a line each, whose first byte picks the socket.
#![no_main]

use std::collections::VecDeque;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use signaling::core::{Call, Effect, Input, Joining, Settings, SocketId, Token};
use signaling::gate::{Pass, Restored, Subject, TokenHash};
use signaling::message::{CallId, ClientMessage, Role, parse};
use signaling::time::UnixMillis;
use uuid::Uuid;

const START: UnixMillis = UnixMillis(1_763_798_400_000);
const CALL: CallId = CallId(Uuid::from_u128(1));
const ROLES: [Role; 3] = [Role::Stylist, Role::Customer, Role::Guest];
/// What one frame may lead to at the most, with three people.
const MOST_EFFECTS: usize = 64;

fuzz_target!(|input: &[u8]| {
    let mut now = START;
    let mut call = Call::new(CALL, Settings::default(), Restored::default(), now);
    for (number, role) in ROLES.into_iter().enumerate() {
        put(&mut call, now, Input::Join(Box::new(joining(number as u64, role))));
    }
    for line in input.split(|byte| *byte == b'\n').take(64) {
        let Some((socket, frame)) = line.split_first() else { continue };
        let Ok(frame) = std::str::from_utf8(frame) else { continue };
        now = now.plus(Duration::from_millis(20));
        // The driver reads `join` and `ping` itself.
        if let Ok((seq, message)) = parse(frame)
            && !matches!(message, ClientMessage::Join(_) | ClientMessage::Ping {})
        {
            let socket = SocketId(u64::from(socket % 3));
            put(&mut call, now, Input::Message { socket, seq, message });
        }
    }
});

fn joining(number: u64, role: Role) -> Joining {
    let token = format!("token-{number}");
    Joining {
        socket: SocketId(number),
        seq: None,
        pass: Pass {
            call: CALL,
            subject: Subject(Uuid::from_u128(u128::from(number) + 2)),
            role,
            name: "Somebody".to_owned(),
            may_be_captured: true,
            closes_at: START.plus(Duration::from_secs(3600)),
        },
        resume: None,
        fresh: Token { text: token, hash: TokenHash([number as u8; 32]) },
        offer: Some("offer".to_owned()),
        audio: true,
        video: true,
    }
}

fn put(call: &mut Call, now: UnixMillis, input: Input) {
    let mut inputs = VecDeque::from([input]);
    while let Some(input) = inputs.pop_front() {
        let effects = call.step(now, input).effects;
        assert!(effects.len() <= MOST_EFFECTS, "{} effects", effects.len());
        for effect in effects {
            if let Effect::Connect { participant, socket, re, .. } = effect {
                let answer = Ok("answer".to_owned());
                inputs.push_back(Input::Answered { participant, socket, re, answer });
            }
        }
    }
}
