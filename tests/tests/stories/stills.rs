//! Still pictures where a network carries no video, at the height of HTTP and of sockets: who may
//! bring and see them, and what is refused.

use std::io::Cursor;
use std::time::Duration;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::native::Socket;
use tests::on_both_databases;
use tests::persona::{Persona, Reply};
use tests::shop::{Booked, Shop};

/// Somebody in a call: their socket, their number, and the token of their seat.
struct Seat {
    socket: Socket,
    id: u64,
    token: String,
    call: String,
    /// Without session or link: the token alone has to do.
    http: Persona,
}

impl Seat {
    async fn of(app: &TestApp, mut socket: Socket) -> Self {
        let joined = socket.next().await.unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            id: joined["you"]["id"].as_u64().unwrap(),
            token: text(&joined["resume"]),
            call: text(&joined["call"]["id"]),
            http: app.stranger(),
            socket,
        }
    }

    fn request(&self, method: http::Method, of: u64) -> reqwest::RequestBuilder {
        let path = format!("/api/v1/calls/{}/stills/{of}", self.call);
        let authorization = format!("Seat {}", self.token);
        self.http.request(method, &path).header("authorization", authorization)
    }

    async fn bring(&self, of: u64, picture: impl Into<reqwest::Body>) -> Reply {
        self.http.send(self.request(http::Method::PUT, of).body(picture)).await
    }

    async fn look(&self, of: u64) -> Reply {
        self.http.send(self.request(http::Method::GET, of)).await
    }

    async fn say(&mut self, message: Value) {
        self.socket.send(&message).await;
    }
}

/// A stylist and an admitted customer, without media.
async fn call(app: &TestApp) -> (Shop, Booked, Seat, Seat) {
    let shop = Shop::open(app).await;
    let booked = shop.book(app).await;
    let customer = arrive(app, &booked).await;
    let mut socket = Socket::open(&shop.stylist).await;
    socket.join_appointment(booked.id(), json!({})).await;
    let mut stylist = Seat::of(app, socket).await;
    stylist.say(json!({ "type": "admit", "participant": customer.id })).await;
    let mut customer = customer;
    customer.socket.expect("placed").await;
    (shop, booked, stylist, customer)
}

async fn arrive(app: &TestApp, booked: &Booked) -> Seat {
    let mut socket = Socket::open(&booked.customer).await;
    socket.join_by_link(booked.customer.link().unwrap(), json!({})).await;
    Seat::of(app, socket).await
}

/// The stylist's network carries no video.
async fn lacks(stylist: &mut Seat, customer: &mut Seat) {
    stylist.say(json!({ "type": "lacking", "pictures": [customer.id] })).await;
    let wanted = customer.socket.expect("stills_wanted").await;
    assert_eq!(wanted["by"], json!([stylist.id]));
}

fn encoded(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let face = RgbImage::from_fn(width, height, |x, y| Rgb([200, (x / 8) as u8, (y / 8) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(face).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The JPEG with what phones write into it: here, a comment and an Exif segment.
fn with_place(jpeg: &[u8]) -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        [&[0xFF, marker][..], &(content.len() as u16 + 2).to_be_bytes(), content].concat()
    };
    let exif = segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0");
    [&jpeg[..2], &exif, &segment(0xFE, b"31.2304 N, 121.4737 E"), &jpeg[2..]].concat()
}

/// Who was refused has to wait for longer than who was not.
async fn after_a_rest() {
    tokio::time::sleep(Duration::from_millis(2_100)).await;
}

on_both_databases! {
    async fn the_stylist_sees_stills_of_the_customer_and_no_others_see_them(app: TestApp) {
        let (_shop, booked, mut stylist, mut customer) = call(&app).await;
        let still = encoded(ImageFormat::Jpeg, 640, 360);
        let (mei, li_na) = (stylist.id, customer.id);
        assert_eq!(customer.bring(li_na, still.clone()).await.expect(409).code(), "still_unwanted");
        assert_eq!(stylist.look(li_na).await.expect(404).code(), "not_found");

        lacks(&mut stylist, &mut customer).await;
        customer.bring(li_na, still.clone()).await.expect(204);
        let news = stylist.socket.expect("still").await;
        assert_eq!(news["participant"], json!(li_na));
        assert!(news["age_ms"].as_u64().unwrap() < 1_000, "{news}");
        let seen = stylist.look(li_na).await.expect(200);
        assert_eq!(seen.headers["content-type"], "image/jpeg");
        assert_eq!(seen.headers["cache-control"], "no-store");
        assert_eq!(seen.body, still);

        // The same link, opened by somebody who still waits; nobody; a forged seat.
        let mut forwarded = arrive(&app, &booked).await;
        assert_eq!(forwarded.look(li_na).await.expect(403).code(), "forbidden");
        assert_eq!(forwarded.bring(forwarded.id, still.clone()).await.expect(403).code(), "forbidden");
        let path = format!("/api/v1/calls/{}/stills/{li_na}", stylist.call);
        for who in [&app.stranger(), &booked.customer, &app.stylist().await] {
            assert_eq!(who.get(&path).await.expect(401).code(), "no_seat");
        }
        forwarded.token = "AAAA".repeat(11);
        assert_eq!(forwarded.look(li_na).await.expect(401).code(), "no_seat");
        let of_another_call = Seat { call: uuid::Uuid::new_v4().to_string(), ..forwarded };
        assert_eq!(of_another_call.look(li_na).await.expect(401).code(), "no_seat");
        assert_eq!(stylist.bring(li_na, still.clone()).await.expect(403).code(), "forbidden");
        assert_eq!(customer.look(mei).await.expect(404).code(), "not_found");
    }

    async fn a_camera_that_is_turned_off_is_not_seen_in_the_still_from_before(app: TestApp) {
        let (_shop, _booked, mut stylist, mut customer) = call(&app).await;
        lacks(&mut stylist, &mut customer).await;
        let (still, of) = (encoded(ImageFormat::Jpeg, 320, 240), customer.id);
        customer.bring(of, still.clone()).await.expect(204);
        stylist.look(of).await.expect(200);
        customer.say(json!({ "type": "mute", "audio": true, "video": false })).await;
        assert_eq!(customer.socket.expect("stills_wanted").await["by"], json!([]));
        assert_eq!(stylist.look(of).await.expect(404).code(), "not_found");
        assert_eq!(customer.bring(of, still).await.expect(409).code(), "camera_off");
    }

    async fn a_still_ends_with_the_call(app: TestApp) {
        let (_shop, _booked, mut stylist, mut customer) = call(&app).await;
        lacks(&mut stylist, &mut customer).await;
        customer.bring(customer.id, encoded(ImageFormat::WebP, 320, 240)).await.expect(204);
        let seen = stylist.look(customer.id).await.expect(200);
        assert_eq!(seen.headers["content-type"], "image/webp");
        stylist.say(json!({ "type": "end" })).await;
        customer.socket.expect("ended").await;
        assert_eq!(stylist.look(customer.id).await.expect(401).code(), "no_seat");
    }

    async fn what_is_no_small_picture_is_refused(app: TestApp) {
        let (_shop, _booked, mut stylist, mut customer) = call(&app).await;
        lacks(&mut stylist, &mut customer).await;
        let of = customer.id;
        let png = encoded(ImageFormat::Png, 64, 64);
        let whole = encoded(ImageFormat::Jpeg, 320, 240);
        let cut = whole[..whole.len() / 2].to_vec();
        let hostile: [(Vec<u8>, u16, &str); 6] = [
            (b"<svg onload=alert(1)>".to_vec(), 415, "picture_type_unsupported"),
            (png, 415, "picture_type_unsupported"),
            (Vec::new(), 415, "picture_type_unsupported"),
            (cut, 422, "picture_truncated"),
            (encoded(ImageFormat::Jpeg, 1_288, 8), 422, "picture_too_many_pixels"),
            (vec![0xFF; (64 << 10) + 1], 413, "still_too_large"),
        ];
        for (bytes, status, code) in hostile {
            assert_eq!(customer.bring(of, bytes).await.expect(status).code(), code);
        }
        assert_eq!(stylist.look(of).await.expect(404).code(), "not_found");
        let tagged = with_place(&whole);
        customer.bring(of, tagged.clone()).await.expect(204);
        let seen = stylist.look(of).await.expect(200).body;
        assert_eq!(seen, whole, "where it was taken, and with what, is nobody's business");
    }

    async fn stills_come_no_faster_than_they_are_looked_at(app: TestApp) {
        let (_shop, _booked, mut stylist, mut customer) = call(&app).await;
        lacks(&mut stylist, &mut customer).await;
        let (still, of) = (encoded(ImageFormat::Jpeg, 320, 240), customer.id);
        for _ in 0..4 {
            customer.bring(of, still.clone()).await.expect(204);
        }
        let refused = customer.bring(of, still.clone()).await.expect(429);
        assert_eq!(refused.headers["retry-after"], "1");
        assert_eq!(refused.code(), "rate_limited");
        after_a_rest().await;
        customer.bring(of, still).await.expect(204);
    }
}
