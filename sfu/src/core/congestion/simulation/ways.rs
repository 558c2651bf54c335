//! What the estimate does on each kind of way. Estimates are in kbit/s.

use std::ops::Range;

use super::*;

/// What the best picture takes, and a quarter more.
const DESIRED: u64 = 2_500_000;

fn mean(estimates: &[u64]) -> u64 {
    estimates.iter().sum::<u64>() / estimates.len() as u64
}

/// Padding, as a share of media.
fn padded(world: &World) -> f64 {
    let totals = world.senders[0].totals;
    totals.padding_bytes as f64 / totals.media_bytes as f64
}

fn lost_sound(world: &World) -> f64 {
    let totals = world.senders[0].totals;
    totals.lost_sound as f64 / totals.sound as f64
}

fn assert_within(world: &World, since: u64, expected: &Range<u64>) {
    let estimates = world.estimates(since);
    let (least, most) = (estimates.iter().min().unwrap(), estimates.iter().max().unwrap());
    assert!(expected.contains(least) && expected.contains(most), "{least} to {most}");
}

#[test]
fn a_wide_way_is_found_in_two_seconds_and_not_forgotten_while_little_is_sent() {
    for (initial, seed) in [(300_000, 1), (300_000, 2), (2_500_000, 3)] {
        let media = Media::Constant(160_000);
        let mut world = World::of(seed, Link::of(10_000_000), media, initial, DESIRED);
        world.run(62 * SECOND);
        assert_within(&world, 2 * SECOND, &(2_500..2_600));
        assert!(padded(&world) < 0.02, "{}", padded(&world));
    }
}

#[test]
fn a_narrow_way_is_found_at_once_whatever_is_sent_over_it() {
    for (initial, seed) in [(300_000, 1), (1_000_000, 2), (2_500_000, 3)] {
        let media = Media::Constant(1_660_000);
        let mut world = World::of(seed, Link::of(300_000), media, initial, DESIRED);
        world.run(15 * SECOND);
        assert_within(&world, 1_500_000, &(225..315));
    }
}

#[test]
fn loss_by_itself_lowers_nothing_for_long() {
    let ways = [0.01, 0.05, 0.1, 0.2].map(|loss| (loss, None));
    let bursts = [(0.0, Some((0.0105, 0.2))), (0.0, Some((0.03, 0.3)))];
    for (loss, bursts) in ways.into_iter().chain(bursts) {
        for (initial, seed) in [(2_500_000, 1), (300_000, 2), (2_500_000, 3)] {
            let link = Link { loss, bursts, ..Link::of(4_000_000) };
            let mut world = World::of(seed, link, Media::Constant(2_360_000), initial, 3_000_000);
            world.run(60 * SECOND);
            let share = world.share_at_least(0, 2_000);
            assert!(share >= 0.9, "{loss} {bursts:?} seed {seed}: {share}");
            assert!(*world.estimates(0).iter().skip(40).min().unwrap() >= 1_700);
        }
    }
}

#[test]
fn loss_that_more_sending_makes_does_lower_it() {
    let link = Link { is_policed: true, ..Link::of(1_000_000) };
    let mut world = World::of(1, link, Media::Layers, 2_500_000, DESIRED);
    world.run(60 * SECOND);
    assert_within(&world, 15 * SECOND, &(540..2_000));
    assert!(lost_sound(&world) < 0.05, "{}", lost_sound(&world));
}

#[test]
fn a_way_that_was_cut_carries_as_much_as_before() {
    for cut in [500_000, 1_000_000, 2_500_000, 4_500_000] {
        for (media, seed) in
            [(Media::Layers, 1), (Media::Layers, 2), (Media::Constant(1_900_000), 3)]
        {
            let mut world = World::of(seed, Link::of(4_000_000), media, 1_000_000, DESIRED);
            world.run(20 * SECOND);
            assert!(world.share_at_least(10 * SECOND, 1_700) > 0.9);
            world.link.loss = 1.0;
            world.run(cut);
            world.link.loss = 0.0;
            world.run(20 * SECOND);
            let share = world.share_at_least(20 * SECOND + cut, 1_700);
            assert!(share > 0.9, "{cut} µs, {media:?}, seed {seed}: {share}");
        }
    }
}

#[test]
fn jitter_is_not_taken_for_a_queue() {
    for (delay, jitter) in [(20_000, 40_000), (30_000, 100_000), (250_000, 100_000)] {
        for media in [Media::Constant(2_360_000), Media::Layers, Media::Constant(160_000)] {
            for seed in 1..=3 {
                let link = Link { delay, jitter, ..Link::of(4_000_000) };
                let mut world = World::of(seed, link, media, 2_500_000, DESIRED);
                world.run(60 * SECOND);
                let share = world.share_at_least(0, 2_000);
                assert!(share >= 0.9, "{delay} + {jitter}, {media:?}, seed {seed}: {share}");
            }
        }
    }
}

#[test]
fn a_way_that_narrows_is_noticed_at_once_and_one_that_heals_soon() {
    for seed in 1..=4 {
        let mut world = World::of(seed, Link::of(2_000_000), Media::Layers, 1_000_000, DESIRED);
        world.run(20 * SECOND);
        let steady = world.share_at_least(5 * SECOND, 1_740);
        assert!(steady > 0.9, "seed {seed}: {steady}");
        world.link.rate = 300_000;
        world.run(20 * SECOND);
        assert_within(&world, 21_500_000, &(180..345));
        world.link.rate = 2_000_000;
        world.run(20 * SECOND);
        let healed = world.estimates(40 * SECOND);
        let after = healed.iter().position(|estimate| *estimate >= 1_700).map(|at| at * 50);
        assert!(after.is_some_and(|after| after < 8_000), "seed {seed}: {after:?} ms");
    }
}

#[test]
fn between_two_layers_it_is_steady_and_costs_little() {
    for initial in [300_000, 1_000_000, 2_500_000] {
        for seed in 1..=3 {
            let media = Media::Constant(610_000);
            let mut world = World::of(seed, Link::of(1_100_000), media, initial, DESIRED);
            world.run(60 * SECOND);
            assert_within(&world, 5 * SECOND, &(880..1_265));
            assert!(padded(&world) < 0.1, "{}", padded(&world));
        }
    }
}

#[test]
fn two_behind_one_way_share_it() {
    for seed in 1..=4 {
        for media in [Media::Layers, Media::Elastic] {
            let mut world = World::of(seed, Link::of(1_600_000), media, 300_000, DESIRED);
            world.run(if seed > 2 { 10 * SECOND } else { 0 });
            world.join(media, 300_000, DESIRED);
            world.run(60 * SECOND);
            let [one, other] =
                [0, 1].map(|index: usize| mean(&world.senders[index].estimates(30 * SECOND)));
            assert!(one < 2 * other && other < 2 * one, "{media:?} seed {seed}: {one}, {other}");
        }
    }
}

#[test]
fn where_only_sound_fits_it_is_left_alone() {
    for rate in [100_000, 110_000] {
        for initial in [60_000, 300_000, 2_500_000] {
            let mut world = World::of(1, Link::of(rate), Media::Layers, initial, DESIRED);
            world.senders[0].sustained = 240_000;
            world.run(60 * SECOND);
            assert_within(&world, 5 * SECOND, &(50..130));
            assert!(padded(&world) < 0.05, "{rate} from {initial}: {}", padded(&world));
            assert!(lost_sound(&world) < 0.02, "{rate} from {initial}: {}", lost_sound(&world));
        }
    }
}

#[test]
fn a_viewer_short_of_the_processor_is_not_a_narrow_way() {
    for seed in 1..=3 {
        let mut world = World::of(seed, Link::of(4_000_000), Media::Layers, 2_500_000, DESIRED);
        world.run(5 * SECOND);
        for _ in 0..20 {
            world.run(SECOND);
            world.senders[0].viewer.is_mute_until = world.now + 300_000;
        }
        assert_within(&world, 3 * SECOND, &(2_400..4_000));
        for _ in 0..6 {
            world.run(5 * SECOND);
            assert!(world.senders[0].congestion.estimate() >= 2_000_000);
            world.senders[0].viewer.is_stuck_until = world.now + 200_000;
            world.run(2 * SECOND);
            assert!(world.senders[0].congestion.estimate() >= 2_000_000);
        }
    }
}

#[test]
fn feedback_may_get_lost() {
    for media in [Media::Layers, Media::Elastic] {
        let mut world = World::of(1, Link::of(3_000_000), media, 1_000_000, DESIRED);
        world.senders[0].viewer.loses = 0.2;
        world.run(30 * SECOND);
        assert!(mean(&world.estimates(5 * SECOND)) > 2_000);
    }
}

#[test]
fn the_way_is_filled_only_as_far_as_it_carries() {
    for (sustained, shares) in [(700_000, 2.2..2.8), (2_200_000, 0.0..0.1)] {
        let media = Media::Constant(160_000);
        let mut world = World::of(1, Link::of(1_100_000), media, 300_000, DESIRED);
        world.senders[0].sustained = sustained;
        world.run(30 * SECOND);
        assert!(shares.contains(&padded(&world)), "{sustained}: {}", padded(&world));
        assert!(lost_sound(&world) < 0.001);
    }
}

/// A picture in which nothing moves takes little, and little says little of the way.
#[test]
fn a_way_that_becomes_longer_is_no_narrower_however_little_is_sent() {
    for (longer, loss) in [(25_000, 0.0), (60_000, 0.0), (60_000, 0.05), (150_000, 0.02)] {
        for (rate, seed) in [(30_000, 1), (60_000, 2), (60_000, 3), (225_000, 4), (1_660_000, 5)] {
            let media = Media::Constant(rate);
            let mut world = World::of(seed, Link::of(10_000_000), media, 2_500_000, DESIRED);
            world.run(10 * SECOND);
            (world.link.delay, world.link.loss) = (25_000 + longer, loss);
            world.run(30 * SECOND);
            let least = world.estimates(10 * SECOND).into_iter().min().unwrap();
            assert!(least >= 1_200, "{rate} over {longer} more, {loss}, seed {seed}: {least}");
        }
    }
}

#[test]
fn a_way_that_becomes_narrow_is_found_out_however_little_is_sent() {
    for (rate, narrow) in [(60_000, 80_000), (160_000, 150_000), (225_000, 100_000)] {
        for seed in 1..=4 {
            let media = Media::Constant(rate);
            let mut world = World::of(seed, Link::of(10_000_000), media, 2_500_000, DESIRED);
            world.run(10 * SECOND);
            world.link.rate = narrow;
            world.run(3 * SECOND);
            let found = mean(&world.estimates(12_500_000)) * 1_000;
            assert!(found < narrow * 11 / 10, "{rate} over {narrow}, seed {seed}: {found}");
        }
    }
}
