//! Live screens: what one does, all others see, and whoever was away misses nothing.

use std::time::{Duration as StdDuration, Instant};

use chrono::Duration;
use serde_json::json;
use tests::{
    on_both_databases,
    shop::{Shop, now},
    sse::Events,
};

const EVENTS: &str = "/api/v1/events";

on_both_databases! {
    async fn a_change_at_one_screen_shows_at_another_within_200_ms(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let mut screen = Events::open(&shop.stylist, EVENTS).await;
        assert_eq!(screen.next().await.kind, "ready");
        let path = format!("/api/v1/appointments/{}", booked.id());
        let mut waits = Vec::new();
        for state in ["checked_in", "waiting", "in_service"] {
            shop.owner.patch(&path, &json!({ "state": state })).await.expect(200);
            #[allow(clippy::disallowed_methods)]
            let changed = Instant::now();
            let event = screen.next().await;
            waits.push(changed.elapsed());
            assert_eq!(event.kind, "appointment.changed");
            assert_eq!(event.data["id"], booked.appointment["id"]);
            assert_eq!(event.data["state"], state);
        }
        assert!(waits.iter().all(|wait| *wait < StdDuration::from_millis(200)), "{waits:?}");
        app.stop().await;
    }

    async fn a_screen_that_was_away_resumes_with_nothing_lost_or_repeated(app: TestApp) {
        let shop = Shop::open(&app).await;
        let mut screen = Events::open(&shop.stylist, EVENTS).await;
        let mut last = screen.next().await.id;
        let start = now(&app) + Duration::hours(1);
        let mut expected = Vec::new();
        let mut seen = Vec::new();
        for round in 0..4 {
            for n in 0..30 {
                let at = start + Duration::minutes(20 * (round * 30 + n));
                expected.push(shop.book_at(&app, at).await.appointment["id"].clone());
            }
            // It saw a part of it when its network went, and comes back with what it saw last.
            for _ in 0..10 {
                let event = screen.next().await;
                last = event.id;
                seen.push(event.data["id"].clone());
            }
            screen = Events::resume(&shop.stylist, EVENTS, &last).await;
        }
        while seen.len() < expected.len() {
            seen.push(screen.next().await.data["id"].clone());
        }
        assert_eq!(seen, expected);
        app.stop().await;
    }

    async fn a_screen_with_a_number_of_another_life_is_told_to_load(app: TestApp) {
        let stylist = app.stylist().await;
        for strange in ["999999999", "-5", "banana"] {
            let mut screen = Events::resume(&stylist, EVENTS, strange).await;
            assert_eq!(screen.next().await.kind, "ready");
        }
        app.stop().await;
    }

    async fn many_changes_at_once_reach_a_screen_in_their_order(app: TestApp) {
        let shop = Shop::open(&app).await;
        let mut screen = Events::open(&shop.stylist, EVENTS).await;
        screen.next().await;
        let start = now(&app) + Duration::hours(1);
        let wishes: Vec<_> =
            (0..20).map(|n| shop.appointment(start + Duration::minutes(20 * n))).collect();
        let tries = wishes.iter().map(|wish| shop.owner.post("/api/v1/appointments", wish));
        for reply in futures_util::future::join_all(tries).await {
            reply.expect(201);
        }
        let mut numbers = Vec::new();
        for _ in 0..20 {
            numbers.push(screen.next().await.id.parse::<i64>().unwrap());
        }
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        app.stop().await;
    }
}
