//! What whoever runs the server sees of it, and how many it lets in at once.

use http::Method;
use tests::app::{Backend, TestApp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use web::clock::Clock;

const TOKEN: &str = "figures-for-prometheus";

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_for_whoever_has_the_token() {
    let app = TestApp::start_with(Backend::Sqlite, Clock::system(), |settings| {
        settings.metrics_token = Some(TOKEN.to_owned());
    })
    .await;
    let stranger = app.stranger();
    stranger.get("/metrics").await.expect(401);
    let ask = |token: &str| {
        let bearer = format!("Bearer {token}");
        stranger.send(stranger.request(Method::GET, "/metrics").header("authorization", bearer))
    };
    ask("figures-for-nobody").await.expect(401);
    let figures = String::from_utf8(ask(TOKEN).await.expect(200).body.to_vec()).unwrap();
    assert!(figures.lines().any(|line| line.starts_with("closeup_rooms{worker=\"0\"} ")));
    assert!(figures.ends_with("# EOF\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_in_the_settings_there_are_no_figures() {
    let app = TestApp::start(Backend::Sqlite).await;
    app.stranger().get("/metrics").await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_no_more_than_its_share_of_the_connections() {
    let app = TestApp::start_with(Backend::Sqlite, Clock::system(), |settings| {
        settings.connections_per_address = 8;
    })
    .await;
    let address = app.url().strip_prefix("http://").unwrap().to_owned();
    let mut held = JoinSet::new();
    for _ in 0..9 {
        let mut connection = TcpStream::connect(&address).await.unwrap();
        held.spawn(async move { connection.read(&mut [0; 16]).await });
    }
    // One of them is closed unanswered, and only one; once the others go, there is room again.
    assert!(matches!(held.join_next().await, Some(Ok(Ok(0) | Err(_)))));
    assert!(held.try_join_next().is_none());
    held.shutdown().await;
    while !is_answered(&address).await {
        tokio::task::yield_now().await;
    }
}

async fn is_answered(address: &str) -> bool {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let asked = connection.write_all(b"GET /health HTTP/1.1\r\nHost: closeup\r\n\r\n").await;
    let mut answer = [0; 12];
    asked.is_ok() && connection.read_exact(&mut answer).await.is_ok() && answer == *b"HTTP/1.1 200"
}
