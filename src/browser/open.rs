//! Files and texts that people give: chosen, dropped or pasted. What they hold is read here and goes nowhere.

use std::ops::Range;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, DragEvent, File, FileList, HtmlInputElement, HtmlTextAreaElement};

use crate::browser::dom::{Listening, Part};

/// A file that was chosen or dropped and is not read yet.
#[derive(Clone)]
pub struct OpenFile(File);

impl OpenFile {
    /// Its name without its folder.
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// How many bytes it has.
    pub fn n_bytes(&self) -> f64 {
        self.0.size()
    }

    /// Those of its bytes; `None` where the browser cannot read it, such as a folder or a file that is gone.
    pub async fn bytes(&self, range: Range<f64>) -> Option<Vec<u8>> {
        let piece = self.0.slice_with_f64_and_f64(range.start, range.end).ok()?;
        let buffer = JsFuture::from(piece.array_buffer()).await.ok()?;
        Some(js_sys::Uint8Array::new(&buffer).to_vec())
    }
}

/// What was given.
#[derive(Clone)]
pub enum Gift {
    /// This stands in the text area and whoever wrote it is done, or it was dropped.
    Text(String),
    /// A file, chosen or dropped.
    File(OpenFile),
}

/// Calls `given` with files that are chosen in `target` or dropped on it, with text that is dropped on it, and with that of
/// its text area when it is done; until dropped itself. While a file is held over it `target` has the class `dropping`.
pub fn on_gift(target: &Part, given: impl Fn(Gift) + 'static) -> Listening {
    const NAMES: &[&str] = &["change", "dragover", "dragleave", "drop"];
    let area = target.clone();
    Listening::to(target, NAMES, move |event| {
        let element = event.target();
        let files = match event.type_().as_str() {
            "dragover" => {
                // Without this the browser would leave the page and show the file.
                event.prevent_default();
                area.set_class("dropping", true);
                None
            }
            "dragleave" => {
                area.set_class("dropping", false);
                None
            }
            "drop" => {
                event.prevent_default();
                area.set_class("dropping", false);
                let dropped = event
                    .dyn_ref::<DragEvent>()
                    .and_then(DragEvent::data_transfer);
                let files = dropped.as_ref().and_then(DataTransfer::files);
                let files = files.filter(|files| files.length() > 0);
                let text = dropped.and_then(|dropped| dropped.get_data("text/plain").ok());
                if let (None, Some(text)) = (&files, text) {
                    given(Gift::Text(text));
                }
                files
            }
            _ => {
                let element = element.as_ref();
                if let Some(text) = element.and_then(|it| it.dyn_ref::<HtmlTextAreaElement>()) {
                    given(Gift::Text(text.value()));
                }
                let input = element.and_then(|it| it.dyn_ref::<HtmlInputElement>());
                let files = input.and_then(HtmlInputElement::files);
                let first = files.as_ref().and_then(first_of);
                if let (Some(input), Some(_)) = (input, &first) {
                    // So that the same file can be chosen again after it changed.
                    input.set_value("");
                }
                if let Some(file) = first {
                    given(Gift::File(file));
                }
                None
            }
        };
        if let Some(file) = files.as_ref().and_then(first_of) {
            given(Gift::File(file));
        }
    })
}

fn first_of(files: &FileList) -> Option<OpenFile> {
    files.item(0).map(OpenFile)
}

/// What stands in a text area.
pub fn text_of(area: &Part) -> String {
    let area: Option<&HtmlTextAreaElement> = area.as_ref().dyn_ref();
    area.map(HtmlTextAreaElement::value).unwrap_or_default()
}

/// Writes into a text area.
pub fn set_text_of(area: &Part, text: &str) {
    if let Some(area) = area.as_ref().dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(text);
    }
}
