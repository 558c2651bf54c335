//! Coming in: a new seat, the same seat again after a drop, a reload or a restart, and offers.

use super::call::{Call, ROOM_FULL, Refused};
use super::moderating::LOCKED;
use super::rights::Right;
use super::seat::{Line, Seat};
use super::step::{Answer, Effect, Joining, SocketId, Step};
use crate::gate::{CallFact, Seat as Kept, TokenHash};
use crate::message::{
    CloseCode, ErrorCode, Joined, ParticipantId, Place, ServerMessage, VERSION, You,
};
use crate::time::UnixMillis;

/// A client pings this often; one that is silent for three times as long is dropped.
pub(super) const HEARTBEAT_S: u32 = 5;

impl Call {
    pub(super) fn join(&mut self, now: UnixMillis, joining: Joining, step: &mut Step) {
        if self.participant(joining.socket).is_some() {
            let code = ErrorCode::AlreadyJoined;
            step.refuse(joining.socket, joining.seq, code, "this socket has joined before");
            return;
        }
        if self.ended {
            return turn_away(&joining, ErrorCode::Ended, "this call is over", step);
        }
        let id = match self.returning(&joining) {
            Some(id) => id,
            None => match self.newcomer(now, &joining) {
                Ok(id) => id,
                Err(refused) => return turn_away(&joining, refused.0, refused.1, step),
            },
        };
        self.closes_at = Some(joining.pass.closes_at);
        self.take_seat(id, &joining, step);
        self.sends_again(id, joining.audio, joining.video, step);
        self.go_live(now, step);
        self.tell_participant(now, id, step);
        match joining.offer {
            Some(offer) => self.offer(id, joining.socket, joining.seq, offer, step),
            None => self.greet(now, id, None, step),
        }
        self.tell_waiting(step);
    }

    /// An offer of somebody who has a seat, or has just taken it.
    pub(super) fn offer(
        &mut self,
        participant: ParticipantId,
        socket: SocketId,
        re: Option<u32>,
        offer: String,
        step: &mut Step,
    ) {
        step.effects.push(Effect::Connect { participant, socket, offer, re });
    }

    pub(super) fn answered(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        socket: SocketId,
        re: Option<u32>,
        answer: Answer,
        step: &mut Step,
    ) {
        // The seat may have been given up, or taken by another socket, while the answer was made.
        let Some(seat) = self.seats.get_mut(&id).filter(|seat| seat.socket() == Some(socket))
        else {
            return;
        };
        let greeted = seat.greeted;
        let (sdp, refused) = match answer {
            Ok(sdp) => {
                seat.media_lost = false;
                self.tell_media(id, step);
                (Some(sdp), None)
            }
            Err(refused) => (None, Some(refused)),
        };
        match (greeted, sdp) {
            (false, sdp) => self.greet(now, id, sdp, step),
            (true, Some(sdp)) => step.send(socket, ServerMessage::Answer { sdp }),
            (true, None) => {}
        }
        if let Some((code, message)) = refused {
            step.refuse(socket, re, code, &message);
        }
    }

    /// The seat that this client had: by its token, or by being the same person where nothing is
    /// gained by it. A link alone never takes a seat inside the call: it may have been forwarded.
    fn returning(&self, joining: &Joining) -> Option<ParticipantId> {
        let subject = joining.pass.subject;
        let token = joining.resume.as_ref().map(|token| token.hash);
        let mut own = self.seats.values().filter(|seat| seat.subject == subject);
        let resumed = own.clone().find(|seat| Some(seat.token) == token);
        let seat = resumed.or_else(|| own.find(|seat| seat.is_host() || !seat.in_call()));
        seat.map(|seat| seat.id)
    }

    fn newcomer(&mut self, now: UnixMillis, joining: &Joining) -> Result<ParticipantId, Refused> {
        if self.locked && !joining.pass.role.has(Right::Host) {
            return Err(LOCKED);
        }
        let place = joining.pass.role.first_place();
        let allowed = match place {
            Place::Call => self.settings.capacity,
            Place::Lobby => self.settings.lobby,
        };
        if self.count(place) >= allowed {
            return Err(ROOM_FULL);
        }
        self.last_participant += 1;
        let id = ParticipantId(self.last_participant);
        let kept = Kept {
            participant: id,
            subject: joining.pass.subject,
            role: joining.pass.role,
            name: joining.pass.name.clone(),
            place,
            since: now,
            // Of nobody, until the seat is taken in the same step.
            token: TokenHash([0; 32]),
            may_be_captured: joining.pass.may_be_captured,
        };
        self.seats.insert(id, Seat::restored(kept, now));
        Ok(id)
    }

    /// Puts the socket into the seat, and its former socket out of it.
    fn take_seat(&mut self, id: ParticipantId, joining: &Joining, step: &mut Step) {
        let Some(seat) = self.seats.get_mut(&id) else { return };
        let before = seat.kept();
        if let Some(old) = seat.socket() {
            step.close(old, CloseCode::Superseded);
        }
        let resumes = joining.resume.as_ref().is_some_and(|token| token.hash == seat.token);
        if !resumes {
            seat.token = joining.fresh.hash;
        }
        seat.resume = match &joining.resume {
            Some(token) if resumes => token.text.clone(),
            _ => joining.fresh.text.clone(),
        };
        seat.line = Line::Socket(joining.socket);
        (seat.greeted, seat.media_lost, seat.told_ahead) = (false, false, None);
        seat.view = None;
        seat.stills.begin_anew();
        (seat.audio, seat.video) = (joining.audio, joining.video);
        if std::mem::take(&mut seat.screen) {
            step.effects.push(Effect::Screen { participant: id, on: false });
        }
        seat.name = joining.pass.name.clone();
        seat.may_be_captured = joining.pass.may_be_captured;
        if seat.kept() != before {
            step.fact(CallFact::Seated(seat.kept()));
        }
    }

    /// `joined`: the first thing that a socket hears.
    fn greet(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        answer: Option<String>,
        step: &mut Step,
    ) {
        let ahead = self.waiting(id);
        let call = self.call_view(now);
        let participants = self.seen_by(now, id);
        let Some(seat) = self.seats.get_mut(&id) else { return };
        let Some(socket) = seat.socket() else { return };
        (seat.greeted, seat.told_ahead) = (true, ahead.map(|waiting| waiting.ahead));
        let joined = Joined {
            version: VERSION,
            you: You { id, role: seat.role, name: seat.name.clone(), place: seat.place },
            call,
            participants,
            resume: std::mem::take(&mut seat.resume),
            answer,
            slots: seat.slots.clone(),
            waiting: ahead,
            subject: self.subject.filter(|_| seat.in_call()),
            active_speaker: self.active_speaker.filter(|_| seat.in_call()),
            locked: self.locked,
            may_capture: seat.role.has(Right::Capture),
            heartbeat_s: HEARTBEAT_S,
            // As they are good for a time only, whoever sends this has them made then.
            ice_servers: None,
        };
        let publish = seat.publish.clone();
        step.send(socket, ServerMessage::Joined(Box::new(joined)));
        if let Some(publish) = publish {
            step.send(socket, ServerMessage::Publish(publish));
        }
        self.tell_qualities_to(id, step);
    }
}

fn turn_away(joining: &Joining, code: ErrorCode, message: &str, step: &mut Step) {
    step.refuse(joining.socket, joining.seq, code, message);
    step.close(joining.socket, CloseCode::Refused);
}
