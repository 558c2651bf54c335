//! Snapshots: who may take one of whom, and how its pictures come along. The pictures themselves
//! go over HTTP, beside the call.

use super::call::{Call, FORBIDDEN, NO_SUCH_PARTICIPANT, Refused};
use super::limits::{Budget, Verdict};
use super::rights::Right;
use super::seat::Seat;
use super::step::{Effect, Keep, Step};
use crate::gate::{CaptureRequest, KnownCapture};
use crate::message::{
    CaptureId, CaptureSource, CaptureStage, ErrorCode, ParticipantId, ServerMessage, Text,
};
use crate::time::UnixMillis;
use std::collections::VecDeque;

/// The call's latest captures: whose pictures may still come.
#[derive(Clone, Debug, Default)]
pub(super) struct Captures {
    latest: VecDeque<KnownCapture>,
    budget: Option<Budget>,
}

const REMEMBERED: usize = 200;
const CONSENT_MISSING: Refused =
    Refused(ErrorCode::ConsentMissing, "this person has not agreed to snapshots");
const CAPTURE_EXISTS: Refused = Refused(ErrorCode::CaptureExists, "a capture with this id exists");
const NO_SUCH_CAPTURE: Refused =
    Refused(ErrorCode::NoSuchCapture, "no capture with this id is known here");
const TOO_FAST: Refused = Refused(ErrorCode::RateLimited, "too many snapshots at once");

impl Captures {
    /// As they were kept, the oldest first.
    pub(super) fn restored(kept: &[KnownCapture]) -> Self {
        let skipped = kept.len().saturating_sub(REMEMBERED);
        Self { latest: kept.iter().skip(skipped).copied().collect(), budget: None }
    }

    fn find(&self, id: CaptureId) -> Option<KnownCapture> {
        self.latest.iter().find(|capture| capture.id == id).copied()
    }

    fn remember(&mut self, capture: KnownCapture) {
        if self.latest.len() == REMEMBERED {
            self.latest.pop_front();
        }
        self.latest.push_back(capture);
    }

    /// Ten in a burst, two a second.
    fn afford(&mut self, now: UnixMillis) -> bool {
        let budget = self.budget.get_or_insert_with(|| Budget::new(now, 10, 2, 0));
        budget.spend(now) == Verdict::Fine
    }
}

impl Call {
    pub(super) fn capture(
        &mut self,
        now: UnixMillis,
        by: ParticipantId,
        id: CaptureId,
        target: ParticipantId,
        step: &mut Step,
    ) -> Result<(), Refused> {
        let request = self.permitted(now, by, id, target)?;
        if !self.captures.afford(now) {
            return Err(TOO_FAST);
        }
        let (subject, taker) = (request.target_subject, request.by_subject);
        self.captures.remember(KnownCapture { id, target: subject, by: taker });
        let call_time_ms = request.call_time_ms;
        step.keep.push(Keep::Capture(request));
        if let Some(socket) = self.seats.get(&target).and_then(Seat::ear) {
            step.send(socket, ServerMessage::CaptureRequest { id, by });
        }
        let started = ServerMessage::CaptureStarted { id, target, by, call_time_ms };
        self.tell_call(&started, step);
        step.effects.push(Effect::KeepKeyFrame { capture: id, target });
        Ok(())
    }

    fn permitted(
        &self,
        now: UnixMillis,
        by: ParticipantId,
        id: CaptureId,
        target: ParticipantId,
    ) -> Result<CaptureRequest, Refused> {
        let taker = self.seat(by)?;
        if !taker.role.has(Right::Capture) || !taker.in_call() {
            return Err(FORBIDDEN);
        }
        let subject = self.seats.get(&target).ok_or(NO_SUCH_PARTICIPANT)?;
        if !subject.in_call() {
            return Err(FORBIDDEN);
        }
        if !subject.may_be_captured {
            return Err(CONSENT_MISSING);
        }
        if self.captures.find(id).is_some() {
            return Err(CAPTURE_EXISTS);
        }
        Ok(CaptureRequest {
            id,
            target,
            target_subject: subject.subject,
            by,
            by_subject: taker.subject,
            at: now,
            call_time_ms: self.live_since.map_or(0, |since| now.since(since)),
        })
    }

    pub(super) fn capture_state(
        &mut self,
        from: ParticipantId,
        id: CaptureId,
        source: CaptureSource,
        state: CaptureStage,
        detail: Option<Text<200>>,
        step: &mut Step,
    ) -> Result<(), Refused> {
        let capture = self.captures.find(id).ok_or(NO_SUCH_CAPTURE)?;
        let author = match source {
            CaptureSource::Camera => capture.target,
            CaptureSource::Received => capture.by,
        };
        if self.seat(from)?.subject != author {
            return Err(FORBIDDEN);
        }
        let relayed = ServerMessage::CaptureState { id, from, source, state, detail };
        self.tell(|viewer| viewer.is_host() && viewer.id != from, &relayed, step);
        Ok(())
    }
}
