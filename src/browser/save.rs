//! Handing things to the person: files and the clipboard.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlElement, HtmlTextAreaElement, Url};

/// Saves `text` as a file.
pub fn text_file(name: &str, mime: &str, text: &str) -> Option<()> {
    let parts = js_sys::Array::of1(&text.into());
    let kind = BlobPropertyBag::new();
    kind.set_type(mime);
    let blob = Blob::new_with_str_sequence_and_options(&parts, &kind).ok()?;
    blob_file(name, &blob)
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
    if window.is_secure_context()
        && JsFuture::from(window.navigator().clipboard().write_text(&text))
            .await
            .is_ok()
    {
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
