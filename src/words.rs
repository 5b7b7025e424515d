//! A sentence as words, by Unicode's rules.
//!
//! A browser knows them, and lower case too; tables of our own would be tens of kilobytes of the page.

/// The words of a text in their order, as they stand: what lies between two word boundaries (Unicode Standard
/// Annex 29) and is not blank. Punctuation and emoji are words of their own.
pub fn words(text: &str) -> Vec<String> {
    let mut words = segments(text);
    words.retain(|word| !word.trim().is_empty());
    words
}

/// The text in lower case.
#[cfg(target_arch = "wasm32")]
pub fn lower_case(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The text in lower case.
#[cfg(not(target_arch = "wasm32"))]
pub fn lower_case(text: &str) -> String {
    text.to_lowercase()
}

/// By the browser's own segmenter; browsers from before 2024 may have none, there words end at blanks.
#[cfg(target_arch = "wasm32")]
fn segments(text: &str) -> Vec<String> {
    browser_segments(text).unwrap_or_else(|| text.split_whitespace().map(str::to_owned).collect())
}

#[cfg(target_arch = "wasm32")]
fn browser_segments(text: &str) -> Option<Vec<String>> {
    use js_sys::{Array, Function, Intl, Object, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

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

/// The same rules in Rust, for tests outside of a browser. Scripts without blanks are cut by a dictionary in
/// browsers and into characters here.
#[cfg(not(target_arch = "wasm32"))]
fn segments(text: &str) -> Vec<String> {
    use unicode_segmentation::UnicodeSegmentation as _;
    text.split_word_bounds().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{lower_case, words};

    #[test]
    fn words_end_at_boundaries_and_punctuation_stands_alone() {
        for (text, expected) in [
            (
                "the dog bit the man",
                vec!["the", "dog", "bit", "the", "man"],
            ),
            (
                " It's 3.5 m, isn't it? ",
                vec!["It's", "3.5", "m", ",", "isn't", "it", "?"],
            ),
            ("", vec![]),
            (" \t\n\u{a0}", vec![]),
            ("?!", vec!["?", "!"]),
            // A family and a flag are one word each, however many code points they take.
            (
                "👩\u{200d}👩\u{200d}👧 🇫🇮",
                vec!["👩\u{200d}👩\u{200d}👧", "🇫🇮"],
            ),
            ("שלום עולם", vec!["שלום", "עולם"]),
            ("naïve e\u{301}t", vec!["naïve", "e\u{301}t"]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn case_is_lowered_beyond_ascii() {
        assert_eq!(lower_case("The ÄRGER"), "the ärger");
        assert_eq!(lower_case(""), "");
    }
}
