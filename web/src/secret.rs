//! The installation's secret key: 32 random bytes that customers' links and the like are signed
//! with. Made at the first start, kept in a file that only its owner may read.

use std::{io, path::Path, sync::Arc};

use aws_lc_rs::{
    constant_time,
    hmac::{self, HMAC_SHA256},
    rand::fill,
};

const LENGTH: usize = 32;

/// Cheap to clone; never printed.
#[derive(Clone)]
pub struct Secret(Arc<[u8; LENGTH]>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Reads the key, or makes one where there is none.
    pub fn load_or_create(path: &Path) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => Self::from_bytes(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(error),
        }
    }

    /// A tag over `message` that only the holder of the key can make. Tags of different purposes
    /// have nothing to do with each other.
    pub fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key(purpose));
        context.update(message);
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }

    /// Takes the same time wherever a wrong tag differs.
    pub fn verify(&self, purpose: &str, message: &[u8], tag: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.sign(purpose, message), tag).is_ok()
    }

    fn key(&self, purpose: &str) -> hmac::Key {
        let root = hmac::Key::new(HMAC_SHA256, self.0.as_ref());
        hmac::Key::new(HMAC_SHA256, hmac::sign(&root, purpose.as_bytes()).as_ref())
    }

    fn from_bytes(bytes: &[u8]) -> io::Result<Self> {
        let key: [u8; LENGTH] = bytes.try_into().map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, "a secret key has exactly 32 bytes")
        })?;
        Ok(Self(Arc::new(key)))
    }

    /// Written beside and renamed into place, so that a kill leaves either no key or a whole one.
    fn create(path: &Path) -> io::Result<Self> {
        let mut key = [0; LENGTH];
        fill(&mut key).map_err(|_| io::Error::other("the system gives no random numbers"))?;
        let beside = path.with_extension("new");
        write_private(&beside, &key)?;
        std::fs::rename(&beside, path)?;
        Self::from_bytes(&key)
    }
}

#[cfg(unix)]
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    std::fs::write(path, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let made = Secret::load_or_create(&path).unwrap();
        let found = Secret::load_or_create(&path).unwrap();
        assert!(found.verify("links", b"hello", &made.sign("links", b"hello")));
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        Secret::load_or_create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_tag_for_one_purpose_is_worth_nothing_for_another() {
        let secret = Secret::from_bytes(&[7; LENGTH]).unwrap();
        let tag = secret.sign("links", b"hello");
        assert!(!secret.verify("sessions", b"hello", &tag));
        assert!(!secret.verify("links", b"hellp", &tag));
        assert!(!secret.verify("links", b"hello", &tag[..31]));
    }

    #[test]
    fn a_key_that_was_cut_short_stops_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        std::fs::write(&path, b"short").unwrap();
        assert!(Secret::load_or_create(&path).is_err());
    }
}
