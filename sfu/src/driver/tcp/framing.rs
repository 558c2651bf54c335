//! RFC 4571 §2: each datagram behind its length, two bytes, big-endian.

use bytes::{Buf, BytesMut};

/// No datagram of a WebRTC client is longer; nor is any of ours.
pub(super) const LONGEST: usize = 2_048;
const HEADER: usize = 2;

/// A frame longer than any datagram: what follows cannot be trusted either.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Takes the next whole frame off the front; `None` when more must come first.
pub(super) fn take_frame(bytes: &mut BytesMut) -> Result<Option<Vec<u8>>, TooLong> {
    let Some(header) = bytes.first_chunk::<HEADER>() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes(*header));
    if length > LONGEST {
        return Err(TooLong);
    }
    if bytes.len() < HEADER + length {
        return Ok(None);
    }
    bytes.advance(HEADER);
    Ok(Some(bytes.split_to(length).to_vec()))
}

/// Appends a frame. What is too long to be one is left out.
pub(super) fn put_frame(bytes: &mut Vec<u8>, datagram: &[u8]) {
    if let Ok(length) = u16::try_from(datagram.len()) {
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(datagram);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_frame_longer_than_any_datagram_is_refused() {
        let mut bytes = BytesMut::from(&[0xff, 0xff, 0][..]);
        assert_eq!(take_frame(&mut bytes), Err(TooLong));
    }

    proptest! {
        #[test]
        fn frames_come_out_as_they_went_in_however_they_are_cut(
            datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20),
            cuts in prop::collection::vec(1usize..50, 1..50),
        ) {
            let mut written = Vec::new();
            datagrams.iter().for_each(|datagram| put_frame(&mut written, datagram));
            let (mut read, mut bytes, mut rest) = (Vec::new(), BytesMut::new(), &written[..]);
            for cut in cuts.iter().cycle() {
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                bytes.extend_from_slice(now);
                rest = later;
                while let Some(frame) = take_frame(&mut bytes).unwrap_or_default() {
                    read.push(frame);
                }
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(read, datagrams);
        }
    }
}
