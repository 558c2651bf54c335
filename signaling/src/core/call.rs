//! The call itself: its seats, its clock marks, and the way each input takes.

use super::capturing::Captures;
use super::history::History;
use super::joining::HEARTBEAT_S;
use super::seat::{Line, Seat};
use super::step::{Input, SocketId, Step};
use crate::gate::{CallFact, Restored};
use crate::message::{
    CallId, CallState, CallView, ClientMessage, ErrorCode, ParticipantId, Place, Role,
    ServerMessage,
};
use crate::time::UnixMillis;
use std::collections::BTreeMap;
use std::time::Duration;

/// The bounds of every call and its sockets.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long a lost participant is "reconnecting" before it is gone.
    pub grace: Duration,
    /// Seats in the call: what the media server forwards among.
    pub capacity: usize,
    /// Seats in the lobby.
    pub lobby: usize,
    /// How long a socket may take to join.
    pub join_within: Duration,
    /// After how long a silence a socket is taken for lost.
    pub silence: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(60),
            capacity: 20,
            lobby: 12,
            join_within: Duration::from_secs(10),
            silence: Duration::from_secs(3 * u64::from(HEARTBEAT_S)),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Call {
    pub(super) id: CallId,
    pub(super) settings: Settings,
    pub(super) seats: BTreeMap<ParticipantId, Seat>,
    pub(super) last_participant: u32,
    pub(super) live_since: Option<UnixMillis>,
    pub(super) closes_at: Option<UnixMillis>,
    pub(super) ended: bool,
    pub(super) locked: bool,
    /// Whose picture the call is about.
    pub(super) subject: Option<ParticipantId>,
    pub(super) active_speaker: Option<ParticipantId>,
    pub(super) captures: Captures,
    pub(super) history: History,
    /// How many come before this call's lobby because they are in, or wait for, other calls.
    pub(super) ahead_elsewhere: u32,
}

impl Call {
    /// A call as it was kept; of a new one nothing was. Kept seats are "reconnecting" from now on.
    pub fn new(id: CallId, settings: Settings, restored: Restored, now: UnixMillis) -> Self {
        let until = now.plus(settings.grace);
        let highest = restored.seats.iter().map(|seat| seat.participant.0).max().unwrap_or(0);
        let seats = restored.seats.into_iter();
        Self {
            id,
            settings,
            seats: seats.map(|kept| (kept.participant, Seat::restored(kept, until))).collect(),
            last_participant: restored.last_participant.max(highest),
            live_since: restored.live_since,
            closes_at: restored.closes_at,
            ended: false,
            locked: restored.locked,
            subject: None,
            active_speaker: None,
            captures: Captures::restored(&restored.captures),
            history: History::default(),
            ahead_elsewhere: restored.ahead_elsewhere,
        }
    }

    /// The one way in: what `input` leads to at the time `now`.
    pub fn step(&mut self, now: UnixMillis, input: Input) -> Step {
        let mut step = Step::default();
        match input {
            Input::Join(joining) => self.join(now, *joining, &mut step),
            Input::Message { socket, seq, message } => {
                self.message(now, socket, seq, message, &mut step);
            }
            Input::Closed { socket } => self.closed(now, socket, &mut step),
            Input::Answered { participant, socket, re, answer } => {
                self.answered(now, participant, socket, re, answer, &mut step);
            }
            Input::Media(event) => self.media(now, event, &mut step),
            Input::EndCall { reason } => self.end(now, reason, &mut step),
            Input::WindowChanged { closes_at } => self.window_changed(now, closes_at, &mut step),
            Input::ConsentChanged { subject, allowed } => {
                self.consent_changed(now, subject, allowed, &mut step);
            }
            Input::AheadChanged { elsewhere } => {
                self.ahead_elsewhere = elsewhere;
                self.tell_waiting(&mut step);
            }
            Input::Dismissed { subject } => self.dismissed(now, subject, &mut step),
            Input::Timeout => self.timeout(now, &mut step),
        }
        self.settle_stills(now, &mut step);
        self.hand_over_quality(now, &mut step);
        step
    }

    /// When [`Input::Timeout`] is due: a grace time is over, a still is too old, or the window closes.
    pub fn deadline(&self) -> Option<UnixMillis> {
        let graces = self.seats.values().filter_map(|seat| match seat.line {
            Line::Lost { until } => Some(until),
            Line::Socket(_) => None,
        });
        let window = self.closes_at.filter(|_| !self.ended);
        graces.chain(window).chain(self.next_still_to_expire()).min()
    }

    /// Nobody is here and nobody is expected back: what is kept is enough to go on from.
    pub fn is_idle(&self) -> bool {
        self.seats.is_empty()
    }

    /// Whose seat a socket has now; none before it joined and after it was superseded.
    pub fn participant(&self, socket: SocketId) -> Option<ParticipantId> {
        self.seat_of(socket).map(|seat| seat.id)
    }

    fn message(
        &mut self,
        now: UnixMillis,
        socket: SocketId,
        seq: Option<u32>,
        message: ClientMessage,
        step: &mut Step,
    ) {
        // A superseded or closed socket may still have messages on their way: nobody's any more.
        let Some(from) = self.participant(socket) else { return };
        let outcome = self.heed(now, from, socket, seq, message, step);
        if let Err(refused) = outcome {
            step.refuse(socket, seq, refused.0, refused.1);
        }
    }

    fn heed(
        &mut self,
        now: UnixMillis,
        from: ParticipantId,
        socket: SocketId,
        seq: Option<u32>,
        message: ClientMessage,
        step: &mut Step,
    ) -> Result<(), Refused> {
        match message {
            ClientMessage::Join(_) => return Err(ALREADY_JOINED),
            ClientMessage::Offer { sdp } => self.offer(from, socket, seq, sdp.into_string(), step),
            ClientMessage::Admit { participant } => self.admit(now, from, participant, step)?,
            ClientMessage::SendBack { participant } => {
                self.send_back(now, from, participant, step)?;
            }
            ClientMessage::Remove { participant } => self.remove(now, from, participant, step)?,
            ClientMessage::Mute { audio, video } => self.mute(now, from, audio, video, step),
            ClientMessage::Lock { locked } => self.lock(from, locked, step)?,
            ClientMessage::Silence { participant, kind } => {
                self.silence(now, from, participant, kind, step)?;
            }
            ClientMessage::Subject { participant } => self.mark(from, participant, step)?,
            ClientMessage::Screen { on } => self.screen(now, from, on, step)?,
            ClientMessage::View { tiles } => self.view(from, tiles.into_vec(), step)?,
            ClientMessage::Lacking { pictures, most_bytes } => {
                self.lacks(now, from, pictures.into_vec(), most_bytes)?;
            }
            ClientMessage::Stills { on } => self.sends_stills(now, from, on, step)?,
            ClientMessage::Capture { id, target } => self.capture(now, from, id, target, step)?,
            ClientMessage::CaptureState { id, source, state, detail } => {
                self.capture_state(from, id, source, state, detail, step)?;
            }
            ClientMessage::Report(report) => self.report(now, from, &report, step),
            ClientMessage::Leave {} => self.leave(now, from, step),
            ClientMessage::End {} => self.end_by(now, from, step)?,
            ClientMessage::Ping {} => {}
        }
        Ok(())
    }

    pub(super) fn seat_of(&self, socket: SocketId) -> Option<&Seat> {
        self.seats.values().find(|seat| seat.socket() == Some(socket))
    }

    pub(super) fn seat(&self, id: ParticipantId) -> Result<&Seat, Refused> {
        self.seats.get(&id).ok_or(NO_SUCH_PARTICIPANT)
    }

    pub(super) fn role(&self, id: ParticipantId) -> Option<Role> {
        self.seats.get(&id).map(|seat| seat.role)
    }

    pub(super) fn count(&self, place: Place) -> usize {
        self.seats.values().filter(|seat| seat.place == place).count()
    }

    /// The call is live once a host and somebody who was admitted are in it together, and stays so.
    pub(super) fn go_live(&mut self, now: UnixMillis, step: &mut Step) {
        let here =
            |host: bool| self.seats.values().any(|seat| seat.in_call() && seat.is_host() == host);
        if self.live_since.is_none() && here(true) && here(false) {
            self.live_since = Some(now);
            step.record(CallFact::Live { since: now });
            self.tell_call(&ServerMessage::Call(self.call_view(now)), step);
        }
    }

    fn window_changed(&mut self, now: UnixMillis, closes_at: UnixMillis, step: &mut Step) {
        if !self.ended && self.closes_at != Some(closes_at) {
            self.closes_at = Some(closes_at);
            self.tell_call(&ServerMessage::Call(self.call_view(now)), step);
        }
    }

    pub(super) fn call_view(&self, now: UnixMillis) -> CallView {
        let state = if self.live_since.is_some() { CallState::Live } else { CallState::Open };
        CallView {
            id: self.id,
            state,
            now_ms: now.0,
            live_since_ms: self.live_since.map(|since| since.0),
            ends_at_ms: self.closes_at.map(|at| at.0),
        }
    }
}

/// A request that its sender may not make, or not now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused(pub(super) ErrorCode, pub(super) &'static str);

pub(super) const FORBIDDEN: Refused =
    Refused(ErrorCode::Forbidden, "your role or place does not allow this");
pub(super) const NO_SUCH_PARTICIPANT: Refused =
    Refused(ErrorCode::NoSuchParticipant, "nobody with this id is here");
pub(super) const ROOM_FULL: Refused = Refused(ErrorCode::RoomFull, "every seat is taken");
const ALREADY_JOINED: Refused = Refused(ErrorCode::AlreadyJoined, "this socket has joined before");
