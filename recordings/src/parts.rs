//! Uploads under way: one growing file each, appended to at an agreed offset.
//!
//! An append is acknowledged once the system has it: it survives a kill, but perhaps no power cut.
//! Nobody may forget a picture before it is stored as a whole (see [`crate::Blobs`]), and nothing is
//! stored that has not the announced digest; so a sync for each piece would only cost time. A file
//! may hold more than was acknowledged (a kill between write and answer); that is right too, since
//! its bytes are the client's own, in order: the client asks for the offset and goes on.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use uuid::Uuid;

use crate::disk;

/// The folder of uploads under way. Cheap to clone.
#[derive(Clone)]
pub struct Parts {
    folder: Arc<Path>,
}

#[derive(Debug, thiserror::Error)]
pub enum PartError {
    #[error("the upload goes on at byte {expected}")]
    WrongOffset { expected: u64 },
    #[error("the upload was announced with {size} bytes; these are more")]
    TooLong { size: u64 },
    #[error("there is no room left for the upload")]
    Full(#[source] io::Error),
    #[error("the upload cannot be written now")]
    Unavailable(#[source] io::Error),
}

impl Parts {
    /// Opens the folder, which is made when it is missing.
    pub fn open(folder: &Path) -> Result<Self, PartError> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.into() })
    }

    /// How many bytes of an upload are here; none of one that has not begun.
    pub async fn length(&self, id: Uuid) -> Result<u64, PartError> {
        let path = self.path(id);
        blocking(move || match std::fs::metadata(path) {
            Ok(found) => Ok(found.len()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        })
        .await
    }

    /// Adds `bytes` at `offset`, which must be the present length, to an upload of `size` bytes in
    /// all. Returns the new length.
    pub async fn append(
        &self,
        id: Uuid,
        offset: u64,
        bytes: Bytes,
        size: u64,
    ) -> Result<u64, PartError> {
        let path = self.path(id);
        blocking(move || append(&path, offset, &bytes, size)).await
    }

    /// The bytes of an upload so far.
    pub async fn read(&self, id: Uuid) -> Result<Bytes, PartError> {
        let path = self.path(id);
        blocking(move || Ok(std::fs::read(path)?.into())).await
    }

    /// Forgets an upload; that there was none is no error.
    pub async fn remove(&self, id: Uuid) -> Result<(), PartError> {
        let path = self.path(id);
        blocking(move || remove(&path)).await
    }

    /// Removes the uploads that were last added to before `before`. Returns how many.
    pub async fn sweep(&self, before: SystemTime) -> Result<usize, PartError> {
        let folder = self.folder.clone();
        blocking(move || sweep(&folder, before)).await
    }

    fn path(&self, id: Uuid) -> PathBuf {
        self.folder.join(format!("{id}.part"))
    }
}

impl From<io::Error> for PartError {
    fn from(error: io::Error) -> Self {
        if disk::is_full(&error) { Self::Full(error) } else { Self::Unavailable(error) }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PartError> + Send + 'static,
) -> Result<T, PartError> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::from)?
}

fn append(path: &Path, offset: u64, bytes: &[u8], size: u64) -> Result<u64, PartError> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    // Two pieces at once would mix. The lock belongs to the open file and goes with it.
    file.lock()?;
    let length = file.metadata()?.len();
    if length != offset {
        return Err(PartError::WrongOffset { expected: length });
    }
    let new_length = offset + bytes.len() as u64;
    if new_length > size {
        return Err(PartError::TooLong { size });
    }
    if let Err(error) = (&file).write_all(bytes) {
        // Back to what was acknowledged, so that a full disk gets its room back. Should that fail
        // too, the file holds more than it needs to, and nothing wrong.
        let _ = file.set_len(offset);
        return Err(error.into());
    }
    Ok(new_length)
}

fn remove(path: &Path) -> Result<(), PartError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn sweep(folder: &Path, before: SystemTime) -> Result<usize, PartError> {
    let mut removed = 0;
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        if file.metadata()?.modified()? < before {
            remove(&file.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}
