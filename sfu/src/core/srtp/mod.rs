//! SRTP and SRTCP (RFC 3711) with AES-CM and HMAC-SHA1, and with AES-GCM (RFC 7714): seals what
//! goes to a client, and opens the RTCP that comes from it. What DTLS agreed on keys both
//! (RFC 5764 §4.2).
//!
//! No nonce may come twice under one key, or both packets lie open. It is made of SSRC and index:
//! whoever seals with the same keys elsewhere must keep to other SSRCs, in RTCP as well.

mod cipher;
mod derivation;
mod keys;
mod opener;
mod replay;
mod sealer;
#[cfg(test)]
mod tests;

pub(crate) use self::keys::{Profile, SrtpKeys};
pub(crate) use self::opener::Opener;
pub(crate) use self::sealer::Sealer;

/// Of an RTP header without CSRCs and extensions, in bytes.
const RTP_HEADER: usize = 12;
/// Of an SRTCP packet, in bytes: what is never encrypted, with the sender's SSRC at its end.
const RTCP_HEADER: usize = 8;
/// The bit beside the SRTCP index that says that the packet is encrypted (RFC 3711 §3.4).
const ENCRYPTED: u32 = 1 << 31;
/// Of the index of an RTP packet: rollover counter and sequence number.
const INDEX_BITS: u32 = 48;
