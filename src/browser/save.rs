//! Handing things to the person: files and the clipboard.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlElement, HtmlTextAreaElement, Url};

/// A file on its way to the browser, piece after piece. What was pushed is the browser's to keep, not the
/// WebAssembly memory's.
#[derive(Default)]
pub struct Parts(js_sys::Array);

impl Parts {
    /// Hands over a copy of some bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Option<()> {
        let piece = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
        // As a blob at once: browsers keep large ones on disk.
        self.0
            .push(Blob::new_with_u8_array_sequence(&piece).ok()?.as_ref());
        Some(())
    }

    /// Adds what is a blob already.
    pub fn push_blob(&mut self, blob: &Blob) {
        self.0.push(blob);
    }

    /// The whole file.
    pub fn blob(&self, mime: &str) -> Option<Blob> {
        let kind = BlobPropertyBag::new();
        kind.set_type(mime);
        Blob::new_with_blob_sequence_and_options(&self.0, &kind).ok()
    }
}

/// Saves a blob as a file, by the link that a click would follow.
pub fn blob_file(name: &str, blob: &Blob) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let url = Url::create_object_url_with_blob(blob).ok()?;
    let anchor: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    // The download has its own hold on the blob; the name for it would otherwise keep the bytes for ever.
    Url::revoke_object_url(&url).ok()
}

/// Copies `text`; false where the browser does not allow it.
///
/// Pages opened over plain http, as in a classroom's network, have no clipboard interface, so the old
/// way, copying a selection, stands in for it.
pub async fn copy(text: String) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    let clipboard = window.navigator().clipboard();
    // A browser may have it switched off.
    if !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(&text)).await.is_ok() {
        return true;
    }
    copy_selection(&text).unwrap_or(false)
}

fn copy_selection(text: &str) -> Option<bool> {
    let document = web_sys::window()?.document()?;
    let body = document.body()?;
    let focused = document.active_element();
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("visually-hidden");
    body.append_child(&area).ok()?;
    area.select();
    let document: web_sys::HtmlDocument = document.dyn_into().ok()?;
    let copied = document.exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(element) = focused.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.focus().ok()?;
    }
    Some(copied)
}
