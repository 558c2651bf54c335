//! How good connections are: who is told what of it, and what is noted for later.

use crate::world::*;
use signaling::core::{Input, MediaEvent};
use signaling::gate::QualitySample;
use signaling::message::*;

fn measured(participant: ParticipantId, uplink: Grade, downlink: Grade, figures: Figures) -> Input {
    Input::Media(MediaEvent::Quality { participant, uplink, downlink, figures })
}

fn fine(participant: ParticipantId) -> Input {
    measured(participant, Grade::Excellent, Grade::Excellent, Figures::default())
}

fn lossy(percent: u8) -> Figures {
    Figures { uplink_loss_percent: Some(percent), uplink_kbps: Some(900), ..Figures::default() }
}

fn frozen(freezes: u16) -> ClientMessage {
    ClientMessage::Report(Report { freezes: Some(freezes), ..Report::default() })
}

/// Lets time pass as it does with clients that are heard: every two seconds.
fn go_on(world: &mut World, time: u64, mut input: impl FnMut() -> Input) {
    for _ in 0..time / 2 {
        world.put(input());
        world.pass(seconds(2));
    }
}

fn of(world: &World, participant: ParticipantId) -> Vec<QualitySample> {
    let samples = world.kept.quality.iter();
    samples.filter(|sample| sample.participant == participant).copied().collect()
}

#[test]
fn everybody_sees_the_quality_and_the_stylist_the_figures() {
    let (mut world, stylist, customer) = World::live();
    let participant = world.id(customer);
    let all = Figures { round_trip_ms: Some(310), ..lossy(12) };
    let input = measured(participant, Grade::Poor, Grade::Good, all);
    world.put(input.clone());
    let quality = |figures| ServerMessage::Quality {
        participant,
        uplink: Grade::Poor,
        downlink: Grade::Good,
        figures,
    };
    assert!(world.was_told(stylist, &quality(all)));
    assert!(world.was_told(customer, &quality(Figures::default())));
    world.forget();
    world.pass(seconds(60));
    world.put(input);
    assert_eq!(world.heard(stylist), [], "the same is not repeated");
}

#[test]
fn other_figures_reach_the_stylist_every_two_seconds_and_nobody_else() {
    let (mut world, stylist, customer) = World::live();
    let participant = world.id(customer);
    let say = |world: &mut World, percent| {
        world.put(measured(participant, Grade::Poor, Grade::Good, lossy(percent)));
    };
    say(&mut world, 12);
    world.forget();
    world.pass(seconds(1));
    say(&mut world, 15);
    assert_eq!(world.heard(stylist), []);
    world.pass(seconds(1));
    say(&mut world, 15);
    assert_eq!(world.heard(stylist).len(), 1);
    assert_eq!(world.heard(customer), []);
}

#[test]
fn who_comes_in_hears_how_the_others_are_connected() {
    let (mut world, stylist, _) = World::live();
    let host = world.id(stylist);
    world.put(measured(host, Grade::Poor, Grade::Good, lossy(12)));
    let guest = world.join(&her_mother());
    let is_host = |said: &ServerMessage| matches!(said, ServerMessage::Quality { participant, .. } if *participant == host);
    assert!(!world.heard(guest).iter().any(is_host), "not in the lobby");
    world.say(stylist, ClientMessage::Admit { participant: world.id(guest) });
    assert!(world.heard(guest).iter().any(is_host));
    let reloaded = world.join(&mei());
    assert!(world.heard(reloaded).iter().any(is_host));
}

#[test]
fn a_picture_that_freezes_for_the_client_is_poor_whatever_the_server_measures() {
    let (mut world, stylist, customer) = World::live();
    world.say(customer, frozen(2));
    let poor = world.heard(stylist).iter().any(|said| {
        matches!(said, ServerMessage::Quality { downlink: Grade::Poor, figures, .. }
            if figures.freezes == Some(2))
    });
    assert!(poor);
}

#[test]
fn what_was_lost_on_anothers_way_is_not_held_against_the_viewer() {
    let (mut world, stylist, _) = World::live();
    let host = world.id(stylist);
    let clean = Figures { downlink_loss_percent: Some(0), ..Figures::default() };
    world.put(measured(host, Grade::Excellent, Grade::Excellent, clean));
    world.forget();
    let missing = Report { loss_percent: Some(30), ..Report::default() };
    world.say(stylist, ClientMessage::Report(missing));
    assert_eq!(world.heard(stylist), []);
}

#[test]
fn a_call_is_noted_in_samples_that_hold_the_worst_of_ten_seconds() {
    let (mut world, stylist, customer) = World::live();
    let participant = world.id(customer);
    world.put(measured(participant, Grade::Poor, Grade::Good, lossy(12)));
    world.say(customer, frozen(1));
    world.say(customer, frozen(2));
    world.put(measured(
        participant,
        Grade::Excellent,
        Grade::Good,
        Figures { uplink_kbps: Some(1_100), ..Figures::default() },
    ));
    world.pass(seconds(10));
    world.put(fine(participant));
    assert_eq!(world.kept.quality, [], "a few at a time");
    world.say(stylist, ClientMessage::End {});
    let noted = of(&world, participant);
    assert_eq!(noted.len(), 2);
    assert_eq!(
        (noted[0].from, noted[0].uplink, noted[0].downlink),
        (START, Grade::Poor, Grade::Poor)
    );
    let figures = noted[0].figures;
    assert_eq!((figures.uplink_loss_percent, figures.freezes), (Some(12), Some(3)));
    assert_eq!(figures.uplink_kbps, Some(950), "the mean of 900 three times and of 1100");
    assert_eq!((noted[1].from, noted[1].uplink), (START.plus(seconds(10)), Grade::Excellent));
}

#[test]
fn samples_are_handed_over_about_every_half_minute() {
    let (mut world, _, customer) = World::live();
    let participant = world.id(customer);
    go_on(&mut world, 36, || fine(participant));
    assert_eq!(of(&world, participant).len(), 0);
    go_on(&mut world, 10, || fine(participant));
    assert_eq!(of(&world, participant).len(), 4);
}

#[test]
fn a_connection_that_is_lost_is_noted_as_lost_until_it_comes_back() {
    let (mut world, stylist, customer) = World::live();
    let participant = world.id(customer);
    world.put(fine(participant));
    world.pass(seconds(11));
    world.put(measured(participant, Grade::Lost, Grade::Lost, Figures::default()));
    world.pass(seconds(40));
    world.put(fine(participant));
    world.say(stylist, ClientMessage::End {});
    let noted: Vec<_> = of(&world, participant).iter().map(|sample| sample.uplink).collect();
    let lost = [Grade::Lost; 4];
    assert_eq!(noted, [&[Grade::Excellent][..], &lost, &[Grade::Excellent]].concat());
}

#[test]
fn nobody_is_noted_before_the_call_is_live_or_outside_of_it() {
    let mut world = World::new();
    let (stylist, customer) = (world.join(&mei()), world.join(&li_na()));
    let (host, waiting) = (world.id(stylist), world.id(customer));
    world.put(fine(host));
    world.put(fine(waiting));
    world.say(stylist, ClientMessage::Admit { participant: waiting });
    world.pass(seconds(60));
    world.put(fine(host));
    world.say(stylist, ClientMessage::End {});
    assert_eq!(of(&world, waiting), []);
    assert_eq!(
        of(&world, host).iter().map(|sample| sample.from).collect::<Vec<_>>(),
        [START.plus(seconds(60))]
    );
}

#[test]
fn a_storm_of_reports_makes_no_more_samples_than_there_was_time() {
    let (mut world, _, customer) = World::live();
    let participant = world.id(customer);
    for _ in 0..500 {
        world.say(customer, frozen(1));
    }
    go_on(&mut world, 100, || fine(participant));
    assert!(of(&world, participant).len() <= 10);
}
