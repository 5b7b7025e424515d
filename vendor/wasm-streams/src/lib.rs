//! Stands in for the crate of the same name: see README.md beside it.
//!
//! It has the few functions that Leptos's server functions call. None of them passes data on; whoever reads from a stream of theirs gets
//! an error that says so.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use js_sys::{Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::ReadableStreamDefaultController;

const REFUSAL: &str = "wasm-streams is a stand-in here that carries no data: see vendor/wasm-streams/README.md";

/// A stream that nothing can be read from.
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Takes the browser's stream.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// A stream that answers with an error in place of this one.
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        let start = Closure::once_into_js(|controller: ReadableStreamDefaultController| {
            controller.error_with_e(&refusal());
        });
        let source = Object::new();
        // Every browser that runs this page's WebAssembly has streams, and an object of our own takes any property. Where that is not
        // so, what was thrown stands in the stream's place, and is no stream to whoever reads it.
        Self(
            Reflect::set(&source, &"start".into(), &start)
                .and_then(|_| web_sys::ReadableStream::new_with_underlying_source(&source))
                .unwrap_or_else(JsCast::unchecked_into),
        )
    }

    /// The browser's stream.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// A stream of one error, whatever the browser's holds.
    pub fn into_stream(self) -> Refusal {
        Refusal { is_said: false }
    }
}

/// A stream of one error.
pub struct Refusal {
    is_said: bool,
}

impl Stream for Refusal {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let is_said = mem::replace(&mut self.is_said, true);
        Poll::Ready((!is_said).then(|| Err(refusal())))
    }
}

fn refusal() -> JsValue {
    js_sys::Error::new(REFUSAL).into()
}
