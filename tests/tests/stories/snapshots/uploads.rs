//! Pictures arrive: from the customer's camera, from the stylist's screen, from the call.

use http::Method;
use recordings::Picture;
use tests::on_both_databases;
use uuid::Uuid;

use super::begun::{
    Consultation, announce, announcement, bring, files, happened, offset, piece, png, upload,
};

on_both_databases! {
    async fn the_customers_camera_reaches_the_file_bit_for_bit(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let waiting = consultation.snapshot(capture).await;
        assert_eq!(waiting["state"], "arriving");
        assert_eq!(waiting["best_expected"], true);
        let bytes = png(1920, 1080);
        let customer = &consultation.booked.customer;
        let upload = announce(customer, capture, &announcement("camera", &bytes, 1920, 1080)).await;
        let upload = upload.expect(201).json();
        let half = bytes.len() / 2;
        let first = piece(customer, &upload, 0, &bytes[..half]).await.expect(204);
        assert_eq!(offset(&first), half);
        let last = piece(customer, &upload, half, &bytes[half..]).await.expect(201).json();
        assert_eq!(last["id"], capture.to_string());
        assert_eq!(last["picture"]["source"], "camera");
        assert_eq!(last["picture"]["width"], 1920);
        assert_eq!(last["best_expected"], false);
        assert_eq!(last["call_time_ms"], 61_500);
        let stylist = &consultation.shop.stylist;
        let url = last["picture"]["urls"]["full"].as_str().unwrap();
        let full = stylist.get(url).await.expect(200);
        assert_eq!(full.body, bytes);
        assert!(files(&app, "uploads").is_empty(), "the part file is gone");
        assert!(happened(&app).await.iter().filter(|kind| *kind == "snapshot.changed").count() >= 2);
    }

    async fn the_best_picture_that_has_arrived_shows(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let webp = Picture::ingest(&png(320, 180)).unwrap().small.bytes;
        let data = webp.slice(20..);
        let frame = sfu::KeyFrame { width: 320, height: 180, data, age: std::time::Duration::ZERO };
        let appointment: Uuid = consultation.booked.id().parse().unwrap();
        web::snapshots::keep_key_frame(&app.state, appointment, capture, &frame).await.unwrap();
        let shown = consultation.snapshot(capture).await;
        assert_eq!(shown["picture"]["source"], "key_frame");
        assert_eq!(shown["best_expected"], true);
        upload(&consultation.shop.stylist, capture, "received", &png(64, 48)).await.expect(201);
        assert_eq!(consultation.snapshot(capture).await["picture"]["source"], "received");
        upload(&consultation.booked.customer, capture, "camera", &png(32, 24)).await.expect(201);
        let shown = consultation.snapshot(capture).await;
        assert_eq!(shown["picture"]["source"], "camera");
        assert_eq!(shown["best_expected"], false);
    }

    async fn a_repeated_upload_returns_what_is_there(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let stored = upload(customer, capture, "camera", &bytes).await.expect(201).json();
        let (blobs, events) = (files(&app, "blobs").len(), happened(&app).await.len());
        let again = announce(customer, capture, &announcement("camera", &bytes, 64, 48)).await;
        let again = again.expect(200).json();
        assert_eq!(again["offset"], bytes.len());
        let repeated = piece(customer, &again, bytes.len(), &[]).await.expect(201).json();
        assert_eq!(repeated["picture"], stored["picture"]);
        assert_eq!(files(&app, "blobs").len(), blobs);
        assert_eq!(happened(&app).await.len(), events);
        let other = announcement("camera", &png(65, 48), 65, 48);
        let refused = announce(customer, capture, &other).await.expect(422);
        assert_eq!(refused.code(), "upload_differs");
    }

    async fn a_picture_that_comes_with_its_announcement_is_stored_by_one_request(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let camera = announcement("camera", &bytes, 64, 48);
        let reply = bring(customer, capture, &camera, &bytes).await.expect(201);
        assert_eq!(offset(&reply), bytes.len());
        let stored = reply.json();
        assert_eq!((stored["picture"]["source"].as_str(), &stored["state"]), (Some("camera"), &"stored".into()));
        let full = stored["picture"]["urls"]["full"].as_str().unwrap();
        assert_eq!(consultation.shop.stylist.get(full).await.expect(200).body, bytes);
        assert!(files(&app, "uploads").is_empty(), "there was no part file");
        let events = happened(&app).await.len();
        let again = bring(customer, capture, &camera, &bytes).await.expect(201).json();
        assert_eq!(again["picture"], stored["picture"]);
        let announced = announce(customer, capture, &camera).await.expect(200).json();
        assert_eq!(announced["offset"], bytes.len());
        let repeated = piece(customer, &announced, bytes.len(), &[]).await.expect(201).json();
        assert_eq!(repeated["picture"], stored["picture"]);
        assert_eq!(happened(&app).await.len(), events);
        let other = png(65, 48);
        let refused = bring(customer, capture, &announcement("camera", &other, 65, 48), &other).await;
        assert_eq!(refused.expect(422).code(), "upload_differs");
    }

    async fn a_picture_whose_first_piece_came_with_the_announcement_goes_on(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(640, 480));
        let camera = announcement("camera", &bytes, 640, 480);
        let begun = bring(customer, capture, &camera, &bytes[..1000]).await.expect(200).json();
        assert_eq!(begun["offset"], 1000);
        // Once more: what is here is not sent in vain.
        let again = bring(customer, capture, &camera, &bytes[..2000]).await.expect(200).json();
        assert_eq!(again, begun);
        let stored = piece(customer, &begun, 1000, &bytes[1000..]).await.expect(201).json();
        assert_eq!(stored["picture"]["width"], 640);
    }

    async fn the_same_picture_of_two_captures_is_stored_once(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let bytes = png(64, 48);
        for _ in 0..2 {
            let capture = consultation.capture(&app).await;
            upload(&consultation.booked.customer, capture, "camera", &bytes).await.expect(201);
        }
        // The picture, and one thumbnail: both sizes of so small a picture are the same file.
        assert_eq!(files(&app, "blobs").len(), 2);
    }

    async fn a_piece_at_the_wrong_place_is_told_the_right_one(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let upload = announce(customer, capture, &announcement("camera", &bytes, 64, 48)).await;
        let upload = upload.expect(201).json();
        piece(customer, &upload, 0, &bytes[..100]).await.expect(204);
        for at in [0, 99, 101, 1_000_000] {
            let refused = piece(customer, &upload, at, b"xyz").await.expect(409);
            assert_eq!((refused.code(), offset(&refused)), ("upload_offset".to_owned(), 100));
        }
        let path = format!("/api/v1/uploads/{}", upload["upload_id"].as_str().unwrap());
        let asked = customer.send(customer.request(Method::HEAD, &path)).await.expect(204);
        assert_eq!(offset(&asked), 100);
        piece(customer, &upload, 100, &bytes[100..]).await.expect(201);
    }

    async fn others_captures_are_out_of_reach(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let later = tests::shop::now(&app) + chrono::Duration::hours(1);
        let other = consultation.shop.book_at(&app, later).await;
        let bytes = png(64, 48);
        let camera = announcement("camera", &bytes, 64, 48);
        let received = announcement("received", &bytes, 64, 48);
        let begun = announce(&consultation.booked.customer, capture, &camera).await;
        let begun = begun.expect(201).json();
        assert_eq!(announce(&other.customer, capture, &camera).await.expect(404).code(), "not_found");
        piece(&other.customer, &begun, 0, &bytes).await.expect(404);
        announce(&app.stranger(), capture, &camera).await.expect(401);
        piece(&app.stranger(), &begun, 0, &bytes).await.expect(401);
        announce(&consultation.booked.customer, capture, &received).await.expect(403);
        announce(&consultation.shop.stylist, capture, &camera).await.expect(403);
        announce(&consultation.shop.stylist, Uuid::new_v4(), &received).await.expect(404);
        bring(&other.customer, capture, &camera, &bytes).await.expect(404);
        bring(&app.stranger(), capture, &camera, &bytes).await.expect(401);
        bring(&consultation.booked.customer, capture, &received, &bytes).await.expect(403);
        bring(&consultation.shop.stylist, Uuid::new_v4(), &received, &bytes).await.expect(404);
    }
}
