//! Marks in texts: `*…*` is set in bold, `[slug|…]` is a term that is explained, a line break comes before details.

/// A text as it is read, without its marks.
pub fn plain(text: &str) -> String {
    let mut is_slug = false;
    let read = text.chars().filter_map(|c| match c {
        '[' => {
            is_slug = true;
            None
        }
        '|' if is_slug => {
            is_slug = false;
            None
        }
        '*' | ']' => None,
        '\n' => Some(' '),
        _ => (!is_slug).then_some(c),
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_are_not_read() {
        assert_eq!(
            plain("*A [token|token]* of |x|.\nMore [width|widths]."),
            "A token of |x|. More widths."
        );
    }
}
