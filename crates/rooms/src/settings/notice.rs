//! What is said of something given that could not be used as it was.

use std::fmt;

use crate::rich::isolated;

/// Something given that could not be used as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The key or the name of the control.
    pub key: String,
    /// What was given, shortened.
    pub given: String,
    /// Whether that is told in the page's own words, not repeated.
    pub is_told: bool,
    /// What is allowed; empty where nothing is.
    pub allowed: String,
    /// What is used instead.
    pub used: String,
}

impl Notice {
    /// A notice that names all three; a long `given` is cut.
    pub fn new(
        key: &str,
        given: &str,
        allowed: impl Into<String>,
        used: impl Into<String>,
    ) -> Self {
        Self {
            key: shorten(key),
            given: shorten(given),
            is_told: false,
            allowed: allowed.into(),
            used: used.into(),
        }
    }

    /// The same, where `given` is told: `an empty cell in line 2`.
    pub fn told(
        key: &str,
        given: String,
        allowed: impl Into<String>,
        used: impl Into<String>,
    ) -> Self {
        Self {
            given,
            is_told: true,
            ..Self::new(key, "", allowed, used)
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.key)?;
        if self.is_told {
            f.write_str(&self.given)?;
        } else if self.given.is_empty() {
            write!(f, "nothing was given")?;
        } else {
            write!(f, "“{}” was given", self.given)?;
        }
        if !self.allowed.is_empty() {
            write!(f, "; allowed: {}", self.allowed)?;
        }
        write!(f, "; {}.", self.used)
    }
}

/// The most characters that are shown of what was given.
const LONGEST: usize = 40;

/// The first characters of what was given, on one line; the words around them are read as they stand.
pub fn shorten(text: &str) -> String {
    let mut line: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    isolated(&line)
}

/// The known word that someone who wrote `given` may have meant: the one with the fewest slips between them, if
/// these are at most a third of its letters.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if given.len() > LONGEST {
        return None;
    }
    let slips = |word: &str| strsim::osa_distance(given, word);
    let (n_slips, word) = known
        .into_iter()
        .map(|word| (slips(word), word))
        .min_by_key(|(n_slips, _)| *n_slips)?;
    (3 * n_slips <= word.len()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_has_a_nearest_word_and_nonsense_has_none() {
        let known = ["seq_len", "d_model", "scheme", "dim", "dims"];
        for (given, expected) in [
            ("seqlen", Some("seq_len")),
            ("d-model", Some("d_model")),
            ("shceme", Some("scheme")),
            ("dins", Some("dims")),
            ("colour", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(nearest(given, known), expected, "{given:?}");
        }
        assert_eq!(nearest("seq_len", []), None);
        assert_eq!(nearest(&"seq_len".repeat(1000), known), None);
    }
}
