//! The real application on a free port, with a data folder and a database of its own.

use std::net::IpAddr;
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::JoinHandle;
use web::accounts::{Email, NewStaff, Password, PersonName, Role};
use web::app::{App, AppState};
use web::clock::Clock;
use web::language::Language;
use web::settings::{DatabaseUrl, Settings};

use crate::persona::Persona;
use crate::postgres;

/// Which database a story runs on. Every story about what is kept runs on both:
/// see [`on_both_databases!`](crate::on_both_databases).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

pub struct TestApp {
    pub state: AppState,
    base: String,
    served: JoinHandle<anyhow::Result<()>>,
    _data: TempDir,
}

/// What all personas of the harness sign in with.
pub const PASSWORD: &str = "correct horse battery staple";

impl TestApp {
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, Clock::system(), |_| {}).await
    }

    /// With a clock that the story moves, or settings of its own.
    pub async fn start_with(
        backend: Backend,
        clock: Clock,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut settings = settings(backend, &data).await;
        change(&mut settings);
        let app = App::build_with(settings, clock).await.unwrap();
        let base = format!("http://{}", app.address().unwrap());
        let state = app.state().clone();
        let served = tokio::spawn(app.serve());
        Self { state, base, served, _data: data }
    }

    /// Where it is reached, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.base
    }

    /// Somebody who is not signed in and has no link.
    pub fn stranger(&self) -> Persona {
        Persona::stranger(&self.base)
    }

    pub async fn owner(&self) -> Persona {
        self.staff("Olive Owner", Role::Owner).await
    }

    pub async fn stylist(&self) -> Persona {
        self.staff("Stella Stylist", Role::Stylist).await
    }

    pub async fn front_desk(&self) -> Persona {
        self.staff("Fred Desk", Role::FrontDesk).await
    }

    /// Adds a staff member and signs in.
    pub async fn staff(&self, name: &str, role: Role) -> Persona {
        let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
        let new = NewStaff {
            name: PersonName::parse(name).unwrap(),
            email: Email::parse(&email).unwrap(),
            role,
            language: Language::En,
            password: Password::parse(PASSWORD).unwrap(),
        };
        let hash = self.state.passwords.hash(&new.password).await.unwrap();
        let write = self.state.database.write().await.unwrap();
        web::accounts::create(&write, new, hash, self.state.clock.now()).await.unwrap();
        write.commit().await.unwrap();
        Persona::signed_in(&self.base, &email, PASSWORD).await
    }

    /// Ends it as SIGTERM would, and returns once everything is closed.
    pub async fn stop(mut self) {
        self.state.tasks.stopping.cancel();
        let served = &mut self.served;
        tokio::time::timeout(Duration::from_secs(10), served)
            .await
            .expect("the application stops in time")
            .unwrap()
            .unwrap();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.state.tasks.stopping.cancel();
    }
}

async fn settings(backend: Backend, data: &TempDir) -> Settings {
    let loopback: IpAddr = [127, 0, 0, 1].into();
    let database = match backend {
        Backend::Sqlite => None,
        Backend::Postgres => Some(DatabaseUrl::Postgres(postgres::new_database().await)),
    };
    Settings {
        host: loopback,
        port: 0,
        media_port: 0,
        media_addresses: vec![loopback],
        media_workers: 1,
        data: data.path().to_owned(),
        database,
        empty: true,
        ..Settings::default()
    }
}

/// Runs one story on SQLite and on PostgreSQL:
///
/// ```ignore
/// on_both_databases! {
///     async fn a_second_booking_of_the_same_slot_is_refused(app: TestApp) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$note:meta])* async fn $name:ident($app:ident: TestApp) $story:block)+) => {$(
        $(#[$note])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story($app: $crate::app::TestApp) $story

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                story($crate::app::TestApp::start($crate::app::Backend::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgresql() {
                story($crate::app::TestApp::start($crate::app::Backend::Postgres).await).await;
            }
        }
    )+};
}
