//! The link: the only file that knows how a lab and its settings stand in the URL's fragment.
//!
//! `#/<lab>?key=value&key=value`. Only the fragment is used, so the page works in any folder of any
//! static host. Reading never fails: whatever cannot be read is left out.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::settings::MOST_PAIRS;

/// What a value may not hold as it is: what ends it, what starts an escape, and what browsers or chat
/// programs cut a link at. Commas, colons and semicolons stay readable.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'`')
    .add(b'\\')
    .add(b'^')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A fragment taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The lab's slug as given, empty where the fragment names none.
    pub lab: String,
    /// The settings as given, in order; of too many only so many that it shows.
    pub pairs: Vec<(String, String)>,
}

impl Address {
    /// Takes a fragment apart, with or without the leading `#`. A pair without `=` has an empty value. What programs do to
    /// links is undone: `&amp;` for `&`, and escapes in place of `?`, `=` and `&`.
    pub fn parse(fragment: &str) -> Self {
        let whole = fragment.trim_start_matches('#');
        let whole = unescaped(whole, '?');
        let path = whole.trim_start_matches('/');
        let (lab, query) = path.split_once('?').unwrap_or((path, ""));
        let query = unescaped(query, '=');
        let pairs = query
            .split('&')
            .map(without_amp)
            .filter(|pair| !pair.is_empty())
            .take(MOST_PAIRS + 1)
            .map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(key), decode(value))
            })
            .collect();
        Self {
            lab: decode(lab.trim_end_matches('/')),
            pairs,
        }
    }
}

/// The fragment of a lab and its settings, with the leading `#`.
pub fn fragment<'a>(lab: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = format!("#/{lab}");
    for (idx, (key, value)) in pairs.into_iter().enumerate() {
        text.push(if idx == 0 { '?' } else { '&' });
        text.push_str(key);
        text.push('=');
        text.extend(utf8_percent_encode(value, ESCAPED));
    }
    text
}

/// The text, with its escapes undone once if `mark` is only there as one: then all of it was escaped.
fn unescaped(text: &str, mark: char) -> Cow<'_, str> {
    if text.contains(mark) {
        return Cow::Borrowed(text);
    }
    let decoded = decode(text);
    if decoded.contains(mark) {
        Cow::Owned(decoded)
    } else {
        Cow::Borrowed(text)
    }
}

/// What stands before the key where `&` was written as `&amp;`, once or several times, taken away.
fn without_amp(mut pair: &str) -> &str {
    // Not by trim_start_matches: looking for a text brings two kilobytes of the first load.
    while let Some(rest) = pair.strip_prefix("amp;") {
        pair = rest;
    }
    pair
}

/// Percent escapes undone; what is no UTF-8 becomes the replacement character. `+` stays a plus.
fn decode(text: &str) -> String {
    match percent_decode_str(text).decode_utf8_lossy() {
        Cow::Borrowed(same) => same.to_owned(),
        Cow::Owned(decoded) => decoded,
    }
}
