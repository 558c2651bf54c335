//! Groups datagrams that left together: the packets of a frame wait for each other wherever the way
//! is narrow, which says nothing of a queue that grows.

use super::history::Arrival;

/// What leaves within so many microseconds left together; what arrives so closely after a pause
/// was held up together.
const TOGETHER: i64 = 5_000;
/// But not for longer than this.
const LONGEST: i64 = 100_000;

#[derive(Debug, Default)]
pub(super) struct ArrivalGroups {
    open: Option<Group>,
    last: Option<Group>,
}

#[derive(Debug, Clone, Copy)]
struct Group {
    began: i64,
    first_arrived: i64,
    /// When its last left and arrived.
    sent: i64,
    arrived: i64,
}

/// How one group did beside the one before. In microseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// How much later it left.
    pub(super) sent: i64,
    pub(super) arrived_at: i64,
    /// From leaving to arriving, by two clocks: only differences mean something.
    pub(super) delay: i64,
}

impl ArrivalGroups {
    /// Takes what arrived, and gives a step when a group is complete.
    pub(super) fn add(&mut self, arrival: &Arrival) -> Option<Step> {
        let Some(open) = &mut self.open else {
            self.open = Some(Group::of(arrival));
            return None;
        };
        if arrival.sent < open.began {
            return None;
        }
        if open.takes(arrival) {
            open.sent = open.sent.max(arrival.sent);
            open.arrived = open.arrived.max(arrival.arrived);
            return None;
        }
        let complete = std::mem::replace(open, Group::of(arrival));
        let before = self.last.replace(complete)?;
        Some(Step {
            sent: complete.sent - before.sent,
            arrived_at: complete.arrived,
            delay: complete.arrived - complete.sent,
        })
    }
}

impl Group {
    fn of(arrival: &Arrival) -> Self {
        let Arrival { sent, arrived, .. } = *arrival;
        Self { began: sent, first_arrived: arrived, sent, arrived }
    }

    fn takes(&self, arrival: &Arrival) -> bool {
        let (sent, arrived) = (arrival.sent - self.sent, arrival.arrived - self.arrived);
        let is_held_up =
            arrived < sent && arrived <= TOGETHER && arrival.arrived - self.first_arrived < LONGEST;
        sent <= 0 || arrival.sent - self.began <= TOGETHER || is_held_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(arrivals: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let mut groups = ArrivalGroups::default();
        let of = |(sent, arrived)| Arrival { sent, arrived, bytes: 100, cluster: 0 };
        let steps = arrivals.iter().filter_map(|at| groups.add(&of(*at)));
        steps.map(|step| (step.sent / 1_000, step.delay / 1_000)).collect()
    }

    #[test]
    fn what_left_together_and_what_was_held_up_together_counts_as_one() {
        let at = |sent: i64, arrived: i64| (sent * 1_000, arrived * 1_000);
        let frames = [at(0, 10), at(1, 15), at(33, 43), at(34, 48), at(66, 76), at(99, 110)];
        assert_eq!(steps(&frames), [(33, 14), (32, 10)]);
        let held_up = [at(0, 10), at(20, 30), at(40, 200), at(60, 201), at(80, 202), at(220, 230)];
        assert_eq!(steps(&held_up), [(20, 10), (60, 122)]);
        assert_eq!(steps(&[at(50, 60), at(20, 61), at(100, 110), at(150, 160)]), [(50, 10)]);
    }
}
