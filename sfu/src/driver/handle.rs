//! The handle by which the owner of a room speaks to it, from any task.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::command::{Command, Request, RoomId};
use crate::core::error::ConnectError;
use crate::core::event::{TrackKind, View};
use crate::core::participant::{ParticipantId, Place};
use crate::core::picture::KeyFrame;
use crate::core::tap::TapPacket;

/// Packets that a tap's reader may be behind before it loses some.
const TAP_QUEUE: usize = 1024;

/// A room of the media server. Clones speak to the same room; dropping the last one closes it.
///
/// Requests reach the room in the order in which they were made. When the worker is so far behind
/// that its queue is full, the room is closed instead (its events end): a request is never lost in
/// silence.
#[derive(Debug, Clone)]
pub struct RoomHandle {
    token: Arc<RoomToken>,
}

impl RoomHandle {
    pub(crate) fn new(token: Arc<RoomToken>) -> Self {
        Self { token }
    }

    /// Answers an offer: of a newcomer, who starts in the lobby (connected, nothing forwarded); or
    /// of a known participant, who then restarts ICE, or has a rebuilt transport that replaces the
    /// old one and keeps its place.
    pub async fn connect(
        &self,
        participant: ParticipantId,
        offer: &str,
    ) -> Result<String, ConnectError> {
        let (answer, answered) = oneshot::channel();
        self.token.ask(Request::Connect { participant, offer: offer.to_owned(), answer });
        answered.await.unwrap_or(Err(ConnectError::Closed))
    }

    /// Puts the participant into the call or back into the lobby. Unknown participants are ignored.
    pub fn place(&self, participant: ParticipantId, place: Place) {
        self.token.ask(Request::Place { participant, place });
    }

    /// Takes what a viewer shows of others' pictures: all of it, each time. What it does not
    /// mention counts as visible, 360 pixels high. Of the list no more than 64 entries are read.
    pub fn view(&self, viewer: ParticipantId, views: Vec<View>) {
        self.token.ask(Request::View { viewer, views });
    }

    /// Says whose picture matters most: it is sent best, and given up last.
    pub fn set_subject(&self, subject: Option<ParticipantId>) {
        self.token.ask(Request::Subject { subject });
    }

    /// Forwards nothing of a participant's track until it is said to be muted no more.
    pub fn set_muted(&self, participant: ParticipantId, kind: TrackKind, is_muted: bool) {
        self.token.ask(Request::Mute { participant, kind, is_muted });
    }

    /// The participant begins or ends to show its screen, so that it is given receive slots at
    /// once, or they are taken back. Without being told, the room notices a screen by its first
    /// packet, and its end when nothing came for 10 seconds.
    pub fn set_screen(&self, participant: ParticipantId, is_on: bool) {
        self.token.ask(Request::Screen { participant, is_on });
    }

    /// Removes the participant and closes its transport.
    pub fn disconnect(&self, participant: ParticipantId) {
        self.token.ask(Request::Disconnect { participant });
    }

    /// The participant's picture: a VP8 key frame that is no older than a second, where the
    /// participant sends one in time (it is asked, and given 600 ms); else the last that arrived.
    /// `None` when none ever did.
    pub async fn key_frame(&self, participant: ParticipantId) -> Option<KeyFrame> {
        let (answer, answered) = oneshot::channel();
        self.token.ask(Request::KeyFrame { participant, answer });
        answered.await.unwrap_or(None)
    }

    /// The participant's packets from now on, of all its tracks. A reader that falls behind loses
    /// packets, and is told how many by [`TapPacket::missed`]. Ends with the participant.
    pub async fn tap(&self, participant: ParticipantId) -> mpsc::Receiver<TapPacket> {
        let (packets, reader) = mpsc::channel(TAP_QUEUE);
        self.token.ask(Request::Tap { participant, packets });
        reader
    }
}

/// What all handles of a room share; the worker sees when the last is gone.
#[derive(Debug)]
pub(crate) struct RoomToken {
    room: RoomId,
    commands: mpsc::Sender<Command>,
    overrun: AtomicBool,
    /// How many rooms there are on the worker, this one included.
    placed: Arc<AtomicU64>,
}

impl RoomToken {
    pub(crate) fn new(
        room: RoomId,
        commands: mpsc::Sender<Command>,
        placed: Arc<AtomicU64>,
    ) -> Self {
        placed.fetch_add(1, Ordering::Relaxed);
        Self { room, commands, overrun: AtomicBool::new(false), placed }
    }

    /// Whether a request was lost, so that the room must be closed.
    pub(crate) fn is_overrun(&self) -> bool {
        self.overrun.load(Ordering::Relaxed)
    }

    pub(crate) fn ask(&self, request: Request) {
        if self.commands.try_send(Command { room: self.room, request }).is_err() {
            self.overrun.store(true, Ordering::Relaxed);
        }
    }
}

impl Drop for RoomToken {
    fn drop(&mut self) {
        self.placed.fetch_sub(1, Ordering::Relaxed);
        // Should the queue be full, the worker finds the room without a handle by itself.
        let _ = self.commands.try_send(Command { room: self.room, request: Request::Close });
    }
}
