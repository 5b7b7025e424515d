//! Stands in for the crate of the same name.
//!
//! Leptos depends on server functions, these on wasm-streams, and that crate exports JavaScript classes.
//! What is exported can never be dropped by a linker, so a page without a server would carry 6 KB
//! (gzip) of streams for nothing. This stand-in has the few functions that server functions call;
//! they carry no data, because no request is ever made from this page.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use wasm_bindgen::{JsCast, JsValue};

/// A stream without anything in it.
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Takes the browser's stream and forgets what is in it.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// An empty stream in place of this one.
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        // Every browser that runs this page's WebAssembly has streams; one without gets what it threw.
        Self(web_sys::ReadableStream::new().unwrap_or_else(JsCast::unchecked_into))
    }

    /// The browser's stream.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// A stream that ends at once.
    pub fn into_stream(self) -> Empty {
        Empty
    }
}

/// A stream that ends at once.
pub struct Empty;

impl Stream for Empty {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}
