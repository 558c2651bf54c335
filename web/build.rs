//! The client's files are embedded from `client/dist`. The crate must also compile before the
//! client was ever built, so the folder is made here when it is missing.

fn main() {
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("client/dist");
    if let Err(error) = std::fs::create_dir_all(&dist) {
        println!("cargo::warning=cannot create {}: {error}", dist.display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    // Release builds embed the files; debug builds read them from the disk at each request.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=client/dist");
    }
}
