//! The way of a packet through the room, from its publisher to all who view it.

use std::time::Instant;

use super::hearing::touch;
use super::{Member, Room, RoomOutput};
use crate::core::event::{MediaKind, RoomEvent, TrackKind};
use crate::core::outgoing::Forward;
use crate::core::packet::{Packet, StreamId};
use crate::core::participant::{ParticipantId, Place};
use crate::core::peer::{Line, Received};
use crate::core::slots::{SlotLine, TrackOf};
use crate::core::speakers::CROWD;
use crate::core::speech::UNTOLD;
use crate::core::tap::TapPacket;
use crate::core::track::{Reception, Track};

impl Room {
    /// Keeps what must be kept of a publisher's packet, and sends it to everybody who views it.
    pub(super) fn forward(&mut self, now: Instant, publisher: ParticipantId, received: &Received) {
        let Received { track: kind, layer, is_new, packet } = received;
        let Some(member) = self.members.get_mut(&publisher) else { return };
        let id = member.stream(*kind, *layer, *is_new);
        let layers = member.peer.layers(*kind);
        let (place, is_muted) = (member.place, member.is_muted(*kind));
        let entry = self.tracks.entry((publisher, *kind));
        let track = entry.or_insert_with(|| Track::new(id, layers));
        let was_live = track.is_live(now);
        let Some(reception) = track.receive(now, id, packet) else { return };
        let Some(layer) = track.layer_mut(*layer) else { return };
        // Screens pause whenever nothing moves on them.
        let is_back = reception.ends_silence && *kind == TrackKind::Camera;
        let is_hanging = is_back && !packet.frame.starts_key_frame;
        if is_hanging {
            layer.requests.forget();
        }
        if is_hanging || layer.should_refresh(now) && self.may_be_joined(publisher) {
            self.want_key_frame(now, (publisher, *kind), id.layer);
        }
        self.notice_layers(now, id, &reception);
        self.tap_packet(now, publisher, id, packet);
        if place == Place::Call && !is_muted {
            if *kind == TrackKind::Audio {
                self.listen(now, publisher, packet);
            }
            if !was_live && *kind != TrackKind::Audio {
                self.begin_video(now, publisher, *kind);
            }
            self.send_to_viewers(now, id, packet);
        }
    }

    /// Chooses anew where a layer stopped or came back: whoever should be shown it can then join it
    /// with this very packet.
    fn notice_layers(&mut self, now: Instant, id: StreamId, reception: &Reception) {
        let Some(member) = self.members.get_mut(&id.participant) else { return };
        if id.kind == TrackKind::Camera {
            let stopped = reception.left_behind.iter();
            let below = usize::from(id.layer);
            stopped.for_each(|layer| member.publishing.miss(now, below, usize::from(*layer)));
        }
        if reception.resumes || !reception.left_behind.is_empty() {
            self.review(now);
        }
    }

    /// Lets the viewer join everything that it should be shown from a key frame on.
    pub(super) fn join_all(&mut self, now: Instant, viewer: ParticipantId) {
        if let Some(member) = self.members.get_mut(&viewer) {
            member.slots.stop_all();
        }
        self.review(now);
    }

    /// Asks the source of a line for a key frame.
    pub(super) fn want_for(&mut self, now: Instant, viewer: ParticipantId, line: Line) {
        let Some(member) = self.members.get_mut(&viewer) else { return };
        let Some(of) = member.slots.track(line) else { return };
        let outgoing = member.slots.of(of).map(|slot| &slot.outgoing);
        let layer = outgoing.and_then(|outgoing| outgoing.follows()).map(|id| id.layer);
        if let Some(layer) = layer {
            self.want_key_frame(now, of, layer);
        }
    }

    pub(super) fn ask_for_key_frames(&mut self, now: Instant) {
        let (tracks, members) = (&mut self.tracks, &mut self.members);
        let (unheard, tally) = (&mut self.unheard, &mut self.tally);
        self.awaited.retain(|(of, layer)| {
            let (publisher, kind) = of;
            let Some(layer) = tracks.get_mut(of).and_then(|track| track.layer_mut(*layer)) else {
                return false;
            };
            if layer.requests.poll(now)
                && let Some(member) = members.get_mut(publisher)
            {
                member.peer.request_key_frame(*kind, layer.id.layer);
                tally.key_frames_requested += 1;
                touch(member, unheard);
            }
            layer.requests.deadline().is_some()
        });
    }

    pub(super) fn want_key_frame(&mut self, now: Instant, of: TrackOf, layer: u8) {
        let wanted = self.tracks.get_mut(&of).and_then(|track| track.layer_mut(layer));
        // A layer that has stopped begins with a key frame anyway; and browsers make one of every
        // layer, whichever they are asked for.
        if let Some(wanted) = wanted.filter(|layer| !layer.has_stopped()) {
            wanted.requests.want(now);
            self.awaited.insert((of, layer));
        }
    }

    /// Asks for key frames of all that comes of the participant's camera.
    pub(super) fn want_camera(&mut self, now: Instant, publisher: ParticipantId) {
        let of = (publisher, TrackKind::Camera);
        let Some(track) = self.tracks.get(&of) else { return };
        let live = track.layers.iter().filter(|layer| layer.meter.is_live(now));
        for layer in live.map(|layer| layer.id.layer).collect::<Vec<_>>() {
            self.want_key_frame(now, of, layer);
        }
    }

    /// Asks for key frames of all that the viewer watches: what it missed cannot be sent again, and
    /// its own request may be lost.
    pub(super) fn refresh(&mut self, now: Instant, viewer: ParticipantId) {
        let Some(member) = self.members.get(&viewer) else { return };
        let followed =
            |(of, slot): (TrackOf, &SlotLine)| Some((of, slot.outgoing.follows()?.layer));
        let is_live = |(of, layer): &(TrackOf, u8)| {
            let layer = self.tracks.get(of).and_then(|track| track.layer(*layer));
            layer.is_some_and(|layer| layer.meter.is_live(now))
        };
        let followed = member.slots.used_video().filter_map(followed).filter(is_live);
        for (of, layer) in followed.collect::<Vec<_>>() {
            self.want_key_frame(now, of, layer);
        }
    }

    /// Whether somebody may soon be shown what the publisher sends, and nobody is shown it yet: key
    /// frames cost those who watch some of the picture's quality.
    pub(super) fn may_be_joined(&self, publisher: ParticipantId) -> bool {
        let members = || self.members.values().map(Box::as_ref);
        let others = || members().filter(|member| member.id != publisher);
        if self.call.contains(&publisher) {
            self.call.len() == 1 && others().any(Member::waits)
        } else {
            others().any(Member::can_view)
        }
    }

    /// Sends what a cache has of the track, and asks for a key frame where that does not reach up
    /// to now. The layer that should be sent is tried first; else any will do until it comes.
    pub(super) fn join(&mut self, now: Instant, viewer: ParticipantId, of: TrackOf) {
        let Some(member) = self.members.get_mut(&viewer) else { return };
        let Some(track) = self.tracks.get(&of) else { return };
        let Some(slot) = member.slots.of(of) else { return };
        let Some(target) = slot.outgoing.target() else { return };
        let line = slot.line;
        let mut replayed = Vec::new();
        let mut send = |packet: Packet, numbers| replayed.push((packet, numbers));
        for layer in track.joinable(now, target) {
            if slot.outgoing.replay(now, layer.id, &layer.cache, &mut send)
                || slot.outgoing.follows().is_some()
            {
                break;
            }
        }
        let is_behind = slot.outgoing.is_behind();
        for (packet, numbers) in &replayed {
            member.peer.send(now, line, packet, numbers);
            touch(member, &mut self.unheard);
        }
        if is_behind {
            self.want_key_frame(now, of, target);
        }
        self.tell_receiving(viewer, of);
    }

    /// Goes over to a layer that begins a key frame with the last packet.
    fn switch(&mut self, now: Instant, viewer: ParticipantId, id: StreamId) {
        let of = (id.participant, id.kind);
        let Some(member) = self.members.get_mut(&viewer) else { return };
        let Some(layer) = self.tracks.get(&of).and_then(|track| track.layer(id.layer)) else {
            return;
        };
        let Some(slot) = member.slots.of(of) else { return };
        let line = slot.line;
        let mut replayed = Vec::new();
        let send = |packet: Packet, numbers| replayed.push((packet, numbers));
        slot.outgoing.replay(now, id, &layer.cache, send);
        member.peer.begin(line);
        for (packet, numbers) in &replayed {
            member.peer.send(now, line, packet, numbers);
            touch(member, &mut self.unheard);
        }
        self.tell_receiving(viewer, of);
    }

    pub(super) fn tell_receiving(&mut self, viewer: ParticipantId, of: TrackOf) {
        let Some(member) = self.members.get_mut(&viewer) else { return };
        let Some(slot) = member.slots.of(of) else { return };
        let layer = slot.outgoing.follows().map(|id| id.layer);
        let before = std::mem::replace(&mut slot.told, layer);
        if before != layer {
            if before.is_some() && layer.is_some() {
                self.tally.layer_switches += 1;
            }
            let (source, kind) = of;
            self.tell(RoomEvent::Receiving { participant: viewer, source, kind, layer });
        }
    }

    /// The first video after silence: whoever views the publisher has to be aimed at it.
    fn begin_video(&mut self, now: Instant, publisher: ParticipantId, kind: TrackKind) {
        if kind == TrackKind::Screen {
            self.note_screen(now, publisher, true);
        }
        self.review(now);
    }

    fn send_to_viewers(&mut self, now: Instant, id: StreamId, packet: &Packet) {
        let is_drowned = id.kind == TrackKind::Audio
            && self.call.len() > CROWD
            && !self.speakers.is_heard(id.participant);
        for index in 0..self.call.len() {
            let viewer = self.call[index];
            if viewer == id.participant {
                continue;
            }
            let Some(member) = self.members.get_mut(&viewer) else { continue };
            match next_step(now, member, id, packet, is_drowned) {
                Step::Sent => touch(member, &mut self.unheard),
                Step::Join => self.switch(now, viewer, id),
                Step::Want => {
                    self.want_key_frame(now, (id.participant, id.kind), id.layer);
                }
                Step::Nothing => {}
            }
        }
    }

    fn listen(&mut self, now: Instant, participant: ParticipantId, packet: &Packet) {
        let Some(member) = self.members.get_mut(&participant) else { return };
        let level = match packet.extensions.audio_level {
            Some(level) => level.unsigned_abs(),
            None if member.peer.tells_levels() => return,
            None => UNTOLD,
        };
        let changed = member.speech.hear(now, level);
        let (level, is_speaking) = (member.speech.level(), member.speech.is_speaking());
        let leads = self.speakers.hear(now, participant, level, is_speaking);
        if let Some(level) = changed {
            self.tell(RoomEvent::Speaking { participant, level });
        }
        if leads.is_some() {
            self.tell(RoomEvent::ActiveSpeaker { participant: leads });
            self.review(now);
        }
    }

    fn tap_packet(
        &mut self,
        now: Instant,
        publisher: ParticipantId,
        id: StreamId,
        packet: &Packet,
    ) {
        let Some(member) = self.members.get_mut(&publisher) else { return };
        let Some(tap) = &mut member.tap else { return };
        let best = self.tracks.get(&(publisher, id.kind)).and_then(|track| track.best(now));
        let best = best.map_or(id.layer, |layer| layer.id.layer);
        if let Some(generation) = tap.follow(id, best, packet) {
            let packet = TapPacket {
                kind: id.kind,
                codec: packet.codec,
                generation,
                sequence: packet.sequence,
                timestamp: packet.timestamp,
                marker: packet.marker,
                payload: packet.payload.clone(),
                missed: 0,
            };
            self.outputs.push_back(RoomOutput::Tap(publisher, packet));
        } else if id.layer == best {
            self.want_key_frame(now, (publisher, id.kind), best);
        }
    }
}

enum Step {
    Sent,
    Join,
    Want,
    Nothing,
}

fn next_step(
    now: Instant,
    member: &mut Member,
    id: StreamId,
    packet: &Packet,
    is_drowned: bool,
) -> Step {
    if !member.can_view() {
        return Step::Nothing;
    }
    let Some(slot) = member.slots.of((id.participant, id.kind)) else { return Step::Nothing };
    if is_drowned {
        // Should it be heard again, its numbers go on where they stopped.
        slot.outgoing.stop();
        return Step::Nothing;
    }
    if packet.codec.kind() == MediaKind::Audio {
        slot.outgoing.aim(Some(0));
    }
    match slot.outgoing.forward(now, id, packet) {
        Forward::Send(numbers) => {
            member.peer.send(now, slot.line, packet, &numbers);
            Step::Sent
        }
        Forward::Replay => Step::Join,
        Forward::NeedsKeyFrame => Step::Want,
        Forward::Skip => Step::Nothing,
    }
}
