//! E, PE and E + PE, positions to the right by their words and dimensions downwards, in one scale.

use std::borrow::Cow;

use figures::number::{bracketed, format_count, format_fixed, format_value};
use figures::{Figure, Head, Panel, Table, Worked};
use ndarray::ArrayView2;

use super::super::axes::{empty_map, map_panel, turned};
use super::super::lab::Encode;
use super::super::pointing::read_place;
use super::super::rows::{NO_ROW, value_at};
use super::super::scene::EncodeScene;
use super::super::sentence::std_at;
use super::super::shown::Shown;
use super::super::state::EncodeState;
use super::super::ways::TO_SENTENCE;
use super::python::with_tables;
use super::tokens::{Compared, EMPTY, NO_WORDS, Tokens};
use crate::columns;
use crate::encoding::Encoding;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> =
    FigureSpec::<Encode>::new("encode-sum", "Words with their positions", scene, code)
        .ways(&[TO_SENTENCE])
        .height(300)
        // Only the readout depends on it.
        .ignoring(|state| state.noise = 0.0)
        .pointing(Pointing::new(
            read_place,
            here,
            tip,
            "Arrow keys move through words and dimensions.",
        ));

/// What can be said of the three tables.
struct Numbers {
    scheme: Encoding,
    /// The std of E, scaled if that was asked for.
    std: f64,
    n_words: usize,
    d_model: usize,
    /// The token that is read, and the one that it is compared with; none without words.
    compared: Option<Compared>,
}

fn numbers(tokens: &Tokens, state: &EncodeState) -> Numbers {
    Numbers {
        scheme: state.scheme,
        std: std_at(state, state.d_model),
        n_words: tokens.sentence.n_words(),
        d_model: state.d_model,
        compared: tokens.compared(state),
    }
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let tokens = scene.sum.tokens.update(state);
    let numbers = numbers(tokens, state);
    let (embeddings, encoding, sum) = (
        tokens.sum.embeddings(),
        tokens.encoding.values(),
        tokens.sum.sum(),
    );
    let pair = tokens.pair(state);
    let reach = tokens.reach.max(f32::MIN_POSITIVE);
    let panel = |symbol, note, values: ArrayView2<'a, f32>| Panel {
        head: Head {
            symbol: Cow::Borrowed(symbol),
            note: Cow::Owned(note),
        },
        ..if tokens.sentence.words().is_empty() {
            empty_map(state, EMPTY)
        } else {
            let position = pair.map(|pair| state.start + pair.p as u64);
            let shown = Shown {
                values,
                version: tokens.sum.version(),
                most: reach,
                undefined: NO_ROW,
            };
            map_panel(state, tokens.axis(state), position, shown)
        }
    };
    // All three keep their rows in one piece.
    let column = |name, values: ArrayView2<'a, f32>| {
        columns::numbers(name, values.to_slice().unwrap_or_default())
    };
    let (n_words, d_model) = (tokens.sentence.n_words(), state.d_model);
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels: vec![
            panel("E", embedding_note(&numbers), embeddings),
            panel("PE", encoding_note(&numbers), encoding),
            panel("E + PE", String::new(), sum),
        ],
        table: Table::Columns(vec![
            columns::index("token", d_model, n_words, n_words * d_model),
            columns::index("dimension", 1, d_model, n_words * d_model),
            column("embedding", embeddings),
            column("encoding", encoding),
            column("sum", sum),
        ]),
        read_rows: pair.map_or(0..0, |pair| pair.p * d_model..(pair.p + 1) * d_model),
    }
}

/// What the three tables show.
fn summary(numbers: &Numbers) -> String {
    let Some(compared) = &numbers.compared else {
        return NO_WORDS.to_owned();
    };
    let shape = format!(
        "{} {} × {} [feature|dimensions].",
        format_count(numbers.n_words as u64),
        if numbers.n_words == 1 {
            "word"
        } else {
            "words"
        },
        format_count(numbers.d_model as u64)
    );
    let nothing = inside_attention(numbers.scheme);
    if !nothing.is_empty() {
        return format!("{shape} {nothing}");
    }
    let word = &compared.words[0];
    if !compared.is_same {
        return format!(
            "{shape} “{word}” stands here once: *type it twice*, and its one vector in E becomes two."
        );
    }
    let [position, other] = compared.positions.map(format_count);
    match compared.after {
        Some(cosine) => format!(
            "{shape} “{word}” stands at positions {position} and {other}: *the same vector in E, two different ones in E + [encoding|PE]* ([cosine|cosine similarity] {}).",
            format_fixed(cosine, 3),
        ),
        None => format!(
            "{shape} “{word}” stands at positions {position} and {other}: *the same vector in E*. In E + PE one of them is zero or missing, so \
             they cannot be compared."
        ),
    }
}

/// Why nothing is added; empty where something is.
fn inside_attention(scheme: Encoding) -> String {
    match scheme {
        Encoding::Rope | Encoding::Alibi | Encoding::T5 => format!(
            "{} adds nothing here: it works inside attention. *E + PE is E*: a word has the same vector at every place.",
            scheme.label()
        ),
        Encoding::None => {
            "Nothing is added: *a word has the same vector at every place*.".to_owned()
        }
        _ => String::new(),
    }
}

/// Above E.
fn embedding_note(numbers: &Numbers) -> String {
    format!("std {}", format_value(numbers.std, 3))
}

/// Above PE.
fn encoding_note(numbers: &Numbers) -> String {
    if numbers.scheme.adds() {
        numbers.scheme.label().to_owned()
    } else {
        "nothing is added".to_owned()
    }
}

/// A cell: what is embedded, and, where the position has a row, what is added to it and what comes out.
fn cell_text(
    word: &str,
    position: u64,
    dim: u64,
    embedding: f32,
    added: Option<[f32; 2]>,
) -> String {
    let arithmetic = match added {
        Some([encoding, sum]) => {
            let mut worked = Worked::default();
            let [embedding, encoding, sum] =
                [embedding, encoding, sum].map(|value| worked.computed(value.into()));
            worked.step(sum, &[embedding, encoding], |it| it[0] + it[1]);
            let texts = worked.texts();
            format!(
                "{} + {} = {}",
                texts[embedding],
                bracketed(&texts[encoding]),
                texts[sum]
            )
        }
        None => format!(
            "{}, and no vector to add",
            format_value(embedding.into(), 4)
        ),
    };
    format!(
        "“{word}” at {}, dimension {dim}: {arithmetic}",
        format_count(position),
    )
}

/// E, PE and E + PE, (3, T, d).
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    with_tables(
        scene,
        state,
        "result = {lib}.stack([E, PE, E + PE])  # (3, word, dimension)\n",
    )
}

fn here(state: &EncodeState) -> Cell {
    let cell = Cell {
        x: Some(state.pos.unwrap_or(state.start)),
        y: Some(state.dimension() as u64),
        panel_idx: 0,
    };
    turned(state, cell)
}

fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let tokens = scene.sum.tokens.update(state);
    let text = || {
        let cell = turned(state, cell);
        let (position, dim) = (cell.x?, cell.y?);
        let column = usize::try_from(dim).ok()?;
        let word = tokens.word(tokens.token_at(state, position)?);
        let at = |table| value_at(table, state, position, column);
        let added = [at(tokens.encoding.values())?, at(tokens.sum.sum())?];
        let is_row = added.iter().all(|it| it.is_finite());
        let embedding = at(tokens.sum.embeddings())?;
        Some(cell_text(
            &word,
            position,
            dim,
            embedding,
            is_row.then_some(added),
        ))
    };
    text().unwrap_or_default()
}
