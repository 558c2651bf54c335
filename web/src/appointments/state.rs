//! The states of an appointment and the legal steps between them. Pure: what the shop's day allows,
//! nothing about how it is kept.

use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    EnumIter,
    DeriveActiveEnum,
)]
#[serde(rename_all = "snake_case")]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum AppointmentState {
    /// Asked for, not yet confirmed by the shop. It holds its slot all the same.
    Pending,
    Confirmed,
    /// Arrived in the shop.
    CheckedIn,
    /// In the waiting room, of the shop or of the call.
    Waiting,
    InService,
    Done,
    Cancelled,
    NoShow,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an appointment that is {from} cannot become {to}")]
pub struct IllegalStep {
    pub from: AppointmentState,
    pub to: AppointmentState,
}

impl AppointmentState {
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Confirmed,
        Self::CheckedIn,
        Self::Waiting,
        Self::InService,
        Self::Done,
        Self::Cancelled,
        Self::NoShow,
    ];

    /// The step to `to`; staying where one is counts as legal, so that a repeated request is harmless.
    pub fn step(self, to: Self) -> Result<Self, IllegalStep> {
        if self == to || self.next().contains(&to) {
            Ok(to)
        } else {
            Err(IllegalStep { from: self, to })
        }
    }

    /// Whether the stylist's time is taken. The database's own constraint says the same.
    pub fn holds_its_slot(self) -> bool {
        !matches!(self, Self::Cancelled | Self::NoShow)
    }

    /// Whether another time can still be chosen.
    pub fn may_move(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed | Self::CheckedIn | Self::Waiting)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::CheckedIn => "checked_in",
            Self::Waiting => "waiting",
            Self::InService => "in_service",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
        }
    }

    fn next(self) -> &'static [Self] {
        use AppointmentState::*;
        match self {
            Pending => &[Confirmed, Cancelled],
            Confirmed => &[CheckedIn, Waiting, InService, Cancelled, NoShow],
            CheckedIn => &[Waiting, InService, Cancelled, NoShow],
            Waiting => &[CheckedIn, InService, Cancelled, NoShow],
            // Back to waiting: the stylist sends the customer back to the waiting room.
            InService => &[Waiting, Done],
            // A call that was ended by mistake goes on.
            Done => &[InService],
            // They came after all: only if nobody else has the time by now.
            NoShow => &[CheckedIn, Waiting, InService],
            Cancelled => &[],
        }
    }
}

impl std::fmt::Display for AppointmentState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::ActiveEnum;

    use super::AppointmentState::*;
    use super::*;

    #[test]
    fn an_ordinary_day_goes_from_pending_to_done() {
        let day = [Pending, Confirmed, CheckedIn, Waiting, InService, Done];
        for pair in day.windows(2) {
            assert_eq!(pair[0].step(pair[1]), Ok(pair[1]));
        }
    }

    #[test]
    fn a_cancelled_appointment_stays_cancelled() {
        for to in AppointmentState::ALL.into_iter().filter(|&to| to != Cancelled) {
            assert_eq!(Cancelled.step(to), Err(IllegalStep { from: Cancelled, to }));
        }
    }

    #[test]
    fn what_was_held_cannot_be_cancelled_or_missed() {
        for from in [InService, Done] {
            assert!(from.step(Cancelled).is_err());
            assert!(from.step(NoShow).is_err());
        }
    }

    #[test]
    fn saying_the_same_twice_is_harmless() {
        for state in AppointmentState::ALL {
            assert_eq!(state.step(state), Ok(state));
        }
    }

    #[test]
    fn only_cancelled_and_missed_appointments_give_their_slot_back() {
        let free: Vec<_> =
            AppointmentState::ALL.into_iter().filter(|s| !s.holds_its_slot()).collect();
        assert_eq!(free, [Cancelled, NoShow]);
    }

    #[test]
    fn the_name_on_the_wire_is_the_name_in_the_database() {
        for state in AppointmentState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(state.to_value(), state.as_str());
        }
    }
}
