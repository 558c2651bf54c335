//! Nothing is captured without the customer's word.

use serde_json::{Value, json};
use tests::on_both_databases;
use uuid::Uuid;
use web::snapshots::CaptureRefused;

use super::begun::{Consultation, announce, announcement, happened, piece, png};
use tests::shop::Shop;

on_both_databases! {
    async fn a_customer_is_asked_in_plain_words_and_may_change_their_mind(app: TestApp) {
        let booked = Shop::open(&app).await.book(&app).await;
        let path = format!("/api/v1/links/{}", booked.customer.link().unwrap());
        let asked = booked.customer.get(&path).await.expect(200).json()["consent"].clone();
        assert_eq!(asked["granted"], Value::Null);
        assert!(asked["text"]["zh"].as_str().unwrap().contains("同意"));
        assert!(asked["text"]["en"].as_str().unwrap().contains("consent"));
        for granted in [true, false] {
            booked.consent(granted).await;
            let link = booked.customer.get(&path).await.expect(200).json();
            assert_eq!(link["consent"]["granted"], granted);
        }
        let told = happened(&app).await.iter().filter(|kind| *kind == "consent.changed").count();
        assert_eq!(told, 2);
    }

    async fn a_yes_to_words_of_yesterday_is_not_taken_but_a_no_is(app: TestApp) {
        let booked = Shop::open(&app).await.book(&app).await;
        let path = format!("/api/v1/links/{}/consents", booked.customer.link().unwrap());
        let answer = |granted| json!({ "kind": "snapshots", "granted": granted,
            "version": "1999-01", "language": "en" });
        let refused = booked.customer.post(&path, &answer(true)).await.expect(409);
        assert_eq!(refused.code(), "consent_outdated");
        booked.customer.post(&path, &answer(false)).await.expect(201);
    }

    async fn without_consent_nothing_is_captured(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let consultation = Consultation { shop, booked };
        let refused = consultation.try_capture(&app, Uuid::new_v4()).await.unwrap_err();
        assert!(matches!(refused, CaptureRefused::ConsentMissing), "{refused:?}");
        assert!(!happened(&app).await.contains(&"snapshot.changed".to_owned()));
    }

    async fn a_withdrawal_stops_new_captures_but_not_what_was_captured(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        consultation.booked.consent(false).await;
        let refused = consultation.try_capture(&app, Uuid::new_v4()).await.unwrap_err();
        assert!(matches!(refused, CaptureRefused::ConsentMissing));
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let upload = announce(customer, capture, &announcement("camera", &bytes, 64, 48)).await;
        piece(customer, &upload.expect(201).json(), 0, &bytes).await.expect(201);
    }

    async fn a_capture_happens_once_and_only_of_who_belongs_there(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let again = consultation.try_capture(&app, capture).await.unwrap_err();
        assert!(matches!(again, CaptureRefused::Exists), "{again:?}");
        let stranger = web::snapshots::Capture {
            id: Uuid::new_v4(),
            appointment: consultation.booked.id().parse().unwrap(),
            target: Uuid::new_v4(),
            by: Uuid::new_v4(),
            at: app.state.clock.now(),
            call_time_ms: 0,
        };
        let refused = web::snapshots::begin_capture(&app.state, stranger).await.unwrap_err();
        assert!(matches!(refused, CaptureRefused::Forbidden), "{refused:?}");
    }
}
