use crate::world::*;
use signaling::message::*;

#[test]
fn a_locked_call_takes_in_nobody_new_but_everybody_who_has_a_seat() {
    let (mut world, stylist, customer) = World::live();
    world.say(stylist, ClientMessage::Lock { locked: true });
    assert!(world.was_told(customer, &ServerMessage::Locked { locked: true }));
    let mother = world.join(&her_mother());
    assert_eq!(world.last_error(mother), Some(ErrorCode::Locked));
    assert_eq!(world.closed.get(&mother), Some(&CloseCode::Refused));
    world.drop_socket(customer);
    let again = world.join_with(&li_na(), Some("token-2"));
    assert_eq!(world.joined(again).you.place, Place::Call);
    let colleague = world.join(&tao());
    assert!(world.joined(colleague).locked, "staff come in, and see that it is locked");
    world.say(stylist, ClientMessage::Lock { locked: false });
    let mother = world.join(&her_mother());
    assert_eq!(world.joined(mother).you.place, Place::Lobby);
}

#[test]
fn a_lock_outlives_the_server() {
    let (mut world, stylist, _) = World::live();
    world.say(stylist, ClientMessage::Lock { locked: true });
    world.restart();
    let mother = world.join(&her_mother());
    assert_eq!(world.last_error(mother), Some(ErrorCode::Locked));
}

#[test]
fn a_lock_that_cannot_be_kept_does_not_hold() {
    let (mut world, stylist, _) = World::live();
    world.gate_works = false;
    world.say(stylist, ClientMessage::Lock { locked: true });
    world.gate_works = true;
    let mother = world.join(&her_mother());
    assert_eq!(world.joined(mother).you.place, Place::Lobby);
}

#[test]
fn whom_a_host_silenced_is_not_forwarded_until_they_speak_up_themselves() {
    let (mut world, stylist, customer) = World::live();
    let (participant, kind) = (world.id(customer), TrackKind::Audio);
    let by = world.id(stylist);
    world.say(stylist, ClientMessage::Silence { participant, kind });
    assert!(world.muted.contains(&(participant, kind)));
    assert!(world.was_told(customer, &ServerMessage::Silenced { kind, by }));
    assert!(!world.view(stylist, participant).unwrap().audio);
    world.say(customer, ClientMessage::Mute { audio: false, video: true });
    assert!(world.muted.contains(&(participant, kind)), "that was no word to speak again");
    world.say(customer, ClientMessage::Mute { audio: true, video: true });
    assert!(world.muted.is_empty());
    assert!(world.view(stylist, participant).unwrap().audio);
}

#[test]
fn a_media_server_that_knows_nothing_any_more_is_told_all_of_it_with_the_next_offer() {
    let (mut world, stylist, customer) = World::live();
    let (participant, kind) = (world.id(customer), TrackKind::Audio);
    let shown = Tile { participant, kind: TrackKind::Video, height: 720, pinned: true };
    world.say(stylist, ClientMessage::View { tiles: vec![shown].try_into().unwrap() });
    world.say(stylist, ClientMessage::Subject { participant: Some(participant) });
    world.say(stylist, ClientMessage::Silence { participant, kind });
    // Its room failed, and another was opened.
    (world.subject, world.muted, world.views) = Default::default();
    world.media.clear();
    for socket in [stylist, customer] {
        world.say(socket, ClientMessage::Offer { sdp: "offer".to_owned().try_into().unwrap() });
    }
    assert_eq!(world.media.get(&participant), Some(&Place::Call));
    assert!(world.muted.contains(&(participant, kind)));
    assert_eq!(world.subject, Some(participant));
    assert_eq!(world.views.get(&world.id(stylist)), Some(&vec![shown]));
}

#[test]
fn only_hosts_lock_and_silence_and_no_host_is_silenced_by_another() {
    let (mut world, stylist, customer) = World::live();
    let colleague = world.join(&tao());
    let kind = TrackKind::Audio;
    let (host, guest) = (world.id(stylist), world.id(customer));
    for forbidden in
        [ClientMessage::Lock { locked: true }, ClientMessage::Silence { participant: host, kind }]
    {
        world.forget();
        world.say(customer, forbidden.clone());
        assert_eq!(world.last_error(customer), Some(ErrorCode::Forbidden), "{forbidden:?}");
    }
    world.say(colleague, ClientMessage::Silence { participant: host, kind });
    assert_eq!(world.last_error(colleague), Some(ErrorCode::Forbidden));
    world.forget();
    world.say(colleague, ClientMessage::Silence { participant: guest, kind });
    assert_eq!(world.last_error(colleague), None);
}
