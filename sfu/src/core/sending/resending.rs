//! What a viewer missed and asks for: sent again in its turn, and where that gets lost as well, twice.

use std::time::{Duration, Instant};

use super::{OVERHEAD, Sending, Waiting, sealed};
use crate::core::congestion::Space;

/// What is sent again is taken to be on its way for a round trip; while that is not known, so long.
const USUAL_TRIP: Duration = Duration::from_millis(100);
/// Where so much gets lost, what is sent again gets lost as well, and is sent twice: each further asking
/// would cost a round trip. Where that is long, less is enough.
const HEAVY_LOSS: f32 = 0.08;
const LOSS: f32 = 0.02;
const LONG_TRIP: Duration = Duration::from_millis(80);
/// What has to wait for so long on its way is not worth sending again.
const TOO_LATE: Duration = Duration::from_millis(500);
/// Losses come in bursts, which the second copy should not be in as well.
const APART: Duration = Duration::from_millis(25);
const MOST_SECOND_COPIES: usize = 256;
/// From a key frame's arrival until it is shown, and then some.
const DECODING: Duration = Duration::from_millis(100);
/// What a packet of a picture has, about.
const USUAL_PACKET: usize = 1_100;

impl Sending {
    /// Sends what the client missed, each in its turn: where a narrow way has lost a lot, all of it
    /// at once would be lost again.
    pub(super) fn resend(&mut self, now: Instant, stream: usize, sequences: &[u16]) {
        for &sequence in sequences {
            if self.pacing.is_free(now) {
                self.send_again(now, stream, sequence);
            } else if self.streams[stream].queues_again(now, sequence) {
                self.pacing.wait(Waiting::Again { stream, sequence }, USUAL_PACKET, true);
            }
        }
    }

    /// Keeps what is sent for as long as the viewer may ask for it.
    pub(super) fn keep_what_may_be_missed(&mut self, now: Instant) {
        let time = self.keeping.time(now, self.congestion.round_trip());
        self.streams.iter_mut().for_each(|stream| stream.keep_for(time));
    }

    pub(super) fn notice_silence(&mut self, now: Instant) {
        let trip = self.congestion.round_trip().unwrap_or(USUAL_TRIP);
        if self.keeping.notices_silence(now, trip) {
            self.keep_what_may_be_missed(now);
        }
    }

    pub(super) fn send_again(&mut self, now: Instant, stream: usize, sequence: u16) {
        let loss = self.losses.lately().share();
        if loss > HEAVY_LOSS && self.congestion.queue() > TOO_LATE {
            // It got lost for want of room, which this would take from what is new.
            return;
        }
        let under_way = self.congestion.round_trip().unwrap_or(USUAL_TRIP);
        let is_sent = self.send_copy(now, stream, sequence, under_way);
        let bearable = if under_way < LONG_TRIP { HEAVY_LOSS } else { LOSS };
        let is_lossy = loss > bearable;
        let is_free = self.congestion.space() != Space::Crowded;
        if is_sent && is_lossy && is_free && self.second_copies.len() < MOST_SECOND_COPIES {
            self.second_copies.push_back((now + APART, stream, sequence));
        }
    }

    /// Whether it was sent: what is too old, or was sent again less than `pause` ago, is not.
    fn send_copy(&mut self, now: Instant, stream: usize, sequence: u16, pause: Duration) -> bool {
        let Some((sealer, _)) = &mut self.keys else { return false };
        let (congestion, numbers) = (&mut self.congestion, &self.numbers);
        let counts = numbers.transport_sequence.is_some();
        let register = |bytes| counts.then(|| congestion.send(now, bytes + OVERHEAD));
        let again = self.streams[stream].write_again(now, numbers, sequence, pause, register);
        let Some(plain) = again else { return false };
        self.pacing.leave(now, plain.packet.len());
        self.datagrams.extend(sealed(sealer, plain));
        true
    }

    /// Whether the client asks for what is on its way already: a large key frame takes its time.
    pub(super) fn has_key_frame_coming(&self, now: Instant, stream: usize) -> bool {
        let (number, stream) = (stream, &self.streams[stream]);
        let waits = self.pacing.any(|waiting| {
            matches!(waiting, Waiting::Media { stream, outbound }
                if *stream == number && outbound.starts_key_frame)
        });
        let trip = self.congestion.round_trip().unwrap_or(USUAL_TRIP);
        waits || stream.key_frame_left(now).is_some_and(|since| since < trip + DECODING)
    }

    /// Those that are due.
    pub(super) fn send_second_copies(&mut self, now: Instant) {
        let is_due = |(due, ..): &mut (Instant, usize, u16)| *due <= now;
        while let Some((_, stream, sequence)) = self.second_copies.pop_front_if(is_due) {
            self.send_copy(now, stream, sequence, Duration::ZERO);
        }
    }
}
