use crate::world::*;
use signaling::core::Input;
use signaling::message::*;

fn waiting(ahead: u32) -> ServerMessage {
    ServerMessage::Waiting(Waiting { ahead })
}

#[test]
fn those_in_other_calls_come_before_those_in_this_lobby() {
    let mut world = World::new();
    let first = world.join(&li_na());
    let second = world.join(&her_mother());
    world.put(Input::AheadChanged { elsewhere: 2 });
    assert!(world.was_told(first, &waiting(2)));
    assert!(world.was_told(second, &waiting(3)));
    world.put(Input::AheadChanged { elsewhere: 0 });
    assert!(world.was_told(first, &waiting(0)));
}

#[test]
fn who_joins_hears_at_once_how_many_are_ahead_elsewhere() {
    let mut world = World::new();
    world.put(Input::AheadChanged { elsewhere: 1 });
    let customer = world.join(&li_na());
    assert_eq!(world.joined(customer).waiting, Some(Waiting { ahead: 1 }));
}

#[test]
fn the_same_number_is_not_said_twice() {
    let mut world = World::new();
    let customer = world.join(&li_na());
    world.put(Input::AheadChanged { elsewhere: 1 });
    world.put(Input::AheadChanged { elsewhere: 1 });
    let told = world.heard(customer).iter().filter(|said| **said == waiting(1));
    assert_eq!(told.count(), 1);
}

#[test]
fn those_in_the_call_hear_nothing_of_who_waits_elsewhere() {
    let (mut world, stylist, customer) = World::live();
    world.put(Input::AheadChanged { elsewhere: 1 });
    assert_eq!((world.heard(stylist), world.heard(customer)), (&[][..], &[][..]));
}

#[test]
fn a_host_who_may_be_here_no_more_is_shown_out_and_the_customer_stays() {
    let (mut world, stylist, customer) = World::live();
    let id = world.id(stylist);
    world.put(Input::Dismissed { subject: mei().subject });
    assert_eq!(world.closed[&stylist], CloseCode::Removed);
    assert!(world.was_told(customer, &ServerMessage::Gone { id, reason: GoneReason::Removed }));
    assert!(!world.media.contains_key(&id));
    assert_eq!(world.closed.get(&customer), None);
}
