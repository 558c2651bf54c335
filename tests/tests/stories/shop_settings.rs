//! What the owner decides about the shop, and where it shows.

use serde_json::{Value, json};
use tests::on_both_databases;
use tests::shop::Shop;
use tests::sse::Events;

const SHOP: &str = "/api/v1/shop";

fn day(weekday: &str, opens: &str, closes: &str) -> Value {
    json!({ "weekday": weekday, "opens": opens, "closes": closes })
}

on_both_databases! {
    async fn until_the_owner_decides_the_settings_speak(app: TestApp) {
        let shop = app.stylist().await.get(SHOP).await.expect(200).json();
        assert_eq!((&shop["name"], &shop["time_zone"]), (&json!("Closeup"), &Value::Null));
        assert_eq!(shop["opening_hours"].as_array().unwrap().len(), 7);
        assert_eq!(shop["opening_hours"][6], day("sunday", "09:00", "21:00"));
    }

    async fn what_the_owner_decides_shows_to_staff_and_customers_at_once(app: TestApp) {
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        let link = format!("/api/v1/links/{}", booked.customer.link().unwrap());
        let mut link_events = Events::open(&booked.customer, &format!("{link}/events")).await;
        assert_eq!(link_events.next().await.data["shop"]["time_zone"], Value::Null);
        let mut events = Events::open(&shop.stylist, "/api/v1/events").await;
        assert_eq!(events.next().await.kind, "ready");

        let hours = json!([day("tuesday", "10:00", "19:30"), day("saturday", "08:00", "24:00")]);
        let change = json!({ "name": "近看美容", "time_zone": "Asia/Shanghai", "opening_hours": hours });
        let changed = shop.owner.patch(SHOP, &change).await.expect(200).json();
        assert_eq!(changed["opening_hours"], hours);
        assert_eq!(events.next().await.kind, "shop.changed");
        let session = shop.stylist.get("/api/v1/sessions/current").await.expect(200).json();
        assert_eq!(session["shop"], changed);
        let told = link_events.next().await.data["shop"].clone();
        assert_eq!(told, json!({ "name": "近看美容", "phone": "", "time_zone": "Asia/Shanghai" }));

        let closed = json!({ "opening_hours": [], "time_zone": null });
        let changed = shop.owner.patch(SHOP, &closed).await.expect(200).json();
        assert_eq!(changed["name"], "近看美容", "what is not named stays");
        assert_eq!(changed["opening_hours"], json!([]));
        assert_eq!(changed["time_zone"], Value::Null);
    }

    async fn two_owners_who_change_different_things_do_not_undo_each_other(app: TestApp) {
        let (one, two) = (app.owner().await, app.owner().await);
        let (name, phone) = (json!({ "name": "Nails & Tails" }), json!({ "phone": "020 7946 0018" }));
        let (first, second) = tokio::join!(one.patch(SHOP, &name), two.patch(SHOP, &phone));
        first.expect(200);
        second.expect(200);
        let shop = one.get(SHOP).await.expect(200).json();
        assert_eq!(shop["name"], "Nails & Tails");
        assert_eq!(shop["phone"], "020 7946 0018");
    }

    async fn what_is_no_zone_or_no_hours_is_refused_by_field(app: TestApp) {
        let owner = app.owner().await;
        for (field, value) in [
            ("time_zone", json!("Mars/Olympus")),
            ("time_zone", json!("+08:00")),
            ("opening_hours", json!([day("monday", "21:00", "09:00")])),
            ("opening_hours", json!([day("monday", "09:00", "21:00"), day("monday", "10:00", "11:00")])),
            ("name", json!("")),
        ] {
            let refused = owner.patch(SHOP, &json!({ field: value })).await.expect(422);
            assert_eq!(refused.json()["field"], field, "{}", refused.json());
        }
        owner.patch(SHOP, &json!({ "open": "always" })).await.expect(422);
        app.front_desk().await.patch(SHOP, &json!({ "name": "Mine" })).await.expect(403);
        app.stranger().get(SHOP).await.expect(401);
    }
}
