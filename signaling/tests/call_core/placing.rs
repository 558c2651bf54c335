use crate::world::*;
use signaling::message::*;

#[test]
fn being_admitted_needs_no_new_transport() {
    let mut world = World::new();
    let (stylist, customer) = (world.join(&mei()), world.join(&li_na()));
    let id = world.id(customer);
    world.forget();
    world.say(stylist, ClientMessage::Admit { participant: id });
    assert_eq!(world.media[&id], Place::Call);
    assert!(world.was_told(customer, &ServerMessage::Placed { place: Place::Call }));
    let answers = world.heard(customer).iter();
    assert_eq!(answers.filter(|said| matches!(said, ServerMessage::Answer { .. })).count(), 0);
}

#[test]
fn an_admitted_customer_sees_who_is_in_the_call_and_since_when_it_is_live() {
    let mut world = World::new();
    let (stylist, customer) = (world.join(&mei()), world.join(&li_na()));
    world.say(stylist, ClientMessage::Admit { participant: world.id(customer) });
    assert_eq!(world.view(customer, world.id(stylist)).unwrap().name, "Mei");
    let live = world
        .heard(customer)
        .iter()
        .any(|said| matches!(said, ServerMessage::Call(call) if call.state == CallState::Live));
    assert!(live);
    assert_eq!(world.kept.live_since, Some(world.now));
}

#[test]
fn two_stylists_may_admit_the_same_customer() {
    let mut world = World::new();
    let (one, two, customer) = (world.join(&mei()), world.join(&tao()), world.join(&li_na()));
    let participant = world.id(customer);
    world.forget();
    world.say(one, ClientMessage::Admit { participant });
    world.say(two, ClientMessage::Admit { participant });
    assert_eq!((world.last_error(one), world.last_error(two)), (None, None));
    let placed = world.heard(customer).iter();
    assert_eq!(placed.filter(|said| matches!(said, ServerMessage::Placed { .. })).count(), 1);
}

#[test]
fn one_stylist_admits_whom_the_other_has_just_removed() {
    let mut world = World::new();
    let (one, two, customer) = (world.join(&mei()), world.join(&tao()), world.join(&li_na()));
    let participant = world.id(customer);
    world.say(one, ClientMessage::Remove { participant });
    world.say(two, ClientMessage::Admit { participant });
    assert_eq!(world.last_error(two), Some(ErrorCode::NoSuchParticipant));
}

#[test]
fn somebody_sent_back_hears_nothing_more_of_the_call() {
    let (mut world, stylist, customer) = World::live();
    let id = world.id(customer);
    world.say(stylist, ClientMessage::SendBack { participant: id });
    assert_eq!(world.media[&id], Place::Lobby);
    assert!(world.was_told(customer, &ServerMessage::Placed { place: Place::Lobby }));
    assert!(world.was_told(customer, &ServerMessage::Waiting(Waiting { ahead: 0 })));
    world.forget();
    world.say(stylist, ClientMessage::Mute { audio: false, video: false });
    world.join(&tao());
    assert_eq!(world.heard(customer), []);
}

#[test]
fn other_customers_in_the_call_see_that_one_is_gone_when_sent_back() {
    let (mut world, stylist, customer) = World::live();
    let mother = world.join(&her_mother());
    world.say(stylist, ClientMessage::Admit { participant: world.id(mother) });
    let id = world.id(mother);
    world.forget();
    world.say(stylist, ClientMessage::SendBack { participant: id });
    assert!(world.was_told(customer, &ServerMessage::Gone { id, reason: GoneReason::Left }));
    assert_eq!(world.view(stylist, id).unwrap().place, Place::Lobby);
}

#[test]
fn somebody_removed_is_told_and_closed_and_may_come_back_to_the_lobby_only() {
    let (mut world, stylist, customer) = World::live();
    let id = world.id(customer);
    world.say(stylist, ClientMessage::Remove { participant: id });
    assert!(world.was_told(customer, &ServerMessage::Ended { reason: EndReason::Removed }));
    assert_eq!(world.closed[&customer], CloseCode::Removed);
    assert!(world.was_told(stylist, &ServerMessage::Gone { id, reason: GoneReason::Removed }));
    let again = world.join_with(&li_na(), Some("token-2"));
    assert_eq!(world.joined(again).you.place, Place::Lobby);
}

#[test]
fn a_full_call_admits_nobody_more() {
    let (mut world, stylist, _) = World::live();
    for number in 0..18 {
        let guest = world.join(&person(50 + number, Role::Guest, "Guest"));
        world.say(stylist, ClientMessage::Admit { participant: world.id(guest) });
        assert_eq!(world.last_error(stylist), None);
    }
    let seventh = world.join(&her_mother());
    world.say(stylist, ClientMessage::Admit { participant: world.id(seventh) });
    assert_eq!(world.last_error(stylist), Some(ErrorCode::RoomFull));
    assert_eq!(world.media[&world.id(seventh)], Place::Lobby);
}

#[test]
fn an_admission_does_not_wait_until_it_can_be_kept() {
    let mut world = World::new();
    let (stylist, customer) = (world.join(&mei()), world.join(&li_na()));
    let participant = world.id(customer);
    world.gate_works = false;
    world.say(stylist, ClientMessage::Admit { participant });
    assert_eq!(world.media[&participant], Place::Call);
    assert!(world.was_told(customer, &ServerMessage::Placed { place: Place::Call }));
    assert_eq!(world.kept.seats[&participant].place, Place::Lobby);
    world.gate_works = true;
    world.say(stylist, ClientMessage::SendBack { participant });
    assert_eq!(world.kept.seats[&participant].place, Place::Lobby, "in the order of the steps");
    assert_eq!(world.kept.live_since, Some(world.now), "it was live all the same");
}

#[test]
fn a_server_killed_before_it_wrote_an_admission_down_has_the_customer_wait_again() {
    let mut world = World::new();
    let (stylist, customer) = (world.join(&mei()), world.join(&li_na()));
    world.gate_works = false;
    world.say(stylist, ClientMessage::Admit { participant: world.id(customer) });
    world.gate_works = true;
    world.restart();
    let again = world.join_with(&li_na(), Some("token-2"));
    assert_eq!(world.joined(again).you.place, Place::Lobby);
}
