//! Everything that is read, damaged: nothing panics, and what is said is true of what was given.

use std::time::{Duration, Instant};

use maths::import::{Commas, Imported, ReadError, Reader, Reading, Remark};
use proptest::prelude::*;

use crate::reading::parse;

/// A text or a file of every form.
const SOUND: &[&[u8]] = &[
    b"1,2,3;4,5,6",
    b"a,b\n1.5,2.5\n3.5,4.5\n",
    b"sep=;\na;b\n1,5;2,5\n3,5;4,5",
    b"0,5\n0,25\n",
    b"1'234.5\t2\n3\t4 000\n",
    b"\"1,5\",\"2,5\"\n\"3,5\",\"4,5\"",
    b",a,b\n0,0.5,0.25\n1,0.75,2",
    b"name,a,b\nfirst,0.5,0.25\nsecond,0.75,2",
    b"      a     b\n0  0.50  0.25\n1  0.75  2.00\n\n[2 rows x 2 columns]",
    b"0    0.50\n1    0.25\ndtype: float64",
    b"     [,1] [,2]\n[1,] 0.50 0.25\n[2,] 0.75 2.00",
    b"|    |    a |    b |\n|---:|-----:|-----:|\n|  0 | 0.5  | 0.25 |\n|  1 | 0.75 | 2    |",
    "┌──────┬──────┐\n│ a    ┆ b    │\n╞══════╪══════╡\n│ 0.5  ┆ 0.25 │\n└──────┴──────┘".as_bytes(),
    b"\\begin{tabular}{cc}\n\\hline\na & b \\\\\n0.5 & $0{,}25$ \\\\[2pt]\n\\textbf{0.75} & 2 \\\\\n\\end{tabular}",
    b"array([[[1., 2.],\n        [3., 4.]]], dtype=float32)",
    b"Parameter containing:\ntensor([1., 2.], device='cuda:0', requires_grad=True)",
    b"<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>",
    b"In [3]: x\nOut[3]: [np.float64(1.0), np.float64(nan)]",
    b"[tensor(0.5, grad_fn=<A>), (1, 2), array([3, 4])]",
    b"A = [1 2; 3 4];",
    b"[1, 2]\n[3, 4]",
    b"1,5\n3\n",
    b"<table>\n<tr><th></th><th>a</th></tr>\n<tr><th>0</th><td>0,5</td></tr>\n<tr><th>1</th><td>&minus;2</td></tr>\n</table>",
    b"A =\n\n   1.0e+03 *\n\n    0.0005    0.0003\n    0.0008    2.0000\n",
    b"{\"a\": [[true, -1e3], [0.5, 7]]}",
    b"[[1. 2. ... 3.]\n ...\n [4. 5. ... 6.]]",
    b"\xff\xfe1\0\t\x002\0\n\x003\0\t\x004\0",
    b"L\xe4nge;b\n1;2",
    b"\x93NUMPY\x01\0\x3b\0{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }\n\0\0\x80\x3f\0\0\0\xc0",
    b"\x93NUMPY\x01\0\x3b\0{'descr': '<V2', 'fortran_order': False,'shape': (2, 1), }\n\x80\x3f\0\xc0",
    b"6\0\0\0\0\0\0\0{\"w\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}\0\x3c\0\xc0",
    b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\0\0\0archive/data.pkl",
];

/// What is put in.
const PIECES: &[&str] = &[
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\u{a0}",
    "|",
    "&",
    "\\\\",
    "\\",
    "\"",
    "'",
    "#",
    "%",
    "...",
    "nan",
    "inf",
    "True",
    "-",
    "−",
    "+",
    "e",
    "1e999",
    "0",
    "1",
    "16777217",
    ".",
    ",5",
    "1.234,5",
    "x",
    "é",
    "\u{feff}",
    "array(",
    "=",
    ":",
    "│",
    "--",
    "dtype:",
    "sep=;\n",
    "[1]: ",
    "<table>",
    "<tr>",
    "</td><td>",
    "&nbsp;",
    "<",
    ">",
    " *\n",
    "Size([1])",
    "\0",
    "\u{2028}",
    "99999999999999999999",
];

/// A change of a file at a place.
#[derive(Clone, Debug)]
enum Change {
    Cut(usize),
    Delete(usize, usize),
    Insert(usize, &'static str),
    Byte(usize, u8),
    Repeat(usize, usize, usize),
    Splice(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = || any::<usize>();
    prop_oneof![
        1 => place().prop_map(Change::Cut),
        2 => (place(), 1_usize..9).prop_map(|(place, len)| Change::Delete(place, len)),
        6 => (place(), prop::sample::select(PIECES)).prop_map(|(place, piece)| Change::Insert(place, piece)),
        3 => (place(), any::<u8>()).prop_map(|(place, byte)| Change::Byte(place, byte)),
        2 => (place(), 1_usize..30, 2_usize..40).prop_map(|(place, len, n)| Change::Repeat(place, len, n)),
        1 => (place(), any::<usize>()).prop_map(|(place, other)| Change::Splice(place, other)),
    ]
}

fn changed(mut file: Vec<u8>, change: &Change) -> Vec<u8> {
    let len = file.len();
    let at = |place: usize| if len == 0 { 0 } else { place % len };
    match *change {
        Change::Cut(place) => file.truncate(at(place)),
        Change::Delete(place, n) => drop(file.drain(at(place)..(at(place) + n).min(len))),
        Change::Insert(place, piece) => drop(file.splice(at(place)..at(place), piece.bytes())),
        Change::Byte(place, byte) => {
            file.splice(at(place)..(at(place) + 1).min(len), [byte]);
        }
        Change::Repeat(place, n, n_times) => {
            let part = file[at(place)..(at(place) + n).min(len)].repeat(n_times);
            file.splice(at(place)..at(place), part);
        }
        Change::Splice(place, other) => {
            let other = SOUND[other % SOUND.len()];
            file.splice(at(place)..at(place), other.iter().copied());
        }
    }
    file
}

/// Checks what is true of everything that is read, and of every refusal.
fn check(bytes: &[u8], reading: Reading) -> Result<Result<Imported, ReadError>, TestCaseError> {
    let read = Reader::file(bytes.to_vec(), reading, parse).finish();
    match &read {
        Ok(imported) => {
            prop_assert!((1..=3).contains(&imported.shape.len()));
            prop_assert!(!imported.values.is_empty());
            prop_assert_eq!(
                imported.shape.iter().product::<usize>(),
                imported.values.len()
            );
            let n_columns = imported.block()[2];
            prop_assert!(imported.names.is_empty() || imported.names.len() == n_columns);
        }
        Err(error) => {
            prop_assert!(!error.given().is_empty() && !error.allowed().is_empty());
            if let (Some([line, column]), Ok(text)) = (error.place(), std::str::from_utf8(bytes)) {
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                let line = text.split('\n').nth(line - 1);
                let n_chars = line.map(|line| line.chars().count());
                prop_assert!(
                    n_chars.is_some_and(|n_chars| column <= n_chars + 1),
                    "{:?}",
                    error
                );
            }
        }
    }
    Ok(read)
}

#[test]
fn sound_files_are_sound() {
    for bytes in SOUND {
        if bytes.windows(3).any(|part| part == b"...") || bytes.starts_with(b"PK") {
            continue;
        }
        // Tuples beside numbers are there for what becomes of them.
        if bytes.starts_with(b"[tensor") {
            continue;
        }
        let read = check(bytes, Reading::default()).unwrap();
        assert!(
            read.is_ok(),
            "{:?}: {read:?}",
            String::from_utf8_lossy(bytes)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_mutation_panics_or_hangs(
        sound in prop::sample::select(SOUND),
        changes in prop::collection::vec(change(), 1..6),
        commas in prop::sample::select(vec![Commas::Guessed, Commas::Separate, Commas::Decimal]),
        keeps_index in any::<bool>(),
    ) {
        let file = changes.iter().fold(sound.to_vec(), changed);
        let clock = Instant::now();
        let read = check(&file, Reading { commas, keeps_index })?;
        if clock.elapsed() > Duration::from_millis(100) {
            println!("{:?}: {:?}", clock.elapsed(), String::from_utf8_lossy(&file));
        }
        // The other reading is there, and has the shape that was said.
        let other = read.iter().flat_map(|imported| &imported.remarks).find_map(|remark| match remark {
            Remark::Commas { other, other_shape: Some(shape), .. } => Some((*other, *shape)),
            _ => None,
        });
        if let Some((commas, other_shape)) = other {
            let read_again = check(&file, Reading { commas, keeps_index })?;
            let shape = read_again.map(|imported| imported.shape);
            prop_assert_eq!(shape, Ok(other_shape.to_vec()), "{}", String::from_utf8_lossy(&file));
        }
    }
}
