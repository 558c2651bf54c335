//! The media server alone, with rooms as large as its second argument says: what the bench gives a
//! crowd of viewers to. Prints where it listens; see `tests::load::bare` for what it is asked.

use std::collections::BTreeMap;
use std::net::IpAddr;

use anyhow::Context;
use sfu::{MediaConfig, MediaServer, ParticipantId, Place, RoomHandle};
use tests::load::bare::{Join, Joined};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Links the allocator that the whole server has.
#[used]
static MALLOC: unsafe extern "C" fn(usize) -> *mut std::ffi::c_void = libmimalloc_sys::mi_malloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().context("usage: media-server ADDRESS SEATS");
    let (address, seats): (IpAddr, usize) = (next()?.parse()?, next()?.parse()?);
    let server = MediaServer::start(MediaConfig {
        listen: address,
        port: 0,
        tcp: false,
        most_packets: 0,
        workers: std::thread::available_parallelism()?.get(),
        advertise: vec![address],
    })?;
    let listener = TcpListener::bind((address, 0)).await?;
    println!("{}", listener.local_addr()?);
    let (stream, _) = listener.accept().await?;
    serve(&server, seats, stream).await
}

async fn serve(server: &MediaServer, seats: usize, stream: TcpStream) -> anyhow::Result<()> {
    let mut rooms: BTreeMap<usize, RoomHandle> = BTreeMap::new();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    while let Some(line) = lines.next_line().await? {
        let Join { room, participant, offer } = serde_json::from_str(&line)?;
        let room = rooms.entry(room).or_insert_with(|| open(server, seats));
        let participant = ParticipantId(participant);
        let joined = match room.connect(participant, &offer).await {
            Ok(answer) => Joined::Answer(answer),
            Err(error) => Joined::Refused(error.to_string()),
        };
        room.place(participant, Place::Call);
        write.write_all(format!("{}\n", serde_json::to_string(&joined)?).as_bytes()).await?;
    }
    Ok(())
}

/// A room whose events nobody needs.
fn open(server: &MediaServer, seats: usize) -> RoomHandle {
    let (room, mut events) = server.open_room_of(seats);
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    room
}
