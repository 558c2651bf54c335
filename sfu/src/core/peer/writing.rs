//! When the engine is told the time of what it was given to send. It looks at new packets only
//! then, sends one, and asks to be told the time again at once, be there more to send or not. Each
//! telling goes through all its streams; so it is told once for each packet, and not again after
//! the last.

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::core::stun::DatagramKind;

/// How long the engine may wait to be told the time after everything is sent. More to send comes
/// sooner, mostly.
const REST: Duration = Duration::from_millis(40);
/// When it may, after padding was last sent. With that it probes what the way can carry, which is a
/// matter of milliseconds; it does so every five seconds, but not sooner, while it knows of more than
/// it was said to be good for.
const UNPROBED: Range<Duration> = Duration::from_millis(200)..Duration::from_millis(4_900);

/// The packets that were given to the engine and have not come out of it yet.
#[derive(Debug, Default)]
pub(super) struct Writing {
    /// What is sent as one of these was given to the engine; all else is its own.
    ssrcs: Vec<u32>,
    waiting: usize,
    is_told: bool,
    is_done: bool,
    /// Whether it may have been asked to send something again.
    is_asked: bool,
    padded: Option<Instant>,
}

impl Writing {
    pub(super) fn declare(&mut self, ssrc: u32) {
        self.ssrcs.push(ssrc);
    }

    pub(super) fn wrote(&mut self) {
        self.waiting += 1;
        (self.is_told, self.is_done) = (false, false);
    }

    /// Whether the engine must be told the time, to look at what it was given. Once for each packet.
    pub(super) fn must_tell(&mut self) -> bool {
        self.waiting > 0 && !std::mem::replace(&mut self.is_told, true)
    }

    /// A datagram of the viewer was given to the engine.
    pub(super) fn received(&mut self) {
        (self.is_asked, self.is_done) = (true, false);
    }

    /// A datagram came out of the engine.
    pub(super) fn sent(&mut self, now: Instant, datagram: &[u8]) {
        let Some(packet) = Sent::read(datagram) else { return };
        if packet.is_padded {
            self.padded = Some(now);
        }
        if self.ssrcs.contains(&packet.ssrc) {
            self.waiting = self.waiting.saturating_sub(1);
            (self.is_told, self.is_done) = (false, self.waiting == 0);
        }
    }

    /// The engine has no more to say. If it `is_idle`, it will not send what it was given, either.
    pub(super) fn heard_out(&mut self, is_idle: bool) {
        self.is_done = false;
        if is_idle {
            (self.waiting, self.is_asked) = (0, false);
        }
    }

    /// After the last packet, if that can wait: when to go on. `due`: what the engine said last.
    pub(super) fn rest(&mut self, now: Instant, due: Instant) -> Option<Instant> {
        let is_done = std::mem::take(&mut self.is_done);
        let since = self.padded.map(|padded| now.saturating_duration_since(padded));
        let is_unprobed = since.is_some_and(|since| UNPROBED.contains(&since));
        let latest = now + REST;
        let rest = if due > now { due.min(latest) } else { latest };
        (is_done && is_unprobed && !self.is_asked).then_some(rest)
    }
}

/// What the header of a sent packet says: encryption leaves it readable.
struct Sent {
    ssrc: u32,
    is_padded: bool,
}

impl Sent {
    /// Of an RTP packet (RFC 3550 §5.1); RTCP shares the way, told apart by RFC 5761 §4.
    fn read(datagram: &[u8]) -> Option<Self> {
        let &[flags, kind, _, _, _, _, _, _, a, b, c, d, ..] = datagram else { return None };
        let is_rtp = DatagramKind::of(datagram) == DatagramKind::Media;
        let is_rtcp = (192..=223).contains(&kind);
        let ssrc = u32::from_be_bytes([a, b, c, d]);
        (is_rtp && !is_rtcp).then_some(Self { ssrc, is_padded: flags & 0x20 != 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: u32 = 7;

    #[expect(clippy::disallowed_methods, reason = "an instant can only be had from the clock")]
    fn begin() -> Instant {
        Instant::now()
    }

    const OTHER: u32 = 8;

    fn packet(ssrc: u32) -> Vec<u8> {
        [&[0x80, 96, 0, 1, 0, 0, 0, 0][..], &ssrc.to_be_bytes()].concat()
    }

    fn padding() -> Vec<u8> {
        let mut packet = packet(OTHER);
        packet[0] |= 0x20;
        packet
    }

    /// Some packets to be sent, a second after a probe.
    fn writing(begin: Instant, packets: usize) -> (Writing, Instant) {
        let mut writing = Writing::default();
        writing.declare(OURS);
        writing.sent(begin, &padding());
        (0..packets).for_each(|_| writing.wrote());
        (writing, begin + Duration::from_secs(1))
    }

    #[test]
    fn the_time_is_told_once_for_each_packet() {
        let (mut writing, now) = writing(begin(), 2);
        for is_last in [false, true] {
            assert!(writing.must_tell() && !writing.must_tell());
            writing.sent(now, &packet(OURS));
            assert_eq!(writing.rest(now, now).is_some(), is_last);
        }
        assert!(!writing.must_tell());
    }

    #[test]
    fn what_was_due_before_stays_due() {
        let begin = begin();
        for (due, rest) in [(5, 5), (500, 40), (0, 40)] {
            let (mut writing, now) = writing(begin, 1);
            let [due, rest] = [due, rest].map(|ms| now + Duration::from_millis(ms));
            writing.sent(now, &packet(OURS));
            assert_eq!(writing.rest(now, due), Some(rest));
            assert_eq!(writing.rest(now, due), None, "only once");
        }
    }

    #[test]
    fn no_rest_while_the_way_is_probed_or_may_be() {
        let begin = begin();
        for (after, may_rest) in
            [(1, false), (199, false), (200, true), (4_899, true), (5_000, false)]
        {
            let (mut writing, _) = writing(begin, 1);
            let now = begin + Duration::from_millis(after);
            writing.sent(now, &packet(OURS));
            assert_eq!(writing.rest(now, now).is_some(), may_rest, "{after} ms after padding");
        }
    }

    #[test]
    fn no_rest_before_what_the_viewer_said_is_dealt_with() {
        let (mut writing, now) = writing(begin(), 1);
        writing.received();
        writing.sent(now, &packet(OURS));
        assert_eq!(writing.rest(now, now), None);
        writing.heard_out(true);
        writing.wrote();
        writing.sent(now, &packet(OURS));
        assert!(writing.rest(now, now).is_some());
    }

    #[test]
    fn reports_and_resent_packets_are_not_what_is_waited_for_nor_what_the_engine_dropped() {
        let (mut writing, now) = writing(begin(), 1);
        let mut report = packet(OURS);
        report[1] = 200;
        for other in [report, packet(OTHER), vec![0x80]] {
            writing.sent(now, &other);
            assert_eq!(writing.rest(now, now), None);
        }
        writing.heard_out(true);
        assert!(!writing.must_tell());
    }
}
