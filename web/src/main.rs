//! `closeup`: the server and its few maintenance commands. See [`web::cli`].

/// Links mimalloc, whose `malloc` takes the place of the system's.
#[used]
static MALLOC: unsafe extern "C" fn(usize) -> *mut std::ffi::c_void = libmimalloc_sys::mi_malloc;

fn main() -> std::process::ExitCode {
    web::cli::run()
}
