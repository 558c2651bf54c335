//! Keeps the choice of layers from following every breath of the estimate: a switch costs a key
//! frame, and a picture that keeps changing its sharpness is worse to look at than either.

use std::time::{Duration, Instant};

use super::{Demand, allocate};

/// The budget has to fall short for so long, unless it falls far short.
const SHORTAGE: Duration = Duration::from_millis(400);
/// Far: below this many tenths of what is sent.
const GRAVE: u64 = 7;
/// After a fall nothing rises for so long.
const FIRST_PATIENCE: Duration = Duration::from_secs(3);
/// After a rise that had to be taken back it is so many times longer, up to the longest.
const PATIENCE_GROWTH: u32 = 5;
const LONGEST_PATIENCE: Duration = Duration::from_secs(75);
/// A fall within this time after a rise says that the rise was a mistake.
const TRIAL: Duration = Duration::from_secs(20);

/// Soon.
const FORESIGHT: Duration = Duration::from_secs(2);

/// One per viewer.
#[derive(Debug, Default)]
pub(crate) struct Steady {
    short_since: Option<Instant>,
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
        demands: &[Demand],
    ) -> Vec<Option<u8>> {
        let wanted = allocate(budget, demands);
        let falls = demands.iter().zip(&wanted).any(|(demand, wanted)| demand.falls_to(*wanted));
        if !falls {
            self.short_since = None;
        } else if self.is_patient_with_shortage(now, budget, demands) {
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
        if self.fell.is_some_and(|fell| now.saturating_duration_since(fell) < self.patience) {
            let held: Vec<_> = demands.iter().map(Demand::held).collect();
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

    fn is_patient_with_shortage(&mut self, now: Instant, budget: u64, demands: &[Demand]) -> bool {
        let sent: u64 = demands
            .iter()
            .filter_map(|demand| demand.present.and_then(|present| demand.rate(present)))
            .sum();
        let since = *self.short_since.get_or_insert(now);
        budget * 10 >= sent * GRAVE && now.saturating_duration_since(since) < SHORTAGE
    }

    fn fall(&mut self, now: Instant) {
        let since = |then: Option<Instant>| then.map(|then| now.saturating_duration_since(then));
        let was_mistaken = since(self.rose).is_some_and(|since| since < TRIAL);
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
    fn held(&self) -> Self {
        let may = |layer: usize| match self.present {
            Some(present) => layer <= usize::from(present) || !self.has_up_to(present),
            None => !self.is_dropped,
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
