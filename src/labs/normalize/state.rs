//! Normalize's settings: plain data, their table, and what follows from them.

use maths::inputs::{Distribution, InputSpec};
use maths::normalize::{Basis, Mistake};

use crate::settings::{
    Choice, Choosable, Control, Grain, Kind, Number, Scale, Settings, Text, always, never,
    number_text,
};

mod choices;

use choices::{ALONG, BASES, BASIS_WORDS, INCOMING, MISTAKE_WORDS, MISTAKES, STAGES};
pub use choices::{Along, Incoming};

/// The most custom values read, so that a pasted book does not stop the page.
pub const MOST_VALUES: usize = 4096;

/// The token that is read until one is chosen, as far as there are so many.
const USUAL_TOKEN: usize = 5;

/// The feature that is read until one is chosen, as far as there are so many.
const USUAL_FEATURE: usize = 12;

/// What Normalize shows.
#[derive(Clone, Debug, PartialEq)]
pub struct NormalizeState {
    /// The number of the part that is shown.
    pub part: usize,
    /// How many samples, 1 to 64.
    pub batch: usize,
    /// How many tokens a sample has, 1 to 256.
    pub seq_len: usize,
    /// How many features a token has, 2 to 1024.
    pub d_model: usize,
    /// The scale of every feature after normalization, -4 to 4.
    pub gamma: f64,
    /// The shift of every feature after normalization, -4 to 4.
    pub beta: f64,
    /// What is added to the variance under the root, 0 to 1.
    pub eps: f64,
    /// How the activations are drawn.
    pub input: Distribution,
    /// Added to every activation, -100 to 100.
    pub mean: f64,
    /// The scale of the noise, 0 to 100.
    pub std: f64,
    /// The rows of custom activations; at least one row, each with at least one finite value.
    pub values: Vec<Vec<f32>>,
    /// The seed of the noise.
    pub seed: u64,
    /// The selected token, counted over all samples; `None` follows the shape.
    pub token: Option<usize>,
    /// The selected feature; `None` follows the shape.
    pub feature: Option<usize>,
    /// The gradient that comes in from above.
    pub dy: Incoming,
    /// Where the selected token is pushed.
    pub push: Along,
    /// How far, -10 to 10.
    pub push_size: f64,
    /// What the input is multiplied by where scale and shift are tried, -100 to 100.
    pub scale_a: f64,
    /// What is added to it there, -10,000 to 10,000.
    pub shift_c: f64,
    /// The number of the stage that is shown in space, 0 to 4.
    pub stage: usize,
    /// What points are looked at along, where there are more than three features.
    pub basis: Basis,
    /// How far space is turned around its upright axis, in degrees, -180 to 180.
    pub yaw: f64,
    /// How far it is tilted towards the reader, in degrees, -90 to 90.
    pub pitch: f64,
    /// The bug that is shown, if one is.
    pub mistake: Option<Mistake>,
}

impl Default for NormalizeState {
    fn default() -> Self {
        Self {
            part: 0,
            batch: 4,
            seq_len: 8,
            d_model: 64,
            gamma: 1.0,
            beta: 0.0,
            eps: 1e-5,
            input: Distribution::Tokens,
            mean: 0.0,
            std: 1.0,
            values: vec![vec![1.0, 2.0, 3.0, 4.0]],
            seed: 0,
            token: None,
            feature: None,
            dy: Incoming::Seeded,
            push: Along::Ones,
            push_size: 1.0,
            scale_a: 1.0,
            shift_c: 0.0,
            stage: 2,
            basis: Basis::Principal,
            yaw: 30.0,
            pitch: 20.0,
            mistake: None,
        }
    }
}

impl NormalizeState {
    /// How many tokens there are in all samples together.
    pub fn rows(&self) -> usize {
        self.batch * self.seq_len
    }

    /// The token that is read, counted over all samples.
    pub fn row(&self) -> usize {
        self.token.unwrap_or(USUAL_TOKEN).min(self.rows() - 1)
    }

    /// The feature that is followed through the arithmetic.
    pub fn column(&self) -> usize {
        self.feature.unwrap_or(USUAL_FEATURE).min(self.d_model - 1)
    }

    /// What the activations are made from.
    pub fn input_spec(&self) -> InputSpec<'_> {
        InputSpec {
            distribution: self.input,
            batch: self.batch,
            seq_len: self.seq_len,
            d_model: self.d_model,
            mean: self.mean,
            std: self.std,
            seed: self.seed,
            values: &self.values,
        }
    }

    /// Gives the block the shape of the custom values, as far as its ranges allow.
    pub fn fit_shape_to_values(&mut self) {
        self.batch = 1;
        self.seq_len = self.values.len().clamp(1, 256);
        self.d_model = self
            .values
            .iter()
            .map(Vec::len)
            .max()
            .unwrap_or(2)
            .clamp(2, 1024);
    }
}

/// The parts of the room, in the order of their tabs.
pub const PARTS: &[Choosable] = &[
    Choosable {
        slug: "steps",
        label: "Steps",
    },
    Choosable {
        slug: "gradient",
        label: "Gradient",
    },
    Choosable {
        slug: "shape",
        label: "Shape",
    },
    Choosable {
        slug: "mistakes",
        label: "Mistakes",
    },
];

/// The distributions with their words, in the order of the list.
const DISTRIBUTIONS: [(Distribution, Choosable); 7] = [
    (
        Distribution::Tokens,
        Choosable {
            slug: "tokens",
            label: "tokens of their own spread",
        },
    ),
    (
        Distribution::Normal,
        Choosable {
            slug: "normal",
            label: "normal",
        },
    ),
    (
        Distribution::Uniform,
        Choosable {
            slug: "uniform",
            label: "uniform",
        },
    ),
    (
        Distribution::Heavy,
        Choosable {
            slug: "heavy",
            label: "heavy-tailed",
        },
    ),
    (
        Distribution::Outlier,
        Choosable {
            slug: "outlier",
            label: "one outlier feature",
        },
    ),
    (
        Distribution::Constant,
        Choosable {
            slug: "constant",
            label: "constant",
        },
    ),
    (
        Distribution::Custom,
        Choosable {
            slug: "custom",
            label: "custom values",
        },
    ),
];

/// The second half of [`DISTRIBUTIONS`], as the table wants it.
const INPUTS: &[Choosable] = &{
    let [a, b, c, d, e, f, g] = DISTRIBUTIONS;
    [a.1, b.1, c.1, d.1, e.1, f.1, g.1]
};

fn is_drawn(state: &NormalizeState) -> bool {
    state.input != Distribution::Custom
}

impl Settings for NormalizeState {
    // Whole numbers up to a million pass through f64 and back exactly, and `nearest` keeps them in range.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    const CONTROLS: &'static [Control<Self>] = &[
        Control {
            key: "part",
            name: "Part",
            symbol: None,
            help: "Which of the lab's questions is shown.",
            group: "",
            applies: always,
            kind: Kind::Choice(Choice {
                options: PARTS,
                get: |s| s.part,
                set: |s, idx| s.part = idx,
            }),
        },
        Control {
            key: "gamma",
            name: "γ (scale)",
            symbol: Some("gamma"),
            help: "Multiplies every normalised value. A trained layer has one γ for each feature.",
            group: "Normalization",
            applies: always,
            kind: Kind::Number(Number {
                range: (-4.0, 4.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.05 },
                scale: Scale::Linear,
                get: |s| s.gamma,
                set: |s, v| s.gamma = v,
                follows: never,
            }),
        },
        Control {
            key: "beta",
            name: "β (shift)",
            symbol: Some("beta"),
            help: "Added to every value at the end. A trained layer has one β for each feature.",
            group: "Normalization",
            applies: always,
            kind: Kind::Number(Number {
                range: (-4.0, 4.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.05 },
                scale: Scale::Linear,
                get: |s| s.beta,
                set: |s, v| s.beta = v,
                follows: never,
            }),
        },
        Control {
            key: "eps",
            name: "ε (epsilon)",
            symbol: None,
            help: "Added to the variance under the root. Matters once the variance is about as small.",
            group: "Normalization",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 1.0),
                narrowed: None,
                grain: Grain::Any { nudge: 1e-5 },
                scale: Scale::Log { knee: 1e-8 },
                get: |s| s.eps,
                set: |s, v| s.eps = v,
                follows: never,
            }),
        },
        Control {
            key: "input",
            name: "Input",
            symbol: None,
            help: "How the activations are drawn.",
            group: "Input",
            applies: always,
            kind: Kind::Choice(Choice {
                options: INPUTS,
                get: |s| {
                    DISTRIBUTIONS
                        .iter()
                        .position(|(it, _)| *it == s.input)
                        .unwrap_or_default()
                },
                set: |s, idx| {
                    if let Some((distribution, _)) = DISTRIBUTIONS.get(idx) {
                        s.input = *distribution;
                    }
                },
            }),
        },
        Control {
            key: "values",
            name: "Values",
            symbol: None,
            help: "Activations of your own: numbers separated by commas, tokens by semicolons.",
            group: "Input",
            applies: |s| !is_drawn(s),
            kind: Kind::Text(Text {
                allowed: "up to 4096 numbers separated by commas, tokens separated by semicolons",
                default: "1,2,3,4",
                get: |s| {
                    (s.values != NormalizeState::default().values).then(|| values_text(&s.values))
                },
                shown: |s| values_text(&s.values),
                set: read_values,
            }),
        },
        Control {
            key: "batch",
            name: "Batch size",
            symbol: None,
            help: "How many samples. LayerNorm never mixes them.",
            group: "Input",
            applies: always,
            kind: Kind::Number(Number {
                range: (1.0, 64.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 8.0 },
                get: |s| s.batch as f64,
                set: |s, v| s.batch = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "seq_len",
            name: "Sequence length",
            symbol: None,
            help: "How many tokens each sample has. Each token is normalised by itself.",
            group: "Input",
            applies: always,
            kind: Kind::Number(Number {
                range: (1.0, 256.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 16.0 },
                get: |s| s.seq_len as f64,
                set: |s, v| s.seq_len = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "d_model",
            name: "d_model",
            symbol: None,
            help: "How many features a token has: mean and variance are taken over these.",
            group: "Input",
            applies: always,
            kind: Kind::Number(Number {
                range: (2.0, 1024.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 32.0 },
                get: |s| s.d_model as f64,
                set: |s, v| s.d_model = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "mean",
            name: "Input mean",
            symbol: Some("mu"),
            help: "Moves every activation. LayerNorm takes it out again.",
            group: "Input",
            applies: is_drawn,
            kind: Kind::Number(Number {
                range: (-100.0, 100.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Symmetric { knee: 4.0 },
                get: |s| s.mean,
                set: |s, v| s.mean = v,
                follows: never,
            }),
        },
        Control {
            key: "std",
            name: "Input std",
            symbol: Some("sigma"),
            help: "Stretches every activation. LayerNorm takes that out again too.",
            group: "Input",
            applies: |s| is_drawn(s) && s.input != Distribution::Constant,
            kind: Kind::Number(Number {
                range: (0.0, 100.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Log { knee: 4.0 },
                get: |s| s.std,
                set: |s, v| s.std = v,
                follows: never,
            }),
        },
        Control {
            key: "seed",
            name: "Seed",
            symbol: None,
            help: "Another seed, other noise; the same seed, the same noise, in every browser.",
            group: "Input",
            applies: |s| is_drawn(s) && s.input != Distribution::Constant,
            kind: Kind::Number(Number {
                range: (0.0, 9999.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.seed as f64,
                set: |s, v| s.seed = v as u64,
                follows: never,
            }),
        },
        Control {
            key: "token",
            name: "Token",
            symbol: None,
            help: "The token that is followed through the arithmetic, counted over all samples.",
            group: "Reading",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 16_383.0),
                narrowed: Some(|s| (0.0, s.rows() as f64 - 1.0)),
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.row() as f64,
                set: |s, v| s.token = Some(v as usize),
                follows: |s| s.row() == USUAL_TOKEN.min(s.rows() - 1),
            }),
        },
        Control {
            key: "feature",
            name: "Feature",
            symbol: None,
            help: "The feature whose numbers are written out.",
            group: "Reading",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 1023.0),
                narrowed: Some(|s| (0.0, s.d_model as f64 - 1.0)),
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.column() as f64,
                set: |s, v| s.feature = Some(v as usize),
                follows: |s| s.column() == USUAL_FEATURE.min(s.d_model - 1),
            }),
        },
        Control {
            key: "dy",
            name: "Incoming gradient",
            symbol: None,
            help: "What the loss says of each output.",
            group: "Gradient",
            applies: always,
            kind: Kind::Choice(Choice {
                options: INCOMING,
                get: |s| {
                    Incoming::ALL
                        .iter()
                        .position(|it| *it == s.dy)
                        .unwrap_or_default()
                },
                set: |s, idx| s.dy = Incoming::ALL.get(idx).copied().unwrap_or(s.dy),
            }),
        },
        Control {
            key: "push",
            name: "Push",
            symbol: None,
            help: "Where the selected token is moved.",
            group: "Gradient",
            applies: always,
            kind: Kind::Choice(Choice {
                options: ALONG,
                get: |s| {
                    Along::ALL
                        .iter()
                        .position(|it| *it == s.push)
                        .unwrap_or_default()
                },
                set: |s, idx| s.push = Along::ALL.get(idx).copied().unwrap_or(s.push),
            }),
        },
        Control {
            key: "push_size",
            name: "Push size",
            symbol: None,
            help: "How far the token is moved.",
            group: "Gradient",
            applies: always,
            kind: Kind::Number(Number {
                range: (-10.0, 10.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Linear,
                get: |s| s.push_size,
                set: |s, v| s.push_size = v,
                follows: never,
            }),
        },
        Control {
            key: "scale_a",
            name: "Input scale a",
            symbol: None,
            help: "The input is multiplied by this before it is normalised.",
            group: "Scale and shift",
            applies: always,
            kind: Kind::Number(Number {
                range: (-100.0, 100.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Symmetric { knee: 1e-4 },
                get: |s| s.scale_a,
                set: |s, v| s.scale_a = v,
                follows: never,
            }),
        },
        Control {
            key: "shift_c",
            name: "Input shift c",
            symbol: None,
            help: "Added to every value of the scaled input.",
            group: "Scale and shift",
            applies: always,
            kind: Kind::Number(Number {
                range: (-1e4, 1e4),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Symmetric { knee: 1.0 },
                get: |s| s.shift_c,
                set: |s, v| s.shift_c = v,
                follows: never,
            }),
        },
        Control {
            key: "stage",
            name: "Stage",
            symbol: None,
            help: "How far along the formula the points are.",
            group: "Space",
            applies: always,
            kind: Kind::Choice(Choice {
                options: STAGES,
                get: |s| s.stage,
                set: |s, idx| s.stage = idx,
            }),
        },
        Control {
            key: "basis",
            name: "Seen along",
            symbol: None,
            help: "Which three directions of many are drawn.",
            group: "Space",
            applies: |s| s.d_model > 3,
            kind: Kind::Choice(Choice {
                options: BASIS_WORDS,
                get: |s| {
                    BASES
                        .iter()
                        .position(|it| *it == s.basis)
                        .unwrap_or_default()
                },
                set: |s, idx| s.basis = BASES.get(idx).copied().unwrap_or_default(),
            }),
        },
        Control {
            key: "yaw",
            name: "Turn",
            symbol: None,
            help: "Turns space around its upright axis, in degrees.",
            group: "Space",
            applies: |s| s.d_model > 2,
            kind: Kind::Number(Number {
                range: (-180.0, 180.0),
                narrowed: None,
                grain: Grain::Any { nudge: 5.0 },
                scale: Scale::Linear,
                get: |s| s.yaw,
                set: |s, v| s.yaw = v,
                follows: never,
            }),
        },
        Control {
            key: "pitch",
            name: "Tilt",
            symbol: None,
            help: "Tilts space towards you, in degrees.",
            group: "Space",
            applies: |s| s.d_model > 2,
            kind: Kind::Number(Number {
                range: (-90.0, 90.0),
                narrowed: None,
                grain: Grain::Any { nudge: 5.0 },
                scale: Scale::Linear,
                get: |s| s.pitch,
                set: |s, v| s.pitch = v,
                follows: never,
            }),
        },
        Control {
            key: "mistake",
            name: "Mistake",
            symbol: None,
            help: "A bug that was found in published code.",
            group: "Mistake",
            applies: always,
            kind: Kind::Choice(Choice {
                options: MISTAKE_WORDS,
                get: |s| {
                    let idx = |mistake| MISTAKES.iter().position(|it| *it == mistake);
                    s.mistake.and_then(idx).map_or(0, |idx| idx + 1)
                },
                set: |s, idx| {
                    s.mistake = idx
                        .checked_sub(1)
                        .and_then(|idx| MISTAKES.get(idx))
                        .copied()
                },
            }),
        },
    ];
}

/// The rows as they stand in the link and in their field.
pub fn values_text(values: &[Vec<f32>]) -> String {
    let row_text = |row: &Vec<f32>| {
        row.iter()
            .map(|&v| number_text(v))
            .collect::<Vec<_>>()
            .join(",")
    };
    values.iter().map(row_text).collect::<Vec<_>>().join(";")
}

/// Reads rows of numbers: commas or spaces between numbers, semicolons or new lines between tokens.
fn read_values(state: &mut NormalizeState, text: &str) -> Result<(), String> {
    let mut n_left_out = 0_usize;
    let mut n_read = 0_usize;
    let mut rows: Vec<Vec<f32>> = Vec::new();
    for line in text.split([';', '\n']) {
        let mut row = Vec::new();
        for word in line
            .split([',', ' ', '\t', '\r'])
            .filter(|word| !word.is_empty())
        {
            #[allow(clippy::cast_possible_truncation)]
            match crate::number::parse(word).map(|value| value as f32) {
                Some(value) if value.is_finite() && n_read < MOST_VALUES => {
                    // Adding zero turns -0 into 0, so that equal states have equal links.
                    row.push(value + 0.0);
                    n_read += 1;
                }
                _ => n_left_out += 1,
            }
        }
        if !row.is_empty() {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return Err(format!("{} is used", values_text(&state.values)));
    }
    state.values = rows;
    if n_left_out == 0 {
        return Ok(());
    }
    Err(format!(
        "{n_read} numbers are used and {n_left_out} words are left out"
    ))
}
