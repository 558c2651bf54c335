//! Resumable uploads, piece by piece.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use recordings::{PartError, Parts};
use uuid::Uuid;

#[tokio::test]
async fn pieces_add_up_and_a_new_start_finds_them() {
    let (folder, parts) = parts();
    let id = Uuid::now_v7();
    assert_eq!(parts.length(id).await.unwrap(), 0);
    assert_eq!(append(&parts, id, 0, b"abc").await.unwrap(), 3);
    let restarted = Parts::open(folder.path()).unwrap();
    assert_eq!(restarted.length(id).await.unwrap(), 3);
    assert_eq!(append(&restarted, id, 3, b"def").await.unwrap(), 6);
    assert_eq!(restarted.read(id).await.unwrap(), &b"abcdef"[..]);
}

#[tokio::test]
async fn a_piece_at_the_wrong_place_is_refused_with_the_right_one() {
    let (_folder, parts) = parts();
    let id = Uuid::now_v7();
    append(&parts, id, 0, b"abc").await.unwrap();
    for offset in [0, 2, 4, u64::MAX] {
        let error = append(&parts, id, offset, b"x").await.unwrap_err();
        assert!(matches!(error, PartError::WrongOffset { expected: 3 }));
    }
    assert_eq!(parts.read(id).await.unwrap(), &b"abc"[..]);
}

#[tokio::test]
async fn more_than_was_announced_is_refused() {
    let (_folder, parts) = parts();
    let id = Uuid::now_v7();
    let error = append(&parts, id, 0, b"01234567890").await.unwrap_err();
    assert!(matches!(error, PartError::TooLong { size: 10 }));
    assert_eq!(parts.length(id).await.unwrap(), 0);
}

#[tokio::test]
async fn of_two_pieces_for_the_same_place_one_is_taken() {
    let (_folder, parts) = parts();
    let id = Uuid::now_v7();
    let both = tokio::join!(append(&parts, id, 0, b"aaa"), append(&parts, id, 0, b"bbb"));
    assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|ok| **ok).count(), 1);
    assert_eq!(parts.length(id).await.unwrap(), 3);
}

#[tokio::test]
async fn a_full_disk_is_told_apart_and_the_upload_goes_on_later() {
    let (folder, parts) = parts();
    let id = Uuid::now_v7();
    let file = folder.path().join(format!("{id}.part"));
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    let error = append(&parts, id, 0, b"abc").await.unwrap_err();
    assert!(matches!(error, PartError::Full(_)), "{error:?}");
    std::fs::remove_file(file).unwrap();
    assert_eq!(append(&parts, id, 0, b"abc").await.unwrap(), 3);
}

#[tokio::test]
async fn old_uploads_are_swept() {
    let (_folder, parts) = parts();
    let id = Uuid::now_v7();
    append(&parts, id, 0, b"abc").await.unwrap();
    assert_eq!(parts.sweep(SystemTime::UNIX_EPOCH).await.unwrap(), 0);
    assert_eq!(parts.sweep(SystemTime::now() + Duration::from_secs(9)).await.unwrap(), 1);
    assert_eq!(parts.length(id).await.unwrap(), 0);
    parts.remove(id).await.unwrap();
}

fn parts() -> (tempfile::TempDir, Parts) {
    let folder = tempfile::tempdir().unwrap();
    let parts = Parts::open(folder.path()).unwrap();
    (folder, parts)
}

/// To an upload of ten bytes.
async fn append(parts: &Parts, id: Uuid, at: u64, bytes: &'static [u8]) -> Result<u64, PartError> {
    parts.append(id, at, Bytes::from_static(bytes), 10).await
}
