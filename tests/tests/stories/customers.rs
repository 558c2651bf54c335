//! Customers and their pets: found as one types, changed in part, read by all staff.

use serde_json::{Value, json};
use tests::{on_both_databases, persona::Persona};

async fn add(staff: &Persona, name: &str, phone: &str) -> Value {
    let customer = json!({ "name": name, "phone": phone, "language": "zh" });
    staff.post("/api/v1/customers", &customer).await.expect(201).json()
}

async fn found(staff: &Persona, words: &str) -> Vec<String> {
    let encoded: String = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let page = staff.get(&format!("/api/v1/customers?q={encoded}")).await.expect(200).json();
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn a_customer_is_found_by_name_pet_or_number(app: TestApp) {
        let desk = app.front_desk().await;
        let owner = add(&desk, "王小美", "+86 138-0013-8000").await;
        add(&desk, "Ann 100%", "020 7946 0018").await;
        let pets = format!("/api/v1/customers/{}/pets", owner["id"].as_str().unwrap());
        let pet = json!({ "name": "Momo", "species": "dog", "breed": "贵宾", "born_on": "2021-06-01" });
        desk.post(&pets, &pet).await.expect(201);
        assert_eq!(found(&desk, "小美").await, ["王小美"]);
        assert_eq!(found(&desk, "MOMO").await, ["王小美"]);
        assert_eq!(found(&desk, "1380013").await, ["王小美"]);
        assert_eq!(found(&desk, "ann").await, ["Ann 100%"]);
        assert_eq!(found(&desk, "0%").await, ["Ann 100%"]);
        assert_eq!(found(&desk, "_").await, [""; 0]);
        assert_eq!(found(&desk, "").await.len(), 2);
        app.stop().await;
    }

    async fn only_what_is_named_changes(app: TestApp) {
        let desk = app.front_desk().await;
        let customer = add(&desk, "Li Lei", "13800000000").await;
        let path = format!("/api/v1/customers/{}", customer["id"].as_str().unwrap());
        desk.patch(&path, &json!({ "phone": "+86 139 0000 0000" })).await.expect(200);
        let pet = json!({ "name": "Coco", "species": "cat", "born_on": "2020-02-29" });
        let pet = desk.post(&format!("{path}/pets"), &pet).await.expect(201).json();
        let pet_path = format!("/api/v1/pets/{}", pet["id"].as_str().unwrap());
        desk.patch(&pet_path, &json!({ "breed": "ragdoll" })).await.expect(200);
        let file = desk.get(&path).await.expect(200).json();
        assert_eq!(file["name"], "Li Lei");
        assert_eq!(file["phone"], "+8613900000000");
        assert_eq!(file["pets"][0]["breed"], "ragdoll");
        assert_eq!(file["pets"][0]["born_on"], "2020-02-29");
        let forgotten = desk.patch(&pet_path, &json!({ "born_on": null })).await.expect(200).json();
        assert_eq!(forgotten["born_on"], Value::Null);
        app.stop().await;
    }

    async fn what_is_no_name_or_number_is_refused(app: TestApp) {
        let desk = app.front_desk().await;
        for (name, phone) in [("", "13800000000"), ("Li", "call me"), ("a\u{202e}b", "13800000000")] {
            let customer = json!({ "name": name, "phone": phone, "language": "en" });
            desk.post("/api/v1/customers", &customer).await.expect(422);
        }
        desk.get("/api/v1/customers/not-an-id").await.expect(404);
        assert_eq!(found(&desk, "").await, [""; 0]);
        app.stop().await;
    }
}
