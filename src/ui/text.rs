//! Words with bold parts, as HTML.

use std::fmt::Write as _;

/// Text in which `*…*` marks what is set in bold, as HTML. Everything else stands for itself, whatever
/// it holds. A string and not a view: there is one such line at every figure, and each view costs bytes.
pub fn rich_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    for (idx, part) in text.split('*').enumerate() {
        match idx % 2 {
            0 => push_escaped(&mut html, part),
            _ => {
                html.push_str("<b>");
                push_escaped(&mut html, part);
                html.push_str("</b>");
            }
        }
    }
    html
}

/// Appends text so that HTML shows it as it is.
pub fn push_escaped(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' | '<' | '>' | '"' => {
                // Writing into a String cannot fail.
                write!(html, "&#{};", u32::from(c)).ok();
            }
            _ => html.push(c),
        }
    }
}

/// What takes as much room as a text of so many characters: an element `roomy` has it, unseen, in `data-room`.
pub fn filler(n_chars: usize) -> String {
    "nnnnn ".repeat(n_chars / 6)
}

/// The same text without marks, for labels.
pub fn plain(text: &str) -> String {
    text.chars().filter(|&c| c != '*').collect()
}

/// The first sentence that has something in bold, without marks; the first one where none has.
pub fn main_sentence(text: &str) -> String {
    let (mut first, mut from, mut is_bold) = (None, 0, false);
    for (idx, c) in text.char_indices() {
        is_bold |= c == '*';
        let ends = c == '.' && !text[idx + 1..].starts_with(|next: char| next != ' ');
        if ends {
            let sentence = &text[from..=idx];
            if is_bold {
                return plain(sentence.trim());
            }
            first = first.or(Some(sentence));
            from = idx + 1;
        }
    }
    plain(first.unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::{main_sentence, plain, rich_html};

    #[test]
    fn the_main_sentence_has_what_is_bold() {
        assert_eq!(
            main_sentence(
                "64 positions, from −1 to 1. *Low ones turn fast* (6.3 per turn), high ones slowly. More."
            ),
            "Low ones turn fast (6.3 per turn), high ones slowly."
        );
        assert_eq!(
            main_sentence("Nothing is bold. Nor here."),
            "Nothing is bold."
        );
        assert_eq!(main_sentence("No end *here*"), "No end here");
        assert_eq!(main_sentence("*2.5* is a number."), "2.5 is a number.");
    }

    #[test]
    fn marks_become_bold_and_nothing_becomes_markup() {
        assert_eq!(rich_html("a *b* c"), "a <b>b</b> c");
        assert_eq!(
            rich_html("1 < 2 & *<i>*"),
            "1 &#60; 2 &#38; <b>&#60;i&#62;</b>"
        );
        assert_eq!(plain("a *b* c"), "a b c");
    }
}
