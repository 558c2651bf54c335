//! Whether delays grow: the slope of a line through the last of them (section 4 of
//! draft-ietf-rmcat-gcc-02, with a least-squares line in the place of its Kalman filter, as
//! browsers have it).

use super::arrival_groups::Step;

const POINTS: usize = 20;
/// Fewer make no line.
const FEWEST: usize = 8;
/// How much of what was before stays with each delay.
const SMOOTHING: f64 = 0.9;

#[derive(Debug, Default)]
pub(super) struct Trendline {
    /// When, and how late, in milliseconds.
    points: [(f64, f64); POINTS],
    count: usize,
    smoothed: f64,
    /// To have small numbers.
    origin: Option<(i64, i64)>,
}

impl Trendline {
    /// Takes a delay; how many milliseconds delays grow with each millisecond.
    pub(super) fn add(&mut self, step: &Step) -> f64 {
        let (at, delay) = *self.origin.get_or_insert((step.arrived_at, step.delay));
        let delay = (step.delay - delay) as f64 / 1_000.0;
        self.smoothed = SMOOTHING * self.smoothed + (1.0 - SMOOTHING) * delay;
        let at = (step.arrived_at - at) as f64 / 1_000.0;
        self.points[self.count % POINTS] = (at, self.smoothed);
        self.count += 1;
        self.slope()
    }

    /// How many delays it has seen.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    fn slope(&self) -> f64 {
        let points = &self.points[..self.count.min(POINTS)];
        if points.len() < FEWEST {
            return 0.0;
        }
        let count = points.len() as f64;
        let sum = points.iter().fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
        let mean = (sum.0 / count, sum.1 / count);
        let (mut shared, mut own) = (0.0, 0.0);
        for (at, delay) in points {
            shared += (at - mean.0) * (delay - mean.1);
            own += (at - mean.0) * (at - mean.0);
        }
        if own > 0.0 { shared / own } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_how_delays_grow() {
        let mut line = Trendline::default();
        let mut add = |at: i64, delay: i64| line.add(&Step { sent: 0, arrived_at: at, delay });
        let level = (0..50).map(|at| add(at * 10_000, 7_000)).last().unwrap();
        assert!(level.abs() < 1e-9);
        let growing = (50..150).map(|at| add(at * 10_000, 7_000 + (at - 50) * 2_000)).last();
        assert!((growing.unwrap() - 0.2).abs() < 0.01);
    }
}
