//! What a `ClientHello` tells of a client before anything is answered.

use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;

use super::{HANDSHAKE_HEADER, RECORD_HEADER};

const CLIENT_HELLO: u8 = 1;
const USE_SRTP: u16 = 14;
const SUPPORTED_VERSIONS: u16 = 43;
/// Of the protocol's version and the random value.
const BEGINNING: usize = 34;

/// Whether this is all of a `ClientHello` of a client that knows DTLS 1.2 at the most: one that
/// knows 1.3 says so (RFC 8446 §4.2.1).
pub(super) fn is_of_an_old_client(datagram: &[u8]) -> bool {
    let mut is_old = true;
    let is_whole = extensions(datagram, |kind, _| is_old &= kind != SUPPORTED_VERSIONS).is_some();
    is_whole && is_old
}

/// The first of ours that the client has too (RFC 5764 §4.1.1); `None` where the datagram is not a
/// whole `ClientHello`. `rtc-dtls` takes the client's first choice, which is not the cheapest.
pub(super) fn best_profile(
    datagram: &[u8],
    ours: &[SrtpProtectionProfile],
) -> Option<SrtpProtectionProfile> {
    let mut offered = None;
    extensions(datagram, |kind, contents| {
        if kind == USE_SRTP {
            offered = vector(contents).map(|(profiles, _)| profiles);
        }
    })?;
    let offered = offered?;
    let has = |profile: &SrtpProtectionProfile| {
        offered.chunks_exact(2).any(|number| number == (*profile as u16).to_be_bytes())
    };
    ours.iter().copied().find(has)
}

/// Shows every extension. `None` where the datagram is not a whole `ClientHello`.
fn extensions<'a>(datagram: &'a [u8], mut show: impl FnMut(u16, &'a [u8])) -> Option<()> {
    let message = datagram.get(RECORD_HEADER..)?;
    if *message.first()? != CLIENT_HELLO {
        return None;
    }
    let rest = message.get(HANDSHAKE_HEADER + BEGINNING..)?;
    let (_session, rest) = short_vector(rest)?;
    let (_cookie, rest) = short_vector(rest)?;
    let (_suites, rest) = vector(rest)?;
    let (_compressions, rest) = short_vector(rest)?;
    let (mut extensions, _) = vector(rest)?;
    while !extensions.is_empty() {
        let (kind, rest) = extensions.split_first_chunk::<2>()?;
        let (contents, rest) = vector(rest)?;
        show(u16::from_be_bytes(*kind), contents);
        extensions = rest;
    }
    Some(())
}

/// A vector with a length of one byte, and what follows it.
fn short_vector(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

/// A vector with a length of two bytes, and what follows it.
fn vector(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
