//! The demo shop: whoever starts the server for the first time finds something to try out.

use tests::{
    app::{Backend, TestApp},
    persona::Persona,
};
use web::clock::Clock;

async fn demo_shop(backend: Backend) -> TestApp {
    TestApp::start_with(backend, Clock::system(), |settings| settings.empty = false).await
}

async fn everything_in_it_works(app: TestApp) {
    let demo = web::demo::prepare(&app.state).await.unwrap();
    let mut roles: Vec<_> = demo.staff.iter().map(|member| member.role.as_str()).collect();
    roles.sort_unstable();
    assert_eq!(roles, ["front_desk", "owner", "stylist", "stylist"]);
    let mut staff = None;
    for member in &demo.staff {
        staff = Some(Persona::signed_in(app.url(), &member.email, &member.password).await);
    }
    let staff = staff.unwrap();
    let customers = staff.get("/api/v1/customers").await.expect(200).json();
    let customers = customers["items"].as_array().unwrap().clone();
    assert_eq!(customers.len(), 12);
    let owners = customers.iter().filter(|one| !one["pets"].as_array().unwrap().is_empty());
    assert_eq!(owners.count(), 2);
    let link = demo.appointments[0].customer_link.as_deref().unwrap();
    let token = link.rsplit('/').next().unwrap();
    let shown = app.stranger().get(&format!("/api/v1/links/{token}")).await.expect(200).json();
    assert_eq!(shown["state"], "open");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_in_the_demo_shop_works_on_sqlite() {
    everything_in_it_works(demo_shop(Backend::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_in_the_demo_shop_works_on_postgresql() {
    everything_in_it_works(demo_shop(Backend::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_shop_stays_empty() {
    let app = TestApp::start(Backend::Sqlite).await;
    let demo = web::demo::prepare(&app.state).await.unwrap();
    assert!(demo.staff.is_empty() && demo.appointments.is_empty());
    app.stop().await;
}
