//! `PROTOCOL.md` is a promise to authors of other clients: its examples are real messages, and no
//! message, error or close code is missing from it.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use signaling::message::{ClientMessage, CloseCode, ServerMessage, parse};
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../PROTOCOL.md");

/// The lines of all code blocks of one side.
fn examples(side: &str) -> Vec<&'static str> {
    let fence = format!("```json {side}\n");
    let blocks = DOCUMENT.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.flat_map(str::lines).filter(|line| !line.is_empty()).collect()
}

/// A message with an example for each variant: the `type`s of what the generated types name.
fn types(name: &str) -> BTreeSet<String> {
    let generated = signaling::typescript::protocol();
    let start = generated.find(&format!("export type {name} =")).unwrap();
    let union = generated[start..].split("\n\n").next().unwrap();
    let tags = union.split("\"type\": \"").skip(1);
    tags.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn type_of(line: &str) -> String {
    serde_json::from_str::<Value>(line).unwrap()["type"].as_str().unwrap().to_owned()
}

#[test]
fn every_example_of_a_clients_message_is_one() {
    for line in examples("client") {
        let (_, message) = parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let again = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<ClientMessage>(&again).unwrap(), message);
    }
}

#[test]
fn every_example_of_a_servers_message_is_one_and_says_all_that_it_has() {
    for line in examples("server") {
        let message: ServerMessage =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let (ours, theirs) = (serde_json::to_value(&message).unwrap(), line.parse::<Value>());
        assert_eq!(ours, theirs.unwrap(), "an example has a field that does not exist");
    }
}

#[test]
fn every_message_has_an_example() {
    for (side, name) in [("client", "ClientMessage"), ("server", "ServerMessage")] {
        let shown: BTreeSet<_> = examples(side).into_iter().map(type_of).collect();
        assert_eq!(shown, types(name), "{side}");
    }
}

#[test]
fn every_error_code_is_explained() {
    let generated = signaling::typescript::protocol();
    let start = generated.find("export type ErrorCode =").unwrap();
    let codes = generated[start..].split(';').next().unwrap();
    for code in codes.split('"').skip(1).step_by(2) {
        assert!(DOCUMENT.contains(&format!("\n| `{code}` | ")), "{code} is not explained");
    }
}

#[test]
fn every_close_code_is_explained_with_whether_to_resume() {
    for code in CloseCode::ALL {
        let row = format!("\n| {} | `{}` | ", code.number(), code.name());
        let start = DOCUMENT.find(&row).unwrap_or_else(|| panic!("no row {row}"));
        let line = DOCUMENT[start + 1..].lines().next().unwrap();
        let says_yes = line.split('|').nth(4).unwrap().trim().starts_with("yes");
        assert_eq!(says_yes, code.resumable(), "{line}");
    }
}
