//! A viewer's receive slots: a bounded pool of m-lines, negotiated once and recycled, so that
//! somebody who enters or leaves the call costs no negotiation.
//!
//! Lines come in pairs of an audio and a video line, which browsers play in step. A source gets a
//! pair for its sound and its camera; a screen that is shown gets a further video line.

use std::collections::BTreeMap;

use super::event::{MediaKind, TrackKind};
use super::outgoing::Outgoing;
use super::participant::ParticipantId;
use super::peer::Line;

/// What a line may be given to.
pub(crate) type TrackOf = (ParticipantId, TrackKind);

#[derive(Debug, Default)]
pub(crate) struct SlotPool {
    lines: Vec<SlotLine>,
    given: BTreeMap<TrackOf, usize>,
}

#[derive(Debug)]
pub(crate) struct SlotLine {
    pub(crate) line: Line,
    pub(crate) outgoing: Outgoing,
    /// Which layer the viewer was last told to be getting.
    pub(crate) told: Option<u8>,
    /// Whether it is left dark for want of bandwidth.
    pub(crate) is_dropped: bool,
    /// A better layer, which is only not sent as the publisher does not send it.
    pub(crate) misses: Option<u8>,
    media: MediaKind,
    pair: usize,
    given: Option<TrackOf>,
}

impl SlotPool {
    /// Takes in the lines of an offer that are not known yet, in the order of the offer.
    pub(crate) fn extend(&mut self, audio: &[Line], video: &[Line]) {
        self.lines.reserve_exact((audio.len() + video.len()).saturating_sub(self.lines.len()));
        for pair in 0..audio.len().max(video.len()) {
            let of_pair =
                [(MediaKind::Audio, audio.get(pair)), (MediaKind::Video, video.get(pair))];
            for (media, line) in of_pair {
                let Some(&line) = line else { continue };
                if self.lines.iter().any(|known| known.line == line) {
                    continue;
                }
                self.lines.push(SlotLine {
                    line,
                    outgoing: Outgoing::default(),
                    told: None,
                    is_dropped: false,
                    misses: None,
                    media,
                    pair,
                    given: None,
                });
            }
        }
    }

    /// Shows exactly these sources, and the screens of some, as far as there are lines. Whoever
    /// has a line keeps it; the others get the lowest free pairs, in order. Whether anything
    /// changed.
    pub(crate) fn show(&mut self, sources: &[ParticipantId], screens: &[ParticipantId]) -> bool {
        let mut changed = self.free_others(sources, screens);
        for &source in sources {
            changed |= self.give_pair(source);
        }
        for &source in screens {
            let free = self.lines.iter().rposition(|line| line.is_free(MediaKind::Video));
            changed |= self.give((source, TrackKind::Screen), free);
        }
        changed
    }

    /// How many pairs it would take to show so much, when there are too few lines for it.
    pub(crate) fn missing(&self, sources: usize, screens: usize) -> Option<usize> {
        let lines = |media| self.lines.iter().filter(move |line| line.media == media).count();
        let is_enough =
            lines(MediaKind::Audio) >= sources && lines(MediaKind::Video) >= sources + screens;
        (!is_enough).then_some(sources + screens)
    }

    pub(crate) fn of(&mut self, track: TrackOf) -> Option<&mut SlotLine> {
        let index = *self.given.get(&track)?;
        self.lines.get_mut(index)
    }

    /// Which track the line was given to.
    pub(crate) fn track(&self, line: Line) -> Option<TrackOf> {
        self.lines.iter().find(|known| known.line == line)?.given
    }

    /// The lines in use, pair by pair, audio first.
    pub(crate) fn used(&self) -> impl Iterator<Item = (TrackOf, &SlotLine)> {
        self.lines.iter().filter_map(|line| Some((line.given?, line)))
    }

    /// The video lines in use.
    pub(crate) fn used_video(&self) -> impl Iterator<Item = (TrackOf, &SlotLine)> {
        self.used().filter(|(_, line)| line.media == MediaKind::Video)
    }

    /// Follows nothing for now, though the lines stay given.
    pub(crate) fn stop_all(&mut self) {
        self.lines.iter_mut().for_each(|line| line.outgoing.stop());
    }

    fn free_others(&mut self, sources: &[ParticipantId], screens: &[ParticipantId]) -> bool {
        let mut changed = false;
        for line in &mut self.lines {
            let is_shown = |(source, kind): TrackOf| match kind {
                TrackKind::Screen => screens.contains(&source),
                TrackKind::Audio | TrackKind::Camera => sources.contains(&source),
            };
            if let Some(track) = line.given.take_if(|track| !is_shown(*track)) {
                self.given.remove(&track);
                line.outgoing.leave();
                (line.told, line.is_dropped) = (None, false);
                changed = true;
            }
        }
        changed
    }

    fn give_pair(&mut self, source: ParticipantId) -> bool {
        let [audio, video] = [TrackKind::Audio, TrackKind::Camera].map(|kind| (source, kind));
        if self.given.contains_key(&audio) && self.given.contains_key(&video) {
            return false;
        }
        let pairs = self.lines.iter().map(|line| line.pair).max().map_or(0, |last| last + 1);
        let is_free =
            |pair: &usize| self.lines.iter().all(|line| line.pair != *pair || line.given.is_none());
        let pair = (0..pairs).find(is_free);
        let find = |pool: &Self, media| {
            let free =
                || pool.lines.iter().enumerate().filter(move |(_, line)| line.is_free(media));
            let of_pair = free().find(|(_, line)| Some(line.pair) == pair).or(free().next());
            of_pair.map(|(index, _)| index)
        };
        let free = find(self, MediaKind::Audio);
        let has_audio = self.give(audio, free);
        let free = find(self, MediaKind::Video);
        let has_video = self.give(video, free);
        has_audio || has_video
    }

    fn give(&mut self, track: TrackOf, index: Option<usize>) -> bool {
        let Some(index) = index.filter(|_| !self.given.contains_key(&track)) else { return false };
        self.lines[index].given = Some(track);
        self.given.insert(track, index);
        true
    }
}

impl SlotLine {
    fn is_free(&self, media: MediaKind) -> bool {
        self.media == media && self.given.is_none()
    }
}
