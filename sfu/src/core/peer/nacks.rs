//! Whether the client is asked for what got lost on its way to us (NACK, RFC 4585, 6.2.1). What it sends
//! again takes the room of something new: as on the ways to viewers, up to half of what comes at all. Where
//! more gets lost, more is sent than the way carries, and to ask for it all again, up to five times each,
//! keeps it so. Where packets wait for each other besides, that is plain from less, and what comes again
//! comes too late.

use std::time::Duration;

use crate::core::path::Ends;

/// Of what was sent, so much gets lost where half as much as comes would have to be sent again.
const TOO_MUCH: f32 = 1.0 / 3.0;
/// So much is, where the round trip is that much longer than it was at its best.
const WAITING: Duration = Duration::from_millis(300);
const TOO_MUCH_WAITING: f32 = 0.08;
/// In so many measurements on end: a second. In a shorter gap there is little to ask for.
const ENOUGH: u32 = 2;
/// The way is well again, which has to last for longer,
const LITTLE: f32 = 0.08;
/// so many measurements: who is asked again too soon is asked for all that was lost in between.
const LASTING: u32 = 6;

/// Fed with each measurement of the way from the client, twice a second. What it learnt is of one path.
#[derive(Debug, Default)]
pub(super) struct NackGate {
    path: Option<Ends>,
    is_closed: bool,
    /// Measurements on end that speak for the other.
    against: u32,
    least_round_trip: Option<Duration>,
}

impl NackGate {
    /// The share of packets that got lost since the last time. Whether to ask for what is missing.
    pub(super) fn note(
        &mut self,
        path: Option<Ends>,
        loss: f32,
        round_trip: Option<Duration>,
    ) -> bool {
        if self.path != path {
            *self = Self { path, ..Self::default() };
        }
        let is_waiting = round_trip.is_some_and(|trip| self.is_longer(trip));
        let (speaks_against, enough) = match self.is_closed {
            true => (loss < LITTLE, LASTING),
            false => (loss > if is_waiting { TOO_MUCH_WAITING } else { TOO_MUCH }, ENOUGH),
        };
        self.against = if speaks_against { self.against + 1 } else { 0 };
        if self.against >= enough {
            (self.is_closed, self.against) = (!self.is_closed, 0);
        }
        !self.is_closed
    }

    /// Than it is where nothing waits.
    fn is_longer(&mut self, round_trip: Duration) -> bool {
        let least = self.least_round_trip.get_or_insert(round_trip);
        *least = round_trip.min(*least);
        round_trip > *least + WAITING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(losses: &[f32]) -> Vec<bool> {
        let mut gate = NackGate::default();
        losses.iter().map(|loss| gate.note(None, *loss, None)).collect()
    }

    #[test]
    fn a_short_gap_and_a_way_that_always_loses_some_are_repaired() {
        assert_eq!(asked(&[0.9, 0.1, 0.8, 0.2, 0.2, 0.3, 0.3, 0.3]), [true; 8]);
    }

    #[test]
    fn what_is_lost_of_too_much_is_not_asked_for_until_the_way_has_been_well_for_a_while() {
        let full = asked(&[0.6, 0.5, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3]);
        assert_eq!(full, [true, false, false, false, false, false, false, false, false]);
        let well = asked(&[0.6, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.05]);
        assert_eq!(well.last(), Some(&true));
        assert_eq!(well[..7], full[..7]);
    }

    #[test]
    fn where_packets_wait_for_each_other_little_loss_says_as_much() {
        let millis = Duration::from_millis;
        let asked = |trips: [u64; 3]| {
            let mut gate = NackGate::default();
            trips.map(|trip| gate.note(None, 0.15, Some(millis(trip)))).to_vec()
        };
        assert_eq!(asked([40, 500, 900]), [true, true, false]);
        // A satellite is far away at all times.
        assert_eq!(asked([650, 700, 660]), [true; 3]);
    }

    #[test]
    fn another_path_has_nothing_to_do_with_what_was_learnt_of_the_former() {
        let ends = |port: u16| {
            let client = ([192, 0, 2, 1], port).into();
            Some(Ends { client, ours: ([198, 51, 100, 1], 4_000).into() })
        };
        let trip = |millis| Some(Duration::from_millis(millis));
        let mut gate = NackGate::default();
        gate.note(ends(1), 0.0, trip(20));
        gate.note(ends(1), 0.1, trip(500));
        assert!(!gate.note(ends(1), 0.1, trip(500)));
        // A radio link that is far away, and always loses something.
        for _ in 0..5 {
            assert!(gate.note(ends(2), 0.1, trip(500)));
        }
    }
}
