//! The blob store in a folder.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::TryStreamExt;
use recordings::{BlobError, Blobs, Digest};

#[tokio::test]
async fn what_is_stored_is_read_back_whole_and_in_ranges() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open_folder(folder.path()).unwrap();
    let digest = blobs.put(Bytes::from_static(b"0123456789")).await.unwrap();
    assert_eq!(digest, Digest::of(b"0123456789"));
    assert_eq!(read(&blobs, digest, None).await.unwrap(), b"0123456789");
    assert_eq!(read(&blobs, digest, Some(2..5)).await.unwrap(), b"234");
    let beyond = blobs.read(digest, Some(8..100)).await.unwrap();
    assert_eq!((beyond.range, beyond.size), (8..10, 10));
}

#[tokio::test]
async fn the_same_content_is_stored_once() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open_folder(folder.path()).unwrap();
    let one = blobs.put(Bytes::from_static(b"same")).await.unwrap();
    let other = blobs.put(Bytes::from_static(b"same")).await.unwrap();
    assert_eq!(one, other);
    assert_eq!(files(folder.path()).len(), 1);
}

#[tokio::test]
async fn a_blob_that_is_not_there_is_missing_and_may_be_removed_again() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open_folder(folder.path()).unwrap();
    let digest = blobs.put(Bytes::from_static(b"gone")).await.unwrap();
    blobs.remove(digest).await.unwrap();
    blobs.remove(digest).await.unwrap();
    let error = read(&blobs, digest, None).await.unwrap_err();
    assert!(matches!(error, BlobError::Missing(missing) if missing == digest));
}

#[tokio::test]
async fn what_a_kill_left_in_staging_is_swept_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open_folder(folder.path()).unwrap();
    let digest = blobs.put(Bytes::from_static(b"kept")).await.unwrap();
    let kept = files(folder.path()).remove(0);
    std::fs::write(format!("{}#1", kept.display()), b"ke").unwrap();
    assert_eq!(blobs.sweep(SystemTime::UNIX_EPOCH).await.unwrap(), 0, "too young");
    let soon = SystemTime::now() + Duration::from_secs(60);
    assert_eq!(blobs.sweep(soon).await.unwrap(), 1);
    assert_eq!(files(folder.path()), [kept]);
    assert_eq!(read(&blobs, digest, None).await.unwrap(), b"kept");
}

#[tokio::test]
async fn a_store_that_cannot_be_written_says_so_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open_folder(folder.path()).unwrap();
    let in_the_way = folder.path().join("sha256");
    std::fs::write(&in_the_way, b"no folder").unwrap();
    let error = blobs.put(Bytes::from_static(b"x")).await.unwrap_err();
    assert!(matches!(error, BlobError::Unavailable(_)));
    std::fs::remove_file(in_the_way).unwrap();
    blobs.put(Bytes::from_static(b"x")).await.unwrap();
}

pub(crate) async fn read(
    blobs: &Blobs,
    digest: Digest,
    range: Option<std::ops::Range<u64>>,
) -> Result<Vec<u8>, BlobError> {
    let pieces: Vec<Bytes> = blobs.read(digest, range).await?.content.try_collect().await?;
    Ok(pieces.concat())
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
