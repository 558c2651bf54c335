use crate::world::*;
use signaling::message::*;

#[test]
fn a_stylist_is_in_the_call_at_once_and_its_media_is_forwarded() {
    let mut world = World::new();
    let stylist = world.join(&mei());
    let joined = world.joined(stylist);
    assert_eq!(joined.you.place, Place::Call);
    assert_eq!(joined.answer.as_deref(), Some("answer"));
    assert!(joined.may_capture);
    assert_eq!(world.media[&world.id(stylist)], Place::Call);
}

#[test]
fn a_customer_waits_connected_but_with_nothing_forwarded() {
    let mut world = World::new();
    let customer = world.join(&li_na());
    let joined = world.joined(customer);
    assert_eq!(joined.you.place, Place::Lobby);
    assert_eq!(joined.waiting, Some(Waiting { ahead: 0 }));
    assert!(!joined.may_capture);
    assert_eq!(world.media[&world.id(customer)], Place::Lobby);
}

#[test]
fn a_waiting_customer_sees_nobody_but_herself() {
    let mut world = World::new();
    world.join(&mei());
    world.join(&her_mother());
    let customer = world.join(&li_na());
    let seen: Vec<_> = world.joined(customer).participants.iter().map(|seen| seen.id).collect();
    assert_eq!(seen, [world.id(customer)]);
}

#[test]
fn a_stylist_who_comes_later_sees_who_waits_and_for_how_long() {
    let mut world = World::new();
    let customer = world.join(&li_na());
    world.pass(seconds(90));
    let stylist = world.join(&mei());
    let waiting = world.joined(stylist).participants.iter();
    let waiting: Vec<_> = waiting.filter(|seen| seen.place == Place::Lobby).collect();
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].id, waiting[0].waiting_ms), (world.id(customer), Some(90_000)));
}

#[test]
fn a_stylist_who_is_there_hears_of_a_customer_who_comes() {
    let mut world = World::new();
    let stylist = world.join(&mei());
    let customer = world.join(&li_na());
    let view = world.view(stylist, world.id(customer)).unwrap();
    assert_eq!((view.name.as_str(), view.place), ("Li Na", Place::Lobby));
}

#[test]
fn those_in_the_lobby_are_told_how_many_are_ahead() {
    let mut world = World::new();
    let first = world.join(&li_na());
    world.pass(seconds(1));
    let second = world.join(&her_mother());
    assert_eq!(world.joined(second).waiting, Some(Waiting { ahead: 1 }));
    world.say(first, ClientMessage::Leave {});
    assert!(world.was_told(second, &ServerMessage::Waiting(Waiting { ahead: 0 })));
}

#[test]
fn joined_is_the_first_thing_that_a_socket_hears() {
    let mut world = World::new();
    let sockets = [world.join(&mei()), world.join(&li_na()), world.join(&tao())];
    for socket in sockets {
        assert!(matches!(world.heard(socket)[0], ServerMessage::Joined(_)));
    }
}

#[test]
fn a_broken_offer_costs_the_media_and_not_the_seat() {
    let mut world = World::new();
    world.answer = Err((ErrorCode::UnsupportedMedia, "no codec".to_owned()));
    let customer = world.join(&li_na());
    assert_eq!(world.joined(customer).answer, None);
    assert_eq!(world.last_error(customer), Some(ErrorCode::UnsupportedMedia));

    world.answer = Ok("better".to_owned());
    let sdp = Text::try_from("offer".to_owned()).unwrap();
    world.say(customer, ClientMessage::Offer { sdp });
    assert!(world.was_told(customer, &ServerMessage::Answer { sdp: "better".to_owned() }));
}

#[test]
fn a_full_lobby_turns_the_next_one_away() {
    let mut world = World::new();
    for number in 0..12 {
        world.join(&person(50 + number, Role::Guest, "Guest"));
    }
    let late = world.join(&li_na());
    assert_eq!(world.last_error(late), Some(ErrorCode::RoomFull));
    assert_eq!(world.closed[&late], CloseCode::Refused);
}

#[test]
fn a_seat_that_cannot_be_kept_is_not_given() {
    let mut world = World::new();
    let stylist = world.join(&mei());
    world.gate_works = false;
    let customer = world.join(&li_na());
    assert_eq!(world.call.participant(customer), None);
    assert_eq!(world.heard(stylist).len(), 1, "the stylist heard of nobody");
}

#[test]
fn two_customers_never_get_the_same_number() {
    let mut world = World::new();
    let first = world.join(&li_na());
    let number = world.id(first);
    world.say(first, ClientMessage::Leave {});
    let again = world.join(&li_na());
    assert_ne!(world.id(again), number);
}
