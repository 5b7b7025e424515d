//! NPY files, read back by a small reader. NumPy itself reads those of all figures in crates/rooms/tests/code.rs.

use std::borrow::Cow;

use figures::npy::{n_values, npy, shape, write_header, write_values};
use figures::{Cells, Column, Table};
use ndarray::{Array2, array};
use proptest::prelude::*;

/// Shape and values of an NPY file with 32-bit floats in C order, by the format's description.
fn read(bytes: &[u8]) -> (Vec<usize>, Vec<f32>) {
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let n_text = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let (text, values) = bytes[10..].split_at(n_text);
    assert_eq!((10 + n_text) % 64, 0, "the values are aligned");
    let text = std::str::from_utf8(text).unwrap();
    let text = text.strip_suffix('\n').unwrap().trim_end();
    let lengths = text
        .strip_prefix("{'descr': '<f4', 'fortran_order': False, 'shape': (")
        .and_then(|rest| rest.strip_suffix("), }"))
        .unwrap();
    assert!(lengths.ends_with(", "), "a tuple, also of one: {lengths:?}");
    let shape: Vec<usize> = lengths
        .split_terminator(", ")
        .map(|length| length.parse().unwrap())
        .collect();
    let (fours, rest) = values.as_chunks();
    assert!(rest.is_empty());
    assert_eq!(fours.len(), shape.iter().product::<usize>());
    (
        shape,
        fours.iter().copied().map(f32::from_le_bytes).collect(),
    )
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn index(name: &'static str, every: usize, modulo: usize, len: usize) -> Column<'static> {
    let cells = Cells::Index { every, modulo, len };
    Column { name, cells }
}

fn floats<'a>(name: &'static str, values: &'a [f32]) -> Column<'a> {
    let cells = Cells::F32(values);
    Column { name, cells }
}

fn counts<'a>(name: &'static str, values: &'a [u32]) -> Column<'a> {
    let cells = Cells::U32(values);
    Column { name, cells }
}

#[test]
fn a_matrix_has_its_rows_and_the_columns_that_are_shown() {
    let values = array![[0.0, 0.5, 1.0], [0.25, f32::NAN, -1.0]];
    let table = |columns: &'static [usize]| Table::Matrix {
        index: "position",
        first: 1_000_000,
        prefix: "dim_",
        columns: Cow::Borrowed(columns),
        values: values.view(),
    };
    // The column that is not there is NaN, where the CSV has an empty field.
    let (shape, back) = read(&npy(&table(&[2, 0, 9])));
    assert_eq!(shape, [2, 3]);
    assert_eq!(
        bits(&back),
        bits(&[1.0, 0.0, f32::NAN, -1.0, 0.25, f32::NAN])
    );
    assert_eq!(read(&npy(&table(&[]))), (vec![2, 0], vec![]));
}

#[test]
fn columns_have_the_shape_that_their_indices_count() {
    let numbers: Vec<f32> = (0..12).map(|n| n as f32).collect();
    let (len, x, y) = (12, numbers.as_slice(), numbers.as_slice());
    let cases = [
        // (2 samples, 3 tokens, 2 features), one array of values and two.
        (
            vec![
                index("sample", 6, 2, len),
                index("token", 2, 3, len),
                index("feature", 1, 2, len),
                floats("x", x),
            ],
            vec![2, 3, 2],
        ),
        (
            vec![
                index("token", 4, 3, len),
                index("feature", 1, 4, len),
                floats("x", x),
                floats("y", y),
            ],
            vec![2, 3, 4],
        ),
        (
            vec![index("dimension", 1, 12, len), floats("value", x)],
            vec![12],
        ),
        // Without indices.
        (vec![floats("x", x), floats("y", y)], vec![2, 12]),
        (vec![floats("x", x)], vec![12]),
        (vec![floats("x", &x[..1]), floats("y", &y[..1])], vec![2, 1]),
        // Indices that do not count through the rows once in C order.
        (vec![index("feature", 1, 5, len), floats("x", x)], vec![12]),
        (
            vec![
                index("feature", 1, 4, len),
                index("token", 4, 3, len),
                floats("x", x),
            ],
            vec![12],
        ),
        (
            vec![index("feature", 1, 12, 7), floats("x", x), floats("y", y)],
            vec![2, 12],
        ),
        // Nothing.
        (Vec::new(), vec![0, 0]),
        (vec![index("feature", 1, 3, 3)], vec![0, 3]),
        (vec![index("feature", 1, 3, 0), floats("x", &[])], vec![0]),
    ];
    for (columns, expected) in cases {
        let table = Table::Columns(columns);
        assert_eq!(shape(&table), expected, "{table:?}");
        assert_eq!(n_values(&table), expected.iter().product::<usize>());
        let (back, values) = read(&npy(&table));
        assert_eq!(back, expected);
        let n_quantities = values.len() / numbers.len();
        if n_quantities > 0 {
            assert_eq!(values, numbers.repeat(n_quantities));
        }
    }
}

/// The columns say something of the array, such as how far apart its rows are.
#[test]
fn an_array_beside_columns_has_a_shape_of_its_own() {
    let values = [0.5, -1.0, f32::NAN, 2.0, 1e-7, 0.25];
    let words = ["dog".to_owned()];
    let table = |shape: &[usize], values| Table::Beside {
        columns: vec![
            Column {
                name: "word",
                cells: Cells::Words(&words),
            },
            floats("largest", &[0.5]),
        ],
        shape: shape.to_vec(),
        values,
    };
    for (lengths, values) in [
        (&[2, 1, 3][..], &values[..]),
        (&[6], &values),
        (&[2, 0, 3], &[]),
    ] {
        let table = table(lengths, values);
        assert_eq!(shape(&table), lengths);
        assert_eq!(n_values(&table), values.len());
        let (back, read) = read(&npy(&table));
        assert_eq!((back, bits(&read)), (lengths.to_vec(), bits(values)));
        // In pieces, the last of which goes past the end.
        let mut pieces = Vec::new();
        write_header(&table, &mut pieces);
        for from in (0..values.len()).step_by(4) {
            write_values(&table, from..from + 4, &mut pieces);
        }
        assert_eq!(pieces, npy(&table));
    }
}

#[test]
fn counts_are_floats_and_short_columns_end_in_nan() {
    let table = Table::Columns(vec![
        floats("bin_start", &[0.0, 0.5, 1.0]),
        counts("before", &[1, 16_777_216]),
        floats("after", &[]),
    ]);
    let (shape, values) = read(&npy(&table));
    assert_eq!(shape, [3, 3]);
    let nan = f32::NAN;
    let expected = [0.0, 0.5, 1.0, 1.0, 16_777_216.0, nan, nan, nan, nan];
    assert_eq!(bits(&values), bits(&expected));
}

#[test]
fn the_header_of_a_large_table_is_longer_by_whole_lines() {
    let columns: Vec<_> = (0..80).map(|_| floats("x", &[1.0])).collect();
    for n in [1, 2, 80] {
        let mut header = Vec::new();
        write_header(&Table::Columns(columns[..n].to_vec()), &mut header);
        assert_eq!(header.len(), 128);
        assert_eq!(header.last(), Some(&b'\n'));
    }
}

proptest! {
    #[test]
    fn every_matrix_reads_back(n_rows in 0_usize..6, n_columns in 0_usize..6, picked in proptest::collection::vec(0_usize..6, 0..8), words in proptest::collection::vec(any::<u32>(), 36)) {
        let values = Array2::from_shape_fn((n_rows, n_columns), |(r, c)| f32::from_bits(words[r * 6 + c]));
        let table = Table::Matrix { index: "position", first: 3, prefix: "dim_", columns: Cow::Borrowed(&picked), values: values.view() };
        let (shape, back) = read(&npy(&table));
        prop_assert_eq!(shape, vec![n_rows, picked.len()]);
        for (idx, value) in back.iter().enumerate() {
            let (row, column) = (idx / picked.len(), picked[idx % picked.len()]);
            match values.get([row, column]) {
                Some(expected) => prop_assert_eq!(value.to_bits(), expected.to_bits()),
                None => prop_assert!(value.is_nan()),
            }
        }
    }

    #[test]
    fn pieces_make_the_whole(lengths in proptest::collection::vec(0_usize..9, 0..4), piece in 1_usize..11) {
        let numbers: Vec<f32> = (0..9).map(|n| n as f32 / 8.0).collect();
        let columns = lengths.iter().map(|&n| floats("x", &numbers[..n])).collect();
        let table = Table::Columns(columns);
        let mut bytes = Vec::new();
        write_header(&table, &mut bytes);
        // With one piece more than there is.
        for from in (0..=n_values(&table)).step_by(piece) {
            write_values(&table, from..from + piece, &mut bytes);
        }
        prop_assert_eq!(bytes, npy(&table));
    }
}
