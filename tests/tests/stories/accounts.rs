//! Signing in, and what it takes.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tests::app::{Backend, PASSWORD, TestApp};
use tests::on_both_databases;
use tests::persona::Persona;
use web::clock::{Clock, Timestamp};

const SESSIONS: &str = "/api/v1/sessions";
const CURRENT: &str = "/api/v1/sessions/current";

fn form(email: &Value, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

fn new_colleague() -> Value {
    json!({ "name": "李美", "email": "Mei@Shop.Example", "role": "stylist", "language": "zh",
        "password": PASSWORD })
}

on_both_databases! {
    async fn an_owner_adds_a_colleague_who_can_sign_in(app: TestApp) {
        let owner = app.owner().await;
        let added = owner.post("/api/v1/staff", &new_colleague()).await.expect(201).json();
        assert_eq!(added["email"], "mei@shop.example");
        assert_eq!(added.get("password_hash"), None);
        let mei = Persona::signed_in(app.url(), "mei@shop.example", PASSWORD).await;
        let session = mei.get(CURRENT).await.expect(200).json();
        assert_eq!(session["staff"]["id"], added["id"]);
        assert_eq!(session["shop"]["name"], "Closeup");
    }

    async fn a_second_colleague_with_the_same_address_is_refused(app: TestApp) {
        let owner = app.owner().await;
        owner.post("/api/v1/staff", &new_colleague()).await.expect(201);
        let again = owner.post("/api/v1/staff", &new_colleague()).await.expect(409);
        assert_eq!(again.code(), "email_taken");
    }

    async fn only_owners_add_staff(app: TestApp) {
        for persona in [app.stylist().await, app.front_desk().await] {
            let refused = persona.post("/api/v1/staff", &new_colleague()).await.expect(403);
            assert_eq!(refused.code(), "forbidden");
        }
        app.stranger().post("/api/v1/staff", &new_colleague()).await.expect(401);
    }

    async fn signing_out_ends_the_session_for_good(app: TestApp) {
        let stylist = app.stylist().await;
        let cookie = stylist.cookie().unwrap().to_owned();
        stylist.delete(CURRENT).await.expect(204);
        let stolen = app.stranger();
        let request = stolen.request(Method::GET, CURRENT).header("cookie", cookie);
        assert_eq!(stolen.send(request).await.expect(401).code(), "signed_out");
    }

    async fn a_wrong_password_and_an_unknown_address_look_the_same(app: TestApp) {
        let stylist = app.stylist().await;
        let wrong = form(&stylist.staff["email"], "not the password");
        let unknown = form(&json!("nobody@example.com"), "not the password");
        let no_address = form(&json!("nobody"), "not the password");
        let replies = [wrong, unknown, no_address].map(|form| {
            let stranger = app.stranger();
            async move { stranger.post(SESSIONS, &form).await.expect(401).json() }
        });
        let [wrong, unknown, no_address] = replies;
        let wrong = wrong.await;
        assert_eq!(wrong["code"], "wrong_credentials");
        assert_eq!(wrong, unknown.await);
        assert_eq!(wrong, no_address.await);
    }

    async fn the_staff_list_comes_in_pages_and_by_role(app: TestApp) {
        let owner = app.owner().await;
        for name in ["Zoe", "Ann", "Bo"] {
            app.staff(name, web::accounts::Role::Stylist).await;
        }
        let first = owner.get("/api/v1/staff?role=stylist&limit=2").await.expect(200).json();
        assert_eq!(names(&first), ["Ann", "Bo"]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let path = format!("/api/v1/staff?role=stylist&limit=2&cursor={cursor}");
        let second = owner.get(&path).await.expect(200).json();
        assert_eq!(names(&second), ["Zoe"]);
        assert_eq!(second["next_cursor"], Value::Null);
        let everyone = owner.get("/api/v1/staff").await.expect(200).json();
        assert_eq!(everyone["items"].as_array().unwrap().len(), 4);
    }

    async fn a_repeated_creation_gets_the_first_answer_again(app: TestApp) {
        let owner = app.owner().await;
        let create = |body: Value| {
            let request = owner.request(Method::POST, "/api/v1/staff").json(&body);
            owner.send(request.header("idempotency-key", "one-click"))
        };
        let together = tokio::join!(create(new_colleague()), create(new_colleague()));
        let (first, second) = (together.0.expect(201).json(), together.1.expect(201).json());
        assert_eq!(first, second);
        let mut other = new_colleague();
        other["email"] = json!("other@shop.example");
        assert_eq!(create(other).await.expect(422).code(), "idempotency_key_reused");
        let everyone = owner.get("/api/v1/staff").await.expect(200).json();
        assert_eq!(everyone["items"].as_array().unwrap().len(), 2);
    }

    async fn what_does_not_fit_is_refused_by_field(app: TestApp) {
        let owner = app.owner().await;
        for (field, value) in [
            ("email", json!("mei")),
            ("name", json!("")),
            ("password", json!("short")),
            ("role", json!("king")),
        ] {
            let mut body = new_colleague();
            body[field] = value;
            let refused = owner.post("/api/v1/staff", &body).await.expect(422);
            assert_eq!(refused.code(), "invalid");
            assert_eq!(refused.json()["field"], field, "{}", refused.json());
        }
    }
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_stopped_per_address_and_allowed_again_later() {
    let clock = Clock::manual(Timestamp::from_millis(1_800_000_000_000));
    let app = TestApp::start_with(Backend::Sqlite, clock.clone(), |_| {}).await;
    let stylist = app.stylist().await;
    let wrong = form(&stylist.staff["email"], "not the password");
    let right = form(&stylist.staff["email"], PASSWORD);
    let guesses = (0..14).map(|_| {
        let (stranger, wrong) = (app.stranger(), wrong.clone());
        tokio::spawn(async move { stranger.post(SESSIONS, &wrong).await.status })
    });
    let mut looked_at = 0;
    for guess in guesses.collect::<Vec<_>>() {
        looked_at += usize::from(guess.await.unwrap() == 401);
    }
    assert_eq!(looked_at, 10);
    let stopped = app.stranger().post(SESSIONS, &right).await.expect(429);
    assert_eq!(stopped.code(), "too_many_attempts");
    assert!(stopped.headers.contains_key("retry-after"));
    clock.advance(Duration::from_secs(15 * 60));
    app.stranger().post(SESSIONS, &right).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lives_as_long_as_it_is_used() {
    let clock = Clock::manual(Timestamp::from_millis(1_800_000_000_000));
    let app = TestApp::start_with(Backend::Sqlite, clock.clone(), |_| {}).await;
    let stylist = app.stylist().await;
    for _ in 0..3 {
        clock.advance(Duration::from_secs(10 * 86_400));
        stylist.get(CURRENT).await.expect(200);
    }
    clock.advance(Duration::from_secs(14 * 86_400 + 1));
    stylist.get(CURRENT).await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_s_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let https = |settings: &mut web::settings::Settings| {
        settings.public_url = Some("https://shop.example".to_owned());
    };
    for (app, secure) in [
        (TestApp::start(Backend::Sqlite).await, false),
        (TestApp::start_with(Backend::Sqlite, Clock::system(), https).await, true),
    ] {
        let stylist = app.stylist().await;
        let right = form(&stylist.staff["email"], PASSWORD);
        let reply = app.stranger().post(SESSIONS, &right).await.expect(201);
        let cookie = reply.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
    }
}
