//! Uploads that are no pictures, or want to do harm: a clear problem, and nothing stored.

use http::Method;
use serde_json::{Value, json};
use tests::on_both_databases;

use super::begun::{Consultation, announce, announcement, bring, files, piece, place, png, upload};

on_both_databases! {
    async fn what_is_no_picture_is_refused_and_a_real_one_may_follow(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let customer = &consultation.booked.customer;
        let cut = png(64, 48)[..300].to_vec();
        for (bytes, status, code) in [
            (b"<svg onload='alert(1)'/>".to_vec(), 415, "picture_type_unsupported"),
            (b"GIF89a".repeat(20), 415, "picture_type_unsupported"),
            (cut, 422, "picture_truncated"),
            (bomb(), 422, "picture_too_many_pixels"),
        ] {
            let refused = upload(customer, capture, "camera", &bytes).await.expect(status);
            assert_eq!(refused.code(), code);
            assert!(files(&app, "blobs").is_empty(), "nothing is stored of {code}");
            assert!(files(&app, "uploads").is_empty(), "nothing is left of {code}");
            let at_once = announcement("camera", &bytes, 64, 48);
            let refused = bring(customer, capture, &at_once, &bytes).await.expect(status);
            assert_eq!(refused.code(), code);
            assert!(files(&app, "blobs").is_empty(), "nothing is stored of {code}");
            assert!(files(&app, "uploads").is_empty(), "nothing is left of {code}");
            assert_eq!(consultation.snapshot(capture).await["picture"], Value::Null);
        }
        upload(customer, capture, "camera", &png(64, 48)).await.expect(201);
    }

    async fn an_announcement_is_checked_before_a_byte_is_sent(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let customer = &consultation.booked.customer;
        let sound = announcement("camera", &png(64, 48), 64, 48);
        for (member, value, status, code) in [
            ("size", json!(0), 422, "invalid"),
            ("size", json!(26 << 20), 413, "picture_too_large"),
            ("content_type", json!("image/svg+xml"), 415, "picture_type_unsupported"),
            ("width", json!(100_000), 422, "picture_too_many_pixels"),
            ("sha256", json!("abc"), 422, "invalid"),
            ("source", json!("key_frame"), 422, "invalid"),
        ] {
            let mut announced = sound.clone();
            announced[member] = value;
            let refused = announce(customer, capture, &announced).await.expect(status);
            assert_eq!(refused.code(), code, "{member}");
            let refused = bring(customer, capture, &announced, b"x").await;
            assert!([400, status].contains(&refused.status), "{member}: {refused:?}");
        }
    }

    async fn what_comes_with_an_announcement_must_be_what_was_announced(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let camera = announcement("camera", &bytes, 64, 48);
        let mut spoiled = bytes.clone();
        spoiled[40] ^= 1;
        let refused = bring(customer, capture, &camera, &spoiled).await.expect(409);
        assert_eq!(refused.code(), "checksum_mismatch");
        let refused = bring(customer, capture, &camera, &vec![0; 5 << 20]).await.expect(413);
        assert_eq!(refused.code(), "piece_too_large");
        let as_json = customer.request(Method::PUT, &place(capture, &camera)).json(&camera);
        assert_eq!(customer.send(as_json).await.expect(415).code(), "unsupported_media_type");
        assert!(files(&app, "uploads").is_empty(), "nothing is left");
        let longer = [&bytes[..], b"more"].concat();
        let refused = bring(customer, capture, &camera, &longer).await.expect(413);
        assert_eq!(refused.code(), "upload_too_long");
        bring(customer, capture, &camera, &bytes).await.expect(201);
    }

    async fn more_bytes_than_announced_are_refused(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let camera = announcement("camera", &bytes, 64, 48);
        let begun = announce(customer, capture, &camera).await.expect(201).json();
        let longer = [&bytes[..], b"more"].concat();
        let refused = piece(customer, &begun, 0, &longer).await.expect(413);
        assert_eq!(refused.code(), "upload_too_long");
        let refused = piece(customer, &begun, 0, &vec![0; 5 << 20]).await.expect(413);
        assert_eq!(refused.code(), "piece_too_large");
        piece(customer, &begun, 0, &bytes).await.expect(201);
    }

    async fn a_client_that_announces_a_wrong_checksum_is_stopped(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let mut wrong = announcement("camera", &bytes, 64, 48);
        wrong["sha256"] = json!("0".repeat(64));
        let begun = announce(customer, capture, &wrong).await.expect(201).json();
        for _ in 0..3 {
            piece(customer, &begun, 0, &bytes).await.expect(409);
        }
        let stopped = piece(customer, &begun, 0, &bytes).await.expect(422);
        assert_eq!(stopped.code(), "checksum_mismatch");
        assert!(files(&app, "uploads").is_empty());
    }
}

/// A PNG that says it has 100,000 × 100,000 pixels.
fn bomb() -> Vec<u8> {
    let mut bytes = png(64, 48);
    bytes[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    bytes
}
