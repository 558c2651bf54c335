//! The way of a packet through the room, from its publisher to all who view it.

use std::time::Instant;

use super::{Member, Room, RoomOutput, drain};
use crate::core::event::{MediaKind, RoomEvent};
use crate::core::outgoing::Forward;
use crate::core::packet::{Packet, TrackId};
use crate::core::participant::{ParticipantId, Place};
use crate::core::peer::Line;
use crate::core::tap::TapPacket;
use crate::core::track::Track;

impl Room {
    /// Keeps what must be kept of a publisher's packet, and sends it to everybody who views it.
    pub(super) fn forward(
        &mut self,
        now: Instant,
        publisher: ParticipantId,
        packet: &Packet,
        is_new_track: bool,
    ) {
        let kind = packet.codec.kind();
        let may_be_joined = self.may_be_joined(publisher);
        let Some(member) = self.members.get_mut(&publisher) else { return };
        if is_new_track {
            member.begin_track(kind);
        }
        let (id, place) = (member.track(kind), member.place);
        let entry = self.tracks.entry((publisher, kind));
        let track = entry.or_insert_with(|| Track::new(id, kind));
        track.receive(now, id, packet);
        if may_be_joined && track.should_refresh(now) {
            track.requests.want(now);
        }
        self.tap_packet(publisher, id, packet);
        if place == Place::Call {
            self.listen(now, publisher, packet);
            self.send_to_viewers(now, id, packet);
        }
    }

    /// Shows each participant in the call all others in it, as far as its slots reach.
    pub(super) fn assign_slots(&mut self, now: Instant) {
        let participants: Vec<_> = self.members.keys().copied().collect();
        for viewer in participants {
            let Some(member) = self.members.get_mut(&viewer) else { continue };
            let is_shown =
                |other: &&ParticipantId| member.place == Place::Call && **other != viewer;
            let sources: Vec<_> = self.call.iter().filter(is_shown).copied().collect();
            if member.slots.show(&sources) {
                let slots = member.used_slots();
                self.tell(RoomEvent::Slots { participant: viewer, slots });
                self.join_new(now, viewer);
            }
        }
    }

    /// Lets the viewer join everything that it should be shown from a key frame on.
    pub(super) fn join_all(&mut self, now: Instant, viewer: ParticipantId) {
        if let Some(member) = self.members.get_mut(&viewer) {
            member.slots.stop_all();
        }
        self.join_new(now, viewer);
    }

    /// Asks the source of a line for a key frame.
    pub(super) fn want_for(&mut self, now: Instant, viewer: ParticipantId, line: Line) {
        let Some(member) = self.members.get(&viewer) else { return };
        if let Some(source) = member.slots.source(line) {
            self.want_key_frame(now, source);
        }
    }

    pub(super) fn ask_for_key_frames(&mut self, now: Instant) {
        for ((publisher, _), track) in &mut self.tracks {
            if track.requests.poll(now)
                && let Some(member) = self.members.get_mut(publisher)
            {
                member.peer.request_key_frame();
                drain(now, member, &mut self.outputs, &mut self.pending);
            }
        }
    }

    pub(super) fn want_key_frame(&mut self, now: Instant, publisher: ParticipantId) {
        if let Some(track) = self.tracks.get_mut(&(publisher, MediaKind::Video)) {
            track.requests.want(now);
        }
    }

    /// Whether somebody may soon be shown what the publisher sends, and nobody is shown it yet: key
    /// frames cost those who watch some of the picture's quality.
    fn may_be_joined(&self, publisher: ParticipantId) -> bool {
        let others = || self.members.values().filter(|member| member.id != publisher);
        if self.call.contains(&publisher) {
            self.call.len() == 1 && others().any(Member::waits)
        } else {
            others().any(Member::can_view)
        }
    }

    fn join_new(&mut self, now: Instant, viewer: ParticipantId) {
        let Some(member) = self.members.get_mut(&viewer) else { return };
        if !member.can_view() {
            return;
        }
        for source in member.slots.unjoined() {
            self.join(now, viewer, source);
        }
    }

    /// Sends what the cache has of the source's video, and asks for a key frame where that does
    /// not reach up to now.
    fn join(&mut self, now: Instant, viewer: ParticipantId, source: ParticipantId) {
        let Some(member) = self.members.get_mut(&viewer) else { return };
        let Some(track) = self.tracks.get_mut(&(source, MediaKind::Video)) else { return };
        let Some(slot) = member.slots.of(source).and_then(|slot| slot.video.as_mut()) else {
            return;
        };
        let line = slot.line;
        let mut replayed = Vec::new();
        let send = |packet: &Packet, numbers| replayed.push((packet.clone(), numbers));
        if !slot.outgoing.replay(now, track.id, &track.cache, send) {
            track.requests.want(now);
        }
        for (packet, numbers) in &replayed {
            member.peer.send(line, packet, numbers);
            drain(now, member, &mut self.outputs, &mut self.pending);
        }
    }

    fn send_to_viewers(&mut self, now: Instant, track: TrackId, packet: &Packet) {
        for index in 0..self.call.len() {
            let viewer = self.call[index];
            if viewer == track.participant {
                continue;
            }
            let Some(member) = self.members.get_mut(&viewer) else { continue };
            match next_step(now, member, track, packet) {
                Step::Sent => drain(now, member, &mut self.outputs, &mut self.pending),
                Step::Join => self.join(now, viewer, track.participant),
                Step::Want => self.want_key_frame(now, track.participant),
                Step::Nothing => {}
            }
        }
    }

    fn listen(&mut self, now: Instant, participant: ParticipantId, packet: &Packet) {
        let Some(member) = self.members.get_mut(&participant) else { return };
        let Some(level) = packet.extensions.audio_level else { return };
        if let Some(level) = member.speech.hear(now, level.unsigned_abs()) {
            self.tell(RoomEvent::Speaking { participant, level });
        }
    }

    fn tap_packet(&mut self, publisher: ParticipantId, track: TrackId, packet: &Packet) {
        if self.members.get(&publisher).is_some_and(|member| member.is_tapped) {
            let packet = TapPacket {
                codec: packet.codec,
                generation: track.generation,
                sequence: packet.sequence,
                timestamp: packet.timestamp,
                marker: packet.marker,
                payload: packet.payload.clone(),
                missed: 0,
            };
            self.outputs.push_back(RoomOutput::Tap(publisher, packet));
        }
    }
}

enum Step {
    Sent,
    Join,
    Want,
    Nothing,
}

fn next_step(now: Instant, member: &mut Member, track: TrackId, packet: &Packet) -> Step {
    if !member.can_view() {
        return Step::Nothing;
    }
    let slot = member.slots.of(track.participant);
    let Some(slot) = slot.and_then(|slot| slot.line_mut(packet.codec.kind())) else {
        return Step::Nothing;
    };
    match slot.outgoing.forward(now, track, packet) {
        Forward::Send(numbers) => {
            member.peer.send(slot.line, packet, &numbers);
            Step::Sent
        }
        Forward::Replay => Step::Join,
        Forward::NeedsKeyFrame => Step::Want,
        Forward::Skip => Step::Nothing,
    }
}
