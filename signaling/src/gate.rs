//! What the call needs of the product: may they join, and what must be kept. The product
//! implements [`Gate`]; the call never sees a database, an appointment or a customer.
//!
//! A change that is to be kept is kept before anybody is told of it. When keeping fails the change
//! has not happened, and whoever asked for it hears why. Only from where to where somebody was moved
//! is told first and written right after: the picture that follows must not wait for a disk.

use crate::message::{
    CallId, CaptureId, Door, EndReason, ErrorCode, Figures, GoneReason, Grade, IceServer,
    ParticipantId, Place, Role,
};
use crate::time::UnixMillis;
use std::net::IpAddr;
use std::time::Duration;
use uuid::Uuid;

/// Who a person is to the product, opaque here: the same in all their seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(pub Uuid);

/// SHA-256 of a resume token. The token itself is kept by nobody but its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// Whose socket it is, as far as the upgrade showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The staff member of the session cookie.
    pub staff: Option<Uuid>,
    pub address: Option<IpAddr>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRequest {
    pub caller: Caller,
    pub door: Door,
}

/// Leave to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    pub call: CallId,
    pub subject: Subject,
    pub role: Role,
    pub name: String,
    /// Has this person agreed to snapshots?
    pub may_be_captured: bool,
    /// When the call's window closes; the call ends then.
    pub closes_at: UnixMillis,
}

/// Why not. The message is shown to people; it never says what exists and what does not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    pub code: ErrorCode,
    pub message: String,
}

impl Refusal {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// A seat as it is kept, enough to give it back to its owner after a restart of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    pub participant: ParticipantId,
    pub subject: Subject,
    pub role: Role,
    pub name: String,
    pub place: Place,
    /// Since when they are in this place: for the lobby, how long they wait.
    pub since: UnixMillis,
    pub token: TokenHash,
    pub may_be_captured: bool,
}

/// What happened and must be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallFact {
    /// A seat was taken, or has another place, token or consent now. Replaces what was kept of it.
    Seated(Seat),
    /// A seat was given up; its token is worth nothing any more, its number is not used again.
    Vacated { participant: ParticipantId, reason: GoneReason, at: UnixMillis },
    /// The first customer was admitted to a host.
    Live { since: UnixMillis },
    /// Nobody new may come in, or again anybody.
    Locked { locked: bool },
    /// The call is over; all its seats are vacated with it.
    Ended { reason: EndReason, at: UnixMillis },
}

/// A snapshot is about to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureRequest {
    pub id: CaptureId,
    pub target: ParticipantId,
    pub target_subject: Subject,
    pub by: ParticipantId,
    pub by_subject: Subject,
    pub at: UnixMillis,
    /// Since the call went live.
    pub call_time_ms: u64,
}

/// A snapshot that was begun, as far as the call needs to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownCapture {
    pub id: CaptureId,
    /// Whose picture it is, and who took it: numbers of participants change, people do not.
    pub target: Subject,
    pub by: Subject,
}

/// How long a time one [`QualitySample`] is of.
pub const QUALITY_SAMPLE: Duration = Duration::from_secs(10);

/// How good a participant's connection was for a while: the worst of it, of bitrates the mean, and
/// all freezes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QualitySample {
    pub participant: ParticipantId,
    /// A whole multiple of [`QUALITY_SAMPLE`].
    pub from: UnixMillis,
    pub uplink: Grade,
    pub downlink: Grade,
    pub figures: Figures,
}

/// A call that was under way when the server, or its task, stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    pub seats: Vec<Seat>,
    /// Its latest captures, the oldest first: their pictures may still be on the way.
    pub captures: Vec<KnownCapture>,
    /// How many are ahead of this call's lobby in other calls; see `Calls::ahead_changed`.
    pub ahead_elsewhere: u32,
    pub live_since: Option<UnixMillis>,
    pub closes_at: Option<UnixMillis>,
    pub locked: bool,
    /// The highest participant number ever given in this call.
    pub last_participant: u32,
}

/// The product's side of the seam. Calls of one call's methods never overlap, except
/// [`keep_key_frame`](Gate::keep_key_frame) and [`keep_quality`](Gate::keep_quality).
pub trait Gate: Send + Sync + 'static {
    /// The product's clock. Read when a call's task starts; the task counts on from there.
    fn now(&self) -> UnixMillis;

    /// Relays for somebody who joins now. `None`: there are none.
    fn ice_servers(&self) -> Option<Vec<IceServer>> {
        None
    }

    /// May they join, and as whom? Asked before anything of the call is told.
    fn authorize(&self, request: JoinRequest)
    -> impl Future<Output = Result<Pass, Refusal>> + Send;

    /// Keeps what happened, all of it or nothing. Facts may come again after a failure.
    fn record(
        &self,
        call: CallId,
        facts: Vec<CallFact>,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Keeps that a snapshot is about to be taken, after checking the consent once more; or
    /// refuses it, and then nobody is asked for a picture.
    fn begin_capture(
        &self,
        call: CallId,
        capture: CaptureRequest,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// Stores the last key frame of the captured picture, as the fallback of better ones.
    fn keep_key_frame(
        &self,
        call: CallId,
        capture: CaptureId,
        frame: sfu::KeyFrame,
    ) -> impl Future<Output = ()> + Send;

    /// Keeps how good connections were, for those who look at the call later. Nobody in it waits
    /// for that. The same samples may come again after a failure.
    fn keep_quality(
        &self,
        call: CallId,
        samples: Vec<QualitySample>,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// What was kept of a call, when its task starts. Of an ended or unknown call: no seats.
    fn restore(&self, call: CallId) -> impl Future<Output = Result<Restored, Refusal>> + Send;
}
