//! `closeup`: the server and its few maintenance commands. See [`web::cli`].

fn main() -> std::process::ExitCode {
    web::cli::run()
}
