//! What must hold of any bytes at all, for a fuzzer that looks for bytes of which it does not, and for a test that tries again what
//! was found. A function stops with a panic at what does not hold.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a fuzzer takes a panic for a find"
)]

use std::collections::BTreeSet;

use figures::svg::svg;
use figures::{Scheme, Size, Theme};
use maths::import::{Commas, Imported, ReadError, Reader, Reading};
use rooms::address::{Address, fragment};
use rooms::trouble::trouble;
use rooms::{ALL, Entry, platform};

const TOKENS: &str = include_str!("../../style/tokens.css");

/// A part is looked at where the product of what its room is sized by is at most this: what is larger takes seconds, in which a
/// fuzzer tries a thousand others, and the tests of rooms go to the ends of all ranges.
const MOST_VALUES: f64 = 4096.0;

/// The settings by which a room grows.
const SIZES: &[&str] = &["batch", "seq_len", "d_model"];

/// A link gives a state, the state writes a link that gives it back without a notice, and whatever its part shows can be drawn,
/// said, and written as code.
pub fn link(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let address = Address::parse(&text);
    for room in ALL {
        let (pairs, _) = (room.inspect.canonical)(&address.pairs);
        let written = fragment(
            room.slug,
            pairs.iter().map(|(key, value)| (*key, value.as_str())),
        );
        let again = Address::parse(&written);
        assert_eq!(again.lab, room.slug, "{written}");
        let (pairs_again, notices) = (room.inspect.canonical)(&again.pairs);
        assert_eq!(pairs_again, pairs, "{written}");
        assert!(notices.is_empty(), "{written}: {notices:?}");
        if address.lab == room.slug && values_of(room, &pairs) <= MOST_VALUES {
            look_at(room, &again);
        }
    }
}

/// How many values there are in the state of these pairs.
fn values_of(room: &Entry, pairs: &[(&'static str, String)]) -> f64 {
    let controls = (room.inspect.controls)();
    let sizes = controls.iter().filter(|row| SIZES.contains(&row.key));
    sizes
        .map(|row| {
            let written = pairs.iter().find(|(key, _)| *key == row.key);
            // What a default is in some part stands after a semicolon.
            let usual = row.default.split(';').next().unwrap_or_default();
            let text = written.map_or(usual, |(_, value)| value);
            platform::parse_number(text).expect("a size is a number")
        })
        .product()
}

/// Looks at all that a part shows, twice: what the room keeps from the first look changes nothing.
fn look_at(room: &Entry, address: &Address) {
    let pairs = &address.pairs;
    let theme = Theme::from_tokens(TOKENS, Scheme::Light).unwrap();
    let size = Size {
        width: 312.0,
        height: 352.0,
        pixel_ratio: 1.0,
    };
    let part_idx = (room.inspect.part)(pairs);
    let mut open = (room.inspect.open)();
    let mut looks = [0, 1].map(|_| {
        let mut said = open.texts(pairs, part_idx);
        let figures = (room.inspect.figures)().into_iter().enumerate();
        for (idx, figure) in figures.filter(|(_, figure)| figure.part_idx == part_idx) {
            open.with_figure(pairs, idx, &mut |drawn| {
                let text = svg(drawn, &theme, size).unwrap();
                let read = roxmltree::Document::parse(&text);
                assert!(read.is_ok(), "{}: {read:?}", figure.id);
                said.push(text);
            });
            let sentences = open.sentences(pairs, idx);
            for sentence in &sentences {
                let why = trouble(sentence);
                assert!(why.is_none(), "{}: {why:?}: {sentence}", figure.id);
            }
            let code = open.code(pairs, idx);
            said.extend(sentences);
            said.extend([code.numpy, code.pytorch]);
        }
        said
    });
    let [first, second] = &mut looks;
    assert!(first == second, "a second look shows something else");
}

/// A text is numbers in a block, or an error that says what is there; read in pieces it is the same.
pub fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for commas in [Commas::Guessed, Commas::Separate, Commas::Decimal] {
        let reading = Reading {
            commas,
            ..Reading::default()
        };
        let begin = || Reader::text(text.to_string(), reading, platform::parse_number);
        let whole = begin().finish();
        look_into(&whole);
        let mut reader = begin();
        let pieces = loop {
            if let Some(read) = reader.advance(7) {
                break read;
            }
        };
        assert_eq!(format!("{pieces:?}"), format!("{whole:?}"));
    }
}

/// A file is numbers in a block, or an error that says what it is.
pub fn file(bytes: &[u8]) {
    look_into(&Reader::file(bytes.to_vec(), Reading::default(), platform::parse_number).finish());
}

fn look_into(read: &Result<Imported, ReadError>) {
    match read {
        Ok(imported) => {
            let n_values: usize = imported.shape.iter().product();
            assert_eq!(imported.values.len(), n_values);
            assert!(!imported.shape.contains(&0));
        }
        Err(error) => assert!(!error.given().is_empty() && !error.allowed().is_empty()),
    }
}

/// What a fuzzer needs to know of links to get anywhere: rooms, keys, and words, as libFuzzer reads them.
pub fn dictionary() -> String {
    let mut words = BTreeSet::new();
    for room in ALL {
        words.insert(format!("#/{}?", room.slug));
        for row in (room.inspect.controls)() {
            let options = row.allowed.split(", ");
            let slugs = options.filter(|option| !option.contains(' '));
            words.extend(slugs.map(|slug| format!("&{}={slug}", row.key)));
            words.insert(format!("&{}=", row.key));
        }
    }
    words.iter().fold(String::new(), |text, word| {
        text + "\"" + &word.replace('\\', "\\\\").replace('"', "\\\"") + "\"\n"
    })
}
