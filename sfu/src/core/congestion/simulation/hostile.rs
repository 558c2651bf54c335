//! Feedback that is made up.

use super::*;
use crate::core::congestion::TransportFeedback;

/// Sends as much for ten seconds, and tells what the client makes up each 50 ms.
fn estimate_of(rate: u64, mut tell: impl FnMut(u16, u64, &mut Chance) -> TransportFeedback) -> u64 {
    let mut world = World::new(1, Link::of(1));
    world.join(Media::Constant(0), 300_000, 10_000_000);
    let congestion = &mut world.senders[0].congestion;
    let mut sequence = 0;
    congestion.aim(0, 10_000_000);
    for milli in 0..10_000_u64 {
        let now = world.begin + Duration::from_millis(milli);
        if milli % 10 == 0 {
            sequence = congestion.send(now, (rate / 800) as usize);
        }
        while let Some(bytes) = congestion.padding(now, 1_200) {
            // Padding leaves, or does not.
            if bytes < 100 {
                break;
            }
            sequence = congestion.send(now, bytes);
        }
        if milli % 50 == 0 {
            congestion.hear(now, &tell(sequence, milli * 1_000, &mut world.chance));
        }
        let estimate = congestion.estimate();
        assert!((50_000..=20_000_000).contains(&estimate));
        assert!((0.0..=1.0).contains(&congestion.take_losses().share()));
        let _ = (congestion.deadline(), congestion.round_trip());
    }
    congestion.estimate()
}

#[test]
fn claims_of_what_was_never_sent_change_nothing() {
    let tell = |sequence: u16, _, _: &mut Chance| TransportFeedback {
        base: sequence.wrapping_add(1),
        count: 0,
        arrivals: vec![Some(0); 20_000],
    };
    assert_eq!(estimate_of(500_000, tell), 300_000);
}

#[test]
fn claims_that_all_arrived_at_once_tell_of_no_more_than_what_was_tried() {
    let tell = |sequence: u16, _, _: &mut Chance| TransportFeedback {
        base: sequence.wrapping_sub(30_000),
        count: 0,
        arrivals: vec![Some(7); 30_001],
    };
    assert!(estimate_of(500_000, tell) <= 10_000_000);
}

#[test]
fn noise_is_borne() {
    let tell = |sequence: u16, _, chance: &mut Chance| {
        let arrivals = (0..chance.between(0, 300)).map(|_| {
            let at = (chance.draw() - 0.5) * 2.0 * i64::MAX as f64;
            (chance.draw() < 0.7).then_some(at as i64)
        });
        let arrivals = arrivals.collect();
        let base = sequence.wrapping_sub(chance.between(0, 400) as u16);
        TransportFeedback { base, count: 0, arrivals }
    };
    estimate_of(2_000_000, tell);
}

#[test]
fn loss_of_everything_leaves_the_least() {
    let tell = |sequence: u16, _, _: &mut Chance| TransportFeedback {
        base: sequence.wrapping_sub(100),
        count: 0,
        arrivals: vec![None; 100],
    };
    assert!(estimate_of(2_000_000, tell) <= 300_000);
}
