//! How often a viewer is sent sound again (RFC 2198). Once hides nearly all random loss, and costs as
//! much again as the sound itself; twice hides what gets lost two in a row. Worth it on a way that loses
//! packets by itself, and only as long as that is a small part of what the way carries. Where packets are
//! lost because they crowd, it would make matters worse.

use std::time::{Duration, Instant};

use crate::core::losses::Losses;

/// More loss than this is heard.
const LOSS: f32 = 0.005;
/// It is there in so many measurements, not by a single accident, which is in two.
const TIMES: u8 = 3;
/// After loss, so long.
const MEMORY: Duration = Duration::from_secs(30);
/// The way carries so many times what all copies take at least.
const SHARE: u64 = 4;
/// Losses come in bursts where more than this share of them follows another: by chance it is as great as
/// the loss itself.
const IN_A_ROW: f32 = 0.35;
/// Of fewer that share says nothing; of twice as many, half are forgotten.
const ENOUGH: u32 = 20;

#[derive(Debug, Default)]
pub(crate) struct Redundancy {
    lost: Option<Instant>,
    times: u8,
    lately: Losses,
    in_bursts: bool,
}

impl Redundancy {
    /// Takes what became of the packets of about the last second, twice a second, and whether packets had
    /// to queue.
    pub(crate) fn measure(&mut self, now: Instant, losses: Losses, is_crowded: bool) {
        if losses.share() <= LOSS || is_crowded {
            return;
        }
        if !self.is_recent(now) {
            *self = Self::default();
        }
        (self.lost, self.times) = (Some(now), self.times.saturating_add(1));
        self.lately.add(losses);
        if self.lately.lost >= ENOUGH {
            self.in_bursts = self.lately.in_a_row as f32 > self.lately.lost as f32 * IN_A_ROW;
        }
        while self.lately.lost >= 2 * ENOUGH {
            self.lately = self.lately.halved();
        }
    }

    /// How often, given what the sound takes and the way carries, in bits per second.
    pub(crate) fn copies(&self, now: Instant, sound: u64, carried: u64) -> u8 {
        if self.times < TIMES || !self.is_recent(now) {
            return 0;
        }
        let wanted = if self.in_bursts { 2 } else { 1 };
        let fits = |copies: u8| sound.saturating_mul(SHARE * u64::from(copies)) <= carried;
        (1..=wanted).rev().find(|copies| fits(*copies)).unwrap_or(0)
    }

    fn is_recent(&self, now: Instant) -> bool {
        self.lost.is_some_and(|lost| now.saturating_duration_since(lost) < MEMORY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    const SOUND: u64 = 32_000;
    const WIDE: u64 = 2_000_000;

    fn losses(lost: u32, in_a_row: u32) -> Losses {
        Losses { arrived: 100 - lost, lost, in_a_row, ..Losses::default() }
    }

    #[test]
    fn sound_is_doubled_where_packets_get_lost_and_there_is_room() {
        let begin = begin();
        let after = |seconds| begin + Duration::from_secs(seconds);
        let mut redundancy = Redundancy::default();
        for lost in [0, 2, 2] {
            redundancy.measure(begin, losses(lost, 0), false);
            assert_eq!(redundancy.copies(begin, SOUND, WIDE), 0);
        }
        redundancy.measure(begin, losses(20, 0), true);
        assert_eq!(redundancy.copies(begin, SOUND, WIDE), 0);
        redundancy.measure(begin, losses(2, 0), false);
        assert_eq!(redundancy.copies(begin, SOUND, WIDE), 1);
        assert_eq!(redundancy.copies(begin, SOUND, 120_000), 0);
        assert_eq!(redundancy.copies(begin, 160_000, 600_000), 0);
        redundancy.measure(after(20), losses(0, 0), false);
        assert_eq!(redundancy.copies(after(29), SOUND, 300_000), 1);
        assert_eq!(redundancy.copies(after(30), SOUND, 300_000), 0);
        redundancy.measure(after(31), losses(2, 0), false);
        assert_eq!(redundancy.copies(after(31), SOUND, 300_000), 0);
    }

    #[test]
    fn it_is_sent_a_third_time_where_losses_come_in_bursts_and_there_is_room() {
        let begin = begin();
        let mut redundancy = Redundancy::default();
        for _ in 0..3 {
            redundancy.measure(begin, losses(6, 4), false);
        }
        assert_eq!(redundancy.copies(begin, SOUND, WIDE), 1, "too few to tell");
        redundancy.measure(begin, losses(6, 4), false);
        assert_eq!(redundancy.copies(begin, SOUND, WIDE), 2);
        assert_eq!(redundancy.copies(begin, SOUND, 250_000), 1);
        for _ in 0..20 {
            redundancy.measure(begin, losses(6, 1), false);
        }
        assert_eq!(redundancy.copies(begin, SOUND, WIDE), 1);
    }
}
