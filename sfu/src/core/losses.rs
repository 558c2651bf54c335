//! How many packets arrived and got lost, and how much of that is chance.

use std::collections::VecDeque;

/// Of packets whose fate is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Losses {
    pub(crate) arrived: u32,
    pub(crate) lost: u32,
    /// Of those that got lost, sent right after another that did.
    pub(crate) in_a_row: u32,
    /// Of those that got lost, while nothing at all arrived for long: the way was cut.
    pub(crate) while_cut: u32,
}

/// By chance so many times the root of what is expected get lost in addition, and one.
const CHANCE: f32 = 2.0;
/// Of fewer packets the share that got lost swings too widely to say anything,
const ENOUGH: u32 = 100;
/// and so many measurements are put together at most.
const MOST: usize = 4;

impl Losses {
    pub(crate) fn add(&mut self, more: Self) {
        self.arrived = self.arrived.saturating_add(more.arrived);
        self.lost = self.lost.saturating_add(more.lost);
        self.in_a_row = self.in_a_row.saturating_add(more.in_a_row);
        self.while_cut = self.while_cut.saturating_add(more.while_cut);
    }

    /// Without what got lost while the way was cut, which says nothing of how much it carries.
    pub(crate) fn without_cuts(self) -> Self {
        Self {
            lost: self.lost.saturating_sub(self.while_cut),
            in_a_row: self.in_a_row.saturating_sub(self.while_cut),
            while_cut: 0,
            ..self
        }
    }

    /// As much of it as makes what comes next count for more.
    pub(crate) fn halved(self) -> Self {
        Self {
            arrived: self.arrived / 2,
            lost: self.lost / 2,
            in_a_row: self.in_a_row / 2,
            while_cut: self.while_cut / 2,
        }
    }

    pub(crate) fn known(self) -> u32 {
        self.arrived.saturating_add(self.lost)
    }

    /// From 0 to 1; 0 when nothing is known.
    pub(crate) fn share(self) -> f32 {
        self.lost as f32 / self.known().max(1) as f32
    }

    /// Whether more than this share gets lost, and that not by chance.
    pub(crate) fn exceed(self, share: f32) -> bool {
        let expected = self.known() as f32 * share;
        self.lost as f32 > expected + CHANCE * expected.sqrt() + 1.0
    }
}

/// The last few measurements.
#[derive(Debug, Default)]
pub(crate) struct RecentLosses {
    measured: VecDeque<Losses>,
}

impl RecentLosses {
    pub(crate) fn note(&mut self, losses: Losses) {
        self.measured.truncate(MOST - 1);
        self.measured.push_front(losses);
    }

    /// The newest of them, as many as it takes to say something.
    pub(crate) fn lately(&self) -> Losses {
        let mut lately = Losses::default();
        for measured in &self.measured {
            lately.add(*measured);
            if lately.known() >= ENOUGH {
                break;
            }
        }
        lately
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(known: u32, lost: u32) -> Losses {
        Losses { arrived: known - lost, lost, ..Losses::default() }
    }

    #[test]
    fn a_few_lost_of_a_few_are_chance_and_as_many_of_many_are_not() {
        assert!(!of(20, 3).exceed(0.05) && !of(100, 9).exceed(0.05));
        assert!(of(20, 5).exceed(0.05) && of(100, 12).exceed(0.05) && of(1_000, 70).exceed(0.05));
        assert!(!Losses::default().exceed(0.0));
    }

    #[test]
    fn as_many_measurements_count_as_it_takes() {
        let mut recent = RecentLosses::default();
        for lost in [20, 0, 4, 2, 1] {
            recent.note(of(20, lost));
        }
        assert_eq!(recent.lately(), of(80, 7));
        recent.note(of(90, 9));
        assert_eq!(recent.lately(), of(110, 10));
        recent.note(of(200, 2));
        assert_eq!(recent.lately(), of(200, 2));
    }
}
