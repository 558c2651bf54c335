//! Writes the protocol's TypeScript types where the browser client expects them.

fn main() -> std::io::Result<()> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/client/src/call/protocol.ts");
    std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/../web/client/src/call"))?;
    std::fs::write(file, signaling::typescript::protocol())
}
