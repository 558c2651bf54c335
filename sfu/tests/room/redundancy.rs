//! Sound that is sent twice (RFC 2198) is heard when packets get lost.

use std::time::Duration;

use sfu::TrackKind;

use crate::client::{Kind, Received};
use crate::net::{Link, Loss};
use crate::world::{World, id};

const SECOND: Duration = Duration::from_secs(1);
const TICKS: u32 = 960;

/// The sound of one as it arrived at another.
fn heard(world: &World, viewer: usize, source: usize) -> Vec<Received> {
    let slots = world.slots(viewer);
    let of = |slot: &&sfu::Slot| slot.source == id(source) && slot.kind == TrackKind::Audio;
    world.clients[viewer].arrived(&slots.iter().find(of).unwrap().mid)
}

/// Share of the sound of one that another heard in the last so many seconds. All of it is what was
/// sent, once, in order.
fn share(world: &World, viewer: usize, source: usize, last: Duration) -> f64 {
    let heard = heard(world, viewer, source);
    let sent = &world.clients[source].microphone.sent;
    let mut from = 0;
    for pair in heard.windows(2) {
        assert!(
            pair[0].sequence < pair[1].sequence,
            "{} came twice: {:?}",
            pair[0].sequence,
            heard
                .iter()
                .filter(|p| p.sequence + 3 > pair[0].sequence && p.sequence < pair[0].sequence + 3)
                .map(|p| (p.sequence, p.timestamp, p.at - crate::world::epoch()))
                .collect::<Vec<_>>()
        );
        let ticks = pair[1].timestamp.wrapping_sub(pair[0].timestamp);
        assert_eq!(u64::from(ticks), (pair[1].sequence - pair[0].sequence) * u64::from(TICKS));
    }
    for packet in &heard {
        let at = sent[from..].iter().position(|sent| *sent == packet.payload);
        from += at.expect("what was never sent, or twice") + 1;
    }
    let since = world.now - last;
    let count = heard.iter().filter(|packet| packet.at > since).count();
    count as f64 / (last.as_secs_f64() * 50.0)
}

/// Two in a call, `is_redundant` or not, over ways that lose so much; how much of the first's sound
/// the second heard over half a minute.
fn call(seed: u64, is_redundant: [bool; 2], up: f64, down: f64) -> f64 {
    let mut world = World::new(seed);
    for is_redundant in is_redundant {
        world.join_as(Kind { is_redundant, ..Kind::default() });
    }
    world.run(SECOND / 2);
    for index in 0..2 {
        world.clients[index].camera.is_on = true;
        world.clients[index].microphone.is_on = true;
        world.place(index, sfu::Place::Call);
    }
    let lossy = |share| Link { loss: Loss::Random(share), delay: SECOND / 40, ..Link::default() };
    (world.clients[0].up, world.clients[1].down) = (lossy(up), lossy(down));
    world.run(35 * SECOND);
    share(&world, 1, 0, 30 * SECOND)
}

#[test]
fn sound_survives_random_loss_on_either_way() {
    for seed in 1..4 {
        for loss in [0.1, 0.2] {
            let plain = call(seed, [false, false], loss, 0.0);
            let whole = call(seed, [false, false], 0.0, loss);
            let down = call(seed, [false, true], 0.0, loss);
            let up = call(seed, [true, false], loss, 0.0);
            let figures = format!(
                "{loss}: {plain:.3} alone, {up:.3} up, {down:.3} down, {whole:.3} down in whole packets"
            );
            assert!((plain - (1.0 - loss)).abs() < 0.05, "{figures}");
            let lost = 2.0 * loss * loss;
            assert!([up, down, whole].iter().all(|heard| 1.0 - heard < lost), "{figures}");
        }
    }
}

#[test]
fn whoever_does_not_know_it_hears_the_sound_alone() {
    for is_redundant in [[true, false], [false, true], [false, false], [true, true]] {
        assert!(call(4, is_redundant, 0.0, 0.0) > 0.99);
    }
}

#[test]
fn a_way_without_loss_carries_sound_once() {
    let mut world = World::in_call(5, 2);
    world.run(5 * SECOND);
    let bits = |world: &World| world.clients[1].redundant_arrived;
    assert_eq!(bits(&world), 0);
    world.clients[1].down.loss = Loss::Random(0.1);
    world.run(5 * SECOND);
    assert!(bits(&world) > 100, "{}", bits(&world));
    world.clients[1].down.loss = Loss::None;
    world.run(35 * SECOND);
    let before = bits(&world);
    world.run(5 * SECOND);
    assert_eq!(bits(&world), before);
}

#[test]
fn taps_get_opus_with_what_was_lost_filled_in() {
    let mut world = World::in_call(6, 2);
    world.clients[0].up.loss = Loss::Random(0.1);
    world.room.tap(id(0), true);
    world.run(20 * SECOND);
    let sound: Vec<_> = world.taps.iter().filter(|tap| tap.kind == TrackKind::Audio).collect();
    assert!(sound.len() > 970, "{}", sound.len());
    let sent = &world.clients[0].microphone.sent;
    assert!(sound.iter().all(|tap| sent.iter().any(|sent| sent[..] == tap.payload[..])));
}

#[test]
fn what_comes_late_after_it_was_filled_in_is_not_sent_twice() {
    let mut world = World::in_call(7, 2);
    let link = &mut world.clients[0].up;
    (link.jitter, link.reordering, link.duplication) = (SECOND / 20, 0.3, 0.1);
    world.run(20 * SECOND);
    assert!(share(&world, 1, 0, 15 * SECOND) > 0.99);
}

#[test]
fn sound_survives_losses_in_bursts_on_the_way_to_a_viewer() {
    for seed in 8..11 {
        let mut world = World::in_call(seed, 2);
        world.clients[1].down.loss = Loss::Bursts { begins: 0.0175, ends: 1.0 / 3.0 };
        world.run(40 * SECOND);
        let share = share(&world, 1, 0, 30 * SECOND);
        // With a single copy it is 0.983 at best.
        assert!(share > 0.986, "{seed}: {share:.4}");
    }
}
