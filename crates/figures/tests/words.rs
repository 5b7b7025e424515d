//! Numbers as text, ticks, and CSV.

use std::borrow::Cow;
use std::ops::Range;

use figures::csv::{csv, n_rows, write_f32, write_header, write_rows};
use figures::number::{format_count, format_fixed, format_value};
use figures::ticks::{cell_ticks, log_ticks, value_ticks};
use figures::{Cells, Column, Excerpt, Figure, MAX_EXCERPT_ROWS, Table, excerpt};
use ndarray::{Array2, array};
use proptest::prelude::*;

#[test]
fn values_are_short_and_exact() {
    for (value, digits, text) in [
        (0.964_89, 4, "0.9649"),
        (-0.964_89, 4, "−0.9649"),
        (1.5, 3, "1.5"),
        (1.0, 3, "1"),
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (100.0, 1, "100"),
        (9_999.0, 4, "9999"),
        (54_413.7, 4, "54\u{202f}414"),
        (1_234.0, 3, "1234"),
        (1_234.5, 2, "1234"),
        (9_999.6, 4, "10\u{202f}000"),
        (999_999_999_999.9, 3, "1e12"),
        (123_456_789_012.0, 3, "123\u{202f}456\u{202f}789\u{202f}012"),
        (-1_234_567.0, 7, "−1\u{202f}234\u{202f}567"),
        (9.996, 3, "10"),
        (0.000_1, 3, "0.0001"),
        (0.000_01, 3, "1e-5"),
        (-0.000_012_3, 3, "−1.23e-5"),
        (3.4e38, 2, "3.4e38"),
        (f64::NAN, 3, "NaN"),
        (f64::INFINITY, 3, "∞"),
        (f64::NEG_INFINITY, 3, "−∞"),
        (0.5, 0, "0.5"),
    ] {
        assert_eq!(format_value(value, digits), text, "{value}");
    }
}

#[test]
fn decimals_are_kept_where_numbers_are_compared() {
    assert_eq!(format_fixed(1.5, 3), "1.500");
    assert_eq!(format_fixed(-0.212_4, 3), "−0.212");
    assert_eq!(format_fixed(-0.000_4, 3), "0.000");
    assert_eq!(format_fixed(12_345.678, 1), "12\u{202f}345.7");
    assert_eq!(format_fixed(f64::NAN, 3), "NaN");
    assert_eq!(format_count(9_999), "9999");
    assert_eq!(format_count(10_000), "10\u{202f}000");
    assert_eq!(format_count(1_000_000), "1\u{202f}000\u{202f}000");
}

fn labels(ticks: &[figures::ticks::Tick]) -> String {
    ticks
        .iter()
        .map(|t| t.label.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn value_ticks_are_round() {
    for (min, max, n, expected) in [
        (-1.0, 1.0, 5, "−1 −0.5 0 0.5 1"),
        (-1.0, 1.0, 4, "−1 0 1"),
        (-8.0, 8.0, 6, "−8 −4 0 4 8"),
        (-6.0, 6.0, 4, "−6 0 6"),
        (-8.7, 9.2, 3, "−5 0 5"),
        (0.0, 85.0, 5, "0 20 40 60 80"),
        (0.0, 1.0, 11, "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1"),
        (-0.123, 0.456, 6, "−0.1 0 0.1 0.2 0.3 0.4"),
        (0.0, 100_000.0, 3, "0 50\u{202f}000 100\u{202f}000"),
        (0.0, 3e-9, 4, "0 1e-9 2e-9 3e-9"),
        (1.0, 1.0, 5, ""),
        (2.0, 1.0, 5, ""),
        (f64::NAN, 1.0, 5, ""),
        (0.0, f64::INFINITY, 5, ""),
        (0.0, 1.0, 0, ""),
    ] {
        assert_eq!(
            labels(&value_ticks(min, max, n)),
            expected,
            "{min} {max} {n}"
        );
    }
}

#[test]
fn log_ticks_are_powers_of_ten() {
    for (min, max, n, expected) in [
        (1e-3, 1e2, 8, "10⁻³ 10⁻² 10⁻¹ 10⁰ 10¹ 10²"),
        (1e-3, 1e2, 3, "10⁻² 10⁰ 10²"),
        (1e-3, 1e2, 2, "10⁰"),
        (2e-7, 30.0, 5, "10⁻⁶ 10⁻⁴ 10⁻² 10⁰"),
        (1e-30, 1e30, 4, "10⁻²⁰ 10⁰ 10²⁰"),
        (1.0, 10.0, 4, "10⁰ 10¹"),
        (0.5, 20.0, 8, "10⁰ 10¹"),
        (0.2, 8.0, 8, "0.2 0.5 1 2 5"),
        (2.0, 9.0, 5, "2 5"),
        (3.0, 4.0, 6, "3 3.2 3.4 3.6 3.8 4"),
        (0.2, 8.0, 3, "0.5 1 5"),
        (0.0, 1.0, 5, ""),
        (-1.0, 1.0, 5, ""),
        (1.0, 1.0, 5, ""),
        (10.0, 1.0, 5, ""),
        (1.0, f64::INFINITY, 5, ""),
        (f64::NAN, 1.0, 5, ""),
        (1.0, 10.0, 0, ""),
    ] {
        assert_eq!(labels(&log_ticks(min, max, n)), expected, "{min} {max} {n}");
    }
}

#[test]
fn cell_ticks_have_the_first_and_the_last() {
    for (first, len, step, clear, expected) in [
        (0, 64, 5.3, 2.6, "0 10 20 30 40 50 63"),
        (0, 64, 5.3, 5.0, "0 10 20 30 40 50 63"),
        (0, 128, 13.0, 7.0, "0 20 40 60 80 100 127"),
        (0, 8, 2.0, 1.0, "0 2 4 7"),
        (0, 4, 1.0, 1.0, "0 1 2 3"),
        (
            1003,
            64,
            8.0,
            5.0,
            "1003 1010 1020 1030 1040 1050 1060 1066",
        ),
        (
            999_990,
            20,
            10.0,
            5.0,
            "999\u{202f}990 1\u{202f}000\u{202f}000 1\u{202f}000\u{202f}009",
        ),
        (5, 1, 1.0, 1.0, "5"),
        (5, 3, 30.0, 20.0, "5"),
        (0, 0, 1.0, 1.0, ""),
        (3, 9, f64::NAN, f64::INFINITY, "3"),
    ] {
        assert_eq!(
            labels(&cell_ticks(first, len, step, clear)),
            expected,
            "{first} {len} {step}"
        );
    }
}

proptest! {
    #[test]
    fn any_value_axis_has_ticks_inside_it(a in -1e12_f64..1e12, size in 1e-9_f64..1e12, n in 1_usize..30) {
        let ticks = value_ticks(a, a + size, n);
        prop_assert!(ticks.len() <= n);
        for tick in &ticks {
            prop_assert!(tick.at >= a - size * 1e-6 && tick.at <= a + size * (1.0 + 1e-6), "{}", tick.at);
        }
        for pair in ticks.windows(2) {
            prop_assert!(pair[0].at < pair[1].at);
        }
    }

    #[test]
    fn any_log_axis_has_ticks_inside_it(power in -300.0_f64..290.0, decades in 1e-3_f64..15.0, n in 2_usize..30) {
        let (min, max) = (10_f64.powf(power), 10_f64.powf(power + decades));
        let ticks = log_ticks(min, max, n);
        for tick in &ticks {
            prop_assert!(tick.at >= min * (1.0 - 1e-6) && tick.at <= max * (1.0 + 1e-6), "{}", tick.at);
        }
        for pair in ticks.windows(2) {
            prop_assert!(pair[0].at < pair[1].at);
        }
        prop_assert!(!ticks.is_empty() || decades < 2.0);
    }

    #[test]
    fn any_axis_at_all_is_divided_without_end(min in any::<f64>(), max in any::<f64>(), n in 0_usize..50) {
        prop_assert!(value_ticks(min, max, n).len() <= n);
        prop_assert!(log_ticks(min, max, n).len() <= n);
    }

    #[test]
    fn any_cell_axis_has_ticks_apart(first in any::<u64>(), len in 0_usize..5000, step in 0.0_f64..900.0, clear in 0.0_f64..500.0) {
        let ticks = cell_ticks(first, len, step, clear);
        prop_assert_eq!(ticks.is_empty(), len == 0);
        if first < 1 << 50 {
            for pair in ticks.windows(2) {
                prop_assert!(pair[1].at - pair[0].at >= clear.max(1.0) - 1e-6);
            }
        }
    }

    #[test]
    fn every_f32_reads_back(bits in any::<u32>()) {
        let value = f32::from_bits(bits);
        let mut text = String::new();
        write_f32(value, &mut text).unwrap();
        let back: f32 = text.parse().unwrap();
        prop_assert!(back.to_bits() == value.to_bits() || (back.is_nan() && value.is_nan()), "{text}");
        for other in [format!("{value}"), format!("{value:e}")] {
            prop_assert!(text.len() <= other.len());
        }
    }

    #[test]
    fn a_table_reads_back(n_rows in 0_usize..6, n_columns in 0_usize..6, bits in proptest::collection::vec(any::<u32>(), 36)) {
        let values = Array2::from_shape_fn((n_rows, n_columns), |(r, c)| f32::from_bits(bits[r * 6 + c]));
        let columns: Vec<usize> = (0..n_columns).collect();
        let table = Table::Matrix { index: "position", first: 3, prefix: "dim_", columns: Cow::Owned(columns), values: values.view() };
        let text = csv(&table);
        prop_assert!(text.ends_with('\n'));
        prop_assert_eq!(text.lines().count(), n_rows + 1);
        for (row, line) in text.lines().skip(1).enumerate() {
            let mut fields = line.split(',');
            let number: usize = fields.next().unwrap().parse().unwrap();
            prop_assert_eq!(number, row + 3);
            let fields: Vec<f32> = fields.map(|f| f.parse().unwrap()).collect();
            prop_assert_eq!(fields.len(), n_columns);
            for (back, value) in fields.iter().zip(values.row(row)) {
                prop_assert!(back.to_bits() == value.to_bits() || (back.is_nan() && value.is_nan()));
            }
        }
    }
}

#[test]
fn numbers_are_as_short_as_they_can_be() {
    for (value, text) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (0.1, "0.1"),
        (-0.25, "-0.25"),
        (0.001, "1e-3"),
        (0.001_23, "0.00123"),
        (1000.0, "1e3"),
        (1024.0, "1024"),
        (1e-5, "1e-5"),
        (f32::MAX, "3.4028235e38"),
        (f32::NAN, "NaN"),
        (f32::INFINITY, "inf"),
        (f32::NEG_INFINITY, "-inf"),
    ] {
        let mut out = String::new();
        write_f32(value, &mut out).unwrap();
        assert_eq!(out, text);
    }
}

#[test]
fn a_matrix_has_its_index_and_the_columns_that_are_shown() {
    let values = array![[0.0, 0.5, 1.0], [0.25, f32::NAN, -1.0]];
    let table = Table::Matrix {
        index: "position",
        first: 1_000_000,
        prefix: "dim_",
        columns: Cow::Borrowed(&[2, 0, 9]),
        values: values.view(),
    };
    assert_eq!(
        csv(&table),
        "position,dim_2,dim_0,dim_9\n1000000,1,0,\n1000001,-1,0.25,\n"
    );
    // A map of positions against positions: both are counted from the same one.
    let map = Table::Matrix {
        index: "position",
        first: 5,
        prefix: "",
        columns: Cow::Borrowed(&[0, 1]),
        values: values.view(),
    };
    assert_eq!(csv(&map), "position,5,6\n5,0,0.5\n6,0.25,NaN\n");
}

#[test]
fn columns_have_their_names_and_their_indices() {
    let table = Table::Columns(vec![
        Column {
            name: "token",
            cells: Cells::Index {
                every: 2,
                modulo: 2,
                len: 6,
            },
        },
        Column {
            name: "feature",
            cells: Cells::Index {
                every: 1,
                modulo: 2,
                len: 6,
            },
        },
        Column {
            name: "input",
            cells: Cells::F32(&[0.5, -1.0, 2.0, f32::NAN, 1e-7]),
        },
        Column {
            name: "count",
            cells: Cells::U32(&[7]),
        },
        Column {
            name: "seen",
            cells: Cells::Sparse(&[f32::NAN, 1.0, f32::NAN, 0.25]),
        },
    ]);
    let expected = "token,feature,input,count,seen\n0,0,0.5,7,\n0,1,-1,,1\n1,0,2,,\n1,1,NaN,,0.25\n0,0,1e-7,,\n0,1,,,\n";
    assert_eq!(csv(&table), expected);
    // The same in pieces, with one more than there is.
    let mut text = String::new();
    write_header(&table, &mut text).unwrap();
    for from in (0..=n_rows(&table)).step_by(4) {
        write_rows(&table, from..from + 4, &mut text).unwrap();
    }
    assert_eq!(text, expected);
    assert_eq!(csv(&Table::Columns(Vec::new())), "\n");
}

/// Words are texts as people type them: what ends a field or a row is in quotation marks, doubled where they have them.
#[test]
fn words_stand_in_columns_beside_an_array() {
    let words = ["dog", ",", "\"no\"", "a\nb", "שלום", "pooled"].map(str::to_owned);
    let columns = || {
        vec![
            Column {
                name: "word",
                cells: Cells::Words(&words),
            },
            Column {
                name: "position",
                cells: Cells::F32(&[0.0, 2.0, 1.0, 4.0, 3.0]),
            },
        ]
    };
    let table = Table::Beside {
        columns: columns(),
        shape: vec![2],
        values: &[7.0, 8.0],
    };
    let expected = "word,position\ndog,0\n\",\",2\n\"\"\"no\"\"\",1\n\"a\nb\",4\nשלום,3\npooled,\n";
    assert_eq!(csv(&table), expected);
    assert_eq!(csv(&Table::Columns(columns())), expected);
    assert_eq!(n_rows(&table), 6);
    let read = excerpt(&with_table(table.clone(), 4..5));
    assert_eq!(read.header, ["word", "position"]);
    assert_eq!(read.rows, [["שלום", "3"]]);
    let all = excerpt(&with_table(table, 0..0));
    assert_eq!(all.rows.len(), 6);
    assert_eq!(all.rows[5], ["pooled", ""]);
}

#[test]
fn a_decimal_number_has_a_form_with_an_exponent() {
    for (plain, expected) in [
        ("0.00012", Some("1.2e-4")),
        ("-0.5", Some("-5e-1")),
        ("3000000", Some("3e6")),
        ("-1234.5", Some("-1.2345e3")),
        ("1", Some("1e0")),
        ("0", None),
        ("NaN", None),
        ("inf", None),
        ("", None),
    ] {
        assert_eq!(
            figures::number::exponent_form(plain).as_deref(),
            expected,
            "{plain}"
        );
    }
}

/// A figure that has nothing but a table.
fn with_table(table: Table<'_>, read_rows: Range<usize>) -> Figure<'_> {
    Figure {
        table,
        read_rows,
        ..crate::panels::figure("", Vec::new())
    }
}

#[test]
fn of_a_matrix_the_selected_row_stands_upright() {
    let values = array![[0.0, 0.5, 1.0], [1e-5, f32::NAN, -1.0]];
    let table = || Table::Matrix {
        index: "position",
        first: 20,
        prefix: "dim_",
        columns: Cow::Borrowed(&[2, 0, 1, 9]),
        values: values.view(),
    };
    let of_second = excerpt(&with_table(table(), 1..2));
    assert_eq!(of_second.header, ["column", "position 21"]);
    assert_eq!(
        of_second.rows,
        [
            ["dim_2", "-1"],
            ["dim_0", "1e-5"],
            ["dim_1", "NaN"],
            ["dim_9", ""]
        ]
    );
    assert_eq!(of_second.n_left_out, 0);
    // Of several rows the first; without a selection, or with one past the end, the first of all.
    assert_eq!(excerpt(&with_table(table(), 1..9)), of_second);
    for nothing in [0..0, 7..9] {
        assert_eq!(
            excerpt(&with_table(table(), nothing)).header[1],
            "position 20"
        );
    }
    let empty = Array2::zeros((0, 3));
    let table = Table::Matrix {
        index: "position",
        first: 20,
        prefix: "",
        columns: Cow::Borrowed(&[0]),
        values: empty.view(),
    };
    let nothing = excerpt(&with_table(table, 0..1));
    assert_eq!(nothing.header, ["column", "position"]);
    assert!(nothing.rows.is_empty());
}

#[test]
fn of_columns_the_selected_rows_are_taken() {
    let table = || {
        Table::Columns(vec![
            Column {
                name: "feature",
                cells: Cells::Index {
                    every: 1,
                    modulo: 1000,
                    len: 600,
                },
            },
            Column {
                name: "x",
                cells: Cells::F32(&[0.1, 2.5, 1e-7]),
            },
        ])
    };
    let some = excerpt(&with_table(table(), 1..4));
    assert_eq!(some.header, ["feature", "x"]);
    assert_eq!(some.rows, [["1", "2.5"], ["2", "1e-7"], ["3", ""]]);
    assert_eq!(some.n_left_out, 0);
    for (rows, n_selected) in [(0..0, 600), (100..600, 500), (100..9999, 500)] {
        let Excerpt {
            rows, n_left_out, ..
        } = excerpt(&with_table(table(), rows));
        assert_eq!(rows.len(), MAX_EXCERPT_ROWS);
        assert_eq!(rows.len() + n_left_out, n_selected);
    }
    let nothing = excerpt(&with_table(Table::Columns(Vec::new()), 0..1));
    assert_eq!(nothing, Excerpt::default());
}

#[test]
fn an_excerpt_has_the_texts_of_the_csv() {
    let values = Array2::from_shape_fn((40, 3), |(r, c)| (r * 3 + c) as f32 / 7.0);
    let flat = values.as_slice().unwrap();
    let table = Table::Columns(vec![
        Column {
            name: "a",
            cells: Cells::F32(&flat[..40]),
        },
        Column {
            name: "b",
            cells: Cells::F32(&flat[40..80]),
        },
    ]);
    let text = csv(&table);
    let excerpt = excerpt(&with_table(table, 10..30));
    let lines = std::iter::once(&excerpt.header).chain(&excerpt.rows);
    let lines: Vec<String> = lines.map(|fields| fields.join(",")).collect();
    let expected = text.lines().enumerate();
    let expected = expected.filter(|(k, _)| *k == 0 || (11..31).contains(k));
    let expected: Vec<&str> = expected.map(|(_, line)| line).collect();
    assert_eq!(lines, expected);
}
