//! Who is given whose receive slots.

use std::time::{Duration, Instant};

use super::Room;
use crate::core::event::{RoomEvent, TrackKind};
use crate::core::participant::{ParticipantId, Place};

/// A screen that was not said to be over is taken to be when nothing came of it for so long,
/// though somebody wants to see it.
const SCREEN_SILENCE: Duration = Duration::from_secs(10);
/// No call needs more slots per viewer: 19 others, and two screens.
const MOST_SLOTS: usize = 21;

impl Room {
    /// Shows each participant in the call all others in it, as far as its slots reach.
    pub(super) fn assign_slots(&mut self, now: Instant) {
        let participants: Vec<_> = self.members.keys().copied().collect();
        for viewer in participants {
            let (sources, screens) = self.shown_to(viewer);
            let Some(member) = self.members.get_mut(&viewer) else { continue };
            if member.slots.show(&sources, &screens) {
                let slots = member.used_slots();
                self.tell(RoomEvent::Slots { participant: viewer, slots });
            }
            self.ask_for_slots(viewer, sources.len(), screens.len());
        }
        self.review(now);
    }

    /// Begins or ends a screen.
    pub(super) fn note_screen(&mut self, now: Instant, participant: ParticipantId, is_on: bool) {
        let Some(member) = self.members.get_mut(&participant) else { return };
        if member.has_screen != is_on {
            member.has_screen = is_on;
            self.assign_slots(now);
        }
    }

    /// Ends screens of which nothing comes any more.
    pub(super) fn end_silent_screens(&mut self, now: Instant) {
        let is_over = |participant: &ParticipantId| {
            let track = self.tracks.get(&(*participant, TrackKind::Screen));
            let layer = track.and_then(|track| track.layer(0));
            layer.is_some_and(|layer| layer.meter.silence(now) > Some(SCREEN_SILENCE))
        };
        let shown = self.call.iter().filter(|id| {
            self.members.get(id).is_some_and(|member| {
                member.has_screen && member.publishing.screen_for(now) > Some(SCREEN_SILENCE)
            })
        });
        let over: Vec<_> = shown.filter(|id| is_over(id)).copied().collect();
        for participant in over {
            self.note_screen(now, participant, false);
        }
    }

    fn shown_to(&self, viewer: ParticipantId) -> (Vec<ParticipantId>, Vec<ParticipantId>) {
        if self.members.get(&viewer).is_none_or(|member| member.place != Place::Call) {
            return (Vec::new(), Vec::new());
        }
        let sources: Vec<_> = self.call.iter().filter(|other| **other != viewer).copied().collect();
        let has_screen =
            |id: &&ParticipantId| self.members.get(id).is_some_and(|member| member.has_screen);
        let screens = sources.iter().filter(has_screen).copied().collect();
        (sources, screens)
    }

    fn ask_for_slots(&mut self, viewer: ParticipantId, sources: usize, screens: usize) {
        let Some(member) = self.members.get_mut(&viewer) else { return };
        let wanted =
            member.slots.missing(sources, screens).map_or(0, |count| count.min(MOST_SLOTS));
        if wanted > member.slots_wanted {
            member.slots_wanted = wanted;
            self.tell(RoomEvent::MoreSlots { participant: viewer, wanted });
        }
    }
}
