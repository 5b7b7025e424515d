//! The room that text takes, by estimate.

/// The estimated width of a character, as a part of its size: figures never measure text, because
/// that would make the browser lay it out, and would differ between a canvas and an SVG.
pub(crate) const CHAR_EM: f64 = 0.6;

/// The estimated width of a text in CSS pixels.
pub fn text_width(text: &str, text_px: f64) -> f64 {
    // Combining marks stand on the letter before them.
    let n = text
        .chars()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .count();
    n as f64 * CHAR_EM * text_px
}

/// A text cut to what fits by estimate.
pub(crate) fn cut(text: &str, width: f64, text_px: f64) -> String {
    if text_width(text, text_px) <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if text_width(&kept, text_px) > width - text_px {
            kept.pop();
            break;
        }
    }
    if kept.is_empty() {
        kept
    } else {
        format!("{}…", kept.trim_end())
    }
}
