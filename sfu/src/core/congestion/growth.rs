//! How delays grew: bit by bit, as before a place that is too narrow, or at once, as on a way that
//! has become longer. However little is sent, a route may change.

use std::collections::VecDeque;
use std::ops::Range;

use super::arrival_groups::Step;

/// What is looked at, in microseconds, and in number.
const SPAN: i64 = 1_000_000;
const MOST: usize = 64;
/// So many delays after a leap, over so long, tell whether it was all.
const FEWEST: usize = 5;
const LEAST: i64 = 80_000;
/// It was, when nothing came of it for so long.
const LASTING: i64 = 300_000;
/// What grows by less than this does not grow,
const LITTLE: i64 = 6_000;
/// nor what grows by less than so many percent of the leap before it.
const SHARE: i64 = 30;

#[derive(Debug, Default)]
pub(super) struct Growth {
    /// When, and how long.
    delays: VecDeque<(i64, i64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// It is too early to tell.
    Unclear,
    Gradual,
    /// After a leap of so many microseconds.
    Level(i64),
}

impl Growth {
    pub(super) fn add(&mut self, step: &Step) {
        let is_old = |(at, _): &(i64, i64)| step.arrived_at - at > SPAN;
        while self.delays.len() >= MOST || self.delays.front().is_some_and(is_old) {
            self.delays.pop_front();
        }
        self.delays.push_back((step.arrived_at, step.delay));
    }

    /// Whether delays grew before or after the largest leap among them, or it was all.
    pub(super) fn shape(&self) -> Shape {
        let pairs = self.delays.iter().zip(self.delays.iter().skip(1));
        let leaps = pairs.zip(1..).map(|(((_, before), (_, after)), at)| (after - before, at));
        let Some((leap, from)) = leaps.max_by_key(|(leap, at)| (*leap, usize::MAX - at)) else {
            return Shape::Unclear;
        };
        let much = LITTLE.max(leap * SHARE / 100);
        let [before, after] = [self.grown(0..from), self.grown(from..self.delays.len())];
        match (before, after) {
            (Some(grown), _) | (_, Some(grown)) if grown > much => Shape::Gradual,
            (_, Some(_)) if self.lasted(from) >= LASTING => Shape::Level(leap),
            _ => Shape::Unclear,
        }
    }

    fn lasted(&self, from: usize) -> i64 {
        let at = |delay: Option<&(i64, i64)>| delay.map_or(0, |(at, _)| *at);
        at(self.delays.back()) - at(self.delays.get(from))
    }

    /// By how much delays grew there; `None` when it is too little to tell.
    fn grown(&self, part: Range<usize>) -> Option<i64> {
        let part = || self.delays.range(part.clone());
        let (first, last) = (part().next()?, part().next_back()?);
        if part().len() < FEWEST || last.0 - first.0 < LEAST {
            return None;
        }
        let third = part().len() / 3;
        let sum = |delays: &mut dyn Iterator<Item = &(i64, i64)>| {
            delays.take(third).map(|(_, delay)| delay).sum::<i64>()
        };
        Some((sum(&mut part().rev()) - sum(&mut part())) / third as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(delays: impl IntoIterator<Item = i64>) -> Shape {
        let mut growth = Growth::default();
        for (at, delay) in delays.into_iter().enumerate() {
            let (arrived_at, delay) = (at as i64 * 20_000, delay * 1_000);
            growth.add(&Step { sent: 20_000, arrived_at, delay });
        }
        growth.shape()
    }

    #[test]
    fn a_leap_that_was_all_is_told_from_growth_that_goes_on() {
        assert_eq!(shape((0..20).map(|at| 30 + at * 2)), Shape::Gradual);
        let level = |count| [30, 31, 30].into_iter().chain([90, 91, 90, 92].repeat(count));
        assert_eq!((shape(level(2)), shape(level(5))), (Shape::Unclear, Shape::Level(60_000)));
        assert_eq!(shape([30, 31, 30, 90, 120, 150, 180, 210]), Shape::Gradual);
        assert_eq!(shape([30, 31, 30, 90, 91]), Shape::Unclear);
        assert_eq!(shape([]), Shape::Unclear);
    }
}
