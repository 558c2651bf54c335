//! A call's samples as a chart draws them: people, each with their time in pieces of one length.

use std::collections::BTreeMap;
use std::time::Duration;

use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*};
use serde::Serialize;
use signaling::gate::QUALITY_SAMPLE;
use signaling::message::Role;
use utoipa::ToSchema;
use uuid::Uuid;

use super::level::{QualityFigures, QualityLevel};
use crate::app::AppState;
use crate::appointments;
use crate::calls::roster;
use crate::calls::table::{sample, seat};
use crate::clock::Timestamp;
use crate::database::find;
use crate::problem::ApiResult;

/// Finer than a chart can show.
const MOST_PIECES: u64 = 120;
/// More than calls have.
const MOST_SEATS: u64 = 200;
const MOST_SAMPLES: u64 = 50_000;

/// How good the connections of a call were, while it was live.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallQuality {
    /// Of the first piece; null when nothing was measured.
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    /// How long a time each piece is of.
    pub piece_seconds: u32,
    /// In the order in which they came. Who came twice is one of them.
    pub people: Vec<PersonQuality>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonQuality {
    pub name: String,
    pub role: CallRole,
    /// Of the whole call.
    pub figures: QualityFigures,
    /// How long the worse direction was so good.
    pub seconds: LevelSeconds,
    /// By time; there are none of the time that the person was not in the call.
    pub pieces: Vec<QualityPiece>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallRole {
    Stylist,
    Staff,
    Customer,
    Guest,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct LevelSeconds {
    pub excellent: u32,
    pub good: u32,
    pub poor: u32,
    pub lost: u32,
}

/// The worst of a piece of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QualityPiece {
    /// Seconds since `starts_at`.
    pub from: u32,
    /// From the person to the server.
    pub uplink: QualityLevel,
    /// From the server to the person.
    pub downlink: QualityLevel,
    #[serde(flatten)]
    pub figures: QualityFigures,
}

pub(in crate::calls) async fn of_call(app: &AppState, id: Uuid) -> ApiResult<CallQuality> {
    find::<appointments::table::Entity>(&app.database, id, "appointment").await?;
    let seats = seat::Entity::find()
        .filter(seat::Column::AppointmentId.eq(id))
        .order_by_asc(seat::Column::Participant)
        .limit(MOST_SEATS);
    let samples = sample::Entity::find()
        .filter(sample::Column::AppointmentId.eq(id))
        .order_by_asc(sample::Column::StartsAt)
        .order_by_asc(sample::Column::Participant)
        .limit(MOST_SAMPLES);
    Ok(chart(&seats.all(&app.database).await?, &samples.all(&app.database).await?))
}

/// `samples` by their time.
fn chart(seats: &[seat::Model], samples: &[sample::Model]) -> CallQuality {
    let starts_at = samples.first().map(|sample| sample.starts_at);
    let ends_at = samples.last().map(|sample| sample.starts_at + QUALITY_SAMPLE);
    let whole = starts_at.zip(ends_at).map_or(Duration::ZERO, |(from, to)| to.since(from));
    let piece = piece_seconds(whole.as_secs());
    let mut people: Vec<(Uuid, PersonQuality)> = Vec::new();
    for first in seats {
        if people.iter().any(|(subject, _)| *subject == first.subject_id) {
            continue;
        }
        let theirs = |seat: &&seat::Model| seat.subject_id == first.subject_id;
        let numbers: Vec<_> = seats.iter().filter(theirs).map(|seat| seat.participant).collect();
        let own = samples.iter().filter(|sample| numbers.contains(&sample.participant));
        let own: Vec<_> = own.collect();
        if let (false, Some(from)) = (own.is_empty(), starts_at) {
            people.push((first.subject_id, person(first, &own, from, piece)));
        }
    }
    let people = people.into_iter().map(|(_, person)| person).collect();
    CallQuality { starts_at, ends_at, piece_seconds: whole_seconds(piece), people }
}

fn person(
    seat: &seat::Model,
    samples: &[&sample::Model],
    starts_at: Timestamp,
    piece: u64,
) -> PersonQuality {
    let mut pieces: BTreeMap<u64, Vec<&sample::Model>> = BTreeMap::new();
    for sample in samples {
        let number = sample.starts_at.since(starts_at).as_secs() / piece;
        pieces.entry(number).or_default().push(sample);
    }
    let pieces = pieces.into_iter().map(|(number, samples)| QualityPiece {
        from: whole_seconds(number * piece),
        uplink: worst(&samples, |sample| &sample.uplink),
        downlink: worst(&samples, |sample| &sample.downlink),
        figures: QualityFigures::of(&samples),
    });
    PersonQuality {
        name: seat.name.clone(),
        role: CallRole::from_text(&seat.role),
        figures: QualityFigures::of(samples),
        seconds: LevelSeconds::of(samples),
        pieces: pieces.collect(),
    }
}

/// A multiple of a sample's length, so that a chart has no more pieces than it can show.
fn piece_seconds(whole: u64) -> u64 {
    let sample = QUALITY_SAMPLE.as_secs();
    whole.div_ceil(sample).div_ceil(MOST_PIECES).max(1) * sample
}

fn whole_seconds(seconds: u64) -> u32 {
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

fn worst(samples: &[&sample::Model], of: fn(&sample::Model) -> &String) -> QualityLevel {
    let levels = samples.iter().map(|sample| QualityLevel::from_text(of(sample)));
    levels.max().unwrap_or(QualityLevel::Excellent)
}

impl LevelSeconds {
    /// Somebody who came twice may have had two seats in the same ten seconds.
    fn of(samples: &[&sample::Model]) -> Self {
        let mut by_time: BTreeMap<Timestamp, QualityLevel> = BTreeMap::new();
        for sample in samples {
            let both = [&sample.uplink, &sample.downlink].map(|text| QualityLevel::from_text(text));
            let worse = both[0].max(both[1]);
            by_time
                .entry(sample.starts_at)
                .and_modify(|level| *level = worse.max(*level))
                .or_insert(worse);
        }
        let length = whole_seconds(QUALITY_SAMPLE.as_secs());
        let mut seconds = Self::default();
        for level in by_time.into_values() {
            let counted = match level {
                QualityLevel::Excellent => &mut seconds.excellent,
                QualityLevel::Good => &mut seconds.good,
                QualityLevel::Poor => &mut seconds.poor,
                QualityLevel::Lost => &mut seconds.lost,
            };
            *counted = counted.saturating_add(length);
        }
        seconds
    }
}

impl CallRole {
    fn from_text(text: &str) -> Self {
        match roster::role_of(text) {
            Some(Role::Stylist) => Self::Stylist,
            Some(Role::Staff) => Self::Staff,
            Some(Role::Customer) => Self::Customer,
            Some(Role::Guest) | None => Self::Guest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(participant: i32, subject: u128, role: &str, name: &str) -> seat::Model {
        seat::Model {
            appointment_id: Uuid::nil(),
            participant,
            subject_id: Uuid::from_u128(subject),
            role: role.to_owned(),
            name: name.to_owned(),
            place: "call".to_owned(),
            since: Timestamp::from_millis(0),
            token_hash: Vec::new(),
            may_be_captured: false,
            vacated_at: None,
            gone_reason: None,
        }
    }

    fn sample(participant: i32, second: i64, uplink: &str, loss: i32) -> sample::Model {
        sample::Model {
            appointment_id: Uuid::nil(),
            participant,
            starts_at: Timestamp::from_millis(1_763_798_400_000 + second * 1_000),
            uplink: uplink.to_owned(),
            downlink: "good".to_owned(),
            round_trip_ms: None,
            uplink_loss_percent: Some(loss),
            downlink_loss_percent: None,
            uplink_jitter_ms: None,
            downlink_jitter_ms: None,
            uplink_kbps: Some(100 * loss),
            downlink_kbps: None,
            freezes: Some(1),
        }
    }

    #[test]
    fn a_call_without_samples_has_nothing_to_show() {
        let empty = chart(&[seat(1, 1, "stylist", "Mei")], &[]);
        assert_eq!((empty.starts_at, empty.people.len()), (None, 0));
    }

    #[test]
    fn who_came_twice_is_one_person_with_a_gap() {
        let seats = [
            seat(1, 1, "stylist", "Mei"),
            seat(2, 2, "customer", "Li Na"),
            seat(3, 2, "customer", "Li Na"),
        ];
        let samples = [
            sample(1, 0, "excellent", 0),
            sample(2, 0, "poor", 12),
            sample(1, 10, "excellent", 0),
            sample(3, 40, "good", 2),
        ];
        let shown = chart(&seats, &samples);
        assert_eq!((shown.piece_seconds, shown.people.len()), (10, 2));
        let customer = &shown.people[1];
        assert_eq!((customer.role, customer.name.as_str()), (CallRole::Customer, "Li Na"));
        assert_eq!(
            customer.seconds,
            LevelSeconds { good: 10, poor: 10, ..LevelSeconds::default() }
        );
        let times: Vec<_> = customer.pieces.iter().map(|piece| piece.from).collect();
        assert_eq!(times, [0, 40]);
        let figures = customer.figures;
        assert_eq!((figures.uplink_loss_percent, figures.freezes), (Some(12), Some(2)));
        assert_eq!((figures.uplink_kbps, figures.round_trip_ms), (Some(700), None));
    }

    #[test]
    fn a_long_call_is_shown_in_longer_pieces_that_hold_the_worst() {
        let mut samples: Vec<_> = (0..720).map(|n| sample(1, n * 10, "excellent", 0)).collect();
        samples[7] = sample(1, 70, "lost", 0);
        let shown = chart(&[seat(1, 1, "stylist", "Mei")], &samples);
        assert_eq!((shown.piece_seconds, shown.people[0].pieces.len()), (60, 120));
        assert_eq!(shown.people[0].pieces[1].uplink, QualityLevel::Lost);
        assert_eq!(shown.people[0].seconds.lost, 10);
    }
}
