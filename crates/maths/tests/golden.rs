//! Reads the goldens that `goldens/make.py` writes: cases of keys and values.

use std::collections::HashMap;
use std::str::FromStr;

/// One case of a golden file.
pub struct Case(HashMap<String, String>);

/// The cases of `goldens/<name>.txt`.
pub fn cases(name: &str) -> Vec<Case> {
    let path = format!("{}/goldens/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let cases: Vec<Case> = text
        .split("\n\n")
        .map(|block| block.lines().filter(|line| !line.starts_with('#')))
        .map(|lines| {
            Case(
                lines
                    .map(|line| line.split_once(' ').unwrap_or((line, "")))
                    .map(|(key, values)| (key.to_owned(), values.to_owned()))
                    .collect(),
            )
        })
        .filter(|case| !case.0.is_empty())
        .collect();
    assert!(!cases.is_empty(), "{name} has cases");
    cases
}

impl Case {
    /// Whether the case has a key.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The whole text after a key.
    pub fn text(&self, key: &str) -> &str {
        self.0.get(key).unwrap()
    }

    /// The numbers after a key.
    pub fn numbers<T: FromStr>(&self, key: &str) -> Vec<T>
    where
        T::Err: std::fmt::Debug,
    {
        self.text(key)
            .split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect()
    }

    /// The one number after a key.
    pub fn number<T: FromStr + Copy>(&self, key: &str) -> T
    where
        T::Err: std::fmt::Debug,
    {
        let numbers = self.numbers(key);
        assert_eq!(numbers.len(), 1, "{key} has one value");
        numbers[0]
    }
}
