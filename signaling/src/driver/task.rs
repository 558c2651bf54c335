//! The task of one call: the only one that touches its state. It has the core's facts kept, then
//! does what the core wants done.

mod keeping;
mod stills;

use self::keeping::{asker, keep_quality};
use super::clock::Clock;
use super::outlet::Outlet;
use super::stills::StillRequest;
use super::{Calls, media};
use crate::core::{Call, Effect, Input, Joining, SocketId, Step};
use crate::gate::{CallFact, Gate, Refusal, Subject};
use crate::message::{CallId, ClientMessage, CloseCode, EndReason, ErrorCode, ServerMessage};
use crate::time::UnixMillis;
use sfu::{RoomEvent, RoomHandle};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

#[derive(Debug)]
pub(super) enum Command {
    Join {
        joining: Box<Joining>,
        outlet: Outlet,
    },
    Message {
        socket: SocketId,
        seq: Option<u32>,
        message: ClientMessage,
    },
    Closed {
        socket: SocketId,
    },
    End {
        reason: EndReason,
    },
    Window {
        closes_at: UnixMillis,
    },
    Consent {
        subject: Subject,
        allowed: bool,
    },
    Ahead {
        elsewhere: u32,
    },
    Dismissed {
        subject: Subject,
    },
    Still(StillRequest),
    /// Only that the task is there, and counts the grace times down.
    Wake,
    Stop,
}

struct CallTask<G> {
    calls: Calls<G>,
    call: Call,
    id: CallId,
    clock: Clock,
    room: RoomHandle,
    events: mpsc::Receiver<RoomEvent>,
    outlets: BTreeMap<SocketId, Outlet>,
    /// What nobody waits for and could not be kept: tried again.
    postponed: VecDeque<Input>,
    not_before: Option<Instant>,
    /// What steps recorded and is not written yet, in their order; before anything else is kept.
    unwritten: Vec<CallFact>,
}

pub(super) async fn run<G: Gate>(
    calls: Calls<G>,
    id: CallId,
    mut commands: mpsc::Receiver<Command>,
) {
    let clock = Clock::start(calls.shared.gate.now());
    let restored = match calls.shared.gate.restore(id).await {
        Ok(restored) => restored,
        Err(refusal) => return turn_all_away(&calls, id, commands, &refusal),
    };
    let call = Call::new(id, calls.shared.settings, restored, clock.now());
    let (room, events) = calls.shared.media.open_room();
    let mut task = CallTask {
        calls,
        call,
        id,
        clock,
        room,
        events,
        outlets: BTreeMap::new(),
        postponed: VecDeque::new(),
        not_before: None,
        unwritten: Vec::new(),
    };
    tracing::info!(call = %id, "call opened");
    while task.turn(&mut commands).await {}
    tracing::info!(call = %id, "call closed");
}

/// The call cannot be read now: whoever wants in is told to come back.
fn turn_all_away<G: Gate>(
    calls: &Calls<G>,
    id: CallId,
    mut commands: mpsc::Receiver<Command>,
    refusal: &Refusal,
) {
    tracing::error!(call = %id, %refusal, "a call could not be restored");
    loop {
        while let Ok(command) = commands.try_recv() {
            if let Command::Join { joining, outlet } = command {
                outlet.send(&error(refusal, joining.seq));
                outlet.close(CloseCode::Internal);
            }
        }
        if calls.shared.registry.retire(id, &commands) {
            return;
        }
    }
}

impl<G: Gate> CallTask<G> {
    /// Waits for one thing to happen and sees to it. False when the task is done.
    async fn turn(&mut self, commands: &mut mpsc::Receiver<Command>) -> bool {
        let due = self.due();
        // What is due comes first, so that no storm of commands or events can put it off.
        if due == Some(Duration::ZERO) {
            self.time_is_up().await;
            return !self.retire(commands);
        }
        tokio::select! {
            command = commands.recv() => match command {
                Some(Command::Stop) | None => {
                    self.write_down().await;
                    self.stop().await;
                    return false;
                }
                Some(command) => self.command(command).await,
            },
            event = self.events.recv() => self.media_event(event).await,
            () = tokio::time::sleep(due.unwrap_or_default()), if due.is_some() => {
                self.time_is_up().await;
            }
        }
        !self.retire(commands)
    }

    /// Nobody is here, nothing is left to do, and nobody has knocked.
    fn retire(&self, commands: &mpsc::Receiver<Command>) -> bool {
        self.call.is_idle()
            && self.postponed.is_empty()
            && self.unwritten.is_empty()
            && self.calls.shared.registry.retire(self.id, commands)
    }

    fn due(&self) -> Option<Duration> {
        let retry = self.not_before.map(|at| at.saturating_duration_since(Instant::now()));
        retry.or_else(|| self.call.deadline().map(|at| self.clock.until(at)))
    }

    async fn time_is_up(&mut self) {
        self.not_before = None;
        self.write_down().await;
        for input in std::mem::take(&mut self.postponed) {
            self.apply(input).await;
        }
        if self.call.deadline().is_some_and(|at| at <= self.clock.now()) {
            self.apply(Input::Timeout).await;
        }
    }

    async fn command(&mut self, command: Command) {
        match command {
            Command::Join { joining, outlet } => {
                self.outlets.insert(joining.socket, outlet);
                self.apply(Input::Join(joining)).await;
            }
            Command::Message { socket, seq, message } => {
                self.apply(Input::Message { socket, seq, message }).await;
            }
            Command::Closed { socket } => {
                self.outlets.remove(&socket);
                self.apply(Input::Closed { socket }).await;
            }
            Command::End { reason } => self.apply(Input::EndCall { reason }).await,
            Command::Window { closes_at } => self.apply(Input::WindowChanged { closes_at }).await,
            Command::Consent { subject, allowed } => {
                self.apply(Input::ConsentChanged { subject, allowed }).await;
            }
            Command::Ahead { elsewhere } => self.apply(Input::AheadChanged { elsewhere }).await,
            Command::Dismissed { subject } => self.apply(Input::Dismissed { subject }).await,
            Command::Still(request) => self.still(request).await,
            Command::Wake | Command::Stop => {}
        }
    }

    async fn media_event(&mut self, event: Option<RoomEvent>) {
        match event {
            Some(event) => {
                if let Some(event) = media::event(event) {
                    self.apply(Input::Media(event)).await;
                }
            }
            // The room is gone with its worker's patience. Clients find their transport dead, and
            // offer anew.
            None => {
                tracing::error!(call = %self.id, "the room was closed; opening another");
                tokio::time::sleep(Duration::from_millis(100)).await;
                (self.room, self.events) = self.calls.shared.media.open_room();
            }
        }
    }

    /// Steps the call, and whatever follows from that.
    async fn apply(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut next = self.call.clone();
            let asker = asker(&input);
            let Step { keep, effects, record } = next.step(self.clock.now(), input.clone());
            match self.keep(keep).await {
                Ok(()) => {
                    self.call = next;
                    for effect in effects {
                        inputs.extend(self.perform(effect).await);
                    }
                    self.unwritten.extend(record);
                    self.write_down().await;
                }
                Err(refusal) => self.not_kept(&refusal, asker, input),
            }
        }
    }

    async fn perform(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Send { socket, mut message } => {
                if let ServerMessage::Joined(joined) = &mut message {
                    joined.ice_servers = self.calls.shared.gate.ice_servers();
                }
                if let Some(outlet) = self.outlets.get(&socket) {
                    outlet.send(&message);
                }
            }
            Effect::Close { socket, code } => {
                if let Some(outlet) = self.outlets.remove(&socket) {
                    outlet.close(code);
                }
            }
            Effect::Connect { participant, socket, offer, re } => {
                let answer = media::connect(&self.room, participant, &offer).await;
                return Some(Input::Answered { participant, socket, re, answer });
            }
            Effect::Place { participant, place } => {
                self.room.place(media::outward(participant), media::place(place));
            }
            Effect::Disconnect { participant } => {
                self.room.disconnect(media::outward(participant));
            }
            Effect::View { participant, tiles } => {
                self.room.view(media::outward(participant), media::views(&tiles));
            }
            Effect::Subject { participant } => {
                self.room.set_subject(participant.map(media::outward));
            }
            Effect::Screen { participant, on } => {
                self.room.set_screen(media::outward(participant), on);
            }
            Effect::Mute { participant, kind, muted } => {
                self.room.set_muted(media::outward(participant), media::track(kind), muted);
            }
            Effect::KeepKeyFrame { capture, target } => {
                let (room, gate) = (self.room.clone(), self.calls.shared.gate.clone());
                let id = self.id;
                tokio::spawn(async move {
                    if let Some(frame) = room.key_frame(media::outward(target)).await {
                        gate.keep_key_frame(id, capture, frame).await;
                    }
                });
            }
            Effect::KeepQuality { samples } => {
                tokio::spawn(keep_quality(self.calls.shared.gate.clone(), self.id, samples));
            }
        }
        None
    }
}

/// A join that failed on our side may be tried again; one that was refused may not.
pub(super) fn refused(refusal: &Refusal) -> CloseCode {
    match refusal.code {
        ErrorCode::Internal => CloseCode::Internal,
        _ => CloseCode::Refused,
    }
}

pub(super) fn error(refusal: &Refusal, re: Option<u32>) -> ServerMessage {
    ServerMessage::Error { code: refusal.code, message: refusal.message.clone(), re }
}
