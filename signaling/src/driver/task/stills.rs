//! Stills that come and are looked at over HTTP. Nothing of them is ever kept beyond memory.

use super::CallTask;
use crate::core::{Still, StillPicture, StillRefusal};
use crate::driver::stills::StillRequest;
use crate::gate::{Gate, TokenHash};
use crate::message::ParticipantId;
use crate::time::UnixMillis;
use tokio::time::Instant;

impl<G: Gate> CallTask<G> {
    /// Whoever asked may have gone away; then nobody minds the answer.
    pub(super) async fn still(&mut self, request: StillRequest) {
        match request {
            StillRequest::Bring { seat, of, picture, taken, reply } => {
                let _ = reply.send(self.bring_still(seat, of, picture, taken).await);
            }
            StillRequest::LookAt { seat, of, reply } => {
                let _ = reply.send(self.call.look_at_still(self.clock.now(), seat, of));
            }
        }
    }

    async fn bring_still(
        &mut self,
        seat: TokenHash,
        of: ParticipantId,
        picture: StillPicture,
        taken: Instant,
    ) -> Result<(), StillRefusal> {
        let now = self.clock.now();
        let age = u64::try_from(taken.elapsed().as_millis()).unwrap_or(u64::MAX);
        let still = Still { picture, taken_at: UnixMillis(now.0.saturating_sub(age)) };
        let step = self.call.bring_still(now, seat, of, still)?;
        for effect in step.effects {
            self.perform(effect).await;
        }
        Ok(())
    }
}
