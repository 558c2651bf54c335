//! The walls of the house: which crate may know which, and who may name the WebRTC engine.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Who may depend on whom: `tests → web → signaling → sfu`, `web → recordings → sfu`.
const ALLOWED: &[(&str, &[&str])] = &[
    ("sfu", &[]),
    ("signaling", &["sfu"]),
    ("recordings", &["sfu"]),
    ("web", &["recordings", "sfu", "signaling"]),
    ("tests", &["recordings", "sfu", "signaling", "web"]),
];

/// Crates that the engines must never see: media knows no SQL, no HTTP and no JSON; calls and
/// recordings know no database and nothing of the product's description.
const FOREIGN: &[(&str, &[&str])] = &[
    ("sfu", &["axum", "http", "sea-orm", "serde", "serde_json", "reqwest", "image"]),
    ("signaling", &["sea-orm", "utoipa", "image", "str0m"]),
    ("recordings", &["axum", "sea-orm", "utoipa", "str0m"]),
    ("web", &["str0m", "webrtc"]),
];

#[test]
fn crates_depend_on_each_other_in_one_direction_only() {
    let crates = dependencies();
    let allowed: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    assert_eq!(
        crates.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        allowed.keys().copied().collect(),
        "a new crate needs a place in the house: add it here"
    );
    for (name, needs) in &crates {
        for need in needs.iter().filter(|need| crates.contains_key(*need)) {
            assert!(allowed[name.as_str()].contains(&need.as_str()), "{name} must not know {need}");
        }
    }
}

#[test]
fn the_engines_do_not_see_the_libraries_of_the_product() {
    let crates = dependencies();
    for (name, foreign) in FOREIGN {
        for need in &crates[*name] {
            assert!(!foreign.contains(&need.as_str()), "{name} must not know {need}");
        }
    }
}

#[test]
fn only_the_peer_of_the_sfu_and_its_dtls_name_the_webrtc_engine() {
    let sources = root().join("sfu/src");
    let naming: Vec<_> = rust_files(&sources)
        .into_iter()
        .filter(|file| names_the_engine(&std::fs::read_to_string(file).unwrap()))
        .map(|file| file.strip_prefix(&sources).unwrap().to_path_buf())
        .filter(|file| !file.starts_with("core/peer") && !file.starts_with("core/dtls"))
        .collect();
    assert!(naming.is_empty(), "str0m is named outside of core/peer and core/dtls: {naming:?}");
}

/// In code, that is: comments may speak of it.
fn names_the_engine(source: &str) -> bool {
    source.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("str0m::"))
}

/// Direct dependencies of each of our crates, those for tests included.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &serde_json::Value| value["name"].as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (name(one), one["dependencies"].as_array().unwrap().iter().map(name).collect()))
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}
