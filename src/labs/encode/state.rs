//! Encode's settings: plain data, their table, and what follows from them.

use maths::bias::{Bias, BiasSpec, Direction};
use maths::encode::{Layout, Sinusoidal};
use maths::mistakes::Mistake;
use maths::rope::Pairing;
use maths::scaling::Scaling;
use maths::schemes::{EncodingSpec, Scheme};
use maths::similarity::Measure;

use crate::settings::{
    Choice, Choosable, Control, Grain, Kind, Number, Scale, Settings, Text, always, never,
};

/// The most curves shown at once: as many as the palette tells apart.
pub const MOST_CURVES: usize = 6;

/// How positions are told to the model, in the order of [`SCHEMES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Sines and cosines, added to the embedding.
    #[default]
    Sinusoidal,
    /// A row of its own for each position, added to the embedding.
    Learned,
    /// Rotated queries and keys, inside attention.
    Rope,
    /// A penalty on distance, inside attention.
    Alibi,
    /// A learned bias per bucket of distances, inside attention.
    T5,
    /// Nothing.
    None,
    /// For comparison: the plain index.
    Index,
    /// For comparison: the index divided by the length.
    Fraction,
    /// For comparison: the index's binary digits.
    Binary,
}

impl Encoding {
    /// In the order of [`SCHEMES`].
    const ALL: [Self; 9] = [
        Self::Sinusoidal,
        Self::Learned,
        Self::Rope,
        Self::Alibi,
        Self::T5,
        Self::None,
        Self::Index,
        Self::Fraction,
        Self::Binary,
    ];

    /// Its name on the page.
    pub fn label(self) -> &'static str {
        SCHEMES.get(self as usize).map_or("", |option| option.label)
    }

    /// Whether it has rows: others add nothing to the embedding.
    pub fn has_rows(self) -> bool {
        !matches!(self, Self::Alibi | Self::T5 | Self::None)
    }

    /// Whether it is made of waves: these have a base, pairs and a scaling.
    pub fn has_waves(self) -> bool {
        matches!(self, Self::Sinusoidal | Self::Rope)
    }
}

/// How frequencies are scaled for longer contexts, in the order of [`SCALINGS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScalingMethod {
    /// Not at all.
    #[default]
    None,
    /// Position interpolation.
    Interpolation,
    /// A larger base.
    Ntk,
    /// Each pair by its turns.
    Yarn,
}

impl ScalingMethod {
    /// In the order of [`SCALINGS`].
    pub const ALL: [Self; 4] = [Self::None, Self::Interpolation, Self::Ntk, Self::Yarn];
}

/// Positions that are asked beyond the trained length at most.
const MOST_ASKED: usize = 8192;

/// The longest sentence, in characters: what is longer could not be read in a figure.
pub const MOST_CHARS: usize = 1000;

/// The sentence that the room opens with: one word stands twice.
pub const USUAL_TEXT: &str = "the dog bit the man";

/// The real bugs that the room shows, in the order of [`MISTAKES`] after its first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// The exponent 2i with an index that steps by two already.
    DoubleExponent,
    /// 1000 for 10000.
    Base1000,
    /// Sine and cosine columns changed places.
    Swapped,
    /// Angles in single precision.
    F32Angles,
    /// One row for a whole sample.
    OneRow,
    /// Padding gets positions.
    Padding,
}

impl Bug {
    /// In the order of [`MISTAKES`] after its first.
    pub const ALL: [Self; 6] = [
        Self::DoubleExponent,
        Self::Base1000,
        Self::Swapped,
        Self::F32Angles,
        Self::OneRow,
        Self::Padding,
    ];

    /// In the order of the quiz: not that of the list, by which one could count, and by numbers, so that a link does
    /// not give them away.
    const ASKED: [Self; 6] = [
        Self::OneRow,
        Self::DoubleExponent,
        Self::Swapped,
        Self::Padding,
        Self::Base1000,
        Self::F32Angles,
    ];

    /// Its place in the quiz, from 0 on.
    fn question(self) -> usize {
        let place = Self::ASKED.iter().position(|it| *it == self);
        place.unwrap_or_default()
    }

    /// The one that is asked for after this one.
    pub fn next_asked(self) -> Option<Self> {
        Self::ASKED
            .get((self.question() + 1) % Self::ASKED.len())
            .copied()
    }
}

/// The sample of its batch whose tokens are shown where all of them get one row.
pub const SHOWN_SAMPLE: usize = 3;

/// What Encode shows.
#[derive(Clone, Debug, PartialEq)]
pub struct EncodeState {
    /// The number of the part that is shown.
    pub part: usize,
    /// How many positions, 1 to 4096.
    pub seq_len: usize,
    /// The width of the table, even, 2 to 1024.
    pub d_model: usize,
    /// The base of the wavelengths, 2 to 1,000,000.
    pub base: f64,
    /// How positions are told to the model.
    pub scheme: Encoding,
    /// A second one beside it in the table; `None` for none.
    pub compare: Option<Encoding>,
    /// The order of the columns.
    pub layout: Layout,
    /// How many rows a learned table has, 1 to 4096.
    pub max_len: u64,
    /// How frequencies are scaled.
    pub scaling: ScalingMethod,
    /// How many positions the model was trained on, 2 to 4096.
    pub trained_len: usize,
    /// How many times longer than that it is used, 1 to 32.
    pub factor: f64,
    /// The first position shown, 0 to 1,000,000.
    pub start: u64,
    /// The selected position; `None` follows the range shown.
    pub pos: Option<u64>,
    /// The selected dimension; `None` follows `d_model`.
    pub dim: Option<usize>,
    /// The plotted dimensions, without repeats; `None` follows `d_model`.
    pub dims: Option<Vec<usize>>,
    /// How two positions' vectors are compared.
    pub measure: Measure,
    /// The shift k, 0 to 4095.
    pub offset: u64,
    /// The seed of everything random, 0 to 9999.
    pub seed: u64,
    /// The sentence, at most [`MOST_CHARS`] long, without control characters.
    pub text: String,
    /// Whether embeddings are multiplied by √d.
    pub sqrt_d: bool,
    /// The std of the embeddings' features before that, 0 to 4.
    pub emb_std: f64,
    /// The std of the noise on what is read back, 0 to 2.
    pub noise: f64,
    /// How many heads, 1 to 16.
    pub heads: usize,
    /// The number of the head that is read, from 1 on; `None` follows `heads`.
    pub head: Option<usize>,
    /// Which keys a query may look at.
    pub direction: Direction,
    /// How many buckets T5 has, 2 to 128.
    pub n_buckets: u32,
    /// From which distance on all share T5's last bucket, 2 to 4096.
    pub max_distance: u64,
    /// Which features RoPE rotates together.
    pub pairing: Pairing,
    /// The bug that is shown; `None` for none.
    pub mistake: Option<Bug>,
    /// The bug that is to be guessed; `None` for no quiz.
    pub quiz: Option<Bug>,
    /// What was guessed: a bug's number. An answer is no part of a link.
    pub answer: Option<usize>,
}

impl Default for EncodeState {
    fn default() -> Self {
        Self {
            part: 0,
            seq_len: 64,
            d_model: 128,
            base: 10_000.0,
            scheme: Encoding::Sinusoidal,
            compare: None,
            layout: Layout::Interleaved,
            max_len: 512,
            scaling: ScalingMethod::None,
            trained_len: 512,
            factor: 4.0,
            start: 0,
            pos: None,
            dim: None,
            dims: None,
            measure: Measure::Dot,
            offset: 10,
            seed: 0,
            text: USUAL_TEXT.to_owned(),
            sqrt_d: false,
            emb_std: 1.0,
            noise: 0.0,
            heads: 8,
            head: None,
            direction: Direction::Causal,
            n_buckets: 32,
            max_distance: 128,
            pairing: Pairing::Adjacent,
            mistake: None,
            quiz: None,
            answer: None,
        }
    }
}

impl EncodeState {
    /// Whether the table is the one of the first picture: sinusoids alone, as in the paper.
    pub fn is_plain(&self) -> bool {
        self.scheme == Encoding::Sinusoidal
            && self.scaling == ScalingMethod::None
            && self.compare.is_none()
    }

    /// The rows that a scheme adds to the embeddings: zeros where it adds nothing. Of RoPE, which adds nothing
    /// either, the sines and cosines of the angles that it rotates by.
    pub fn rows_of(&self, encoding: Encoding, scaling: Scaling) -> Scheme {
        match encoding {
            Encoding::Sinusoidal | Encoding::Rope => Scheme::Sinusoidal {
                base: self.base,
                layout: self.layout,
                scaling,
            },
            Encoding::Learned => Scheme::Learned {
                seed: self.seed,
                max_len: self.max_len,
            },
            Encoding::None | Encoding::Alibi | Encoding::T5 => Scheme::None,
            Encoding::Index => Scheme::Index,
            Encoding::Fraction => Scheme::Fraction {
                length: self.length(),
            },
            Encoding::Binary => Scheme::Binary,
        }
    }

    /// Which columns are a pair: those of schemes without waves are taken side by side.
    pub fn pairing(&self) -> Layout {
        if self.scheme.has_waves() {
            self.layout
        } else {
            Layout::Interleaved
        }
    }

    /// The columns of a pair.
    pub fn columns_of(&self, pair: usize) -> [usize; 2] {
        match self.pairing() {
            Layout::Interleaved => [2 * pair, 2 * pair + 1],
            Layout::Concatenated => [pair, self.d_model / 2 + pair],
        }
    }

    /// L of pos / L: counted from position 0, so that the last position shown is just below 1.
    pub fn length(&self) -> u64 {
        self.last() + 1
    }

    /// The table of a scheme over the positions that are shown.
    pub fn spec_of(&self, encoding: Encoding, scaling: Scaling) -> EncodingSpec {
        EncodingSpec {
            scheme: self.rows_of(encoding, scaling),
            seq_len: self.seq_len,
            d_model: self.d_model,
            start: self.start,
        }
    }

    /// The table of the chosen scheme.
    pub fn spec(&self) -> EncodingSpec {
        self.spec_of(self.scheme, self.scaling())
    }

    /// How many of the positions shown have no row in a learned table.
    pub fn n_beyond(&self) -> usize {
        let first = self.max_len.clamp(self.start, self.length());
        usize::try_from(self.length() - first).unwrap_or_default()
    }

    /// The chosen scaling; none for schemes without waves.
    pub fn scaling(&self) -> Scaling {
        if self.scheme.has_waves() {
            self.scaling_by(self.scaling)
        } else {
            Scaling::None
        }
    }

    /// A method with the chosen factor and trained length.
    #[allow(clippy::cast_precision_loss)]
    pub fn scaling_by(&self, method: ScalingMethod) -> Scaling {
        let factor = self.factor;
        match method {
            ScalingMethod::None => Scaling::None,
            ScalingMethod::Interpolation => Scaling::Interpolation { factor },
            ScalingMethod::Ntk => Scaling::Ntk { factor },
            ScalingMethod::Yarn => Scaling::Yarn {
                factor,
                trained_len: self.trained_len as f64,
            },
        }
    }

    /// Whether the part with this word in links is shown.
    pub fn is_part(&self, slug: &str) -> bool {
        PARTS.get(self.part).is_some_and(|part| part.slug == slug)
    }

    /// Whether a scheme that is shown, the compared one too, is one of these.
    fn shows(&self, is: impl Fn(Encoding) -> bool) -> bool {
        // The part of mistakes has its own table.
        !self.is_part("mistakes") && is(self.scheme)
            || self.is_part("table") && self.compare.is_some_and(is)
    }

    /// Whether anything that is shown is random.
    fn is_random(&self) -> bool {
        self.shows(|scheme| scheme == Encoding::Learned)
            || self.is_part("sum")
            || self.is_part("attention")
    }

    fn shows_waves(&self) -> bool {
        self.is_part("mistakes") || self.shows(Encoding::has_waves)
    }

    /// What the plain sinusoidal table is made from.
    pub fn table(&self) -> Sinusoidal {
        Sinusoidal {
            seq_len: self.seq_len,
            d_model: self.d_model,
            base: self.base,
            start: self.start,
            layout: self.layout,
        }
    }

    /// The head that is read, from 1 on: the chosen one, otherwise the second, whose slope is well seen.
    pub fn head(&self) -> usize {
        self.head.unwrap_or(self.usual_head()).clamp(1, self.heads)
    }

    fn usual_head(&self) -> usize {
        self.heads.min(2)
    }

    /// The biases of the chosen scheme; `None` where it has none.
    pub fn bias_spec(&self) -> Option<BiasSpec> {
        let bias = match self.scheme {
            Encoding::Alibi => Bias::Alibi,
            Encoding::T5 => Bias::T5 {
                n_buckets: self.n_buckets,
                max_distance: self.max_distance,
                seed: self.seed,
            },
            _ => return None,
        };
        Some(BiasSpec {
            bias,
            n_heads: self.heads,
            seq_len: self.seq_len,
            direction: self.direction,
        })
    }

    fn has_bias(&self) -> bool {
        matches!(self.scheme, Encoding::Alibi | Encoding::T5)
    }

    /// The bug that is shown or asked for; `None` for none.
    pub fn bug(&self) -> Option<Bug> {
        self.quiz.or(self.mistake)
    }

    /// Whether which bug it is may be said: always, but for a quiz without an answer.
    pub fn is_revealed(&self) -> bool {
        self.quiz.is_none() || self.answer.is_some()
    }

    /// A bug as the maths knows it.
    pub fn mistake_of(&self, bug: Bug) -> Mistake {
        match bug {
            Bug::DoubleExponent => Mistake::DoubledExponent,
            Bug::Base1000 => Mistake::WrongBase,
            Bug::Swapped => Mistake::SwappedWaves,
            Bug::F32Angles => Mistake::F32Angles,
            Bug::OneRow => Mistake::OneRowPerSample {
                sample: SHOWN_SAMPLE,
            },
            Bug::Padding => Mistake::EncodedPadding {
                n_tokens: self.n_tokens(),
            },
        }
    }

    /// How many tokens are real where the rest is padding: three quarters.
    pub fn n_tokens(&self) -> usize {
        self.seq_len - self.seq_len / 4
    }

    /// The last position shown.
    pub fn last(&self) -> u64 {
        self.start + self.seq_len as u64 - 1
    }

    /// The position that is read: the selected one, otherwise a third of the way in.
    pub fn position(&self) -> u64 {
        self.pos
            .unwrap_or(self.usual_position())
            .clamp(self.start, self.last())
    }

    fn usual_position(&self) -> u64 {
        self.start + self.seq_len as u64 / 3
    }

    /// L′ = s · L, as far as is asked beyond the trained length.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    pub fn asked_len(&self) -> usize {
        let asked = (self.trained_len as f64 * self.factor).round() as usize;
        asked.min(MOST_ASKED)
    }

    /// The position that is read of those that are asked: the selected one, otherwise one a third of the way in.
    pub fn asked_position(&self) -> u64 {
        self.pos
            .unwrap_or(self.usual_asked())
            .min(self.asked_len() as u64 - 1)
    }

    fn usual_asked(&self) -> u64 {
        self.asked_len() as u64 / 3
    }

    /// Whether positions are those that are asked beyond the trained length, not those of the table.
    fn asks_beyond(&self) -> bool {
        self.is_part("limits")
    }

    /// The dimension that is read: the selected one, otherwise one whose wave is well seen.
    pub fn dimension(&self) -> usize {
        self.dim
            .unwrap_or(self.usual_dimension())
            .min(self.d_model - 1)
    }

    fn usual_dimension(&self) -> usize {
        self.fraction_of_width(5)
    }

    /// The plotted dimensions: the chosen ones that the table has, otherwise up to four from fast to slow.
    pub fn curves(&self) -> Vec<usize> {
        match &self.dims {
            Some(dims) => dims
                .iter()
                .copied()
                .filter(|&dim| dim < self.d_model)
                .collect(),
            None => self.usual_curves(),
        }
    }

    fn usual_curves(&self) -> Vec<usize> {
        let mut dims: Vec<_> = [1, 5, 10, 16]
            .into_iter()
            .map(|part| self.fraction_of_width(part))
            .collect();
        dims.dedup();
        dims
    }

    /// The even dimension nearest below `parts` thirty-seconds of the width.
    fn fraction_of_width(&self, parts: usize) -> usize {
        self.d_model * parts / 64 * 2
    }

    /// Adds a curve, or removes it if it is there. Beyond [`MOST_CURVES`] the oldest one goes.
    pub fn toggle_curve(&mut self, dim: usize) {
        let mut dims = self.curves();
        if let Some(idx) = dims.iter().position(|&shown| shown == dim) {
            dims.remove(idx);
        } else {
            if dims.len() == MOST_CURVES {
                dims.remove(0);
            }
            dims.push(dim);
        }
        self.dims = Some(dims);
    }
}

/// The parts of the room, in the order of their tabs.
pub const PARTS: &[Choosable] = &[
    Choosable {
        slug: "table",
        label: "Table",
    },
    Choosable {
        slug: "distance",
        label: "Distance",
    },
    Choosable {
        slug: "sum",
        label: "Sum",
    },
    Choosable {
        slug: "attention",
        label: "Attention",
    },
    Choosable {
        slug: "limits",
        label: "Limits",
    },
    Choosable {
        slug: "mistakes",
        label: "Mistakes",
    },
];

/// The options of `direction`, in the order of [`Direction`].
const DIRECTIONS: &[Choosable] = &[
    Choosable {
        slug: "causal",
        label: "causal: no later keys",
    },
    Choosable {
        slug: "both",
        label: "both: all keys",
    },
];

/// The options of `pairing`, in the order of [`Pairing`].
const PAIRINGS: &[Choosable] = &[
    Choosable {
        slug: "adjacent",
        label: "adjacent: 2i, 2i + 1",
    },
    Choosable {
        slug: "halves",
        label: "halves: i, i + d/2",
    },
];

/// The options of `mistake`: none, then in the order of [`Bug`].
const MISTAKES: &[Choosable] = &[
    Choosable {
        slug: "none",
        label: "none",
    },
    Choosable {
        slug: "double_exponent",
        label: "exponent doubled",
    },
    Choosable {
        slug: "base_1000",
        label: "base 1000",
    },
    Choosable {
        slug: "swapped",
        label: "sine and cosine swapped",
    },
    Choosable {
        slug: "f32_angles",
        label: "angles in f32",
    },
    Choosable {
        slug: "one_row",
        label: "one row per sample",
    },
    Choosable {
        slug: "padding",
        label: "positions on padding",
    },
];

/// The options of `quiz`: none, then in the order of [`Bug::ASKED`].
const QUESTIONS: &[Choosable] = &[
    Choosable {
        slug: "off",
        label: "off",
    },
    Choosable {
        slug: "1",
        label: "question 1",
    },
    Choosable {
        slug: "2",
        label: "question 2",
    },
    Choosable {
        slug: "3",
        label: "question 3",
    },
    Choosable {
        slug: "4",
        label: "question 4",
    },
    Choosable {
        slug: "5",
        label: "question 5",
    },
    Choosable {
        slug: "6",
        label: "question 6",
    },
];

/// The options of what is off or on.
const OFF_ON: &[Choosable] = &[
    Choosable {
        slug: "off",
        label: "off",
    },
    Choosable {
        slug: "on",
        label: "on",
    },
];

/// What can stand beside the table: nothing, or a scheme in the order of [`SCHEMES`].
const COMPARED: &[Choosable] = &[
    Choosable {
        slug: "off",
        label: "nothing",
    },
    SINUSOIDAL,
    LEARNED,
    ROPE,
    ALIBI,
    T5,
    NONE,
    INDEX,
    FRACTION,
    BINARY,
];

/// The options of `scheme`, in the order of [`Encoding`].
const SCHEMES: &[Choosable] = &[
    SINUSOIDAL, LEARNED, ROPE, ALIBI, T5, NONE, INDEX, FRACTION, BINARY,
];

const SINUSOIDAL: Choosable = Choosable {
    slug: "sinusoidal",
    label: "sinusoidal",
};
const LEARNED: Choosable = Choosable {
    slug: "learned",
    label: "learned",
};
const ROPE: Choosable = Choosable {
    slug: "rope",
    label: "RoPE",
};
const ALIBI: Choosable = Choosable {
    slug: "alibi",
    label: "ALiBi",
};
const T5: Choosable = Choosable {
    slug: "t5",
    label: "T5 bias",
};
const NONE: Choosable = Choosable {
    slug: "none",
    label: "none (NoPE)",
};
const INDEX: Choosable = Choosable {
    slug: "index",
    label: "plain index",
};
const FRACTION: Choosable = Choosable {
    slug: "fraction",
    label: "pos / L",
};
const BINARY: Choosable = Choosable {
    slug: "binary",
    label: "binary digits",
};

/// The options of `scaling`, in the order of [`ScalingMethod`].
const SCALINGS: &[Choosable] = &[
    Choosable {
        slug: "none",
        label: "none",
    },
    Choosable {
        slug: "interpolation",
        label: "interpolation",
    },
    Choosable {
        slug: "ntk",
        label: "NTK-aware",
    },
    Choosable {
        slug: "yarn",
        label: "YaRN",
    },
];

/// The options of `measure`, in the order of [`Measure`].
const MEASURES: &[Choosable] = &[
    Choosable {
        slug: "dot",
        label: "dot product",
    },
    Choosable {
        slug: "cosine",
        label: "cosine",
    },
];

/// The options of `layout`, in the order of [`Layout`].
const LAYOUTS: &[Choosable] = &[
    Choosable {
        slug: "interleaved",
        label: "interleaved: sin, cos, …",
    },
    Choosable {
        slug: "concatenated",
        label: "concatenated: sin …, cos …",
    },
];

impl Settings for EncodeState {
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
            key: "seq_len",
            name: "Sequence length",
            symbol: None,
            help: "How many positions the table holds, one vector each.",
            group: "Table",
            applies: |s| !s.is_part("limits"),
            kind: Kind::Number(Number {
                range: (1.0, 4096.0),
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
            help: "The width of a vector: d_model / 2 waves, each as a sine and a cosine.",
            group: "Table",
            applies: always,
            kind: Kind::Number(Number {
                range: (2.0, 1024.0),
                narrowed: None,
                grain: Grain::Even,
                scale: Scale::Log { knee: 32.0 },
                get: |s| s.d_model as f64,
                set: |s, v| s.d_model = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "base",
            name: "Base",
            symbol: None,
            help: "Sets the longest wave, 2π · base^((d−2)/d) positions. It is no maximum length.",
            group: "Table",
            applies: Self::shows_waves,
            kind: Kind::Number(Number {
                range: (2.0, 1_000_000.0),
                narrowed: None,
                grain: Grain::Any { nudge: 1.0 },
                scale: Scale::Log { knee: 100.0 },
                get: |s| s.base,
                set: |s, v| s.base = v,
                follows: never,
            }),
        },
        Control {
            key: "scheme",
            name: "Scheme",
            symbol: None,
            help: "How positions are told to the model.",
            group: "Scheme",
            applies: |s| !s.is_part("mistakes"),
            kind: Kind::Choice(Choice {
                options: SCHEMES,
                get: |s| s.scheme as usize,
                set: |s, idx| s.scheme = Encoding::ALL.get(idx).copied().unwrap_or_default(),
            }),
        },
        Control {
            key: "compare",
            name: "Compare with",
            symbol: None,
            help: "A second scheme beside the first, unscaled, and their difference.",
            group: "Scheme",
            applies: |s| s.is_part("table"),
            kind: Kind::Choice(Choice {
                options: COMPARED,
                get: |s| s.compare.map_or(0, |scheme| scheme as usize + 1),
                set: |s, idx| {
                    s.compare = idx
                        .checked_sub(1)
                        .and_then(|idx| Encoding::ALL.get(idx).copied());
                },
            }),
        },
        Control {
            key: "layout",
            name: "Layout",
            symbol: None,
            help: "The order of the columns. It changes the picture, not what a vector knows.",
            group: "Scheme",
            applies: Self::shows_waves,
            kind: Kind::Choice(Choice {
                options: LAYOUTS,
                get: |s| match s.layout {
                    Layout::Interleaved => 0,
                    Layout::Concatenated => 1,
                },
                set: |s, idx| {
                    s.layout = if idx == 0 {
                        Layout::Interleaved
                    } else {
                        Layout::Concatenated
                    };
                },
            }),
        },
        Control {
            key: "max_len",
            name: "Rows (max_len)",
            symbol: None,
            help: "How many rows a learned table has. Position max_len has none.",
            group: "Scheme",
            applies: |s| s.shows(|scheme| scheme == Encoding::Learned),
            kind: Kind::Number(Number {
                range: (1.0, 4096.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 16.0 },
                get: |s| s.max_len as f64,
                set: |s, v| s.max_len = v as u64,
                follows: never,
            }),
        },
        Control {
            key: "scaling",
            name: "Scaling",
            symbol: None,
            help: "Slower waves for contexts longer than trained.",
            group: "Scaling",
            applies: |s| s.scheme.has_waves(),
            kind: Kind::Choice(Choice {
                options: SCALINGS,
                get: |s| s.scaling as usize,
                set: |s, idx| {
                    s.scaling = ScalingMethod::ALL.get(idx).copied().unwrap_or_default();
                },
            }),
        },
        Control {
            key: "trained_len",
            name: "Trained length",
            symbol: None,
            help: "L: how many positions the training has seen.",
            group: "Scaling",
            applies: |s| s.is_part("limits") || matches!(s.scaling(), Scaling::Yarn { .. }),
            kind: Kind::Number(Number {
                range: (2.0, 4096.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 16.0 },
                get: |s| s.trained_len as f64,
                set: |s, v| s.trained_len = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "factor",
            name: "Length factor",
            symbol: None,
            help: "s: how many times longer than trained the context is.",
            group: "Scaling",
            applies: |s| s.is_part("limits") || s.scaling() != Scaling::None,
            kind: Kind::Number(Number {
                range: (1.0, 32.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.5 },
                scale: Scale::Linear,
                get: |s| s.factor,
                set: |s, v| s.factor = v,
                follows: never,
            }),
        },
        Control {
            key: "start",
            name: "First position",
            symbol: None,
            help: "The position in the first column: far out the waves are the same, further along.",
            group: "Table",
            applies: |s| !s.is_part("limits"),
            kind: Kind::Number(Number {
                range: (0.0, 1_000_000.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 64.0 },
                get: |s| s.start as f64,
                set: |s, v| s.start = v as u64,
                follows: never,
            }),
        },
        Control {
            key: "pos",
            name: "Position",
            symbol: None,
            help: "The position that is read: its vector stands beside the table.",
            group: "Reading",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 1_004_095.0),
                narrowed: Some(|s| {
                    if s.asks_beyond() {
                        (0.0, s.asked_len() as f64 - 1.0)
                    } else {
                        (s.start as f64, s.last() as f64)
                    }
                }),
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| {
                    if s.asks_beyond() {
                        s.asked_position() as f64
                    } else {
                        s.position() as f64
                    }
                },
                set: |s, v| s.pos = Some(v as u64),
                follows: |s| {
                    if s.asks_beyond() {
                        s.asked_position() == s.usual_asked()
                    } else {
                        s.position() == s.usual_position()
                    }
                },
            }),
        },
        Control {
            key: "dim",
            name: "Dimension",
            symbol: None,
            help: "The dimension that is read: one wave over all positions.",
            group: "Reading",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 1023.0),
                narrowed: Some(|s| (0.0, s.d_model as f64 - 1.0)),
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.dimension() as f64,
                set: |s, v| s.dim = Some(v as usize),
                follows: |s| s.dimension() == s.usual_dimension(),
            }),
        },
        Control {
            key: "dims",
            name: "Curves",
            symbol: None,
            help: "The dimensions drawn as curves. A click on the table adds or removes one.",
            group: "Curves",
            applies: always,
            kind: Kind::Text(Text {
                allowed: "up to 6 different dimensions below d_model, separated by commas, or none",
                default: "four from fast to slow",
                get: |s| (s.curves() != s.usual_curves()).then(|| dims_text(&s.curves())),
                shown: |s| dims_text(&s.curves()),
                set: read_dims,
            }),
        },
        Control {
            key: "measure",
            name: "Measure",
            symbol: None,
            help: "How two positions' vectors are compared.",
            group: "Distance",
            applies: |s| s.is_part("distance"),
            kind: Kind::Choice(Choice {
                options: MEASURES,
                get: |s| s.measure as usize,
                set: |s, idx| {
                    s.measure = if idx == 0 {
                        Measure::Dot
                    } else {
                        Measure::Cosine
                    };
                },
            }),
        },
        Control {
            key: "offset",
            name: "Offset k",
            symbol: None,
            help: "How far positions are shifted, by one rotation for all of them.",
            group: "Distance",
            applies: |s| s.is_part("distance") || s.scheme.has_waves(),
            kind: Kind::Number(Number {
                range: (0.0, 4095.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 16.0 },
                get: |s| s.offset as f64,
                set: |s, v| s.offset = v as u64,
                follows: never,
            }),
        },
        Control {
            key: "seed",
            name: "Seed",
            symbol: None,
            help: "Another seed, other random numbers.",
            group: "Scheme",
            applies: Self::is_random,
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
            key: "text",
            name: "Sentence",
            symbol: None,
            help: "Each word gets a vector of its own, the same wherever it stands.",
            group: "Sentence",
            applies: always,
            kind: Kind::Text(Text {
                allowed: "up to 1000 characters",
                default: "the dog bit the man",
                get: |s| (s.text != USUAL_TEXT).then(|| s.text.clone()),
                shown: |s| s.text.clone(),
                set: read_text,
            }),
        },
        Control {
            key: "sqrt_d",
            name: "× √d_model",
            symbol: None,
            help: "Whether embeddings are multiplied by √d_model, as in the original transformer.",
            group: "Sentence",
            applies: always,
            kind: Kind::Choice(Choice {
                options: OFF_ON,
                get: |s| s.sqrt_d.into(),
                set: |s, idx| s.sqrt_d = idx == 1,
            }),
        },
        Control {
            key: "emb_std",
            name: "Embedding std",
            symbol: None,
            help: "0.02 in BERT and GPT-2, 1 in PyTorch's Embedding.",
            group: "Sentence",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 4.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.01 },
                scale: Scale::Log { knee: 0.05 },
                get: |s| s.emb_std,
                set: |s, v| s.emb_std = v,
                follows: never,
            }),
        },
        Control {
            key: "noise",
            name: "Noise",
            symbol: None,
            help: "Its std: without noise a readout finds signals however small.",
            group: "Readout",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 2.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.05 },
                scale: Scale::Linear,
                get: |s| s.noise,
                set: |s, v| s.noise = v,
                follows: never,
            }),
        },
        Control {
            key: "heads",
            name: "Heads",
            symbol: None,
            help: "How many heads; each has its own bias.",
            group: "Attention",
            applies: Self::has_bias,
            kind: Kind::Number(Number {
                range: (1.0, 16.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.heads as f64,
                set: |s, v| s.heads = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "head",
            name: "Head",
            symbol: None,
            help: "The head that is read, from 1 on.",
            group: "Attention",
            applies: Self::has_bias,
            kind: Kind::Number(Number {
                range: (1.0, 16.0),
                narrowed: Some(|s| (1.0, s.heads as f64)),
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.head() as f64,
                set: |s, v| s.head = Some(v as usize),
                follows: |s| s.head() == s.usual_head(),
            }),
        },
        Control {
            key: "direction",
            name: "Direction",
            symbol: None,
            help: "Whether a query may look at later keys.",
            group: "Attention",
            applies: always,
            kind: Kind::Choice(Choice {
                options: DIRECTIONS,
                get: |s| s.direction as usize,
                set: |s, idx| {
                    s.direction = if idx == 0 {
                        Direction::Causal
                    } else {
                        Direction::Both
                    };
                },
            }),
        },
        Control {
            key: "n_buckets",
            name: "Buckets",
            symbol: None,
            help: "How many biases each head of T5 has.",
            group: "Attention",
            applies: |s| s.scheme == Encoding::T5,
            kind: Kind::Number(Number {
                range: (2.0, 128.0),
                narrowed: None,
                grain: Grain::Even,
                scale: Scale::Log { knee: 16.0 },
                get: |s| s.n_buckets.into(),
                set: |s, v| s.n_buckets = v as u32,
                follows: never,
            }),
        },
        Control {
            key: "max_distance",
            name: "Max distance",
            symbol: None,
            help: "Beyond it all keys share the last bucket.",
            group: "Attention",
            applies: |s| s.scheme == Encoding::T5,
            kind: Kind::Number(Number {
                range: (2.0, 4096.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 16.0 },
                get: |s| s.max_distance as f64,
                set: |s, v| s.max_distance = v as u64,
                follows: never,
            }),
        },
        Control {
            key: "pairing",
            name: "Pairing",
            symbol: None,
            help: "Which features RoPE rotates together.",
            group: "Attention",
            applies: |s| s.scheme == Encoding::Rope,
            kind: Kind::Choice(Choice {
                options: PAIRINGS,
                get: |s| s.pairing as usize,
                set: |s, idx| {
                    s.pairing = if idx == 0 {
                        Pairing::Adjacent
                    } else {
                        Pairing::Halves
                    };
                },
            }),
        },
        Control {
            key: "mistake",
            name: "Mistake",
            symbol: None,
            help: "A bug that was found in public code.",
            group: "Mistakes",
            applies: |s| s.quiz.is_none(),
            kind: Kind::Choice(Choice {
                options: MISTAKES,
                get: |s| s.mistake.map_or(0, |bug| bug as usize + 1),
                set: |s, idx| {
                    s.mistake = idx
                        .checked_sub(1)
                        .and_then(|idx| Bug::ALL.get(idx).copied());
                },
            }),
        },
        Control {
            key: "quiz",
            name: "Quiz",
            symbol: None,
            help: "Shows what a bug does and asks for its line.",
            group: "Mistakes",
            applies: always,
            kind: Kind::Choice(Choice {
                options: QUESTIONS,
                get: |s| s.quiz.map_or(0, |bug| bug.question() + 1),
                set: |s, idx| {
                    s.quiz = idx
                        .checked_sub(1)
                        .and_then(|idx| Bug::ASKED.get(idx).copied());
                    s.answer = None;
                },
            }),
        },
    ];
}

/// The list as it stands in the link and in its field.
pub fn dims_text(dims: &[usize]) -> String {
    if dims.is_empty() {
        return "none".to_owned();
    }
    dims_list(dims, ",")
}

/// The dimensions one after the other.
pub fn dims_list(dims: &[usize], between: &str) -> String {
    dims.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(between)
}

/// Reads a list of dimensions; what is no dimension of the table, comes twice or is too much is left out.
fn read_dims(state: &mut EncodeState, text: &str) -> Result<(), String> {
    if text.trim() == "none" {
        state.dims = Some(Vec::new());
        return Ok(());
    }
    let mut dims: Vec<usize> = Vec::new();
    let mut left_out = false;
    for part in text.split(',') {
        match part.trim().parse() {
            Ok(dim) if dim < state.d_model && !dims.contains(&dim) && dims.len() < MOST_CURVES => {
                dims.push(dim);
            }
            _ => left_out = true,
        }
    }
    if dims.is_empty() {
        return Err(format!("{} is used", dims_text(&state.curves())));
    }
    let used = format!("{} is used", dims_text(&dims));
    state.dims = Some(dims);
    if left_out { Err(used) } else { Ok(()) }
}

/// Reads the sentence: what is not a character becomes a blank, what is too long is cut at one.
fn read_text(state: &mut EncodeState, text: &str) -> Result<(), String> {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    let mut rest = text.chars();
    let mut kept: String = rest.by_ref().take(MOST_CHARS).map(blank).collect();
    let is_cut = rest.next().is_some();
    if is_cut && let Some(end) = kept.rfind(' ') {
        kept.truncate(end);
    }
    state.text = kept;
    if is_cut {
        Err(format!(
            "its first {} characters are used",
            state.text.chars().count()
        ))
    } else {
        Ok(())
    }
}
