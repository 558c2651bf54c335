//! What the delays of datagrams tell: whether the way is fuller than it can be.

use super::arrival_groups::{ArrivalGroups, Step};
use super::growth::{Growth, Shape};
use super::history::Arrival;
use super::overuse::{Detector, Usage};
use super::queue::Queue;
use super::trendline::Trendline;

/// A way that has become longer did so with a leap of at least so many percent of it.
const MOST_OF_IT: i64 = 60;

#[derive(Debug, Default)]
pub(super) struct Delays {
    groups: ArrivalGroups,
    trendline: Trendline,
    detector: Detector,
    queue: Queue,
    growth: Growth,
    usage: Usage,
}

impl Delays {
    pub(super) fn hear(&mut self, arrival: &Arrival) {
        self.queue.note(arrival.arrived, arrival.arrived - arrival.sent);
        if let Some(step) = self.groups.add(arrival) {
            self.take(&step);
        }
    }

    /// What was found since last asked. Delays that grow are only taken for a queue's when they are
    /// more than jitter explains, and go on growing.
    pub(super) fn usage(&mut self) -> Usage {
        match std::mem::take(&mut self.usage) {
            Usage::Over if !self.is_queue_growing() => Usage::Normal,
            usage => usage,
        }
    }

    pub(super) fn is_queue_growing(&self) -> bool {
        self.is_queue_standing() && self.growth.shape() == Shape::Gradual
    }

    /// Whether what looks like a queue came at once, and is the way itself.
    pub(super) fn is_longer(&self) -> bool {
        let Shape::Level(leap) = self.growth.shape() else { return false };
        self.is_queue_standing() && leap * 100 > self.queue.excess() * MOST_OF_IT
    }

    pub(super) fn is_queue_standing(&self) -> bool {
        self.queue.is_standing()
    }

    /// How long datagrams wait beyond what jitter explains, in microseconds.
    pub(super) fn queue(&self) -> i64 {
        self.queue.excess() - self.queue.jitter()
    }

    /// The way has become longer: what is known of the former says nothing.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// How much delays usually vary, in microseconds.
    pub(super) fn jitter(&self) -> i64 {
        self.queue.jitter()
    }

    fn take(&mut self, step: &Step) {
        self.queue.add(step);
        self.growth.add(step);
        let slope = self.trendline.add(step);
        let count = self.trendline.count();
        let usage = self.detector.detect(step.arrived_at, slope, count, step.sent);
        // Overuse at any time since last asked counts.
        if self.usage != Usage::Over {
            self.usage = usage;
        }
    }
}
