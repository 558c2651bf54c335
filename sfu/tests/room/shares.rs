//! How bandwidth is shared out, whatever there is to share and whoever wants it.

use proptest::prelude::*;
use sfu::core::allocation::{Demand, Rank, allocate};

fn demand(rank: Rank, rates: [Option<u64>; 3]) -> Demand {
    Demand { rank, is_pinned: false, rates, present: None, is_dropped: false }
}

fn camera(rank: Rank) -> Demand {
    demand(rank, [Some(150_000), Some(500_000), Some(1_700_000)])
}

fn ranks() -> impl Strategy<Value = Rank> {
    prop::sample::select(vec![Rank::Subject, Rank::Screen, Rank::ActiveSpeaker, Rank::Other])
}

fn demands() -> impl Strategy<Value = Vec<Demand>> {
    let rates = (10_000u64..400_000, 1u64..1_000_000, 1u64..3_000_000, 1usize..=3);
    let rates = rates.prop_map(|(low, more, most, count)| {
        let rates = [low, low + more, low + more + most];
        std::array::from_fn(|layer| (layer < count).then_some(rates[layer]))
    });
    let present = prop::option::of(0u8..3);
    let one =
        (ranks(), rates, present, any::<bool>()).prop_map(|(rank, rates, present, pinned)| {
            Demand { present, is_pinned: pinned, ..demand(rank, rates) }
        });
    prop::collection::vec(one, 0..20)
}

fn spent(demands: &[Demand], given: &[Option<u8>]) -> u64 {
    let rate = |(demand, given): (&Demand, &Option<u8>)| {
        given.map_or(0, |layer| demand.rates[usize::from(layer)].unwrap())
    };
    demands.iter().zip(given).map(rate).sum()
}

proptest! {
    #[test]
    fn no_more_is_spent_than_there_is(demands in demands(), budget in 0u64..20_000_000) {
        let given = allocate(budget, &demands);
        prop_assert_eq!(given.len(), demands.len());
        prop_assert!(spent(&demands, &given) <= budget);
    }

    #[test]
    fn with_plenty_everybody_is_seen_as_well_as_can_be(demands in demands()) {
        let given = allocate(u64::MAX / 2, &demands);
        for (demand, given) in demands.iter().zip(given) {
            prop_assert_eq!(given, demand.rates.iter().rposition(Option::is_some).map(|l| l as u8));
        }
    }

    #[test]
    fn nobody_is_seen_better_while_somebody_is_not_seen_at_all(
        demands in demands(), budget in 0u64..10_000_000
    ) {
        let given = allocate(budget, &demands);
        let unpinned = || demands.iter().zip(&given).filter(|(demand, _)| !demand.is_pinned);
        if unpinned().any(|(_, given)| given.is_none()) {
            prop_assert!(unpinned().all(|(_, given)| given.is_none_or(|layer| layer == 0)));
        }
    }

    #[test]
    fn of_equal_pictures_the_one_that_matters_more_is_seen_no_worse(
        ranks in prop::collection::vec(ranks(), 1..20), budget in 0u64..20_000_000
    ) {
        let demands: Vec<_> = ranks.iter().map(|rank| camera(*rank)).collect();
        let given = allocate(budget, &demands);
        for (one, first) in ranks.iter().zip(&given) {
            for (other, second) in ranks.iter().zip(&given) {
                prop_assert!(one >= other || first >= second);
            }
        }
    }
}

#[test]
fn what_is_pinned_comes_before_everybody_else() {
    let pinned = Demand { is_pinned: true, ..camera(Rank::Other) };
    let demands = [camera(Rank::Subject), camera(Rank::Other), pinned];
    assert_eq!(allocate(2_100_000, &demands), [Some(0), None, Some(2)]);
    assert_eq!(allocate(700_000, &demands), [None, None, Some(1)]);
}

#[test]
fn a_rise_takes_more_room_than_staying() {
    let present = |layer| Demand { present: Some(layer), ..camera(Rank::Other) };
    assert_eq!(allocate(520_000, &[present(1)]), [Some(1)]);
    assert_eq!(allocate(520_000, &[present(0)]), [Some(0)]);
    assert_eq!(allocate(560_000, &[present(0)]), [Some(1)]);
}
