//! Transport-wide feedback: when each packet arrived
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).

/// Of one feedback. At a thousand packets a second, feedback comes at least every 250 ms.
const MOST_STATUSES: u16 = 8_192;
/// Units of the reference time and of the deltas, in microseconds.
const REFERENCE: i64 = 64_000;
const DELTA: i64 = 250;

/// When the packets of a range arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportFeedback {
    /// The transport-wide sequence number of the first; the others follow one by one.
    pub base: u16,
    /// The number of this feedback, of those that the receiver sent.
    pub count: u8,
    /// For each packet, of which there are 1 to 8192: when it arrived, in microseconds on the
    /// receiver's clock, which goes from -2²⁹ to 2²⁹ ms and then, after twelve days, begins anew.
    /// `None`: it did not arrive yet.
    pub arrivals: Vec<Option<i64>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Missing,
    /// With a delta of one byte, without sign.
    Small,
    /// With a delta of two bytes, with sign.
    Large,
}

impl TransportFeedback {
    /// Of what follows the two SSRCs. `None` when it contradicts itself, or says too much.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let ([base @ .., a, b, c, d, e, f], rest) = bytes.split_first_chunk::<8>()?;
        let statuses = u16::from_be_bytes([*a, *b]);
        if statuses == 0 || statuses > MOST_STATUSES {
            return None;
        }
        // 24 bits with a sign.
        let reference = i32::from_be_bytes([*c, *d, *e, 0]) >> 8;
        let mut arrivals = Vec::with_capacity(usize::from(statuses));
        let (statuses, mut deltas) = read_statuses(rest, usize::from(statuses))?;
        let mut clock = i64::from(reference) * REFERENCE;
        for status in statuses {
            let delta = match status {
                Status::Missing => {
                    arrivals.push(None);
                    continue;
                }
                Status::Small => i64::from(*deltas.split_off_first()?),
                Status::Large => {
                    let (delta, rest) = deltas.split_first_chunk()?;
                    deltas = rest;
                    i64::from(i16::from_be_bytes(*delta))
                }
            };
            clock += delta * DELTA;
            arrivals.push(Some(clock));
        }
        Some(Self { base: u16::from_be_bytes(*base), count: *f, arrivals })
    }
}

/// So many statuses from as many chunks as it takes, and what follows those.
fn read_statuses(mut bytes: &[u8], wanted: usize) -> Option<(Vec<Status>, &[u8])> {
    let mut statuses = Vec::with_capacity(wanted);
    while statuses.len() < wanted {
        let (chunk, rest) = bytes.split_first_chunk()?;
        bytes = rest;
        let chunk = u16::from_be_bytes(*chunk);
        let left = wanted - statuses.len();
        match chunk >> 14 {
            // A status, and how often it comes.
            0 | 1 => {
                let status = Status::of(chunk >> 13)?;
                let times = usize::from(chunk & 0x1fff).min(left);
                statuses.extend(std::iter::repeat_n(status, times));
            }
            // 14 of one bit each: whether it arrived.
            2 => {
                let bits = (0..14).rev().map(|bit| chunk >> bit & 1);
                statuses.extend(bits.take(left).filter_map(Status::of));
            }
            // 7 of two bits each.
            _ => {
                for symbol in (0..7).rev().map(|at| chunk >> (2 * at) & 3).take(left) {
                    statuses.push(Status::of(symbol)?);
                }
            }
        }
    }
    Some((statuses, bytes))
}

impl Status {
    /// Of two bits; one pair of them means nothing.
    fn of(symbol: u16) -> Option<Self> {
        match symbol {
            0 => Some(Self::Missing),
            1 => Some(Self::Small),
            2 => Some(Self::Large),
            _ => None,
        }
    }
}
