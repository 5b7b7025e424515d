//! What rooms need of the platform, in the browser's own forms: they are exact, and there anyway.

use js_sys::{Array, Function, Intl, JsString, Number, Object, Reflect};
use rooms::platform::Platform;
use wasm_bindgen::{JsCast, JsValue};

/// The browser's forms.
pub const BROWSER: Platform = Platform {
    // The standard library's reading would bring tables of powers of five of which 13 KB are left after compression, a
    // fifteenth of what the first picture may cost.
    read_decimal: |text| Some(Number::parse_float(text)),
    // Browsers from before 2024 may have no segmenter; there words end at blanks.
    segments: |text| {
        segments(text).unwrap_or_else(|| text.split_whitespace().map(str::to_owned).collect())
    },
    lower_case: |text| JsString::from(text).to_lower_case().into(),
};

fn segments(text: &str) -> Option<Vec<String>> {
    let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
    let make = Reflect::get(&intl, &JsValue::from_str("Segmenter")).ok()?;
    let make: Function = make.dyn_into().ok()?;
    let options = Object::new();
    let (key, value) = (JsValue::from_str("granularity"), JsValue::from_str("word"));
    Reflect::set(&options, &key, &value).ok()?;
    // Always the same language, so that a link shows the same words everywhere.
    let arguments = Array::of2(&JsValue::from_str("en"), &options);
    let segmenter = Reflect::construct(&make, &arguments).ok()?;
    let segments = segmenter.unchecked_into::<Intl::Segmenter>().segment(text);
    let mut words = Vec::new();
    for segment in js_sys::try_iter(&segments).ok()?? {
        let segment = segment.ok()?.unchecked_into::<Intl::SegmentData>();
        words.push(segment.segment().into());
    }
    Some(words)
}
