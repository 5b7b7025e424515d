//! What tests of the readers share.

use maths::import::{Commas, Imported, ReadError, Reader, Reading};

/// Decimal numbers only, as the page reads them.
pub fn parse(text: &str) -> Option<f64> {
    let is_decimal = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
    text.chars()
        .all(is_decimal)
        .then(|| text.parse().ok())
        .flatten()
}

/// Text, read with what commas are.
pub fn read_with(text: &str, commas: Commas) -> Result<Imported, ReadError> {
    let reading = Reading {
        commas,
        ..Reading::default()
    };
    Reader::text(text.to_owned(), reading, parse).finish()
}

/// Text, read as it comes.
pub fn read(text: &str) -> Result<Imported, ReadError> {
    read_with(text, Commas::Guessed)
}

/// A file, read as it comes.
pub fn read_file(bytes: &[u8]) -> Result<Imported, ReadError> {
    Reader::file(bytes.to_vec(), Reading::default(), parse).finish()
}

/// Whether values are the same, NaN included.
pub fn same(got: &[f32], expected: &[f32]) -> bool {
    let same = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
    got.len() == expected.len() && got.iter().zip(expected).all(same)
}

/// Checks that every text gives the shape and the values beside it; says all that do not.
pub fn assert_read(cases: &[(&str, &[usize], &[f32])]) {
    let mut wrong = Vec::new();
    for (text, shape, values) in cases {
        match read(text) {
            Ok(imported) if imported.shape == *shape && same(&imported.values, values) => {}
            other => wrong.push(format!("{text:?}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
