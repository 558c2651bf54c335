//! A disk that can be full: a small tmpfs in a mount namespace of the test's own, so that nothing is
//! left behind, whatever happens to the run.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set for the run inside of the namespace: where the disk is.
const INSIDE: &str = "CLOSEUP_SMALL_DISK";

pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Runs the test of this name once more with a disk of its own, and `story` there. Where no
    /// mount is allowed (neither root nor user namespaces), says so and passes.
    pub fn with<Told: Future<Output = ()>>(
        test: &str,
        megabytes: u32,
        story: impl FnOnce(SmallDisk) -> Told,
    ) {
        if let Some(folder) = std::env::var_os(INSIDE) {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            return runtime.block_on(story(Self { folder: folder.into() }));
        }
        if !can_mount() {
            eprintln!(
                "SKIPPED {test}: no disk can be mounted here (needs root or user namespaces)"
            );
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let mount = format!("mount -t tmpfs -o size={megabytes}m closeup \"$0\" && exec \"$@\"");
        let run = unshare()
            .args(["sh", "-c", &mount])
            .arg(folder.path())
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(INSIDE, folder.path())
            .status();
        assert!(run.unwrap().success(), "{test} failed on its small disk");
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Leaves not a byte.
    pub fn fill(&self) {
        let mut ballast =
            OpenOptions::new().create(true).append(true).open(self.ballast()).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            fill_with(&mut ballast, &vec![0; size]);
        }
    }

    /// All of that room is back.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

fn fill_with(ballast: &mut File, bytes: &[u8]) {
    loop {
        match ballast.write_all(bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::StorageFull => return,
            Err(error) => panic!("filling the disk: {error}"),
        }
    }
}

fn can_mount() -> bool {
    let mount = ["mount", "-t", "tmpfs", "closeup", "/mnt"];
    unshare().args(mount).output().is_ok_and(|done| done.status.success())
}

/// Who is not root becomes root of a namespace, where the system allows that.
fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "--propagation", "private", "--"]);
    command
}
