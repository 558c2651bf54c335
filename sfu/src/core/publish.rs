//! What a publisher is told to send: at once when more is needed, and only after a while when
//! less, so that somebody who scrolls past does not stop and start cameras.

use std::time::{Duration, Instant};

/// Need has to be gone for so long.
const PATIENCE: Duration = Duration::from_secs(2);

/// A layer that was asked for and does not come within this time counts as refused,
const GRACE: Duration = Duration::from_secs(4);
/// for so long.
const REFUSAL: Duration = Duration::from_secs(30);

/// What anybody needs of a participant's video.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Need {
    /// By layer, lowest first.
    pub(crate) camera: Vec<bool>,
    pub(crate) screen: bool,
    pub(crate) is_subject: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Publishing {
    told: Option<Need>,
    less_since: Option<Instant>,
    /// Whether anything of the camera comes.
    is_on: bool,
    /// When each layer of the camera was asked for, while it is.
    asked: Vec<Option<Instant>>,
    screen_asked: Option<Instant>,
    /// Until when each layer of the camera counts as refused.
    refused: Vec<Option<Instant>>,
}

impl Publishing {
    /// The transport is another: it has to be told anew.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Takes what is needed now. `Some` when the publisher is to be told something else.
    pub(crate) fn update(&mut self, now: Instant, need: Need) -> Option<Need> {
        let told = self.told.as_ref();
        let is_same = told == Some(&need);
        let next = match told {
            None => need,
            Some(_) if is_same => {
                self.less_since = None;
                return None;
            }
            Some(told) => {
                let union = told.union(&need);
                if union != *told {
                    self.less_since = None;
                    union
                } else if now.saturating_duration_since(*self.less_since.get_or_insert(now))
                    >= PATIENCE
                {
                    self.less_since = None;
                    need
                } else {
                    return None;
                }
            }
        };
        self.note(now, &next);
        self.told = Some(next.clone());
        Some(next)
    }

    /// Notices layers that were asked for and are not sent. Once any is sent after none was, the
    /// camera was only off, and all may come.
    pub(crate) fn notice_refusals(&mut self, now: Instant, is_live: impl Fn(usize) -> bool) {
        let count = self.asked.len();
        let is_on = (0..count).any(&is_live);
        if is_on && !std::mem::replace(&mut self.is_on, is_on) {
            self.refused.fill(None);
            self.asked.iter_mut().flatten().for_each(|asked| *asked = now);
        }
        self.is_on = is_on;
        self.refused.resize(count, None);
        for layer in 0..count {
            let is_late = self.asked[layer]
                .is_some_and(|asked| now.saturating_duration_since(asked) >= GRACE);
            if is_late && !is_live(layer) {
                self.refused[layer] = Some(now + REFUSAL);
            }
        }
    }

    /// A layer that came has stopped, while `below` goes on. What lies between is not to be hoped for
    /// either: should it come, it is taken up with the packet that it begins with.
    pub(crate) fn miss(&mut self, now: Instant, below: usize, layer: usize) {
        let is_asked = self.asked.get(layer).is_some_and(Option::is_some);
        if let Some(refused) = self.refused.get_mut(below + 1..=layer).filter(|_| is_asked) {
            refused.fill(Some(now + REFUSAL));
        }
    }

    pub(crate) fn is_refused(&self, now: Instant, layer: usize) -> bool {
        self.refused.get(layer).copied().flatten().is_some_and(|until| now < until)
    }

    /// For how long the publisher has known that its screen is wanted.
    pub(crate) fn screen_for(&self, now: Instant) -> Option<Duration> {
        self.screen_asked.map(|since| now.saturating_duration_since(since))
    }

    fn note(&mut self, now: Instant, next: &Need) {
        self.asked.resize(next.camera.len(), None);
        for (asked, is_needed) in self.asked.iter_mut().zip(&next.camera) {
            *asked = is_needed.then(|| asked.unwrap_or(now));
        }
        self.screen_asked = next.screen.then(|| self.screen_asked.unwrap_or(now));
    }
}

impl Need {
    fn union(&self, other: &Self) -> Self {
        let needs = |need: &Self, layer: usize| need.camera.get(layer).copied().unwrap_or_default();
        let layers = other.camera.len();
        Self {
            camera: (0..layers).map(|layer| needs(self, layer) || needs(other, layer)).collect(),
            screen: self.screen || other.screen,
            // A role, not a need: told at once either way.
            is_subject: other.is_subject,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    fn need(camera: &[bool]) -> Need {
        Need { camera: camera.to_vec(), ..Need::default() }
    }

    #[test]
    fn more_is_told_at_once_and_less_after_a_while() {
        let now = begin();
        let mut publishing = Publishing::default();
        let [low, both, high] = [[true, false], [true, true], [false, true]].map(|n| need(&n));
        assert_eq!(publishing.update(now, low.clone()), Some(low.clone()));
        assert_eq!(publishing.update(now, low), None);
        assert_eq!(publishing.update(now, high.clone()), Some(both));
        assert_eq!(publishing.update(now, high.clone()), None);
        assert_eq!(publishing.update(now + PATIENCE, high.clone()), Some(high));
    }

    #[test]
    fn what_does_not_come_is_not_counted_on_until_the_camera_is_on_again() {
        let now = begin();
        let mut publishing = Publishing::default();
        publishing.update(now, need(&[true, true]));
        publishing.notice_refusals(now + GRACE, |layer| layer == 0);
        assert!(!publishing.is_refused(now + GRACE, 0) && !publishing.is_refused(now + GRACE, 1));
        publishing.notice_refusals(now + GRACE * 2, |layer| layer == 0);
        assert!(!publishing.is_refused(now + GRACE * 2, 0));
        assert!(publishing.is_refused(now + GRACE * 2, 1));
        publishing.notice_refusals(now + GRACE * 3, |_| false);
        publishing.notice_refusals(now + GRACE * 4, |layer| layer == 0);
        assert!(!publishing.is_refused(now + GRACE * 4, 1));
    }
}
