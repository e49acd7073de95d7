//! Answers in pieces, so that what a connection keeps of memory does not grow with the longest answer it was sent.
//!
//! actix-http copies each chunk of a body into the buffer of its connection, which grows to hold it, is kept until
//! the connection ends, and is given back only beyond 128 KiB. What must hold: a head of the usual length
//! and a piece fit into the buffer that a connection has from the beginning (8 KiB); a body that is shorter
//! than a piece is passed on as it is.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

/// Bytes of a piece at most.
const PIECE_BYTES: usize = 3 * 1024;
/// actix-http sends its buffer when it holds so many bytes. With a piece that comes on top it stays within one page of
/// memory.
pub(super) const SEND_FROM_BYTES: usize = 768;

/// A body that is sent in pieces.
pub(super) struct Pieces<B> {
    body: B,
    /// What of the last chunk is not sent yet.
    rest: Bytes,
}

impl<B> Pieces<B> {
    /// All of it is to be sent.
    pub(super) fn of(body: B) -> Self {
        let rest = Bytes::new();
        Self { body, rest }
    }
}

impl<B: MessageBody + Unpin> MessageBody for Pieces<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_next(context)) {
                Some(Ok(chunk)) => self.rest = chunk,
                ended => return Poll::Ready(ended),
            }
        }
        let length = self.rest.len().min(PIECE_BYTES);
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use actix_web::body::to_bytes;
    use futures::stream;

    use super::*;

    #[actix_web::test]
    async fn a_long_chunk_comes_in_pieces_and_nothing_is_lost() {
        let chunks = [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 10 * PIECE_BYTES];
        let chunk = |length: usize| Bytes::from_iter((0..length).map(|at| (at % 251) as u8));
        let body = || {
            let chunks = chunks.map(|length| Ok::<_, Infallible>(chunk(length)));
            Pieces::of(actix_web::body::BodyStream::new(stream::iter(chunks)))
        };
        let mut pieces = Vec::new();
        let mut sent = body();
        while let Some(piece) = std::future::poll_fn(|it| Pin::new(&mut sent).poll_next(it)).await {
            pieces.push(piece.unwrap());
        }
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE_BYTES));
        let all: Vec<u8> = chunks.iter().flat_map(|&length| chunk(length)).collect();
        assert_eq!(pieces.concat(), all);
        assert_eq!(to_bytes(body()).await.unwrap(), all);
    }
}
