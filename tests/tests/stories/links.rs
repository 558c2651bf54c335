//! A customer's link: good in its window, silent about everything when it is bad.

use std::time::Duration as StdDuration;

use chrono::Duration;
use serde_json::{Value, json};
use tests::{
    app::{Backend, TestApp},
    on_both_databases,
    shop::{Booked, Shop, now},
    sse::Events,
};
use web::clock::{Clock, Timestamp};

async fn shown(booked: &Booked) -> Value {
    let token = booked.customer.link().unwrap();
    booked.customer.get(&format!("/api/v1/links/{token}")).await.expect(200).json()
}

async fn with_a_clock(backend: Backend) -> (TestApp, Clock) {
    let clock = Clock::manual(Timestamp::parse("2026-03-01T09:00:00Z").unwrap());
    (TestApp::start_with(backend, clock.clone(), |_| {}).await, clock)
}

fn minutes(minutes: u64) -> StdDuration {
    StdDuration::from_secs(minutes * 60)
}

on_both_databases! {
    async fn every_bad_link_gets_the_very_same_answer(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let token = booked.customer.link().unwrap();
        let mut tampered = token.to_owned();
        tampered.replace_range(20..21, if &token[20..21] == "A" { "B" } else { "A" });
        let strange = "A".repeat(43);
        let bad = [tampered.as_str(), &strange, &token[..42], "x", "%F0%9F%99%82", &"y".repeat(4000)];
        let mut answers = Vec::new();
        for token in bad {
            let reply = app.stranger().get(&format!("/api/v1/links/{token}")).await.expect(404);
            assert_eq!(reply.code(), "link_invalid");
            answers.push(reply.body);
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
        app.stop().await;
    }

    async fn guessing_links_is_stopped_and_says_when_to_come_back(app: TestApp) {
        let stranger = app.stranger();
        let mut refused = None;
        for n in 0..40 {
            let reply = stranger.get(&format!("/api/v1/links/{n}")).await;
            if reply.status == 429 {
                refused = Some(reply);
                break;
            }
        }
        let refused = refused.expect("guessing goes on for ever");
        assert_eq!(refused.code(), "rate_limited");
        assert!(refused.headers.contains_key("retry-after"));
        app.stop().await;
    }

    async fn a_moved_appointment_keeps_its_link_and_tells_the_new_time(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let mut events = Events::open(&booked.customer, &format!(
            "/api/v1/links/{}/events", booked.customer.link().unwrap())).await;
        assert_eq!(events.next().await.data["state"], "open");
        let later = (now(&app) + Duration::days(1)).to_rfc3339();
        let path = format!("/api/v1/appointments/{}", booked.id());
        shop.owner.patch(&path, &json!({ "starts_at": later })).await.expect(200);
        let told = events.next().await;
        assert_eq!(told.kind, "link.changed");
        assert_eq!(told.data["state"], "too_early");
        assert_eq!(told.data["starts_at"], shown(&booked).await["starts_at"]);
        shop.owner.patch(&path, &json!({ "state": "cancelled" })).await.expect(200);
        assert_eq!(events.next().await.data["state"], "cancelled");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_a_quarter_of_an_hour_before_and_closes_an_hour_after() {
    let (app, clock) = with_a_clock(Backend::Sqlite).await;
    let shop = Shop::open(&app).await;
    let booked = shop.book_at(&app, now(&app) + Duration::hours(1)).await;
    assert_eq!(shown(&booked).await["state"], "too_early");
    clock.advance(minutes(45));
    assert_eq!(shown(&booked).await["state"], "open");
    clock.advance(minutes(15 + 20 + 60));
    assert_eq!(shown(&booked).await["state"], "too_late");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_came_too_early_is_told_when_the_door_opens() {
    let (app, clock) = with_a_clock(Backend::Sqlite).await;
    let shop = Shop::open(&app).await;
    let booked = shop.book_at(&app, now(&app) + Duration::hours(1)).await;
    let path = format!("/api/v1/links/{}/events", booked.customer.link().unwrap());
    let mut events = Events::open(&booked.customer, &path).await;
    assert_eq!(events.next().await.data["state"], "too_early");
    clock.advance(minutes(45));
    assert_eq!(events.next().await.data["state"], "open");
    app.stop().await;
}
