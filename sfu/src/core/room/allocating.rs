//! What each viewer gets of each picture, and what publishers are therefore asked to send.

use std::time::{Duration, Instant};

use super::{Member, Room};
use crate::core::allocation::{Demand, Rank};
use crate::core::event::{RoomEvent, TrackKind};
use crate::core::participant::{ParticipantId, Place};
use crate::core::publish::Need;
use crate::core::slots::TrackOf;
use crate::core::speakers::CROWD;
use crate::core::track::{MOST_LAYERS, Track};

/// How often the choice is looked at again, while there is one to make.
const REVIEW: Duration = Duration::from_millis(200);
const IDLE_REVIEW: Duration = Duration::from_millis(1_000);
/// Bits per second of sound whose rate is not known yet.
const USUAL_SOUND: u64 = 40_000;
/// Of layers whose rate is not known yet, by how many there are.
const USUAL_RATES: [&[u64]; MOST_LAYERS] =
    [&[600_000], &[150_000, 500_000], &[150_000, 500_000, 1_700_000]];
/// What is looked for, in percent of what would be sent: sending at the edge of what is known lets
/// the estimate fall with every breath.
const ROOM_TO_BREATHE: u64 = 125;
/// More is never looked for, in bits per second.
const MOST_SOUGHT: u64 = 12_000_000;
/// An estimate that falls below so many percent of the last is dealt with at once.
const SUDDEN: u64 = 85;

impl Room {
    /// Chooses anew for everybody, and tells publishers what is needed.
    pub(super) fn review(&mut self, now: Instant) {
        let pause = if self.call.len() > 1 { REVIEW } else { IDLE_REVIEW };
        self.next_review = (!self.members.is_empty()).then(|| now + pause);
        self.notice_refusals(now);
        for index in 0..self.call.len() {
            self.allocate(now, self.call[index]);
        }
        self.tell_publishers(now);
    }

    /// The way to a viewer is estimated anew.
    pub(super) fn reconsider(&mut self, now: Instant, viewer: ParticipantId, estimate: u64) {
        let Some(member) = self.members.get_mut(&viewer) else { return };
        member.budget.believe(now, estimate, 0);
        let is_sudden = estimate * 100 < member.spendable * SUDDEN;
        if is_sudden && member.budget.is_strained(now) {
            self.allocate(now, viewer);
        }
    }

    fn allocate(&mut self, now: Instant, viewer: ParticipantId) {
        let Some(member) = self.members.get(&viewer).filter(|member| member.can_view()) else {
            return;
        };
        let shown: Vec<_> = member.slots.used_video().collect();
        let shown: Vec<(TrackOf, Option<u8>, bool)> =
            shown.iter().map(|(of, slot)| (*of, slot.outgoing.target(), slot.is_dropped)).collect();
        let refused: Vec<_> = shown.iter().map(|(of, ..)| self.refused(now, member, *of)).collect();
        let demands: Vec<_> = shown
            .iter()
            .map(|(of, present, is_dropped)| {
                let demand = self.demand(now, member, *of)?;
                Some(Demand { present: *present, is_dropped: *is_dropped, ..demand })
            })
            .collect();
        let visible: Vec<Demand> = demands.iter().copied().flatten().collect();
        let sound = self.sound_for(now, viewer);
        let Some(member) = self.members.get_mut(&viewer) else { return };
        let sound = member.repeat(now, sound);
        let present = |demand: &Demand| demand.present.and_then(|layer| demand.rate(layer));
        let sent = sound + visible.iter().filter_map(present).sum::<u64>();
        member.spendable = member.budget.believe(now, member.peer.estimate(), sent);
        let budget = member.spendable.saturating_sub(sound);
        let way = member.budget.way(now);
        let chosen = member.steady.decide(now, budget, way, &visible);
        let mut given = chosen.iter().copied();
        let mut targets = Vec::with_capacity(shown.len());
        for (((of, present, _), demand), refused) in shown.iter().zip(&demands).zip(refused) {
            let target = demand.and_then(|_| given.next().flatten());
            if let Some(slot) = member.slots.of(*of) {
                slot.is_dropped = demand.is_some() && target.is_none();
                let is_best = target.is_some() && target == demand.and_then(|demand| demand.best());
                slot.misses = refused.filter(|_| is_best);
            }
            targets.push((*of, *present, target));
        }
        member.seek(now, sound, &visible, &chosen);
        for (of, present, target) in targets {
            self.aim(now, viewer, of, present, target);
        }
    }

    /// Lets a line follow another layer from its next key frame on, or something from a cache.
    fn aim(
        &mut self,
        now: Instant,
        viewer: ParticipantId,
        of: TrackOf,
        present: Option<u8>,
        target: Option<u8>,
    ) {
        let Some(slot) = self.members.get_mut(&viewer).and_then(|member| member.slots.of(of))
        else {
            return;
        };
        slot.outgoing.aim(target);
        let (follows, is_behind) = (slot.outgoing.follows(), slot.outgoing.is_behind());
        if target.is_some() && follows.is_none() {
            self.join(now, viewer, of);
        } else if let Some(layer) = target.filter(|_| is_behind && present != target) {
            self.want_key_frame(now, of, layer);
        }
        self.tell_receiving(viewer, of);
    }

    /// What a viewer would have of a track; `None` when it does not show it, or may not.
    fn demand(&self, now: Instant, viewer: &Member, of: TrackOf) -> Option<Demand> {
        let (source, kind) = of;
        let publisher = self.members.get(&source).filter(|source| !source.is_muted(kind))?;
        let (height, is_pinned) = viewer.view(of);
        let layers = publisher.peer.layers(kind).min(MOST_LAYERS);
        if height == 0 || layers == 0 {
            return None;
        }
        let rank = match kind {
            TrackKind::Screen => Rank::Screen,
            _ if self.subject == Some(source) => Rank::Subject,
            _ if self.speakers.active() == Some(source) => Rank::ActiveSpeaker,
            _ => Rank::Other,
        };
        let track = self.tracks.get(&of);
        let mut rates = [None; MOST_LAYERS];
        let count = useful(track, layers, height) + 1;
        for (layer, rate) in rates.iter_mut().enumerate().take(count) {
            *rate = self.rate(now, publisher, track, kind, layer, layers);
        }
        if rates.iter().all(Option::is_none) {
            // It sends nothing, so it costs nothing to wait for it.
            rates[0] = Some(0);
        }
        Some(Demand { rank, is_pinned, rates, present: None, is_dropped: false })
    }

    /// The layer that the viewer has the pixels for, if its publisher does not send it.
    fn refused(&self, now: Instant, viewer: &Member, of: TrackOf) -> Option<u8> {
        let publisher = self.members.get(&of.0)?;
        let layers = publisher.peer.layers(of.1).min(MOST_LAYERS);
        let track = self.tracks.get(&of).filter(|_| layers > 0)?;
        let layer = useful(Some(track), layers, viewer.view(of).0);
        let is_refused = !track.layers.get(layer)?.flows(now)
            && of.1 == TrackKind::Camera
            && publisher.publishing.is_refused(now, layer);
        is_refused.then_some(layer as u8)
    }

    fn rate(
        &self,
        now: Instant,
        publisher: &Member,
        track: Option<&Track>,
        kind: TrackKind,
        layer: usize,
        layers: usize,
    ) -> Option<u64> {
        let known = track.and_then(|track| track.layers.get(layer));
        let flows = known.is_some_and(|layer| layer.flows(now));
        if kind == TrackKind::Camera && !flows && publisher.publishing.is_refused(now, layer) {
            return None;
        }
        let usual = USUAL_RATES[layers - 1][layer];
        Some(known.and_then(|layer| layer.meter.rate()).unwrap_or(usual))
    }

    /// What the sound of all others takes.
    fn sound_for(&self, now: Instant, viewer: ParticipantId) -> u64 {
        let is_heard = |id: &&ParticipantId| {
            **id != viewer && (self.call.len() <= CROWD || self.speakers.is_heard(**id))
        };
        let rate = |id: &ParticipantId| {
            let layer = self.tracks.get(&(*id, TrackKind::Audio))?.layer(0)?;
            layer.meter.is_live(now).then(|| layer.meter.rate().unwrap_or(USUAL_SOUND))
        };
        self.call.iter().filter(is_heard).filter_map(rate).sum()
    }

    /// Notices layers that were asked for and don't come: a browser that is short of bandwidth or
    /// of CPU sends fewer.
    fn notice_refusals(&mut self, now: Instant) {
        for (id, member) in &mut self.members {
            let track = self.tracks.get(&(*id, TrackKind::Camera));
            let is_live = |layer: usize| {
                let layer = track.and_then(|track| track.layers.get(layer));
                layer.is_some_and(|layer| layer.flows(now))
            };
            member.publishing.notice_refusals(now, is_live);
        }
    }

    fn tell_publishers(&mut self, now: Instant) {
        let publishers: Vec<_> = self.members.keys().copied().collect();
        for participant in publishers {
            let need = self.need(participant);
            let Some(member) = self.members.get_mut(&participant) else { continue };
            if !member.is_connected {
                continue;
            }
            if let Some(Need { camera, screen, is_subject }) = member.publishing.update(now, need) {
                self.tell(RoomEvent::Publish { participant, camera, screen, is_subject });
            }
        }
    }

    /// What anybody needs of the participant's video.
    fn need(&mut self, participant: ParticipantId) -> Need {
        let may_be_joined = self.may_be_joined(participant);
        let Some(member) = self.members.get(&participant) else { return Need::default() };
        let (is_tapped, is_in_call) = (member.tap.is_some(), member.place == Place::Call);
        let is_muted = |kind| member.is_muted(kind);
        let mut need = Need {
            camera: vec![is_tapped; member.peer.layers(TrackKind::Camera)],
            screen: is_tapped,
            is_subject: self.subject == Some(participant),
        };
        if is_muted(TrackKind::Camera) {
            need.camera.fill(false);
        } else if may_be_joined && let Some(lowest) = need.camera.first_mut() {
            *lowest = true;
        }
        let may_show_screen = is_in_call && !is_muted(TrackKind::Screen);
        for viewer in &self.call {
            let Some(member) = self.members.get_mut(viewer) else { continue };
            if *viewer == participant || !member.can_view() {
                continue;
            }
            need.screen |= may_show_screen && member.view((participant, TrackKind::Screen)).0 > 0;
            let Some(slot) = member.slots.of((participant, TrackKind::Camera)) else { continue };
            let follows = slot.outgoing.follows().map(|id| id.layer);
            // Whoever may send more again does so by itself, as long as it is asked to.
            for layer in slot.outgoing.target().into_iter().chain(follows).chain(slot.misses) {
                if let Some(is_needed) = need.camera.get_mut(usize::from(layer)) {
                    *is_needed = true;
                }
            }
        }
        need
    }
}

impl Member {
    /// Decides how often the sound of others is sent again; what it then takes.
    fn repeat(&mut self, now: Instant, sound: u64) -> u64 {
        let copies = self.redundancy.copies(now, sound, self.spendable);
        let takes = sound * (1 + u64::from(copies));
        self.peer.repeat_sound(copies, takes);
        takes
    }

    /// Tells the estimator what it is worth to know of the way.
    fn seek(&mut self, now: Instant, sound: u64, demands: &[Demand], chosen: &[Option<u8>]) {
        let rate = |demand: &Demand, layer: Option<u8>| {
            layer.and_then(|layer| demand.rate(layer)).unwrap_or(0)
        };
        let each = || demands.iter().zip(chosen);
        let sent: u64 = each().map(|(demand, chosen)| rate(demand, *chosen)).sum();
        let best: u64 = demands.iter().map(|demand| rate(demand, demand.best())).sum();
        let step = each().filter_map(|(demand, chosen)| {
            Some(rate(demand, Some(demand.above(*chosen)?)).saturating_sub(rate(demand, *chosen)))
        });
        let step = step.filter(|step| *step > 0).min();
        let is_wanted = step.is_some() && self.steady.may_rise_soon(now);
        let is_free = !self.budget.is_strained(now);
        let wanted = |rate: u64| (sound + rate) * ROOM_TO_BREATHE / 100;
        let sustained = match step.filter(|_| self.seeking.poll(now, is_wanted) && is_free) {
            Some(step) => wanted(sent + step),
            None => 0,
        };
        self.peer.aim(sustained, wanted(best).min(MOST_SOUGHT));
    }
}

/// The lowest layer that has all the pixels that the viewer can see.
fn useful(track: Option<&Track>, layers: usize, height: u16) -> usize {
    let lines = |layer: usize| {
        let size = track.and_then(|track| track.layers.get(layer)?.size);
        // Layers usually halve: 720, 360, 180.
        size.map_or(720 >> (MOST_LAYERS - 1 - layer), |(width, height)| {
            u32::from(width.min(height))
        })
    };
    // A little enlarging is not seen.
    (0..layers).find(|layer| lines(*layer) * 9 >= u32::from(height) * 8).unwrap_or(layers - 1)
}
