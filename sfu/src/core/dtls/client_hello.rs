//! Which SRTP profiles a `ClientHello` offers (RFC 5764 §4.1.1). `rtc-dtls` as server takes the
//! client's first choice, and that of browsers is not the cheapest.

use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;

const RECORD_HEADER: usize = 13;
const HANDSHAKE_HEADER: usize = 12;
const CLIENT_HELLO: u8 = 1;
const USE_SRTP: u16 = 14;
/// Of the protocol's version and the random value.
const BEGINNING: usize = 34;

/// The first of ours that the client has; `None` where the datagram is not a whole `ClientHello`.
pub(super) fn best_profile(
    datagram: &[u8],
    ours: &[SrtpProtectionProfile],
) -> Option<SrtpProtectionProfile> {
    let offered = offered(datagram)?;
    let has = |profile: &SrtpProtectionProfile| {
        offered.chunks_exact(2).any(|number| number == (*profile as u16).to_be_bytes())
    };
    ours.iter().copied().find(has)
}

fn offered(datagram: &[u8]) -> Option<&[u8]> {
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
    loop {
        let (kind, rest) = extensions.split_first_chunk::<2>()?;
        let (contents, rest) = vector(rest)?;
        if u16::from_be_bytes(*kind) == USE_SRTP {
            return vector(contents).map(|(profiles, _)| profiles);
        }
        extensions = rest;
    }
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
