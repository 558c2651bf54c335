//! Whole ways in virtual time, from seeds: a link with a queue, jitter and loss, the feedback of
//! its viewer, and media like a call's.

mod hostile;
mod link;
mod sender;
mod ways;

use std::time::{Duration, Instant};

use self::link::{Chance, Link};
use self::sender::{Media, Sender};
use crate::core::testing::begin;

const SECOND: u64 = 1_000_000;

/// A link and who sends over it. Times are in microseconds.
struct World {
    begin: Instant,
    now: u64,
    link: Link,
    chance: Chance,
    senders: Vec<Sender>,
}

impl World {
    fn new(seed: u64, link: Link) -> Self {
        Self { begin: begin(), now: 0, link, chance: Chance(seed), senders: Vec::new() }
    }

    /// With one who sends.
    fn of(seed: u64, link: Link, media: Media, initial: u64, desired: u64) -> Self {
        let mut world = Self::new(seed, link);
        world.join(media, initial, desired);
        world
    }

    fn join(&mut self, media: Media, initial: u64, desired: u64) {
        self.senders.push(Sender::new(self.now, media, initial, desired));
    }

    /// Goes on for so many microseconds.
    fn run(&mut self, passes: u64) {
        for _ in 0..passes / 1_000 {
            self.now += 1_000;
            let now = self.begin + Duration::from_micros(self.now);
            for sender in &mut self.senders {
                sender.step(self.now, now, &mut self.link, &mut self.chance);
            }
        }
    }

    /// Estimates of the first since then, in kbit/s.
    fn estimates(&self, since: u64) -> Vec<u64> {
        self.senders[0].estimates(since)
    }

    /// Share of the time since then in which its estimate was at least so much, in kbit/s.
    fn share_at_least(&self, since: u64, least: u64) -> f64 {
        let all = self.estimates(since);
        all.iter().filter(|estimate| **estimate >= least).count() as f64 / all.len() as f64
    }
}
