//! What the stories of this file have in common: a consultation in which a capture has begun, and a
//! picture to bring to it.

use std::io::Cursor;

use aws_lc_rs::digest::{SHA256, digest};
use http::Method;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::persona::{Persona, Reply};
use tests::shop::{Booked, Shop};
use uuid::Uuid;
use web::snapshots::{Capture, CaptureRefused, begin_capture};

/// A shop, and in it a consultation whose customer agreed to snapshots.
pub(crate) struct Consultation {
    pub(crate) shop: Shop,
    pub(crate) booked: Booked,
}

impl Consultation {
    pub(crate) async fn with_consent(app: &TestApp) -> Self {
        let shop = Shop::open(app).await;
        let booked = shop.book(app).await;
        booked.consent(true).await;
        Self { shop, booked }
    }

    /// As the call's gate does when the stylist presses the shutter.
    pub(crate) async fn capture(&self, app: &TestApp) -> Uuid {
        let id = Uuid::new_v4();
        self.try_capture(app, id).await.unwrap();
        id
    }

    pub(crate) async fn try_capture(&self, app: &TestApp, id: Uuid) -> Result<(), CaptureRefused> {
        let capture = Capture {
            id,
            appointment: self.booked.id().parse().unwrap(),
            target: uuid(&self.shop.customer["id"]),
            by: uuid(&self.shop.stylist.staff["id"]),
            at: app.state.clock.now(),
            call_time_ms: 61_500,
        };
        begin_capture(&app.state, capture).await
    }

    pub(crate) async fn snapshot(&self, id: Uuid) -> Value {
        self.shop.stylist.get(&format!("/api/v1/snapshots/{id}")).await.expect(200).json()
    }
}

pub(crate) fn uuid(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

/// Every pixel says where it is, so that none can be lost unnoticed.
pub(crate) fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([(x % 251) as u8, (y % 241) as u8, 128]))
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

pub(crate) fn announcement(source: &str, bytes: &[u8], width: u32, height: u32) -> Value {
    let digest = digest(&SHA256, bytes);
    let sha256: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "source": source, "content_type": "image/png", "size": bytes.len(),
        "sha256": sha256, "width": width, "height": height })
}

pub(crate) async fn announce(who: &Persona, capture: Uuid, announcement: &Value) -> Reply {
    who.post(&format!("/api/v1/captures/{capture}/uploads"), announcement).await
}

/// Where an announcement is brought to together with the first piece.
pub(crate) fn place(capture: Uuid, announcement: &Value) -> String {
    let members = announcement.as_object().unwrap().iter().map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={value}")
    });
    let query = members.collect::<Vec<_>>().join("&");
    format!("/api/v1/captures/{capture}/uploads?{query}")
}

/// With the first piece of it, or all.
pub(crate) async fn bring(
    who: &Persona,
    capture: Uuid,
    announcement: &Value,
    first: &[u8],
) -> Reply {
    let request = who
        .request(Method::PUT, &place(capture, announcement))
        .header("content-type", "application/offset+octet-stream")
        .body(first.to_vec());
    who.send(request).await
}

pub(crate) async fn piece(who: &Persona, upload: &Value, at: usize, bytes: &[u8]) -> Reply {
    let path = format!("/api/v1/uploads/{}", upload["upload_id"].as_str().unwrap());
    let request = who
        .request(Method::PATCH, &path)
        .header("upload-offset", at)
        .header("content-type", "application/offset+octet-stream")
        .body(bytes.to_vec());
    who.send(request).await
}

pub(crate) fn offset(reply: &Reply) -> usize {
    reply.headers["upload-offset"].to_str().unwrap().parse().unwrap()
}

/// All of it in one piece.
pub(crate) async fn upload(who: &Persona, capture: Uuid, source: &str, bytes: &[u8]) -> Reply {
    let upload = announce(who, capture, &announcement(source, bytes, 64, 48)).await;
    let upload = upload.expect(201).json();
    piece(who, &upload, 0, bytes).await
}

/// Every file in a folder of the application's data.
pub(crate) fn files(app: &TestApp, folder: &str) -> Vec<std::path::PathBuf> {
    fn walk(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(&app.state.settings.data.join(folder), &mut found);
    found
}

/// The kinds of what happened, in order.
pub(crate) async fn happened(app: &TestApp) -> Vec<String> {
    let events = app.state.outbox.read_after(0, 1000).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}
