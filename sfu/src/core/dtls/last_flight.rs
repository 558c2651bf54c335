//! The last flight of a handshake, sent a few times over. No timer of the server would bring it
//! again, only the client's asking for it by its own last flight, after a timer of its own (RFC 6347
//! §4.2.4), and then the first picture is late by a second or more. Clients take the copies for
//! copies that the network made: they are the same datagrams, record numbers and all.

use std::time::{Duration, Instant};

/// When, after the first time.
const COPIES: [Duration; 4] = [
    Duration::from_millis(60),
    Duration::from_millis(180),
    Duration::from_millis(420),
    Duration::from_millis(900),
];
/// Datagrams that a flight may have.
const MOST_DATAGRAMS: usize = 8;

#[derive(Debug, Default)]
pub(super) struct LastFlight {
    /// What was sent since the peer was last heard.
    flight: Vec<Vec<u8>>,
    is_answered: bool,
    phase: Phase,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Shaking,
    /// Connected, with the last flight to be sent next.
    Ending,
    /// That is sent, but it is not known when.
    Sent,
    Copying {
        since: Instant,
        copies: usize,
        /// Datagrams of the present copy that are yet to be sent.
        left: usize,
    },
}

impl LastFlight {
    /// The peer was heard: what is sent from now on is another flight.
    pub(super) fn hear(&mut self) {
        self.is_answered = true;
    }

    /// A datagram was sent.
    pub(super) fn note(&mut self, datagram: &[u8]) {
        if !matches!(self.phase, Phase::Shaking | Phase::Ending) {
            return;
        }
        if std::mem::take(&mut self.is_answered) || self.flight.len() == MOST_DATAGRAMS {
            self.flight.clear();
        }
        self.flight.push(datagram.to_vec());
    }

    /// The handshake is done, but for what is sent in this turn.
    pub(super) fn connected(&mut self) {
        self.phase = Phase::Ending;
    }

    /// There is nothing more to send in this turn.
    pub(super) fn end_turn(&mut self) {
        if matches!(self.phase, Phase::Ending) {
            self.phase = Phase::Sent;
        }
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: Instant) {
        match &mut self.phase {
            Phase::Sent => self.phase = Phase::Copying { since: now, copies: 0, left: 0 },
            Phase::Copying { since, copies, left }
                if COPIES.get(*copies).is_some_and(|after| *since + *after <= now) =>
            {
                (*copies, *left) = (*copies + 1, self.flight.len());
            }
            _ => {}
        }
    }

    /// A datagram to be sent once more now.
    pub(super) fn next(&mut self) -> Option<&[u8]> {
        let Phase::Copying { left, .. } = &mut self.phase else { return None };
        let index = self.flight.len().checked_sub(*left)?;
        let datagram = self.flight.get(index)?;
        *left -= 1;
        Some(datagram)
    }

    /// When [`Self::tick`] must be called; `now` is when it was last.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        match self.phase {
            Phase::Shaking | Phase::Ending => None,
            Phase::Sent => Some(now),
            Phase::Copying { since, copies, .. } => COPIES.get(copies).map(|after| since + *after),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::testing::begin;

    #[test]
    fn only_the_last_flight_is_sent_again_and_not_for_ever() {
        let begin = begin();
        let mut last = LastFlight::default();
        last.note(&[1]);
        last.hear();
        last.connected();
        last.note(&[2]);
        last.note(&[3]);
        last.end_turn();
        last.hear();
        last.note(&[4]);
        let (mut now, mut sent) = (begin, Vec::new());
        while let Some(due) = last.deadline(now) {
            now = due;
            last.tick(now);
            while let Some(datagram) = last.next() {
                sent.push(datagram[0]);
            }
        }
        assert_eq!(sent, [2, 3, 2, 3, 2, 3, 2, 3]);
        assert_eq!(now - begin, COPIES[3]);
    }
}
