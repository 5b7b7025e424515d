//! Encode's settings: plain data, their table, and what follows from them.

use maths::bias::{Bias, BiasSpec, Direction};
use maths::encode::{Layout, Sinusoidal};
use maths::mistakes::Mistake;
use maths::rope::Pairing;
use maths::scaling::{Scaling, YarnRamp};
use maths::schemes::{EncodingSpec, Scheme};
use maths::similarity::Measure;

use crate::encoding::Encoding;
use crate::platform::words;
use crate::quiz::{Asked, Quizzed};
use crate::sentence::{ALLOWED, USUAL, taken};
use crate::settings::{Notice, any, even, whole};
use crate::{settings, words};

/// The most curves shown at once: as many as the palette tells apart.
pub const MOST_CURVES: usize = 6;

/// The sample of its batch whose tokens are shown where all of them get one row.
pub const SHOWN_SAMPLE: usize = 3;

words! {
    /// The parts of the room, in the order of their tabs.
    pub enum EncodePart:
    /// How a position becomes a vector.
    Table "table" "Table";
    /// What a position's vector knows.
    Distance "distance" "Distance";
    /// Words with their positions.
    Sum "sum" "Sum";
    /// Positions inside attention.
    Attention "attention" "Attention";
    /// Beyond the trained length.
    Limits "limits" "Limits";
    /// Real bugs.
    Mistakes "mistakes" "Mistakes";
}

words! {
    /// How frequencies are scaled for longer contexts.
    pub enum ScalingMethod:
    /// Not at all.
    None "none" "none";
    /// Position interpolation.
    Interpolation "interpolation" "interpolation";
    /// A larger base.
    Ntk "ntk" "NTK-aware";
    /// Each pair by its turns.
    Yarn "yarn" "YaRN";
}

words! {
    /// The real bugs that the room shows.
    pub enum Bug:
    /// The exponent 2i with an index that steps by two already.
    DoubleExponent "double_exponent" "exponent doubled";
    /// 1000 for 10000.
    Base1000 "base_1000" "base 1000";
    /// Sine and cosine columns changed places.
    Swapped "swapped" "sine and cosine swapped";
    /// Angles in single precision.
    F32Angles "f32_angles" "angles in f32";
    /// One row for a whole sample.
    OneRow "one_row" "one position per sample";
    /// Padding gets positions.
    Padding "padding" "positions on padding";
    /// A rotary table for neighbours with a rotation for halves.
    RotaryMixed "rotary_mixed" "rotary conventions mixed";
}

impl Quizzed for Bug {
    const ASKED: &'static [Self] = &[
        Self::OneRow,
        Self::DoubleExponent,
        Self::Swapped,
        Self::Padding,
        Self::RotaryMixed,
        Self::Base1000,
        Self::F32Angles,
    ];
}

words! { Layout:
    Interleaved "interleaved" "interleaved: sin, cos, …";
    Concatenated "concatenated" "concatenated: sin …, cos …";
}

words! { Measure:
    Dot "dot" "dot product";
    Cosine "cosine" "cosine";
}

words! { YarnRamp:
    Turns "turns" "by turns: the paper";
    Pair "pair" "by pair: code in use";
}

words! {
    /// Which way a table is drawn: what runs down it, by what runs to the right.
    pub enum Axes:
    /// A vector stands upright, a wave runs to the right.
    DimByPos "dim_by_pos" "positions to the right";
    /// As an array is printed: a vector is a line of it.
    PosByDim "pos_by_dim" "as result[pos, dim]";
}

words! { Direction:
    Causal "causal" "causal: no later keys";
    Both "both" "both: all keys";
}

words! { Pairing:
    Adjacent "adjacent" "adjacent: 2i, 2i + 1";
    Halves "halves" "halves: i, i + d/2";
}

settings! {
    /// What Encode shows.
    pub struct EncodeState {
        /// Which of the lab's questions is shown.
        part: EncodePart = EncodePart::Table, "" "Part" (words(Self::take_part));
        /// How many positions the table holds, one vector each.
        seq_len: usize = 64, "Table" "Sequence length" (whole(1.0, 4096.0).log(16.0))
            .when(|s| s.shows_positions() && s.part != EncodePart::Sum);
        /// The width: how many numbers each vector has, two for each wave (its sine and its cosine).
        d_model: usize = 128, "Table" "d_model" (even(2.0, 1024.0).log(32.0))
            .when(|s| s.shows_anything() && !(s.part == EncodePart::Attention && s.scheme == Encoding::Learned));
        /// Sets how long the longest wave is. It is not a maximum length of the text.
        base: f64 = 10_000.0, "Table" "Base" (any(2.0, 1e9, 1.0).log(100.0)).when(Self::shows_waves);
        /// How positions are told to the model.
        scheme: Encoding = Encoding::Sinusoidal, "Scheme" "Scheme" (words(Self::take_scheme)).when(|s| s.part != EncodePart::Mistakes)
            .following(|s: &Self| s.scheme, Self::usual_scheme);
        /// Shows a second scheme beside the first, always unscaled, and their difference.
        compare: Option<Encoding> = None, "Scheme" "Compare with" (words).when(|s| s.part == EncodePart::Table);
        /// The order of the dimensions. The picture changes; how alike two positions are stays.
        layout: Layout = Layout::Interleaved, "Scheme" "Layout" (words)
            .when(|s| s.shows_waves() && !s.shows_scores() && !(s.part == EncodePart::Attention && s.scheme == Encoding::Rope));
        /// How many positions have a learned vector. The last of them is max_len − 1.
        max_len: u64 = 512, "Scheme" "Learned positions (max_len)" (whole(1.0, 4096.0).log(16.0)).when(|s| s.shows(|it| it == Encoding::Learned));
        /// Slows the waves down, for texts longer than those in training.
        scaling: ScalingMethod = ScalingMethod::None, "Scaling" "Scaling" (words).when(Self::can_scale);
        /// L: how many positions were seen in training.
        trained_len: usize = 512, "Scaling" "Trained length" (whole(2.0, 131_072.0).log(64.0))
            .when(|s| s.part == EncodePart::Limits || s.can_scale() && s.scaling == ScalingMethod::Yarn);
        /// s: how many times as long as in training the text is.
        factor: f64 = 4.0, "Scaling" "Length factor" (any(1.0, 128.0, 0.5).log(4.0))
            .when(|s| s.part == EncodePart::Limits || s.can_scale() && s.scaling != ScalingMethod::None);
        /// How YaRN goes over from fast waves, which it keeps, to slow ones, which it slows down.
        ramp: YarnRamp = YarnRamp::Turns, "Scaling" "YaRN's ramp" (words)
            .when(|s| s.can_scale() && s.scaling == ScalingMethod::Yarn);
        /// Which way the table is drawn. Files do not change.
        axes: Axes = Axes::DimByPos, "Table" "Axes" (words).when(Self::shows_table);
        /// The first position that is shown. Far into a text the waves go on as before.
        start: u64 = 0, "Table" "First position" (whole(0.0, 1_000_000.0).log(64.0))
            .when(|s| s.shows_positions() && s.part != EncodePart::Attention);
        /// The position that is read: its vector stands beside the table.
        pos: Option<u64> = None, "Reading" "Position" (whole(0.0, 16_777_215.0)).when(Self::reads_position)
            .within(Self::readable).following(Self::read_position, Self::usual_read_position);
        /// The dimension that is read: one wave over all positions.
        dim: Option<usize> = None, "Reading" "Dimension" (whole(0.0, 1023.0)).when(Self::reads_dimension)
            .within(|s| (0.0, s.d_model as f64 - 1.0)).following(Self::dimension, Self::usual_dimension);
        /// The dimensions drawn as curves. A click on the table reads a cell; another click on it adds its curve or takes it away.
        dims: Option<Vec<usize>> = None, "Curves" "Curves"
            (text(DIMS_ALLOWED, "four from fast to slow", written_dims, |s| dims_text(&s.curves()), read_dims));
        /// How two positions' vectors are compared.
        measure: Measure = Measure::Dot, "Distance" "Measure" (words).when(|s| s.part == EncodePart::Distance);
        /// How far apart two positions are. One rotation shifts every position that far.
        offset: u64 = 10, "Distance" "Offset k" (whole(0.0, 4095.0).log(16.0))
            .when(|s| s.part == EncodePart::Distance || s.shows_scores() || s.scheme.has_waves() && s.part != EncodePart::Mistakes);
        /// Another seed, other random numbers.
        seed: u64 = 0, "Scheme" "Seed" (whole(0.0, 9999.0)).when(Self::is_random);
        /// Each word gets a vector of its own, the same wherever it stands.
        text: String = USUAL.to_owned(), "Sentence" "Sentence"
            (text(ALLOWED, USUAL, written_text, |s| s.text.clone(), read_text));
        /// Whether embeddings are multiplied by √d_model, as in the original transformer.
        sqrt_d: bool = false, "Sentence" "× √d_model" (off_on);
        /// How far the numbers of an embedding lie from 0: 0.02 in BERT and GPT-2, 1 in PyTorch.
        emb_std: f64 = 1.0, "Sentence" "Embedding std" (any(0.0, 4.0, 0.01).log(0.05));
        /// Standard deviation of random numbers that are added. Without them a readout finds even the weakest signal.
        noise: f64 = 0.0, "Readout" "Noise" (any(0.0, 2.0, 0.05));
        /// How many heads; each has its own bias.
        heads: usize = 8, "Attention" "Heads" (whole(1.0, 128.0).log(16.0)).when(Self::has_bias);
        /// The head that is read, from 1 on.
        head: Option<usize> = None, "Attention" "Head" (whole(1.0, 128.0)).when(Self::has_bias)
            .within(|s| (1.0, s.heads as f64)).following(Self::head, Self::usual_head);
        /// Whether a query may look at later keys.
        direction: Direction = Direction::Causal, "Attention" "Direction" (words);
        /// How many numbers each head of T5 has.
        n_buckets: u32 = 32, "Attention" "Buckets" (even(2.0, 128.0).log(16.0)).when(|s| s.scheme == Encoding::T5);
        /// All distances from this one on share the last number.
        max_distance: u64 = 128, "Attention" "Max distance" (whole(2.0, 4096.0).log(16.0)).when(|s| s.scheme == Encoding::T5);
        /// Which features RoPE rotates together.
        pairing: Pairing = Pairing::Adjacent, "Attention" "Pairing" (words).when(|s| s.scheme == Encoding::Rope);
        /// A bug that was found in public code.
        mistake: Option<Bug> = None, "Mistakes" "Mistake" (words(Self::take_mistake)).when(|s| s.quiz.is_none());
        /// Shows what a bug does and asks for its line.
        quiz: Option<Asked<Bug>> = None, "Mistakes" "Quiz" (words(Self::take_quiz))
            .following(|s: &Self| s.quiz, Self::usual_quiz);
    }
    beside {
        /// Somebody chose the scheme: it no longer follows the part.
        has_scheme: bool = false;
        /// Somebody chose or answered a question of the quiz, or turned it off: it no longer follows the part.
        has_quiz: bool = false;
    }
}

impl EncodeState {
    /// Goes to a part. What nobody has chosen is what it opens with.
    pub fn take_part(&mut self, part: EncodePart) {
        let follows = !self.has_scheme && self.scheme == self.usual_scheme();
        self.part = part;
        if follows {
            self.scheme = self.usual_scheme();
        }
        self.follow_quiz();
    }

    /// Chooses a scheme.
    pub fn take_scheme(&mut self, scheme: Encoding) {
        self.has_scheme = true;
        self.scheme = scheme;
    }

    /// The scheme until one is chosen: inside attention one that acts there.
    fn usual_scheme(&self) -> Encoding {
        match self.part {
            EncodePart::Attention => Encoding::Rope,
            _ => Encoding::Sinusoidal,
        }
    }

    fn take_mistake(&mut self, mistake: Option<Bug>) {
        self.mistake = mistake;
        self.follow_quiz();
    }

    fn take_quiz(&mut self, quiz: Option<Asked<Bug>>) {
        *self.quizzing() = quiz;
    }

    /// The quiz, about to be changed by somebody.
    pub fn quizzing(&mut self) -> &mut Option<Asked<Bug>> {
        self.has_quiz = true;
        &mut self.quiz
    }

    fn follow_quiz(&mut self) {
        if !self.has_quiz {
            self.quiz = self.usual_quiz();
        }
    }

    /// The quiz until it is chosen: the part about mistakes opens with its first question, unless one is looked at.
    fn usual_quiz(&self) -> Option<Asked<Bug>> {
        let opens = self.part == EncodePart::Mistakes && self.mistake.is_none();
        opens.then(Asked::first)
    }

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

    /// The pair that a cell's axis names, where there is such a pair.
    pub fn pair_at(&self, number: Option<u64>) -> Option<usize> {
        let pair = usize::try_from(number?).ok()?;
        (pair < self.d_model / 2).then_some(pair)
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
                ramp: self.ramp,
            },
        }
    }

    /// Whether a scheme that is shown, the compared one too, is one of these.
    fn shows(&self, is: impl Fn(Encoding) -> bool) -> bool {
        // The part of mistakes has its own table.
        self.part != EncodePart::Mistakes && is(self.scheme)
            || self.part == EncodePart::Table && self.compare.is_some_and(is)
    }

    /// Whether anything that is shown is random.
    fn is_random(&self) -> bool {
        match self.part {
            EncodePart::Sum => true,
            // What learned vectors do to a score is said without numbers.
            EncodePart::Attention => self.scheme != Encoding::Learned,
            _ => self.shows(|scheme| scheme == Encoding::Learned),
        }
    }

    /// Whether a table of positions and dimensions is shown.
    fn shows_table(&self) -> bool {
        match self.part {
            EncodePart::Table | EncodePart::Sum => true,
            EncodePart::Mistakes => self.bug().is_some() && !self.shows_scores(),
            _ => false,
        }
    }

    /// Whether there is anything to see: of bugs only where one is chosen or asked for.
    fn shows_anything(&self) -> bool {
        self.part != EncodePart::Mistakes || self.bug().is_some()
    }

    /// Whether positions from the first one on are shown.
    fn shows_positions(&self) -> bool {
        self.shows_anything() && self.part != EncodePart::Limits
    }

    fn shows_waves(&self) -> bool {
        match self.part {
            EncodePart::Mistakes => self.bug().is_some(),
            // RoPE adds none.
            EncodePart::Sum => self.scheme == Encoding::Sinusoidal,
            _ => self.shows(Encoding::has_waves),
        }
    }

    /// Whether waves are shown that can be scaled.
    fn can_scale(&self) -> bool {
        self.scheme.has_waves() && self.shows_waves()
    }

    /// Whether the position that is read is marked or said anywhere.
    fn reads_position(&self) -> bool {
        match self.part {
            EncodePart::Attention => self.has_bias() || self.scheme == Encoding::Rope,
            EncodePart::Limits => self.scheme.has_rows(),
            _ => self.shows_anything(),
        }
    }

    /// Whether the dimension that is read is, or its pair.
    fn reads_dimension(&self) -> bool {
        match self.part {
            EncodePart::Distance | EncodePart::Limits => self.scheme.has_waves(),
            _ => self.shows_table(),
        }
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
        self.quiz.map(|asked| asked.bug).or(self.mistake)
    }

    /// Whether which bug it is may be said: always, but for a quiz without an answer.
    pub fn is_revealed(&self) -> bool {
        self.quiz.is_none_or(|asked| asked.answer.is_some())
    }

    /// Whether the bug that is shown is one of scores, not of a table.
    pub fn shows_scores(&self) -> bool {
        self.part == EncodePart::Mistakes && self.bug() == Some(Bug::RotaryMixed)
    }

    /// A bug of the table as the maths knows it; `None` for one of scores.
    pub fn mistake_of(&self, bug: Bug) -> Option<Mistake> {
        let mistake = match bug {
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
            Bug::RotaryMixed => return None,
        };
        Some(mistake)
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

    /// L′ = s · L: positions below it are asked.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    pub fn asked_len(&self) -> usize {
        (self.trained_len as f64 * self.factor).round() as usize
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

    /// The position that is read, of the table or of those that are asked beyond the trained length.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ends of a range of positions"
    )]
    fn read_position(&self) -> u64 {
        let (first, last) = self.readable();
        let pos = self.pos.unwrap_or(self.usual_read_position());
        pos.clamp(first as u64, last as u64)
    }

    fn usual_read_position(&self) -> u64 {
        match self.part {
            EncodePart::Limits => self.usual_asked(),
            EncodePart::Sum => self.start,
            _ => self.usual_position(),
        }
    }

    /// The first and the last position that can be read.
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn readable(&self) -> (f64, f64) {
        let start = self.start as f64;
        match self.part {
            EncodePart::Limits => (0.0, self.asked_len() as f64 - 1.0),
            // The words, whatever the length of the table.
            EncodePart::Sum => (start, start + words(&self.text).len().max(1) as f64 - 1.0),
            _ => (start, self.last() as f64),
        }
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

    /// Adds a curve, or removes it if it is there. Beyond [`MOST_CURVES`] the oldest one goes, which is said.
    pub fn toggle_curve(&mut self, dim: usize) -> Option<Notice> {
        let mut dims = self.curves();
        let mut notice = None;
        if let Some(idx) = dims.iter().position(|&shown| shown == dim) {
            dims.remove(idx);
        } else {
            if dims.len() == MOST_CURVES {
                let oldest = dims.remove(0);
                let used = format!("the oldest curve, dimension {oldest}, makes room");
                let allowed = format!("{MOST_CURVES} curves");
                notice = Some(Notice::new("dims", &dim.to_string(), allowed, used));
            }
            dims.push(dim);
        }
        self.dims = Some(dims);
        notice
    }
}

const DIMS_ALLOWED: &str =
    "up to 6 different dimensions below d_model, separated by commas, or none";

/// The curves as they stand in the link; `None` for the usual ones.
fn written_dims(state: &EncodeState) -> Option<String> {
    (state.curves() != state.usual_curves()).then(|| dims_text(&state.curves()))
}

/// The sentence as it stands in the link; `None` for the usual one.
fn written_text(state: &EncodeState) -> Option<String> {
    (state.text != USUAL).then(|| state.text.clone())
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

/// Reads the sentence.
fn read_text(state: &mut EncodeState, text: &str) -> Result<(), String> {
    let result;
    (state.text, result) = taken(text);
    result
}
