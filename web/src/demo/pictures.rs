//! The snapshots of the consultations that were held: painted, and kept the way real ones are.

use std::{io::Cursor, time::Duration};

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use uuid::Uuid;

use super::paint::{self, Subject};
use crate::{
    app::AppState,
    appointments::table::Model,
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

/// `planned` in the order of the plans.
pub(super) async fn take(app: &AppState, planned: &[Model], reviewer: Uuid) -> anyhow::Result<()> {
    for taken in &TAKEN {
        let appointment = &planned[taken.plan];
        let capture = capture(appointment, taken.seconds);
        snapshots::begin_capture(app, capture).await?;
        let picture = develop(taken.subject, taken.take).await?;
        snapshots::keep(app, capture.id, Source::Camera, picture).await?;
    }
    let write = app.database.write().await?;
    for plan in REVIEWED {
        snapshots::review_visit(app, &write, planned[plan].id, reviewer).await?;
    }
    Ok(write.commit().await?)
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
