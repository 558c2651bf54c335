//! What a call may not forget: kept before a step takes effect, or written down right after it.

use super::{CallTask, error, refused};
use crate::core::{Input, Keep, SocketId};
use crate::gate::{Gate, QualitySample, Refusal};
use crate::message::{CallId, CloseCode};
use std::sync::Arc;
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

    /// The server stops: everybody is asked to come back, and what was measured last is kept.
    pub(super) async fn stop(&mut self) {
        for outlet in std::mem::take(&mut self.outlets).into_values() {
            outlet.close(CloseCode::ServerRestarting);
        }
        let samples = self.call.last_quality(self.clock.now());
        if samples.is_empty() {
            return;
        }
        if let Err(refusal) = self.calls.shared.gate.keep_quality(self.id, samples).await {
            tracing::warn!(call = %self.id, %refusal, "the connections' last quality is not kept");
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

/// Beside the call, which goes on whether or not the product can keep this now. What cannot be kept
/// within a few minutes is given up; how much there can be of it is bounded by the call.
pub(super) async fn keep_quality<G: Gate>(gate: Arc<G>, call: CallId, samples: Vec<QualitySample>) {
    for pause in [1, 10, 60, 120] {
        match gate.keep_quality(call, samples.clone()).await {
            Ok(()) => return,
            Err(refusal) => {
                tracing::warn!(%call, %refusal, "the connections' quality could not be kept yet");
            }
        }
        tokio::time::sleep(Duration::from_secs(pause)).await;
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
