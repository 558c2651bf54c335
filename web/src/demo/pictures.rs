//! The snapshots of the consultations that were held: painted, and kept the way real ones are.

use std::{io::Cursor, time::Duration};

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use sea_orm::{EntityTrait, QueryOrder, Set};
use uuid::Uuid;

use super::paint::{self, Subject};
use crate::{
    app::AppState,
    appointments::table::Model,
    database::Write,
    snapshots::{self, Capture, Source},
};

/// As a phone does.
const JPEG_QUALITY: u8 = 90;

struct Taken {
    /// Of which consultation, by its place among the plans.
    plan: usize,
    subject: Subject,
    take: u32,
    /// Into the call.
    seconds: u64,
}

const fn taken(plan: usize, subject: Subject, take: u32, seconds: u64) -> Taken {
    Taken { plan, subject, take, seconds }
}

const TAKEN: [Taken; 11] = [
    taken(0, Subject::Cheek, 7, 142),
    taken(0, Subject::Forehead, 3, 201),
    taken(1, Subject::Patches, 7, 95),
    taken(2, Subject::RedNails, 7, 60),
    taken(2, Subject::RedNails, 19, 84),
    taken(3, Subject::Balayage, 7, 310),
    taken(3, Subject::Balayage, 31, 355),
    taken(4, Subject::Curls, 7, 77),
    taken(4, Subject::Curls, 12, 130),
    taken(5, Subject::NudeNails, 5, 48),
    taken(6, Subject::BlackHair, 9, 120),
];

/// Consultations whose snapshots somebody has looked at already.
const REVIEWED: [usize; 3] = [1, 2, 6];

/// Presses the shutters, and notes which pictures are to come. `planned` in the order of the plans.
pub(super) async fn take(
    app: &AppState,
    txn: &Write,
    planned: &[Model],
    reviewer: Uuid,
) -> anyhow::Result<()> {
    for (painting, taken) in (0..).zip(&TAKEN) {
        let capture = capture(&planned[taken.plan], taken.seconds);
        snapshots::begin_capture_within(app, txn, capture).await?;
        let to_come =
            to_come::ActiveModel { snapshot_id: Set(capture.id), painting: Set(painting) };
        to_come::Entity::insert(to_come).exec_without_returning(txn).await?;
    }
    for plan in REVIEWED {
        snapshots::review_visit(app, txn, planned[plan].id, reviewer).await?;
    }
    Ok(())
}

/// Paints and keeps the pictures that are still to come: all of them at the first start, and those
/// that are left when that was killed. A picture is crossed off once it is kept.
pub(super) async fn deliver(app: &AppState) -> anyhow::Result<()> {
    let left = to_come::Entity::find().order_by_asc(to_come::Column::Painting);
    for one in left.all(&app.database).await? {
        let taken = usize::try_from(one.painting).ok().and_then(|painting| TAKEN.get(painting));
        if let Some(taken) = taken {
            let picture = develop(taken.subject, taken.take).await?;
            snapshots::keep(app, one.snapshot_id, Source::Camera, picture).await?;
        }
        let write = app.database.write().await?;
        to_come::Entity::delete_by_id(one.snapshot_id).exec(&write).await?;
        write.commit().await?;
    }
    Ok(())
}

fn capture(appointment: &Model, seconds: u64) -> Capture {
    let into_the_call = Duration::from_secs(seconds);
    Capture {
        id: Uuid::now_v7(),
        appointment: appointment.id,
        target: appointment.customer_id,
        by: appointment.stylist_id,
        at: appointment.starts_at + Duration::from_secs(60) + into_the_call,
        call_time_ms: seconds * 1_000,
    }
}

async fn develop(subject: Subject, take: u32) -> anyhow::Result<Bytes> {
    let painted = tokio::task::spawn_blocking(move || {
        let mut jpeg = Cursor::new(Vec::new());
        let encoder = JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY);
        paint::picture(subject, take).write_with_encoder(encoder)?;
        image::ImageResult::Ok(jpeg.into_inner())
    });
    Ok(painted.await??.into())
}

/// Pictures of the demo shop that are not kept yet.
mod to_come {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "demo_pictures")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub snapshot_id: Uuid,
        /// Its place among those taken.
        pub painting: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
