use crate::world::*;
use signaling::core::{Input, MediaEvent};
use signaling::message::*;

fn slot(mid: &str, participant: ParticipantId) -> SlotView {
    SlotView { mid: mid.to_owned(), participant, kind: TrackKind::Video }
}

#[test]
fn lost_media_is_reconnecting_until_it_recovers() {
    let (mut world, stylist, customer) = World::live();
    let participant = world.id(customer);
    world.put(Input::Media(MediaEvent::Lost { participant }));
    assert_eq!(world.view(stylist, participant).unwrap().presence, Presence::Reconnecting);
    world.put(Input::Media(MediaEvent::Recovered { participant }));
    assert_eq!(world.view(stylist, participant).unwrap().presence, Presence::Here);
}

#[test]
fn slots_say_whose_media_arrives_and_are_told_again_to_who_resumes() {
    let (mut world, stylist, customer) = World::live();
    let (host, viewer) = (world.id(stylist), world.id(customer));
    let slots = vec![slot("7", host)];
    world.put(Input::Media(MediaEvent::Slots { viewer, slots: slots.clone() }));
    assert!(world.was_told(customer, &ServerMessage::Slots { slots: slots.clone() }));
    let again = world.join_with(&li_na(), Some("token-2"));
    assert_eq!(world.joined(again).slots, slots);
}

#[test]
fn the_lobby_is_never_told_of_slots() {
    let mut world = World::new();
    let (stylist, customer) = (world.join(&mei()), world.join(&li_na()));
    let (host, viewer) = (world.id(stylist), world.id(customer));
    world.forget();
    world.put(Input::Media(MediaEvent::Slots { viewer, slots: vec![slot("7", host)] }));
    assert_eq!(world.heard(customer), []);
}

#[test]
fn a_mute_is_told_once() {
    let (mut world, stylist, customer) = World::live();
    let id = world.id(customer);
    world.say(customer, ClientMessage::Mute { audio: false, video: true });
    let view = world.view(stylist, id).unwrap();
    assert_eq!((view.audio, view.video), (false, true));
    world.forget();
    world.say(customer, ClientMessage::Mute { audio: false, video: true });
    assert_eq!(world.heard(stylist), []);
}
