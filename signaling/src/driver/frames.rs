//! The frames of one WebSocket (RFC 6455), each message compressed by itself where the client can
//! (permessage-deflate without context takeover, RFC 7692): descriptions of what is sent and received
//! are long and repeat themselves. 15 kB of a browser's become 2, which is a second at 100 kbit/s.

use futures_util::{Sink, SinkExt, Stream};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use yawc::{DeflatePool, Frame, HttpStream, Options, Result, WebSocket, WebSocketError};

/// Beyond this even an error is too much of an answer: the socket is closed. As it is read, and also
/// once it is no longer compressed.
const MAX_READ: usize = 256 * 1024;
/// What a socket keeps for reading and for writing when nothing is under way.
const BUFFER: usize = 2 * 1024;
/// Shorter messages are as long when compressed.
const WORTH_COMPRESSING: usize = 512;
/// A compressor takes a third of a megabyte for a moment. So many are kept for all sockets.
const COMPRESSORS: usize = 1;

/// For all sockets of a process.
pub(super) fn options() -> Options {
    Options::default()
        .with_limits(MAX_READ, MAX_READ)
        .with_read_buffer_capacity(BUFFER)
        .with_write_buffer_capacity(BUFFER)
        .with_low_latency_compression()
        .server_no_context_takeover()
        .client_no_context_takeover()
        .with_deflate_pool(DeflatePool::new(COMPRESSORS))
        .with_compression_threshold(WORTH_COMPRESSING)
}

/// Unlike the stream that the WebSocket is by itself, tells what ended it.
pub(super) struct Frames(pub(super) WebSocket<HttpStream>);

impl Stream for Frames {
    type Item = Result<Frame>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame>>> {
        match ready!(self.0.poll_next_frame(cx)) {
            Err(WebSocketError::ConnectionClosed) => Poll::Ready(None),
            frame => Poll::Ready(Some(frame)),
        }
    }
}

impl Sink<Frame> for Frames {
    type Error = WebSocketError;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.poll_ready_unpin(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, frame: Frame) -> Result<()> {
        self.0.start_send_unpin(frame)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.poll_flush_unpin(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.poll_close_unpin(cx)
    }
}
