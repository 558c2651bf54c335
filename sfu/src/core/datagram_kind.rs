//! What a datagram is, and whose media it claims to be, by its first bytes. A stranger may have written
//! them.

/// What the first byte of a datagram says it is (RFC 7983 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatagramKind {
    Stun,
    Dtls,
    Media,
    Unknown,
}

impl DatagramKind {
    pub fn of(datagram: &[u8]) -> Self {
        match datagram.first() {
            Some(0..=3) => Self::Stun,
            Some(20..=63) => Self::Dtls,
            Some(128..=191) => Self::Media,
            _ => Self::Unknown,
        }
    }
}

/// RTP and RTCP share a transport, and are told apart by their second byte (RFC 5761 §4).
pub fn is_rtcp(datagram: &[u8]) -> bool {
    let has_type = datagram.get(1).is_some_and(|kind| (192..=223).contains(kind));
    has_type && DatagramKind::of(datagram) == DatagramKind::Media
}

/// The stream that an RTP packet is of (RFC 3550 §5.1).
pub fn media_ssrc(datagram: &[u8]) -> Option<u32> {
    let is_rtp = DatagramKind::of(datagram) == DatagramKind::Media && !is_rtcp(datagram);
    let ssrc = datagram.get(8..12).filter(|_| is_rtp)?;
    Some(u32::from_be_bytes(ssrc.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_headers_of_media_name_a_stream() {
        let media = [128, 96, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4];
        assert_eq!(media_ssrc(&media), Some(0x0102_0304));
        assert!((0..12).all(|length| media_ssrc(&media[..length]).is_none()));
        let mut feedback = media;
        feedback[1] = 205;
        assert_eq!(media_ssrc(&feedback), None);
        assert_eq!(media_ssrc(&[0; 12]), None);
    }
}
