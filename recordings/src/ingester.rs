//! Letting pictures in, many at once, within one budget of memory.
//!
//! A few at a time have their turn, and so their bytes, in memory. Reading a container is cheap
//! and tells what decoding will take; that much of the budget is waited for, so that eight
//! pictures of 1080p go through side by side and two giants one by one.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::picture::{IngestError, Ingested, MAX_PIXELS, Picture, decoding_cost};

/// Cheap to clone; all clones share the budget.
#[derive(Clone)]
pub struct Ingester {
    turns: Arc<Semaphore>,
    /// Counted in MiB.
    memory: Arc<Semaphore>,
}

/// The right to have one picture's bytes in memory, and to let it in.
pub struct Turn {
    memory: Arc<Semaphore>,
    _permit: Option<OwnedSemaphorePermit>,
}

/// How many uploads are held in memory at once, of at most 25 MB each.
const TURNS: usize = 8;
const MIB: u64 = 1 << 20;

impl Ingester {
    /// Waits for a turn; to be taken before the picture is read from where it lies.
    pub async fn turn(&self) -> Turn {
        // Fails only when closed, which nobody does.
        let permit = self.turns.clone().acquire_owned().await.ok();
        Turn { memory: self.memory.clone(), _permit: permit }
    }
}

impl Turn {
    /// Lets a picture in on a thread of its own.
    pub async fn ingest(self, bytes: Bytes) -> Result<Ingested, IngestError> {
        let picture = blocking(move || Picture::open(&bytes)).await?;
        let cost = mebibytes(picture.decoding_cost());
        let memory = self.memory.clone().acquire_many_owned(cost).await;
        blocking(move || {
            let _held_until_done = (memory, self);
            picture.finish()
        })
        .await
    }
}

impl Default for Ingester {
    /// With memory for the largest picture that there may be.
    fn default() -> Self {
        let budget = mebibytes(decoding_cost(MAX_PIXELS)) as usize;
        Self { turns: Arc::new(Semaphore::new(TURNS)), memory: Arc::new(Semaphore::new(budget)) }
    }
}

fn mebibytes(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(MIB)).unwrap_or(u32::MAX)
}

/// A decoder that panics on a hostile file takes its thread's work along and nothing else.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IngestError> + Send + 'static,
) -> Result<T, IngestError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "letting a picture in failed");
        Err(IngestError::malformed("it cannot be decoded"))
    })
}
