//! How many connections the web server holds: in all, and from one address. One too many is closed
//! unanswered, before any TLS, so that it costs nearly nothing. So is one that never says anything:
//! hyper's own limit for headers begins with their first byte.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum_server::accept::Accept;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

use crate::settings::Settings;

/// A client that says nothing for so long after it came is disconnected.
const SILENCE: Duration = Duration::from_secs(15);

/// Puts a limit before another acceptor.
#[derive(Clone, Debug)]
pub(crate) struct Limited<Inner> {
    inner: Inner,
    counted: Arc<Counted>,
}

#[derive(Debug)]
pub(crate) struct Counted {
    most: usize,
    most_per_address: usize,
    present: Mutex<Present>,
}

#[derive(Debug, Default)]
struct Present {
    in_all: usize,
    per_address: HashMap<IpAddr, usize>,
}

impl Counted {
    pub(crate) fn new(settings: &Settings) -> Arc<Self> {
        // A proxy's address is that of everybody.
        let per_address = match settings.behind_proxy {
            true => settings.connections,
            false => settings.connections_per_address,
        };
        Arc::new(Self {
            most: settings.connections,
            most_per_address: per_address,
            present: Mutex::default(),
        })
    }

    /// A place, until it is dropped; `None` when there are too many.
    fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut present = self.present();
        let from_there = present.per_address.get(&address).copied().unwrap_or_default();
        if present.in_all >= self.most || from_there >= self.most_per_address {
            return None;
        }
        present.in_all += 1;
        present.per_address.insert(address, from_there + 1);
        Some(Place { counted: Arc::clone(self), address })
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Place {
    counted: Arc<Counted>,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut present = self.counted.present();
        present.in_all -= 1;
        if let Some(count) = present.per_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                present.per_address.remove(&self.address);
            }
        }
    }
}

impl<Inner> Limited<Inner> {
    pub(crate) fn new(inner: Inner, counted: Arc<Counted>) -> Self {
        Self { inner, counted }
    }
}

impl<Service, Inner> Accept<TcpStream, Service> for Limited<Inner>
where
    Inner: Accept<TcpStream, Service>,
    Inner::Future: Send + 'static,
    Inner::Stream: Send + 'static,
    Inner::Service: Send + 'static,
{
    type Stream = Connection<Inner::Stream>;
    type Service = Inner::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: Service) -> Self::Future {
        let address = stream.peer_addr().map(|address| address.ip().to_canonical());
        let place = address.ok().and_then(|address| self.counted.admit(address));
        match place {
            Some(place) => {
                let accepted = self.inner.accept(stream, service);
                Box::pin(async {
                    let (stream, service) = accepted.await?;
                    Ok((Connection::new(stream, place, SILENCE), service))
                })
            }
            None => Box::pin(std::future::ready(Err(io::ErrorKind::ConnectionRefused.into()))),
        }
    }
}

/// A connection that is counted for as long as it lives, and on which the first byte is not awaited
/// for ever.
#[derive(Debug)]
pub(crate) struct Connection<Stream> {
    stream: Stream,
    _place: Place,
    /// Until something was said.
    silence: Option<Pin<Box<Sleep>>>,
}

impl<Stream> Connection<Stream> {
    fn new(stream: Stream, place: Place, longest_silence: Duration) -> Self {
        Self { stream, _place: place, silence: Some(Box::pin(sleep(longest_silence))) }
    }
}

impl<Stream: AsyncRead + Unpin> AsyncRead for Connection<Stream> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match &mut self.silence {
            Some(silence) if read.is_pending() => {
                ready!(silence.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            _ => {
                self.silence = None;
                read
            }
        }
    }
}

impl<Stream: AsyncWrite + Unpin> AsyncWrite for Connection<Stream> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn who_says_nothing_is_sent_away_and_who_said_something_is_not() {
        let counted = Counted::new(&Settings::default());
        let connection = |stream| {
            let place = counted.admit(IpAddr::from([192, 0, 2, 1])).unwrap();
            Connection::new(stream, place, Duration::ZERO)
        };
        let (_silent, ours) = duplex(64);
        let refused = connection(ours).read(&mut [0; 4]).await;
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::TimedOut);

        let (mut theirs, ours) = duplex(64);
        let mut ours = connection(ours);
        theirs.write_all(b"GET").await.unwrap();
        assert_eq!(ours.read(&mut [0; 8]).await.unwrap(), 3);
        let mut rest = [0; 8];
        let (read, said) = tokio::join!(ours.read(&mut rest), async {
            tokio::task::yield_now().await;
            theirs.write_all(b" /").await
        });
        assert_eq!((read.unwrap(), said.unwrap()), (2, ()));
    }

    #[test]
    fn a_place_that_is_given_up_is_free_for_the_next() {
        let settings =
            Settings { connections: 16, connections_per_address: 4, ..Settings::default() };
        let counted = Counted::new(&settings);
        let [here, there] = [1, 2].map(|last| IpAddr::from([192, 0, 2, last]));
        let mut places: Vec<_> = (0..4).map(|_| counted.admit(here).unwrap()).collect();
        assert!(counted.admit(here).is_none() && counted.admit(there).is_some());
        places.pop();
        assert!(counted.admit(here).is_some());
        drop(places);
        assert!(counted.present().per_address.is_empty() && counted.present().in_all == 0);
    }

    #[test]
    fn a_proxy_may_have_all_of_them() {
        let settings = Settings {
            behind_proxy: true,
            connections: 16,
            connections_per_address: 4,
            ..Settings::default()
        };
        let counted = Counted::new(&settings);
        let proxy = IpAddr::from([192, 0, 2, 1]);
        let places: Vec<_> = (0..20).filter_map(|_| counted.admit(proxy)).collect();
        assert_eq!(places.len(), 16);
    }
}
