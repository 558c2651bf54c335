//! The database is locked or away for a while: callers are told so, and everything works again by
//! itself once it is back.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use serde_json::json;
use tests::app::{Backend, PASSWORD, TestApp};
use tests::persona::Reply;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use web::clock::Clock;
use web::settings::DatabaseUrl;

const CURRENT: &str = "/api/v1/sessions/current";

fn assert_unavailable(reply: Reply) {
    let reply = reply.expect(503);
    assert_eq!(reply.code(), "database_unavailable");
    assert!(reply.headers.contains_key("retry-after"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_sqlite_file_holds_writers_up_but_not_readers() {
    let app = TestApp::start(Backend::Sqlite).await;
    let stylist = app.stylist().await;
    let form = json!({ "email": stylist.staff["email"], "password": PASSWORD });
    let path = app.state.settings.data.join("closeup.sqlite3");
    let url = format!("sqlite:{}", path.display());
    let other_program = sea_orm::Database::connect(url).await.unwrap();
    other_program.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();

    assert_unavailable(app.stranger().post("/api/v1/sessions", &form).await);
    stylist.get(CURRENT).await.expect(200);

    other_program.execute_unprepared("ROLLBACK").await.unwrap();
    app.stranger().post("/api/v1/sessions", &form).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_went_away_is_found_again() {
    let url = tests::postgres::new_database().await;
    let mut way = Way::to(&url).await;
    let through = way.url.clone();
    let app = TestApp::start_with(Backend::Sqlite, Clock::system(), move |settings| {
        settings.database = Some(DatabaseUrl::Postgres(through));
    })
    .await;
    let stylist = app.stylist().await;

    way.close().await;
    assert_unavailable(stylist.get(CURRENT).await);
    assert_eq!(app.stranger().get("/health").await.expect(503).json()["status"], "unavailable");

    way.reopen().await;
    let mut reply = stylist.get(CURRENT).await;
    for _ in 0..20 {
        if reply.status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        reply = stylist.get(CURRENT).await;
    }
    reply.expect(200);
}

/// The way to a server, which can be closed and opened again.
struct Way {
    url: String,
    port: u16,
    server: String,
    carrier: AbortHandle,
}

impl Way {
    async fn to(url: &str) -> Self {
        let (before, rest) = url.split_once('@').unwrap();
        let (server, name) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = format!("{before}@127.0.0.1:{port}/{name}");
        let carrier = tokio::spawn(carry(listener, server.to_owned())).abort_handle();
        Self { url, port, server: server.to_owned(), carrier }
    }

    async fn close(&mut self) {
        self.carrier.abort();
        while !self.carrier.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn reopen(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        self.carrier = tokio::spawn(carry(listener, self.server.clone())).abort_handle();
    }
}

/// Aborted, it drops the listener and every connection with it.
async fn carry(listener: TcpListener, server: String) {
    let mut connections = JoinSet::new();
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let server = server.clone();
        connections.spawn(async move {
            if let Ok(mut server) = TcpStream::connect(server).await {
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            }
        });
    }
}
