use crate::world::*;
use signaling::core::{Input, MediaEvent};
use signaling::message::*;

#[test]
fn a_lost_socket_is_reconnecting_to_the_others_and_not_gone() {
    let (mut world, stylist, customer) = World::live();
    let id = world.id(customer);
    world.drop_socket(customer);
    assert_eq!(world.view(stylist, id).unwrap().presence, Presence::Reconnecting);
    world.pass(seconds(59));
    let gone = world.heard(stylist).iter().any(|said| matches!(said, ServerMessage::Gone { .. }));
    assert!(!gone);
    assert_eq!(world.media[&id], Place::Call, "its media goes on while it lasts");
}

#[test]
fn a_token_brings_the_seat_in_the_call_back() {
    let (mut world, stylist, customer) = World::live();
    let id = world.id(customer);
    world.drop_socket(customer);
    world.pass(seconds(20));
    let again = world.join_with(&li_na(), Some("token-2"));
    let joined = world.joined(again);
    assert_eq!((joined.you.id, joined.you.place), (id, Place::Call));
    assert_eq!(joined.resume, "token-2", "the token stays good");
    assert_eq!(joined.participants.len(), 2);
    assert_eq!(world.view(stylist, id).unwrap().presence, Presence::Here);
}

#[test]
fn who_does_not_come_back_in_time_is_gone_and_comes_in_through_the_lobby() {
    let (mut world, stylist, customer) = World::live();
    let id = world.id(customer);
    world.drop_socket(customer);
    world.pass(seconds(60));
    assert!(world.was_told(stylist, &ServerMessage::Gone { id, reason: GoneReason::Lost }));
    assert!(!world.media.contains_key(&id));
    let again = world.join_with(&li_na(), Some("token-2"));
    assert_eq!(world.joined(again).you.place, Place::Lobby);
}

#[test]
fn a_newer_socket_of_the_same_seat_supersedes_the_older() {
    let (mut world, _, customer) = World::live();
    let id = world.id(customer);
    let newer = world.join_with(&li_na(), Some("token-2"));
    assert_eq!(world.closed[&customer], CloseCode::Superseded);
    assert_eq!(world.id(newer), id);
    world.drop_socket(customer);
    world.say(customer, ClientMessage::Leave {});
    assert_eq!(world.id(newer), id, "the older socket has no say any more");
}

#[test]
fn a_waiting_customer_who_reloads_keeps_her_place_in_the_queue() {
    let mut world = World::new();
    let customer = world.join(&li_na());
    world.pass(seconds(5));
    let mother = world.join(&her_mother());
    world.drop_socket(customer);
    world.pass(seconds(5));
    let again = world.join(&li_na());
    assert_eq!(world.joined(again).waiting, Some(Waiting { ahead: 0 }));
    world.say(mother, ClientMessage::Ping {});
    assert!(!world.was_told(mother, &ServerMessage::Waiting(Waiting { ahead: 0 })));
}

#[test]
fn a_forwarded_link_does_not_take_a_seat_inside_the_call() {
    let (mut world, stylist, customer) = World::live();
    let stranger = world.join(&li_na());
    assert_eq!(world.joined(stranger).you.place, Place::Lobby);
    assert_eq!(world.joined(stranger).participants.len(), 1);
    assert_eq!(world.closed.get(&customer), None);
    assert_ne!(world.id(stranger), world.id(customer));
    assert!(world.view(stylist, world.id(stranger)).is_some());
}

#[test]
fn a_token_of_somebody_else_is_worth_nothing() {
    let (mut world, _, customer) = World::live();
    let mother = world.join_with(&her_mother(), Some("token-2"));
    assert_eq!(world.joined(mother).you.place, Place::Lobby);
    assert_eq!(world.closed.get(&customer), None);
}

#[test]
fn who_lost_the_token_and_is_admitted_again_does_not_sit_twice() {
    let (mut world, stylist, customer) = World::live();
    let former = world.id(customer);
    world.drop_socket(customer);
    let again = world.join(&li_na());
    world.say(stylist, ClientMessage::Admit { participant: world.id(again) });
    let gone = ServerMessage::Gone { id: former, reason: GoneReason::Lost };
    assert!(world.was_told(stylist, &gone));
    assert!(!world.media.contains_key(&former));
}

#[test]
fn who_comes_back_while_the_former_page_is_only_hidden_does_not_sit_twice() {
    let (mut world, stylist, customer) = World::live();
    let former = world.id(customer);
    let again = world.join(&li_na());
    world.put(Input::Media(MediaEvent::Lost { participant: former }));
    world.say(stylist, ClientMessage::Admit { participant: world.id(again) });
    assert_eq!(world.closed[&customer], CloseCode::Superseded);
    assert!(!world.media.contains_key(&former));
    assert!(world.was_told(stylist, &ServerMessage::Gone { id: former, reason: GoneReason::Lost }));
}

#[test]
fn two_of_one_link_who_are_both_there_both_stay() {
    let (mut world, stylist, customer) = World::live();
    let again = world.join(&li_na());
    world.say(stylist, ClientMessage::Admit { participant: world.id(again) });
    assert_eq!(world.closed.get(&customer), None);
    assert!(world.media.contains_key(&world.id(customer)));
}

#[test]
fn a_stylist_is_known_without_a_token() {
    let (mut world, stylist, _) = World::live();
    let id = world.id(stylist);
    let other_window = world.join(&mei());
    assert_eq!(world.id(other_window), id);
    assert_eq!(world.closed[&stylist], CloseCode::Superseded);
}

#[test]
fn a_stylists_drop_never_ends_the_call() {
    let (mut world, stylist, customer) = World::live();
    world.drop_socket(stylist);
    world.pass(seconds(300));
    assert_eq!(world.closed.get(&customer), None);
    assert_eq!(world.kept.ended, None);
    let again = world.join(&mei());
    assert_eq!(world.joined(again).call.state, CallState::Live);
    assert!(world.view(customer, world.id(again)).is_some());
}

#[test]
fn a_restarted_server_gives_everybody_their_seat_back() {
    let (mut world, stylist, customer) = World::live();
    let (host, guest) = (world.id(stylist), world.id(customer));
    world.pass(seconds(30));
    world.restart();
    let customer = world.join_with(&li_na(), Some("token-2"));
    let joined = world.joined(customer);
    assert_eq!((joined.you.id, joined.you.place), (guest, Place::Call));
    assert_eq!(joined.call.live_since_ms, Some(START.0));
    let absent = joined.participants.iter().find(|seen| seen.id == host).unwrap();
    assert_eq!(absent.presence, Presence::Reconnecting);
    let stylist = world.join_with(&mei(), Some("token-1"));
    assert_eq!(world.id(stylist), host);
    assert_eq!(world.view(customer, host).unwrap().presence, Presence::Here);
    assert_eq!(world.media.values().collect::<Vec<_>>(), [&Place::Call, &Place::Call]);
}

#[test]
fn after_a_restart_numbers_are_still_never_given_twice() {
    let mut world = World::new();
    let customer = world.join(&li_na());
    let number = world.id(customer);
    world.say(customer, ClientMessage::Leave {});
    world.restart();
    let again = world.join(&li_na());
    assert!(world.id(again) > number);
}

#[test]
fn who_does_not_come_back_after_a_restart_is_gone_too() {
    let (mut world, _, _) = World::live();
    world.restart();
    world.pass(seconds(60));
    assert!(world.call.is_idle());
    assert!(world.kept.seats.is_empty());
}
