//! The line before each stylist: whom a waiting customer's stylist sees first, in all calls.
//!
//! One call is one party, however many of its people are here. Those whom the stylist sees now come
//! first; then those who wait, by when their appointment begins, then by when they came. Somebody
//! who is not there is not in the line. All of it follows from the seats and the appointments in
//! the database, so it is the same after a restart and on every node.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
};
use signaling::message::{CallId, Place, Role};

use super::Calls;
use super::roster::{self, place_text, role_text};
use super::table::seat;
use crate::appointments;
use crate::clock::Timestamp;
use crate::database::Database;

/// More seats than can be taken at one time.
const MOST_SEATS: u64 = 20_000;

/// Tells every call with somebody in its lobby how many come before them.
pub(super) async fn tell_all(database: &Database, calls: &Calls) -> Result<(), DbErr> {
    let line = Line::load(database).await?;
    for party in line.parties.iter().filter(|party| party.waiting_since.is_some()) {
        let ahead = line.ahead_of(party);
        calls.ahead_changed(CallId(party.call), ahead).await;
    }
    Ok(())
}

/// How many come before the lobby of one call, whoever is in it.
pub(super) async fn ahead_of(
    database: &impl ConnectionTrait,
    row: &appointments::table::Model,
) -> Result<u32, DbErr> {
    let line = Line::load(database).await?;
    let there = line.parties.iter().find(|party| party.call == row.id).cloned();
    Ok(line.ahead_of(&there.unwrap_or_else(|| Party::just_coming(row))))
}

/// The people of one call, and whose call it is.
#[derive(Clone, Debug)]
struct Party {
    call: Uuid,
    stylist: Uuid,
    starts_at: Timestamp,
    /// Since when the customer has been in the lobby. Whom they bring along waits with them.
    waiting_since: Option<Timestamp>,
    /// A customer has been admitted.
    inside: bool,
    /// The staff who sit in this call now.
    hosts: BTreeSet<Uuid>,
}

struct Line {
    parties: Vec<Party>,
}

impl Line {
    async fn load(database: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let seats = seat::Entity::find()
            .filter(seat::Column::VacatedAt.is_null())
            .order_by_asc(seat::Column::Since)
            .limit(MOST_SEATS)
            .all(database)
            .await?;
        let mut by_call: BTreeMap<Uuid, Vec<seat::Model>> = BTreeMap::new();
        for seat in seats {
            by_call.entry(seat.appointment_id).or_default().push(seat);
        }
        let rows = appointments::table::Entity::find()
            .filter(appointments::table::Column::Id.is_in(by_call.keys().copied()))
            .all(database)
            .await?;
        let party = |row: &appointments::table::Model| Some(Party::of(row, by_call.get(&row.id)?));
        Ok(Self { parties: rows.iter().filter_map(party).collect() })
    }

    fn ahead_of(&self, party: &Party) -> u32 {
        let ahead = self.parties.iter().filter(|other| other.comes_before(party));
        u32::try_from(ahead.count()).unwrap_or(u32::MAX)
    }
}

impl Party {
    fn of(row: &appointments::table::Model, seats: &[seat::Model]) -> Self {
        let mut party = Self::just_coming(row);
        party.waiting_since = None;
        for seat in seats {
            if roster::is_host(seat) {
                party.hosts.insert(seat.subject_id);
            } else if seat.role != role_text(Role::Customer) {
                continue;
            } else if seat.place == place_text(Place::Call) {
                party.inside = true;
            } else {
                party.waiting_since = party.waiting_since.or(Some(seat.since));
            }
        }
        party
    }

    /// Nobody of it has a seat yet: of those with the same start it is the last.
    fn just_coming(row: &appointments::table::Model) -> Self {
        Self {
            call: row.id,
            stylist: row.stylist_id,
            starts_at: row.starts_at,
            waiting_since: Some(Timestamp::from_millis(i64::MAX)),
            inside: false,
            hosts: BTreeSet::new(),
        }
    }

    fn comes_before(&self, other: &Self) -> bool {
        if self.call == other.call {
            return false;
        }
        let same_stylist = self.stylist == other.stylist;
        if self.inside {
            return same_stylist || self.hosts.contains(&other.stylist);
        }
        let turn = |party: &Self| (party.starts_at, party.waiting_since, party.call);
        same_stylist && self.waiting_since.is_some() && turn(self) < turn(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEI: u128 = 1;
    const TAO: u128 = 2;

    fn party(call: u128, stylist: u128, starts: i64) -> Party {
        Party {
            call: Uuid::from_u128(call),
            stylist: Uuid::from_u128(stylist),
            starts_at: Timestamp::from_millis(starts),
            waiting_since: None,
            inside: false,
            hosts: BTreeSet::new(),
        }
    }

    fn waiting(party: Party, since: i64) -> Party {
        Party { waiting_since: Some(Timestamp::from_millis(since)), ..party }
    }

    fn inside(party: Party, hosts: &[u128]) -> Party {
        let hosts = hosts.iter().map(|host| Uuid::from_u128(*host)).collect();
        Party { inside: true, hosts, ..party }
    }

    fn ahead(others: Vec<Party>, of: &Party) -> u32 {
        Line { parties: others }.ahead_of(of)
    }

    #[test]
    fn an_earlier_appointment_comes_first_even_when_its_customer_came_later() {
        let early = waiting(party(1, MEI, 100), 50);
        let late = waiting(party(2, MEI, 200), 10);
        assert_eq!(ahead(vec![early.clone(), late.clone()], &early), 0);
        assert_eq!(ahead(vec![early, late.clone()], &late), 1);
    }

    #[test]
    fn of_two_at_the_same_time_who_came_first_comes_first() {
        let (first, second) = (waiting(party(9, MEI, 100), 10), waiting(party(2, MEI, 100), 20));
        assert_eq!(ahead(vec![first.clone(), second.clone()], &second), 1);
        assert_eq!(ahead(vec![first.clone(), second], &first), 0);
    }

    #[test]
    fn whoever_the_stylist_sees_now_comes_first_in_whatever_call() {
        let me = waiting(party(1, MEI, 100), 10);
        let own_later_call = inside(party(2, MEI, 900), &[MEI]);
        let colleagues_call = inside(party(3, TAO, 900), &[MEI, TAO]);
        assert_eq!(ahead(vec![own_later_call, colleagues_call], &me), 2);
    }

    #[test]
    fn other_stylists_customers_and_those_who_are_not_here_do_not_count() {
        let me = waiting(party(1, MEI, 100), 10);
        let of_tao = waiting(party(2, TAO, 50), 5);
        let not_here = party(3, MEI, 50);
        assert_eq!(ahead(vec![of_tao, not_here], &me), 0);
    }
}
