//! What a call may not forget: kept before a step takes effect, or written down right after it.

use super::{CallTask, error, refused};
use crate::core::{Input, Keep, SocketId};
use crate::gate::{Gate, Refusal};
use std::time::Duration;
use tokio::time::Instant;

/// How long to wait before keeping again what could not be kept.
const RETRY: Duration = Duration::from_secs(1);

impl<G: Gate> CallTask<G> {
    pub(super) async fn keep(&mut self, keep: Vec<Keep>) -> Result<(), Refusal> {
        if keep.is_empty() {
            return Ok(());
        }
        let mut facts = self.unwritten.clone();
        let mut captures = Vec::new();
        for keep in keep {
            match keep {
                Keep::Fact(fact) => facts.push(fact),
                Keep::Capture(capture) => captures.push(capture),
            }
        }
        let gate = &self.calls.shared.gate;
        if !facts.is_empty() {
            gate.record(self.id, facts).await?;
            self.unwritten.clear();
        }
        for capture in captures {
            gate.begin_capture(self.id, capture).await?;
        }
        Ok(())
    }

    /// Writes what was recorded; later when it cannot be written now.
    pub(super) async fn write_down(&mut self) {
        if self.unwritten.is_empty() {
            return;
        }
        match self.calls.shared.gate.record(self.id, self.unwritten.clone()).await {
            Ok(()) => self.unwritten.clear(),
            Err(refusal) => {
                tracing::warn!(call = %self.id, %refusal, "who sits where could not be written yet");
                self.not_before = Some(Instant::now() + RETRY);
            }
        }
    }

    /// Whoever asked is told; what nobody asked for is tried again, for it has to happen.
    pub(super) fn not_kept(&mut self, refusal: &Refusal, asker: Option<Asker>, input: Input) {
        tracing::warn!(call = %self.id, %refusal, "a change could not be kept");
        if let Some(Asker { socket, seq, joins }) = asker {
            let Some(outlet) = self.outlets.get(&socket) else { return };
            outlet.send(&error(refusal, seq));
            if joins {
                outlet.close(refused(refusal));
                self.outlets.remove(&socket);
            }
            return;
        }
        self.not_before = Some(Instant::now() + RETRY);
        if !matches!(input, Input::Timeout) {
            self.postponed.push_back(input);
        }
    }
}

/// Who waits for an answer to an input.
pub(super) struct Asker {
    socket: SocketId,
    seq: Option<u32>,
    joins: bool,
}

pub(super) fn asker(input: &Input) -> Option<Asker> {
    match input {
        Input::Join(joining) => {
            Some(Asker { socket: joining.socket, seq: joining.seq, joins: true })
        }
        Input::Message { socket, seq, .. } => {
            Some(Asker { socket: *socket, seq: *seq, joins: false })
        }
        _ => None,
    }
}
