//! The connections that the web server holds. One too many is closed unanswered, before any TLS, so
//! that it costs nearly nothing. So is one that never says anything: hyper's own limit for headers
//! begins with their first byte. And as long as a connection has asked for nothing it may have to make
//! way for another ([`places`]).

mod places;

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum_server::accept::Accept;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};
use tower_service::Service;

pub(crate) use places::Places;
use places::{Dismissal, Place};

/// A client that says nothing for so long after it came is disconnected.
const SILENCE: Duration = Duration::from_secs(15);

/// Puts a limit before another acceptor.
#[derive(Clone, Debug)]
pub(crate) struct Limited<Inner> {
    inner: Inner,
    places: Arc<Places>,
}

impl<Inner> Limited<Inner> {
    pub(crate) fn new(inner: Inner, places: Arc<Places>) -> Self {
        Self { inner, places }
    }
}

impl<Served, Inner> Accept<TcpStream, Served> for Limited<Inner>
where
    Inner: Accept<TcpStream, Served>,
    Inner::Future: Send + 'static,
    Inner::Stream: Send + 'static,
    Inner::Service: Send + 'static,
{
    type Stream = Connection<Inner::Stream>;
    type Service = Asked<Inner::Service>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: Served) -> Self::Future {
        let address = stream.peer_addr().map(|address| address.ip().to_canonical());
        let Some((place, mut dismissal)) =
            address.ok().and_then(|address| self.places.take(address))
        else {
            return Box::pin(std::future::ready(Err(io::ErrorKind::ConnectionRefused.into())));
        };
        let accepted = self.inner.accept(stream, service);
        Box::pin(async move {
            let (stream, inner) = tokio::select! {
                accepted = accepted => accepted?,
                _ = &mut dismissal => return Err(io::ErrorKind::ConnectionAborted.into()),
            };
            let place = Arc::new(place);
            let service = Asked { inner, place: Arc::clone(&place) };
            Ok((Connection::new(stream, place, dismissal, SILENCE), service))
        })
    }
}

/// What answers the requests of one connection, and notes that there was one.
#[derive(Clone, Debug)]
pub(crate) struct Asked<Inner> {
    inner: Inner,
    place: Arc<Place>,
}

impl<Request, Inner: Service<Request>> Service<Request> for Asked<Inner> {
    type Response = Inner::Response;
    type Error = Inner::Error;
    type Future = Inner::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.place.asks();
        self.inner.call(request)
    }
}

/// A connection that is counted for as long as it lives, on which the first byte is not awaited for
/// ever, and which may be told to go before it has asked for anything.
#[derive(Debug)]
pub(crate) struct Connection<Stream> {
    stream: Stream,
    _place: Arc<Place>,
    /// Until it may stay.
    dismissal: Option<Dismissal>,
    /// Until something was said.
    silence: Option<Pin<Box<Sleep>>>,
}

impl<Stream> Connection<Stream> {
    fn new(
        stream: Stream,
        place: Arc<Place>,
        dismissal: Dismissal,
        longest_silence: Duration,
    ) -> Self {
        let silence = Some(Box::pin(sleep(longest_silence)));
        Self { stream, _place: place, dismissal: Some(dismissal), silence }
    }

    /// Why the rest is not awaited, if so.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<io::ErrorKind> {
        if let Some(dismissal) = &mut self.dismissal {
            match Pin::new(dismissal).poll(context) {
                Poll::Ready(Ok(())) => return Poll::Ready(io::ErrorKind::ConnectionAborted),
                Poll::Ready(Err(_)) => self.dismissal = None,
                Poll::Pending => {}
            }
        }
        match &mut self.silence {
            Some(silence) => silence.as_mut().poll(context).map(|()| io::ErrorKind::TimedOut),
            None => Poll::Pending,
        }
    }
}

impl<Stream: AsyncRead + Unpin> AsyncRead for Connection<Stream> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_pending() {
            return self.poll_end(context).map(|why| Err(why.into()));
        }
        self.silence = None;
        read
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
    use std::net::IpAddr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;
    use crate::settings::Settings;

    fn connection(
        places: &Arc<Places>,
        longest_silence: Duration,
    ) -> (DuplexStream, Connection<DuplexStream>, Arc<Place>) {
        let (theirs, ours) = duplex(64);
        let (place, dismissal) = places.take(IpAddr::from([192, 0, 2, 1])).unwrap();
        let place = Arc::new(place);
        let ours = Connection::new(ours, Arc::clone(&place), dismissal, longest_silence);
        (theirs, ours, place)
    }

    #[tokio::test]
    async fn who_says_nothing_is_sent_away_and_who_said_something_is_not() {
        let places = Places::new(&Settings::default());
        let (_silent, mut ours, _) = connection(&places, Duration::ZERO);
        assert_eq!(ours.read(&mut [0; 4]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);

        let (mut theirs, mut ours, _) = connection(&places, Duration::ZERO);
        theirs.write_all(b"GET").await.unwrap();
        assert_eq!(ours.read(&mut [0; 8]).await.unwrap(), 3);
        let mut rest = [0; 8];
        let (read, said) = tokio::join!(ours.read(&mut rest), async {
            tokio::task::yield_now().await;
            theirs.write_all(b" /").await
        });
        assert_eq!((read.unwrap(), said.unwrap()), (2, ()));
    }

    #[tokio::test]
    async fn who_asked_for_nothing_makes_way_even_in_the_middle_of_a_header() {
        let places = Places::new(&Settings { connections: 2, ..Settings::default() });
        let (mut theirs, mut ours, _) = connection(&places, Duration::MAX);
        theirs.write_all(b"GET /").await.unwrap();
        ours.read_exact(&mut [0; 5]).await.unwrap();
        let mut rest = [0; 8];
        let (read, _next) = tokio::join!(ours.read(&mut rest), async {
            tokio::task::yield_now().await;
            connection(&places, Duration::MAX)
        });
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
    }

    #[tokio::test]
    async fn who_asked_for_something_stays() {
        let places = Places::new(&Settings { connections: 2, ..Settings::default() });
        let (mut theirs, mut ours, place) = connection(&places, Duration::MAX);
        place.asks();
        let _silent = connection(&places, Duration::MAX);
        let mut rest = [0; 8];
        let (read, said) = tokio::join!(ours.read(&mut rest), async {
            tokio::task::yield_now().await;
            theirs.write_all(b"GET").await
        });
        assert_eq!((read.unwrap(), said.unwrap()), (3, ()));
    }
}
