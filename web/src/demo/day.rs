//! What the demo shop offers, and what is planned around now: some consultations held, one open at
//! this moment, more to come.

use std::time::Duration;

use sea_orm::ActiveModelTrait;
use uuid::Uuid;

use super::people::{self, CHEN_SI, LIN_YA, MARCO, Shop};
use crate::{
    app::AppState,
    appointments::{
        AppointmentKind::{self, InShop, Video},
        AppointmentState::{self, Cancelled, Confirmed, Done, InService, NoShow, Pending},
        Booking, Length, announce, insert, table,
    },
    clock::Timestamp,
    consents::{self, Answer, ConsentKind},
    database::Write,
    language::Language,
    services::NewService,
    text::{LocalizedName, Name, Notes},
};

/// Chinese and English name, kind, minutes.
const SERVICES: [(&str, &str, AppointmentKind, i32); 8] = [
    ("视频肤质咨询", "Skin consultation", Video, 30),
    ("视频美甲咨询", "Nail consultation", Video, 20),
    ("视频发色咨询", "Hair colour consultation", Video, 30),
    ("宠物美容视频评估", "Grooming assessment", Video, 20),
    ("凝胶美甲", "Gel manicure", InShop, 60),
    ("全头染发", "Full colour", InShop, 120),
    ("补水面部护理", "Hydrating facial", InShop, 40),
    ("宠物全套美容", "Full groom", InShop, 90),
];
const SKIN: usize = 0;
const NAILS: usize = 1;
const COLOUR: usize = 2;
const PET: usize = 3;
const MANICURE: usize = 4;
const FULL_COLOUR: usize = 5;
const FACIAL: usize = 6;
const GROOM: usize = 7;

struct Plan {
    /// Minutes from now.
    starts: i64,
    stylist: usize,
    customer: usize,
    service: usize,
    state: AppointmentState,
    /// Which of the plans before is the consultation that this follows.
    follows: Option<usize>,
    notes: &'static str,
}

const fn plan(
    starts: i64,
    stylist: usize,
    customer: usize,
    service: usize,
    state: AppointmentState,
) -> Plan {
    Plan { starts, stylist, customer, service, state, follows: None, notes: "" }
}

impl Plan {
    const fn after(self, consultation: usize) -> Self {
        Self { follows: Some(consultation), ..self }
    }

    const fn note(self, notes: &'static str) -> Self {
        Self { notes, ..self }
    }
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// In `pictures`, the consultations that were held are known by their place here.
const PLANS: [Plan; 22] = [
    // Held, with snapshots in the file.
    plan(-2 * DAY, CHEN_SI, 6, SKIN, Done).note("脸颊泛红，新换了面霜。"),
    plan(-DAY - HOUR, MARCO, 11, PET, Done).note("Matting behind the ears?"),
    plan(-DAY, CHEN_SI, 0, NAILS, Done).note("中指的甲油掉了一角。"),
    plan(-3 * HOUR, MARCO, 3, COLOUR, Done).note("Roots grown out, wants to keep the ends."),
    plan(-90, MARCO, 10, PET, Done).note("奶茶两个月没剪了。"),
    plan(-2 * DAY + HOUR, CHEN_SI, 8, NAILS, Done).note("想做裸色。"),
    plan(-3 * DAY, MARCO, 4, COLOUR, Done).note("第一次染发，先看看发质。"),
    // The services in the shop that follow them.
    plan(-30, MARCO, 6, FACIAL, InService).after(0),
    plan(DAY, MARCO, 11, GROOM, Confirmed).after(1),
    plan(3 * HOUR, CHEN_SI, 0, MANICURE, Confirmed).after(2),
    plan(DAY + 2 * HOUR, MARCO, 3, FULL_COLOUR, Confirmed).after(3),
    plan(4 * HOUR, MARCO, 10, GROOM, Confirmed).after(4),
    plan(HOUR, MARCO, 8, MANICURE, Confirmed).after(5),
    // Now.
    plan(-5, CHEN_SI, 1, SKIN, Confirmed).note("换季敏感，想知道能不能做补水护理。"),
    plan(10, MARCO, 7, COLOUR, Confirmed).note("First grey hairs."),
    // Later, and what came to nothing.
    plan(2 * HOUR, CHEN_SI, 5, NAILS, Confirmed).note("Ideas for the wedding."),
    plan(150, MARCO, 2, COLOUR, Cancelled),
    plan(5 * HOUR, CHEN_SI, 9, SKIN, Confirmed),
    plan(6 * HOUR, MARCO, 4, FULL_COLOUR, Pending).after(6),
    plan(-DAY + 2 * HOUR, LIN_YA, 2, MANICURE, NoShow),
    plan(DAY, CHEN_SI, 5, MANICURE, Pending),
    plan(DAY + 3 * HOUR, CHEN_SI, 7, SKIN, Confirmed),
];

/// In the order of the plans.
pub(super) async fn plan_day(
    app: &AppState,
    txn: &Write,
    shop: &Shop,
    now: Timestamp,
) -> anyhow::Result<Vec<table::Model>> {
    let services = offer(txn, now).await?;
    let mut booked: Vec<table::Model> = Vec::new();
    for plan in &PLANS {
        let (_, _, kind, minutes) = SERVICES[plan.service];
        let of_pet = matches!(plan.service, PET | GROOM);
        let booking = Booking {
            service_id: services[plan.service],
            stylist_id: shop.staff[plan.stylist],
            customer_id: shop.customers[plan.customer],
            pet_id: shop.pets[plan.customer].filter(|_| of_pet),
            starts_at: in_minutes(now, plan.starts),
            length_minutes: Some(Length::minutes(minutes)?),
            kind,
            consultation_id: plan.follows.map(|n| booked[n].id),
            notes: Notes::parse(plan.notes)?,
        };
        let row = insert(txn, booking, plan.state, now).await?;
        announce(app, txn, &row).await?;
        if row.kind == Video && row.state == Done {
            let answer = yes(people::language(plan.customer));
            consents::record(app, txn, &row, answer, row.starts_at).await?;
        }
        booked.push(row);
    }
    Ok(booked)
}

/// What customers said whose consultation was held.
fn yes(language: Language) -> Answer {
    let version = consents::CURRENT.to_owned();
    Answer { kind: ConsentKind::Snapshots, granted: true, version, language }
}

async fn offer(txn: &Write, now: Timestamp) -> anyhow::Result<Vec<Uuid>> {
    let mut ids = Vec::new();
    for (zh, en, kind, minutes) in SERVICES {
        let name = LocalizedName { zh: Name::parse(zh)?, en: Name::parse(en)? };
        let new = NewService { name, length_minutes: Length::minutes(minutes)?, kind };
        ids.push(new.into_row(now).insert(txn).await?.id);
    }
    Ok(ids)
}

/// From the last full five minutes on.
fn in_minutes(now: Timestamp, minutes: i64) -> Timestamp {
    const FIVE: i64 = 5 * 60_000;
    let round = Timestamp::from_millis(now.millis() / FIVE * FIVE);
    let distance = Duration::from_secs(minutes.unsigned_abs() * 60);
    if minutes < 0 { round - distance } else { round + distance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consultation_is_open_whenever_the_shop_is_made() {
        for minute in 0..60 {
            let now = Timestamp::from_millis(1_700_000_000_000 + minute * 61_000);
            let open = PLANS.iter().filter(|plan| {
                let start = in_minutes(now, plan.starts);
                let (_, _, kind, _) = SERVICES[plan.service];
                let quarter = Duration::from_secs(15 * 60);
                let expected = plan.state == Confirmed && kind == Video;
                expected && start - quarter <= now && now < start + quarter
            });
            assert!(open.count() >= 1, "at {now}");
        }
    }
}
