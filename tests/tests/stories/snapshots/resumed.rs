//! What a kill, a cut network or a full disk leave behind is taken up again.

use std::time::Duration;

use serde_json::json;
use tests::on_both_databases;

use super::begun::{
    Consultation, announce, announcement, bring, files, offset, piece, place, png, upload,
};

on_both_databases! {
    async fn a_kill_after_the_last_byte_is_mended_by_asking_again(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let camera = announcement("camera", &bytes, 64, 48);
        let begun = announce(customer, capture, &camera).await.expect(201).json();
        // The last piece was on the disk when the server was killed; the picture was not stored.
        let part = format!("{}.part", begun["upload_id"].as_str().unwrap());
        std::fs::write(app.state.settings.data.join("uploads").join(part), &bytes).unwrap();
        let again = announce(customer, capture, &camera).await.expect(200).json();
        assert_eq!(again["offset"], bytes.len());
        let stored = piece(customer, &again, bytes.len(), &[]).await.expect(201).json();
        assert_eq!(stored["state"], "stored");
    }

    async fn bytes_that_a_power_cut_spoiled_are_sent_anew(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let camera = announcement("camera", &bytes, 64, 48);
        let begun = announce(customer, capture, &camera).await.expect(201).json();
        let part = format!("{}.part", begun["upload_id"].as_str().unwrap());
        std::fs::write(app.state.settings.data.join("uploads").join(part), vec![0; 100]).unwrap();
        let spoiled = piece(customer, &begun, 100, &bytes[100..]).await.expect(409);
        assert_eq!((spoiled.code(), offset(&spoiled)), ("checksum_mismatch".to_owned(), 0));
        piece(customer, &begun, 0, &bytes).await.expect(201);
    }

    async fn a_full_disk_is_told_and_the_upload_goes_on_later(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let camera = announcement("camera", &bytes, 64, 48);
        let begun = announce(customer, capture, &camera).await.expect(201).json();
        let part = format!("{}.part", begun["upload_id"].as_str().unwrap());
        let part = app.state.settings.data.join("uploads").join(part);
        std::os::unix::fs::symlink("/dev/full", &part).unwrap();
        let full = piece(customer, &begun, 0, &bytes).await.expect(507);
        assert_eq!(full.code(), "storage_full");
        std::fs::remove_file(&part).unwrap();
        piece(customer, &begun, 0, &bytes).await.expect(201);
    }

    async fn a_store_that_is_away_keeps_the_upload_until_it_is_back(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let in_the_way = app.state.settings.data.join("blobs").join("sha256");
        std::fs::write(&in_the_way, b"no folder").unwrap();
        let away = upload(customer, capture, "camera", &bytes).await.expect(503);
        assert_eq!(away.code(), "storage_unavailable");
        std::fs::remove_file(in_the_way).unwrap();
        let camera = announcement("camera", &bytes, 64, 48);
        let again = announce(customer, capture, &camera).await.expect(200).json();
        assert_eq!(again["offset"], bytes.len());
        piece(customer, &again, bytes.len(), &[]).await.expect(201);
    }

    async fn what_arrived_of_a_broken_off_piece_is_kept(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let customer = &consultation.booked.customer;
        let bytes = png(640, 480);
        let camera = announcement("camera", &bytes, 640, 480);
        for comes_with_the_announcement in [false, true] {
            let capture = consultation.capture(&app).await;
            let piece_of = if comes_with_the_announcement {
                format!("PUT {}", place(capture, &camera))
            } else {
                let begun = announce(customer, capture, &camera).await.expect(201).json();
                format!("PATCH /api/v1/uploads/{}", begun["upload_id"].as_str().unwrap())
            };
            let link = customer.link().unwrap();
            break_off(app.url(), link, &piece_of, &bytes[..1000], bytes.len()).await;
            let mut begun = json!({});
            for _ in 0..100 {
                begun = announce(customer, capture, &camera).await.json();
                if begun["offset"] == 1000 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            assert_eq!(begun["offset"], 1000, "{piece_of}");
            piece(customer, &begun, 1000, &bytes[1000..]).await.expect(201);
        }
    }

    async fn of_many_who_send_the_same_upload_at_once_all_end_with_one_picture(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let (customer, bytes) = (&consultation.booked.customer, png(64, 48));
        let camera = announcement("camera", &bytes, 64, 48);
        let many = (0..8).map(|_| announce(customer, capture, &camera));
        let begun = futures_util::future::join_all(many).await;
        let uploads: Vec<_> = begun.iter().map(|reply| reply.json()["upload_id"].clone()).collect();
        assert!(uploads.iter().all(|id| *id == uploads[0]), "{uploads:?}");
        let upload = begun[0].json();
        let many = (0..8).map(|_| piece(customer, &upload, 0, &bytes));
        let sent = futures_util::future::join_all(many).await;
        assert!(sent.iter().all(|reply| [201, 409].contains(&reply.status)), "{sent:?}");
        piece(customer, &upload, bytes.len(), &[]).await.expect(201);
        assert_eq!(files(&app, "blobs").len(), 2);
        assert_eq!(consultation.snapshot(capture).await["state"], "stored");
    }

    async fn of_many_who_bring_pictures_at_once_all_hear_of_the_one_that_is_kept(app: TestApp) {
        let consultation = Consultation::with_consent(&app).await;
        let capture = consultation.capture(&app).await;
        let customer = &consultation.booked.customer;
        let pictures = [png(64, 48), png(65, 48)];
        let many = (0..8).map(|n| {
            let bytes = &pictures[n % 2];
            let camera = announcement("camera", bytes, 64, 48);
            async move { bring(customer, capture, &camera, bytes).await }
        });
        let brought = futures_util::future::join_all(many).await;
        let width = consultation.snapshot(capture).await["picture"]["width"].clone();
        for (n, reply) in brought.iter().enumerate() {
            let is_kept = width == 64 + n as u64 % 2;
            assert_eq!(reply.status, if is_kept { 201 } else { 422 }, "{width} {n}: {reply:?}");
        }
    }
}

/// Promises `promised` bytes, sends `sent`, and is gone.
async fn break_off(url: &str, link: &str, piece_of: &str, sent: &[u8], promised: usize) {
    use tokio::io::AsyncWriteExt;
    let host = url.strip_prefix("http://").unwrap();
    let mut socket = tokio::net::TcpStream::connect(host).await.unwrap();
    let head = format!(
        "{piece_of} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Link {link}\r\n\
         Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n\
         Content-Length: {promised}\r\n\r\n",
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(sent).await.unwrap();
    socket.flush().await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(socket);
}
