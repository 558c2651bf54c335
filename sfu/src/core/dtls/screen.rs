//! What of the peer's datagrams `rtc-dtls` gets to see.
//!
//! It keeps every fragment and every record that it cannot read yet, without bound, and joins
//! fragments by recursion; and a flight that arrives for the second time stops its timer, so that
//! its own lost answer is never sent again. So it is given records that are well formed, that a
//! handshake can have, a bounded number of them, and none twice.

use super::RECORD_HEADER;
use super::fragments::{Brings, Fragment, Messages};

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
/// Handshake fragments of an association's life, with retransmissions.
const MOST_FRAGMENTS: usize = 192;
/// Sealed records, and those that announce them, likewise: one `Finished` per retransmission.
const MOST_SEALED: usize = 48;
/// A `Finished` message or an alert with its nonce and tag. Nothing else is ever sealed here.
const LONGEST_SEALED: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Screen {
    messages: Messages,
    fragments: usize,
    sealed: usize,
    is_connected: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// These records of the datagram are for the handshake.
    Admitted(Vec<u8>),
    /// Well formed, but nothing new.
    Repeated,
    Refused,
}

struct Record<'a> {
    kind: u8,
    is_sealed: bool,
    whole: &'a [u8],
    body: &'a [u8],
}

impl Screen {
    pub(super) fn look_at(&mut self, datagram: &[u8]) -> Verdict {
        let Some(records) = split(datagram) else { return Verdict::Refused };
        let mut admitted = Vec::new();
        for record in records {
            match self.judge(&record) {
                Brings::News => admitted.extend_from_slice(record.whole),
                Brings::Nothing => {}
                Brings::Trouble => return Verdict::Refused,
            }
        }
        if admitted.is_empty() { Verdict::Repeated } else { Verdict::Admitted(admitted) }
    }

    /// From now on a repeated flight means that the last one of ours was lost.
    pub(super) fn connected(&mut self) {
        self.is_connected = true;
    }

    fn judge(&mut self, record: &Record<'_>) -> Brings {
        match (record.kind, record.is_sealed) {
            (APPLICATION_DATA, true) => Brings::Nothing,
            (ALERT, false) if record.body.len() == 2 => Brings::News,
            (ALERT, true) if record.body.len() <= LONGEST_SEALED => Brings::News,
            (CHANGE_CIPHER_SPEC, false) if record.body == [1] => self.count_sealed(),
            (HANDSHAKE, true) if record.body.len() <= LONGEST_SEALED => self.count_sealed(),
            // Its end, which is sealed, tells of a repeated flight; once is enough.
            (HANDSHAKE, false) if self.is_connected => Brings::Nothing,
            (HANDSHAKE, false) => self.judge_handshake(record.body),
            _ => Brings::Trouble,
        }
    }

    fn count_sealed(&mut self) -> Brings {
        self.sealed += 1;
        if self.sealed > MOST_SEALED { Brings::Trouble } else { Brings::News }
    }

    fn judge_handshake(&mut self, mut body: &[u8]) -> Brings {
        let mut brings = Brings::Nothing;
        while !body.is_empty() {
            let Some((fragment, taken)) = Fragment::parse(body) else { return Brings::Trouble };
            body = &body[taken..];
            if !fragment.is_whole() && !body.is_empty() {
                // Allowed, but `rtc-dtls` would take what follows for a part of it.
                return Brings::Trouble;
            }
            match self.messages.take(fragment) {
                Brings::Nothing => {}
                other => brings = other,
            }
            self.fragments += 1;
            if brings == Brings::Trouble || self.fragments > MOST_FRAGMENTS {
                return Brings::Trouble;
            }
        }
        // The first message of a client is answered without keeping state, so again and again.
        if self.messages.is_beyond_first() { brings } else { Brings::News }
    }
}

fn split(mut datagram: &[u8]) -> Option<Vec<Record<'_>>> {
    let mut records = Vec::new();
    while !datagram.is_empty() {
        let header: &[u8; RECORD_HEADER] = datagram.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([header[11], header[12]]));
        let epoch = u16::from_be_bytes([header[3], header[4]]);
        let is_known = header[1] == 0xfe && matches!(header[2], 0xfd | 0xff) && epoch <= 1;
        if !is_known || length == 0 {
            return None;
        }
        let (whole, rest) = datagram.split_at_checked(RECORD_HEADER + length)?;
        let body = &whole[RECORD_HEADER..];
        records.push(Record { kind: header[0], is_sealed: epoch == 1, whole, body });
        datagram = rest;
    }
    Some(records)
}

#[cfg(test)]
mod tests {
    use super::super::HANDSHAKE_HEADER;
    use super::*;

    fn record(kind: u8, epoch: u8, body: &[u8]) -> Vec<u8> {
        let mut record = vec![kind, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 0];
        record.extend((body.len() as u16).to_be_bytes());
        record.extend(body);
        record
    }

    fn message(number: u8, length: u8) -> Vec<u8> {
        let mut message = vec![11, 0, 0, length, 0, number, 0, 0, 0, 0, 0, length];
        message.resize(HANDSHAKE_HEADER + usize::from(length), 0);
        message
    }

    #[test]
    fn what_came_already_is_left_out() {
        let mut screen = Screen::default();
        let [first, second] = [1, 2].map(|number| record(HANDSHAKE, 0, &message(number, 40)));
        assert_eq!(screen.look_at(&first), Verdict::Admitted(first.clone()));
        let both = [first.clone(), second.clone()].concat();
        assert_eq!(screen.look_at(&both), Verdict::Admitted(second));
        assert_eq!(screen.look_at(&both), Verdict::Repeated);
        let end = record(HANDSHAKE, 1, &[0; 48]);
        assert_eq!(screen.look_at(&end), Verdict::Admitted(end.clone()));
        screen.connected();
        assert_eq!(screen.look_at(&[both, end.clone()].concat()), Verdict::Admitted(end));
    }

    #[test]
    fn no_association_keeps_more_than_a_handshake_needs() {
        let mut screen = Screen::default();
        let admitted = (0..10_000u32)
            .filter(|n| {
                let mut piece = vec![11, 0, 0x20, 0, 0, (n % 12) as u8, 0];
                piece.extend([(n >> 4) as u8 & 31, (n * 16) as u8, 0, 0, 1, 7]);
                matches!(screen.look_at(&record(HANDSHAKE, 0, &piece)), Verdict::Admitted(_))
            })
            .count();
        assert!(admitted <= MOST_FRAGMENTS, "{admitted}");
        let sealed = record(HANDSHAKE, 1, &[0; 48]);
        let admitted = (0..10_000).filter(|_| screen.look_at(&sealed) != Verdict::Refused).count();
        assert_eq!(admitted, MOST_SEALED);
    }

    #[test]
    fn records_that_a_handshake_cannot_have_are_refused() {
        let refused = [
            record(HANDSHAKE, 1, &[0; 65]),
            record(HANDSHAKE, 2, &[0; 40]),
            record(HANDSHAKE, 0, &[1, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 200]),
            record(APPLICATION_DATA, 0, b"hello"),
            record(CHANGE_CIPHER_SPEC, 0, &[1, 1]),
            record(24, 0, &[0; 20]),
            vec![22; 12],
            record(ALERT, 0, &[]),
        ];
        for datagram in refused {
            assert_eq!(Screen::default().look_at(&datagram), Verdict::Refused, "{datagram:?}");
        }
        assert_eq!(
            Screen::default().look_at(&record(APPLICATION_DATA, 1, &[0; 900])),
            Verdict::Repeated
        );
    }
}
