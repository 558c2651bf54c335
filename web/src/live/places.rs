//! What all streams of this process share: the hub that they listen to, and how many there may be.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Hub;
use crate::{
    outbox::Outbox,
    problem::{ApiError, ApiResult},
};

const STAFF_STREAMS: usize = 1_000;
const LINK_STREAMS: usize = 4_000;

#[derive(Clone, Debug)]
pub struct Live {
    pub hub: Hub,
    pub(crate) places: Places,
    pub(crate) link_places: Places,
}

impl Live {
    pub fn new(outbox: Outbox) -> Self {
        let [places, link_places] = [STAFF_STREAMS, LINK_STREAMS].map(Places::new);
        Self { hub: Hub::new(outbox), places, link_places }
    }
}

/// How many streams may be open at once.
#[derive(Clone, Debug)]
pub(crate) struct Places(Arc<Semaphore>);

impl Places {
    fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most)))
    }

    pub(crate) fn take(&self) -> ApiResult<OwnedSemaphorePermit> {
        self.0.clone().try_acquire_owned().map_err(|_| {
            ApiError::unavailable("too_many_streams", "Too many screens are open at the moment.")
        })
    }
}
