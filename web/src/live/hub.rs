//! The outbox, read once for all the streams of this process.
//!
//! One task reads each new event from the database and hands it to everybody who listens. A
//! listener that falls behind, or comes with an old position, catches up from the database by
//! itself: so nothing is queued for it without bound, and nothing is lost to it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use sea_orm::DbErr;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::outbox::{Outbox, Recorded};

/// How many events a listener may be behind before it reads from the database instead.
const RECENT: usize = 256;
const BATCH: u64 = 100;
const RETRY: Duration = Duration::from_millis(500);

#[derive(Clone, Debug)]
pub struct Hub {
    outbox: Outbox,
    recent: broadcast::Sender<Arc<Recorded>>,
}

impl Hub {
    pub fn new(outbox: Outbox) -> Self {
        Self { outbox, recent: broadcast::Sender::new(RECENT) }
    }

    /// Reads for everybody, for as long as the server runs.
    pub async fn run(self) {
        let mut news = self.outbox.subscribe();
        let mut position = self.position().await;
        loop {
            match self.outbox.read_after(position, BATCH).await {
                Ok(events) if events.is_empty() => {
                    if news.changed().await.is_err() {
                        return;
                    }
                }
                Ok(events) => {
                    for event in events {
                        position = event.seq;
                        // Nobody listening is fine.
                        let _ = self.recent.send(Arc::new(event));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// Everything after `position`, in order, each once.
    pub fn listen(&self, position: i64) -> Listener {
        let (outbox, recent) = (self.outbox.clone(), self.recent.subscribe());
        Listener { outbox, recent, position, behind: true, batch: VecDeque::new() }
    }

    async fn position(&self) -> i64 {
        loop {
            match self.outbox.newest().await {
                Ok(newest) => return newest,
                Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
            }
            tokio::time::sleep(RETRY).await;
        }
    }
}

pub struct Listener {
    outbox: Outbox,
    recent: broadcast::Receiver<Arc<Recorded>>,
    position: i64,
    /// There may be events after `position` that `recent` will not bring.
    behind: bool,
    batch: VecDeque<Arc<Recorded>>,
}

impl Listener {
    /// The next event. Cancelling is safe: nothing is taken before it is returned. `None` when the
    /// server stops.
    pub async fn next(&mut self) -> Result<Option<Arc<Recorded>>, DbErr> {
        loop {
            if let Some(event) = self.batch.pop_front() {
                self.position = event.seq;
                return Ok(Some(event));
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            match self.recent.recv().await {
                Ok(event) if event.seq <= self.position => {}
                Ok(event) => self.batch.push_back(event),
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }

    async fn catch_up(&mut self) -> Result<(), DbErr> {
        let events = self.outbox.read_after(self.position, BATCH).await?;
        self.behind = !events.is_empty();
        self.batch.extend(events.into_iter().map(Arc::new));
        Ok(())
    }
}
