//! Tables as countries, programs and papers write them: commas, labels, frames.

use maths::import::{Commas, LeftOut, ReadError, Reader, Reading, Remark};
use proptest::prelude::*;

use crate::reading::{assert_read, parse, read, read_with, same};

const TWO: &[usize] = &[2, 2];

#[test]
fn decimal_commas_are_told_by_what_stands_between_numbers() {
    const VALUES: &[f32] = &[1.5, 2.5, 3.5, 4.5];
    assert_read(&[
        ("1,5;2,5\n3,5;4,5", TWO, VALUES),
        ("1,5;2,5\r\n3,5;4,5\r\n", TWO, VALUES),
        ("1,5;2,5;\n3,5;4,5;\n", TWO, VALUES),
        ("1,5\t2,5\n3,5\t4,5", TWO, VALUES),
        ("1,5 2,5\n3,5 4,5", TWO, VALUES),
        ("1,5  2,5", &[1, 2], &VALUES[..2]),
        ("|1,5|2,5|\n|3,5|4,5|", TWO, VALUES),
        ("a;b\n1,5;2,5\n3,5;4,5", TWO, VALUES),
        ("Breite, m;Höhe, m\n1,5;2,5\n3,5;4,5", TWO, VALUES),
        ("a;b\n1,5;2,5", &[1, 2], &VALUES[..2]),
        ("sep=;\n1,5;2,5\n3,5;4,5", TWO, VALUES),
        ("sep=;\r\na;b\r\n1,5;2,5\r\n3,5;4,5\r\n", TWO, VALUES),
        ("SEP=\t\n1,5\t2,5\n3,5\t4,5", TWO, VALUES),
        ("# a, comment; here\n1,5;2,5\n3,5;4,5", TWO, VALUES),
        ("\"1,5\";\"2,5\"\n\"3,5\";\"4,5\"", TWO, VALUES),
        ("\"1,5\",\"2,5\"\n\"3,5\",\"4,5\"", TWO, VALUES),
        ("-1,5;2\n3;-4,5e1", TWO, &[-1.5, 2.0, 3.0, -45.0]),
        (
            "−1,5;nan\ninf;4,5",
            TWO,
            &[-1.5, f32::NAN, f32::INFINITY, 4.5],
        ),
        // What groups digits.
        ("1.234,5;2\n3;4", TWO, &[1234.5, 2.0, 3.0, 4.0]),
        (
            "1 234,5;2\n3;1 234 567",
            TWO,
            &[1234.5, 2.0, 3.0, 1_234_567.0],
        ),
        (
            "1\u{a0}234,5;2\n3;4\u{202f}000",
            TWO,
            &[1234.5, 2.0, 3.0, 4000.0],
        ),
        (
            "1\u{a0}234,5 2\n3 4\u{202f}000",
            TWO,
            &[1234.5, 2.0, 3.0, 4000.0],
        ),
        ("1'234.5;2\n3;4’000", TWO, &[1234.5, 2.0, 3.0, 4000.0]),
        ("1'234.5,2\n3,4'000", TWO, &[1234.5, 2.0, 3.0, 4000.0]),
        ("1,234.5\t2\n3\t4,000", TWO, &[1234.5, 2.0, 3.0, 4000.0]),
        ("1,234.5;2\n3;4,000", TWO, &[1234.5, 2.0, 3.0, 4000.0]),
        ("1,234.5 2\n3 4,000", TWO, &[1234.5, 2.0, 3.0, 4000.0]),
        (
            "\"1,234.5\",2\n3,\"4,000\"",
            TWO,
            &[1234.5, 2.0, 3.0, 4000.0],
        ),
        ("1,234,567\t2\n3\t4", TWO, &[1_234_567.0, 2.0, 3.0, 4.0]),
    ]);
}

#[test]
fn commas_between_numbers_stay_there() {
    let six: Vec<f32> = (1..=6).map(|n| n as f32).collect();
    assert_read(&[
        // The form of links and of the field.
        ("1,2,3;4,5,6", &[2, 3], &six),
        ("1,2,3;4,5,6;", &[2, 3], &six),
        ("1, 2, 3; 4, 5, 6", &[2, 3], &six),
        ("1,2,3;\n4,5,6;", &[2, 3], &six),
        (
            "1,2,3;4,5,6\n1,2,3;4,5,6",
            &[4, 3],
            &[&six[..], &six].concat(),
        ),
        ("1,2;3,4", TWO, &six[..4]),
        ("1;2;3", &[1, 3], &six[..3]),
        ("1;2;3;", &[1, 3], &six[..3]),
        ("1 2;3 4", TWO, &six[..4]),
        ("1.5;2.5", &[1, 2], &[1.5, 2.5]),
        // Lines.
        ("1;2\n3;4", TWO, &six[..4]),
        ("1,2\n3,4", TWO, &six[..4]),
        ("a,b\n1,2\n3,4", TWO, &six[..4]),
        ("1,\t2\n3,\t4", TWO, &six[..4]),
        (
            "100,200,300\n400,500,600",
            &[2, 3],
            &[100.0, 200.0, 300.0, 400.0, 500.0, 600.0],
        ),
        (
            "100,200,300;400,500,600\n100,200,300;400,500,600",
            &[4, 3],
            &[
                100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 100.0, 200.0, 300.0, 400.0, 500.0, 600.0,
            ],
        ),
        (
            "1.5,2.5;3.5,4.5\n5.5,6.5;7.5,8.5",
            &[4, 2],
            &[1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5],
        ),
        (
            "nan,nan\nnan,inf",
            TWO,
            &[f32::NAN, f32::NAN, f32::NAN, f32::INFINITY],
        ),
        ("nan;1\n2;inf", TWO, &[f32::NAN, 1.0, 2.0, f32::INFINITY]),
    ]);
}

/// How commas were read, and what the other reading would be.
fn commas(text: &str) -> Option<(Commas, Commas, [usize; 2])> {
    let remarks = read(text).unwrap().remarks;
    remarks.into_iter().find_map(|remark| match remark {
        Remark::Commas {
            read,
            other,
            other_shape,
        } => Some((read, other, other_shape?)),
        _ => None,
    })
}

#[test]
fn what_can_be_read_in_two_ways_says_the_other() {
    use Commas::{Decimal, Separate};
    for (text, shape, read_as, other_shape) in [
        ("0,5\n0,25", [2, 1], Decimal, [2, 2]),
        ("1,05\n2,25", [2, 1], Decimal, [2, 2]),
        ("-0,5\n3,25", [2, 1], Decimal, [2, 2]),
        ("1,2\n3,4", [2, 2], Separate, [2, 1]),
        ("10,2\n3,14\n2,7", [3, 2], Separate, [3, 1]),
        ("1,5;2,5", [2, 2], Separate, [1, 2]),
        ("1,5;\n2,5;", [2, 2], Separate, [2, 1]),
        ("0,5", [1, 2], Separate, [1, 1]),
    ] {
        let imported = read(text).unwrap();
        assert_eq!(imported.shape, shape, "{text:?}");
        let other = if read_as == Decimal {
            Separate
        } else {
            Decimal
        };
        assert_eq!(
            commas(text),
            Some((read_as, other, other_shape)),
            "{text:?}"
        );
        assert_eq!(
            read_with(text, other).unwrap().shape,
            other_shape,
            "{text:?}"
        );
        // Chosen, there is nothing to ask.
        assert_eq!(read_with(text, read_as).unwrap().shape, shape, "{text:?}");
        assert_eq!(read_with(text, read_as).unwrap().remarks, [], "{text:?}");
    }
    for text in [
        "1,2,3\n4,5,6",
        "1,2,3;4,5,6",
        "a,b\n0,5\n0,25",
        "1,5;2,5\n3,5;4,5",
        "1,5\t2,5",
        "1, 2\n3, 4",
        "1.5,2\n3,4",
        "1;2\n3;4",
        "1 2\n3 4",
        "7",
        "1 2;3 4",
    ] {
        assert_eq!(commas(text), None, "{text:?}");
    }
}

#[test]
fn rows_that_would_be_ragged_have_decimal_commas() {
    for (text, values) in [
        ("1,5\n3", &[1.5, 3.0][..]),
        ("3\n1,5\n", &[3.0, 1.5]),
        ("x\n1,5\n3\n-2,25", &[1.5, 3.0, -2.25]),
    ] {
        let imported = read(text).unwrap();
        assert_eq!(imported.shape, [values.len(), 1], "{text:?}");
        assert!(same(&imported.values, values), "{text:?}");
        let is_said = imported.remarks.contains(&Remark::Commas {
            read: Commas::Decimal,
            other: Commas::Separate,
            other_shape: None,
        });
        assert!(is_said, "{text:?}: {:?}", imported.remarks);
        assert!(read_with(text, Commas::Separate).is_err(), "{text:?}");
    }
    // A comma before three digits may group them, and two commas stand between numbers.
    for text in ["1,500\n3", "1,2,3\n4", "1,5\n3,x"] {
        assert!(read(text).is_err(), "{text:?}");
    }
}

#[test]
fn tables_in_html_are_read() {
    for text in [
        "<table>\n<tr><td>0.5</td><td>0.25</td></tr>\n<tr><td>0.75</td><td>2</td></tr>\n</table>",
        "<TABLE BORDER=1><TR><TD>0.5<TD>0.25<TR><TD>0.75<TD>2</TABLE>",
        "<!DOCTYPE html><style>td { a: 1 }</style>\n<table class=\"x\">\n <thead>\n  <tr>\n   <th></th>\n   <th>a</th>\n   <th>b</th>\n  </tr>\n </thead>\n <tbody>\n  <tr>\n   <th>0</th>\n   <td>0.5</td>\n   <td>0.25</td>\n  </tr>\n  <tr>\n   <th>1</th>\n   <td>0.75</td>\n   <td>2</td>\n  </tr>\n </tbody>\n</table><p>2 rows</p>",
        "<table><tr><td>0,5<!-- </td> --></td><td><b>0,25</b></td></tr><tr><td>0,75&nbsp;</td><td>\n2\n</td></tr></table>",
        "<table><tr><th>é</th><th>&amp;</th></tr><tr><td>0.5</td><td>0.25</td></tr><tr><td>0.75</td><td>2</td></tr></table>",
    ] {
        let imported = read(text).unwrap_or_else(|error| unreachable!("{text:?}: {error:?}"));
        assert_eq!(imported.shape, [2, 2], "{text:?}");
        assert!(
            same(&imported.values, &[0.5, 0.25, 0.75, 2.0]),
            "{text:?}: {imported:?}"
        );
    }
    let minus = read("<table><tr><td>&minus;1</td><td>−2</td></tr></table>").unwrap();
    assert!(same(&minus.values, &[-1.0, -2.0]));
}

#[test]
fn what_is_wrong_in_html_is_found_there() {
    let text = "<table>\n<tr><td>é</td><td>b</td></tr>\n<tr><td>1</td><td>two</td></tr></table>";
    let ReadError::Text(error) = read(text).unwrap_err() else {
        unreachable!();
    };
    assert_eq!((error.line, error.column), (3, 19));
    assert_eq!(error.found, "two");
}

#[test]
fn matlab_prints_a_factor_above_a_block() {
    for text in [
        "A =\n\n   1.0e+03 *\n\n    0.0005    0.00025\n    0.00075    0.0020\n",
        "1.0e-03  *\n\n  500  250\n  750  2000\n",
        "ans =\n\n    0.5000    0.2500\n    0.7500    2.0000\n",
    ] {
        let imported = read(text).unwrap();
        assert_eq!(imported.shape, [2, 2], "{text:?}");
        assert_eq!(imported.names, [""; 0], "{text:?}");
        assert!(
            same(&imported.values, &[0.5, 0.25, 0.75, 2.0]),
            "{text:?}: {imported:?}"
        );
    }
    // Only above it.
    assert!(read("1 2\n1.0e+03 *\n3 4").is_err());
}

#[test]
fn labels_are_no_data() {
    const VALUES: &[f32] = &[0.5, 0.25, 0.75, 2.0];
    let cases = [
        // pandas and R to CSV.
        ",a,b\n0,0.5,0.25\n1,0.75,2",
        "\"\",\"a\",\"b\"\n\"1\",0.5,0.25\n\"2\",0.75,2",
        ";a;b\n0;0,5;0,25\n1;0,75;2",
        "Unnamed: 0,a,b\n0,0.5,0.25\n1,0.75,2",
        ",a,b\n7,0.5,0.25\n3,0.75,2",
        ",0,1\n0,0.5,0.25\n1,0.75,2",
        ",a,b\nfirst,0.5,0.25\nsecond,0.75,2",
        "name,a,b\nfirst,0.5,0.25\nsecond,0.75,2",
        "name,group,a,b\nx,y,0.5,0.25\nx,z,0.75,2",
        "first,0.5,0.25\nsecond,0.75,2",
        "\"a\",\"b\"\n\"1\",0.5,0.25\n\"2\",0.75,2",
        "index,a,b\n0,0.5,0.25\n1,0.75,2",
        "id,a,b\n10,0.5,0.25\n11,0.75,2",
        "position,0,1\n0,0.5,0.25\n1,0.75,2",
        "\ta\tb\n0\t0.5\t0.25\n1\t0.75\t2",
        "\t0\t1\n0\t0.5\t0.25\n1\t0.75\t2",
        // Printed.
        "      a     b\n0  0.50  0.25\n1  0.75  2.00",
        "      a     b\nx  0.50  0.25\ny  0.75  2.00",
        "      0     1\n0  0.50  0.25\n1  0.75  2.00",
        "          a     b\nname             \nfirst  0.50  0.25\nsecond 0.75  2.00",
        "           a     b\nAlfa Romeo  0.50  0.25\nFiat  0.75  2.00",
        "               a     b\n2024-01-01  0.50  0.25\n2024-01-02  0.75  2.00\n\n[2 rows x 2 columns]",
        "     [,1] [,2]\n[1,] 0.50 0.25\n[2,] 0.75 2.00",
        "2×2 Matrix{Float64}:\n 0.5   0.25\n 0.75  2.0",
        "A =\n\n    0.5000    0.2500\n    0.7500    2.0000\n",
        // In frames.
        "| a | b |\n|---|---|\n| 0.5 | 0.25 |\n| 0.75 | 2 |",
        "a | b\n--|--\n0.5 | 0.25\n0.75 | 2",
        "|    |    a |    b |\n|---:|-----:|-----:|\n|  0 | 0.5  | 0.25 |\n|  1 | 0.75 | 2    |",
        "|       | a    | b    |\n|:------|-----:|-----:|\n| first | 0.5  | 0.25 |\n| second| 0.75 | 2    |",
        "+----+------+------+\n|    |    a |    b |\n+====+======+======+\n|  0 | 0.5  | 0.25 |\n+----+------+------+\n|  1 | 0.75 | 2    |\n+----+------+------+",
        " a    | b\n------+------\n 0.5  | 0.25\n 0.75 |    2\n(2 rows)\n",
        "shape: (2, 2)\n┌──────┬──────┐\n│ a    ┆ b    │\n│ ---  ┆ ---  │\n│ f64  ┆ f64  │\n╞══════╪══════╡\n│ 0.5  ┆ 0.25 │\n│ 0.75 ┆ 2.0  │\n└──────┴──────┘",
        "  a     b\n----  ----\n0.5   0.25\n0.75  2",
        "====  ====\na     b\n====  ====\n0.5   0.25\n0.75  2\n====  ====",
        // LaTeX.
        "\\begin{tabular}{cc}\n\\hline\na & b \\\\\n\\hline\n0.5 & 0.25 \\\\\n0.75 & 2 \\\\\n\\hline\n\\end{tabular}",
        "\\begin{table}\n\\caption{Values 2}\n\\begin{tabular}{lrr}\n\\toprule\n & a & b \\\\\n\\midrule\n0 & 0.5 & 0.25 \\\\\n1 & 0.75 & 2 \\\\\n\\bottomrule\n\\end{tabular}\n\\label{t:1}\n\\end{table}",
        "\\begin{tabular}{lrr}\nx & $0.5$ & \\textbf{0.25} \\\\ \\hline\ny & $0{.}75$ & 2 \\\\[2pt]\n\\end{tabular}",
        "\\begin{bmatrix} 0.5 & 0.25 \\\\ 0.75 & 2 \\end{bmatrix}",
        "0.5 & 0.25 \\\\\n0.75 & 2",
        "0{,}5 & 0{,}25 \\\\\n0{,}75 & 2 \\\\",
    ];
    let cases: Vec<_> = cases.iter().map(|text| (*text, TWO, VALUES)).collect();
    assert_read(&cases);
    assert_read(&[
        // A printed Series.
        (
            "0    0.50\n1    0.25\ndtype: float64",
            &[2, 1],
            &[0.5, 0.25],
        ),
        (
            "a    0.50\nb    0.25\nName: x, dtype: float64",
            &[2, 1],
            &[0.5, 0.25],
        ),
        // What has no sign of an index is data.
        ("0,1\n1,2\n2,3", &[3, 2], &[0.0, 1.0, 1.0, 2.0, 2.0, 3.0]),
        ("a,b\n0,1\n1,2", &[2, 2], &[0.0, 1.0, 1.0, 2.0]),
        ("id\n0\n1", &[2, 1], &[0.0, 1.0]),
        ("id,a\n3,0.5\n1,0.25", &[2, 2], &[3.0, 0.5, 1.0, 0.25]),
        (",a\n0.5,1\n1,2", &[2, 2], &[0.5, 1.0, 1.0, 2.0]),
        (
            "token,feature,x\n0,0,5\n1,0,6",
            &[2, 3],
            &[0.0, 0.0, 5.0, 1.0, 0.0, 6.0],
        ),
    ]);
}

#[test]
fn what_is_left_out_is_said_and_names_are_kept() {
    let left_out = |what, first: &str| Remark::LeftOut {
        what,
        first: first.to_owned(),
    };
    let imported = read(",a,b\n0,0.5,0.25\n1,0.75,2").unwrap();
    assert_eq!(imported.names, ["a", "b"]);
    assert_eq!(
        imported.remarks,
        [left_out(LeftOut::Index, "0"), left_out(LeftOut::Head, "a")]
    );
    let imported = read("x,1,2\ny,3,4").unwrap();
    assert!(imported.names.is_empty());
    assert_eq!(imported.remarks, [left_out(LeftOut::RowNames, "x")]);
    let imported = read("sample,token,x\n0,0,5\n0,1,6").unwrap();
    assert_eq!(imported.names, ["sample", "token", "x"]);
    // An index can be kept.
    let reading = Reading {
        keeps_index: true,
        ..Reading::default()
    };
    for text in [",a\n0,5\n1,6", "  a\n0  5\n1  6", "0 5\n1 6\ndtype: int64"] {
        let kept = Reader::text(text.to_owned(), reading, parse)
            .finish()
            .unwrap();
        assert_eq!(kept.values, [0.0, 5.0, 1.0, 6.0], "{text:?}");
        assert!(kept.remarks.iter().all(|remark| !matches!(
            remark,
            Remark::LeftOut {
                what: LeftOut::Index,
                ..
            }
        )));
    }
}

#[test]
fn a_word_among_labels_or_numbers_is_named() {
    for (text, place, given) in [
        // A number among names: then they are none.
        ("x,1\n2,3", [1, 1], "“x”"),
        ("a,b\nx,1\ny,2\n3,4", [2, 1], "“x”"),
        ("1,2\nx,3", [2, 1], "“x”"),
        ("1,2\n3,x", [2, 3], "“x”"),
        ("x,1,y", [1, 5], "“y”"),
        (",3,4\n,5,6", [1, 1], "an empty cell"),
        (
            "1,2;3,4;5",
            [1, 9],
            "a row of length 1 after one of length 2",
        ),
        (
            "1,5;2,5\n3,5",
            [2, 1],
            "a row of length 1 after one of length 2",
        ),
        ("1,5;2,5\n3,5;4.5", [2, 5], "“4.5”"),
        ("| a | b |\n|---|---|\n| 1 | x |", [3, 7], "“x”"),
        ("1 & 2 \\\\\n3 & x \\\\", [2, 5], "“x”"),
    ] {
        let error = read(text).unwrap_err();
        assert_eq!(
            (error.place(), error.given().as_str()),
            (Some(place), given),
            "{text:?}"
        );
    }
}

#[test]
fn numbers_that_f32_does_not_hold_are_named() {
    let lost = |text: &str| {
        let remarks = read(text).unwrap().remarks;
        remarks.into_iter().find_map(|remark| match remark {
            Remark::NotHeld {
                n_values,
                given,
                held,
            } => Some((n_values, given, held)),
            _ => None,
        })
    };
    for text in [
        "0.1 0.2",
        "16777216 1e10 33554432",
        "nan inf -inf",
        "[1e-40, 0, -0.0]",
        "123456.789",
    ] {
        assert_eq!(lost(text), None, "{text}");
    }
    for (text, n_values, given, held) in [
        ("1 16777217 2", 1, "16777217", 16_777_216.0),
        ("[123456789, 987654321]", 2, "123456789", 123_456_792.0),
        ("1e39", 1, "1e39", f32::INFINITY),
        ("-1e999 1", 1, "-1e999", f32::NEG_INFINITY),
        ("1e-50", 1, "1e-50", 0.0),
        (
            "12345678901234567890",
            1,
            "12345678901234567890",
            12_345_679_395_506_094_080.0,
        ),
    ] {
        assert_eq!(
            lost(text),
            Some((n_values, given.to_owned(), held)),
            "{text}"
        );
    }
}

/// A number in decimal digits, as long as anyone writes it.
fn digits() -> impl Strategy<Value = String> {
    (
        "[0-9]{1,22}",
        "[.]?",
        "[0-9]{0,22}",
        prop_oneof![Just(String::new()), "[eE][-+]?[0-9]{1,3}"],
    )
        .prop_map(|(whole, point, fraction, exponent)| {
            let fraction = if point.is_empty() { "" } else { &fraction };
            format!("{whole}{point}{fraction}{exponent}")
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn numbers_are_those_of_the_standard_library(text in digits()) {
        let expected = text.parse::<f64>().unwrap() as f32;
        prop_assert_eq!(read(&text).unwrap().values[0].to_bits(), expected.to_bits());
    }

    #[test]
    fn doubles_are_those_of_the_standard_library(value in any::<f64>().prop_filter("finite", |x| x.is_finite()), n_digits in 0_usize..20) {
        let text = format!("{value:.n_digits$e}");
        let expected = text.parse::<f64>().unwrap() as f32;
        prop_assert_eq!(read(&text).unwrap().values[0].to_bits(), expected.to_bits());
        // Near the middle of two f32s.
        let middle = f64::from(value as f32) * (1.0 + f64::from(f32::EPSILON) / 2.0);
        let text = format!("{middle:e}");
        let expected = text.parse::<f64>().unwrap() as f32;
        prop_assert_eq!(read(&text).unwrap().values[0].to_bits(), expected.to_bits());
    }

    #[test]
    fn the_steps_make_no_difference(n_bytes in 1_usize..40, rows in 1_usize..9, separator in prop::sample::select(vec![",", ";", " ", "\t"])) {
        let row = ["1,5", "22", "nan", "-4e3"].join(separator);
        let lines = vec![row.as_str(); rows].join("\n");
        let lists = format!("[{}]", vec!["[1, 2, 3.5]"; rows].join(",\n "));
        for text in [lines, lists] {
            let mut reader = Reader::text(text.clone(), Reading::default(), parse);
            let mut last = 0.0;
            let read_in_steps = loop {
                if let Some(read) = reader.advance(n_bytes) {
                    break read;
                }
                prop_assert!(reader.progress() >= last && reader.progress() <= 1.0);
                last = reader.progress();
            };
            // NaN is not itself.
            prop_assert_eq!(format!("{read_in_steps:?}"), format!("{:?}", read(&text)));
        }
    }
}
