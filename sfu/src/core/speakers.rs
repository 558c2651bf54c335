//! Who leads the talk, and whose sound is worth sending, from the audio levels in RTP headers
//! (RFC 6464).
//!
//! As in Volfin and Cohen's "Dominant speaker identification for multipoint videoconferencing"
//! (2012), a speaker is not whoever is loudest at the moment: a cough must not take the floor from
//! somebody who talks. Where they compare speech activity over three spans of time, this compares
//! one smoothed level (see `speech.rs`), and asks the challenger to hold on.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::participant::ParticipantId;

/// In a call of more than this, only the loudest are heard.
pub(crate) const CROWD: usize = 6;
/// So many.
const MOST_HEARD: usize = 3;
/// A challenger has to speak for so long to take the floor.
const PERSISTENCE: Duration = Duration::from_millis(400);
/// And be so much louder than whoever has it and still speaks, in sixteenths of dB.
const MARGIN: i32 = 6 * 16;
/// Whoever was silent for so long can be replaced among those who are heard by anybody who speaks.
const PAUSE: Duration = Duration::from_millis(1_500);

#[derive(Debug, Default)]
pub(crate) struct Speakers {
    voices: BTreeMap<ParticipantId, Voice>,
    /// Whose sound is sent in a crowd.
    heard: Vec<ParticipantId>,
    active: Option<ParticipantId>,
    challenger: Option<(ParticipantId, Instant)>,
}

#[derive(Debug, Clone, Copy)]
struct Voice {
    /// Smoothed, in sixteenths of dB below full scale: less is louder.
    level: i32,
    /// When it last spoke.
    spoke: Instant,
    is_speaking: bool,
}

impl Speakers {
    /// What is known of a participant's voice after another packet of it. `Some` when somebody
    /// else leads the talk from now on.
    pub(crate) fn hear(
        &mut self,
        now: Instant,
        participant: ParticipantId,
        level: i32,
        is_speaking: bool,
    ) -> Option<ParticipantId> {
        if !is_speaking && !self.voices.contains_key(&participant) {
            return None;
        }
        let voice =
            self.voices.entry(participant).or_insert(Voice { level, spoke: now, is_speaking });
        (voice.level, voice.is_speaking) = (level, is_speaking);
        if is_speaking {
            voice.spoke = now;
            self.admit(now, participant);
        }
        self.challenge(now, participant)
    }

    pub(crate) fn forget(&mut self, participant: ParticipantId) -> bool {
        self.voices.remove(&participant);
        self.heard.retain(|heard| *heard != participant);
        self.active.take_if(|active| *active == participant).is_some()
    }

    pub(crate) fn active(&self) -> Option<ParticipantId> {
        self.active
    }

    /// Whether the participant is among the few whose sound is sent in a crowd.
    pub(crate) fn is_heard(&self, participant: ParticipantId) -> bool {
        self.heard.contains(&participant)
    }

    fn admit(&mut self, now: Instant, participant: ParticipantId) {
        if self.is_heard(participant) {
            return;
        }
        if self.heard.len() < MOST_HEARD {
            self.heard.push(participant);
            return;
        }
        let voices = &self.voices;
        let paused = |id: &ParticipantId| {
            voices.get(id).is_none_or(|voice| now.saturating_duration_since(voice.spoke) > PAUSE)
        };
        let level = |id: &ParticipantId| voices.get(id).map_or(i32::MAX, |voice| voice.level);
        let mine = level(&participant);
        let quietest = self.heard.iter_mut().max_by_key(|id| (paused(id), level(id)));
        if let Some(quietest) = quietest
            && (paused(quietest) || mine + MARGIN < level(quietest))
        {
            *quietest = participant;
        }
    }

    fn challenge(&mut self, now: Instant, participant: ParticipantId) -> Option<ParticipantId> {
        let voice = *self.voices.get(&participant)?;
        if self.active == Some(participant) {
            return None;
        }
        let active = self.active.and_then(|active| self.voices.get(&active));
        let is_stronger =
            active.is_none_or(|active| !active.is_speaking || voice.level + MARGIN < active.level);
        if !voice.is_speaking || !is_stronger {
            self.challenger.take_if(|(challenger, _)| *challenger == participant);
            return None;
        }
        let since = match self.challenger {
            Some((challenger, since)) if challenger == participant => since,
            // Of two challengers the louder one goes on.
            Some((challenger, _))
                if self
                    .voices
                    .get(&challenger)
                    .is_some_and(|other| other.is_speaking && other.level <= voice.level) =>
            {
                return None;
            }
            _ => {
                self.challenger = Some((participant, now));
                now
            }
        };
        if now.saturating_duration_since(since) < PERSISTENCE {
            return None;
        }
        (self.active, self.challenger) = (Some(participant), None);
        self.active
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    const STEP: Duration = Duration::from_millis(20);

    /// Everybody's level in dB below full scale for so many packets; who led at the end.
    fn talk(speakers: &mut Speakers, now: &mut Instant, packets: u32, levels: &[i32]) {
        for _ in 0..packets {
            for (index, level) in levels.iter().enumerate() {
                let id = ParticipantId(index as u64);
                speakers.hear(*now, id, level * 16, *level < 45);
            }
            *now += STEP;
        }
    }

    #[test]
    fn whoever_talks_takes_the_floor_and_a_cough_does_not() {
        let (mut speakers, mut now) = (Speakers::default(), begin());
        talk(&mut speakers, &mut now, 30, &[30, 100]);
        assert_eq!(speakers.active(), Some(ParticipantId(0)));
        talk(&mut speakers, &mut now, 10, &[30, 10]);
        assert_eq!(speakers.active(), Some(ParticipantId(0)));
        talk(&mut speakers, &mut now, 30, &[100, 35]);
        assert_eq!(speakers.active(), Some(ParticipantId(1)));
    }

    #[test]
    fn a_little_louder_is_not_enough_while_somebody_speaks() {
        let (mut speakers, mut now) = (Speakers::default(), begin());
        talk(&mut speakers, &mut now, 30, &[30, 100]);
        talk(&mut speakers, &mut now, 100, &[30, 27]);
        assert_eq!(speakers.active(), Some(ParticipantId(0)));
    }

    #[test]
    fn three_are_heard_and_a_fourth_takes_the_place_of_one_who_is_silent() {
        let (mut speakers, mut now) = (Speakers::default(), begin());
        let heard = |speakers: &Speakers| {
            (0..4).filter(|id| speakers.is_heard(ParticipantId(*id))).collect::<Vec<_>>()
        };
        talk(&mut speakers, &mut now, 50, &[30, 30, 30, 100]);
        talk(&mut speakers, &mut now, 50, &[30, 30, 30, 29]);
        assert_eq!(heard(&speakers), [0, 1, 2]);
        talk(&mut speakers, &mut now, 100, &[30, 100, 30, 29]);
        assert_eq!(heard(&speakers), [0, 2, 3]);
        assert!(!speakers.forget(ParticipantId(3)));
        assert!(!speakers.is_heard(ParticipantId(3)));
    }
}
