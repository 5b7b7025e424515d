//! Words in code: how they are written, and the number that stands for one.

use crate::platform::lower_case;

/// A function that makes a word a number: the one of [`maths::words::word_hash`].
pub const WORD_NUMBER: &str = "\
def number(word):
    hash = 0xCBF29CE484222325
    for byte in word.encode():
        hash = (hash ^ byte) * 0x100000001B3 % 2**64
    return hash

";

/// Words in lower case as a list, a line for each.
pub fn word_list(words: &[String]) -> String {
    let mut text = String::from("[\n");
    for word in words {
        text.extend(["    ", &python_string(&lower_case(word)), ",\n"]);
    }
    text.push(']');
    text
}

/// A text as Python writes it, in ASCII and without braces.
fn python_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            ' '..='~' if !"\"\\{}".contains(c) => out.push(c),
            _ => {
                let number = u32::from(c);
                out.push_str("\\U");
                for digit in (0..8).rev() {
                    let hex = number >> (4 * digit) & 0xf;
                    out.push(char::from_digit(hex, 16).unwrap_or('0'));
                }
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::{python_string, word_list};

    #[test]
    fn a_list_has_a_line_for_each_word() {
        let words = ["Dog".to_owned(), "bites".to_owned()];
        assert_eq!(word_list(&words), "[\n    \"dog\",\n    \"bites\",\n]");
        assert_eq!(word_list(&[]), "[\n]");
    }

    #[test]
    fn any_word_is_written_in_ascii() {
        assert_eq!(python_string("dog"), "\"dog\"");
        assert_eq!(
            python_string("{\"é"),
            "\"\\U0000007b\\U00000022\\U000000e9\""
        );
    }
}
