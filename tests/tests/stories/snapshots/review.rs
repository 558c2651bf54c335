//! The review board: what is to be looked at before the service, the next due first.

use chrono::Duration;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use tests::shop::{Booked, Shop, now};
use uuid::Uuid;
use web::snapshots::{Capture, begin_capture};

use super::begun::uuid;

on_both_databases! {
    async fn who_reviewed_a_snapshot_and_when_is_kept(app: TestApp) {
        let (shop, visits) = three_visits(&app).await;
        let capture = visits[0].captures[0];
        let path = format!("/api/v1/snapshots/{capture}/review");
        let reviewed = shop.stylist.put(&path, &json!({ "state": "reviewed" })).await.expect(200);
        let review = reviewed.json()["review"].clone();
        assert_eq!(review["state"], "reviewed");
        assert_eq!(review["by"]["id"], shop.stylist.staff["id"]);
        let again = shop.owner.put(&path, &json!({ "state": "reviewed" })).await.expect(200);
        assert_eq!(again.json()["review"], review, "who was first stays");
        let undone = shop.owner.put(&path, &json!({ "state": "new" })).await.expect(200).json();
        assert_eq!(undone["review"], json!({ "state": "new", "by": null, "at": null }));
    }

    async fn the_board_is_ordered_by_when_the_service_is_due(app: TestApp) {
        let (shop, visits) = three_visits(&app).await;
        // The third is over; the second ended before the first, but its service is next week.
        let board = shop.owner.get("/api/v1/reviews?state=new").await.expect(200).json();
        let order: Vec<Value> = items(&board).map(|item| item["appointment"]["id"].clone()).collect();
        assert_eq!(order, [visits[2].id(), visits[0].id(), visits[1].id()]);
        let first = &board["items"][0];
        assert_eq!(first["overdue"], true);
        assert_eq!(first["state"], "new");
        assert_eq!(first["snapshots"].as_array().unwrap().len(), 2);
        assert_eq!(board["items"][1]["overdue"], false);
        let service = &board["items"][2]["appointment"]["follow_up"];
        assert_eq!(board["items"][2]["due_at"], service["starts_at"]);
    }

    async fn the_board_comes_in_pages_and_by_stylist(app: TestApp) {
        let (shop, visits) = three_visits(&app).await;
        let (mut order, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/reviews?state=new&limit=1{cursor}");
            let page = shop.owner.get(&path).await.expect(200).json();
            order.extend(items(&page).map(|item| item["appointment"]["id"].clone()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(order, [visits[2].id(), visits[0].id(), visits[1].id()]);
        let mine = shop.stylist.staff["id"].as_str().unwrap();
        for (stylist, visits) in [(mine.to_owned(), 3), (Uuid::new_v4().to_string(), 0)] {
            let path = format!("/api/v1/reviews?stylist_id={stylist}");
            let board = shop.owner.get(&path).await.expect(200).json();
            assert_eq!(items(&board).count(), visits);
        }
    }

    async fn a_visit_is_reviewed_at_once(app: TestApp) {
        let (shop, visits) = three_visits(&app).await;
        let path = format!("/api/v1/appointments/{}/review", visits[0].booked.id());
        let marked = shop.stylist.post(&path, &json!({})).await.expect(200).json();
        assert!(items(&marked).all(|snapshot| snapshot["review"]["state"] == "reviewed"));
        let count = |board: Value| items(&board).count();
        assert_eq!(count(shop.owner.get("/api/v1/reviews?state=new").await.json()), 2);
        assert_eq!(count(shop.owner.get("/api/v1/reviews?state=reviewed").await.json()), 1);
        assert_eq!(count(shop.owner.get("/api/v1/reviews").await.json()), 3);
        let unknown = format!("/api/v1/appointments/{}/review", Uuid::new_v4());
        shop.stylist.post(&unknown, &json!({})).await.expect(404);
    }
}

struct Visit {
    booked: Booked,
    captures: Vec<Uuid>,
}

impl Visit {
    fn id(&self) -> Value {
        json!(self.booked.id())
    }
}

/// Two snapshots each. The first ends soon; the second too, but its service is next week; the third
/// was due hours ago.
async fn three_visits(app: &TestApp) -> (Shop, Vec<Visit>) {
    let shop = Shop::open(app).await;
    let mut visits = Vec::new();
    for start in [Duration::minutes(5), Duration::minutes(-30), Duration::hours(-3)] {
        let booked = shop.book_at(app, now(app) + start).await;
        if start > Duration::hours(-1) {
            booked.consent(true).await;
        } else {
            agreed_then(app, &booked).await;
        }
        let captures = vec![capture(app, &shop, &booked).await, capture(app, &shop, &booked).await];
        visits.push(Visit { booked, captures });
    }
    let service = json!({ "name": { "zh": "染发", "en": "Colour" }, "length_minutes": 90,
        "kind": "in_shop" });
    let service = shop.owner.post("/api/v1/services", &service).await.expect(201).json();
    let mut follow_up = shop.appointment(now(app) + Duration::days(7));
    follow_up["kind"] = json!("in_shop");
    follow_up["service_id"] = service["id"].clone();
    follow_up["consultation_id"] = visits[1].id();
    shop.owner.post("/api/v1/appointments", &follow_up).await.expect(201);
    (shop, visits)
}

/// The link is closed by now; the consent was given while it was open.
async fn agreed_then(app: &TestApp, booked: &Booked) {
    use web::consents::{Answer, CURRENT, ConsentKind, record};
    let id: Uuid = booked.id().parse().unwrap();
    let row = web::appointments::table::Entity::find_by_id(id);
    let row = row.one(&app.state.database).await.unwrap().unwrap();
    let answer = Answer {
        kind: ConsentKind::Snapshots,
        granted: true,
        version: CURRENT.to_owned(),
        language: web::language::Language::Zh,
    };
    let write = app.state.database.write().await.unwrap();
    let at = row.starts_at;
    record(&app.state, &write, &row, answer, at).await.unwrap();
    write.commit().await.unwrap();
}

async fn capture(app: &TestApp, shop: &Shop, booked: &Booked) -> Uuid {
    let capture = Capture {
        id: Uuid::new_v4(),
        appointment: booked.id().parse().unwrap(),
        target: uuid(&shop.customer["id"]),
        by: uuid(&shop.stylist.staff["id"]),
        at: app.state.clock.now(),
        call_time_ms: 0,
    };
    begin_capture(&app.state, capture).await.unwrap();
    capture.id
}

fn items(page: &Value) -> impl Iterator<Item = &Value> {
    page["items"].as_array().unwrap().iter()
}
