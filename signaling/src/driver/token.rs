//! Resume tokens: 256 random bits for the client, their SHA-256 for everybody else.

use crate::core::Token;
use crate::gate::TokenHash;
use aws_lc_rs::{digest, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `None` when the system has no entropy to give.
pub(super) fn fresh() -> Option<Token> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).ok()?;
    Some(from_text(URL_SAFE_NO_PAD.encode(bytes)))
}

pub(super) fn from_text(text: String) -> Token {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    Token { text, hash: TokenHash(hash) }
}
