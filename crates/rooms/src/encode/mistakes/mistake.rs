//! A table as it should be, as a real bug makes it, and how far apart the two are.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::ticks::nice_above;
use figures::{Figure, Head, Panel, Table};
use maths::mistakes::WRONG_BASE;
use maths::scaling::Scaling;
use maths::schemes::Scheme;
use maths::symptom::{MOVES, Symptom};
use ndarray::ArrayView2;

use super::super::axes::{empty_map, map_panel, positions, read_rows, row_idx, turned};
use super::super::lab::Encode;
use super::super::pointing::{here_at_place, read_place};
use super::super::rows::value_at;
use super::super::scene::EncodeScene;
use super::super::shown::Shown;
use super::super::state::{Bug, EncodeState, SHOWN_SAMPLE};
use super::super::ways::TO_QUIZ;
use super::kept::Kept;
use super::rotary;
use crate::columns;
use crate::python::{Code, Library, double, encoding, fill, wave_slices};
use crate::quiz::{NONE_CHOSEN, hidden_code};
use crate::room::{Cell, Fact, FigureSpec, Pointing};
use crate::rotary_mix;
use crate::settings::number_text;

/// The figure. Its heading is the same for every bug.
pub const FIGURE: FigureSpec<Encode> = FigureSpec::<Encode>::new(
    "encode-mistake",
    "As it should be, and as it is",
    scene,
    code,
)
.ways(&[TO_QUIZ])
.caption(225)
.height(210)
.pointing(Pointing::new(
    read_place,
    here_at_place,
    tip,
    "Arrow keys move the crosshair.",
));

/// What can be said of a bug: what it does to the numbers, never which one it is.
type Numbers = Symptom;

/// Of the bug that is shown; none without one.
fn numbers<'a>(scene: &'a mut EncodeScene, state: &EncodeState) -> Option<&'a Numbers> {
    Some(&scene.mistakes.update(state)?.symptom)
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if state.shows_scores() {
        let mixed = rotary::mixed(scene, state);
        return mixed.figure(
            (FIGURE.id, FIGURE.title),
            positions(state),
            read_rows(state),
        );
    }
    let Some(Kept {
        tables,
        difference,
        symptom,
        ..
    }) = scene.mistakes.update(state)
    else {
        return nothing(state);
    };
    let panel = |name, note, values, most| Panel {
        head: Head {
            symbol: Cow::Borrowed(name),
            note,
        },
        ..map_panel(
            state,
            positions(state),
            Some(state.position()),
            Shown {
                values,
                version: tables.version(),
                most,
                undefined: "",
            },
        )
    };
    let (right, wrong) = (tables.right(), tables.wrong());
    // A difference may be far smaller than what differs: it has a scale of its own.
    let most = nice_above(symptom.most.into()) as f32;
    // Both keep their rows in one piece.
    let values = [right, wrong].map(|table| table.to_slice().unwrap_or_default());
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(symptom),
        panels: vec![
            panel("A", right_note(state), right, 1.0),
            panel("B", note(state, "wrong", WRONG_BASE), wrong, 1.0),
            panel("B − A", Cow::Borrowed(""), difference.view(), most),
        ],
        table: exported(state, values),
        read_rows: row_idx(state) * state.d_model..(row_idx(state) + 1) * state.d_model,
    }
}

/// Whether a table is right, and its base, where the bug is another one and may be named: the control says that of the right one.
fn note(state: &EncodeState, what: &'static str, base: f64) -> Cow<'static, str> {
    if state.is_revealed() && state.bug() == Some(Bug::Base1000) {
        Cow::Owned(format!("{what}, base {}", number_text(base)))
    } else {
        Cow::Borrowed(what)
    }
}

/// What the right table is, whatever the scheme of other parts.
fn right_note(state: &EncodeState) -> Cow<'static, str> {
    note(state, "right: sinusoidal", state.base)
}

/// The figure without a bug.
fn nothing<'a>(state: &EncodeState) -> Figure<'a> {
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: NONE_CHOSEN.to_owned(),
        panels: vec![empty_map(state, NONE_CHOSEN)],
        table: exported(state, [&[]; 2]),
        read_rows: 0..0,
    }
}

fn exported<'a>(state: &EncodeState, [right, wrong]: [&'a [f32]; 2]) -> Table<'a> {
    Table::Columns(vec![
        columns::index("place", state.d_model, state.seq_len, right.len()),
        columns::index("dimension", 1, state.d_model, right.len()),
        columns::numbers("right", right),
        columns::numbers("wrong", wrong),
    ])
}

/// What can be seen in the numbers.
fn summary(numbers: &Numbers) -> String {
    let Symptom {
        shape: (seq_len, d_model),
        most,
        changed,
        still,
        n_looked_at,
        lengths,
        products,
        n_steps,
    } = *numbers;
    if most == 0.0 {
        return "Here right and wrong are equal: *the mistake cannot be seen in this state*."
            .to_owned();
    }
    let mut text = format!(
        "{} of the values differ, by up to *{}*.",
        percent(changed),
        format_value(most.into(), 2)
    );
    let mut say = |words: String| {
        text.push(' ');
        text.push_str(&words);
    };
    if (still[0] - still[1]).abs() > 0.005 {
        say(format!(
            "*{} of the [feature|dimensions]* change by less than {} over {n_looked_at} positions; right: {}.",
            percent(still[1]),
            number_text(MOVES),
            percent(still[0])
        ));
    }
    if n_steps[0] != n_steps[1] {
        let n = seq_len - 1;
        say(format!(
            "{} of {n} positions differ from the one before; right: {}.",
            n_steps[1], n_steps[0]
        ));
    }
    let [right, wrong] = lengths.map(length_text);
    if right != wrong {
        say(format!("The [norm|norm ‖PE‖] is {wrong}; right: {right}."));
    }
    // Rounding of sums of d products of numbers up to 1.
    #[allow(clippy::cast_precision_loss, reason = "at most 1024")]
    if products < 1e-5 * d_model as f32 {
        say("*The [dot|dot products] of positions stay the same.*".to_owned());
    }
    text
}

/// The symptom in numbers.
fn facts(numbers: &Numbers) -> Vec<Fact> {
    let [right, wrong] = numbers.still.map(percent);
    let [right_length, wrong_length] = numbers.lengths.map(length_text);
    vec![
        Fact::new("largest difference", format_value(numbers.most.into(), 3)),
        Fact::new(
            "dimensions that hardly move",
            format!("{wrong}, right: {right}"),
        ),
        Fact::new(
            "norm of a vector",
            format!("{wrong_length}, right: {right_length}"),
        ),
        Fact::new(
            "largest change of a dot product",
            format_value(numbers.products.into(), 2),
        ),
    ]
}

/// A cell of the tables.
fn cell_text(position: u64, dim: u64, [right, wrong]: [f32; 2]) -> String {
    let text = |value: f32| format_value(value.into(), 4);
    format!(
        "position {}, dimension {dim}: right {}, wrong {}",
        format_count(position),
        text(right),
        text(wrong)
    )
}

fn percent(part: f64) -> String {
    format!("{} %", format_value((part * 100.0).round(), 3))
}

fn length_text([least, most]: [f32; 2]) -> String {
    let (least, most) = (format_value(least.into(), 3), format_value(most.into(), 3));
    if least == most {
        least
    } else {
        format!("{least} to {most}")
    }
}

const NOTHING: &str = "\
import {import}

# No mistake
result = {lib}.zeros((2, 0), dtype={lib}.float32)
";

const START: &str = "\
import math

import {import}

# The sinusoidal table as it should be, and as a real bug makes it
seq_len, d_model, start = {seq_len}, {d_model}, {start}


{encoding}

right = encoding(seq_len, d_model, start)
position = {lib}.arange(start, start + seq_len{double})[:, None]
wrong = right + 0
";

const DOUBLE_EXPONENT: &str = "\
column = {lib}.arange(d_model{double})
angle = position / {base} ** (2 * column / d_model)  # steps by one already: twice the exponent
wrong[:, {sin}], wrong[:, {cos}] = {lib}.sin(angle[:, 0::2]), {lib}.cos(angle[:, 1::2])
";

const BASE_1000: &str = "\
angle = position / {wrong_base} ** ({lib}.arange(0, d_model, 2{double}) / d_model)
wrong[:, {sin}], wrong[:, {cos}] = {lib}.sin(angle), {lib}.cos(angle)
";

const SWAPPED: &str = "wrong[:, {sin}], wrong[:, {cos}] = right[:, {cos}], right[:, {sin}]\n";

const F32_ANGLES: &str = "\
step = {lib}.arange(0, d_model, 2, dtype={lib}.float32) * {round_step}
omega = {lib}.exp(step{wide}){single}
angle = (position{single} * omega){wide}  # rounded to 32 bits
wrong[:, {sin}], wrong[:, {cos}] = {lib}.sin(angle), {lib}.cos(angle)
";

const ONE_ROW: &str = "\
wrong = 0 * right + encoding(1, d_model, {sample})  # sample {sample}: one position for each of its tokens
";

const PADDING: &str = "right[{n_tokens}:] = 0  # padding has no position\n";

const END: &str = "result = {lib}.stack([right, wrong])  # (2, position, dimension)\n";

/// The right and the wrong table, (2, T, d). Before an answer to the quiz it would give the bug away.
fn code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    if !state.is_revealed() {
        return if state.shows_scores() {
            hidden_code(FIGURE.id, "scores", "(2, position)")
        } else {
            hidden_code(FIGURE.id, "tables", "(2, position, dimension)")
        };
    }
    Code::for_both(|library| match state.bug() {
        Some(bug) => of_bug(state, bug, library),
        None => fill(
            NOTHING,
            &[
                ("import", library.pick("numpy as np", "torch")),
                ("lib", library.name()),
            ],
        ),
    })
}

fn of_bug(state: &EncodeState, bug: Bug, library: Library) -> String {
    let template = match bug {
        Bug::DoubleExponent => DOUBLE_EXPONENT,
        Bug::Base1000 => BASE_1000,
        Bug::Swapped => SWAPPED,
        Bug::F32Angles => F32_ANGLES,
        Bug::OneRow => ONE_ROW,
        Bug::Padding => PADDING,
        Bug::RotaryMixed => return rotary_mix::code(rotary::spec(state), library),
    };
    let [sin, cos] = wave_slices(state.layout);
    let base = number_text(state.base);
    let encoding = encoding(
        Scheme::Sinusoidal {
            base: state.base,
            layout: state.layout,
            scaling: Scaling::None,
        },
        library,
    );
    let step = format!("-math.log({base}) / d_model");
    let round_step = match library {
        Library::NumPy => format!("np.float32({step})"),
        Library::PyTorch => format!("torch.tensor({step}, dtype=torch.float32)"),
    };
    let values = [
        ("import", library.pick("numpy as np", "torch")),
        ("lib", library.name()),
        ("double", double(library)),
        ("single", library.pick(".astype(np.float32)", ".float()")),
        ("wide", library.pick(".astype(np.float64)", ".double()")),
        ("seq_len", &state.seq_len.to_string()),
        ("d_model", &state.d_model.to_string()),
        ("start", &state.start.to_string()),
        ("encoding", &encoding),
        ("base", &base),
        ("wrong_base", &number_text(WRONG_BASE)),
        ("round_step", &round_step),
        ("sample", &SHOWN_SAMPLE.to_string()),
        ("n_tokens", &state.n_tokens().to_string()),
        ("sin", sin),
        ("cos", cos),
    ];
    [START, template, END]
        .iter()
        .map(|template| fill(template, &values))
        .collect()
}

/// The facts of the part; none without a bug.
pub fn reading(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    if state.shows_scores() {
        return rotary::mixed(scene, state).facts();
    }
    numbers(scene, state).map(facts).unwrap_or_default()
}

fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    if state.shows_scores() {
        return rotary::mixed(scene, state).tip(cell.x);
    }
    let mut text = || {
        let Kept { tables, .. } = scene.mistakes.update(state)?;
        let cell = turned(state, cell);
        let (position, dim) = (cell.x?, cell.y?);
        let column = usize::try_from(dim).ok()?;
        let at = |table: ArrayView2<'_, f32>| value_at(table, state, position, column);
        let values = [at(tables.right())?, at(tables.wrong())?];
        Some(cell_text(position, dim, values))
    };
    text().unwrap_or_default()
}
