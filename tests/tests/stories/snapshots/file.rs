//! The customer's file: lists, notes, and the pictures themselves.

use http::Method;
use serde_json::json;
use tests::on_both_databases;
use tests::persona::Reply;
use uuid::Uuid;

use super::begun::{Consultation, happened, png, upload};

on_both_databases! {
    async fn the_file_lists_the_newest_first_in_pages(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let mut taken: Vec<Uuid> = Vec::new();
        for _ in 0..5 {
            taken.insert(0, consultation.capture(&app).await);
            tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        }
        let customer = consultation.shop.customer["id"].as_str().unwrap();
        let stylist = &consultation.shop.stylist;
        let (mut listed, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/snapshots?customer_id={customer}&limit=2{cursor}");
            let page = stylist.get(&path).await.expect(200).json();
            listed.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let taken: Vec<_> = taken.iter().map(|id| json!(id.to_string())).collect();
        assert_eq!(listed, taken);
        let others = format!("/api/v1/snapshots?customer_id={}", Uuid::new_v4());
        assert_eq!(stylist.get(&others).await.expect(200).json()["items"], json!([]));
        let appointment = format!("/api/v1/appointments/{}", consultation.booked.id());
        let appointment = stylist.get(&appointment).await.expect(200).json();
        assert_eq!(appointment["snapshots"], json!({ "new": 5, "reviewed": 0 }));
    }

    async fn a_note_is_kept_and_told(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let told = happened(&app).await.len();
        let path = format!("/api/v1/snapshots/{capture}");
        let note = json!({ "note": "左侧有红斑\nask again" });
        consultation.shop.stylist.patch(&path, &note).await.expect(200);
        assert_eq!(consultation.snapshot(capture).await["note"], note["note"]);
        assert_eq!(happened(&app).await.len(), told + 1);
        let bell = json!({ "note": "\u{7}" });
        consultation.shop.stylist.patch(&path, &bell).await.expect(422);
    }

    async fn a_picture_comes_in_three_sizes_with_ranges_and_private_caching(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let bytes = png(1600, 900);
        let customer = &consultation.booked.customer;
        let stored = upload(customer, capture, "camera", &bytes).await.expect(201).json();
        let (stylist, urls) = (&consultation.shop.stylist, &stored["picture"]["urls"]);
        for (size, width) in [("small", 320), ("large", 1280), ("full", 1600)] {
            let reply = stylist.get(urls[size].as_str().unwrap()).await.expect(200);
            let image = image::load_from_memory(&reply.body).unwrap();
            assert_eq!(image.width(), width, "{size}");
            assert_eq!(header(&reply, "cache-control"), "private, max-age=31536000, immutable");
            assert_eq!(header(&reply, "accept-ranges"), "bytes");
        }
        let path = format!("/api/v1/snapshots/{capture}/picture");
        let whole = stylist.get(&path).await.expect(200);
        assert_eq!(header(&whole, "cache-control"), "private, no-cache");
        assert_eq!(header(&whole, "content-type"), "image/png");
        assert_eq!(header(&whole, "x-content-type-options"), "nosniff");
        let etag = header(&whole, "etag").to_owned();
        let get = |name: &str, value: &str| {
            stylist.send(stylist.request(Method::GET, &path).header(name, value))
        };
        assert_eq!(get("if-none-match", &etag).await.expect(304).body.len(), 0);
        let part = get("range", "bytes=10-19").await.expect(206);
        assert_eq!(part.body, bytes[10..20]);
        let range = format!("bytes 10-19/{}", bytes.len());
        assert_eq!(header(&part, "content-range"), range);
        assert_eq!(get("range", "bytes=99999999-").await.expect(416).code(), "range_not_satisfiable");
    }

    async fn only_staff_may_see_pictures(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        upload(&consultation.booked.customer, capture, "camera", &png(64, 48)).await.expect(201);
        for path in [
            format!("/api/v1/snapshots/{capture}/picture"),
            format!("/api/v1/snapshots/{capture}"),
            "/api/v1/snapshots".to_owned(),
            "/api/v1/reviews".to_owned(),
        ] {
            app.stranger().get(&path).await.expect(401);
            consultation.booked.customer.get(&path).await.expect(401);
        }
        let unknown = format!("/api/v1/snapshots/{}/picture", Uuid::new_v4());
        consultation.shop.stylist.get(&unknown).await.expect(404);
    }
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.headers[name].to_str().unwrap()
}
