//! Whether more is sent than the way carries, from how delays grow (section 4.3 and 4.4 of
//! draft-ietf-rmcat-gcc-02): growth beyond a threshold that follows how much delays usually vary.

const GAIN: f64 = 4.0;
/// A line through few delays counts for less.
const MOST_COUNTED: usize = 60;
const FIRST_THRESHOLD: f64 = 12.5;
const THRESHOLDS: (f64, f64) = (6.0, 600.0);
/// How fast the threshold follows, in each millisecond, upwards and downwards.
const UP: f64 = 0.0087;
const DOWN: f64 = 0.039;
/// A leap is not what it should follow.
const LEAP: f64 = 15.0;
/// Growth has to last for so many milliseconds.
const LASTING: f64 = 10.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Usage {
    #[default]
    Normal,
    /// The queue grows.
    Over,
    /// The queue empties.
    Under,
}

#[derive(Debug)]
pub(super) struct Detector {
    threshold: f64,
    last: f64,
    lasted: f64,
    is_repeated: bool,
    updated: Option<i64>,
}

impl Default for Detector {
    fn default() -> Self {
        let threshold = FIRST_THRESHOLD;
        Self { threshold, last: 0.0, lasted: 0.0, is_repeated: false, updated: None }
    }
}

impl Detector {
    /// Takes the slope of delays after so many of them; `sent`: how much later than the last this
    /// one left, in microseconds.
    pub(super) fn detect(&mut self, now: i64, slope: f64, count: usize, sent: i64) -> Usage {
        if count < 2 {
            return Usage::Normal;
        }
        let growth = slope * count.min(MOST_COUNTED) as f64 * GAIN;
        let mut usage = Usage::Normal;
        if growth > self.threshold {
            self.lasted += sent as f64 / 1_000.0;
            if self.lasted > LASTING && self.is_repeated && slope >= self.last {
                usage = Usage::Over;
            }
            self.is_repeated = true;
        } else {
            (self.lasted, self.is_repeated) = (0.0, false);
            if growth < -self.threshold {
                usage = Usage::Under;
            }
        }
        self.last = slope;
        self.follow(now, growth.abs());
        usage
    }

    fn follow(&mut self, now: i64, growth: f64) {
        let last = self.updated.replace(now).unwrap_or(now);
        if growth > self.threshold + LEAP {
            return;
        }
        let speed = if growth < self.threshold { DOWN } else { UP };
        let passed = ((now - last) as f64 / 1_000.0).clamp(0.0, 100.0);
        let (least, most) = THRESHOLDS;
        self.threshold += speed * (growth - self.threshold) * passed;
        self.threshold = self.threshold.clamp(least, most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_that_lasts_is_overuse_and_what_is_usual_is_not() {
        let mut detector = Detector::default();
        let mut usages = (0..20).map(|at| detector.detect(at * 20_000, 0.1, 60, 20_000));
        assert_eq!(usages.next(), Some(Usage::Normal));
        assert!(usages.all(|usage| usage == Usage::Over));
        assert_eq!(detector.detect(400_000, 0.09, 60, 20_000), Usage::Normal);
        assert_eq!(detector.detect(400_000, -0.5, 60, 20_000), Usage::Under);
    }
}
