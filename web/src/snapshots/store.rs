//! Where the bytes are: the blob store, the uploads under way, and the memory to decode in.

use std::{path::Path, time::Duration};

use recordings::{Blobs, Ingester, Parts};

use crate::clock::Timestamp;

/// An upload that nobody went on with for this long is forgotten; asked for again, it begins anew.
pub(super) const PARTS_KEPT: Duration = Duration::from_secs(14 * 86_400);

#[derive(Clone)]
pub struct Store {
    pub(super) blobs: Blobs,
    pub(super) parts: Parts,
    pub(super) ingester: Ingester,
}

impl Store {
    /// Opens the store in the data folder, and clears away what a kill left behind. To be called
    /// before anything is stored.
    pub async fn open(data: &Path, now: Timestamp) -> anyhow::Result<Self> {
        let store = Self {
            blobs: Blobs::open_folder(&data.join("blobs"))?,
            parts: Parts::open(&data.join("uploads"))?,
            ingester: Ingester::default(),
        };
        store.blobs.sweep(now.into()).await?;
        store.sweep(now).await?;
        Ok(store)
    }

    /// Forgets uploads that were given up.
    pub async fn sweep(&self, now: Timestamp) -> anyhow::Result<()> {
        let forgotten = self.parts.sweep((now - PARTS_KEPT).into()).await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "uploads that were given up are removed");
        }
        Ok(())
    }
}
