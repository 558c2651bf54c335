//! Where H.264 key frames begin in RTP (RFC 6184): at parameter sets, or at an IDR slice.

const IDR_SLICE: u8 = 5;
const SEQUENCE_PARAMETERS: u8 = 7;
const AGGREGATE: u8 = 24;
const FRAGMENT: u8 = 28;

/// Whether a decoder could begin with this packet.
pub(crate) fn starts_key_frame(payload: &[u8]) -> bool {
    let [head, rest @ ..] = payload else { return false };
    match head & 0x1f {
        AGGREGATE => aggregated(rest).any(begins),
        FRAGMENT => rest.first().is_some_and(|head| head & 0x80 != 0 && begins(*head)),
        _ => begins(*head),
    }
}

fn begins(head: u8) -> bool {
    matches!(head & 0x1f, IDR_SLICE | SEQUENCE_PARAMETERS)
}

/// The heads of the units of an aggregation packet (§5.7.1): length, unit, length, unit …
fn aggregated(mut rest: &[u8]) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let [high, low, unit @ ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let head = *unit.get(..length)?.first()?;
        rest = &unit[length..];
        Some(head)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_sets_and_idr_slices_begin_a_key_frame() {
        assert!(starts_key_frame(&[0x67, 1, 2]));
        assert!(starts_key_frame(&[0x65, 1, 2]));
        assert!(!starts_key_frame(&[0x41, 1, 2]));
    }

    #[test]
    fn the_first_fragment_of_an_idr_slice_begins_one_and_the_next_does_not() {
        assert!(starts_key_frame(&[0x7c, 0x85, 1]));
        assert!(!starts_key_frame(&[0x7c, 0x05, 1]));
        assert!(!starts_key_frame(&[0x7c, 0x81, 1]));
    }

    #[test]
    fn aggregates_are_looked_into_and_cut_ones_are_not_believed() {
        assert!(starts_key_frame(&[0x78, 0, 2, 0x09, 0x10, 0, 2, 0x67, 1]));
        assert!(!starts_key_frame(&[0x78, 0, 2, 0x09, 0x10]));
        assert!(!starts_key_frame(&[0x78, 0, 9, 0x67, 1]));
        assert!(!starts_key_frame(&[]));
    }
}
