//! How much of each of the peer's handshake messages has arrived. Tells news from repetition, and
//! keeps the number of pieces small, whoever cuts them.

use super::HANDSHAKE_HEADER;

/// A handshake has six messages from either side; a retransmission has the numbers of the first.
const MOST_MESSAGES: u16 = 12;
/// Certificates are the longest, and chains are not sent in WebRTC.
const LONGEST_MESSAGE: usize = 16 * 1024;
/// Gaps between the pieces of one message.
const MOST_GAPS: usize = 16;

/// The header of a handshake message's fragment (RFC 6347 §4.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fragment {
    message: u16,
    length: usize,
    begin: usize,
    end: usize,
}

impl Fragment {
    /// The fragment that begins here, and how many bytes it takes with its header. `None` when it
    /// contradicts itself or its surroundings.
    pub(super) fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let header: &[u8; HANDSHAKE_HEADER] = bytes.first_chunk()?;
        let number = |at: usize| {
            usize::from(header[at]) << 16
                | usize::from(header[at + 1]) << 8
                | usize::from(header[at + 2])
        };
        let (length, begin) = (number(1), number(6));
        let end = begin + number(9);
        let message = u16::from_be_bytes([header[4], header[5]]);
        let taken = HANDSHAKE_HEADER + end - begin;
        let is_sound = message < MOST_MESSAGES
            && length <= LONGEST_MESSAGE
            && end <= length
            && (end > begin || length == 0)
            && taken <= bytes.len();
        is_sound.then_some((Self { message, length, begin, end }, taken))
    }

    pub(super) fn is_whole(&self) -> bool {
        self.end - self.begin == self.length
    }
}

#[derive(Debug, Default)]
pub(super) struct Messages {
    arrived: Vec<Option<Arrived>>,
}

#[derive(Debug)]
struct Arrived {
    length: usize,
    /// In order, apart from each other.
    pieces: Vec<(usize, usize)>,
}

/// What a fragment brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brings {
    News,
    Nothing,
    /// It contradicts what came before, or is one piece too many.
    Trouble,
}

impl Messages {
    pub(super) fn take(&mut self, fragment: Fragment) -> Brings {
        let index = usize::from(fragment.message);
        if self.arrived.len() <= index {
            self.arrived.resize_with(index + 1, || None);
        }
        let begin = || Arrived { length: fragment.length, pieces: Vec::new() };
        let arrived = self.arrived[index].get_or_insert_with(begin);
        if arrived.length != fragment.length {
            return Brings::Trouble;
        }
        arrived.add(fragment.begin, fragment.end)
    }

    /// Whether the peer has said more than its first message.
    pub(super) fn is_beyond_first(&self) -> bool {
        self.arrived.len() > 1
    }
}

impl Arrived {
    fn add(&mut self, begin: usize, end: usize) -> Brings {
        if self.pieces.iter().any(|piece| piece.0 <= begin && end <= piece.1) {
            return Brings::Nothing;
        }
        let (mut begin, mut end) = (begin, end);
        self.pieces.retain(|piece| {
            let is_apart = piece.1 < begin || end < piece.0;
            if !is_apart {
                (begin, end) = (begin.min(piece.0), end.max(piece.1));
            }
            is_apart
        });
        self.pieces.push((begin, end));
        self.pieces.sort_unstable();
        if self.pieces.len() > MOST_GAPS { Brings::Trouble } else { Brings::News }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(message: u16, length: usize, begin: usize, end: usize) -> Fragment {
        Fragment { message, length, begin, end }
    }

    #[test]
    fn a_message_is_news_until_all_of_it_came() {
        let mut messages = Messages::default();
        assert_eq!(messages.take(piece(0, 100, 60, 100)), Brings::News);
        assert_eq!(messages.take(piece(0, 100, 0, 40)), Brings::News);
        assert_eq!(messages.take(piece(0, 100, 70, 90)), Brings::Nothing);
        assert_eq!(messages.take(piece(0, 100, 20, 80)), Brings::News);
        assert_eq!(messages.take(piece(0, 100, 0, 100)), Brings::Nothing);
    }

    #[test]
    fn a_message_in_too_many_pieces_is_trouble() {
        let mut messages = Messages::default();
        let taken: Vec<_> =
            (0..100).map(|n| messages.take(piece(0, 1_000, 2 * n, 2 * n + 1))).collect();
        assert!(taken.contains(&Brings::Trouble));
    }

    #[test]
    fn a_fragment_beyond_its_message_is_none() {
        let header = |length: u8, begin: u8, size: u8| {
            let mut bytes = vec![11, 0, 0, length, 0, 1, 0, 0, begin, 0, 0, size];
            bytes.resize(200, 0);
            Fragment::parse(&bytes)
        };
        assert!(header(100, 0, 100).is_some_and(|(fragment, _)| fragment.is_whole()));
        assert!(
            header(100, 50, 50)
                .is_some_and(|(fragment, taken)| { !fragment.is_whole() && taken == 62 })
        );
        assert_eq!(header(100, 50, 51), None);
        assert_eq!(header(250, 0, 250), None);
        assert_eq!(header(100, 10, 0), None);
    }
}
