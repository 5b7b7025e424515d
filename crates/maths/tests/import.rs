//! Text and files as people bring them: what NumPy and PyTorch write is read, the rest is refused where
//! it goes wrong, and nothing panics.

use maths::import::{
    Commas, Imported, MOST_VALUES, NpyError, NpyProblem, ReadError, TextError, TextProblem,
};
use proptest::prelude::*;

use crate::golden;
use crate::reading::{self, read_file, read_with, same};

fn read(text: &str) -> Result<Imported, TextError> {
    reading::read(text).map_err(|error| match error {
        ReadError::Text(error) => error,
        other => panic!("{text:?}: {other:?}"),
    })
}

fn read_npy(bytes: &[u8]) -> Result<Imported, NpyError> {
    read_file(bytes).map_err(|error| match error {
        ReadError::Npy(error) => error,
        other => panic!("{other:?}"),
    })
}

#[test]
fn what_numpy_and_pytorch_write_is_read() {
    let mut n_cases = [0; 2];
    for case in golden::cases("import") {
        let name = case.text("name");
        let is_text = case.has("text");
        let imported = if is_text {
            let text = case.text("text").trim_matches('"');
            let text = text
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\t", "\t");
            read(&text).unwrap()
        } else {
            let hex = case.text("npy").as_bytes().chunks(2);
            let bytes: Vec<u8> = hex
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect();
            read_npy(&bytes).unwrap()
        };
        n_cases[usize::from(is_text)] += 1;
        let shape: Vec<usize> = case.numbers("shape");
        assert_eq!(imported.shape, shape, "{name}");
        assert!(
            same(&imported.values, &case.numbers::<f32>("values")),
            "{name}"
        );
        assert_eq!(
            imported.block().iter().product::<usize>(),
            imported.values.len()
        );
    }
    assert_eq!(n_cases, [26, 16]);
    let shape = |shape: &[usize]| {
        Imported {
            shape: shape.to_vec(),
            values: Vec::new(),
            ..Imported::default()
        }
        .block()
    };
    assert_eq!(
        [shape(&[5]), shape(&[2, 5]), shape(&[3, 2, 5])],
        [[1, 1, 5], [1, 2, 5], [3, 2, 5]]
    );
}

#[test]
fn rows_of_any_kind_are_read() {
    let two_by_three = [1.0, -2.5, 3e2, 0.5, 5.0, 6.0];
    for text in [
        "1,-2.5,3e2\n.5,5,+6",
        "1, -2.5, 3e2,\r\n.5, 5, 6,\r\n",
        "a,b,c\n1,-2.5,3e2\n.5,5,6\n",
        "\"first one\",\"second\",\"c\"\n\"1\",\"-2.5\",\"3e2\"\n'.5','5','6'\n",
        ",b,c\n1,-2.5,3e2\n.5,5,6\n",
        "# a comment, with; separators\n1;-2.5;3e2\n\n.5;5;6",
        "1\t-2.5\t3e2\n.5\t5\t6",
        "  1   -2.5 3e2  \n  # more\n .5 5\u{a0}6",
        "1,-2.5,3e2;.5,5,6",
        "1,-2.5,3e2;\n.5,5,6;\n",
        "\u{feff}1 −2.5 3e2\n0.5 5 6",
        "1 -2.5 3e2\r0.5 5 6\r",
        "[[1,-2.5,3e2],[.5,5,6]]",
        " [ [1 -2.5 3e2,] [.5,5,6] , ] \n",
        "array([[1,-2.5,3e2],[.5,5,6]], dtype=float32)",
        "np.array ([[1,-2.5,3e2],[.5,5,6]])",
        "tensor([[1,-2.5,3e2],[.5,5,6]], device='cuda:0',\n       grad_fn=<AddBackward0>)\n",
    ] {
        let imported = read(text).unwrap_or_else(|error| unreachable!("{text:?}: {error:?}"));
        assert_eq!(imported.shape, [2, 3], "{text:?}");
        assert!(
            same(&imported.values, &two_by_three),
            "{text:?}: {imported:?}"
        );
    }
    // One row, one column, one value; one to three dimensions of lists.
    assert_eq!(read("1 2 3").unwrap().shape, [1, 3]);
    assert_eq!(read("1\n2\n3").unwrap().shape, [3, 1]);
    assert_eq!(read("7").unwrap().shape, [1, 1]);
    assert_eq!(read("[7]").unwrap().shape, [1]);
    assert_eq!(
        read("[[[1],[2]],[[3],[4]],[[5],[6]]]").unwrap().shape,
        [3, 2, 1]
    );
}

#[test]
fn words_for_what_is_not_finite_are_values() {
    let imported =
        read("nan, NaN, -nan, inf, -Inf, Infinity, +infinity, 1e999, -1e99, 1e-999").unwrap();
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    assert!(same(
        &imported.values,
        &[nan, nan, nan, inf, -inf, inf, inf, inf, -inf, 0.0]
    ));
    assert!(same(
        &read("[NaN, -Infinity]").unwrap().values,
        &[nan, -inf]
    ));
}

#[test]
fn what_cannot_be_read_is_named_with_its_place() {
    use TextProblem::{
        AfterEnd, Empty, Length, Mixed, NoValue, NotANumber, Shortened, TooDeep, Unclosed,
    };
    let length = |expected, found| Length { expected, found };
    let mut wrong = Vec::new();
    for (text, line, column, found, problem) in [
        ("", 1, 1, "", Empty),
        (" \n\t\n", 1, 1, "", Empty),
        ("# only a comment", 1, 1, "", Empty),
        ("hello", 1, 1, "hello", NotANumber),
        ("x,y\n", 1, 1, "x", NotANumber),
        ("1,2\n3,abc", 2, 3, "abc", NotANumber),
        ("a,b\n1,2\n3,4x", 3, 3, "4x", NotANumber),
        ("1,b\n3,4", 1, 3, "b", NotANumber),
        ("1,5;2,5,x", 1, 9, "x", NotANumber),
        ("1 2 --3", 1, 5, "--3", NotANumber),
        ("1,,3", 1, 3, "", NoValue),
        ("1;2\n;4", 2, 1, "", NoValue),
        ("1 2\nµ ß\n", 2, 1, "µ", NotANumber),
        ("äöü,ß\n1,2\näöü,3", 3, 1, "äöü", NotANumber),
        ("1 2 3\n4 5\n", 2, 1, "4 5", length(3, 2)),
        ("1,2;3,4;5", 1, 9, "5", length(2, 1)),
        ("1 2 ... 9", 1, 5, "...", Shortened),
        ("[[1. 2. ... 3.]\n [4. 5. ... 6.]]", 1, 9, "...", Shortened),
        ("[[1 2]\n ...\n [3 4]]", 2, 2, "...", Shortened),
        ("[1, 2, …]", 1, 8, "…", Shortened),
        ("[[1,2],[3]]", 1, 10, "]", length(2, 1)),
        ("[[1,2],\n [3,4,5]]", 2, 8, "]", length(2, 3)),
        ("[[[1],[2]],[[3]]]", 1, 16, "]", length(2, 1)),
        ("[[1,2],3]", 1, 8, "3", Mixed),
        ("[1,[2]]", 1, 4, "[", Mixed),
        ("[[[[1]]]]", 1, 4, "[", TooDeep { n_dimensions: 4 }),
        ("[[1,2],[3,4]", 1, 13, "", Unclosed),
        ("[", 1, 2, "", Unclosed),
        ("[]", 1, 2, "]", NoValue),
        ("[[1],[]]", 1, 7, "]", NoValue),
        ("[1,,2]", 1, 4, ",", NoValue),
        ("[,1]", 1, 2, ",", NoValue),
        ("[1,null]", 1, 4, "null", NotANumber),
        ("[1,\"two\"]", 1, 4, "\"two\"", NotANumber),
        ("[1,yes]", 1, 4, "yes", NotANumber),
        ("[1+2j]", 1, 2, "1+2j", NotANumber),
        ("[1] [2,3]", 1, 9, "]", length(1, 2)),
        ("[1] and [2]", 1, 9, "[2", AfterEnd),
        ("a = [1]\nb = [2]", 2, 5, "[2", AfterEnd),
        ("{\"a\": [1], \"b\": [2]}", 1, 17, "[2", AfterEnd),
        ("[1,2]\n3,4", 2, 1, "3", AfterEnd),
        ("[1,2]\nsum\n  3 4", 3, 3, "3", AfterEnd),
        ("[1]]", 1, 4, "]", AfterEnd),
        ("[1,2][0]", 1, 6, "[0", AfterEnd),
        ("array([1,2]) * 3", 1, 14, "*", AfterEnd),
        ("np.array([[1,2]]).T", 1, 18, ".T", AfterEnd),
        ("array([1,2)", 1, 11, ")", NotANumber),
        ("[(1, 2], 3]", 1, 7, "]", NotANumber),
        ("[float(), 1]", 1, 8, ")", NoValue),
        ("[float(1 2), 1]", 1, 10, "2", NotANumber),
        ("[1 2; 3]", 1, 8, "]", length(2, 1)),
        ("[1 2; 3; 4 5]", 1, 8, ";", length(2, 1)),
        ("[[1; 2]]", 1, 4, ";", NotANumber),
        (
            "[[[1]], [[2]]],\n[[[3]], [[4]]]",
            1,
            1,
            "[",
            TooDeep { n_dimensions: 4 },
        ),
        (
            "<html><body>a page instead of a file</body>",
            1,
            1,
            "<html><body>a",
            NotANumber,
        ),
        (
            "1 2 0123456789012345678901234567890123456789x",
            1,
            5,
            "012345678901234567890123",
            NotANumber,
        ),
    ] {
        let error = read(text);
        let expected = TextError {
            line,
            column,
            found: found.to_owned(),
            problem,
        };
        if error != Err(expected.clone()) {
            wrong.push(format!("{text:?}: {error:?}"));
        }
        assert!(!problem.allowed().is_empty());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn there_is_an_end_to_values() {
    assert_eq!(MOST_VALUES, 4_194_304);
    let most = "1 ".repeat(MOST_VALUES);
    assert_eq!(read(&most).unwrap().values.len(), MOST_VALUES);
    let problem = |text: &str| read(text).unwrap_err().problem;
    assert_eq!(problem(&format!("{most} 2")), TextProblem::TooMany);
    assert_eq!(problem(&format!("[{most} 2]")), TextProblem::TooMany);
    for allowed in [
        TextProblem::TooMany.allowed(),
        NpyProblem::TooMany.allowed(),
    ] {
        assert!(allowed.contains(&MOST_VALUES.to_string()));
    }
}

/// An NPY file of version 1.
fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &len[..], header.as_bytes(), data].concat()
}

#[test]
fn files_that_are_not_handled_say_why() {
    use NpyProblem::{Dimensions, Dtype, Empty, Header, TooMany, Truncated, Version};
    let header = |descr: &str, order: &str, shape: &str| {
        format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n")
    };
    let check = |bytes: &[u8], problem: NpyProblem, found: &str| {
        let error = read_npy(bytes).unwrap_err();
        assert_eq!((error.problem, &error.found[..]), (problem, found));
        assert!(!problem.allowed().is_empty());
    };
    check(b"\x93NUMPY", Truncated, "");
    check(b"\x93NUMPY\x01\x00\xff", Truncated, "");
    check(b"\x93NUMPY\x01\x00\xff\xff{}", Truncated, "");
    check(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}", Truncated, "");
    check(b"\x93NUMPY\x04\x00\x02\x00{}", Version, "");
    check(&npy("{}", &[]), Header, "{}");
    check(b"\x93NUMPY\x01\x00\x02\x00\xff\xff", Header, "");
    let with =
        |descr: &str, shape: &str, n: usize| npy(&header(descr, "False", shape), &vec![0; n]);
    check(&with("'<c8'", "(2,)", 16), Dtype, "<c8");
    check(&with("'|O'", "(2,)", 16), Dtype, "|O");
    check(&with("'<U3'", "(2,)", 24), Dtype, "<U3");
    check(&with("'<f16'", "(2,)", 32), Dtype, "<f16");
    check(&with("[('a', '<f4')]", "(2,)", 8), Dtype, "[('a', '<f4')");
    check(
        &with("'<f4'", "()", 4),
        Dimensions { n_dimensions: 0 },
        "()",
    );
    check(
        &with("'<f4'", "(1, 1, 1, 1, 1)", 4),
        Dimensions { n_dimensions: 5 },
        "(1, 1, 1, 1, 1)",
    );
    check(&with("'<f4'", "(3, 0)", 0), Empty, "(3, 0)");
    check(&with("'<f4'", "(4194305,)", 0), TooMany, "(4194305,)");
    check(
        &with("'<f4'", "(4294967296, 4294967296, 2)", 0),
        TooMany,
        "(4294967296, 4294967296,",
    );
    check(&with("'<f4'", "(2, 3)", 23), Truncated, "");
    let found = "{'descr': '<f4', 'fortra";
    check(
        &npy(&header("'<f4'", "Maybe", "(1,)"), &[0; 4]),
        Header,
        found,
    );
    check(
        &npy(&header("'<f4'", "False", "(-1,)"), &[0; 4]),
        Header,
        found,
    );
    check(
        &npy(
            &header("'<f4'", "False", "(99999999999999999999,)"),
            &[0; 4],
        ),
        Header,
        found,
    );
    check(
        &npy(&header("'<f4'", "False", "(1,,2)"), &[0; 8]),
        Header,
        found,
    );
    // More bytes than values are passed over; long integers of Python 2 and other quotes are read.
    let more = npy(
        "{\"descr\": \"|i1\", \"fortran_order\": False, \"shape\": (1L, 2L)}",
        &[255, 2, 3],
    );
    let imported = read_npy(&more).unwrap();
    assert_eq!(
        (&imported.shape[..], &imported.values[..]),
        (&[1, 2][..], &[-1.0, 2.0][..])
    );
}

/// Pieces that text is likely to be made of.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "[", "]", ",", ";", " ", "\n", "\r\n", "\t", "1", "-2.5", "nan", "...", "array(", ")",
            "#", "\"", "'", "−", "a", "é", "\u{feff}", "e5", "."
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn table() -> impl Strategy<Value = (usize, Vec<f32>)> {
    (1_usize..6, 1_usize..6).prop_flat_map(|(rows, columns)| {
        prop::collection::vec(any::<f32>(), rows * columns)
            .prop_map(move |values| (columns, values))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_text_panics(text in any_text()) {
        match read(&text) {
            Ok(imported) => {
                prop_assert!((1..=3).contains(&imported.shape.len()));
                prop_assert!(!imported.values.is_empty());
                prop_assert_eq!(imported.shape.iter().product::<usize>(), imported.values.len());
            }
            Err(error) => {
                // The place is in the text, and what was found stands there.
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
                let line = text.split('\n').nth(error.line - 1).unwrap();
                let rest: String = line.chars().skip(error.column - 1).collect();
                let found = error.found.split('\n').next().unwrap();
                prop_assert!(rest.starts_with(found), "{error:?}");
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), keep in 0_usize..20, cut in 0_usize..200) {
        let _ = read_file(&bytes);
        // A sound file with bytes changed, and cut off.
        let mut file = npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n", &[1; 24]);
        for (place, byte) in bytes.iter().skip(keep).enumerate().step_by(9) {
            let place = (place * 31 + usize::from(*byte)) % file.len();
            file[place] = *byte;
        }
        file.truncate(cut);
        let _ = read_file(&file);
    }

    #[test]
    fn tables_are_read_as_they_were_written((columns, values) in table(), separator in prop::sample::select(vec![",", ", ", ";", "\t", " ", "  "])) {
        let rows: Vec<Vec<String>> = values.chunks(columns).map(|row| row.iter().map(ToString::to_string).collect()).collect();
        let joined: Vec<String> = rows.iter().map(|row| row.join(separator)).collect();
        let lists: Vec<String> = rows.iter().map(|row| format!("[{}]", row.join(", "))).collect();
        for text in [joined.join("\n"), joined.join("\r\n"), format!("[{}]", lists.join(",\n "))] {
            // Two columns of whole numbers could be one with decimal commas.
            let is_open = separator.starts_with(',') && columns == 2;
            let commas = if is_open { Commas::Separate } else { Commas::Guessed };
            let imported = read_with(&text, commas).unwrap();
            prop_assert_eq!(&imported.shape, &[rows.len(), columns]);
            prop_assert!(same(&imported.values, &values));
        }
    }
}
