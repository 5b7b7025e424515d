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

/// The same text without marks, for labels.
pub fn plain(text: &str) -> String {
    text.chars().filter(|&c| c != '*').collect()
}

#[cfg(test)]
mod tests {
    use super::{plain, rich_html};

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
