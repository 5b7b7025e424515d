//! The sum as data: words with their positions, lengths, and what can be read back.

use std::borrow::Cow;

use figures::{
    Axis, Bars, CellAxis, Cells, Colours, Column, Cross, Figure, Head, Heatmap, Join, Line, Panel,
    Plot, Ramp, Role, Rows, Rule, Table,
};
use maths::probe::{ProbeSpec, Scores, WordProbe};
use maths::schemes::{EncodingSpec, EncodingTable, Scheme};
use maths::words::{EmbeddingSpec, WordSum, word_hash};
use ndarray::{ArrayView1, ArrayView2};

use super::super::state::{EncodeState, Encoding};
use super::super::story::sum as story;
use super::EncodeScene;
use crate::labs::{Cell, Fact};
use crate::words::{lower_case, words};

/// The widths at which the readout is tried.
pub const WIDTHS: [usize; 9] = [8, 16, 32, 48, 64, 96, 128, 192, 256];

/// What the readouts say at each of them: of the sum, then of word and position beside each other, each
/// position R², exact position and word.
const N_SCORES: usize = 6;

/// What the part keeps from frame to frame.
#[derive(Default)]
pub struct SumScene {
    /// What the words are made from.
    text: Option<String>,
    /// (T)
    words: Vec<String>,
    /// The same in lower case, as numbers: where they are equal the word is the same. (T)
    hashes: Vec<u64>,
    encoding: EncodingTable,
    sum: WordSum,
    /// The largest of all finite values of the three tables, without signs.
    reach: f32,
    /// Of the token that is read: ‖E‖, ‖PE‖, ‖E + PE‖.
    lengths: [f32; 3],
    probe: WordProbe,
    /// What the scores are made for, at the first width.
    scores_of: Option<ProbeSpec>,
    n_scored: usize,
    scores: [[f32; WIDTHS.len()]; N_SCORES],
    widths: [f32; WIDTHS.len()],
}

/// What is added to the embeddings: nothing where the scheme works inside attention.
pub fn added(state: &EncodeState) -> Scheme {
    match state.scheme {
        // It has a table, of the angles that it rotates by.
        Encoding::Rope => Scheme::None,
        other => state.rows_of(other, state.scaling()),
    }
}

/// How words become vectors.
pub fn embedding(state: &EncodeState) -> EmbeddingSpec {
    EmbeddingSpec {
        d_model: state.d_model,
        std: state.emb_std,
        seed: state.seed,
        scaled: state.sqrt_d,
    }
}

/// Two tokens: the one that is read, and the one that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The token that is read.
    pub p: usize,
    /// The next one of the same word, else the next one, else itself.
    pub q: usize,
    /// Whether it is the same word.
    pub is_same: bool,
}

impl SumScene {
    fn update(&mut self, state: &EncodeState) {
        if self.text.as_ref() != Some(&state.text) {
            self.words = words(&state.text);
            let hashes = self.words.iter().map(|word| word_hash(&lower_case(word)));
            self.hashes = hashes.collect();
            self.text = Some(state.text.clone());
        }
        self.encoding.update(EncodingSpec {
            scheme: added(state),
            seq_len: self.words.len(),
            d_model: state.d_model,
            start: state.start,
        });
        let is_new = self
            .sum
            .update(&self.hashes, embedding(state), &self.encoding);
        if is_new {
            let tables = [
                self.sum.embeddings(),
                self.encoding.values(),
                self.sum.sum(),
            ];
            self.reach = tables.iter().fold(0.0, |reach, table| {
                let sizes = table.iter().map(|value| value.abs());
                sizes.filter(|size| size.is_finite()).fold(reach, f32::max)
            });
        }
        if let Some(Pair { p, .. }) = self.pair(state) {
            let norms = self.sum.norms();
            let of = |norms: &[f32]| norms.get(p).copied().unwrap_or(f32::NAN);
            self.lengths = [of(&norms.embedding), of(&norms.encoding), of(&norms.sum)];
        }
    }

    /// The token that is read with the one it is compared with; none without words.
    pub fn pair(&self, state: &EncodeState) -> Option<Pair> {
        let n = self.hashes.len();
        let last = n.checked_sub(1)?;
        let again = |p: usize| {
            let hash = self.hashes.get(p)?;
            let others = (p + 1..n).chain(0..p);
            others
                .into_iter()
                .find(|&q| self.hashes.get(q) == Some(hash))
        };
        let chosen = state.pos.and_then(|pos| {
            let p = usize::try_from(pos.checked_sub(state.start)?).ok()?;
            (p < n).then_some(p)
        });
        let first_again = || (0..n).find(|&p| again(p).is_some());
        let p = chosen.or_else(first_again).unwrap_or_default();
        Some(match again(p) {
            Some(q) => Pair {
                p,
                q,
                is_same: true,
            },
            None => Pair {
                p,
                q: if p < last { p + 1 } else { p.saturating_sub(1) },
                is_same: false,
            },
        })
    }

    /// The word of a token.
    pub fn word(&self, idx: usize) -> &str {
        self.words.get(idx).map_or("", String::as_str)
    }

    /// E, PE and E + PE with their lengths.
    pub fn tables(&self) -> &WordSum {
        &self.sum
    }

    /// Tries the readout at one more width, if any is left: each takes up to a frame.
    fn score_next(&mut self, state: &EncodeState) {
        let spec = probe_spec(state, WIDTHS[0]);
        if self.scores_of != Some(spec) {
            self.scores_of = Some(spec);
            self.n_scored = 0;
            self.scores = [[f32::NAN; WIDTHS.len()]; N_SCORES];
        }
        let Some(&d_model) = WIDTHS.get(self.n_scored) else {
            return;
        };
        self.probe.update(probe_spec(state, d_model));
        let beside = [self.probe.sum(), self.probe.beside()];
        let scores = beside.into_iter().flat_map(|readout| {
            let Scores {
                position_r2,
                position_exact,
                word_accuracy,
            } = readout.scores;
            [position_r2, position_exact, word_accuracy]
        });
        #[allow(clippy::cast_possible_truncation, reason = "for show")]
        for (row, score) in self.scores.iter_mut().zip(scores) {
            row[self.n_scored] = score as f32;
        }
        self.n_scored += 1;
    }

    /// Whether there are widths left to try.
    pub fn is_unfinished(&self) -> bool {
        self.n_scored < WIDTHS.len()
    }

    /// A readout's scores at a width: (sum, beside) of each kind.
    pub fn score(&self, kind: usize, width_idx: usize) -> (f32, f32) {
        let at = |row: usize| {
            let row = self.scores.get(row);
            row.and_then(|row| row.get(width_idx))
                .copied()
                .unwrap_or(f32::NAN)
        };
        (at(kind), at(kind + N_SCORES / 2))
    }
}

/// The readout of a vocabulary at this width. Positions count from 0.
fn probe_spec(state: &EncodeState, d_model: usize) -> ProbeSpec {
    ProbeSpec {
        scheme: added(state),
        d_model,
        std: story::std_at(state, d_model),
        noise: state.noise,
        seed: state.seed,
    }
}

/// E, PE and E + PE, positions to the right by their words and dimensions downwards, in one scale.
pub fn sum<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let scene = &mut scene.sum;
    scene.update(state);
    let scene = &*scene;
    let pair = scene.pair(state);
    let colours = Colours {
        ramp: Ramp::Diverging,
        min: -scene.reach.max(f32::MIN_POSITIVE),
        max: scene.reach.max(f32::MIN_POSITIVE),
    };
    let version = scene.sum.version();
    let tables = [
        ("E", story::embedding_note(state), scene.sum.embeddings()),
        ("PE", story::encoding_note(state), scene.encoding.values()),
        ("E + PE", String::new(), scene.sum.sum()),
    ];
    let panel = |(symbol, note, values): (&'static str, String, ArrayView2<'a, f32>)| Panel {
        head: Head {
            symbol: Cow::Borrowed(symbol),
            note: Cow::Owned(note),
        },
        cross: Cross {
            x: pair.map(|pair| state.start + pair.p as u64),
            y: Some(state.dimension() as u64),
        },
        ..Panel::new(
            tokens(scene, state),
            Axis::cells("dimension", "dimension", 0, state.d_model),
            if scene.words.is_empty() {
                Plot::Empty(Cow::Borrowed("No words: type a sentence."))
            } else {
                Plot::Heatmap(Heatmap {
                    values,
                    rows: Rows::Across,
                    colours,
                    undefined: Cow::Borrowed("no row beyond max_len"),
                    version,
                })
            },
        )
    };
    let column = |name, values: ArrayView2<'a, f32>| Column {
        name,
        // Both tables keep their rows in one piece.
        cells: Cells::F32(values.to_slice().unwrap_or_default()),
    };
    let n_values = scene.words.len() * state.d_model;
    let index = |name, every, modulo: usize| Column {
        name,
        cells: Cells::Index {
            every,
            modulo: modulo.max(1),
            len: n_values,
        },
    };
    Figure {
        id: "encode-sum",
        title: Cow::Borrowed("Words with their positions"),
        summary: story::sum_summary(scene, state),
        table: Table::Columns(vec![
            index("token", state.d_model, scene.words.len()),
            index("dimension", 1, state.d_model),
            column("embedding", scene.sum.embeddings()),
            column("encoding", scene.encoding.values()),
            column("sum", scene.sum.sum()),
        ]),
        read_rows: pair.map_or(0..0, |Pair { p, .. }| {
            p * state.d_model..(p + 1) * state.d_model
        }),
        panels: tables.into_iter().map(panel).collect(),
    }
}

fn tokens<'a>(scene: &'a SumScene, state: &EncodeState) -> Axis<'a> {
    Axis {
        names: Cow::Borrowed(&scene.words),
        ..Axis::cells("position", "word", state.start, scene.words.len())
    }
}

/// The lengths of E, PE and their sum: of the token that is read as bars, of all of them as steps.
pub fn norms<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let scene = &mut scene.sum;
    scene.update(state);
    let scene = &*scene;
    let pair = scene.pair(state);
    let all = scene.sum.norms();
    let rows = [&all.embedding, &all.encoding, &all.sum];
    let longest = rows.iter().copied().flatten().copied();
    let longest = longest.filter(|it| it.is_finite()).fold(0.0, f32::max);
    let top = f64::from(longest.max(f32::MIN_POSITIVE)) * 1.05;
    let empty = || Plot::Empty(Cow::Borrowed("No words: type a sentence."));
    let is_empty = scene.words.is_empty();
    let bars = Panel {
        head: Head {
            symbol: Cow::Borrowed(""),
            note: Cow::Owned(story::read_word(scene, pair)),
        },
        ..Panel::new(
            Axis {
                names: Cow::Owned(story::LENGTHS.map(str::to_owned).into()),
                ..Axis::cells("", "", 0, story::LENGTHS.len())
            },
            Axis::values("length", 0.0, top),
            if is_empty {
                empty()
            } else {
                Plot::Bars(Bars {
                    values: ArrayView1::from(&scene.lengths),
                    cells_on: CellAxis::X,
                    colours: Colours {
                        ramp: Ramp::Sequential,
                        min: 0.0,
                        max: longest,
                    },
                    undefined: Cow::Borrowed("no row"),
                })
            },
        )
    };
    let lines = rows.into_iter().zip(story::LENGTHS).enumerate();
    let lines = lines.map(|(idx, (values, name))| Line {
        join: Join::Stepped,
        ..Line::new(name, Role::Series(idx), ArrayView1::from(values))
    });
    let steps = Panel {
        cross: Cross {
            x: pair.map(|pair| state.start + pair.p as u64),
            y: None,
        },
        ..Panel::new(
            tokens(scene, state),
            Axis::values("length", 0.0, top),
            if is_empty {
                empty()
            } else {
                Plot::Lines(lines.collect())
            },
        )
    };
    let column = |name, values: &'a Vec<f32>| Column {
        name,
        cells: Cells::F32(values),
    };
    Figure {
        id: "encode-norms",
        title: Cow::Borrowed("How long the two are"),
        summary: story::norms_summary(scene, state),
        panels: vec![bars, steps],
        table: Table::Columns(vec![
            Column {
                name: "token",
                cells: Cells::Index {
                    every: 1,
                    modulo: scene.words.len().max(1),
                    len: scene.words.len(),
                },
            },
            column("embedding", &all.embedding),
            column("encoding", &all.encoding),
            column("sum", &all.sum),
        ]),
        read_rows: pair.map_or(0..0, |pair| pair.p..pair.p + 1),
    }
}

/// What a linear readout gets back, over d_model: a panel for each score.
pub fn probe<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let scene = &mut scene.sum;
    scene.score_next(state);
    #[allow(clippy::cast_precision_loss)]
    let widths = WIDTHS.map(|width| width as f32);
    scene.widths = widths;
    let scene = &*scene;
    let panels = story::SCORES.iter().enumerate().map(|(kind, name)| {
        let rows = [kind, kind + N_SCORES / 2].map(|row| &scene.scores[row]);
        let finite = rows.iter().copied().flatten().copied();
        let least = finite.filter(|it| it.is_finite()).fold(0.0, f32::min);
        let lines = rows.into_iter().zip(story::SHARINGS).enumerate();
        let lines = lines.map(|(idx, (values, name))| {
            Line::new(name, Role::Series(idx), ArrayView1::from(values))
        });
        Panel {
            head: Head {
                symbol: Cow::Borrowed(""),
                note: Cow::Borrowed(name),
            },
            rules: chance(kind)
                .map(|at| Rule {
                    at,
                    role: Role::Quiet,
                    name: Cow::Borrowed("by chance"),
                })
                .into_iter()
                .collect(),
            cross: Cross {
                x: WIDTHS
                    .iter()
                    .position(|&width| width == state.d_model)
                    .map(|idx| idx as u64),
                y: None,
            },
            ..Panel::new(
                Axis {
                    names: Cow::Owned(WIDTHS.map(|width| width.to_string()).into()),
                    ..Axis::cells("", "d_model", 0, WIDTHS.len())
                },
                // Below −1 a readout is as useless as at −1.
                Axis::values("", f64::from(least.max(-1.0)) * 1.05, 1.05),
                Plot::Lines(lines.collect()),
            )
        }
    });
    let panels = panels.collect();
    let column = |name, values: &'a [f32; WIDTHS.len()]| Column {
        name,
        cells: Cells::F32(values),
    };
    let [
        sum_r2,
        sum_exact,
        sum_word,
        beside_r2,
        beside_exact,
        beside_word,
    ] = &scene.scores;
    Figure {
        id: "encode-probe",
        title: Cow::Borrowed("What can be read back"),
        summary: story::probe_summary(scene, state),
        panels,
        table: Table::Columns(vec![
            column("d_model", &scene.widths),
            column("sum_position_r2", sum_r2),
            column("sum_position_exact", sum_exact),
            column("sum_word", sum_word),
            column("beside_position_r2", beside_r2),
            column("beside_position_exact", beside_exact),
            column("beside_word", beside_word),
        ]),
        read_rows: 0..0,
    }
}

/// What guessing gives, where it gives anything.
#[allow(clippy::cast_precision_loss)]
fn chance(kind: usize) -> Option<f64> {
    match kind {
        1 => Some(1.0 / maths::probe::N_POSITIONS as f64),
        2 => Some(1.0 / maths::probe::N_WORDS as f64),
        _ => None,
    }
}

/// The words in lower case, as they are embedded.
pub fn lower_words(scene: &mut EncodeScene, state: &EncodeState) -> Vec<String> {
    let scene = &mut scene.sum;
    scene.update(state);
    scene.words.iter().map(|word| lower_case(word)).collect()
}

/// A cell of the three tables in numbers.
pub fn sum_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let scene = &mut scene.sum;
    scene.update(state);
    let token = cell
        .x
        .and_then(|x| usize::try_from(x.checked_sub(state.start)?).ok());
    let dim = cell.y.and_then(|y| usize::try_from(y).ok());
    let (Some(token), Some(dim)) = (token, dim) else {
        return String::new();
    };
    let at = |table: ArrayView2<'_, f32>| table.get((token, dim)).copied();
    let values = at(scene.sum.embeddings())
        .zip(at(scene.encoding.values()))
        .zip(at(scene.sum.sum()));
    values.map_or_else(String::new, |((e, pe), sum)| {
        story::sum_tip(
            scene.word(token),
            state.start + token as u64,
            dim,
            [e, pe, sum],
        )
    })
}

/// The lengths of a token in numbers.
pub fn norms_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let scene = &mut scene.sum;
    scene.update(state);
    let lengths = match cell.panel_idx {
        0 => scene.pair(state).map(|pair| pair.p),
        _ => cell
            .x
            .and_then(|x| usize::try_from(x.checked_sub(state.start)?).ok()),
    };
    let norms = scene.sum.norms();
    lengths.map_or_else(String::new, |token| {
        let of = |norms: &[f32]| norms.get(token).copied().unwrap_or(f32::NAN);
        let lengths = [of(&norms.embedding), of(&norms.encoding), of(&norms.sum)];
        story::norms_tip(scene.word(token), lengths)
    })
}

/// A width's scores in numbers.
pub fn probe_tip(scene: &mut EncodeScene, _: &EncodeState, cell: Cell) -> String {
    let width_idx = cell.x.and_then(|x| usize::try_from(x).ok());
    let at = width_idx.and_then(|idx| Some((idx, *WIDTHS.get(idx)?)));
    at.map_or_else(String::new, |(idx, width)| {
        story::probe_tip(width, cell.panel_idx, scene.sum.score(cell.panel_idx, idx))
    })
}

/// The same word at two positions, and the lengths, in numbers.
pub fn reading(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    let scene = &mut scene.sum;
    scene.update(state);
    let pair = scene.pair(state);
    pair.map(|pair| story::reading(scene, state, pair))
        .unwrap_or_default()
}
