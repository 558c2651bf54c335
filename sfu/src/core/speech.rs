//! Who speaks: from the audio levels in RTP headers (RFC 6464), without decoding anything.

use std::time::{Duration, Instant};

/// Levels are in dB below full scale; speech is louder than this.
const THRESHOLD: i32 = 45;
/// How much a new level weighs against those before it, in sixteenths.
const WEIGHT: i32 = 3;
/// Speech goes on through pauses as short as this.
const HANGOVER: Duration = Duration::from_millis(600);
const SILENCE: i32 = 127;
/// Of who does not say how loud it is: it speaks whenever it sends, and anybody who says so is louder.
pub(crate) const UNTOLD: u8 = 44;

#[derive(Debug)]
pub(crate) struct SpeechDetector {
    /// Smoothed level below full scale, in sixteenths of dB.
    level: i32,
    loud: Option<Instant>,
    is_speaking: bool,
}

impl Default for SpeechDetector {
    fn default() -> Self {
        Self { level: SILENCE * 16, loud: None, is_speaking: false }
    }
}

impl SpeechDetector {
    /// Takes the level of one packet (0 is loudest, 127 silence). `Some` when speech begins, with
    /// its level, or ends, with none.
    pub(crate) fn hear(&mut self, now: Instant, below_full_scale: u8) -> Option<Option<u8>> {
        let level = i32::from(below_full_scale.min(SILENCE as u8));
        self.level += (level * 16 - self.level) * WEIGHT / 16;
        if self.level < THRESHOLD * 16 {
            self.loud = Some(now);
        }
        self.poll(now)
    }

    /// Speech also ends when no packets come at all.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<Option<u8>> {
        let speaks = self.loud.is_some_and(|loud| now.duration_since(loud) < HANGOVER);
        if speaks == self.is_speaking {
            return None;
        }
        self.is_speaking = speaks;
        Some(speaks.then_some((self.level / 16) as u8))
    }

    /// Smoothed, in sixteenths of dB below full scale.
    pub(crate) fn level(&self) -> i32 {
        self.level
    }

    pub(crate) fn is_speaking(&self) -> bool {
        self.is_speaking
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.loud.filter(|_| self.is_speaking).map(|loud| loud + HANGOVER)
    }
}
