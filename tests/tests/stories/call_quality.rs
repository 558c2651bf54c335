//! How good a call's connections were, kept while it goes on and shown on its appointment.

use std::time::Duration;

use serde_json::{Value, json};
use tests::native::Socket;
use tests::on_both_databases;
use tests::persona::Persona;
use tests::shop::{Booked, Shop};

on_both_databases! {
    async fn a_call_that_froze_shows_so_on_its_appointment_afterwards(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        assert_eq!(shown(&shop.owner, &booked).await["people"], json!([]));
        let (mut stylist, mut customer) = call(&shop, &booked).await;
        report(&mut customer, json!({ "freezes": 2, "loss_percent": 12, "round_trip_ms": 310 })).await;
        report(&mut stylist, json!({ "freezes": 0, "round_trip_ms": 40 })).await;
        // A host hears of it with the figures, the customer of the grades alone.
        let weak = |told: &Value| told["downlink"] == "poor";
        let told = hears(&mut stylist, weak).await;
        assert_eq!(told["freezes"], 2);
        assert_eq!(hears(&mut customer, weak).await.get("freezes"), None);
        stylist.send(&json!({ "type": "end" })).await;
        customer.expect("ended").await;

        let quality = kept(&shop, &booked, 2).await;
        let person = |role: &str| {
            let people = quality["people"].as_array().unwrap();
            people.iter().find(|person| person["role"] == role).unwrap().clone()
        };
        let (theirs, own) = (person("customer"), person("stylist"));
        assert_eq!(theirs["name"], "Chen Yu");
        let figures = &theirs["figures"];
        assert_eq!((&figures["freezes"], &figures["downlink_loss_percent"]), (&json!(2), &json!(12)));
        assert!(theirs["seconds"]["poor"].as_u64().unwrap() >= 10);
        assert_eq!(theirs["pieces"][0]["downlink"], "poor");
        assert_eq!(theirs["pieces"][0]["uplink"], "excellent");
        assert_eq!((&own["seconds"]["poor"], &own["figures"]["round_trip_ms"]), (&json!(0), &json!(40)));
        assert_eq!(quality["piece_seconds"], 10);
        app.stop().await;
    }

    async fn only_the_staff_see_how_good_a_call_was(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let path = path(&booked);
        for staff in [&shop.owner, &shop.stylist] {
            staff.get(&path).await.expect(200);
        }
        for outsider in [&app.stranger(), &booked.customer] {
            assert_eq!(outsider.get(&path).await.expect(401).code(), "signed_out");
        }
        let nowhere = format!("/api/v1/appointments/{}/call-quality", uuid::Uuid::new_v4());
        assert_eq!(shop.owner.get(&nowhere).await.expect(404).code(), "not_found");
        app.stop().await;
    }

    async fn what_was_measured_before_the_server_stops_is_kept(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let (_stylist, mut customer) = call(&shop, &booked).await;
        report(&mut customer, json!({ "freezes": 1 })).await;
        customer.expect("quality").await;
        app.state.tasks.stopping.cancel();
        assert_eq!(customer.closed().await.code, Some(4008));
        let settings = web::settings::Settings { port: 0, ..(*app.state.settings).clone() };
        let next = web::app::App::build(settings).await.unwrap();
        let (base, state) = (format!("http://{}", next.address().unwrap()), next.state().clone());
        let served = tokio::spawn(next.serve());
        let email = shop.owner.staff["email"].as_str().unwrap();
        let owner = Persona::signed_in(&base, email, tests::app::PASSWORD).await;
        let mut people = json!([]);
        for _ in 0..100 {
            people = shown(&owner, &booked).await["people"].clone();
            if people != json!([]) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(people[0]["figures"]["freezes"], 1);
        state.tasks.stopping.cancel();
        served.await.unwrap().unwrap();
    }
}

/// The next news of somebody's quality that are such.
async fn hears(socket: &mut Socket, such: impl Fn(&Value) -> bool) -> Value {
    loop {
        let told = socket.expect("quality").await;
        if such(&told) {
            return told;
        }
    }
}

fn path(booked: &Booked) -> String {
    format!("/api/v1/appointments/{}/call-quality", booked.id())
}

async fn shown(staff: &Persona, booked: &Booked) -> Value {
    staff.get(&path(booked)).await.expect(200).json()
}

/// It is written beside the call, so it may come a moment after its end.
async fn kept(shop: &Shop, booked: &Booked, people: usize) -> Value {
    for _ in 0..100 {
        let quality = shown(&shop.stylist, booked).await;
        if quality["people"].as_array().unwrap().len() == people {
            return quality;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the quality of {people} people is never kept");
}

/// Stylist and customer, who was admitted.
async fn call(shop: &Shop, booked: &Booked) -> (Socket, Socket) {
    let mut customer = Socket::open(&booked.customer).await;
    customer.join_by_link(booked.customer.link().unwrap(), json!({})).await;
    let joined = customer.expect("joined").await;
    let mut stylist = Socket::open(&shop.stylist).await;
    stylist.join_appointment(booked.id(), json!({})).await;
    stylist.expect("joined").await;
    stylist.send(&json!({ "type": "admit", "participant": joined["you"]["id"] })).await;
    customer.expect("placed").await;
    (stylist, customer)
}

async fn report(socket: &mut Socket, figures: Value) {
    let mut message = figures;
    message["type"] = json!("report");
    socket.send(&message).await;
}
