//! argon2id over memory that goes back to the system.
//!
//! The library's own buffer comes from the allocator's heaps, one per thread, which keep what was
//! freed: a few sign-ins would leave the server tens of megabytes larger for good. A block beyond
//! glibc's largest mapping threshold is always mapped by itself, and unmapped when it is dropped;
//! only what is used of it is ever resident.

use argon2::{Algorithm, Argon2, Block, Params, Version, password_hash::phc::PasswordHash};
use aws_lc_rs::{constant_time, rand};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD as BASE64};

/// One of OWASP's equivalent choices of memory and passes.
const MEMORY_KIB: u32 = 12 * 1024;
const PASSES: u32 = 3;
/// glibc maps at the latest from 32 MiB on (`DEFAULT_MMAP_THRESHOLD_MAX`).
const ALWAYS_MAPPED: usize = 33 * 1024 * 1024;

/// A PHC string with a salt of its own.
pub(super) fn hash(password: &str) -> Result<String, String> {
    let mut salt = [0; 16];
    rand::fill(&mut salt).map_err(text)?;
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(text)?;
    let out = derive(params, password, &salt)?;
    let [salt, out] = [&salt[..], &out].map(|bytes| BASE64.encode(bytes));
    Ok(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${salt}${out}"))
}

/// Is it the password that this PHC string was made from?
pub(super) fn verify(password: &str, hash: &str) -> Result<bool, String> {
    let hash = PasswordHash::new(hash).map_err(text)?;
    let params = Params::try_from(&hash).map_err(text)?;
    let (Some(salt), Some(kept)) = (&hash.salt, &hash.hash) else {
        return Err("a kept password hash has no salt or no output".to_owned());
    };
    let out = derive(params, password, salt.as_ref())?;
    Ok(constant_time::verify_slices_are_equal(&out, kept.as_bytes()).is_ok())
}

fn derive(params: Params, password: &str, salt: &[u8]) -> Result<[u8; 32], String> {
    let mut memory = Vec::with_capacity(ALWAYS_MAPPED / Block::SIZE);
    memory.resize(params.block_count(), Block::new());
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, memory)
        .map_err(text)?;
    Ok(out)
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_of_the_library_s_own_making_is_understood() {
        use argon2::password_hash::PasswordHasher;
        let params = Params::new(64, 2, 1, None).unwrap();
        let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = library.hash_password(b"correct horse").unwrap().to_string();
        assert!(verify("correct horse", &hash).unwrap());
        assert!(!verify("correct house", &hash).unwrap());
    }

    #[test]
    fn what_is_no_hash_fits_no_password() {
        for hash in ["", "plain", "$argon2id$v=19$m=12288,t=3,p=1"] {
            assert!(verify("correct horse", hash).is_err(), "{hash}");
        }
    }
}
