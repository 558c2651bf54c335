use crate::world::*;
use signaling::message::*;
use uuid::Uuid;

#[test]
fn staff_may_host_and_end_but_not_capture() {
    let mut world = World::new();
    let (staff, customer) = (world.join(&front_desk()), world.join(&li_na()));
    let participant = world.id(customer);
    world.say(staff, ClientMessage::Admit { participant });
    assert_eq!(world.media[&participant], Place::Call);
    let id = CaptureId(Uuid::from_u128(1));
    world.say(staff, ClientMessage::Capture { id, target: participant });
    assert_eq!(world.last_error(staff), Some(ErrorCode::Forbidden));
    world.say(staff, ClientMessage::End {});
    assert_eq!(world.kept.ended, Some(EndReason::Ended));
}

#[test]
fn a_customer_may_do_nothing_to_others() {
    let (mut world, stylist, customer) = World::live();
    let mother = world.join(&her_mother());
    let (host, waiting) = (world.id(stylist), world.id(mother));
    let id = CaptureId(Uuid::from_u128(1));
    for forbidden in [
        ClientMessage::Admit { participant: waiting },
        ClientMessage::SendBack { participant: host },
        ClientMessage::Remove { participant: host },
        ClientMessage::Capture { id, target: host },
        ClientMessage::End {},
    ] {
        world.forget();
        world.say(customer, forbidden.clone());
        assert_eq!(world.last_error(customer), Some(ErrorCode::Forbidden), "{forbidden:?}");
    }
    assert_eq!(world.media[&waiting], Place::Lobby);
    assert_eq!(world.closed.len(), 0);
}

#[test]
fn a_customer_cannot_learn_by_refusals_who_waits() {
    let (mut world, _, customer) = World::live();
    world.say(customer, ClientMessage::Remove { participant: ParticipantId(99) });
    assert_eq!(world.last_error(customer), Some(ErrorCode::Forbidden));
}

#[test]
fn a_stylist_cannot_remove_or_send_back_another() {
    let mut world = World::new();
    let (one, two) = (world.join(&mei()), world.join(&tao()));
    let participant = world.id(two);
    world.say(one, ClientMessage::Remove { participant });
    assert_eq!(world.last_error(one), Some(ErrorCode::Forbidden));
    world.forget();
    world.say(one, ClientMessage::SendBack { participant });
    assert_eq!(world.last_error(one), Some(ErrorCode::Forbidden));
    assert_eq!(world.call.participant(two), Some(participant));
}

#[test]
fn errors_repeat_the_number_of_the_message_that_they_answer() {
    let (mut world, _, customer) = World::live();
    world.say(customer, ClientMessage::End {});
    let error = world.heard(customer).last().unwrap();
    assert!(matches!(error, ServerMessage::Error { re: Some(7), .. }));
}
