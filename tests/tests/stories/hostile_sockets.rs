//! Whatever comes over the socket: a stable code in answer, and the call goes on.

use serde_json::json;
use tests::app::{Backend, TestApp};
use tests::native::Socket;
use tests::shop::{Booked, Shop};

struct Story {
    app: TestApp,
    shop: Shop,
    booked: Booked,
}

impl Story {
    async fn begin() -> Self {
        let app = TestApp::start(Backend::Sqlite).await;
        let shop = Shop::open(&app).await;
        let booked = shop.book(&app).await;
        Self { app, shop, booked }
    }

    async fn stylist_in_call(&self) -> Socket {
        let mut socket = Socket::open(&self.shop.stylist).await;
        socket.join_appointment(self.booked.id(), json!({})).await;
        socket.expect("joined").await;
        socket
    }

    async fn customer_waiting(&self) -> Socket {
        let mut socket = Socket::open(&self.booked.customer).await;
        socket.join_by_link(self.booked.customer.link().unwrap(), json!({})).await;
        socket.expect("joined").await;
        socket
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_unknown_and_forbidden_messages_get_a_code_and_the_call_goes_on() {
    let story = Story::begin().await;
    let mut stylist = story.stylist_in_call().await;
    let cases = [
        ("{", "malformed"),
        ("[]", "malformed"),
        (r#"{"type":"dance"}"#, "unknown_type"),
        (r#"{"type":"admit","participant":999}"#, "no_such_participant"),
        (r#"{"type":"join","version":1,"audio":true,"video":true}"#, "already_joined"),
    ];
    for (text, code) in cases {
        stylist.send_text(text).await;
        assert_eq!(stylist.expect("error").await["code"], code, "{text}");
    }
    let mut customer = story.customer_waiting().await;
    customer.send(&json!({ "type": "end", "seq": 3 })).await;
    let error = customer.expect("error").await;
    assert_eq!((&error["code"], &error["re"]), (&json!("forbidden"), &json!(3)));

    stylist.send(&json!({ "type": "ping" })).await;
    stylist.expect("pong").await;
    story.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_is_too_large_is_said_so_and_a_flood_of_nonsense_closes_the_socket() {
    let story = Story::begin().await;
    let mut large = story.stylist_in_call().await;
    large.send_text(&"x".repeat(65 * 1024)).await;
    assert_eq!(large.expect("error").await["code"], "too_large");

    let mut flood = story.customer_waiting().await;
    for _ in 0..2000 {
        flood.send_text("{").await;
    }
    let closed = flood.closed().await;
    assert!(closed.code.is_some_and(|code| code >= 4000), "{closed:?}");
    story.customer_waiting().await;
    story.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_speaks_before_joining_and_bytes_are_no_messages() {
    let story = Story::begin().await;
    let mut early = Socket::open(&story.app.stranger()).await;
    early.send(&json!({ "type": "admit", "participant": 1 })).await;
    assert_eq!(early.expect("error").await["code"], "not_joined");

    let mut bytes = Socket::open(&story.app.stranger()).await;
    bytes.send_bytes(vec![0xff; 64]).await;
    assert_eq!(bytes.expect("error").await["code"], "malformed");
    story.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_tampered_links_and_other_sites_are_refused_alike() {
    let story = Story::begin().await;
    let token = story.booked.customer.link().unwrap();
    let tampered = format!("{}x", &token[..token.len() - 1]);
    for link in ["", "x", &tampered, &token[..token.len() / 2]] {
        let mut socket = Socket::open(&story.app.stranger()).await;
        socket.join_by_link(link, json!({})).await;
        assert_eq!(socket.expect("error").await["code"], "link_invalid", "{link}");
    }
    let mut unsigned = Socket::open(&story.app.stranger()).await;
    unsigned.join_appointment(story.booked.id(), json!({})).await;
    assert_eq!(unsigned.expect("error").await["code"], "forbidden");

    let elsewhere = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let refused = Socket::try_open(&story.shop.stylist, &elsewhere).await;
    assert!(refused.is_err(), "another site may not open a socket in the stylist's name");
    story.app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capture_without_consent_is_refused() {
    let story = Story::begin().await;
    story.booked.consent(false).await;
    let mut stylist = story.stylist_in_call().await;
    story.customer_waiting().await;
    let target = stylist.expect("participant").await["id"].clone();
    let capture = json!({ "type": "capture", "id": uuid::Uuid::new_v4(), "target": target });
    stylist.send(&json!({ "type": "admit", "participant": target })).await;
    stylist.send(&capture).await;
    assert_eq!(stylist.expect("error").await["code"], "consent_missing");
    story.app.stop().await;
}
