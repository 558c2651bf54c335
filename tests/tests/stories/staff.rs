//! Who works here, as the owner changes it: names, roles, passwords, and who does not any more.

use serde_json::{Value, json};
use tests::app::PASSWORD;
use tests::native::Socket;
use tests::on_both_databases;
use tests::persona::Persona;
use tests::shop::{Shop, now};
use tests::sse::Events;

const CURRENT: &str = "/api/v1/sessions/current";
const NEW_PASSWORD: &str = "an entirely new password";

fn path(of: &Persona) -> String {
    format!("/api/v1/staff/{}", of.staff["id"].as_str().unwrap())
}

fn form(of: &Persona, password: &str) -> Value {
    json!({ "email": of.staff["email"], "password": password })
}

on_both_databases! {
    async fn an_owner_changes_a_name_and_a_role_which_count_at_once(app: TestApp) {
        let (owner, stylist) = (app.owner().await, app.stylist().await);
        let change = json!({ "name": "Stella Front", "role": "front_desk" });
        let changed = owner.patch(&path(&stylist), &change).await.expect(200).json();
        assert_eq!((&changed["name"], &changed["role"]), (&json!("Stella Front"), &json!("front_desk")));
        assert_eq!(changed["email"], stylist.staff["email"]);
        let session = stylist.get(CURRENT).await.expect(200).json();
        assert_eq!(session["staff"]["role"], "front_desk");
    }

    async fn only_owners_change_who_works_here(app: TestApp) {
        let (stylist, desk) = (app.stylist().await, app.front_desk().await);
        for persona in [&stylist, &desk] {
            let promoted = persona.patch(&path(persona), &json!({ "role": "owner" })).await;
            assert_eq!(promoted.expect(403).code(), "forbidden");
            let password = json!({ "password": NEW_PASSWORD });
            let path = format!("{}/password", path(&stylist));
            persona.put(&path, &password).await.expect(403);
        }
        app.stranger().patch(&path(&stylist), &json!({ "active": false })).await.expect(401);
    }

    async fn who_does_not_work_here_any_more_is_out_at_once(app: TestApp) {
        let shop = Shop::open(&app).await;
        let mut events = Events::open(&shop.stylist, "/api/v1/events").await;
        assert_eq!(events.next().await.kind, "ready");
        let gone = json!({ "active": false });
        let changed = shop.owner.patch(&path(&shop.stylist), &gone).await.expect(200).json();
        assert_eq!(changed["active"], false);

        assert_eq!(events.next().await.kind, "staff.changed");
        assert!(events.ended().await, "nobody listens on who may not");
        shop.stylist.get(CURRENT).await.expect(401);
        let again = app.stranger().post("/api/v1/sessions", &form(&shop.stylist, PASSWORD)).await;
        assert_eq!(again.expect(401).code(), "wrong_credentials");
        let booking = shop.appointment(now(&app) + chrono::Duration::hours(1));
        let refused = shop.owner.post("/api/v1/appointments", &booking).await.expect(422);
        assert_eq!(refused.json()["field"], "stylist_id");

        assert_eq!(listed(&shop.owner, "").await, 1);
        assert_eq!(listed(&shop.owner, "?deactivated=true").await, 2);
        shop.owner.patch(&path(&shop.stylist), &json!({ "active": true })).await.expect(200);
        let back = app.stranger().post("/api/v1/sessions", &form(&shop.stylist, PASSWORD)).await;
        back.expect(201);
    }

    async fn who_does_not_work_here_any_more_leaves_the_call_too(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let mut customer = Socket::open(&booked.customer).await;
        customer.join_by_link(booked.customer.link().unwrap(), json!({})).await;
        let joined = customer.expect("joined").await;
        let mut stylist = Socket::open(&shop.stylist).await;
        stylist.join_appointment(booked.id(), json!({})).await;
        stylist.expect("joined").await;
        stylist.send(&json!({ "type": "admit", "participant": joined["you"]["id"] })).await;
        customer.expect("placed").await;
        // Connected before, and about to join at the very moment.
        let mut second = Socket::open(&shop.stylist).await;

        shop.owner.patch(&path(&shop.stylist), &json!({ "active": false })).await.expect(200);
        assert_eq!(stylist.closed().await.code, Some(4001));
        assert_eq!(customer.expect("gone").await["reason"], "removed");
        second.join_appointment(booked.id(), json!({})).await;
        assert_eq!(second.expect("error").await["code"], "forbidden");
    }

    async fn another_role_or_a_new_password_ends_their_place_in_a_call_until_they_come_again(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let mut stylist = Socket::open(&shop.stylist).await;
        stylist.join_appointment(booked.id(), json!({})).await;
        assert_eq!(stylist.expect("joined").await["may_capture"], true);
        let name = json!({ "name": "Stella New" });
        shop.owner.patch(&path(&shop.stylist), &name).await.expect(200);
        let role = json!({ "role": "front_desk" });
        shop.owner.patch(&path(&shop.stylist), &role).await.expect(200);
        assert_eq!(stylist.closed().await.code, Some(4001));

        let mut desk = Socket::open(&shop.stylist).await;
        desk.join_appointment(booked.id(), json!({})).await;
        assert_eq!(desk.expect("joined").await["may_capture"], false);
        let password = json!({ "password": NEW_PASSWORD });
        shop.owner.put(&format!("{}/password", path(&shop.stylist)), &password).await.expect(204);
        assert_eq!(desk.closed().await.code, Some(4001));
    }

    async fn the_shop_never_loses_its_last_owner(app: TestApp) {
        let owner = app.owner().await;
        for change in [json!({ "role": "stylist" }), json!({ "active": false })] {
            let refused = owner.patch(&path(&owner), &change).await.expect(409);
            assert_eq!(refused.code(), "last_owner");
        }
        owner.patch(&path(&owner), &json!({ "name": "Still Owner" })).await.expect(200);
        owner.get(CURRENT).await.expect(200);
    }

    async fn two_owners_who_depose_each_other_at_once_leave_one(app: TestApp) {
        let (mut one, mut two) = (app.owner().await, app.owner().await);
        for _ in 0..5 {
            let statuses: [u16; 2] = tokio::join!(depose(&one, &two), depose(&two, &one)).into();
            // The second is refused, because they are no owner any more or the last one.
            assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
            if statuses[0] != 200 {
                std::mem::swap(&mut one, &mut two);
            }
            assert_eq!(owners(&one).await, 1);
            one.patch(&path(&two), &json!({ "role": "owner" })).await.expect(200);
        }
    }

    async fn a_new_password_ends_the_sessions_of_the_old_one(app: TestApp) {
        let (owner, stylist) = (app.owner().await, app.stylist().await);
        let password = json!({ "password": NEW_PASSWORD });
        owner.put(&format!("{}/password", path(&stylist)), &password).await.expect(204);
        stylist.get(CURRENT).await.expect(401);
        let old = app.stranger().post("/api/v1/sessions", &form(&stylist, PASSWORD)).await;
        old.expect(401);
        let new = app.stranger().post("/api/v1/sessions", &form(&stylist, NEW_PASSWORD)).await;
        new.expect(201);

        let elsewhere = Persona::signed_in(app.url(), owner.staff["email"].as_str().unwrap(), PASSWORD);
        let elsewhere = elsewhere.await;
        owner.put(&format!("{}/password", path(&owner)), &password).await.expect(204);
        owner.get(CURRENT).await.expect(200);
        elsewhere.get(CURRENT).await.expect(401);
        let short = json!({ "password": "short" });
        owner.put(&format!("{}/password", path(&stylist)), &short).await.expect(422);
    }

    async fn an_address_that_somebody_else_has_is_refused(app: TestApp) {
        let (owner, stylist) = (app.owner().await, app.stylist().await);
        let change = json!({ "email": owner.staff["email"] });
        let refused = owner.patch(&path(&stylist), &change).await.expect(409);
        assert_eq!(refused.code(), "email_taken");
    }
}

async fn depose(who: &Persona, whom: &Persona) -> u16 {
    who.patch(&path(whom), &json!({ "role": "stylist" })).await.status
}

async fn owners(staff: &Persona) -> usize {
    let staff = staff.get("/api/v1/staff?role=owner&limit=200").await.expect(200).json();
    staff["items"].as_array().unwrap().len()
}

async fn listed(owner: &Persona, query: &str) -> usize {
    let staff = owner.get(&format!("/api/v1/staff{query}")).await.expect(200).json();
    staff["items"].as_array().unwrap().len()
}
