//! Which layer of each picture a viewer gets, for what its network carries.
//!
//! Everybody's lowest layer comes before anybody's better one, and those that matter more come
//! before those that matter less: a group call in which all are seen a little is worth more than
//! one in which some are seen well. What the viewer pinned comes before all of that. Sound is not
//! up for choice; whoever calls this has set its rate aside.

mod budget;
mod redundancy;
mod seeking;
mod steady;

pub(crate) use self::budget::{Budget, Way};
pub(crate) use self::redundancy::Redundancy;
pub(crate) use self::seeking::Seeking;
pub(crate) use self::steady::Steady;
use super::track::MOST_LAYERS;

/// A rise counts for its rate and one so-manieth more.
const RISE: u64 = 10;

/// A picture that matters more is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Subject,
    Screen,
    ActiveSpeaker,
    Other,
}

/// A picture that a viewer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    pub rank: Rank,
    pub is_pinned: bool,
    /// Bits per second of each layer; `None` for one that cannot be had, or that has more pixels
    /// than the viewer would see.
    pub rates: [Option<u64>; MOST_LAYERS],
    /// The layer that it has been given until now.
    pub present: Option<u8>,
    /// Whether it was shown, and then dropped for want of bandwidth.
    pub is_dropped: bool,
}

/// Shares out `budget` bits per second: the layer for each demand, in their order. What is left
/// over while somebody cannot be seen at all is not spent on better pictures of others.
pub fn allocate(budget: u64, demands: &[Demand]) -> Vec<Option<u8>> {
    let mut shares = Shares { left: budget, demands, given: vec![None; demands.len()] };
    let mut order: Vec<usize> = (0..demands.len()).collect();
    order.sort_by_key(|index| demands[*index].rank);
    let (pinned, others): (Vec<_>, Vec<_>) =
        order.into_iter().partition(|index| demands[*index].is_pinned);
    for index in pinned {
        while shares.raise(index) {}
    }
    let unseen =
        others.iter().filter(|index| !shares.raise(**index) && demands[**index].best().is_some());
    if unseen.count() > 0 {
        return shares.given;
    }
    for rank in others.chunk_by(|one, other| demands[*one].rank == demands[*other].rank) {
        while rank.iter().filter(|index| shares.raise(**index)).count() > 0 {}
    }
    shares.given
}

struct Shares<'a> {
    left: u64,
    demands: &'a [Demand],
    given: Vec<Option<u8>>,
}

impl Shares<'_> {
    /// Gives the demand its next better layer, if that fits.
    fn raise(&mut self, index: usize) -> bool {
        let (demand, given) = (&self.demands[index], self.given[index]);
        let Some(next) = demand.above(given) else { return false };
        let spent = given.map_or(0, |layer| demand.cost(layer));
        let more = demand.cost(next).saturating_sub(spent);
        let fits = more <= self.left;
        if fits {
            self.left -= more;
            self.given[index] = Some(next);
        }
        fits
    }
}

impl Demand {
    /// The next layer that could be sent, or the lowest.
    pub(crate) fn above(&self, layer: Option<u8>) -> Option<u8> {
        let from = layer.map_or(0, |layer| usize::from(layer) + 1);
        let next = (from..MOST_LAYERS).find(|layer| self.rates[*layer].is_some());
        next.map(|layer| layer as u8)
    }

    /// The best layer that could be sent.
    pub(crate) fn best(&self) -> Option<u8> {
        self.rates.iter().rposition(Option::is_some).map(|layer| layer as u8)
    }

    pub(crate) fn rate(&self, layer: u8) -> Option<u64> {
        self.rates.get(usize::from(layer)).copied().flatten()
    }

    /// What the layer counts for: more than its rate where it would be a rise, since a rise that
    /// has to be taken back is worse than none.
    fn cost(&self, layer: u8) -> u64 {
        let rate = self.rate(layer).unwrap_or(0);
        if self.present.is_some_and(|present| layer <= present) { rate } else { rate + rate / RISE }
    }
}
