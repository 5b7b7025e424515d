//! What somebody gave, as it is shown: a text, a word, a key, the name of a file.
//!
//! It may be written from right to left, or hold signs that nobody sees and that turn what stands around them. Neither is to
//! change how the page's own words are read.

/// As it may stand in a text with marks (`figures::plain`): its asterisks, brackets and line breaks are drawn and mark nothing.
pub fn given(text: &str) -> String {
    let drawn = text.chars().map(|c| match c {
        '*' => '∗',
        '[' => '［',
        ']' => '］',
        '\n' => ' ',
        _ => c,
    });
    isolated(&drawn.collect::<String>())
}

/// As it may stand in any text: its direction ends where it ends.
pub fn isolated(text: &str) -> String {
    let shown = harmless(text);
    if shown.chars().any(runs_to_left) {
        format!("\u{2068}{shown}\u{2069}")
    } else {
        shown
    }
}

/// As it may stand alone: signs that nobody sees, and that may turn others or hide between them, are seen.
pub fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| if is_hidden(c) { '\u{fffd}' } else { c })
        .collect()
}

/// Whether it may be of a script that is written from right to left.
fn runs_to_left(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefe}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}

/// Whether it is a format character. Joiners are not meant: without them some scripts and pictures fall apart.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
    )
}

#[cfg(test)]
mod tests {
    use super::{given, harmless, isolated};

    #[test]
    fn what_runs_from_right_to_left_ends_where_it_ends() {
        assert_eq!(isolated("dog’s ω … 🐕"), "dog’s ω … 🐕");
        assert_eq!(isolated("שלום"), "\u{2068}שלום\u{2069}");
        // It must not end the isolation itself.
        assert_eq!(
            isolated("\u{202e}א\u{2069}"),
            "\u{2068}\u{fffd}א\u{fffd}\u{2069}"
        );
        assert_eq!(given("a*b [c|d]"), "a∗b ［c|d］");
    }

    #[test]
    fn families_stay_together() {
        let family = "👩\u{200d}👧";
        assert_eq!(harmless(family), family);
    }
}
