//! How much passes in a time: bytes, counted in short spans.

/// Counts over the last `N` spans.
#[derive(Debug)]
pub(super) struct Meter<const N: usize> {
    /// Microseconds.
    span: i64,
    bytes: [u32; N],
    /// Which spans there are.
    first: i64,
    newest: Option<i64>,
}

impl<const N: usize> Meter<N> {
    pub(super) fn new(span: i64) -> Self {
        Self { span, bytes: [0; N], first: 0, newest: None }
    }

    pub(super) fn add(&mut self, at: i64, bytes: usize) {
        let at = at.div_euclid(self.span);
        let newest = *self.newest.get_or_insert_with(|| {
            self.first = at;
            at
        });
        if at > newest {
            for passed in (newest + 1..=at).take(N) {
                self.bytes[slot::<N>(passed)] = 0;
            }
            if at - newest >= N as i64 {
                self.bytes = [0; N];
            }
            self.newest = Some(at);
        } else if at <= newest - N as i64 {
            return;
        }
        let counted = &mut self.bytes[slot::<N>(at)];
        *counted = counted.saturating_add(bytes as u32);
    }

    /// Bits per second over so many spans, of those that are over; `None` until there are as many.
    pub(super) fn rate(&self, spans: usize) -> Option<u64> {
        let newest = self.newest?;
        let spans = spans.min(N - 1);
        if newest - self.first <= spans as i64 {
            return None;
        }
        let bytes: u64 = (1..=spans as i64).map(|back| self.at(newest - back)).sum();
        Some(bytes * 8_000_000 / (spans as u64 * self.span as u64))
    }

    /// Bits per second in the span that had most.
    pub(super) fn peak(&self) -> u64 {
        let most = self.bytes.iter().max().copied().unwrap_or(0);
        u64::from(most) * 8_000_000 / self.span as u64
    }

    fn at(&self, span: i64) -> u64 {
        u64::from(self.bytes[slot::<N>(span)])
    }
}

fn slot<const N: usize>(span: i64) -> usize {
    span.rem_euclid(N as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_what_passed_lately() {
        let mut meter = Meter::<5>::new(10_000);
        assert_eq!(meter.rate(2), None);
        for at in 0..40 {
            meter.add(at * 1_000, 100);
        }
        assert_eq!((meter.rate(2), meter.peak()), (Some(800_000), 800_000));
        meter.add(1_000, 9_999);
        meter.add(90_000, 1_000);
        assert_eq!((meter.rate(3), meter.peak()), (Some(0), 800_000));
        meter.add(-1_000, 9_999);
        assert_eq!((meter.rate(3), meter.peak()), (Some(0), 800_000));
    }
}
