//! Whether the client is asked for what got lost on its way to us. What it sends again takes the room of
//! something new: as on the ways to viewers, up to half of what comes at all. Where more gets lost, more is
//! sent than the way carries, and to ask for it all again, up to five times each, keeps it so. Where packets
//! wait for each other besides, that is plain from less, and what comes again comes too late.

use std::time::Duration;

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

/// Fed with each measurement of the way from the client, twice a second.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    is_paused: bool,
    /// Measurements on end that speak for the other.
    against: u32,
    least_round_trip: Option<Duration>,
}

impl Repairs {
    /// The share of packets that got lost since the last time. Whether to ask for what is missing.
    pub(super) fn note(&mut self, loss: f32, round_trip: Option<Duration>) -> bool {
        let is_waiting = self.is_waiting(round_trip);
        let (speaks_against, enough) = match self.is_paused {
            true => (loss < LITTLE, LASTING),
            false => (loss > if is_waiting { TOO_MUCH_WAITING } else { TOO_MUCH }, ENOUGH),
        };
        self.against = if speaks_against { self.against + 1 } else { 0 };
        if self.against >= enough {
            (self.is_paused, self.against) = (!self.is_paused, 0);
        }
        !self.is_paused
    }

    fn is_waiting(&mut self, round_trip: Option<Duration>) -> bool {
        let Some(trip) = round_trip else { return false };
        let least = self.least_round_trip.map_or(trip, |least| least.min(trip));
        self.least_round_trip = Some(least);
        trip > least + WAITING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(losses: &[f32]) -> Vec<bool> {
        let mut repairs = Repairs::default();
        losses.iter().map(|loss| repairs.note(*loss, None)).collect()
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
            let mut repairs = Repairs::default();
            trips.map(|trip| repairs.note(0.15, Some(millis(trip)))).to_vec()
        };
        assert_eq!(asked([40, 500, 900]), [true, true, false]);
        // A satellite is far away at all times.
        assert_eq!(asked([650, 700, 660]), [true; 3]);
    }
}
