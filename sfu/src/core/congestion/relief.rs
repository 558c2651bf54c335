//! Whether sending less is of any use. A queue of our own making shrinks when less is sent; what stays
//! as long as it was is the way itself: another network, or somebody else's traffic.

/// For so long, in microseconds, much less has to have arrived
const LONG: i64 = 1_500_000;
/// than when the queue began: no more than so many percent.
const MUCH_LESS: u64 = 60;

#[derive(Debug, Default)]
pub(super) struct Relief {
    /// Since when a queue stands, and how much arrived then, in bits per second.
    since: Option<(i64, u64)>,
    /// Since when much less arrives.
    relieved: Option<i64>,
}

impl Relief {
    /// Whether what looks like a queue is none, as it stays though much less is sent.
    pub(super) fn is_useless(
        &mut self,
        now: i64,
        is_queue_standing: bool,
        arrives: Option<u64>,
    ) -> bool {
        let Some(arrives) = arrives.filter(|_| is_queue_standing) else {
            *self = Self::default();
            return false;
        };
        let (_, before) = *self.since.get_or_insert((now, arrives));
        if arrives * 100 > before * MUCH_LESS {
            self.relieved = None;
            return false;
        }
        let is_useless = now - *self.relieved.get_or_insert(now) >= LONG;
        if is_useless {
            *self = Self::default();
        }
        is_useless
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether it is found useless within three seconds.
    fn ends(is_queue_standing: impl Fn(i64) -> bool, arrives: impl Fn(i64) -> u64) -> bool {
        let mut relief = Relief::default();
        (0..60).any(|twentieth| {
            let now = twentieth * 50_000;
            relief.is_useless(now, is_queue_standing(now), Some(arrives(now)))
        })
    }

    #[test]
    fn a_delay_that_stays_though_little_is_sent_is_no_queue() {
        let falls = |now| if now < 400_000 { 300_000 } else { 150_000 };
        assert!(ends(|_| true, falls));
        assert!(!ends(|now| now < 1_000_000, falls), "it went");
        assert!(!ends(|_| true, |_| 250_000), "as much is sent as before");
    }
}
