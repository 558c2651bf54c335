//! A small shop to tell stories in: a stylist, a service, a customer, and what they book.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::persona::Persona;

pub struct Shop {
    pub owner: Persona,
    pub stylist: Persona,
    pub service: Value,
    pub customer: Value,
}

/// A booked video consultation, and the customer who holds its link.
pub struct Booked {
    pub appointment: Value,
    pub customer: Persona,
}

impl Shop {
    pub async fn open(app: &TestApp) -> Self {
        let owner = app.owner().await;
        let stylist = app.stylist().await;
        let service = json!({ "name": { "zh": "视频咨询", "en": "Video consultation" },
            "length_minutes": 20, "kind": "video" });
        let service = owner.post("/api/v1/services", &service).await.expect(201).json();
        let customer = json!({ "name": "Chen Yu", "phone": "+8613800000001",
            "language": "zh", "notes": "" });
        let customer = owner.post("/api/v1/customers", &customer).await.expect(201).json();
        Self { owner, stylist, service, customer }
    }

    /// What to post for an appointment that starts at this instant.
    pub fn appointment(&self, starts_at: DateTime<Utc>) -> Value {
        json!({
            "kind": "video",
            "service_id": self.service["id"],
            "stylist_id": self.stylist.staff["id"],
            "customer_id": self.customer["id"],
            "starts_at": starts_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        })
    }

    /// Books a consultation that starts in a few minutes, so that its link is open.
    pub async fn book(&self, app: &TestApp) -> Booked {
        self.book_at(app, now(app) + Duration::minutes(5)).await
    }

    pub async fn book_at(&self, app: &TestApp, starts_at: DateTime<Utc>) -> Booked {
        let appointment = self.appointment(starts_at);
        let appointment = self.owner.post("/api/v1/appointments", &appointment).await;
        let appointment = appointment.expect(201).json();
        let link = appointment["customer_link"].as_str().expect("a video consultation has a link");
        let customer = Persona::with_link(app.url(), link);
        Booked { appointment, customer }
    }
}

impl Booked {
    pub fn id(&self) -> &str {
        self.appointment["id"].as_str().unwrap()
    }

    /// The customer's word on snapshots, given as the join page gives it.
    pub async fn consent(&self, granted: bool) {
        let token = self.customer.link().unwrap();
        let link = self.customer.get(&format!("/api/v1/links/{token}")).await.expect(200).json();
        let version = &link["consent"]["version"];
        let consent = json!({ "kind": "snapshots", "granted": granted, "version": version,
            "language": "zh" });
        let path = format!("/api/v1/links/{token}/consents");
        self.customer.post(&path, &consent).await.expect(201);
    }
}

/// The application's time.
pub fn now(app: &TestApp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(app.state.clock.now().millis()).unwrap()
}
