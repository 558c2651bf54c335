//! A viewer's receive slots: a bounded pool of m-lines, negotiated once and recycled, so that
//! somebody who enters or leaves the call costs no negotiation.
//!
//! A slot pairs one audio and one video line, for one source: browsers then play the two in step.

use super::event::MediaKind;
use super::outgoing::Outgoing;
use super::participant::ParticipantId;
use super::peer::Line;

#[derive(Debug, Default)]
pub(crate) struct SlotPool {
    slots: Vec<ReceiveSlot>,
}

#[derive(Debug, Default)]
pub(crate) struct ReceiveSlot {
    pub(crate) source: Option<ParticipantId>,
    pub(crate) audio: Option<SlotLine>,
    pub(crate) video: Option<SlotLine>,
}

#[derive(Debug)]
pub(crate) struct SlotLine {
    pub(crate) line: Line,
    pub(crate) outgoing: Outgoing,
}

impl ReceiveSlot {
    pub(crate) fn line_mut(&mut self, kind: MediaKind) -> Option<&mut SlotLine> {
        match kind {
            MediaKind::Audio => self.audio.as_mut(),
            MediaKind::Video => self.video.as_mut(),
        }
    }

    /// The lines in use, audio first.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (MediaKind, Line)> {
        let audio = self.audio.iter().map(|slot| (MediaKind::Audio, slot.line));
        audio.chain(self.video.iter().map(|slot| (MediaKind::Video, slot.line)))
    }

    fn free(&mut self) {
        self.source = None;
        self.stop();
    }

    fn stop(&mut self) {
        for line in self.audio.iter_mut().chain(self.video.iter_mut()) {
            line.outgoing.stop();
        }
    }
}

impl SlotPool {
    /// Pairs the lines in the order of the offer.
    pub(crate) fn new(audio: &[Line], video: &[Line]) -> Self {
        let slot_line = |line: &Line| SlotLine { line: *line, outgoing: Outgoing::default() };
        let slots = (0..audio.len().max(video.len())).map(|index| ReceiveSlot {
            source: None,
            audio: audio.get(index).map(slot_line),
            video: video.get(index).map(slot_line),
        });
        Self { slots: slots.collect() }
    }

    /// Shows exactly these sources, as many as there are slots. Whoever has a slot keeps it; the
    /// others get the lowest free ones, in order. Whether anything changed.
    pub(crate) fn show(&mut self, sources: &[ParticipantId]) -> bool {
        let mut changed = false;
        for slot in &mut self.slots {
            if slot.source.is_some_and(|source| !sources.contains(&source)) {
                slot.free();
                changed = true;
            }
        }
        for &source in sources {
            if self.of(source).is_none()
                && let Some(free) = self.slots.iter_mut().find(|slot| slot.source.is_none())
            {
                free.source = Some(source);
                changed = true;
            }
        }
        changed
    }

    /// The slot that shows the source.
    pub(crate) fn of(&mut self, source: ParticipantId) -> Option<&mut ReceiveSlot> {
        self.slots.iter_mut().find(|slot| slot.source == Some(source))
    }

    /// Follows nothing for now, though the slots stay given.
    pub(crate) fn stop_all(&mut self) {
        for slot in &mut self.slots {
            slot.stop();
        }
    }

    /// The sources whose video is not followed yet.
    pub(crate) fn unjoined(&self) -> Vec<ParticipantId> {
        let follows = |slot: &ReceiveSlot| {
            slot.video.as_ref().is_some_and(|video| video.outgoing.is_following())
        };
        self.used().filter(|(_, slot)| !follows(slot)).map(|(source, _)| source).collect()
    }

    /// Whom the line shows.
    pub(crate) fn source(&self, line: Line) -> Option<ParticipantId> {
        let has_line = |slot: &&ReceiveSlot| slot.lines().any(|(_, of_slot)| of_slot == line);
        self.slots.iter().find(has_line)?.source
    }

    /// The slots in use, in order.
    pub(crate) fn used(&self) -> impl Iterator<Item = (ParticipantId, &ReceiveSlot)> {
        self.slots.iter().filter_map(|slot| Some((slot.source?, slot)))
    }
}
