//! One connection: its first message, then reading and writing until either side has enough.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::admission::AdmittedPlace;
use super::framing::{LONGEST, put_frame, take_frame};
use super::{Connection, Opened, TcpEvent, WRITE_QUEUE};
use crate::core::stun::addressed_fragment;

/// From connecting to the proof of whose it is.
const PROOF_WITHIN: Duration = Duration::from_secs(5);
/// A connectivity check is shorter (RFC 8489 §6.1 wants it within 576 bytes).
const LONGEST_FIRST: usize = 600;
/// Room for reading once it is somebody's.
const READ_SIZE: usize = 16 * 1024;
/// What is written in one call, more or less.
const WRITE_SIZE: usize = 16 * 1024;
/// The kernel's buffer. What waits in it is late already.
const KERNEL_BUFFER: usize = 128 * 1024;
const WRITE_WITHIN: Duration = Duration::from_secs(10);

pub(super) async fn converse(
    mut stream: TcpStream,
    connection: Connection,
    place: AdmittedPlace,
    events: mpsc::Sender<TcpEvent>,
) -> io::Result<()> {
    let (outgoing, mut queue) = mpsc::channel(WRITE_QUEUE);
    let proof = async {
        let (contents, rest) = first_message(&mut stream).await?;
        let opened = TcpEvent::Opened(Opened { connection, contents, outgoing });
        events.send(opened).await.ok()?;
        // The worker answers only whom it knows, and else drops the way back.
        let answer = queue.recv().await?;
        Some((rest, answer))
    };
    let Ok(Some((rest, answer))) = timeout(PROOF_WITHIN, proof).await else { return Ok(()) };
    place.proven();
    stream.set_nodelay(true)?;
    let _ = SockRef::from(&stream).set_send_buffer_size(KERNEL_BUFFER);
    let (reader, writer) = stream.into_split();
    let ended = tokio::select! {
        ended = read(reader, rest, connection, &events) => ended,
        ended = write(writer, answer, &mut queue) => ended,
    };
    let _ = events.send(TcpEvent::Closed(connection)).await;
    ended
}

/// A connectivity check that names somebody, and what came behind it. `None` for all else.
async fn first_message(stream: &mut TcpStream) -> Option<(Vec<u8>, BytesMut)> {
    // Nothing is kept for those that say nothing.
    stream.readable().await.ok()?;
    let mut bytes = BytesMut::with_capacity(LONGEST_FIRST);
    loop {
        if let Some(message) = take_frame(&mut bytes).ok()? {
            addressed_fragment(&message)?;
            return Some((message, bytes));
        }
        if bytes.len() >= LONGEST_FIRST || stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

async fn read(
    mut reader: OwnedReadHalf,
    mut bytes: BytesMut,
    connection: Connection,
    events: &mpsc::Sender<TcpEvent>,
) -> io::Result<()> {
    loop {
        while let Some(contents) =
            take_frame(&mut bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?
        {
            if events.send(TcpEvent::Message { connection, contents }).await.is_err() {
                return Ok(());
            }
        }
        bytes.reserve(READ_SIZE.max(LONGEST));
        if reader.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    }
}

async fn write(
    mut writer: OwnedWriteHalf,
    first: Vec<u8>,
    queue: &mut mpsc::Receiver<Vec<u8>>,
) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(WRITE_SIZE);
    let mut next = Some(first);
    while let Some(datagram) = next {
        bytes.clear();
        put_frame(&mut bytes, &datagram);
        while bytes.len() < WRITE_SIZE
            && let Ok(datagram) = queue.try_recv()
        {
            put_frame(&mut bytes, &datagram);
        }
        timeout(WRITE_WITHIN, writer.write_all(&bytes)).await??;
        next = queue.recv().await;
    }
    writer.shutdown().await
}
