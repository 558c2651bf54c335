//! Still pictures where a network carries no video: whom they are wanted of, who is told, and who
//! may look.

use crate::world::*;
use signaling::core::{Input, MediaEvent, SocketId, Still, StillPicture, StillRefusal};
use signaling::message::*;
use std::time::Duration;

const LIFETIME: Duration = Duration::from_secs(30);

fn lacking(pictures: &[ParticipantId]) -> ClientMessage {
    limited(pictures, None)
}

fn limited(pictures: &[ParticipantId], most_bytes: Option<u32>) -> ClientMessage {
    ClientMessage::Lacking { pictures: pictures.to_vec().try_into().unwrap(), most_bytes }
}

fn wanted(by: &[ParticipantId]) -> ServerMessage {
    ServerMessage::StillsWanted { by: by.to_vec(), most_bytes: None }
}

fn fresh(participant: ParticipantId) -> ServerMessage {
    ServerMessage::Still { participant, age_ms: 0 }
}

/// What whoever has this socket's seat brings.
fn bring(world: &mut World, socket: SocketId, of: ParticipantId) -> Result<(), StillRefusal> {
    let picture =
        StillPicture { content_type: "image/jpeg", bytes: [0xFF, 0xD8].as_slice().into() };
    let still = Still { picture, taken_at: world.now };
    let (now, seat) = (world.now, world.seat(socket));
    let step = world.call.bring_still(now, seat, of, still)?;
    assert!(step.keep.is_empty() && step.record.is_empty(), "a still is never written down");
    world.carry_out(step.effects);
    Ok(())
}

fn look(world: &mut World, socket: SocketId, of: ParticipantId) -> Result<Still, StillRefusal> {
    let (now, seat) = (world.now, world.seat(socket));
    world.call.look_at_still(now, seat, of)
}

fn video(on: bool) -> ClientMessage {
    ClientMessage::Mute { audio: true, video: on }
}

/// A call in which the stylist lacks the customer's picture and looks at a still of it.
fn with_a_still() -> (World, SocketId, SocketId, ParticipantId) {
    let (mut world, stylist, customer) = World::live();
    let of = world.id(customer);
    world.say(stylist, lacking(&[of]));
    bring(&mut world, customer, of).unwrap();
    look(&mut world, stylist, of).unwrap();
    (world, stylist, customer, of)
}

#[test]
fn whoever_lacks_a_picture_is_shown_stills_of_it_until_the_video_is_back() {
    let (mut world, stylist, customer) = World::live();
    let (by, of) = (world.id(stylist), world.id(customer));
    assert_eq!(bring(&mut world, customer, of), Err(StillRefusal::Unwanted));
    world.say(stylist, lacking(&[of]));
    assert!(world.was_told(customer, &wanted(&[by])));
    bring(&mut world, customer, of).unwrap();
    assert!(world.was_told(stylist, &fresh(of)));
    assert!(!world.was_told(customer, &fresh(of)));
    assert_eq!(look(&mut world, stylist, of).unwrap().taken_at, START);

    world.forget();
    world.say(stylist, lacking(&[]));
    assert!(world.was_told(customer, &wanted(&[])));
    assert_eq!(look(&mut world, stylist, of), Err(StillRefusal::NoStill), "nobody needs it now");
    assert_eq!(bring(&mut world, customer, of), Err(StillRefusal::Unwanted));
}

#[test]
fn what_is_said_again_changes_nothing() {
    let (mut world, stylist, customer, of) = with_a_still();
    world.forget();
    world.say(stylist, lacking(&[of]));
    assert_eq!((world.heard(stylist), world.heard(customer)), (&[][..], &[][..]));
}

#[test]
fn who_lacks_a_picture_later_sees_the_still_that_there_is() {
    let (mut world, _, customer, of) = with_a_still();
    let colleague = world.join(&tao());
    world.pass(seconds(2));
    world.say(colleague, lacking(&[of]));
    assert!(world.was_told(colleague, &ServerMessage::Still { participant: of, age_ms: 2_000 }));
    world.forget();
    world.pass(seconds(1));
    bring(&mut world, customer, of).unwrap();
    assert_eq!(world.heard(colleague), [fresh(of)]);
}

#[test]
fn somebody_whose_own_network_carries_no_video_is_seen_in_stills_by_all_who_show_them() {
    let (mut world, stylist, customer) = World::live();
    let colleague = world.join(&tao());
    let of = world.id(customer);
    let tile = Tile { participant: of, kind: TrackKind::Video, height: 0, pinned: false };
    let hidden = ClientMessage::View { tiles: vec![tile].try_into().unwrap() };
    world.say(colleague, hidden);
    world.say(customer, ClientMessage::Stills { on: true });
    assert!(world.view(stylist, of).unwrap().stills);
    assert!(world.was_told(customer, &wanted(&[world.id(stylist)])), "not by who hides the tile");

    world.say(customer, ClientMessage::Stills { on: false });
    assert!(!world.view(stylist, of).unwrap().stills);
    assert!(world.was_told(customer, &wanted(&[])));
}

#[test]
fn a_picture_that_the_media_server_leaves_out_is_wanted_in_stills_before_the_page_says_so() {
    let (mut world, stylist, customer) = World::live();
    let (viewer, participant) = (world.id(stylist), world.id(customer));
    let receiving = |layer| {
        let kind = TrackKind::Video;
        Input::Media(MediaEvent::Receiving { viewer, participant, kind, layer })
    };
    world.put(receiving(Some(0)));
    assert!(!world.was_told(customer, &wanted(&[viewer])));
    world.put(receiving(None));
    assert!(world.was_told(customer, &wanted(&[viewer])));
    world.put(receiving(Some(0)));
    assert!(world.was_told(customer, &wanted(&[])));

    world.forget();
    let kind = TrackKind::Video;
    let hidden = Tile { participant, kind, height: 0, pinned: false };
    world.say(stylist, ClientMessage::View { tiles: vec![hidden].try_into().unwrap() });
    world.put(receiving(None));
    assert!(!world.was_told(customer, &wanted(&[viewer])), "nobody looks");
}

#[test]
fn a_camera_that_is_turned_off_shows_nothing_any_more() {
    let (mut world, stylist, customer, of) = with_a_still();
    world.say(customer, video(false));
    assert!(world.was_told(customer, &wanted(&[])));
    assert_eq!(look(&mut world, stylist, of), Err(StillRefusal::NoStill));
    assert_eq!(bring(&mut world, customer, of), Err(StillRefusal::CameraOff));
    world.forget();
    world.say(customer, video(true));
    assert!(world.was_told(customer, &wanted(&[world.id(stylist)])));
    assert_eq!(
        look(&mut world, stylist, of),
        Err(StillRefusal::NoStill),
        "not the one from before"
    );
}

#[test]
fn a_camera_that_a_host_has_stopped_shows_nothing_any_more() {
    let (mut world, stylist, customer, of) = with_a_still();
    world.say(stylist, ClientMessage::Silence { participant: of, kind: TrackKind::Video });
    assert_eq!(look(&mut world, stylist, of), Err(StillRefusal::NoStill));
    assert_eq!(bring(&mut world, customer, of), Err(StillRefusal::CameraOff));
}

#[test]
fn nobody_outside_of_the_call_gives_or_sees_a_still() {
    let (mut world, stylist, customer, of) = with_a_still();
    let mother = world.join(&her_mother());
    let forwarded = world.join(&li_na());
    for waiting in [mother, forwarded] {
        let own = world.id(waiting);
        assert_eq!(look(&mut world, waiting, of), Err(StillRefusal::Outside));
        assert_eq!(bring(&mut world, waiting, own), Err(StillRefusal::Outside));
        world.say(waiting, lacking(&[of]));
        assert_eq!(world.last_error(waiting), Some(ErrorCode::Forbidden));
    }
    let (now, nobody) = (world.now, signaling::gate::TokenHash([7; 32]));
    assert_eq!(world.call.look_at_still(now, nobody, of), Err(StillRefusal::NoSeat));
    assert_eq!(bring(&mut world, stylist, of), Err(StillRefusal::NotYours));
    world.say(stylist, ClientMessage::SendBack { participant: of });
    assert_eq!(look(&mut world, stylist, of), Err(StillRefusal::NoStill));
    assert_eq!(look(&mut world, customer, of), Err(StillRefusal::Outside));
}

#[test]
fn a_still_goes_with_whoever_leaves() {
    let (mut world, stylist, customer, of) = with_a_still();
    world.say(customer, ClientMessage::Leave {});
    assert_eq!(look(&mut world, stylist, of), Err(StillRefusal::NoStill));
    assert_eq!(world.call.deadline(), Some(START.plus(WINDOW)), "nothing is left to be forgotten");
}

#[test]
fn a_still_is_forgotten_when_it_shows_nothing_of_what_goes_on() {
    let (mut world, stylist, _, of) = with_a_still();
    assert_eq!(world.call.deadline(), Some(START.plus(LIFETIME)));
    world.pass(LIFETIME);
    assert_eq!(look(&mut world, stylist, of), Err(StillRefusal::NoStill));
    assert_eq!(world.call.deadline(), Some(START.plus(WINDOW)));
}

#[test]
fn a_viewer_whose_socket_is_gone_lacks_the_picture_until_another_page_has_the_seat() {
    let (mut world, stylist, customer, of) = with_a_still();
    world.forget();
    world.drop_socket(stylist);
    assert!(!world.was_told(customer, &wanted(&[])), "on such networks sockets are lost");
    bring(&mut world, customer, of).unwrap();
    let again = world.join(&mei());
    assert!(world.was_told(customer, &wanted(&[])));
    world.say(again, lacking(&[of]));
    assert!(world.was_told(customer, &wanted(&[world.id(again)])));
}

#[test]
fn a_viewer_who_is_lost_for_good_lacks_nothing() {
    let (mut world, stylist, customer, _) = with_a_still();
    world.drop_socket(stylist);
    world.forget();
    world.pass(seconds(60));
    assert!(world.was_told(customer, &wanted(&[])));
}

#[test]
fn a_page_that_is_opened_anew_is_told_who_lacks_its_picture() {
    let (mut world, stylist, customer, _) = with_a_still();
    world.drop_socket(customer);
    let again = world.join_with(&li_na(), Some("token-2"));
    assert!(world.was_told(again, &wanted(&[world.id(stylist)])));
}

#[test]
fn the_smallest_of_what_networks_bring_counts_but_nobody_makes_pictures_shapeless() {
    let (mut world, stylist, customer) = World::live();
    let colleague = world.join(&tao());
    let (of, first, second) = (world.id(customer), world.id(stylist), world.id(colleague));
    world.say(stylist, limited(&[of], Some(12_000)));
    world.say(colleague, limited(&[of], Some(1)));
    let both = |most_bytes| ServerMessage::StillsWanted { by: vec![first, second], most_bytes };
    assert!(world.was_told(customer, &both(Some(4_000))));
    world.say(colleague, limited(&[of], Some(50_000)));
    assert!(world.was_told(customer, &both(Some(12_000))));
}

#[test]
fn a_storm_is_answered_with_less_than_it_brings() {
    let (mut world, stylist, customer) = World::live();
    let of = world.id(customer);
    for turn in 0..200 {
        let lacks = if turn % 2 == 0 { vec![of] } else { Vec::new() };
        world.say(stylist, lacking(&lacks));
    }
    assert_eq!(world.last_error(stylist), Some(ErrorCode::RateLimited));
    assert!(world.heard(customer).len() <= 20, "{}", world.heard(customer).len());

    world.pass(seconds(60));
    world.say(stylist, lacking(&[of]));
    let brought: Vec<_> = (0..20).map(|_| bring(&mut world, customer, of)).collect();
    assert_eq!(brought.iter().filter(|brought| brought.is_ok()).count(), 4);
    assert_eq!(brought.last(), Some(&Err(StillRefusal::TooFast)));
    let seen = (0..100).filter(|_| look(&mut world, stylist, of).is_ok()).count();
    assert_eq!(seen, 40);
}
