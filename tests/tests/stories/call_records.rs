//! What the rest of the shop sees of a call: who waits, that it is live, that it is over; and what a
//! call sees of the shop. Over real sockets, without media.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::app::{PASSWORD, TestApp};
use tests::native::Socket;
use tests::on_both_databases;
use tests::persona::Persona;
use tests::shop::{Booked, Shop, now};
use tokio::task::JoinHandle;
use uuid::Uuid;
use web::app::{App, AppState};
use web::clock::Clock;

on_both_databases! {
    async fn a_consultation_waits_is_held_and_is_over_on_every_screen(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (mut customer, joined) = join_as_customer(&booked).await;
        assert_eq!(joined["you"]["place"], "lobby");
        let seen = appointment(&shop, &booked).await;
        assert_eq!((&seen["state"], &seen["call"]["state"]), (&json!("waiting"), &json!("open")));
        assert_eq!(seen["call"]["waiting"][0]["name"], "Chen Yu");

        let (mut stylist, host) = join_as_staff(&shop.stylist, &booked).await;
        assert_eq!(host["may_capture"], true);
        stylist.send(&json!({ "type": "admit", "participant": joined["you"]["id"] })).await;
        customer.expect("placed").await;
        let seen = becomes(&shop, &booked, "in_service").await;
        assert_eq!((&seen["state"], &seen["call"]["state"]), (&json!("in_service"), &json!("live")));
        assert_eq!(seen["call"]["waiting"], json!([]));

        stylist.send(&json!({ "type": "end" })).await;
        assert_eq!(customer.expect("ended").await["reason"], "ended");
        let seen = appointment(&shop, &booked).await;
        assert_eq!((&seen["state"], &seen["call"]["state"]), (&json!("done"), &json!("ended")));
        let (_, refused) = join_as_customer(&booked).await;
        assert_eq!(refused["code"], "ended");
    }

    async fn a_call_is_entered_only_by_those_whom_it_concerns_and_in_its_time(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (_, stranger) = join_as_staff(&app.stranger(), &booked).await;
        assert_eq!(stranger["code"], "forbidden");
        let forged = Booked {
            appointment: booked.appointment.clone(),
            customer: Persona::with_link(app.url(), "https://x/j/forged"),
        };
        assert_eq!(join_as_customer(&forged).await.1["code"], "link_invalid");

        let tomorrow = shop.book_at(&app, now(&app) + TimeDelta::days(1)).await;
        assert_eq!(join_as_customer(&tomorrow).await.1["code"], "too_early");
        assert_eq!(join_as_staff(&shop.stylist, &tomorrow).await.1["code"], "too_early");
    }

    async fn a_cancelled_appointment_ends_its_call_at_once(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (mut customer, _) = join_as_customer(&booked).await;
        let path = format!("/api/v1/appointments/{}", booked.id());
        shop.owner.patch(&path, &json!({ "state": "cancelled" })).await.expect(200);
        assert_eq!(customer.expect("ended").await["reason"], "cancelled");
        assert_eq!(join_as_customer(&booked).await.1["code"], "cancelled");
    }

    async fn an_appointment_that_is_moved_away_ends_its_call(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (mut customer, _) = join_as_customer(&booked).await;
        let path = format!("/api/v1/appointments/{}", booked.id());
        let later = json!({ "starts_at": now(&app) + TimeDelta::days(2) });
        shop.owner.patch(&path, &later).await.expect(200);
        assert_eq!(customer.expect("ended").await["reason"], "moved");
    }

    async fn nothing_is_captured_before_the_customer_has_agreed(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (mut customer, joined) = join_as_customer(&booked).await;
        let (mut stylist, _) = join_as_staff(&shop.stylist, &booked).await;
        let target = &joined["you"]["id"];
        stylist.send(&json!({ "type": "admit", "participant": target })).await;
        customer.expect("placed").await;

        let capture = Uuid::new_v4();
        let press = json!({ "type": "capture", "id": capture, "target": target });
        stylist.send(&press).await;
        assert_eq!(stylist.expect("error").await["code"], "consent_missing");

        booked.consent(true).await;
        while stylist.expect("participant").await["may_be_captured"] != true {}
        stylist.send(&press).await;
        assert_eq!(customer.expect("capture_request").await["id"], json!(capture));
        let path = format!("/api/v1/snapshots/{capture}");
        let snapshot = shop.owner.get(&path).await.expect(200).json();
        assert_eq!(snapshot["taken_by"]["id"], shop.stylist.staff["id"]);

        booked.consent(false).await;
        while stylist.expect("participant").await["may_be_captured"] != false {}
        let again = json!({ "type": "capture", "id": Uuid::new_v4(), "target": target });
        stylist.send(&again).await;
        assert_eq!(stylist.expect("error").await["code"], "consent_missing");
    }

    async fn a_customer_who_leaves_the_waiting_room_waits_no_more(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (mut customer, _) = join_as_customer(&booked).await;
        customer.send(&json!({ "type": "leave" })).await;
        customer.closed().await;
        let seen = appointment(&shop, &booked).await;
        assert_eq!(seen["call"]["waiting"], json!([]));
        assert_eq!(seen["state"], "checked_in");
    }

    async fn who_was_marked_as_missed_and_comes_after_all_waits_like_anybody(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        miss(&shop, &booked).await;
        let (mut customer, joined) = join_as_customer(&booked).await;
        assert_eq!(appointment(&shop, &booked).await["state"], "waiting");
        let (mut stylist, _) = join_as_staff(&shop.stylist, &booked).await;
        stylist.send(&json!({ "type": "admit", "participant": joined["you"]["id"] })).await;
        customer.expect("placed").await;
        becomes(&shop, &booked, "in_service").await;
    }

    async fn who_was_missed_and_whose_time_is_taken_waits_but_takes_nobodys_time(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        miss(&shop, &booked).await;
        let other = shop.book(&app).await;
        let (mut customer, joined) = join_as_customer(&booked).await;
        assert_eq!(joined["you"]["place"], "lobby");
        assert_eq!(appointment(&shop, &booked).await["state"], "no_show");

        let path = format!("/api/v1/appointments/{}", other.id());
        shop.owner.patch(&path, &json!({ "state": "cancelled" })).await.expect(200);
        let (mut stylist, _) = join_as_staff(&shop.stylist, &booked).await;
        stylist.send(&json!({ "type": "admit", "participant": joined["you"]["id"] })).await;
        customer.expect("placed").await;
        becomes(&shop, &booked, "in_service").await;
    }

    async fn a_picture_from_before_a_restart_is_still_heard_of(app: TestApp) {
        let (shop, mut booked) = booked(&app).await;
        booked.consent(true).await;
        let (mut customer, before) = join_as_customer(&booked).await;
        let (mut stylist, _) = join_as_staff(&shop.stylist, &booked).await;
        let target = &before["you"]["id"];
        stylist.send(&json!({ "type": "admit", "participant": target })).await;
        customer.expect("placed").await;
        let capture = Uuid::new_v4();
        stylist.send(&json!({ "type": "capture", "id": capture, "target": target })).await;
        customer.expect("capture_request").await;

        let next = Restarted::from(&app, &mut customer).await;
        let (link, email) = (booked.customer.link().unwrap().to_owned(), &shop.stylist.staff["email"]);
        booked.customer = Persona::with_link(&next.base, &link);
        let stylist = Persona::signed_in(&next.base, email.as_str().unwrap(), PASSWORD).await;
        let (mut stylist, _) = join_as_staff(&stylist, &booked).await;
        let (mut customer, _) = resume_as_customer(&booked, before["resume"].as_str().unwrap()).await;
        let stored = json!({ "type": "capture_state", "id": capture, "source": "camera",
            "state": "stored" });
        customer.send(&stored).await;
        assert_eq!(stylist.expect("capture_state").await["id"], json!(capture));
        next.stop().await;
    }

    async fn a_restarted_server_gives_everybody_their_seat_back(app: TestApp) {
        let (shop, mut booked) = booked(&app).await;
        let (mut customer, before) = join_as_customer(&booked).await;
        let (mut stylist, host) = join_as_staff(&shop.stylist, &booked).await;
        stylist.send(&json!({ "type": "admit", "participant": before["you"]["id"] })).await;
        customer.expect("placed").await;
        becomes(&shop, &booked, "in_service").await;

        let next = Restarted::from(&app, &mut customer).await;
        let link = booked.customer.link().unwrap().to_owned();
        booked.customer = Persona::with_link(&next.base, &link);
        let token = before["resume"].as_str().unwrap();
        let (_customer, back) = resume_as_customer(&booked, token).await;
        assert_eq!(back["you"]["id"], before["you"]["id"]);
        assert_eq!(back["you"]["place"], "call");
        assert_eq!(back["call"]["state"], "live");
        let reconnecting = back["participants"].as_array().unwrap().iter();
        let mut reconnecting = reconnecting.filter(|one| one["id"] == host["you"]["id"]);
        assert_eq!(reconnecting.next().unwrap()["presence"], "reconnecting");
        next.stop().await;
    }
}

async fn booked(app: &TestApp) -> (Shop, Booked) {
    let shop = Shop::open(app).await;
    let booked = shop.book(app).await;
    (shop, booked)
}

/// The same shop on another server, after this one was asked to stop.
struct Restarted {
    base: String,
    state: AppState,
    served: JoinHandle<anyhow::Result<()>>,
}

impl Restarted {
    async fn from(app: &TestApp, client: &mut Socket) -> Self {
        app.state.tasks.stopping.cancel();
        assert_eq!(client.closed().await.code, Some(4008));
        let settings = web::settings::Settings { port: 0, ..(*app.state.settings).clone() };
        let next = App::build_with(settings, Clock::system()).await.unwrap();
        let base = format!("http://{}", next.address().unwrap());
        let state = next.state().clone();
        Self { base, state, served: tokio::spawn(next.serve()) }
    }

    async fn stop(self) {
        self.state.tasks.stopping.cancel();
        self.served.await.unwrap().unwrap();
    }
}

async fn miss(shop: &Shop, booked: &Booked) {
    let path = format!("/api/v1/appointments/{}", booked.id());
    shop.owner.patch(&path, &json!({ "state": "no_show" })).await.expect(200);
}

async fn appointment(shop: &Shop, booked: &Booked) -> Value {
    let path = format!("/api/v1/appointments/{}", booked.id());
    shop.owner.get(&path).await.expect(200).json()
}

/// An admitted customer is told at once; that it is kept follows.
async fn becomes(shop: &Shop, booked: &Booked, state: &str) -> Value {
    for _ in 0..100 {
        let seen = appointment(shop, booked).await;
        if seen["state"] == state {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the appointment does not become {state}");
}

/// Joins by the link; with what was answered.
async fn join_as_customer(booked: &Booked) -> (Socket, Value) {
    joined_by_link(booked, json!({})).await
}

async fn resume_as_customer(booked: &Booked, token: &str) -> (Socket, Value) {
    joined_by_link(booked, json!({ "resume": token })).await
}

async fn joined_by_link(booked: &Booked, more: Value) -> (Socket, Value) {
    let mut socket = Socket::open(&booked.customer).await;
    socket.join_by_link(booked.customer.link().unwrap(), more).await;
    let answer = socket.next().await.unwrap();
    (socket, answer)
}

async fn join_as_staff(persona: &Persona, booked: &Booked) -> (Socket, Value) {
    let mut socket = Socket::open(persona).await;
    socket.join_appointment(booked.id(), json!({})).await;
    let answer = socket.next().await.unwrap();
    (socket, answer)
}
