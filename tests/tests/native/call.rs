//! Two native participants through the whole app: link, waiting room, admission, media.

use serde_json::{Value, json};
use tests::app::{Backend, TestApp};
use tests::native::{MediaKind, Peer, Socket, opus_frames, vp8_key_frame, vp8_packets};
use tests::persona::Persona;
use tests::shop::{Booked, Shop};

/// A participant with both its socket and its transport.
struct Participant {
    socket: Socket,
    peer: Peer,
    joined: Value,
}

impl Participant {
    async fn stylist(stylist: &Persona, booked: &Booked) -> Self {
        let mut peer = Peer::new(1).await;
        let offer = json!({ "offer": peer.offer().await });
        let mut socket = Socket::open(stylist).await;
        socket.join_appointment(booked.id(), offer).await;
        Self::connected(socket, peer).await
    }

    async fn customer(customer: &Persona) -> Self {
        let mut peer = Peer::new(1).await;
        let offer = json!({ "offer": peer.offer().await });
        let mut socket = Socket::open(customer).await;
        socket.join_by_link(customer.link().unwrap(), offer).await;
        Self::connected(socket, peer).await
    }

    async fn connected(mut socket: Socket, mut peer: Peer) -> Self {
        let joined = socket.expect("joined").await;
        peer.accept(joined["answer"].as_str().expect("an offer is answered")).await;
        peer.connected().await;
        Self { socket, peer, joined }
    }

    fn id(&self) -> &Value {
        &self.joined["you"]["id"]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_waits_is_let_in_and_both_hear_and_see_each_other() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app).await;
    let booked = shop.book(&app).await;
    booked.consent(true).await;

    let mut stylist = Participant::stylist(&shop.stylist, &booked).await;
    assert_eq!(stylist.joined["you"]["place"], "call");
    let mut customer = Participant::customer(&booked.customer).await;
    assert_eq!(customer.joined["you"]["place"], "lobby");
    assert_eq!(customer.joined["waiting"]["ahead"], 0);

    let seen = stylist.socket.expect("participant").await;
    assert_eq!((&seen["place"], &seen["id"]), (&json!("lobby"), customer.id()));
    assert_eq!(seen["may_be_captured"], true);
    stylist.socket.send(&json!({ "type": "admit", "participant": customer.id() })).await;
    assert_eq!(customer.socket.expect("placed").await["place"], "call");

    both_ways(&mut stylist.peer, &mut customer.peer).await;
    stylist.socket.send(&json!({ "type": "end" })).await;
    assert_eq!(customer.socket.expect("ended").await["reason"], "ended");
    app.stop().await;
}

async fn both_ways(stylist: &mut Peer, customer: &mut Peer) {
    let sound = opus_frames(440.0, 5);
    let picture = vp8_packets(&vp8_key_frame(640, 360, 2000, 9), 1100);
    for n in 0..2 {
        let (from, to) =
            if n == 0 { (&*stylist, &mut *customer) } else { (&*customer, &mut *stylist) };
        for (at, frame) in sound.iter().enumerate() {
            from.send_audio(frame.clone(), at as u32 * 960).await;
            assert_eq!(to.receive(MediaKind::Audio).await.payload, frame);
        }
        for (at, packet) in picture.iter().enumerate() {
            from.send_video(packet.clone(), 0, at + 1 == picture.len()).await;
            assert_eq!(to.receive(MediaKind::Video).await.payload, packet);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_cannot_be_answered_is_refused_in_words_and_the_socket_lives_on() {
    let app = TestApp::start(Backend::Sqlite).await;
    let shop = Shop::open(&app).await;
    let booked = shop.book(&app).await;
    let mut socket = Socket::open(&shop.stylist).await;
    socket.join_appointment(booked.id(), json!({})).await;
    socket.expect("joined").await;
    for sdp in ["v=0\r\n", "not SDP at all", NO_MEDIA] {
        socket.send(&json!({ "type": "offer", "sdp": sdp, "seq": 7 })).await;
        let error = socket.expect("error").await;
        assert_eq!((&error["code"], &error["re"]), (&json!("unsupported_media"), &json!(7)));
    }
    socket.send(&json!({ "type": "ping" })).await;
    socket.expect("pong").await;
    app.stop().await;
}

const NO_MEDIA: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
