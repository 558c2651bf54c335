//! What the rest of the shop sees of a call: who waits, that it is live, that it is over; and what a
//! call sees of the shop. Over real sockets, without media.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tests::app::{PASSWORD, TestApp};
use tests::on_both_databases;
use tests::persona::Persona;
use tests::shop::{Booked, Shop, now};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use uuid::Uuid;
use web::app::{App, AppState};
use web::clock::Clock;

on_both_databases! {
    async fn a_consultation_waits_is_held_and_is_over_on_every_screen(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (mut customer, joined) = Socket::customer(&booked).await;
        assert_eq!(joined["you"]["place"], "lobby");
        let seen = appointment(&shop, &booked).await;
        assert_eq!((&seen["state"], &seen["call"]["state"]), (&json!("waiting"), &json!("open")));
        assert_eq!(seen["call"]["waiting"][0]["name"], "Chen Yu");

        let (mut stylist, host) = Socket::staff(&shop.stylist, &booked).await;
        assert_eq!(host["may_capture"], true);
        stylist.say(json!({ "type": "admit", "participant": joined["you"]["id"] })).await;
        customer.hear("placed").await;
        let seen = becomes(&shop, &booked, "in_service").await;
        assert_eq!(seen["call"]["state"], "live");
        assert_eq!(seen["call"]["waiting"], json!([]));

        stylist.say(json!({ "type": "end" })).await;
        assert_eq!(customer.hear("ended").await["reason"], "ended");
        let seen = appointment(&shop, &booked).await;
        assert_eq!((&seen["state"], &seen["call"]["state"]), (&json!("done"), &json!("ended")));
        let (_, refused) = Socket::customer(&booked).await;
        assert_eq!(refused["code"], "ended");
    }

    async fn a_call_is_entered_only_by_those_whom_it_concerns_and_in_its_time(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (_, stranger) = Socket::staff(&app.stranger(), &booked).await;
        assert_eq!(stranger["code"], "forbidden");
        let forged = Booked {
            appointment: booked.appointment.clone(),
            customer: Persona::with_link(app.url(), "https://x/j/forged"),
        };
        assert_eq!(Socket::customer(&forged).await.1["code"], "link_invalid");

        let tomorrow = shop.book_at(&app, now(&app) + TimeDelta::days(1)).await;
        assert_eq!(Socket::customer(&tomorrow).await.1["code"], "too_early");
        assert_eq!(Socket::staff(&shop.stylist, &tomorrow).await.1["code"], "too_early");
    }

    async fn a_cancelled_appointment_ends_its_call_at_once(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (mut customer, _) = Socket::customer(&booked).await;
        let path = format!("/api/v1/appointments/{}", booked.id());
        shop.owner.patch(&path, &json!({ "state": "cancelled" })).await.expect(200);
        assert_eq!(customer.hear("ended").await["reason"], "cancelled");
        assert_eq!(Socket::customer(&booked).await.1["code"], "cancelled");
    }

    async fn an_appointment_that_is_moved_away_ends_its_call(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (mut customer, _) = Socket::customer(&booked).await;
        let path = format!("/api/v1/appointments/{}", booked.id());
        let later = json!({ "starts_at": now(&app) + TimeDelta::days(2) });
        shop.owner.patch(&path, &later).await.expect(200);
        assert_eq!(customer.hear("ended").await["reason"], "moved");
    }

    async fn nothing_is_captured_before_the_customer_has_agreed(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (mut customer, joined) = Socket::customer(&booked).await;
        let (mut stylist, _) = Socket::staff(&shop.stylist, &booked).await;
        let target = &joined["you"]["id"];
        stylist.say(json!({ "type": "admit", "participant": target })).await;
        customer.hear("placed").await;

        let capture = Uuid::new_v4();
        let press = json!({ "type": "capture", "id": capture, "target": target });
        stylist.say(press.clone()).await;
        assert_eq!(stylist.hear("error").await["code"], "consent_missing");

        booked.consent(true).await;
        while stylist.hear("participant").await["may_be_captured"] != true {}
        stylist.say(press.clone()).await;
        assert_eq!(customer.hear("capture_request").await["id"], json!(capture));
        let path = format!("/api/v1/snapshots/{capture}");
        let snapshot = shop.owner.get(&path).await.expect(200).json();
        assert_eq!(snapshot["taken_by"]["id"], shop.stylist.staff["id"]);

        booked.consent(false).await;
        while stylist.hear("participant").await["may_be_captured"] != false {}
        let again = json!({ "type": "capture", "id": Uuid::new_v4(), "target": target });
        stylist.say(again).await;
        assert_eq!(stylist.hear("error").await["code"], "consent_missing");
    }

    async fn a_customer_who_leaves_the_waiting_room_waits_no_more(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        let (mut customer, _) = Socket::customer(&booked).await;
        customer.say(json!({ "type": "leave" })).await;
        customer.closed().await;
        let seen = appointment(&shop, &booked).await;
        assert_eq!(seen["call"]["waiting"], json!([]));
        assert_eq!(seen["state"], "checked_in");
    }

    async fn who_was_marked_as_missed_and_comes_after_all_waits_like_anybody(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        miss(&shop, &booked).await;
        let (mut customer, joined) = Socket::customer(&booked).await;
        assert_eq!(appointment(&shop, &booked).await["state"], "waiting");
        let (mut stylist, _) = Socket::staff(&shop.stylist, &booked).await;
        stylist.say(json!({ "type": "admit", "participant": joined["you"]["id"] })).await;
        customer.hear("placed").await;
        becomes(&shop, &booked, "in_service").await;
    }

    async fn who_was_missed_and_whose_time_is_taken_waits_but_takes_nobodys_time(app: TestApp) {
        let (shop, booked) = booked(&app).await;
        miss(&shop, &booked).await;
        let other = shop.book(&app).await;
        let (mut customer, joined) = Socket::customer(&booked).await;
        assert_eq!(joined["you"]["place"], "lobby");
        assert_eq!(appointment(&shop, &booked).await["state"], "no_show");

        let path = format!("/api/v1/appointments/{}", other.id());
        shop.owner.patch(&path, &json!({ "state": "cancelled" })).await.expect(200);
        let (mut stylist, _) = Socket::staff(&shop.stylist, &booked).await;
        stylist.say(json!({ "type": "admit", "participant": joined["you"]["id"] })).await;
        customer.hear("placed").await;
        becomes(&shop, &booked, "in_service").await;
    }

    async fn a_picture_from_before_a_restart_is_still_heard_of(app: TestApp) {
        let (shop, mut booked) = booked(&app).await;
        booked.consent(true).await;
        let (mut customer, before) = Socket::customer(&booked).await;
        let (mut stylist, _) = Socket::staff(&shop.stylist, &booked).await;
        let target = &before["you"]["id"];
        stylist.say(json!({ "type": "admit", "participant": target })).await;
        customer.hear("placed").await;
        let capture = Uuid::new_v4();
        stylist.say(json!({ "type": "capture", "id": capture, "target": target })).await;
        customer.hear("capture_request").await;

        let next = Restarted::from(&app, &mut customer).await;
        let (link, email) = (booked.customer.link().unwrap().to_owned(), &shop.stylist.staff["email"]);
        booked.customer = Persona::with_link(&next.base, &link);
        let stylist = Persona::signed_in(&next.base, email.as_str().unwrap(), PASSWORD).await;
        let (mut stylist, _) = Socket::staff(&stylist, &booked).await;
        let (mut customer, _) = Socket::resume(&booked, before["resume"].as_str().unwrap()).await;
        let stored = json!({ "type": "capture_state", "id": capture, "source": "camera",
            "state": "stored" });
        customer.say(stored).await;
        assert_eq!(stylist.hear("capture_state").await["id"], json!(capture));
        next.stop().await;
    }

    async fn a_restarted_server_gives_everybody_their_seat_back(app: TestApp) {
        let (shop, mut booked) = booked(&app).await;
        let (mut customer, before) = Socket::customer(&booked).await;
        let (mut stylist, host) = Socket::staff(&shop.stylist, &booked).await;
        stylist.say(json!({ "type": "admit", "participant": before["you"]["id"] })).await;
        customer.hear("placed").await;
        becomes(&shop, &booked, "in_service").await;

        let next = Restarted::from(&app, &mut customer).await;
        let link = booked.customer.link().unwrap().to_owned();
        booked.customer = Persona::with_link(&next.base, &link);
        let token = before["resume"].as_str().unwrap();
        let (_customer, back) = Socket::resume(&booked, token).await;
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
        assert_eq!(client.closed().await, 4008);
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

/// One client's socket, as bare as the protocol.
struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Joins by the link; with what was answered.
    async fn customer(booked: &Booked) -> (Self, Value) {
        let link = booked.customer.link().unwrap();
        Self::join(&booked.customer, json!({ "link": link })).await
    }

    async fn resume(booked: &Booked, token: &str) -> (Self, Value) {
        let link = booked.customer.link().unwrap();
        Self::join(&booked.customer, json!({ "link": link, "resume": token })).await
    }

    async fn staff(persona: &Persona, booked: &Booked) -> (Self, Value) {
        Self::join(persona, json!({ "appointment": booked.id() })).await
    }

    async fn join(persona: &Persona, mut join: Value) -> (Self, Value) {
        let url = format!("{}/api/v1/call", persona.base().replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        if let Some(cookie) = persona.cookie() {
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
        }
        let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let mut socket = Self(socket);
        let common = json!({ "type": "join", "version": 1, "audio": true, "video": true });
        join.as_object_mut().unwrap().extend(common.as_object().unwrap().clone());
        socket.say(join).await;
        let answer = socket.next().await;
        (socket, answer)
    }

    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Reads on until a message of this type.
    async fn hear(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    async fn next(&mut self) -> Value {
        match self.read().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("a message was expected, not {other:?}"),
        }
    }

    /// Reads on until the socket is closed; with which code.
    async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.read().await {
                return frame.map_or(1005, |frame| frame.code.into());
            }
        }
    }

    async fn read(&mut self) -> Message {
        let read = tokio::time::timeout(Duration::from_secs(15), self.0.next()).await;
        read.expect("something in time").expect("an open socket").unwrap()
    }
}
