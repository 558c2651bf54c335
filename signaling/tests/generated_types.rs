//! The browser client's protocol types are generated; a stale copy would lie to it.
#![allow(clippy::unwrap_used)]

#[test]
fn the_committed_protocol_types_are_fresh() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/client/src/call/protocol.ts");
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        committed == signaling::typescript::protocol(),
        "web/client/src/call/protocol.ts is stale: cargo run -p signaling --example protocol_types"
    );
}
