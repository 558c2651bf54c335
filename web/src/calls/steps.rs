//! How an appointment's state follows its call. Pure.

use signaling::message::{EndReason, Place};

use crate::appointments::AppointmentState;

/// The call as it is after what has just happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Situation {
    /// Where the customers are who have a seat.
    pub(super) customers: Vec<Place>,
    pub(super) live: bool,
    pub(super) ended: Option<EndReason>,
}

/// What the appointment becomes, if anything. Who was marked as missed and came after all waits like
/// anybody else, if nobody else has the time by now: whoever keeps this looks.
pub(super) fn next(state: AppointmentState, call: &Situation) -> Option<AppointmentState> {
    let wanted = wanted(state, call)?;
    (state != AppointmentState::Done && wanted != state && state.step(wanted).is_ok())
        .then_some(wanted)
}

fn wanted(state: AppointmentState, call: &Situation) -> Option<AppointmentState> {
    if let Some(reason) = call.ended {
        return ended(state, reason);
    }
    if call.live && call.customers.contains(&Place::Call) {
        return Some(AppointmentState::InService);
    }
    if call.customers.contains(&Place::Lobby) {
        return Some(AppointmentState::Waiting);
    }
    // Nobody waits any more, but they have been here.
    (state == AppointmentState::Waiting).then_some(AppointmentState::CheckedIn)
}

/// A consultation that was under way is done; of one that never began nothing is known.
fn ended(state: AppointmentState, reason: EndReason) -> Option<AppointmentState> {
    let over = matches!(reason, EndReason::Ended | EndReason::WindowClosed);
    (over && state == AppointmentState::InService).then_some(AppointmentState::Done)
}

#[cfg(test)]
mod tests {
    use AppointmentState::*;

    use super::*;

    fn call(customers: &[Place], live: bool) -> Situation {
        Situation { customers: customers.to_vec(), live, ended: None }
    }

    fn over(reason: EndReason) -> Situation {
        Situation { ended: Some(reason), ..Situation::default() }
    }

    #[test]
    fn a_consultation_waits_is_held_and_is_done() {
        assert_eq!(next(Confirmed, &call(&[Place::Lobby], false)), Some(Waiting));
        assert_eq!(next(Waiting, &call(&[Place::Call], true)), Some(InService));
        assert_eq!(next(InService, &over(EndReason::Ended)), Some(Done));
    }

    #[test]
    fn somebody_sent_back_waits_again() {
        assert_eq!(next(InService, &call(&[Place::Lobby], true)), Some(Waiting));
    }

    #[test]
    fn a_second_guest_in_the_lobby_does_not_interrupt_the_service() {
        assert_eq!(next(InService, &call(&[Place::Call, Place::Lobby], true)), None);
    }

    #[test]
    fn a_customer_who_drops_out_of_the_call_leaves_it_under_way() {
        assert_eq!(next(InService, &call(&[], true)), None);
    }

    #[test]
    fn who_left_the_waiting_room_does_not_wait() {
        assert_eq!(next(Waiting, &call(&[], false)), Some(CheckedIn));
    }

    #[test]
    fn an_end_without_a_consultation_changes_nothing() {
        assert_eq!(next(Waiting, &over(EndReason::WindowClosed)), None);
        assert_eq!(next(Cancelled, &over(EndReason::Cancelled)), None);
    }

    #[test]
    fn what_is_closed_is_not_opened_by_the_call() {
        for state in [Done, Cancelled, Pending] {
            assert_eq!(next(state, &call(&[Place::Lobby], false)), None, "{state}");
        }
    }

    #[test]
    fn who_was_missed_and_comes_after_all_is_not_missed_any_more() {
        assert_eq!(next(NoShow, &call(&[Place::Lobby], false)), Some(Waiting));
        assert_eq!(next(NoShow, &call(&[Place::Call], true)), Some(InService));
        assert_eq!(next(NoShow, &call(&[], false)), None);
        assert_eq!(next(NoShow, &over(EndReason::WindowClosed)), None);
    }
}
