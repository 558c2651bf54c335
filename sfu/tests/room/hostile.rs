//! Whatever comes in, the room answers with a typed error, or not at all; and goes on.

use std::time::Duration;

use proptest::prelude::*;
use sfu::core::room::RoomOutput;
use sfu::{ConnectError, ParticipantId};
use str0m::media::{Direction, MediaKind};
use str0m::{Candidate, Rtc, RtcConfig};

use crate::world::{SERVER, World, epoch, id};

const STRANGER: ParticipantId = ParticipantId(99);

fn offer_of(config: RtcConfig, change: impl FnOnce(&mut str0m::change::SdpApi)) -> String {
    let mut rtc: Rtc = config.build(epoch());
    rtc.add_local_candidate(Candidate::host(([203, 0, 113, 9], 9).into(), "udp").unwrap());
    let mut api = rtc.sdp_api();
    change(&mut api);
    api.apply().unwrap().0.to_sdp_string()
}

fn video_offer(config: RtcConfig) -> String {
    offer_of(config, |api| {
        api.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
    })
}

fn refused(offer: &str) -> ConnectError {
    let mut world = World::new(1);
    let error = world.room.connect(world.now, STRANGER, offer).unwrap_err();
    assert_eq!(world.room.participants(), 0);
    error
}

#[test]
fn what_is_no_session_description_is_malformed() {
    for offer in ["", "hello", "v=0", "m=audio", "{\"type\":\"offer\"}", "v=0\r\nm=audio 9 x 0\r\n"]
    {
        let error = refused(offer);
        let is_typed =
            matches!(error, ConnectError::MalformedOffer(_) | ConnectError::UnsupportedMedia(_));
        assert!(is_typed, "{offer:?} gave {error}");
    }
    assert!(matches!(refused(&"v=0\r\n".repeat(100_000)), ConnectError::MalformedOffer(_)));
}

#[test]
fn an_offer_without_media_or_with_unknown_codecs_only_is_unsupported() {
    let data = offer_of(Rtc::builder(), |api| {
        api.add_channel("data".into());
    });
    assert!(matches!(refused(&data), ConnectError::UnsupportedMedia(_)));
    let av1 = video_offer(Rtc::builder().clear_codecs().enable_av1(true));
    assert!(matches!(refused(&av1), ConnectError::UnsupportedMedia(_)));
    let session = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
    assert!(matches!(refused(session), ConnectError::UnsupportedMedia(_)));
}

#[test]
fn names_of_lines_must_be_plain_and_different() {
    let offer = video_offer(Rtc::builder());
    let line = offer.lines().find(|line| line.starts_with("a=mid:")).unwrap().to_owned();
    for odd in ["a=mid:", "a=mid:x y", "a=mid:seventeen-letters", "a=mid:\u{1f415}"] {
        assert!(matches!(refused(&offer.replace(&line, odd)), ConnectError::MalformedOffer(_)));
    }
    let twice = offer.replace(&line, &format!("{line}\r\n{line}"));
    assert!(matches!(refused(&twice), ConnectError::MalformedOffer(_)));
}

#[test]
fn an_offer_with_vp8_and_h264_is_answered_with_both_and_nothing_more() {
    let mut world = World::new(2);
    let offer = video_offer(Rtc::builder());
    let answer = world.room.connect(world.now, STRANGER, &offer).unwrap().sdp;
    let codecs: Vec<_> = answer.lines().filter(|line| line.starts_with("a=rtpmap:")).collect();
    let names: Vec<_> = codecs.iter().map(|line| line.split(' ').next_back().unwrap()).collect();
    assert_eq!(names, ["VP8/90000", "rtx/90000", "H264/90000", "rtx/90000"]);
    assert!(answer.contains("a=ice-lite") && answer.contains("a=setup:passive"));
    assert!(answer.contains("a=candidate:") && answer.contains("198.51.100.1 4000"));
    assert!(answer.contains("transport-cc") && answer.contains("nack pli"));
    assert!(!answer.contains("goog-remb"));
}

#[test]
fn a_room_is_full_at_last_but_those_inside_may_reconnect() {
    let mut world = World::new(3);
    (0..32).for_each(|_| {
        world.join(1);
    });
    let offer = video_offer(Rtc::builder());
    let error = world.room.connect(world.now, STRANGER, &offer).unwrap_err();
    assert_eq!(error, ConnectError::RoomFull);
    assert!(world.room.connect(world.now, id(5), &offer).is_ok());
}

#[test]
fn a_broken_offer_of_a_participant_leaves_its_transport_alone() {
    let mut world = World::in_call(4, 2);
    world.run(Duration::from_secs(1));
    assert!(world.room.connect(world.now, id(0), "v=0\r\nnonsense").is_err());
    world.clients.iter_mut().for_each(|client| client.received.clear());
    world.run(Duration::from_secs(1));
    assert!(world.clients.iter().all(|client| client.received.len() > 50));
}

#[test]
fn garbage_from_a_participants_address_does_not_disturb_it() {
    let mut world = World::in_call(5, 2);
    world.run(Duration::from_secs(1));
    let from = world.clients[0].address;
    for round in 0..2_000u32 {
        let length = (world.chance() * 200.0) as usize;
        let mut garbage: Vec<u8> = (0..length).map(|_| (world.chance() * 256.0) as u8).collect();
        if let Some(first) = garbage.first_mut() {
            *first = [0, 20, 22, 63, 128, 144, 191, 255][round as usize % 8];
        }
        world.room.receive(world.now, id(0), from, SERVER, &garbage);
        world.pump_room();
    }
    world.clients.iter_mut().for_each(|client| client.received.clear());
    world.run(Duration::from_secs(2));
    assert!(world.clients.iter().all(|client| client.received.len() > 100));
}

#[test]
fn a_transport_without_its_client_sends_nothing_forever() {
    let mut world = World::new(6);
    world.join(2);
    world.clients[0].is_cut_off = true;
    let mut sent = 0;
    for _ in 0..120 {
        world.now += Duration::from_secs(1);
        world.room.handle_timeout(world.now);
        while let Some(output) = world.room.poll_output() {
            sent += usize::from(matches!(output, RoomOutput::Transmit(_)));
        }
    }
    assert_eq!(sent, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_offer_is_answered_or_refused_but_never_more(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), ".{0,12}"), 1..6)
    ) {
        let offer = video_offer(Rtc::builder());
        let mut lines: Vec<String> = offer.lines().map(str::to_owned).collect();
        for (at, text) in cuts {
            let line = at.index(lines.len());
            let keep = lines[line].floor_char_boundary(text.len() * 2);
            lines[line] = format!("{}{text}", &lines[line][..keep]);
        }
        let mut world = World::new(7);
        let _ = world.room.connect(world.now, STRANGER, &lines.join("\r\n"));
        world.run(Duration::from_millis(100));
    }
}
