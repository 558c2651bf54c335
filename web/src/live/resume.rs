//! Where a stream begins: what `Last-Event-ID` says, if that much is still kept.

/// More than this many missed events are not repeated one by one: the screen loads afresh.
const MOST_REPEATED: i64 = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Everything after this number.
    After(i64),
    /// From now on. The screen must load what it shows, for it may have missed something.
    Afresh,
}

/// `oldest` and `newest` are the numbers of the events that are kept; both 0 when there are none.
pub(super) fn start(last_seen: Option<i64>, oldest: i64, newest: i64) -> Start {
    let Some(last_seen) = last_seen else { return Start::Afresh };
    let nothing_forgotten = last_seen >= oldest.saturating_sub(1);
    let not_from_another_life = last_seen <= newest;
    let few = newest.saturating_sub(last_seen) <= MOST_REPEATED;
    if nothing_forgotten && not_from_another_life && few {
        Start::After(last_seen)
    } else {
        Start::Afresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_that_was_away_shortly_misses_nothing() {
        assert_eq!(start(Some(40), 1, 50), Start::After(40));
        assert_eq!(start(Some(50), 1, 50), Start::After(50));
        assert_eq!(start(Some(0), 1, 50), Start::After(0));
    }

    #[test]
    fn a_screen_that_opens_loads_first() {
        assert_eq!(start(None, 1, 50), Start::Afresh);
    }

    #[test]
    fn a_screen_that_missed_too_much_loads_again() {
        assert_eq!(start(Some(40), 42, 50), Start::Afresh);
        assert_eq!(start(Some(1), 1, 5_000), Start::Afresh);
    }

    #[test]
    fn a_number_from_before_the_database_was_replaced_means_nothing() {
        assert_eq!(start(Some(51), 1, 50), Start::Afresh);
        assert_eq!(start(Some(i64::MIN), 0, 0), Start::Afresh);
    }
}
