//! Kill at any instant: another process stores blobs as fast as it can and is killed in the midst.
//! What it said was stored is there, whole; what lies under a blob's name is that blob.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use recordings::{Blobs, Digest};
use uuid::Uuid;

use crate::blobs::files;

const FOLDER: &str = "CLOSEUP_TEST_KILL_FOLDER";

#[tokio::test]
async fn a_kill_leaves_whole_blobs_and_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..12 {
        let acknowledged =
            store_until_killed(folder.path(), Duration::from_millis(40 + 17 * round));
        let stored = stored_and_whole(folder.path());
        for digest in acknowledged {
            assert!(stored.contains(&digest), "{digest} was acknowledged and is gone");
        }
    }
    let blobs = Blobs::open_folder(folder.path()).unwrap();
    let later = std::time::SystemTime::now() + Duration::from_secs(60);
    blobs.sweep(later).await.unwrap();
    assert!(files(folder.path()).iter().all(|file| !file.to_string_lossy().contains('#')));
}

/// The other process: does nothing unless it is told the folder.
#[tokio::test]
#[ignore = "run by the test above, as the process that is killed"]
async fn store_for_ever() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let blobs = Blobs::open_folder(folder.as_ref()).unwrap();
    loop {
        let content = Uuid::now_v7().as_bytes().repeat(40_000);
        let digest = blobs.put(Bytes::from(content)).await.unwrap();
        println!("\nstored {digest}");
        std::io::stdout().flush().unwrap();
    }
}

/// What the other process acknowledged before it was killed.
fn store_until_killed(folder: &std::path::Path, after: Duration) -> Vec<Digest> {
    let mut storing = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "kill::store_for_ever", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(storing.stdout.take().unwrap()).lines();
    let mut acknowledged: Vec<Digest> = Vec::new();
    let digest = |line: String| -> Option<Digest> {
        line.strip_prefix("stored ").and_then(|hex| hex.parse().ok())
    };
    while acknowledged.is_empty() {
        acknowledged.extend(digest(lines.next().expect("it stores something").unwrap()));
    }
    std::thread::sleep(after);
    storing.kill().unwrap();
    storing.wait().unwrap();
    // A line cut by the kill was not said.
    acknowledged.extend(lines.map_while(Result::ok).filter_map(digest));
    acknowledged
}

fn stored_and_whole(folder: &std::path::Path) -> Vec<Digest> {
    let stored = files(folder).into_iter().filter(|file| !file.to_string_lossy().contains('#'));
    stored
        .map(|file| {
            let name: Vec<_> =
                file.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
            let named: Digest = format!("{}{}", name[1], name[0]).parse().unwrap();
            assert_eq!(Digest::of(&std::fs::read(file).unwrap()), named, "half stored");
            named
        })
        .collect()
}
