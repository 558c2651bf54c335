//! The blob store: bytes under the name of their SHA-256, in a folder or (by URL, later) S3.
//!
//! Writing goes to a staging file, which is synced, renamed to its name, and made durable by
//! syncing the directory; `object_store` does all four when told to. A blob is written again even
//! when it is there already: an earlier writer may have been killed before the last of the four.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};

use crate::digest::Digest;
use crate::disk;

/// Cheap to clone; all clones are one store.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

/// A blob, or a range of it, on its way out.
pub struct Reading {
    /// The size of the whole blob in bytes.
    pub size: u64,
    /// What of it is delivered.
    pub range: Range<u64>,
    pub content: BoxStream<'static, Result<Bytes, BlobError>>,
}

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("there is no room left in the blob store")]
    Full(#[source] object_store::Error),
    #[error("the blob {0} is not in the store")]
    Missing(Digest),
    #[error("the blob store cannot be used now")]
    Unavailable(#[source] object_store::Error),
}

impl Blobs {
    /// Opens the store in a folder, which is made when it is missing.
    pub fn open_folder(folder: &Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(folder)
            .map_err(|error| object_store::Error::Generic {
                store: "LocalFileSystem",
                source: error.into(),
            })
            .map_err(BlobError::from_store)?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(BlobError::from_store)?
            .with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: folder.to_owned() })
    }

    /// Stores `content`; once this returns, it is there whatever happens.
    pub async fn put(&self, content: Bytes) -> Result<Digest, BlobError> {
        let digest = Digest::of(&content);
        self.store.put(&key(digest), content.into()).await.map_err(BlobError::from_store)?;
        Ok(digest)
    }

    /// Reads a blob or, of a range that starts within it, what there is of that range.
    pub async fn read(
        &self,
        digest: Digest,
        range: Option<Range<u64>>,
    ) -> Result<Reading, BlobError> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(&key(digest), options).await;
        let found = found.map_err(|error| BlobError::on_reading(digest, error))?;
        Ok(Reading {
            size: found.meta.size,
            range: found.range.clone(),
            content: found.into_stream().map_err(BlobError::from_store).boxed(),
        })
    }

    /// Is it there, whole?
    pub async fn contains(&self, digest: Digest) -> Result<bool, BlobError> {
        match self.store.head(&key(digest)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(BlobError::from_store(error)),
        }
    }

    /// The blobs of one of the 256 folders (by the first byte of their names) that were last
    /// stored before `before`.
    pub async fn stored_before(
        &self,
        folder: u8,
        before: SystemTime,
    ) -> Result<Vec<Digest>, BlobError> {
        let folder = Key::from_iter([PREFIX, &format!("{folder:02x}")]);
        let old = self.store.list(Some(&folder)).try_filter_map(async |found| {
            let old = SystemTime::from(found.last_modified) < before;
            Ok(digest_of(&found.location).filter(|_| old))
        });
        old.try_collect().await.map_err(BlobError::from_store)
    }

    /// Removes a blob; that it was not there is no error.
    pub async fn remove(&self, digest: Digest) -> Result<(), BlobError> {
        match self.store.delete(&key(digest)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(BlobError::from_store(error)),
        }
    }

    /// Removes staging files that were last written before `before`: what a kill left behind.
    /// Returns how many. To be called at the start, before anything is stored.
    pub async fn sweep(&self, before: SystemTime) -> std::io::Result<usize> {
        let folder = self.folder.join(PREFIX);
        tokio::task::spawn_blocking(move || sweep_staged(&folder, before)).await?
    }
}

impl BlobError {
    fn on_reading(digest: Digest, error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing(digest),
            error => Self::from_store(error),
        }
    }

    fn from_store(error: object_store::Error) -> Self {
        if disk::is_full(&error) { Self::Full(error) } else { Self::Unavailable(error) }
    }
}

const PREFIX: &str = "sha256";

/// `sha256/ab/cdef…`: 256 folders keep each of them small.
fn key(digest: Digest) -> Key {
    let hex = digest.to_string();
    Key::from_iter([PREFIX, &hex[..2], &hex[2..]])
}

fn digest_of(key: &Key) -> Option<Digest> {
    let parts: Vec<_> = key.parts().collect();
    let [_, first, rest] = parts.as_slice() else { return None };
    format!("{}{}", first.as_ref(), rest.as_ref()).parse().ok()
}

fn sweep_staged(folder: &Path, before: SystemTime) -> std::io::Result<usize> {
    if !folder.exists() {
        return Ok(0);
    }
    let mut removed = 0;
    for shard in std::fs::read_dir(folder)? {
        for file in std::fs::read_dir(shard?.path())? {
            let file = file?;
            let staged = file.file_name().to_string_lossy().contains('#');
            if staged && file.metadata()?.modified()? < before {
                std::fs::remove_file(file.path())?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}
