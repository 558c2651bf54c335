//! What the shop offers, as it changes.

use chrono::Duration;
use serde_json::{Value, json};
use tests::on_both_databases;
use tests::persona::Persona;
use tests::shop::{Shop, now};

fn path(service: &Value) -> String {
    format!("/api/v1/services/{}", service["id"].as_str().unwrap())
}

async fn offered(staff: &Persona, query: &str) -> usize {
    let page = staff.get(&format!("/api/v1/services{query}")).await.expect(200).json();
    page["items"].as_array().unwrap().len()
}

on_both_databases! {
    async fn a_changed_service_is_booked_as_it_is_now_and_what_is_booked_stays(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let name = json!({ "zh": "视频肤质咨询", "en": "Skin consultation" });
        let change = json!({ "name": name, "length_minutes": 45 });
        let changed = shop.owner.patch(&path(&shop.service), &change).await.expect(200).json();
        assert_eq!((&changed["name"], &changed["kind"]), (&name, &json!("video")));
        let later = shop.book_at(&app, now(&app) + Duration::hours(2)).await;
        assert_eq!(later.appointment["length_minutes"], 45);
        let before = format!("/api/v1/appointments/{}", booked.id());
        let before = shop.owner.get(&before).await.expect(200).json();
        assert_eq!(before["length_minutes"], 20);
        assert_eq!(before["service"]["name"]["en"], "Skin consultation");
    }

    async fn a_retired_service_is_booked_no_more_and_can_come_back(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let path = path(&shop.service);
        let retired = shop.owner.patch(&path, &json!({ "retired": true })).await.expect(200).json();
        assert_eq!(retired["retired"], true);
        assert_eq!(offered(&shop.owner, "").await, 0);
        assert_eq!(offered(&shop.owner, "?retired=true").await, 1);
        let wish = shop.appointment(now(&app) + Duration::hours(2));
        let refused = shop.owner.post("/api/v1/appointments", &wish).await.expect(422);
        assert_eq!(refused.json()["field"], "service_id");
        let moved = json!({ "starts_at": now(&app) + Duration::hours(3) });
        let known = format!("/api/v1/appointments/{}", booked.id());
        shop.owner.patch(&known, &moved).await.expect(200);
        shop.owner.patch(&path, &json!({ "retired": false })).await.expect(200);
        shop.owner.post("/api/v1/appointments", &wish).await.expect(201);
    }

    async fn stylists_read_what_is_offered_and_do_not_change_it(app: TestApp) {
        let shop = Shop::open(&app).await;
        let path = path(&shop.service);
        shop.stylist.patch(&path, &json!({ "length_minutes": 5 })).await.expect(403);
        app.stranger().patch(&path, &json!({ "length_minutes": 5 })).await.expect(401);
        let impossible = json!({ "length_minutes": 4 });
        shop.owner.patch(&path, &impossible).await.expect(422);
    }
}
