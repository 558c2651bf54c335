//! The packets that a compound packet is made of (RFC 3550 §6.1 and §6.4.1).

const VERSION: u8 = 2;
const PADDED: u8 = 0x20;

/// One packet, without its first four bytes and its padding.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) kind: u8,
    /// Of report blocks; or what format a feedback has. 5 bits.
    pub(super) count: u8,
    pub(super) body: &'a [u8],
}

impl<'a> Part<'a> {
    /// The first packet, and what follows it. `None` when it is cut short or contradicts itself.
    pub(super) fn split(compound: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let ([first, kind, length @ ..], rest) = compound.split_first_chunk::<4>()?;
        if first >> 6 != VERSION {
            return None;
        }
        let length = 4 * usize::from(u16::from_be_bytes(*length));
        let (mut body, rest) = rest.split_at_checked(length)?;
        if first & PADDED != 0 {
            // Browsers fill feedback up to a whole word, with less than four bytes.
            let padding = usize::from(*body.last()?);
            body = body.get(..body.len().checked_sub(padding.max(1))?)?;
        }
        Some((Self { kind: *kind, count: first & 0x1f, body }, rest))
    }
}
