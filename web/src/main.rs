//! `closeup`: the server and its few maintenance commands. See [`web::cli`].

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    web::cli::run()
}
