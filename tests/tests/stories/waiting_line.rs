//! "You are next", or the number ahead: one line before each stylist, through all of their calls.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::native::Socket;
use tests::on_both_databases;
use tests::persona::Persona;
use tests::shop::{Booked, Shop, now};
use web::accounts::Role;

on_both_databases! {
    async fn the_earlier_appointment_is_ahead_and_everybody_hears_when_that_changes(app: TestApp) {
        let shop = Shop::open(&app).await;
        let early = book(&app, &shop, &shop.stylist, -10).await;
        let late = book(&app, &shop, &shop.stylist, 0).await;
        let last = book(&app, &shop, &shop.stylist, 5).await;

        let (mut late, joined) = wait(&late).await;
        assert_eq!(joined["waiting"]["ahead"], 0);
        let (_early_socket, joined) = wait(&early).await;
        assert_eq!(joined["waiting"]["ahead"], 0, "who came later but is expected earlier is next");
        assert_eq!(late.expect("waiting").await["ahead"], 1);

        let mut host = open(&shop.stylist, &early).await;
        host.send(&json!({ "type": "admit", "participant": joined["you"]["id"] })).await;
        let (mut last, joined) = wait(&last).await;
        assert_eq!(joined["waiting"]["ahead"], 2, "one is in the call, one waits");

        host.send(&json!({ "type": "end" })).await;
        assert_eq!(late.expect("waiting").await["ahead"], 0);
        assert_eq!(last.expect("waiting").await["ahead"], 1);
        late.send(&json!({ "type": "leave" })).await;
        assert_eq!(last.expect("waiting").await["ahead"], 0);
        app.stop().await;
    }

    async fn another_stylists_customers_are_not_ahead_until_theirs_sees_them(app: TestApp) {
        let shop = Shop::open(&app).await;
        let colleague = app.staff("Carl Colleague", Role::Stylist).await;
        let theirs = book(&app, &shop, &colleague, -10).await;
        let ours = book(&app, &shop, &shop.stylist, 0).await;
        let (_theirs_socket, other) = wait(&theirs).await;
        let (mut ours, joined) = wait(&ours).await;
        assert_eq!(joined["waiting"]["ahead"], 0);

        // Our stylist helps out in the colleague's call: ours waits for that.
        let mut host = open(&shop.stylist, &theirs).await;
        host.send(&json!({ "type": "admit", "participant": other["you"]["id"] })).await;
        assert_eq!(ours.expect("waiting").await["ahead"], 1);
        host.send(&json!({ "type": "leave" })).await;
        assert_eq!(ours.expect("waiting").await["ahead"], 0);
        app.stop().await;
    }

    async fn an_appointment_that_changes_its_stylist_changes_its_line(app: TestApp) {
        let shop = Shop::open(&app).await;
        let colleague = app.staff("Carl Colleague", Role::Stylist).await;
        let early = book(&app, &shop, &shop.stylist, -10).await;
        let late = book(&app, &shop, &shop.stylist, 0).await;
        let (_early_socket, _) = wait(&early).await;
        let (mut waiting, joined) = wait(&late).await;
        assert_eq!(joined["waiting"]["ahead"], 1);
        let path = format!("/api/v1/appointments/{}", early.id());
        let change = json!({ "stylist_id": colleague.staff["id"] });
        shop.owner.patch(&path, &change).await.expect(200);
        assert_eq!(waiting.expect("waiting").await["ahead"], 0);
        app.stop().await;
    }
}

/// Five minutes of this stylist's, for a customer of its own.
async fn book(app: &TestApp, shop: &Shop, stylist: &Persona, minutes: i64) -> Booked {
    let mut asked = shop.appointment(now(app) + TimeDelta::minutes(minutes));
    let name = format!("Customer at {minutes}");
    let new = json!({ "name": name, "phone": "+8613800000002", "language": "zh" });
    let customer = shop.owner.post("/api/v1/customers", &new).await.expect(201).json();
    asked["customer_id"] = customer["id"].clone();
    asked["stylist_id"] = stylist.staff["id"].clone();
    asked["length_minutes"] = json!(5);
    let appointment = shop.owner.post("/api/v1/appointments", &asked).await.expect(201).json();
    let link = appointment["customer_link"].as_str().unwrap();
    Booked { customer: Persona::with_link(app.url(), link), appointment }
}

async fn wait(booked: &Booked) -> (Socket, Value) {
    let mut socket = Socket::open(&booked.customer).await;
    socket.join_by_link(booked.customer.link().unwrap(), json!({})).await;
    let joined = socket.expect("joined").await;
    assert_eq!(joined["you"]["place"], "lobby");
    (socket, joined)
}

async fn open(staff: &Persona, booked: &Booked) -> Socket {
    let mut socket = Socket::open(staff).await;
    socket.join_appointment(booked.id(), json!({})).await;
    socket.expect("joined").await;
    socket
}
