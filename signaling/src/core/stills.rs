//! Still pictures in the place of a video that a network cannot carry: of whom they are wanted, the
//! latest of each, and who may look at it. They come and go over HTTP, beside the call, in the name
//! of a seat.
//!
//! A still is live picture. It is wanted only while somebody in the call lacks the picture of a
//! camera that is on, it is kept no longer than it is wanted, and nobody outside of the call sees it.

use super::call::{Call, FORBIDDEN, Refused};
use super::limits::{Budget, Verdict};
use super::seat::Seat;
use super::step::Step;
use crate::gate::TokenHash;
use crate::message::{ErrorCode, ParticipantId, ServerMessage, TrackKind};
use crate::time::UnixMillis;
use std::sync::Arc;
use std::time::Duration;

/// A picture that is older shows nothing of what is going on.
const LIFETIME: Duration = Duration::from_secs(30);
/// What a viewer may ask a still to be limited to, in bytes: below, there is nothing to be seen.
const FEWEST_BYTES: u32 = 4_000;

const TOO_FAST: Refused = Refused(ErrorCode::RateLimited, "too many changes of what is lacking");

/// An encoded image, and its media type. That it is one is for the product to see to, and that it
/// is small: up to one of each participant is held in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StillPicture {
    pub content_type: &'static str,
    pub bytes: Arc<[u8]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Still {
    pub picture: StillPicture,
    pub taken_at: UnixMillis,
}

/// Why a still was not taken in, or not given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StillRefusal {
    #[error("this is the token of no seat in the call")]
    NoSeat,
    #[error("only those who were admitted to the call give or see its pictures")]
    Outside,
    #[error("a still is of one's own camera")]
    NotYours,
    #[error("the camera is off")]
    CameraOff,
    #[error("nobody lacks this picture")]
    Unwanted,
    #[error("there is no still of this participant now")]
    NoStill,
    #[error("too many at once")]
    TooFast,
}

/// A seat's part in it, as viewer and as publisher.
#[derive(Clone, Debug, Default)]
pub(super) struct Stills {
    /// Whose pictures do not reach this one.
    lacking: Vec<ParticipantId>,
    most_bytes: Option<u32>,
    /// Whose pictures the media server does not send to it, as it said last.
    dark: Vec<ParticipantId>,
    /// This one's own network carries no video to the server.
    pub(super) on: bool,
    /// By whom stills of this one are wanted, and what its page was told of that.
    wanted: Wanted,
    told: Wanted,
    latest: Option<Still>,
    changes: Option<Budget>,
    brought: Option<Budget>,
    looked: Option<Budget>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wanted {
    by: Vec<ParticipantId>,
    most_bytes: Option<u32>,
}

impl Stills {
    /// Another page has the seat, or none: what the former said holds no more.
    pub(super) fn begin_anew(&mut self) {
        (self.lacking, self.most_bytes, self.on) = (Vec::new(), None, false);
        self.dark.clear();
        self.told = Wanted::default();
    }

    fn is_idle(&self) -> bool {
        let is_wanted = !self.wanted.by.is_empty() || !self.told.by.is_empty();
        let lacks = !self.lacking.is_empty() || !self.dark.is_empty();
        !lacks && !self.on && !is_wanted && self.latest.is_none()
    }

    fn expires(&self) -> Option<UnixMillis> {
        self.latest.as_ref().map(|still| still.taken_at.plus(LIFETIME))
    }
}

impl Call {
    /// Whose pictures do not reach somebody's page, all of them.
    pub(super) fn lacks(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        mut pictures: Vec<ParticipantId>,
        most_bytes: Option<u32>,
    ) -> Result<(), Refused> {
        pictures.retain(|of| *of != id && self.sits_in_call(*of));
        let stills = self.stills_in_call(now, id)?;
        stills.lacking = pictures;
        stills.most_bytes = most_bytes.map(|bytes| bytes.max(FEWEST_BYTES));
        Ok(())
    }

    /// Somebody's network carries no video to the server any more, or again.
    pub(super) fn sends_stills(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        on: bool,
        step: &mut Step,
    ) -> Result<(), Refused> {
        let stills = self.stills_in_call(now, id)?;
        if std::mem::replace(&mut stills.on, on) != on {
            self.tell_participant(now, id, step);
        }
        Ok(())
    }

    /// The media server sends somebody a picture, or none. Of those that are shown and whose camera is
    /// on it leaves out only what the network does not carry; the page may be too late to say so.
    pub(super) fn note_dark(
        &mut self,
        viewer: ParticipantId,
        of: ParticipantId,
        kind: TrackKind,
        layer: Option<u8>,
    ) {
        let here: Vec<_> = self.seats.keys().copied().collect();
        let Some(seat) = self.seats.get_mut(&viewer).filter(|_| kind == TrackKind::Video) else {
            return;
        };
        seat.stills.dark.retain(|id| *id != of && here.contains(id));
        if layer.is_none() {
            seat.stills.dark.push(of);
        }
    }

    /// Takes in a still that came over HTTP from whoever has this seat: at most one a second, for
    /// long. What was taken before the one that is here already is not shown.
    pub fn bring_still(
        &mut self,
        now: UnixMillis,
        seat: TokenHash,
        of: ParticipantId,
        still: Still,
    ) -> Result<Step, StillRefusal> {
        let seat = self.admitted(seat)?;
        if seat.id != of {
            return Err(StillRefusal::NotYours);
        }
        if !seat.video {
            return Err(StillRefusal::CameraOff);
        }
        let stills = &mut seat.stills;
        afford(&mut stills.brought, now, 4, 1)?;
        if stills.wanted.by.is_empty() {
            return Err(StillRefusal::Unwanted);
        }
        let mut step = Step::default();
        if stills.latest.as_ref().is_none_or(|before| before.taken_at <= still.taken_at) {
            stills.latest = Some(still);
            let viewers = stills.wanted.by.clone();
            self.tell_still(now, of, &viewers, &mut step);
        }
        Ok(step)
    }

    /// The latest still of somebody, for whoever has this seat.
    pub fn look_at_still(
        &mut self,
        now: UnixMillis,
        seat: TokenHash,
        of: ParticipantId,
    ) -> Result<Still, StillRefusal> {
        let viewer = self.admitted(seat)?;
        // Nineteen others, each every three seconds.
        afford(&mut viewer.stills.looked, now, 40, 10)?;
        let seat = self.seats.get(&of).filter(|seat| seat.in_call());
        let still = seat.and_then(|seat| seat.stills.latest.clone());
        still.filter(|still| now < still.taken_at.plus(LIFETIME)).ok_or(StillRefusal::NoStill)
    }

    /// After each input: who lacks whose picture now? Tells the publishers, where that has changed,
    /// and those who lack one now of the still that there is; forgets what nobody needs.
    pub(super) fn settle_stills(&mut self, now: UnixMillis, step: &mut Step) {
        if self.seats.values().all(|seat| seat.stills.is_idle()) {
            return;
        }
        for id in self.seats.keys().copied().collect::<Vec<_>>() {
            let wanted = self.wanted_of(id);
            let Some(seat) = self.seats.get_mut(&id) else { continue };
            let (ear, stills) = (seat.ear(), &mut seat.stills);
            if wanted.by.is_empty() {
                stills.latest = None;
            }
            if let Some(socket) = ear.filter(|_| stills.told != wanted) {
                stills.told = wanted.clone();
                let Wanted { by, most_bytes } = wanted.clone();
                step.send(socket, ServerMessage::StillsWanted { by, most_bytes });
            }
            let before = std::mem::replace(&mut stills.wanted, wanted);
            let is_new = |viewer: &&ParticipantId| !before.by.contains(viewer);
            let newly: Vec<_> = stills.wanted.by.iter().filter(is_new).copied().collect();
            self.tell_still(now, id, &newly, step);
        }
    }

    pub(super) fn next_still_to_expire(&self) -> Option<UnixMillis> {
        self.seats.values().filter_map(|seat| seat.stills.expires()).min()
    }

    pub(super) fn forget_old_stills(&mut self, now: UnixMillis) {
        for seat in self.seats.values_mut() {
            if seat.stills.expires().is_some_and(|at| at <= now) {
                seat.stills.latest = None;
            }
        }
    }

    fn tell_still(
        &self,
        now: UnixMillis,
        of: ParticipantId,
        viewers: &[ParticipantId],
        step: &mut Step,
    ) {
        let still = self.seats.get(&of).and_then(|seat| seat.stills.latest.as_ref());
        let Some(age_ms) = still.map(|still| now.since(still.taken_at)) else { return };
        for viewer in viewers {
            self.tell_one(*viewer, ServerMessage::Still { participant: of, age_ms }, step);
        }
    }

    fn wanted_of(&self, id: ParticipantId) -> Wanted {
        let Some(of) = self.seats.get(&id).filter(|seat| seat.in_call() && seat.video) else {
            return Wanted::default();
        };
        let viewers = self.seats.values().filter(|viewer| {
            let is_there = viewer.id != id && viewer.in_call();
            let is_weak = of.stills.on || viewer.stills.dark.contains(&id);
            let lacks = viewer.stills.lacking.contains(&id) || (is_weak && viewer.shows(id));
            is_there && lacks
        });
        Wanted {
            by: viewers.clone().map(|viewer| viewer.id).collect(),
            most_bytes: viewers.filter_map(|viewer| viewer.stills.most_bytes).min(),
        }
    }

    fn stills_in_call(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
    ) -> Result<&mut Stills, Refused> {
        let seat = self.seats.get_mut(&id).filter(|seat| seat.in_call()).ok_or(FORBIDDEN)?;
        let stills = &mut seat.stills;
        afford(&mut stills.changes, now, 20, 1).map_err(|_| TOO_FAST)?;
        Ok(stills)
    }

    /// The seat in the call that this token is of.
    fn admitted(&mut self, token: TokenHash) -> Result<&mut Seat, StillRefusal> {
        let seat = self.seats.values_mut().find(|seat| seat.token == token);
        let seat = seat.ok_or(StillRefusal::NoSeat)?;
        if seat.in_call() { Ok(seat) } else { Err(StillRefusal::Outside) }
    }
}

impl Seat {
    /// Whether the page shows somebody's camera, as far as it said.
    fn shows(&self, of: ParticipantId) -> bool {
        let tiles = self.view.iter().flatten();
        let tile = tiles.rev().find(|tile| tile.participant == of && tile.kind == TrackKind::Video);
        tile.is_none_or(|tile| tile.height > 0)
    }
}

fn afford(
    budget: &mut Option<Budget>,
    now: UnixMillis,
    at_once: u32,
    per_second: u32,
) -> Result<(), StillRefusal> {
    let budget = budget.get_or_insert_with(|| Budget::new(now, at_once, per_second, 0));
    match budget.spend(now) {
        Verdict::Fine => Ok(()),
        Verdict::TooMuch | Verdict::Close => Err(StillRefusal::TooFast),
    }
}
