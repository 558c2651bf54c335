//! Who sent a packet, as which one, and when: written behind the payload, where a server that
//! forwards leaves it alone.

pub const LENGTH: usize = 20;
const MAGIC: [u8; 3] = *b"CLO";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    Audio,
    Video,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub media: Media,
    pub publisher: u32,
    /// Counts the publisher's packets of this kind, from 0.
    pub count: u32,
    /// Nanoseconds since the Unix epoch, as the kernel stamps arrivals.
    pub sent: u64,
}

impl Stamp {
    pub fn append(self, payload: &mut Vec<u8>) {
        payload.extend(MAGIC);
        payload.push(self.media as u8);
        payload.extend(self.publisher.to_be_bytes());
        payload.extend(self.count.to_be_bytes());
        payload.extend(self.sent.to_be_bytes());
    }

    pub fn read(payload: &[u8]) -> Option<Self> {
        let stamp: &[u8; LENGTH] = payload.last_chunk()?;
        let number = |at: usize| stamp[at..at + 4].try_into().map(u32::from_be_bytes).ok();
        if stamp[..3] != MAGIC {
            return None;
        }
        Some(Self {
            media: if stamp[3] == Media::Audio as u8 { Media::Audio } else { Media::Video },
            publisher: number(4)?,
            count: number(8)?,
            sent: u64::from(number(12)?) << 32 | u64::from(number(16)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_as_it_was_written() {
        let stamp = Stamp { media: Media::Video, publisher: 7, count: 70_000, sent: 1 << 40 };
        let mut payload = vec![1, 2, 3];
        stamp.append(&mut payload);
        assert_eq!(payload.len(), 3 + LENGTH);
        assert_eq!(Stamp::read(&payload), Some(stamp));
        assert_eq!(Stamp::read(&payload[1..]), Some(stamp));
        assert_eq!(Stamp::read(&payload[..payload.len() - 1]), None);
    }
}
