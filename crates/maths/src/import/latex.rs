//! Cells of LaTeX tables.

use std::borrow::Cow;

/// Commands that lay a table out: what is in braces after them is no data.
const LAYOUT: [&str; 8] = [
    "begin", "end", "cline", "cmidrule", "caption", "label", "hspace", "vspace",
];

/// A cell without its commands, dollars and braces: `\textbf{$1.5$}` is `1.5`.
pub(super) fn without_commands(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim();
    if !cell.contains(['\\', '$', '{', '}']) {
        return Cow::Borrowed(cell);
    }
    let mut plain = String::new();
    let mut rest = cell;
    while let Some(place) = rest.find(['\\', '$', '{', '}']) {
        plain.push_str(&rest[..place]);
        let Some(command) = rest[place..].strip_prefix('\\') else {
            rest = &rest[place + 1..];
            continue;
        };
        let name_end = command.find(|c: char| !c.is_ascii_alphabetic());
        let (name, after) = command.split_at(name_end.unwrap_or(command.len()));
        if is_dots(name) {
            plain.push_str("...");
        }
        rest = if LAYOUT.contains(&name) {
            without_arguments(after)
        } else {
            after
                .strip_prefix(if name.is_empty() {
                    &[',', ';', '!'][..]
                } else {
                    &['*']
                })
                .unwrap_or(after)
        };
    }
    plain.push_str(rest);
    Cow::Owned(plain.trim().to_owned())
}

/// Whether a command stands for what is left out.
fn is_dots(name: &str) -> bool {
    name.ends_with("dots")
}

/// A text without the braces, brackets and parentheses that it begins with, and what is in them.
fn without_arguments(text: &str) -> &str {
    let mut rest = text;
    loop {
        let end = match rest.chars().next() {
            Some('{') => '}',
            Some('[') => ']',
            Some('(') => ')',
            _ => return rest,
        };
        rest = rest.split_once(end).map_or("", |(_, after)| after);
    }
}
