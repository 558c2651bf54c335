//! A room: its participants, their tracks, and who is shown to whom.
//!
//! Everything enters through the methods that take `now`, and leaves through
//! [`Room::poll_output`], to be called until `None` after each of them. [`Room::deadline`] says
//! when [`Room::handle_timeout`] is due.

mod allocating;
mod assigning;
mod events;
mod forwarding;
mod hearing;
mod member;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::hearing::MOST_TOGETHER;
use self::member::Member;
use super::datagram_kind::DatagramKind;
use super::error::ConnectError;
use super::event::{RoomEvent, TrackKind, View};
use super::offer::Offer;
use super::participant::{ParticipantId, Place};
use super::path::Ends;
use super::peer::{Datagram, Identity, Peer, PeerOutput};
use super::picture::KeyFrame;
use super::slots::TrackOf;
use super::speakers::Speakers;
use super::tally::Tally;
use super::tap::TapPacket;
use super::track::Track;
use super::transport::LocalAddress;

/// A call's room holds no more than this, those in the lobby included.
pub const SEATS: usize = 32;

/// What is kept place for; much more is sent at once when somebody joins a large call.
const USUAL_OUTPUTS: usize = 256;

/// What a room wants done.
#[derive(Debug)]
pub enum RoomOutput {
    Transmit(Datagram),
    Event(RoomEvent),
    /// A packet of a tapped participant.
    Tap(ParticipantId, TapPacket),
}

/// The answer to an offer, and how to find the transport that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub sdp: String,
    /// By which connectivity checks address the participant from now on; see
    /// [`super::stun::addressed_fragment`].
    pub fragment: String,
    /// Whether addresses of the participant known so far are those of another transport.
    pub is_new_transport: bool,
}

#[derive(Debug)]
pub struct Room {
    identity: Arc<Identity>,
    seats: usize,
    /// Boxed: a node of the map has place for eleven, and most rooms have two.
    members: BTreeMap<ParticipantId, Box<Member>>,
    tracks: BTreeMap<TrackOf, Track>,
    /// The layers of which a key frame is awaited.
    awaited: BTreeSet<(TrackOf, u8)>,
    /// Who is in the call, in the order of coming in.
    call: Vec<ParticipantId>,
    speakers: Speakers,
    /// Whose picture matters most.
    subject: Option<ParticipantId>,
    /// When the choice of layers is due.
    next_review: Option<Instant>,
    /// Whose transports are to be heard out, each once.
    unheard: Vec<ParticipantId>,
    /// Since when, if datagrams were received, and how many.
    unheard_since: Option<Instant>,
    received: usize,
    /// What transports said and the room has not dealt with yet.
    pending: VecDeque<(ParticipantId, PeerOutput)>,
    outputs: VecDeque<RoomOutput>,
    tally: Tally,
}

impl Room {
    pub fn new(identity: Arc<Identity>) -> Self {
        Self::with_seats(identity, SEATS)
    }

    /// A room that holds this many, those in the lobby included.
    pub fn with_seats(identity: Arc<Identity>, seats: usize) -> Self {
        Self {
            identity,
            seats,
            members: BTreeMap::new(),
            tracks: BTreeMap::new(),
            awaited: BTreeSet::new(),
            call: Vec::new(),
            speakers: Speakers::default(),
            subject: None,
            next_review: None,
            unheard: Vec::new(),
            unheard_since: None,
            received: 0,
            pending: VecDeque::new(),
            outputs: VecDeque::new(),
            tally: Tally::default(),
        }
    }

    /// Answers an offer: of a newcomer, who comes into the lobby; of a participant whose peer
    /// connection restarts ICE; or of one that built another, which replaces the old.
    pub fn connect(
        &mut self,
        now: Instant,
        participant: ParticipantId,
        offer: &str,
    ) -> Result<Answer, ConnectError> {
        let offer = Offer::parse(offer)?;
        let (sdp, is_new_transport) = match self.members.get_mut(&participant) {
            Some(member) if member.peer.belongs_to(&offer) => {
                let answer = member.peer.reaccept(&offer)?;
                member.extend_slots();
                (answer, false)
            }
            Some(_) => (self.replace(now, participant, &offer)?, true),
            None => (self.admit(now, participant, &offer)?, true),
        };
        let member = self.members.get_mut(&participant);
        let fragment = member.map(|member| member.peer.fragment()).unwrap_or_default();
        self.touch(participant);
        self.assign_slots(now);
        self.settle(now);
        Ok(Answer { sdp, fragment, is_new_transport })
    }

    pub fn place(&mut self, now: Instant, participant: ParticipantId, place: Place) {
        let Some(member) = self.members.get_mut(&participant) else { return };
        if member.place == place {
            return;
        }
        member.place = place;
        match place {
            Place::Call => self.call.push(participant),
            Place::Lobby => self.call.retain(|other| *other != participant),
        }
        if place == Place::Lobby {
            self.silence(participant);
            self.note_screen(now, participant, false);
        }
        self.assign_slots(now);
        self.settle(now);
    }

    pub fn disconnect(&mut self, now: Instant, participant: ParticipantId) {
        let Some(mut member) = self.members.remove(&participant) else { return };
        self.part(now, &mut member.peer);
        self.call.retain(|other| *other != participant);
        self.tracks.retain(|(publisher, _), _| *publisher != participant);
        self.subject.take_if(|subject| *subject == participant);
        self.silence(participant);
        self.assign_slots(now);
        self.settle(now);
    }

    /// Takes what a viewer shows, all of it; what it does not mention counts as visible, 360
    /// pixels high. Of the list no more than 64 entries are read.
    pub fn view(&mut self, now: Instant, viewer: ParticipantId, views: &[View]) {
        let Some(member) = self.members.get_mut(&viewer) else { return };
        member.set_views(views);
        self.review(now);
        self.settle(now);
    }

    /// Says whose picture matters most.
    pub fn set_subject(&mut self, now: Instant, subject: Option<ParticipantId>) {
        self.subject = subject;
        self.review(now);
        self.settle(now);
    }

    /// Forwards nothing of a participant's track, or goes on with it.
    pub fn set_muted(
        &mut self,
        now: Instant,
        participant: ParticipantId,
        kind: TrackKind,
        is_muted: bool,
    ) {
        let Some(member) = self.members.get_mut(&participant) else { return };
        member.set_muted(kind, is_muted);
        if is_muted && kind == TrackKind::Audio {
            self.silence(participant);
            let of = (participant, kind);
            let slots = self.members.values_mut().filter_map(|member| member.slots.of(of));
            // What is left out is not to look as if it had got lost.
            slots.for_each(|slot| slot.outgoing.stop());
        }
        self.review(now);
        self.settle(now);
    }

    /// Gives the participant's screen receive slots, or takes them back. Without being told, the
    /// room notices a screen by its first packet, and its end by a long silence.
    pub fn set_screen(&mut self, now: Instant, participant: ParticipantId, is_on: bool) {
        let begins = self.members.get(&participant).is_some_and(|member| !member.has_screen);
        if is_on && begins {
            // So that the silence since the last one is not held against it.
            self.tracks.remove(&(participant, TrackKind::Screen));
        }
        self.note_screen(now, participant, is_on);
        self.settle(now);
    }

    /// Says good-bye to everybody.
    pub fn close(&mut self, now: Instant) {
        while let Some((_, mut member)) = self.members.pop_first() {
            self.part(now, &mut member.peer);
        }
        self.call.clear();
        self.tracks.clear();
    }

    /// Whether a datagram from an unknown address proves that it is the participant's.
    pub fn accepts(
        &self,
        now: Instant,
        participant: ParticipantId,
        from: SocketAddr,
        to: impl Into<LocalAddress>,
        datagram: &[u8],
    ) -> bool {
        let member = self.members.get(&participant);
        member.is_some_and(|member| member.peer.accepts(now, from, to.into(), datagram))
    }

    /// Media with this SSRC came from an unknown address: a question to be sent there, if it may be from
    /// a participant of whom nothing came any more for a moment, and who of them is asked.
    pub fn ask_at(
        &mut self,
        now: Instant,
        ssrc: u32,
        from: SocketAddr,
        to: LocalAddress,
    ) -> Option<(ParticipantId, Datagram)> {
        let ends = Ends { client: from, ours: to };
        let mut members = self.members.values_mut();
        members.find_map(|member| Some((member.id, member.peer.ask_at(now, ssrc, ends)?)))
    }

    /// Whether the datagram is the participant's answer to that: they are at this address.
    pub fn is_answered(
        &mut self,
        now: Instant,
        participant: ParticipantId,
        from: SocketAddr,
        to: LocalAddress,
        datagram: &[u8],
    ) -> bool {
        let ends = Ends { client: from, ours: to };
        let member = self.members.get_mut(&participant);
        member.is_some_and(|member| member.peer.is_answered(now, ends, datagram))
    }

    /// The address that the participant is sent to.
    pub fn client(&self, participant: ParticipantId) -> Option<SocketAddr> {
        self.members.get(&participant)?.peer.client()
    }

    /// Takes a datagram from an address of the participant. Whether anything could be made of it.
    /// What follows from it may wait for [`Self::handle_timeout`], which is due at once: after all the
    /// datagrams that are there.
    pub fn receive(
        &mut self,
        now: Instant,
        participant: ParticipantId,
        from: SocketAddr,
        to: impl Into<LocalAddress>,
        datagram: &[u8],
    ) -> bool {
        let Some(member) = self.members.get_mut(&participant) else { return false };
        let is_sound = member.peer.receive(now, from, to.into(), datagram);
        let is_media = DatagramKind::of(datagram) == DatagramKind::Media;
        let change = is_sound.then(|| member.liveness.hear(now, is_media)).flatten();
        while let Some(output) = member.peer.poll_received(now) {
            self.pending.push_back((participant, output));
        }
        self.unheard_since.get_or_insert(now);
        self.touch(participant);
        self.note(now, participant, change);
        self.received += 1;
        if self.received < MOST_TOGETHER {
            self.handle_pending(now);
        } else {
            self.settle(now);
        }
        is_sound
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        let due = self.members.values().filter(|member| member.deadline() <= now);
        let due: Vec<_> = due.map(|member| member.id).collect();
        for participant in due {
            self.tick(now, participant);
        }
        if self.next_review.is_some_and(|due| due <= now) {
            self.end_silent_screens(now);
            self.review(now);
        }
        self.settle(now);
    }

    /// When [`Self::handle_timeout`] is due; `None` while the room is empty.
    pub fn deadline(&self) -> Option<Instant> {
        if self.unheard_since.is_some() {
            return self.unheard_since;
        }
        let members = self.members.values().map(|member| member.deadline());
        let requests = self
            .awaited
            .iter()
            .filter_map(|(of, layer)| self.tracks.get(of)?.layer(*layer)?.requests.deadline());
        members.chain(requests).chain(self.next_review).min()
    }

    pub fn poll_output(&mut self) -> Option<RoomOutput> {
        let next = self.outputs.pop_front();
        if next.is_none() {
            self.outputs.shrink_to(USUAL_OUTPUTS);
            self.pending.shrink_to(USUAL_OUTPUTS);
        }
        next
    }

    /// What was done since this was asked last.
    pub fn take_tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
    }

    /// The last whole VP8 key frame of the participant's camera, of the best layer that comes.
    pub fn key_frame(&self, now: Instant, participant: ParticipantId) -> Option<KeyFrame> {
        self.tracks.get(&(participant, TrackKind::Camera))?.key_frame(now)
    }

    /// How long ago that key frame began to arrive.
    pub fn key_frame_age(&self, now: Instant, participant: ParticipantId) -> Option<Duration> {
        self.tracks.get(&(participant, TrackKind::Camera))?.key_frame_age(now)
    }

    /// Asks the participant for a key frame of its camera. Whether that ever sent anything.
    pub fn request_key_frame(&mut self, now: Instant, participant: ParticipantId) -> bool {
        self.want_camera(now, participant);
        self.settle(now);
        self.tracks.contains_key(&(participant, TrackKind::Camera))
    }

    /// Begins or ends [`RoomOutput::Tap`] for the participant. Whether it is here.
    pub fn tap(&mut self, participant: ParticipantId, is_tapped: bool) -> bool {
        let Some(member) = self.members.get_mut(&participant) else { return false };
        if is_tapped {
            member.tap.get_or_insert_default();
        } else {
            member.tap = None;
        }
        true
    }

    pub fn has(&self, participant: ParticipantId) -> bool {
        self.members.contains_key(&participant)
    }

    pub fn participants(&self) -> usize {
        self.members.len()
    }

    fn admit(
        &mut self,
        now: Instant,
        participant: ParticipantId,
        offer: &Offer,
    ) -> Result<String, ConnectError> {
        if self.members.len() >= self.seats {
            return Err(ConnectError::RoomFull);
        }
        let (peer, answer) = Peer::accept(now, &self.identity, offer)?;
        self.members.insert(participant, Box::new(Member::new(now, participant, peer)));
        Ok(answer)
    }

    fn replace(
        &mut self,
        now: Instant,
        participant: ParticipantId,
        offer: &Offer,
    ) -> Result<String, ConnectError> {
        let (peer, answer) = Peer::accept(now, &self.identity, offer)?;
        if let Some(member) = self.members.get_mut(&participant) {
            for ((publisher, kind), track) in &mut self.tracks {
                if *publisher == participant {
                    track.declare(peer.layers(*kind));
                }
            }
            member.replace(now, peer);
        }
        Ok(answer)
    }
}
