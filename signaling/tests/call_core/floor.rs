use crate::world::*;
use signaling::core::{Input, MediaEvent};
use signaling::message::*;

fn tile(participant: ParticipantId) -> Tile {
    Tile { participant, kind: TrackKind::Video, height: 720, pinned: true }
}

fn view(tiles: Vec<Tile>) -> ClientMessage {
    ClientMessage::View { tiles: tiles.try_into().unwrap() }
}

#[test]
fn the_stylist_says_whose_picture_the_call_is_about_and_all_in_it_hear() {
    let (mut world, stylist, customer) = World::live();
    let subject = Some(world.id(customer));
    world.say(stylist, ClientMessage::Subject { participant: subject });
    assert_eq!(world.subject, subject);
    let told = ServerMessage::Subject { participant: subject };
    assert!(world.was_told(customer, &told) && world.was_told(stylist, &told));
}

#[test]
fn whoever_is_admitted_later_hears_of_the_subject_too() {
    let (mut world, stylist, customer) = World::live();
    let subject = Some(world.id(customer));
    world.say(stylist, ClientMessage::Subject { participant: subject });
    let mother = world.join(&her_mother());
    assert_eq!(world.joined(mother).subject, None, "in the lobby it is nobody's business");
    world.say(stylist, ClientMessage::Admit { participant: world.id(mother) });
    assert!(world.was_told(mother, &ServerMessage::Subject { participant: subject }));
}

#[test]
fn only_the_stylist_marks_and_only_somebody_in_the_call() {
    let (mut world, stylist, customer) = World::live();
    let (me, waiting) = (world.id(customer), world.join(&her_mother()));
    world.say(customer, ClientMessage::Subject { participant: Some(me) });
    assert_eq!(world.last_error(customer), Some(ErrorCode::Forbidden));
    let participant = Some(world.id(waiting));
    world.say(stylist, ClientMessage::Subject { participant });
    assert_eq!(world.last_error(stylist), Some(ErrorCode::NoSuchParticipant));
    assert_eq!(world.subject, None);
}

#[test]
fn a_subject_who_goes_is_none_any_more() {
    let (mut world, stylist, customer) = World::live();
    world.say(stylist, ClientMessage::Subject { participant: Some(world.id(customer)) });
    world.say(customer, ClientMessage::Leave {});
    assert_eq!(world.subject, None);
    assert!(world.was_told(stylist, &ServerMessage::Subject { participant: None }));
}

#[test]
fn one_screen_at_a_time_and_a_host_s_takes_over() {
    let (mut world, stylist, customer) = World::live();
    let mother = world.join(&her_mother());
    world.say(stylist, ClientMessage::Admit { participant: world.id(mother) });
    world.say(customer, ClientMessage::Screen { on: true });
    world.say(mother, ClientMessage::Screen { on: true });
    assert_eq!(world.last_error(mother), Some(ErrorCode::ScreenTaken));
    let (host, sharing) = (world.id(stylist), world.id(customer));
    world.say(stylist, ClientMessage::Screen { on: true });
    assert!(world.view(mother, host).unwrap().screen);
    assert!(!world.view(mother, sharing).unwrap().screen);
    let silenced = ServerMessage::Silenced { kind: TrackKind::Screen, by: host };
    assert!(world.was_told(customer, &silenced));
    assert!(world.muted.contains(&(sharing, TrackKind::Screen)));
}

#[test]
fn a_screen_goes_with_whoever_showed_it() {
    let (mut world, stylist, customer) = World::live();
    let id = world.id(customer);
    world.say(customer, ClientMessage::Screen { on: true });
    world.say(stylist, ClientMessage::SendBack { participant: id });
    assert!(!world.view(stylist, id).unwrap().screen);
}

#[test]
fn a_view_reaches_the_media_server_without_those_who_are_not_in_the_call() {
    let (mut world, stylist, customer) = World::live();
    let (viewer, shown) = (world.id(stylist), world.id(customer));
    let waiting = world.join(&her_mother());
    let hidden = world.id(waiting);
    world.say(stylist, view(vec![tile(shown), tile(hidden), tile(ParticipantId(99))]));
    assert_eq!(world.views[&viewer], [tile(shown)]);
    world.say(waiting, view(vec![tile(shown)]));
    assert_eq!(world.last_error(waiting), Some(ErrorCode::Forbidden));
}

#[test]
fn what_to_send_is_told_to_its_publisher_alone_and_again_after_a_reload() {
    let (mut world, stylist, customer) = World::live();
    let participant = world.id(customer);
    let publish = Publish { video: vec![true, false, false], screen: false, subject: true };
    let event = MediaEvent::Publish { participant, publish: publish.clone() };
    world.put(Input::Media(event));
    let told = ServerMessage::Publish(publish);
    assert!(world.was_told(customer, &told));
    assert!(!world.was_told(stylist, &told));
    world.drop_socket(customer);
    let again = world.join_with(&li_na(), Some("token-2"));
    assert!(world.was_told(again, &told));
}

#[test]
fn the_call_hears_who_speaks_and_the_lobby_does_not() {
    let (mut world, stylist, customer) = World::live();
    let waiting = world.join(&her_mother());
    let participant = world.id(customer);
    world.forget();
    world.put(Input::Media(MediaEvent::Speaking { participant, speaking: true }));
    let active = MediaEvent::ActiveSpeaker { participant: Some(participant) };
    world.put(Input::Media(active.clone()));
    world.put(Input::Media(active));
    assert!(world.was_told(stylist, &ServerMessage::Speaking { participant, speaking: true }));
    let active = ServerMessage::ActiveSpeaker { participant: Some(participant) };
    assert_eq!(world.heard(stylist).iter().filter(|said| **said == active).count(), 1);
    assert_eq!(world.heard(waiting), []);
}
