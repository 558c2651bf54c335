//! One participant's place in the call, which outlives sockets and transports.

use super::SocketId;
use super::quality::Measured;
use super::rights::Right;
use super::stills::Stills;
use crate::gate::{Seat as Kept, Subject, TokenHash};
use crate::message::{
    ParticipantId, ParticipantView, Place, Presence, Publish, Role, SlotView, Tile, TrackKind,
};
use crate::time::UnixMillis;

#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) id: ParticipantId,
    pub(super) subject: Subject,
    pub(super) role: Role,
    pub(super) name: String,
    pub(super) place: Place,
    /// Since when in this place.
    pub(super) since: UnixMillis,
    pub(super) token: TokenHash,
    pub(super) may_be_captured: bool,
    pub(super) line: Line,
    /// `joined` was sent to the present socket; before it, nothing else may be.
    pub(super) greeted: bool,
    /// The resume token in clear, from taking the seat until `joined` has carried it off.
    pub(super) resume: String,
    /// The last `waiting` that was sent to it.
    pub(super) told_ahead: Option<u32>,
    /// The media server has not heard of them for a while.
    pub(super) media_lost: bool,
    pub(super) audio: bool,
    pub(super) video: bool,
    pub(super) screen: bool,
    /// What of theirs a host stopped, until they send it again.
    pub(super) silenced: Vec<TrackKind>,
    /// What the page said last that it shows.
    pub(super) view: Option<Vec<Tile>>,
    pub(super) publish: Option<Publish>,
    pub(super) slots: Vec<SlotView>,
    pub(super) quality: Option<Measured>,
    pub(super) stills: Stills,
}

/// The seat's way to its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Socket(SocketId),
    /// Until the grace time is over.
    Lost {
        until: UnixMillis,
    },
}

impl Seat {
    /// A kept seat whose owner has not come back yet.
    pub(super) fn restored(kept: Kept, until: UnixMillis) -> Self {
        Self {
            id: kept.participant,
            subject: kept.subject,
            role: kept.role,
            name: kept.name,
            place: kept.place,
            since: kept.since,
            token: kept.token,
            may_be_captured: kept.may_be_captured,
            line: Line::Lost { until },
            greeted: false,
            resume: String::new(),
            told_ahead: None,
            media_lost: false,
            audio: false,
            video: false,
            screen: false,
            silenced: Vec::new(),
            view: None,
            publish: None,
            slots: Vec::new(),
            quality: None,
            stills: Stills::default(),
        }
    }

    pub(super) fn kept(&self) -> Kept {
        Kept {
            participant: self.id,
            subject: self.subject,
            role: self.role,
            name: self.name.clone(),
            place: self.place,
            since: self.since,
            token: self.token,
            may_be_captured: self.may_be_captured,
        }
    }

    pub(super) fn socket(&self) -> Option<SocketId> {
        match self.line {
            Line::Socket(socket) => Some(socket),
            Line::Lost { .. } => None,
        }
    }

    /// The socket, if it may be told things.
    pub(super) fn ear(&self) -> Option<SocketId> {
        self.socket().filter(|_| self.greeted)
    }

    pub(super) fn is_host(&self) -> bool {
        self.role.has(Right::Host)
    }

    pub(super) fn in_call(&self) -> bool {
        self.place == Place::Call
    }

    pub(super) fn presence(&self) -> Presence {
        match self.line {
            Line::Socket(_) if !self.media_lost => Presence::Here,
            _ => Presence::Reconnecting,
        }
    }

    /// May this one know that `other` is there?
    pub(super) fn sees(&self, other: &Seat) -> bool {
        self.id == other.id || self.is_host() || (self.in_call() && other.in_call())
    }

    pub(super) fn view(&self, now: UnixMillis) -> ParticipantView {
        ParticipantView {
            id: self.id,
            role: self.role,
            name: self.name.clone(),
            place: self.place,
            presence: self.presence(),
            audio: self.audio,
            video: self.video,
            screen: self.screen,
            stills: self.stills.on && self.video,
            waiting_ms: (!self.in_call()).then(|| now.since(self.since)),
            may_be_captured: self.may_be_captured,
        }
    }
}
