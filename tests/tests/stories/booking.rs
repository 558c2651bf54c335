//! Booking: a time of a stylist belongs to one appointment, whatever races for it.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{
    on_both_databases,
    shop::{Shop, now},
};

fn text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn at(appointment: &Value, change: Value) -> (String, Value) {
    (format!("/api/v1/appointments/{}", appointment["id"].as_str().unwrap()), change)
}

on_both_databases! {
    async fn of_two_hundred_who_want_one_slot_exactly_one_gets_it(app: TestApp) {
        let shop = Shop::open(&app).await;
        let start = now(&app) + Duration::hours(3);
        // Not all want quite the same minutes; any two of them overlap.
        let wishes = (0..200).map(|n| shop.appointment(start + Duration::minutes(n % 15)));
        let wishes: Vec<Value> = wishes.collect();
        let tries = wishes.iter().map(|wish| shop.owner.post("/api/v1/appointments", wish));
        let replies = join_all(tries).await;
        let booked = replies.iter().filter(|reply| reply.status == 201).count();
        let taken = replies.iter().filter(|reply| reply.status == 409);
        assert!(taken.clone().all(|reply| reply.code() == "slot_taken"));
        assert_eq!((booked, taken.count()), (1, 199));
        let kept = shop.owner.get("/api/v1/appointments").await.expect(200).json();
        assert_eq!(kept["items"].as_array().unwrap().len(), 1);
        app.stop().await;
    }

    async fn one_may_start_when_the_one_before_ends_and_another_stylist_is_free(app: TestApp) {
        let shop = Shop::open(&app).await;
        let start = now(&app) + Duration::hours(1);
        shop.book_at(&app, start).await;
        shop.book_at(&app, start + Duration::minutes(20)).await;
        shop.book_at(&app, start - Duration::minutes(20)).await;
        let colleague = app.stylist().await;
        let mut wish = shop.appointment(start);
        wish["stylist_id"] = colleague.staff["id"].clone();
        shop.owner.post("/api/v1/appointments", &wish).await.expect(201);
        app.stop().await;
    }

    async fn of_many_moved_to_one_time_exactly_one_arrives(app: TestApp) {
        let shop = Shop::open(&app).await;
        let morning = now(&app) + Duration::hours(2);
        let mut booked = Vec::new();
        for n in 0..10 {
            booked.push(shop.book_at(&app, morning + Duration::minutes(20 * n)).await);
        }
        let evening = text(morning + Duration::hours(8));
        let moves = booked.iter().map(|booked| {
            let (path, change) = at(&booked.appointment, json!({ "starts_at": evening }));
            let owner = shop.owner.clone();
            async move { owner.patch(&path, &change).await }
        });
        let replies = join_all(moves).await;
        let arrived = replies.iter().filter(|reply| reply.status == 200).count();
        assert!(replies.iter().all(|reply| reply.status == 200 || reply.code() == "slot_taken"));
        assert_eq!(arrived, 1);
        app.stop().await;
    }

    async fn a_cancelled_appointment_gives_its_time_and_its_link_back(app: TestApp) {
        let shop = Shop::open(&app).await;
        let start = now(&app) + Duration::minutes(5);
        let booked = shop.book_at(&app, start).await;
        let (path, change) = at(&booked.appointment, json!({ "state": "cancelled" }));
        let cancelled = shop.owner.patch(&path, &change).await.expect(200).json();
        assert_eq!(cancelled["customer_link"], Value::Null);
        let token = booked.customer.link().unwrap();
        let link = booked.customer.get(&format!("/api/v1/links/{token}")).await.expect(200).json();
        assert_eq!(link["state"], "cancelled");
        shop.book_at(&app, start).await;
        let again = shop.owner.patch(&path, &json!({ "state": "confirmed" })).await;
        assert_eq!(again.expect(409).code(), "illegal_step");
        app.stop().await;
    }

    async fn whoever_comes_after_all_gets_the_time_only_if_it_is_still_free(app: TestApp) {
        let shop = Shop::open(&app).await;
        let start = now(&app) + Duration::minutes(5);
        let late = shop.book_at(&app, start).await;
        let (path, missed) = at(&late.appointment, json!({ "state": "no_show" }));
        shop.owner.patch(&path, &missed).await.expect(200);
        shop.book_at(&app, start + Duration::minutes(10)).await;
        let back = shop.owner.patch(&path, &json!({ "state": "checked_in" })).await;
        assert_eq!(back.expect(409).code(), "slot_taken");
        app.stop().await;
    }

    async fn the_same_request_sent_twice_books_once(app: TestApp) {
        let shop = Shop::open(&app).await;
        let wish = shop.appointment(now(&app) + Duration::hours(1));
        let send = || {
            let request = shop.owner.request(http::Method::POST, "/api/v1/appointments");
            shop.owner.send(request.header("idempotency-key", "once").json(&wish))
        };
        let (first, second) = tokio::join!(send(), send());
        assert_eq!(first.expect(201).json()["id"], second.expect(201).json()["id"]);
        app.stop().await;
    }

    async fn a_service_in_the_shop_follows_its_consultation(app: TestApp) {
        let shop = Shop::open(&app).await;
        let start = now(&app) + Duration::minutes(5);
        let consultation = shop.book_at(&app, start).await.appointment;
        let mut wish = shop.appointment(start + Duration::days(1));
        wish["kind"] = json!("in_shop");
        wish["consultation_id"] = consultation["id"].clone();
        let service = shop.owner.post("/api/v1/appointments", &wish).await.expect(201).json();
        assert_eq!(service["customer_link"], Value::Null);
        assert_eq!(service["call"], Value::Null);
        let (path, _) = at(&consultation, Value::Null);
        let consultation = shop.owner.get(&path).await.expect(200).json();
        assert_eq!(consultation["follow_up"]["id"], service["id"]);
        wish["starts_at"] = json!(text(start + Duration::days(2)));
        let second = shop.owner.post("/api/v1/appointments", &wish).await;
        assert_eq!(second.expect(409).code(), "follow_up_exists");
        app.stop().await;
    }

    async fn what_makes_no_sense_is_refused_in_words(app: TestApp) {
        let shop = Shop::open(&app).await;
        let good = shop.appointment(now(&app) + Duration::hours(1));
        let nobody = uuid::Uuid::now_v7();
        let wrong = [
            ("starts_at", json!("tomorrow")),
            ("starts_at", json!("2500-01-01T00:00:00Z")),
            ("length_minutes", json!(0)),
            ("length_minutes", json!(100_000)),
            ("stylist_id", json!(nobody)),
            ("stylist_id", json!("'; DROP TABLE appointments")),
            ("customer_id", json!(nobody)),
            ("service_id", json!(nobody)),
            ("pet_id", json!(nobody)),
            ("kind", json!("telepathy")),
            ("notes", json!("x".repeat(5_000))),
            ("surprise", json!(1)),
        ];
        for (field, value) in wrong {
            let mut wish = good.clone();
            wish[field] = value;
            let reply = shop.owner.post("/api/v1/appointments", &wish).await;
            assert_eq!(reply.expect(422).code(), "invalid", "{field}");
        }
        let kept = shop.owner.get("/api/v1/appointments").await.expect(200).json();
        assert_eq!(kept["items"], json!([]));
        app.stop().await;
    }

    async fn a_long_day_comes_in_pages_without_gaps_or_repeats(app: TestApp) {
        let shop = Shop::open(&app).await;
        let start = now(&app) + Duration::hours(1);
        for n in [3, 0, 4, 1, 2] {
            shop.book_at(&app, start + Duration::minutes(20 * n)).await;
        }
        let (mut seen, mut path) = (Vec::new(), "/api/v1/appointments?limit=2".to_owned());
        loop {
            let page = shop.owner.get(&path).await.expect(200).json();
            let items = page["items"].as_array().unwrap();
            seen.extend(items.iter().map(|item| item["starts_at"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/api/v1/appointments?limit=2&cursor={cursor}");
        }
        let due: Vec<String> = (0..5).map(|n| text(start + Duration::minutes(20 * n))).collect();
        assert_eq!(seen, due);
        let until = due[2].replace(':', "%3A");
        let early = shop.owner.get(&format!("/api/v1/appointments?to={until}")).await.expect(200);
        assert_eq!(early.json()["items"].as_array().unwrap().len(), 2);
        app.stop().await;
    }

    async fn nobody_reads_or_books_without_signing_in(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let wish = shop.appointment(now(&app) + Duration::hours(5));
        for who in [app.stranger(), booked.customer] {
            for path in ["appointments", "customers", "services", "events"] {
                let reply = who.get(&format!("/api/v1/{path}")).await;
                assert_eq!(reply.expect(401).code(), "signed_out");
            }
            who.post("/api/v1/appointments", &wish).await.expect(401);
        }
        app.stop().await;
    }
}
