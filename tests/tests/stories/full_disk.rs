//! The disk is wholly full: what cannot be written is refused with a clear code, what can be read is
//! read, nothing that was acknowledged is lost, and with room again all goes on by itself.

use serde_json::json;
use tests::app::{Backend, TestApp};
use tests::small_disk::SmallDisk;
use web::clock::Clock;

use crate::snapshots::begun::{Consultation, announce, announcement, files, offset, piece, png};

async fn start(disk: &SmallDisk) -> TestApp {
    let folder = disk.folder().to_owned();
    TestApp::start_with(Backend::Sqlite, Clock::system(), |settings| settings.data = folder).await
}

#[test]
fn an_upload_waits_for_room_and_is_stored_once() {
    let name = "full_disk::an_upload_waits_for_room_and_is_stored_once";
    SmallDisk::with(name, 32, |disk| async move {
        let app = start(&disk).await;
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let customer = &consultation.booked.customer;
        let bytes = png(640, 480);
        let announced = announcement("camera", &bytes, 640, 480);
        let upload = announce(customer, capture, &announced).await.expect(201).json();
        let half = bytes.len() / 2;
        piece(customer, &upload, 0, &bytes[..half]).await.expect(204);

        disk.fill();
        let refused = piece(customer, &upload, half, &bytes[half..]).await.expect(507);
        assert_eq!(refused.code(), "storage_full");
        assert_eq!(consultation.snapshot(capture).await["state"], "arriving");

        disk.free();
        let again = announce(customer, capture, &announced).await.expect(200).json();
        assert_eq!(again["offset"], half);
        let stored = piece(customer, &upload, half, &bytes[half..]).await.expect(201);
        assert_eq!(offset(&stored), bytes.len());
        let url = stored.json()["picture"]["urls"]["full"].as_str().unwrap().to_owned();
        assert_eq!(consultation.shop.stylist.get(&url).await.expect(200).body, bytes);
        assert!(files(&app, "uploads").is_empty(), "the part file is gone");
    });
}

#[test]
fn what_the_database_acknowledges_after_a_full_disk_is_kept() {
    let name = "full_disk::what_the_database_acknowledges_after_a_full_disk_is_kept";
    SmallDisk::with(name, 32, |disk| async move {
        let app = start(&disk).await;
        let consultation = Consultation::with_consent(&app).await;
        let owner = &consultation.shop.owner;
        let path = format!("/api/v1/appointments/{}", consultation.booked.id());
        let notes = |n: usize| json!({ "notes": n.to_string().repeat(1000) });

        // What has room in the files that are there already is written, and what is written is kept.
        disk.fill();
        let mut refusals = 0;
        for n in 0.. {
            let reply = owner.patch(&path, &notes(n)).await;
            if reply.status == 200 {
                let seen = owner.get(&path).await.expect(200).json();
                assert_eq!(seen["notes"], reply.json()["notes"], "acknowledged, and not there");
                continue;
            }
            assert_eq!(reply.expect(503).code(), "database_unavailable");
            owner.get(&path).await.expect(200);
            refusals += 1;
            if refusals == 3 {
                break;
            }
        }
        // A refusal of another kind rolls back too; that must not leave anything open either.
        owner.post("/api/v1/appointments", &json!({})).await;

        disk.free();
        let last = notes(9);
        owner.patch(&path, &last).await.expect(200);
        let capture = consultation.capture(&app).await;
        let other = sea_orm::Database::connect(database_of(&disk)).await.unwrap();
        let kept = web::snapshots::begun(&other, consultation.booked.id().parse().unwrap()).await;
        assert_eq!(kept.unwrap().last().unwrap().id, capture, "seen by another program too");
        assert_eq!(owner.get(&path).await.expect(200).json()["notes"], last["notes"]);
    });
}

fn database_of(disk: &SmallDisk) -> String {
    format!("sqlite:{}", disk.folder().join("closeup.sqlite3").display())
}
