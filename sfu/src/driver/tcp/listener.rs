//! Takes connections, as many as there may be.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::admission::{Admission, AdmittedPlace, Limits};
use super::{Connection, TcpEvent, connection};

const BACKLOG: i32 = 256;
/// When the process has no file handles left, the next attempt waits a little.
const BREATHER: Duration = Duration::from_millis(100);

pub(crate) fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // Else a server that was restarted would wait for the connections of the one before it.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

pub(super) async fn accept_all(
    listener: TcpListener,
    limits: Limits,
    events: mpsc::Sender<TcpEvent>,
) {
    let admission = Admission::new(limits);
    loop {
        let Ok((stream, client)) = listener.accept().await else {
            tokio::time::sleep(BREATHER).await;
            continue;
        };
        if let Some(place) = admission.admit(client.ip().to_canonical()) {
            let number = place.number;
            let task = tokio::spawn(serve(stream, client, place, events.clone()));
            admission.note_task(number, task.abort_handle());
        }
    }
}

async fn serve(
    stream: TcpStream,
    client: SocketAddr,
    place: AdmittedPlace,
    events: mpsc::Sender<TcpEvent>,
) {
    let Ok(local) = stream.local_addr() else { return };
    let connection = Connection {
        number: place.number,
        client: SocketAddr::new(client.ip().to_canonical(), client.port()),
        local: local.ip().to_canonical(),
    };
    // The client went, or was told to go: either way it is over.
    let _ = connection::converse(stream, connection, place, events).await;
}
