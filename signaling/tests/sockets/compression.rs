//! Sockets whose messages are compressed, as browsers open them (RFC 7692).

use crate::client::Client;
use crate::shop::Shop;
use futures_util::SinkExt;
use serde_json::json;
use signaling::message::ServerMessage;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::io::InspectReader;
use yawc::{Frame, OpCode, Options, WebSocket};

const PATIENCE: Duration = Duration::from_secs(10);

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A socket that compresses, and how many bytes came over it.
async fn connect(shop: &Shop) -> (WebSocket<Box<dyn Io>>, Arc<AtomicUsize>) {
    let heard = Arc::new(AtomicUsize::new(0));
    let (read, write) = TcpStream::connect(shop.address).await.unwrap().into_split();
    let counter = heard.clone();
    let read = InspectReader::new(read, move |bytes| {
        counter.fetch_add(bytes.len(), Ordering::Relaxed);
    });
    let io: Box<dyn Io> = Box::new(tokio::io::join(read, write));
    let url = format!("ws://{}/call", shop.address).parse().unwrap();
    let options = Options::default().with_balanced_compression();
    (WebSocket::handshake(url, io, options).await.unwrap(), heard)
}

async fn next(socket: &mut WebSocket<Box<dyn Io>>) -> yawc::Result<Frame> {
    timeout(PATIENCE, socket.next_frame()).await.expect("something to read in time")
}

#[tokio::test]
async fn long_messages_are_compressed_for_who_can_read_them() {
    let shop = Shop::open().await;
    let (mut socket, heard) = connect(&shop).await;
    let join = json!({"type": "join", "version": 1, "link": "customer:long", "audio": true, "video": true});
    socket.send(Frame::text(join.to_string())).await.unwrap();
    let frame = next(&mut socket).await.unwrap();
    let joined: ServerMessage = serde_json::from_slice(frame.payload()).unwrap();
    assert!(matches!(joined, ServerMessage::Joined(_)), "{joined:?}");
    let heard = heard.load(Ordering::Relaxed);
    assert!(frame.payload().len() > 200_000, "{}", frame.payload().len());
    assert!(heard < 20_000, "{heard} bytes came for {}", frame.payload().len());
}

#[tokio::test]
async fn what_swells_beyond_all_measure_is_closed_and_others_do_not_notice() {
    let shop = Shop::open().await;
    let (mut stylist, _) = Client::join(&shop, "stylist:Mei").await;
    let (mut hostile, _) = connect(&shop).await;
    // Some 30 kB on the wire.
    let _ = hostile.send(Frame::text("x".repeat(32 * 1024 * 1024))).await;
    loop {
        match next(&mut hostile).await {
            Ok(frame) if frame.opcode() != OpCode::Close => {}
            Ok(frame) => {
                assert_eq!(frame.close_code(), Some(yawc::close::CloseCode::Size));
                break;
            }
            Err(_) => break,
        }
    }
    stylist.say("{\"type\":\"ping\"}").await;
    stylist.hear(|message| matches!(message, ServerMessage::Pong {})).await;
}

/// Opens a socket by hand, says these bytes, and reads until the server is done.
async fn is_cut_off(shop: &Shop, offer: &str, bytes: &[u8]) -> bool {
    let mut stream = TcpStream::connect(shop.address).await.unwrap();
    let request = format!(
        "GET /call HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{offer}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // A reset is as good an end as any.
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    read.is_ok() && answer.starts_with(b"HTTP/1.1 101")
}

#[tokio::test]
async fn what_cannot_be_inflated_is_closed() {
    let shop = Shop::open().await;
    let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    // Text, said to be compressed, masked with zeros: no block of deflate begins with 7.
    let nonsense = [0xc1, 0x84, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
    assert!(is_cut_off(&shop, offer, &nonsense).await);
    assert!(is_cut_off(&shop, "", &nonsense).await, "nobody agreed on compression");
    let (mut stylist, _) = Client::join(&shop, "stylist:Mei").await;
    stylist.say("{\"type\":\"ping\"}").await;
    stylist.hear(|message| matches!(message, ServerMessage::Pong {})).await;
}
