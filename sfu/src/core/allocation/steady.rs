//! Keeps the choice of layers from following every breath of the estimate: a switch costs a key
//! frame, and a picture that keeps changing its sharpness is worse to look at than either.

use std::time::{Duration, Instant};

use super::{Demand, Way, allocate};

/// The budget has to fall short for so long, unless it falls far short.
const SHORTAGE: Duration = Duration::from_millis(400);
/// Far: below this many tenths of what is sent.
const GRAVE: u64 = 7;
/// While nothing queues and sound is well, the estimate only guesses, and is given more time.
const CALM_SHORTAGE: Duration = Duration::from_secs(3);
const CALM_GRAVE: u64 = 4;
/// What matters most does not go dark before it has been short for so long,
const DARKENING: Duration = Duration::from_secs(4);
/// or, where hardly any sound is left, for so long,
const FAILING_DARKENING: Duration = Duration::from_secs(1);
/// unless what is needed is more than so many times the budget and a little.
const MOST_OVERDRAFT: u64 = 2;
const SMALL: u64 = 200_000;
/// After a fall nothing rises for so long.
const FIRST_PATIENCE: Duration = Duration::from_secs(3);
/// After a rise that had to be taken back it is so many times longer, up to the longest.
const PATIENCE_GROWTH: u32 = 5;
const LONGEST_PATIENCE: Duration = Duration::from_secs(75);
/// On a way that loses much by itself nothing rises for so long after any change.
const ROUGH_PATIENCE: Duration = Duration::from_secs(120);
/// But what is dark may be lit again, dimly, after so long.
const LONGEST_DARKNESS: Duration = Duration::from_secs(6);
/// A fall within this time after a rise says that the rise was a mistake.
const TRIAL: Duration = Duration::from_secs(20);
/// What may rise within so long is worth looking for bandwidth for.
const FORESIGHT: Duration = Duration::from_secs(2);

/// One per viewer.
#[derive(Debug, Default)]
pub(crate) struct Steady {
    short_since: Option<Instant>,
    /// Since when something would have gone dark.
    dark_since: Option<Instant>,
    rose: Option<Instant>,
    fell: Option<Instant>,
    patience: Duration,
}

impl Steady {
    /// Which layer to send of each.
    pub(crate) fn decide(
        &mut self,
        now: Instant,
        budget: u64,
        way: Way,
        demands: &[Demand],
    ) -> Vec<Option<u8>> {
        let wanted = allocate(budget, demands);
        let wanted = self.without_haste(now, budget, way, demands, wanted);
        let falls = demands.iter().zip(&wanted).any(|(demand, wanted)| demand.falls_to(*wanted));
        if !falls {
            self.short_since = None;
        } else if self.is_patient_with_shortage(now, budget, way, demands) {
            return demands
                .iter()
                .zip(wanted)
                .map(|(demand, wanted)| demand.keep(wanted))
                .collect();
        } else {
            self.fall(now);
        }
        let rises = |wanted: &[Option<u8>]| {
            demands.iter().zip(wanted).any(|(demand, wanted)| demand.rises_to(*wanted))
        };
        if !rises(&wanted) {
            return wanted;
        }
        let since = self.fell.map(|fell| now.saturating_duration_since(fell));
        let changed = self.fell.max(self.rose).filter(|_| way.is_rough);
        let is_rough =
            changed.is_some_and(|then| now.saturating_duration_since(then) < ROUGH_PATIENCE);
        if is_rough || since.is_some_and(|since| since < self.patience) {
            let stays_dark = since.is_some_and(|since| since < LONGEST_DARKNESS);
            let held: Vec<_> = demands.iter().map(|demand| demand.held(stays_dark)).collect();
            return allocate(budget, &held);
        }
        self.rose = Some(now);
        wanted
    }

    /// Whether something may rise soon, so that it is worth knowing whether it would fit.
    pub(crate) fn may_rise_soon(&self, now: Instant) -> bool {
        let fell = self.fell.map(|fell| now.saturating_duration_since(fell));
        fell.is_none_or(|since| since + FORESIGHT >= self.patience)
    }

    /// Leaves the lowest layers of all that would go dark as long as sound does not suffer from it:
    /// while a queue drains, or a machine is short of CPU, the estimate is of less than the way
    /// carries. Where sound does suffer, that of what matters most is left for a while.
    fn without_haste(
        &mut self,
        now: Instant,
        budget: u64,
        way: Way,
        demands: &[Demand],
        mut wanted: Vec<Option<u8>>,
    ) -> Vec<Option<u8>> {
        let darkens = |index: &usize| {
            let demand = &demands[*index];
            wanted[*index].is_none() && demand.present.is_some() && demand.above(None).is_some()
        };
        let dark: Vec<usize> = (0..demands.len()).filter(darkens).collect();
        if !way.is_overrun {
            self.dark_since = None;
            for index in dark {
                wanted[index] = demands[index].above(None);
            }
            return wanted;
        }
        let first = dark.into_iter().min_by_key(|index| demands[*index].rank);
        let Some(first) = first.filter(|_| wanted.iter().all(Option::is_none)) else {
            self.dark_since = None;
            return wanted;
        };
        let lowest = demands[first].above(None);
        let rate = lowest.and_then(|layer| demands[first].rate(layer)).unwrap_or(0);
        let since = *self.dark_since.get_or_insert(now);
        let is_small = rate <= budget.saturating_mul(MOST_OVERDRAFT) + SMALL;
        let patience = if way.is_failing { FAILING_DARKENING } else { DARKENING };
        if is_small && now.saturating_duration_since(since) < patience {
            wanted[first] = lowest;
        }
        wanted
    }

    fn is_patient_with_shortage(
        &mut self,
        now: Instant,
        budget: u64,
        way: Way,
        demands: &[Demand],
    ) -> bool {
        let sent: u64 = demands
            .iter()
            .filter_map(|demand| demand.present.and_then(|present| demand.rate(present)))
            .sum();
        let since = *self.short_since.get_or_insert(now);
        let (grave, shortage) = match way.is_crowded || way.is_overrun {
            true => (GRAVE, SHORTAGE),
            false => (CALM_GRAVE, CALM_SHORTAGE),
        };
        budget * 10 >= sent * grave && now.saturating_duration_since(since) < shortage
    }

    fn fall(&mut self, now: Instant) {
        let since = |then: Option<Instant>| then.map(|then| now.saturating_duration_since(then));
        let was_mistaken = since(self.rose.take()).is_some_and(|since| since < TRIAL);
        let is_same_fall = since(self.fell).is_some_and(|since| since < FIRST_PATIENCE);
        self.patience = match (was_mistaken, is_same_fall) {
            (_, true) => self.patience,
            (true, _) => {
                (self.patience.max(FIRST_PATIENCE) * PATIENCE_GROWTH).min(LONGEST_PATIENCE)
            }
            (false, _) => FIRST_PATIENCE,
        };
        (self.fell, self.short_since) = (Some(now), None);
    }
}

impl Demand {
    /// Whether that would be less than now, though the viewer shows as much.
    fn falls_to(&self, wanted: Option<u8>) -> bool {
        let kept = self.present.filter(|present| self.rate(*present).is_some());
        kept.is_some_and(|present| wanted.is_none_or(|wanted| wanted < present))
    }

    fn rises_to(&self, wanted: Option<u8>) -> bool {
        match self.present {
            Some(present) => wanted.is_some_and(|wanted| wanted > present),
            None => wanted.is_some() && self.is_dropped,
        }
    }

    fn keep(&self, wanted: Option<u8>) -> Option<u8> {
        self.present.filter(|present| self.rate(*present).is_some()).or(wanted)
    }

    /// The same, without anything better than now.
    fn held(&self, stays_dark: bool) -> Self {
        let may = |layer: usize| match self.present {
            Some(present) => layer <= usize::from(present) || !self.has_up_to(present),
            None if stays_dark => !self.is_dropped,
            None => !self.is_dropped || self.above(None) == Some(layer as u8),
        };
        let mut held = *self;
        for (layer, rate) in held.rates.iter_mut().enumerate() {
            rate.take_if(|_| !may(layer));
        }
        held
    }

    /// Whether any layer up to this one can be had.
    fn has_up_to(&self, layer: u8) -> bool {
        self.rates.iter().take(usize::from(layer) + 1).any(Option::is_some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::allocation::Rank;
    use crate::core::testing::begin;

    #[test]
    fn nobody_goes_dark_while_sound_is_well_and_only_who_matters_most_is_left_when_it_is_not() {
        let now = begin();
        let demand = |rank| Demand {
            rank,
            is_pinned: false,
            rates: [Some(150_000), Some(500_000), None],
            present: Some(1),
            is_dropped: false,
        };
        let demands = [Rank::Other, Rank::ActiveSpeaker, Rank::Other].map(demand);
        let mut steady = Steady::default();
        let mut without_haste = |millis, budget, way| {
            let wanted = allocate(budget, &demands);
            steady.without_haste(now + Duration::from_millis(millis), budget, way, &demands, wanted)
        };
        let well = Way::default();
        let overrun = Way { is_overrun: true, ..well };
        let failing = Way { is_failing: true, ..overrun };
        assert_eq!(without_haste(0, 200_000, well), [Some(0); 3]);
        assert_eq!(without_haste(0, 100_000, well), [Some(0); 3]);
        let only_who_matters_most = [None, Some(0), None];
        assert_eq!(without_haste(0, 100_000, overrun), only_who_matters_most);
        assert_eq!(without_haste(900, 100_000, failing), only_who_matters_most);
        assert_eq!(without_haste(1_000, 100_000, failing), [None; 3]);
        assert_eq!(without_haste(3_900, 100_000, overrun), only_who_matters_most);
        assert_eq!(without_haste(4_000, 100_000, overrun), [None; 3]);
    }
}
