use crate::world::*;
use signaling::core::Input;
use signaling::message::*;

#[test]
fn ending_the_call_ends_it_for_all_the_lobby_included() {
    let (mut world, stylist, customer) = World::live();
    let mother = world.join(&her_mother());
    world.say(stylist, ClientMessage::End {});
    for socket in [stylist, customer, mother] {
        assert!(world.was_told(socket, &ServerMessage::Ended { reason: EndReason::Ended }));
        assert_eq!(world.closed[&socket], CloseCode::Ended);
    }
    assert!(world.media.is_empty());
    assert_eq!(world.kept.ended, Some(EndReason::Ended));
}

#[test]
fn an_ended_call_cannot_be_joined_any_more() {
    let (mut world, stylist, _) = World::live();
    world.say(stylist, ClientMessage::End {});
    let late = world.join_with(&li_na(), Some("token-2"));
    assert_eq!(world.last_error(late), Some(ErrorCode::Ended));
    assert_eq!(world.closed[&late], CloseCode::Refused);
}

#[test]
fn a_cancelled_appointment_says_so_to_those_who_wait() {
    let mut world = World::new();
    let customer = world.join(&li_na());
    world.put(Input::EndCall { reason: EndReason::Cancelled });
    assert!(world.was_told(customer, &ServerMessage::Ended { reason: EndReason::Cancelled }));
}

#[test]
fn the_call_ends_with_its_window() {
    let (mut world, _, customer) = World::live();
    world.pass(WINDOW);
    assert!(world.was_told(customer, &ServerMessage::Ended { reason: EndReason::WindowClosed }));
    assert!(world.call.is_idle());
    assert_eq!(world.call.deadline(), None);
}

#[test]
fn a_call_whose_appointment_was_moved_a_little_closes_later() {
    let (mut world, stylist, customer) = World::live();
    let closes_at = START.plus(WINDOW + seconds(1800));
    world.put(Input::WindowChanged { closes_at });
    let told = world.heard(customer).iter().any(
        |said| matches!(said, ServerMessage::Call(call) if call.ends_at_ms == Some(closes_at.0)),
    );
    assert!(told);
    world.drop_socket(customer);
    world.pass(WINDOW + seconds(1799));
    assert_eq!(world.closed.get(&stylist), None);
    world.pass(seconds(1));
    assert_eq!(world.closed[&stylist], CloseCode::Ended);
}

#[test]
fn two_stylists_ending_at_once_end_it_once() {
    let (mut world, one, _) = World::live();
    let two = world.join(&tao());
    world.say(one, ClientMessage::End {});
    world.say(two, ClientMessage::End {});
    assert_eq!(world.kept.ended, Some(EndReason::Ended));
}

#[test]
fn leaving_is_told_as_leaving() {
    let (mut world, stylist, customer) = World::live();
    let id = world.id(customer);
    world.say(customer, ClientMessage::Leave {});
    assert!(world.was_told(stylist, &ServerMessage::Gone { id, reason: GoneReason::Left }));
    assert_eq!(world.closed[&customer], CloseCode::Left);
    assert!(!world.media.contains_key(&id));
}

#[test]
fn a_call_that_everybody_left_stays_live_for_whoever_comes_back() {
    let (mut world, stylist, customer) = World::live();
    world.say(customer, ClientMessage::Leave {});
    world.say(stylist, ClientMessage::Leave {});
    assert!(world.call.is_idle());
    world.restart();
    let stylist = world.join(&mei());
    assert_eq!(world.joined(stylist).call.state, CallState::Live);
}
