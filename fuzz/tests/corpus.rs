//! What a fuzzer, or an attack by hand, once found is tried again with every test.
#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]

use std::fs;
use std::path::Path;

/// Tries every file of a target's corpus; the test names the one at which it stops.
fn try_all(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "the corpus of {target} is empty");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        let tried = std::panic::catch_unwind(|| check(&bytes));
        assert!(tried.is_ok(), "{}", file.display());
    }
}

#[test]
fn links_of_the_corpus_hold() {
    try_all("link", fuzz::link);
}

#[test]
fn texts_of_the_corpus_hold() {
    try_all("text", fuzz::text);
}

#[test]
fn npy_files_of_the_corpus_hold() {
    try_all("npy", fuzz::npy);
}

/// The fuzzer's words are the rooms' own. After a change of a setting: `UPDATE_DOCS=1 cargo test -p fuzz`.
#[test]
fn the_dictionary_has_every_key() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/link.dict");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, fuzz::dictionary()).unwrap();
    }
    let written = fs::read_to_string(path).unwrap();
    assert!(
        written == fuzz::dictionary(),
        "fuzz/link.dict is out of date"
    );
}
