//! The secret part of a customer's link: 16 random bytes that name it, and 16 bytes of a tag over
//! them that only the holder of the installation's key can make. A tampered link is refused before
//! the database is asked, and in the same time whatever was changed.

use aws_lc_rs::constant_time;
use aws_lc_rs::rand::fill;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::secret::Secret;

const ID_BYTES: usize = 16;
const SEAL_BYTES: usize = 16;
/// Both parts, base64url without padding.
const TEXT_LENGTH: usize = 43;
/// Tags that the same key made of anything else are no links.
const PURPOSE: &str = "customer links, version 1";

/// A new link's name: all of its 16 bytes are random, and the database has a type for 16 bytes.
pub(super) fn random_id() -> Result<Uuid, aws_lc_rs::error::Unspecified> {
    let mut bytes = [0; ID_BYTES];
    fill(&mut bytes)?;
    Ok(Uuid::from_bytes(bytes))
}

/// The text that stands in the link.
pub fn seal(secret: &Secret, id: Uuid) -> String {
    let mut bytes = [0; ID_BYTES + SEAL_BYTES];
    bytes[..ID_BYTES].copy_from_slice(id.as_bytes());
    bytes[ID_BYTES..].copy_from_slice(&tag(secret, id));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The link's name if the shop itself made this text, letter for letter.
pub fn unseal(secret: &Secret, token: &str) -> Option<Uuid> {
    if token.len() != TEXT_LENGTH {
        return None;
    }
    let bytes: [u8; ID_BYTES + SEAL_BYTES] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    let id = Uuid::from_slice(&bytes[..ID_BYTES]).ok()?;
    constant_time::verify_slices_are_equal(&tag(secret, id), &bytes[ID_BYTES..]).ok()?;
    Some(id)
}

fn tag(secret: &Secret, id: Uuid) -> [u8; SEAL_BYTES] {
    let mut seal = [0; SEAL_BYTES];
    seal.copy_from_slice(&secret.sign(PURPOSE, id.as_bytes())[..SEAL_BYTES]);
    seal
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_bytes(*b"sixteen bytes id");

    fn new_secret() -> Secret {
        let folder = tempfile::tempdir().unwrap();
        Secret::load_or_create(&folder.path().join("secret.key")).unwrap()
    }

    #[test]
    fn a_link_of_the_shop_opens() {
        let secret = new_secret();
        let token = seal(&secret, ID);
        assert_eq!(token.len(), TEXT_LENGTH);
        assert_eq!(unseal(&secret, &token), Some(ID));
    }

    #[test]
    fn a_link_with_any_one_letter_changed_does_not() {
        let secret = new_secret();
        let token = seal(&secret, ID);
        for at in 0..token.len() {
            for letter in ['A', 'q', '7', '_', '=', '!'] {
                let mut tampered: Vec<char> = token.chars().collect();
                if tampered[at] == letter {
                    continue;
                }
                tampered[at] = letter;
                let tampered: String = tampered.into_iter().collect();
                assert_eq!(unseal(&secret, &tampered), None, "{tampered}");
            }
        }
    }

    #[test]
    fn a_link_of_another_shop_is_a_stranger() {
        let theirs = seal(&new_secret(), ID);
        assert_eq!(unseal(&new_secret(), &theirs), None);
    }

    #[test]
    fn anything_else_is_no_link() {
        let secret = new_secret();
        let token = seal(&secret, ID);
        let doubled = token.repeat(2);
        for wrong in ["", "x", &token[1..], doubled.as_str(), "爪爪爪爪爪爪爪爪爪爪爪爪爪爪q"]
        {
            assert_eq!(unseal(&secret, wrong), None);
        }
    }
}
