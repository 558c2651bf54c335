//! Redundant audio data, RED (RFC 2198): a packet of sound that brings along what went before it, so
//! that one that got lost is heard all the same.
//!
//! Blocks stand oldest first, behind all their headers. Each header but the last has four bytes: a
//! set bit, payload type (7 bits), how many ticks the block is older than the packet (14), length
//! (10). The last has one byte, the payload type; its block, the *primary*, is what would have been
//! sent alone, and takes the rest.

use std::sync::Arc;

const FOLLOWED: u8 = 0x80;
const PAYLOAD_TYPE: u8 = 0x7f;
const HEADER: usize = 4;
/// Beyond these a block cannot be named.
const OLDEST: u64 = 0x3fff;
const LONGEST: usize = 0x3ff;
/// Browsers send one or two.
const MOST_EARLIER: usize = 8;

/// A block from before the packet's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier<'a> {
    pub payload_type: u8,
    /// By so many ticks it is older than the packet.
    pub age: u64,
    pub payload: &'a [u8],
}

/// A packet taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redundant<'a> {
    /// Oldest first.
    pub earlier: Vec<Earlier<'a>>,
    pub payload_type: u8,
    /// Never empty.
    pub primary: &'a [u8],
}

/// Takes a packet apart. `None` where it contradicts itself, brings nothing of its own, or more
/// blocks than anybody sends.
pub fn parse(payload: &[u8]) -> Option<Redundant<'_>> {
    let (mut headers, mut count) = (payload, 0);
    while headers.first()? & FOLLOWED != 0 {
        (headers, count) = (headers.get(HEADER..)?, count + 1);
    }
    if count > MOST_EARLIER {
        return None;
    }
    let (payload_type, mut blocks) = headers.split_first()?;
    let mut earlier = Vec::with_capacity(count);
    for header in payload.as_chunks::<HEADER>().0.iter().take(count) {
        let fields = u32::from_be_bytes(*header);
        let (block, rest) = blocks.split_at_checked(fields as usize & LONGEST)?;
        blocks = rest;
        earlier.push(Earlier {
            payload_type: header[0] & PAYLOAD_TYPE,
            age: u64::from(fields >> 10) & OLDEST,
            payload: block,
        });
    }
    let is_whole = !blocks.is_empty();
    is_whole.then_some(Redundant { earlier, payload_type: *payload_type, primary: blocks })
}

/// Puts a packet together of its own block and earlier ones, oldest first. `None` where those cannot
/// be said, or there are none.
pub fn join(earlier: &[Earlier<'_>], payload_type: u8, primary: &[u8]) -> Option<Arc<[u8]>> {
    let can_be_said = |block: &Earlier<'_>| {
        (1..=OLDEST).contains(&block.age) && (1..=LONGEST).contains(&block.payload.len())
    };
    if !(1..=MOST_EARLIER).contains(&earlier.len()) || !earlier.iter().all(can_be_said) {
        return None;
    }
    let mut packet = Vec::new();
    for block in earlier {
        let payload_type = FOLLOWED | block.payload_type & PAYLOAD_TYPE;
        let fields = (block.age as u32) << 10 | block.payload.len() as u32;
        packet.extend((u32::from(payload_type) << 24 | fields).to_be_bytes());
    }
    packet.push(payload_type & PAYLOAD_TYPE);
    for block in earlier {
        packet.extend_from_slice(block.payload);
    }
    packet.extend_from_slice(primary);
    Some(packet.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_packet_as_chromium_sends_it_is_taken_apart() {
        // 960 ticks before, 3 bytes; then the primary of 2.
        let packet = [0x80 | 111, 0x0f, 0x00, 0x03, 111, 1, 2, 3, 8, 9];
        let earlier = Earlier { payload_type: 111, age: 960, payload: &[1, 2, 3] };
        assert_eq!(join(&[earlier], 111, &[8, 9]).unwrap()[..], packet);
        let wanted = Redundant { earlier: vec![earlier], payload_type: 111, primary: &[8, 9] };
        assert_eq!(parse(&packet), Some(wanted));
    }

    #[test]
    fn a_packet_that_brings_nothing_earlier_is_its_primary() {
        let wanted = Redundant { earlier: Vec::new(), payload_type: 111, primary: &[7] };
        assert_eq!(parse(&[111, 7]), Some(wanted));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let too_many = [[0x80 | 111, 0, 0x04, 0]; MOST_EARLIER + 1].concat();
        let refused: [&[u8]; 7] = [
            &[],
            &[111],
            &[0x80 | 111],
            &[0x80 | 111, 0, 4, 1],
            &[0x80 | 111, 0, 4, 9, 111, 1, 2],
            &[0x80 | 111, 0, 4, 2, 111, 1, 2],
            &[&too_many[..], &[111, 1]].concat(),
        ];
        for packet in refused {
            assert_eq!(parse(packet), None, "{packet:?}");
        }
    }

    #[test]
    fn what_cannot_be_said_is_not_put_together() {
        let fine = Earlier { payload_type: 111, age: 960, payload: &[1] };
        let refused: [&[Earlier<'_>]; 6] = [
            &[],
            &[Earlier { age: OLDEST + 1, ..fine }],
            &[Earlier { age: 0, ..fine }],
            &[Earlier { payload: &[], ..fine }],
            &[fine, Earlier { payload: &[0; LONGEST + 1], ..fine }],
            &[fine; MOST_EARLIER + 1],
        ];
        for earlier in refused {
            assert_eq!(join(earlier, 111, &[2]), None, "{earlier:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_put_together_comes_apart_the_same(
            payload_type in 0u8..128,
            earlier in prop::collection::vec(
                (0u8..128, 1..=OLDEST, prop::collection::vec(any::<u8>(), 1..=LONGEST)),
                1..=MOST_EARLIER,
            ),
            primary in prop::collection::vec(any::<u8>(), 1..300),
        ) {
            let earlier: Vec<_> = earlier
                .iter()
                .map(|(payload_type, age, payload)| Earlier {
                    payload_type: *payload_type,
                    age: *age,
                    payload,
                })
                .collect();
            let packet = join(&earlier, payload_type, &primary).unwrap();
            let whole = Redundant { earlier, payload_type, primary: &primary };
            prop_assert_eq!(parse(&packet), Some(whole));
        }

        #[test]
        fn anything_is_taken_apart_into_parts_of_itself_or_refused(
            packet in prop::collection::vec(any::<u8>(), 0..200)
        ) {
            if let Some(parsed) = parse(&packet) {
                let headers = HEADER * parsed.earlier.len() + 1;
                let blocks: usize = parsed.earlier.iter().map(|block| block.payload.len()).sum();
                prop_assert_eq!(headers + blocks + parsed.primary.len(), packet.len());
                prop_assert!(!parsed.primary.is_empty() && parsed.earlier.len() <= MOST_EARLIER);
            }
        }
    }
}
