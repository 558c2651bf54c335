//! Guests of a call: invited by the staff, for as long as they say, and never taken for the customer.

use std::time::Duration as StdDuration;

use chrono::{Duration, SecondsFormat};
use serde_json::{Value, json};
use tests::{
    app::{Backend, TestApp},
    native::Socket,
    on_both_databases,
    persona::Persona,
    shop::{Booked, Shop, now},
    sse::Events,
};
use web::clock::{Clock, Timestamp};

fn path(booked: &Booked) -> String {
    format!("/api/v1/appointments/{}/guest-links", booked.id())
}

async fn invite(shop: &Shop, booked: &Booked, name: &str) -> Value {
    shop.stylist.post(&path(booked), &json!({ "name": name })).await.expect(201).json()
}

fn guest(app: &TestApp, invited: &Value) -> Persona {
    Persona::with_link(app.url(), invited["url"].as_str().unwrap())
}

async fn shown(guest: &Persona) -> Value {
    guest.get(&format!("/api/v1/links/{}", guest.link().unwrap())).await.expect(200).json()
}

on_both_databases! {
    async fn a_guest_is_invited_by_a_link_of_their_own(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let invited = invite(&shop, &booked, "Dr. Wang").await;
        let guest = guest(&app, &invited);
        assert_ne!(guest.link(), booked.customer.link());
        let link = shown(&guest).await;
        assert_eq!((&link["state"], &link["role"]), (&json!("open"), &json!("guest")));
        // Their own name; the customer's, and what the customer agreed to, are none of their business.
        assert_eq!(link["customer_name"], "Dr. Wang");
        assert!(!link.to_string().contains("Chen Yu"));
        assert_eq!(shown(&booked.customer).await["role"], "customer");
        let list = shop.owner.get(&path(&booked)).await.expect(200).json();
        assert_eq!((&list[0]["name"], &list[0]["has_come"]), (&json!("Dr. Wang"), &json!(false)));
        assert_eq!((&list[0]["url"], &list[0]["is_here"]), (&invited["url"], &json!(false)));
        app.stop().await;
    }

    async fn of_two_guests_with_one_name_the_staff_see_which_is_here(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let [one, two] = [invite(&shop, &booked, "Lin").await, invite(&shop, &booked, "Lin").await];
        let first = guest(&app, &one);
        let mut socket = Socket::open(&first).await;
        socket.join_by_link(first.link().unwrap(), json!({})).await;
        socket.expect("joined").await;
        let here = async || {
            let list = shop.owner.get(&path(&booked)).await.expect(200).json();
            [&one, &two].map(|invited| {
                let of = |link: &&Value| link["id"] == invited["id"];
                let link = list.as_array().unwrap().iter().find(of).unwrap();
                (link["has_come"] == true, link["is_here"] == true)
            })
        };
        assert_eq!(here().await, [(true, true), (false, false)]);
        socket.send(&json!({ "type": "leave" })).await;
        socket.closed().await;
        assert_eq!(here().await, [(true, false), (false, false)]);
        app.stop().await;
    }

    async fn a_guest_does_not_answer_for_the_customer(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        booked.consent(true).await;
        let guest = guest(&app, &invite(&shop, &booked, "Lin").await);
        let link = shown(&guest).await;
        assert_eq!(link["consent"]["granted"], Value::Null);
        let answer = json!({ "kind": "snapshots", "granted": false, "language": "zh",
            "version": link["consent"]["version"] });
        let token = guest.link().unwrap();
        let refused = guest.post(&format!("/api/v1/links/{token}/consents"), &answer).await;
        assert_eq!(refused.expect(403).code(), "forbidden");
        assert_eq!(shown(&booked.customer).await["consent"]["granted"], true);
        app.stop().await;
    }

    async fn an_invitation_that_was_taken_back_says_so_at_once(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let invited = invite(&shop, &booked, "Lin").await;
        let other = guest(&app, &invite(&shop, &booked, "Zhao").await);
        let guest = guest(&app, &invited);
        let mut events = Events::open(&guest, &format!(
            "/api/v1/links/{}/events", guest.link().unwrap())).await;
        assert_eq!(events.next().await.data["state"], "open");
        let one = format!("{}/{}", path(&booked), invited["id"].as_str().unwrap());
        shop.owner.delete(&one).await.expect(204);
        shop.owner.delete(&one).await.expect(204);
        assert_eq!(events.next().await.data["state"], "expired");
        assert_eq!(shown(&other).await["state"], "open");
        assert_eq!(shown(&booked.customer).await["state"], "open");
        app.stop().await;
    }

    async fn a_cancelled_appointment_takes_its_guests_along(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let guest = guest(&app, &invite(&shop, &booked, "Lin").await);
        let appointment = format!("/api/v1/appointments/{}", booked.id());
        shop.owner.patch(&appointment, &json!({ "state": "cancelled" })).await.expect(200);
        assert_eq!(shown(&guest).await["state"], "cancelled");
        let list = shop.owner.get(&path(&booked)).await.expect(200).json();
        assert!(list[0]["revoked_at"].is_string());
        let late = shop.owner.post(&path(&booked), &json!({ "name": "Lin" })).await;
        assert_eq!(late.expect(409).code(), "link_closed");
        app.stop().await;
    }

    async fn a_moved_appointment_takes_its_guests_along(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let invited = invite(&shop, &booked, "Lin").await;
        let guest = guest(&app, &invited);
        let later = (now(&app) + Duration::days(2)).to_rfc3339_opts(SecondsFormat::Millis, true);
        let appointment = format!("/api/v1/appointments/{}", booked.id());
        shop.owner.patch(&appointment, &json!({ "starts_at": later })).await.expect(200);
        assert_eq!(shown(&guest).await["state"], "too_early");
        let list = shop.owner.get(&path(&booked)).await.expect(200).json();
        let window = shown(&booked.customer).await["closes_at"].clone();
        assert_eq!(list[0]["expires_at"], window);
        app.stop().await;
    }

    async fn only_staff_invite_and_only_within_reason(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        for stranger in [&app.stranger(), &booked.customer] {
            stranger.post(&path(&booked), &json!({ "name": "Lin" })).await.expect(401);
            stranger.get(&path(&booked)).await.expect(401);
        }
        let at = |hours| (now(&app) + Duration::hours(hours)).to_rfc3339_opts(SecondsFormat::Millis, true);
        for body in [
            json!({ "name": "" }),
            json!({ "name": "x".repeat(81) }),
            json!({ "name": "Lin", "expires_at": at(-1) }),
            json!({ "name": "Lin", "expires_at": at(48) }),
            json!({ "name": "Lin", "role": "stylist" }),
        ] {
            shop.owner.post(&path(&booked), &body).await.expect(422);
        }
        let nowhere = "/api/v1/appointments/01930f4e-7a3c-7bb0-9d52-0e6c4c5a1b2f/guest-links";
        shop.owner.post(nowhere, &json!({ "name": "Lin" })).await.expect(404);
        for _ in 0..40 {
            invite(&shop, &booked, "Lin").await;
        }
        let many = shop.owner.post(&path(&booked), &json!({ "name": "Lin" })).await;
        assert_eq!(many.expect(409).code(), "too_many_guests");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_ends_at_its_hour() {
    let clock = Clock::manual(Timestamp::parse("2026-03-01T09:00:00Z").unwrap());
    let app = TestApp::start_with(Backend::Sqlite, clock.clone(), |_| {}).await;
    let shop = Shop::open(&app).await;
    let booked = shop.book(&app).await;
    let body = json!({ "name": "Lin", "expires_at": "2026-03-01T09:20:00.000Z" });
    let invited = shop.owner.post(&path(&booked), &body).await.expect(201).json();
    let guest = guest(&app, &invited);
    assert_eq!(shown(&guest).await["state"], "open");
    clock.advance(StdDuration::from_secs(20 * 60));
    assert_eq!(shown(&guest).await["state"], "expired");
    assert_eq!(shown(&booked.customer).await["state"], "open");
    app.stop().await;
}
