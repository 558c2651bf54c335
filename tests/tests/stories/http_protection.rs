//! What every request meets: other sites, sizes, unknown paths, and the headers of each answer.

use http::Method;
use serde_json::json;
use tests::app::{Backend, PASSWORD, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn another_site_cannot_act_in_a_staff_member_s_name() {
    let app = TestApp::start(Backend::Sqlite).await;
    let owner = app.owner().await;
    let body = json!({ "name": "Eve", "email": "eve@shop.example", "role": "owner",
        "language": "en", "password": PASSWORD });
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request = owner.request(Method::POST, "/api/v1/staff").header(name, value);
        let refused = owner.send(request.json(&body)).await.expect(403);
        assert_eq!(refused.code(), "cross_origin");
    }
    let origin = app.url().to_owned();
    let request = owner.request(Method::POST, "/api/v1/staff").header("origin", origin);
    owner.send(request.json(&body)).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_cannot_open_a_socket() {
    let app = TestApp::start(Backend::Sqlite).await;
    let owner = app.owner().await;
    let request = owner
        .request(Method::GET, "/api/v1/call")
        .header("origin", "https://evil.example")
        .header("connection", "upgrade")
        .header("upgrade", "websocket");
    assert_eq!(owner.send(request).await.expect(403).code(), "cross_origin");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_resources_and_methods_are_problems() {
    let app = TestApp::start(Backend::Sqlite).await;
    let stranger = app.stranger();
    assert_eq!(stranger.get("/api/v1/nonsense").await.expect(404).code(), "not_found");
    assert_eq!(stranger.get("/api").await.expect(404).code(), "not_found");
    let wrong = stranger.delete("/api/v1/staff").await.expect(405);
    assert_eq!(wrong.code(), "method_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_too_large_or_no_json_are_problems() {
    let app = TestApp::start(Backend::Sqlite).await;
    let stranger = app.stranger();
    let send = |kind: &'static str, body: Vec<u8>| {
        let request = stranger.request(Method::POST, "/api/v1/sessions");
        stranger.send(request.header("content-type", kind).body(body))
    };
    let large = send("application/json", vec![b' '; 300 * 1024]).await.expect(413);
    assert_eq!(large.code(), "too_large");
    assert_eq!(send("application/json", b"{".to_vec()).await.expect(400).code(), "malformed");
    let form = send("application/x-www-form-urlencoded", b"email=a".to_vec()).await.expect(415);
    assert_eq!(form.code(), "unsupported_media_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_protecting_headers() {
    let app = TestApp::start(Backend::Sqlite).await;
    for path in ["/", "/api/v1/health", "/api/v1/nonsense", "/assets/none.js"] {
        let headers = app.stranger().get(path).await.headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert!(headers.contains_key("x-request-id"), "{path}");
    }
    let private = app.stranger().get("/api/v1/sessions/current").await.headers;
    assert_eq!(private["cache-control"], "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_outside_the_client_are_out_of_reach() {
    let app = TestApp::start(Backend::Sqlite).await;
    for path in [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/..%2fpackage.json",
        "/assets/",
        "/.vite/manifest.json",
    ] {
        let reply = app.stranger().get(path).await;
        assert_eq!(reply.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_describes_itself() {
    let app = TestApp::start(Backend::Sqlite).await;
    let document = app.stranger().get("/api/v1/openapi.json").await.expect(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/sessions"]["post"].is_object());
    let health = app.stranger().get("/health").await.expect(200).json();
    assert_eq!(health["status"], "ok");
}
