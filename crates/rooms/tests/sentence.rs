//! What Normalize calls words with their positions is what Encode shows of the same sentence.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

use figures::{Cells, Table};
use rooms::address::Address;
use rooms::by_slug;

/// A column of a figure's table, and the names of the cells of an axis of its first panel.
fn seen(link: &str, id: &str, column: &str) -> (Vec<f32>, Vec<String>) {
    let address = Address::parse(link);
    let lab = by_slug(&address.lab).unwrap();
    let idx = (lab.inspect.figures)()
        .iter()
        .position(|figure| figure.id == id);
    let mut seen = None;
    (lab.inspect.with_figure)(&address.pairs, idx.unwrap(), &mut |figure| {
        let Table::Columns(columns) = &figure.table else {
            panic!("{id} has columns");
        };
        let column = columns.iter().find(|it| it.name == column).unwrap();
        let Cells::F32(values) = &column.cells else {
            panic!("{id} has numbers");
        };
        let axes = [&figure.panels[0].x, &figure.panels[0].y];
        let named = axes.iter().find(|axis| !axis.names.is_empty());
        let names = named.map(|axis| axis.names.to_vec()).unwrap_or_default();
        seen = Some((values.to_vec(), names));
    });
    seen.unwrap()
}

#[test]
fn words_that_are_normalised_are_those_of_encode() {
    for (text, seed) in [("", 0), ("text=Dog%20bites%20man,%20DOG&", 7)] {
        let n_words = 5;
        let encode = format!("#/encode?part=sum&{text}d_model=32&seed={seed}");
        let normalize = format!(
            "#/normalize?input=encoded&{text}batch=1&seq_len={n_words}&d_model=32&seed={seed}"
        );
        let (sum, words) = seen(&encode, "encode-sum", "sum");
        let (x, tokens) = seen(&normalize, "normalize-matrix", "input");
        assert_eq!(words, tokens);
        assert_eq!(words.len(), n_words);
        assert_eq!(sum.len(), x.len());
        let largest = sum
            .iter()
            .zip(&x)
            .fold(0.0_f32, |max, (a, b)| max.max((a - b).abs()));
        assert!(largest < 1e-6, "{largest}");
    }
}

#[test]
fn a_sentence_goes_on_from_sample_to_sample() {
    let link = "#/normalize?input=encoded&text=a%20b%20c&batch=2&seq_len=4";
    let (_, tokens) = seen(link, "normalize-matrix", "input");
    assert_eq!(tokens, ["a", "b", "c", "a", "b", "c", "a", "b"]);
    let (_, tokens) = seen(
        "#/normalize?input=encoded&text=",
        "normalize-matrix",
        "input",
    );
    assert!(tokens.is_empty());
}
