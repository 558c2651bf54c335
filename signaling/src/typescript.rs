//! The protocol's types for the browser client, generated so that the two cannot drift apart.

use crate::message::*;
use ts_rs::{Config, TS};

const HEADER: &str = "\
// Generated from signaling/src/message by `cargo run -p signaling --example protocol_types`.
// Do not edit: a test compares it with its source.
";

/// The whole of `web/client/src/call/protocol.ts`.
pub fn protocol() -> String {
    let mut out = HEADER.to_owned();
    out.push_str(&format!("\nexport const PROTOCOL_VERSION = {VERSION};\n"));
    out.push_str(&format!("export const MAX_FRAME_BYTES = {MAX_FRAME};\n"));
    out.push_str(&close_codes());
    types(&mut out);
    out.push_str("\n/** What goes over the wire: errors repeat `seq` as `re`. */\n");
    out.push_str("export type ClientFrame = ClientMessage & { seq?: number };\n");
    out
}

fn types(out: &mut String) {
    one::<ClientMessage>(out);
    one::<Join>(out);
    one::<Report>(out);
    one::<Tile>(out);
    one::<CaptureSource>(out);
    one::<CaptureStage>(out);
    one::<ServerMessage>(out);
    one::<Joined>(out);
    one::<You>(out);
    one::<CallView>(out);
    one::<ParticipantView>(out);
    one::<Waiting>(out);
    one::<SlotView>(out);
    one::<Publish>(out);
    one::<IceServer>(out);
    one::<Role>(out);
    one::<Place>(out);
    one::<Presence>(out);
    one::<CallState>(out);
    one::<GoneReason>(out);
    one::<EndReason>(out);
    one::<TrackKind>(out);
    one::<Grade>(out);
    one::<Figures>(out);
    one::<ErrorCode>(out);
    one::<CallId>(out);
    one::<CaptureId>(out);
    one::<ParticipantId>(out);
}

fn one<T: TS>(out: &mut String) {
    let config = Config::new().with_large_int("number");
    out.push('\n');
    out.push_str(&T::docs().unwrap_or_default());
    out.push_str("export ");
    out.push_str(&T::decl(&config));
    out.push('\n');
}

fn close_codes() -> String {
    let mut out = "\n/** WebSocket close codes: after which may the client resume by itself? */\n\
                   export const CLOSE_CODES = {\n"
        .to_owned();
    for code in CloseCode::ALL {
        let (name, number, resumable) = (code.name(), code.number(), code.resumable());
        out.push_str(&format!("  {name}: {{ code: {number}, resumable: {resumable} }},\n"));
    }
    out.push_str("} as const;\n");
    out
}
