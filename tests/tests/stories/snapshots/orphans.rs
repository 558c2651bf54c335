//! Blobs that nothing points at go away; whatever is being kept at that moment does not.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use recordings::Digest;
use tests::app::TestApp;
use tests::on_both_databases;
use web::snapshots::sweep_orphans;

use super::begun::{Consultation, files, png, upload};

const DAY: Duration = Duration::from_secs(86_400);

on_both_databases! {
    async fn what_a_kill_left_behind_is_removed_once_it_is_old(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        upload(&consultation.booked.customer, capture, "camera", &png(64, 48)).await.expect(201);
        let kept = files(&app, "blobs").len();
        let old = leave_behind(&app, b"a picture whose row was never written", DAY * 2);
        let young = leave_behind(&app, b"one whose row may be written in a moment", DAY / 2);

        let removed = sweep_orphans(&app.state, app.state.clock.now() - DAY).await.unwrap();
        assert_eq!(removed, 1);
        assert!(!old.exists() && young.exists());
        assert_eq!(files(&app, "blobs").len(), kept + 1);
        opens(&consultation, capture).await;
    }

    async fn nothing_that_is_acknowledged_is_lost_to_a_sweep_at_the_same_moment(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let sweeping = tokio::spawn({
            let state = app.state.clone();
            async move {
                // Nothing is too young here: whatever has no row yet is removed under its hands.
                loop {
                    sweep_orphans(&state, state.clock.now() + DAY).await.unwrap();
                }
            }
        });
        let mut captures = Vec::new();
        for n in 0..12 {
            let capture = consultation.capture(&app).await;
            let bytes = png(200 + n, 150);
            upload(&consultation.booked.customer, capture, "camera", &bytes).await.expect(201);
            captures.push(capture);
        }
        sweeping.abort();
        for capture in captures {
            opens(&consultation, capture).await;
        }
    }
}

/// A blob without a row, last stored so long ago.
fn leave_behind(app: &TestApp, content: &[u8], age: Duration) -> PathBuf {
    let name = Digest::of(content).to_string();
    let folder = app.state.settings.data.join("blobs/sha256").join(&name[..2]);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(&name[2..]);
    std::fs::write(&path, content).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(SystemTime::from(app.state.clock.now()) - age).unwrap();
    path
}

async fn opens(consultation: &Consultation, capture: uuid::Uuid) {
    let snapshot = consultation.snapshot(capture).await;
    for size in ["full", "large", "small"] {
        let url = snapshot["picture"]["urls"][size].as_str().unwrap();
        consultation.shop.stylist.get(url).await.expect(200);
    }
}
