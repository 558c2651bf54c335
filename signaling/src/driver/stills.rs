//! Stills on their way between HTTP and a call's task: see `core/stills.rs`.

use super::task::Command;
use super::{Calls, token};
use crate::core::{Still, StillPicture, StillRefusal};
use crate::gate::{Gate, TokenHash};
use crate::message::{CallId, ParticipantId};
use tokio::sync::oneshot;
use tokio::time::Instant;

#[derive(Debug)]
pub(super) enum StillRequest {
    Bring {
        seat: TokenHash,
        of: ParticipantId,
        picture: StillPicture,
        taken: Instant,
        reply: oneshot::Sender<Result<(), StillRefusal>>,
    },
    LookAt {
        seat: TokenHash,
        of: ParticipantId,
        reply: oneshot::Sender<Result<Still, StillRefusal>>,
    },
}

impl<G: Gate> Calls<G> {
    /// Shows a still picture to those who lack the picture of the participant who has the seat of
    /// this token. `taken`: when its upload began.
    pub async fn bring_still(
        &self,
        call: CallId,
        seat: &str,
        of: ParticipantId,
        picture: StillPicture,
        taken: Instant,
    ) -> Result<(), StillRefusal> {
        let seat = token::from_text(seat.to_owned()).hash;
        self.ask(call, |reply| StillRequest::Bring { seat, of, picture, taken, reply }).await
    }

    /// The latest still of a participant, for whoever has the seat of this token.
    pub async fn still(
        &self,
        call: CallId,
        seat: &str,
        of: ParticipantId,
    ) -> Result<StillPicture, StillRefusal> {
        let seat = token::from_text(seat.to_owned()).hash;
        let still = self.ask(call, |reply| StillRequest::LookAt { seat, of, reply }).await?;
        Ok(still.picture)
    }

    /// A call without a task has nobody in it who could ask.
    async fn ask<T>(
        &self,
        call: CallId,
        request: impl FnOnce(oneshot::Sender<Result<T, StillRefusal>>) -> StillRequest,
    ) -> Result<T, StillRefusal> {
        let (reply, answer) = oneshot::channel();
        self.tell(call, Command::Still(request(reply))).await;
        answer.await.unwrap_or(Err(StillRefusal::NoSeat))
    }
}
