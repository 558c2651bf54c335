use crate::world::*;
use signaling::core::{Input, SocketId};
use signaling::message::*;
use uuid::Uuid;

fn capture(number: u128, target: ParticipantId) -> ClientMessage {
    ClientMessage::Capture { id: CaptureId(Uuid::from_u128(number)), target }
}

fn shutters(world: &World, socket: SocketId) -> usize {
    let started = |said: &&ServerMessage| matches!(said, ServerMessage::CaptureStarted { .. });
    world.heard(socket).iter().filter(started).count()
}

#[test]
fn both_sides_see_the_shutter_and_the_target_is_asked_for_its_picture() {
    let (mut world, stylist, customer) = World::live();
    let (by, target) = (world.id(stylist), world.id(customer));
    world.pass(seconds(61));
    world.say(stylist, capture(1, target));
    let id = CaptureId(Uuid::from_u128(1));
    assert!(world.was_told(customer, &ServerMessage::CaptureRequest { id, by }));
    let started = ServerMessage::CaptureStarted { id, target, by, call_time_ms: 61_000 };
    assert!(world.was_told(customer, &started));
    assert!(world.was_told(stylist, &started));
    assert_eq!(world.key_frames, [id], "the server keeps its own picture");
    assert_eq!(world.kept.captures[0].target_subject, li_na().subject);
}

#[test]
fn without_consent_nothing_can_be_captured() {
    let mut world = World::new();
    let shy = Person { consents: false, ..li_na() };
    let (stylist, customer) = (world.join(&mei()), world.join(&shy));
    let target = world.id(customer);
    world.say(stylist, ClientMessage::Admit { participant: target });
    world.say(stylist, capture(1, target));
    assert_eq!(world.last_error(stylist), Some(ErrorCode::ConsentMissing));
    assert_eq!(shutters(&world, customer), 0);
    assert_eq!((world.kept.captures.len(), world.key_frames.len()), (0, 0));
}

#[test]
fn a_consent_given_or_withdrawn_in_the_call_counts_at_once() {
    let (mut world, stylist, customer) = World::live();
    let target = world.id(customer);
    let subject = li_na().subject;
    world.put(Input::ConsentChanged { subject, allowed: false });
    assert!(!world.view(stylist, target).unwrap().may_be_captured);
    world.say(stylist, capture(1, target));
    assert_eq!(world.last_error(stylist), Some(ErrorCode::ConsentMissing));
    world.put(Input::ConsentChanged { subject, allowed: true });
    world.say(stylist, capture(1, target));
    assert_eq!(shutters(&world, stylist), 1);
}

#[test]
fn somebody_in_the_lobby_is_never_captured() {
    let mut world = World::new();
    let (stylist, customer) = (world.join(&mei()), world.join(&li_na()));
    world.say(stylist, capture(1, world.id(customer)));
    assert_eq!(world.last_error(stylist), Some(ErrorCode::Forbidden));
}

#[test]
fn a_capture_id_is_used_once() {
    let (mut world, stylist, customer) = World::live();
    let target = world.id(customer);
    world.say(stylist, capture(1, target));
    world.say(stylist, capture(1, target));
    assert_eq!(world.last_error(stylist), Some(ErrorCode::CaptureExists));
    assert_eq!(shutters(&world, stylist), 1);
}

#[test]
fn a_capture_that_cannot_be_kept_shows_no_shutter() {
    let (mut world, stylist, customer) = World::live();
    let target = world.id(customer);
    world.gate_works = false;
    world.say(stylist, capture(1, target));
    assert_eq!(shutters(&world, customer), 0);
    world.gate_works = true;
    world.say(stylist, capture(1, target));
    assert_eq!(shutters(&world, customer), 1, "the same id may be tried again");
}

#[test]
fn a_storm_of_captures_is_held_back() {
    let (mut world, stylist, customer) = World::live();
    let target = world.id(customer);
    (0..50).for_each(|number| world.say(stylist, capture(number, target)));
    assert_eq!(world.last_error(stylist), Some(ErrorCode::RateLimited));
    assert_eq!(shutters(&world, customer), 10);
}

#[test]
fn the_stylist_hears_how_far_the_picture_has_come() {
    let (mut world, stylist, customer) = World::live();
    let target = world.id(customer);
    world.say(stylist, capture(1, target));
    let id = CaptureId(Uuid::from_u128(1));
    let (source, state) = (CaptureSource::Camera, CaptureStage::Stored);
    world.say(customer, ClientMessage::CaptureState { id, source, state, detail: None });
    let relayed = ServerMessage::CaptureState { id, from: target, source, state, detail: None };
    assert!(world.was_told(stylist, &relayed));
}

#[test]
fn nobody_reports_on_anothers_picture() {
    let (mut world, stylist, customer) = World::live();
    world.say(stylist, capture(1, world.id(customer)));
    let id = CaptureId(Uuid::from_u128(1));
    let (source, state) = (CaptureSource::Received, CaptureStage::Stored);
    world.say(customer, ClientMessage::CaptureState { id, source, state, detail: None });
    assert_eq!(world.last_error(customer), Some(ErrorCode::Forbidden));
    let id = CaptureId(Uuid::from_u128(2));
    world.say(customer, ClientMessage::CaptureState { id, source, state, detail: None });
    assert_eq!(world.last_error(customer), Some(ErrorCode::NoSuchCapture));
}

#[test]
fn a_picture_from_before_a_restart_is_still_reported_on() {
    let (mut world, stylist, customer) = World::live();
    world.say(stylist, capture(1, world.id(customer)));
    world.restart();
    let stylist = world.join_with(&mei(), Some("token-1"));
    let customer = world.join_with(&li_na(), Some("token-2"));
    let id = CaptureId(Uuid::from_u128(1));
    let (source, state) = (CaptureSource::Camera, CaptureStage::Stored);
    world.say(customer, ClientMessage::CaptureState { id, source, state, detail: None });
    assert_eq!(world.last_error(customer), None);
    let from = world.id(customer);
    let relayed = ServerMessage::CaptureState { id, from, source, state, detail: None };
    assert!(world.was_told(stylist, &relayed));
}

#[test]
fn who_comes_back_under_another_number_still_reports_on_their_picture() {
    let (mut world, stylist, customer) = World::live();
    world.say(stylist, capture(1, world.id(customer)));
    world.say(customer, ClientMessage::Leave {});
    let again = world.join(&li_na());
    let id = CaptureId(Uuid::from_u128(1));
    let (source, state) = (CaptureSource::Camera, CaptureStage::Stored);
    world.say(again, ClientMessage::CaptureState { id, source, state, detail: None });
    assert_eq!(world.last_error(again), None);
}
