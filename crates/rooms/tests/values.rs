//! What the page saves it also opens: CSV and NPY of every figure, given to the field of values of one's own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod common;

use figures::csv::csv;
use figures::npy::npy;
use figures::{Cells, Column, Figure, Panel, Plot, Table};
use ndarray::Axis;
use rooms::ALL;
use rooms::desk::{Given, Group, Item, Manner, Taken, Values};
use rooms::normalize::Normalize;
use rooms::room::Lab;
use rooms::settings::write_pairs;

type State = <Normalize as Lab>::State;

/// The field, wherever it is on the desk.
fn field(items: &'static [Item<State>]) -> Option<&'static Values<State>> {
    items.iter().find_map(|item| match item {
        Item::Values(values) => Some(values),
        Item::Group(Group { items, .. }) | Item::Items(items) => field(items),
        _ => None,
    })
}

/// What is shown after a file was opened in a state, and what is said.
fn open(state: &mut State, name: &str, bytes: Vec<u8>) -> Taken {
    let field = field(Normalize::PARTS[0].desk).unwrap();
    let manner = Manner::default();
    (field.take)(
        state,
        Given {
            name: name.to_owned(),
            manner,
            read: Some(manner.file(bytes).finish()),
        },
    )
}

/// The figure with this id, in a state.
fn with_figure(state: &State, id: &str, read: &mut dyn FnMut(&Figure<'_>)) {
    let pairs: Vec<_> = write_pairs(state)
        .into_iter()
        .map(|(key, text)| (key.to_owned(), text))
        .collect();
    let lab = &ALL[1];
    let figures = (lab.inspect.figures)();
    let idx = figures.iter().position(|figure| figure.id == id).unwrap();
    (lab.inspect.with_figure)(&pairs, idx, &mut |figure| read(figure));
}

fn column(table: &Table<'_>, name: &str) -> Vec<f32> {
    let Table::Columns(columns) = table else {
        panic!("no columns")
    };
    let column = columns.iter().find(|column| column.name == name);
    match &column.unwrap().cells {
        Cells::F32(values) | Cells::Sparse(values) => values.to_vec(),
        _ => panic!("no numbers in {name}"),
    }
}

/// The activations that a state shows: (samples, tokens, features), and the values.
fn shown(state: &State) -> ([usize; 3], Vec<f32>) {
    let mut x = Vec::new();
    with_figure(state, "normalize-matrix", &mut |figure| {
        x = column(&figure.table, "input");
    });
    (state.block(), x)
}

/// What a table should give back.
#[derive(Debug, PartialEq)]
enum Expected {
    /// (samples, tokens, features), and the values.
    Block([usize; 3], Vec<f32>),
    /// γ and β.
    Affine(Vec<f32>, Vec<f32>),
}

/// As it lies in a file: CSV has a row for a row, NPY one quantity after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Csv,
    Npy,
}

fn block_of(sizes: &[usize]) -> [usize; 3] {
    let mut block = [1; 3];
    block[3 - sizes.len()..].copy_from_slice(sizes);
    block
}

/// A table's numbers without its indices; of several blocks the input, or the first.
fn expected(table: &Table<'_>, kind: Kind) -> Expected {
    let columns = match table {
        Table::Matrix {
            columns, values, ..
        } => {
            let shown = values.select(Axis(1), columns);
            return Expected::Block(
                [1, shown.nrows(), shown.ncols()],
                shown.iter().copied().collect(),
            );
        }
        Table::Columns(columns) | Table::Beside { columns, .. } => columns,
    };
    let is_index =
        |column: &&Column<'_>| matches!(column.cells, Cells::Index { .. } | Cells::Words(_));
    let n_rows = figures::csv::n_rows(table);
    let values = |column: &Column<'_>| {
        let mut values: Vec<f32> = match &column.cells {
            Cells::F32(values) | Cells::Sparse(values) => values.to_vec(),
            Cells::U32(counts) => counts.iter().map(|&n| n as f32).collect(),
            Cells::Index { .. } | Cells::Words(_) => Vec::new(),
        };
        values.resize(n_rows, f32::NAN);
        values
    };
    let mut quantities: Vec<_> = columns.iter().filter(|column| !is_index(column)).collect();
    let shape = figures::npy::shape(table);
    let sizes = &shape[usize::from(quantities.len() != 1)..];
    let all = |quantities: &[&Column<'_>]| quantities.iter().flat_map(|it| values(it)).collect();
    match (quantities[0].name, sizes.len()) {
        ("gamma", 1) => return Expected::Affine(values(quantities[0]), values(quantities[1])),
        ("x" | "input", _) | (_, 3) => {
            return Expected::Block(block_of(sizes), values(quantities[0]));
        }
        (_, 2) => return Expected::Block(block_of(&shape), all(&quantities)),
        _ => {}
    }
    if kind == Kind::Npy {
        return Expected::Block(block_of(&shape), all(&quantities));
    }
    // What counts along the rows is an index too, whatever kind of number it is kept as.
    if ["offset", "position"].contains(&quantities[0].name) {
        quantities.remove(0);
    }
    let rows = (0..n_rows).flat_map(|row| quantities.iter().map(move |it| values(it)[row]));
    Expected::Block([1, n_rows, quantities.len()], rows.collect())
}

/// As much of a block as the page shows.
fn cut(block: [usize; 3], values: &[f32]) -> ([usize; 3], Vec<f32>) {
    let used = [block[0].min(64), block[1].min(256), block[2].min(1024)];
    let mut kept = Vec::new();
    for sample in 0..used[0] {
        for token in 0..used[1] {
            let start = (sample * block[1] + token) * block[2];
            kept.extend_from_slice(&values[start..start + used[2]]);
        }
    }
    (used, kept)
}

fn bits(values: &[f32]) -> Vec<u32> {
    // There is one zero and one NaN.
    let plain = |&x: &f32| if x.is_nan() { f32::NAN } else { x + 0.0 };
    values.iter().map(plain).map(f32::to_bits).collect()
}

#[test]
fn what_is_saved_is_opened() {
    let queries: [&[&str]; 2] = [
        &[
            "",
            "start=1000&seq_len=5&d_model=6&scheme=rope&text=the%20dog",
            "seq_len=7&d_model=4&scheme=alibi&heads=3&mistake=base_1000",
            "seq_len=1&d_model=2",
        ],
        &[
            "",
            "batch=2&seq_len=3&d_model=5&mistake=unbiased&gamma_at=0:2,3:-1&beta_at=1:0.3",
            "batch=1&seq_len=1&d_model=1",
            "input=custom&values=1,nan;2,3;;4,5;6,7&norm=batch&mistake=batch_eval",
        ],
    ];
    let mut troubles = Vec::new();
    for (lab, queries) in ALL.iter().zip(queries) {
        for query in queries {
            let pairs = common::pairs(lab, query);
            for (idx, doc) in (lab.inspect.figures)().into_iter().enumerate() {
                (lab.inspect.with_figure)(&pairs, idx, &mut |figure| {
                    let is_empty = |panel: &Panel<'_>| matches!(panel.plot, Plot::Empty(_));
                    if figure.panels.iter().all(is_empty) {
                        return;
                    }
                    for kind in [Kind::Csv, Kind::Npy] {
                        let named = format!("{} as {kind:?} at {query}", doc.id);
                        troubles.extend(trouble(figure, kind).map(|why| format!("{named}: {why}")));
                    }
                });
            }
        }
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}

/// What is not as it was when a figure's file was opened.
fn trouble(figure: &Figure<'_>, kind: Kind) -> Option<String> {
    let (bytes, end) = match kind {
        Kind::Csv => (csv(&figure.table).into_bytes(), "csv"),
        Kind::Npy => (npy(&figure.table), "npy"),
    };
    let mut state = State::default();
    // γ and β are taken for the features that are shown.
    let n_features = match expected(&figure.table, kind) {
        Expected::Affine(gamma, _) => gamma.len(),
        Expected::Block(..) => 64,
    };
    state.d_model = n_features;
    let taken = open(&mut state, &format!("{} (1).{end}", figure.id), bytes);
    let said = taken.notice.map(|notice| notice.to_string());
    match expected(&figure.table, kind) {
        Expected::Block(block, values) => {
            let (cut_block, values) = cut(block, &values);
            let (got, x) = shown(&state);
            let is_said = said.is_some() || block == cut_block;
            (got != cut_block || bits(&x) != bits(&values) || !is_said)
                .then(|| format!("{got:?} instead of {cut_block:?}, {said:?}"))
        }
        Expected::Affine(gamma, beta) => {
            let mut is_same = said.is_none();
            with_figure(&state, figure.id, &mut |again| {
                is_same &= column(&again.table, "gamma") == gamma;
                is_same &= column(&again.table, "beta") == beta;
            });
            (!is_same).then(|| format!("other γ and β, {said:?}"))
        }
    }
}
