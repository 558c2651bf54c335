//! Decodes as a browser would, but for the pictures: frames in order, each once all of it has
//! come, a key frame whenever one is whole. Asks for a key frame when it is stuck, unless one is
//! coming in.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::client::Received;

/// Without a picture it asks for a key frame after so long, and again after each further such time;
const FIRST_PATIENCE: Duration = Duration::from_millis(200);
/// with one it is given more time to get what it missed.
const PATIENCE: Duration = Duration::from_millis(1_000);

#[derive(Debug, Default)]
pub(crate) struct Decoder {
    waiting: BTreeMap<u64, Packet>,
    /// What must come next; `None` before the first key frame.
    next: Option<u64>,
    asked: Option<Instant>,
    /// When a packet of a key frame last came.
    keyed: Option<(u32, Instant)>,
    pub(crate) shown: Vec<Shown>,
}

#[derive(Debug, Clone, Copy)]
struct Packet {
    arrived: Instant,
    timestamp: u32,
    starts: bool,
    is_key: bool,
    marker: bool,
    layer: u8,
}

/// A frame that came out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) at: Instant,
    pub(crate) layer: u8,
    pub(crate) timestamp: u32,
}

impl Decoder {
    pub(crate) fn receive(&mut self, now: Instant, packet: &Received) {
        let payload = &packet.payload;
        let (starts, is_key) = match payload[0] {
            // H.264 in fragments.
            0x7c => (payload[1] & 0x80 != 0, payload[1] == 0x85),
            head => (
                head & 0x10 != 0,
                head & 0x10 != 0 && payload.get(6).is_some_and(|tag| tag & 1 == 0),
            ),
        };
        let is_of_key = self.keyed.is_some_and(|(of, _)| of == packet.timestamp);
        if is_key || is_of_key {
            self.keyed = Some((packet.timestamp, now));
        }
        if self.next.is_none_or(|next| packet.sequence >= next) {
            let layer = payload[payload.len() - 2];
            let (timestamp, marker) = (packet.timestamp, packet.marker);
            let packet_of = Packet { arrived: now, timestamp, starts, is_key, marker, layer };
            self.waiting.insert(packet.sequence, packet_of);
        }
        while self.decode(now) {}
    }

    /// When [`Self::wants_key_frame`] may say yes.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let oldest = self.waiting.values().next()?.arrived;
        let patience = if self.next.is_none() { FIRST_PATIENCE } else { PATIENCE };
        let keyed = self.keyed.map(|(_, at)| at);
        let since = [Some(oldest), self.asked, keyed].into_iter().flatten().max()?;
        Some(since + patience)
    }

    pub(crate) fn wants_key_frame(&mut self, now: Instant) -> bool {
        let is_due = self.deadline().is_some_and(|due| due <= now);
        if is_due {
            self.asked = Some(now);
        }
        is_due
    }

    /// What somebody who looked on saw.
    pub(crate) fn watched(&self, since: Instant, until: Instant) -> Watched {
        let shown: Vec<_> =
            self.shown.iter().filter(|shown| shown.at >= since && shown.at <= until).collect();
        let times = || shown.iter().map(|shown| shown.at);
        let before = [since].into_iter().chain(times());
        let gaps: Vec<_> =
            before.zip(times().chain([until])).map(|(one, next)| next - one).collect();
        let freezes = gaps.iter().filter(|gap| **gap > Duration::from_millis(500)).count();
        let steps = || shown.windows(2).map(|pair| (pair[0].layer, pair[1].layer));
        let switches = steps().filter(|(one, next)| one != next).count();
        let falls = steps().filter(|(one, next)| one > next).count();
        let layers = [0, 1, 2].map(|layer| {
            let of_layer = shown.iter().filter(|shown| shown.layer == layer).count();
            of_layer as f64 / shown.len().max(1) as f64
        });
        Watched {
            frames: shown.len(),
            longest: gaps.into_iter().max().unwrap_or_default(),
            freezes,
            switches,
            falls,
            layers,
        }
    }

    fn decode(&mut self, now: Instant) -> bool {
        let next = self.next.filter(|next| self.waiting.contains_key(next));
        let last = next.and_then(|next| self.frame_end(next));
        let (first, last) = match (next, last) {
            (Some(first), Some(last)) => (first, last),
            _ => {
                let keys = self.waiting.iter().filter(|(_, packet)| packet.is_key);
                let mut whole =
                    keys.filter_map(|(first, _)| Some((*first, self.frame_end(*first)?)));
                let Some(found) = whole.next_back() else { return false };
                found
            }
        };
        let packet = self.waiting[&first];
        assert!(packet.starts, "a frame begins in its middle");
        if let Some(before) = self.shown.last() {
            let ticks = packet.timestamp.wrapping_sub(before.timestamp) as i32;
            assert!(ticks > 0, "time goes back by {ticks} ticks");
        }
        self.shown.push(Shown { at: now, layer: packet.layer, timestamp: packet.timestamp });
        self.waiting = self.waiting.split_off(&(last + 1));
        self.next = Some(last + 1);
        self.asked = None;
        true
    }

    /// The last packet of the frame, once all of it has come.
    fn frame_end(&self, first: u64) -> Option<u64> {
        for (expected, (sequence, packet)) in (first..).zip(self.waiting.range(first..)) {
            if *sequence != expected {
                return None;
            }
            if packet.marker {
                return Some(*sequence);
            }
        }
        None
    }
}

/// What somebody saw over a while.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    pub(crate) frames: usize,
    /// The longest time without a new frame.
    pub(crate) longest: Duration,
    /// How often it lasted longer than half a second.
    pub(crate) freezes: usize,
    /// How often the layer changed.
    pub(crate) switches: usize,
    /// How often to a lower one.
    pub(crate) falls: usize,
    /// Share of the frames that were of each layer.
    pub(crate) layers: [f64; 3],
}
