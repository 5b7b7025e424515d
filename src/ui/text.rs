//! Words with marks, as HTML.

use std::fmt::Write as _;

use figures::plain;

/// Text in which `*…*` marks what is set in bold and `[slug|…]` a term that is explained, as HTML. Everything else stands for
/// itself, whatever it holds. A string and not a view: there is one such line at every figure, and each view costs bytes.
pub fn rich_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    let (mut is_bold, mut is_slug) = (false, false);
    for c in text.chars() {
        let tag = match c {
            '*' => {
                is_bold = !is_bold;
                if is_bold { "<b>" } else { "</b>" }
            }
            '[' => {
                is_slug = true;
                "<span class=\"term\" role=\"button\" tabindex=\"0\" data-term=\""
            }
            '|' if is_slug => {
                is_slug = false;
                "\">"
            }
            ']' => "</span>",
            _ => {
                push_char(&mut html, c);
                continue;
            }
        };
        html.push_str(tag);
    }
    html
}

/// Appends text so that HTML shows it as it is.
pub fn push_escaped(html: &mut String, text: &str) {
    for c in text.chars() {
        push_char(html, c);
    }
}

fn push_char(html: &mut String, c: char) {
    match c {
        '&' | '<' | '>' | '"' => {
            // Writing into a String cannot fail.
            write!(html, "&#{};", u32::from(c)).ok();
        }
        _ => html.push(c),
    }
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
    use super::{main_sentence, rich_html};

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
    fn marks_become_elements_and_nothing_becomes_markup() {
        assert_eq!(rich_html("a *b* c"), "a <b>b</b> c");
        assert_eq!(
            rich_html("1 < 2 & *<i>*"),
            "1 &#60; 2 &#38; <b>&#60;i&#62;</b>"
        );
        assert_eq!(
            rich_html("|a| [token|<i>]"),
            "|a| <span class=\"term\" role=\"button\" tabindex=\"0\" data-term=\"token\">&#60;i&#62;</span>"
        );
    }
}
