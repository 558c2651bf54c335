//! One direction of a link: when each packet comes out at the other end, if it does. Time is an
//! argument, so that its own tests need none.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::random::Random;
use super::shape::{Blocked, Shape};

/// More than any test's link holds; a link without limit must not eat the machine.
const MOST_UNDER_WAY: usize = 20_000;
/// An Ethernet header, which every access network sends along in one form or another.
const FRAME_OVERHEAD: usize = 14;
const UDP: u8 = 17;

/// Times are since an instant that the caller chose.
pub struct Direction {
    pub shape: Shape,
    random: Random,
    /// Gilbert–Elliott's state.
    bad: bool,
    /// Until when the sender of a link with a rate is busy.
    busy_until: Duration,
    last_arrival: Duration,
    under_way: BinaryHeap<Packet>,
    counters: Counters,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub offered: u64,
    /// By chance.
    pub lost: u64,
    /// For want of room in the queue.
    pub overflowed: u64,
    pub blocked: u64,
    pub delivered: u64,
}

struct Packet {
    arrives: Duration,
    number: u64,
    bytes: Box<[u8]>,
}

impl Direction {
    pub fn new(seed: u64) -> Self {
        Self {
            shape: Shape::default(),
            random: Random::new(seed),
            bad: false,
            busy_until: Duration::ZERO,
            last_arrival: Duration::ZERO,
            under_way: BinaryHeap::new(),
            counters: Counters::default(),
        }
    }

    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// An IP packet enters at `now`.
    pub fn offer(&mut self, now: Duration, packet: &[u8]) {
        self.counters.offered += 1;
        if self.is_blocked(packet) {
            self.counters.blocked += 1;
        } else if self.is_lost() {
            self.counters.lost += 1;
        } else if let Some(sent) = self.sent_at(now, packet.len()) {
            let arrives = self.arrival(sent);
            let copies = if self.random.happens(self.shape.duplicate) { 2 } else { 1 };
            for _ in 0..copies {
                self.put_under_way(arrives, packet);
            }
        } else {
            self.counters.overflowed += 1;
        }
    }

    /// The next packet that has arrived by `now`.
    pub fn take(&mut self, now: Duration) -> Option<Box<[u8]>> {
        if self.under_way.peek()?.arrives > now {
            return None;
        }
        self.counters.delivered += 1;
        self.under_way.pop().map(|packet| packet.bytes)
    }

    /// When to ask again.
    pub fn next_arrival(&self) -> Option<Duration> {
        self.under_way.peek().map(|packet| packet.arrives)
    }

    fn is_blocked(&self, packet: &[u8]) -> bool {
        match self.shape.blocked {
            Blocked::Nothing => false,
            Blocked::Everything => true,
            Blocked::Udp => protocol(packet) == Some(UDP),
        }
    }

    fn is_lost(&mut self) -> bool {
        if self.bad {
            self.bad = !self.random.happens(self.shape.burst_leave);
        } else {
            self.bad = self.random.happens(self.shape.burst_enter);
        }
        let share = if self.bad { self.shape.burst_loss } else { self.shape.loss };
        self.random.happens(share)
    }

    /// When its last bit has left, after those before it; `None` when that would be too late.
    fn sent_at(&mut self, now: Duration, length: usize) -> Option<Duration> {
        let Some(rate) = self.shape.rate else { return Some(now) };
        let begins = self.busy_until.max(now);
        if begins - now > self.shape.queue {
            return None;
        }
        let bits = ((length + FRAME_OVERHEAD) * 8) as f64;
        self.busy_until = begins + Duration::from_secs_f64(bits / rate);
        Some(self.busy_until)
    }

    fn arrival(&mut self, sent: Duration) -> Duration {
        if self.random.happens(self.shape.reorder) {
            return sent;
        }
        let mut arrives = sent + self.shape.delay;
        if !self.shape.jitter.is_zero() {
            arrives += self.shape.jitter.mul_f64(2.0 * self.random.share());
            arrives = arrives.saturating_sub(self.shape.jitter).max(sent);
        }
        self.last_arrival = self.last_arrival.max(arrives);
        self.last_arrival
    }

    fn put_under_way(&mut self, arrives: Duration, packet: &[u8]) {
        if self.under_way.len() >= MOST_UNDER_WAY {
            self.counters.overflowed += 1;
            return;
        }
        let number = self.counters.offered;
        let mut bytes: Box<[u8]> = packet.into();
        self.translate(&mut bytes);
        self.under_way.push(Packet { arrives, number, bytes });
    }

    /// As a NAT does (RFC 4787), of IPv4 only.
    fn translate(&self, packet: &mut [u8]) {
        let Shape { source_ports, destination_ports, .. } = self.shape;
        let is_changed = source_ports != 0 || destination_ports != 0;
        let is_version_4 = packet.first().is_some_and(|first| first >> 4 == 4);
        if !is_changed || !is_version_4 || protocol(packet) != Some(UDP) {
            return;
        }
        let header = usize::from(packet[0] & 0x0f) * 4;
        let Some(udp) = packet.get_mut(header..header + 8) else { return };
        for (at, change) in [(0, source_ports), (2, destination_ports)] {
            let port = u16::from_be_bytes([udp[at], udp[at + 1]]) ^ change;
            udp[at..at + 2].copy_from_slice(&port.to_be_bytes());
        }
        // No checksum (RFC 768).
        udp[6..8].fill(0);
    }
}

/// The protocol of an IPv4 packet (RFC 791), or of an IPv6 one without extension headers (RFC 8200).
fn protocol(packet: &[u8]) -> Option<u8> {
    match packet.first()? >> 4 {
        4 => packet.get(9).copied(),
        6 => packet.get(6).copied(),
        _ => None,
    }
}

/// The heap's greatest is the one that arrives first.
impl Ord for Packet {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.arrives, other.number).cmp(&(self.arrives, self.number))
    }
}

impl PartialOrd for Packet {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Packet {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Packet {}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn direction(settings: &str) -> Direction {
        let mut direction = Direction::new(7);
        direction.shape.change(settings).unwrap();
        direction
    }

    /// Sends `count` packets of `length` bytes, one each millisecond; which arrived, and when.
    fn send(direction: &mut Direction, count: u32, length: usize) -> Vec<(u32, Duration)> {
        for n in 0..count {
            let mut packet = vec![0x45; length];
            packet[..4].copy_from_slice(&n.to_be_bytes());
            packet[9] = if n % 2 == 0 { UDP } else { 6 };
            direction.offer(MS * n, &packet);
        }
        let mut arrived = Vec::new();
        while let Some(at) = direction.next_arrival() {
            let packet = direction.take(at).unwrap();
            arrived.push((u32::from_be_bytes(packet[..4].try_into().unwrap()), at));
        }
        arrived
    }

    #[test]
    fn a_delay_is_the_same_for_all() {
        let arrived = send(&mut direction("delay=50"), 100, 100);
        assert_eq!(arrived.len(), 100);
        assert!(arrived.iter().all(|(n, at)| *at == MS * *n + 50 * MS));
    }

    #[test]
    fn a_nat_gives_other_ports_there_and_the_same_again_on_the_way_back() {
        let mut packet = vec![0; 40];
        (packet[0], packet[9]) = (0x45, UDP);
        packet[20..28].copy_from_slice(&[1, 2, 3, 4, 0, 20, 9, 9]);
        let mut there = direction("source-ports=4096");
        there.offer(MS, &packet);
        let arrived = there.take(MS).unwrap();
        assert_eq!(arrived[20..28], [0x11, 2, 3, 4, 0, 20, 0, 0]);
        let mut back = direction("destination-ports=4096");
        packet[20..24].copy_from_slice(&[3, 4, 0x11, 2]);
        back.offer(MS, &packet);
        assert_eq!(back.take(MS).unwrap()[20..24], [3, 4, 1, 2]);
        packet[9] = 6;
        there.offer(MS, &packet);
        assert_eq!(there.take(MS).unwrap()[..], packet, "TCP goes through as it is");
    }

    #[test]
    fn jitter_keeps_the_order_and_its_bounds() {
        let arrived = send(&mut direction("delay=50 jitter=20"), 500, 100);
        assert!(arrived.is_sorted_by_key(|(n, _)| *n));
        let delays: Vec<_> = arrived.iter().map(|(n, at)| *at - MS * *n).collect();
        assert!(delays.iter().all(|delay| (30 * MS..=70 * MS).contains(delay)));
        assert!(delays.iter().max().unwrap().abs_diff(*delays.iter().min().unwrap()) > 20 * MS);
    }

    #[test]
    fn loss_is_near_its_share_and_the_same_from_the_same_seed() {
        let first = send(&mut direction("loss=5"), 10_000, 100);
        assert!((9_400..9_600).contains(&first.len()), "{}", first.len());
        assert_eq!(first, send(&mut direction("loss=5"), 10_000, 100));
    }

    #[test]
    fn bursts_lose_many_in_a_row() {
        let settings = "burst-enter=1 burst-leave=20";
        let arrived = send(&mut direction(settings), 20_000, 100);
        let gaps: Vec<_> =
            arrived.windows(2).map(|two| two[1].0 - two[0].0 - 1).filter(|gap| *gap > 0).collect();
        let mean = f64::from(gaps.iter().sum::<u32>()) / gaps.len() as f64;
        assert!((4.0..6.0).contains(&mean), "bursts of {mean} packets");
        let lost = 1.0 - arrived.len() as f64 / 20_000.0;
        assert!((0.03..0.065).contains(&lost), "{lost} lost");
    }

    #[test]
    fn a_rate_lets_no_more_through_and_the_queue_holds_no_longer() {
        // 1,000 bytes each millisecond are 8 Mbit/s; a tenth of it fits.
        let mut slow = direction("rate=800 queue=100");
        let arrived = send(&mut slow, 1000, 1000 - FRAME_OVERHEAD);
        assert!((100..=115).contains(&arrived.len()), "{}", arrived.len());
        assert!(arrived.iter().all(|(n, at)| *at - MS * *n <= 111 * MS));
        assert_eq!(slow.counters().overflowed, 1000 - arrived.len() as u64);
    }

    #[test]
    fn what_is_blocked_does_not_pass() {
        let arrived = send(&mut direction("block=udp"), 100, 100);
        assert_eq!(arrived.len(), 100, "the first bytes say that these are no IP packets");
        let mut udp = [0; 20];
        (udp[0], udp[9]) = (0x45, UDP);
        let mut no_udp = direction("block=udp");
        no_udp.offer(MS, &udp);
        assert_eq!(no_udp.counters().blocked, 1);
        assert!(send(&mut direction("block=everything"), 100, 100).is_empty());
    }

    #[test]
    fn some_overtake_and_some_come_twice() {
        let arrived = send(&mut direction("delay=20 reorder=10 duplicate=10"), 1000, 100);
        assert!((1050..1150).contains(&arrived.len()), "{}", arrived.len());
        assert!(!arrived.is_sorted_by_key(|(n, _)| *n));
    }
}
