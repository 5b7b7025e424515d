//! Attend's settings: plain data, their table, and what follows from them.

use std::sync::OnceLock;

use maths::normalize::nearest_divisor;
use maths::transformer::Mask;
use maths::words::EmbeddingSpec;

use super::context::N_FEATURES;
use super::sentences;
use crate::encoding::Encoding;
use crate::quiz::{Asked, Quizzed};
use crate::sentence::Sentence;
use crate::settings::{any, even, whole};
use crate::{settings, words};

/// The width that mistakes are shown at, in one head.
pub const MISTAKEN_D_MODEL: usize = 64;

/// So many layers make a mistake of each of them plain.
pub const MISTAKEN_LAYERS: usize = 6;

/// How many tokens of padding end the sentence of the mistake about it.
pub const N_PADDING: usize = 3;

/// How many positions the mistake of scores is shown at.
pub const N_POSITIONS: usize = 64;

words! {
    /// The parts of the room, in the order of their tabs.
    pub enum AttendPart:
    /// What attention sees without positions.
    Order "order" "Order";
    /// Who looks at whom.
    Maps "maps" "Maps";
    /// A head written down.
    Built "built" "Built";
    /// What positions are good for.
    Continue "continue" "Continue";
    /// Why several heads.
    Heads "heads" "Heads";
    /// How a word takes in its neighbours.
    Context "context" "Context";
    /// Real bugs.
    Mistakes "mistakes" "Mistakes";
}

words! {
    /// Which words a word may look at.
    pub enum MaskName:
    /// All.
    None "none" "none: all words";
    /// Itself and earlier ones.
    Causal "causal" "causal: no later words";
}

words! {
    /// What the maps show.
    pub enum Show:
    /// After the softmax.
    Weights "weights" "weights";
    /// Before it.
    Scores "scores" "scores";
}

words! {
    /// What a head that is written down reads.
    pub enum Reads:
    /// Positions alone.
    Positions "positions" "positions alone";
    /// Words and positions in one vector.
    Both "both" "words plus positions";
}

words! {
    /// What a head that is written down looks at.
    pub enum Role:
    /// The word before.
    Previous "previous" "the word before";
    /// The word after.
    Next "next" "the word after";
    /// The same word.
    Same "same" "the same word";
    /// The first word.
    First "first" "the first word";
}

words! {
    /// The real bugs that the room shows.
    pub enum Bug:
    /// A rotary table for neighbours with a rotation for halves.
    RotaryMixed "rotary_mixed" "rotary conventions mixed";
    /// The softmax over the queries.
    SoftmaxAxis "softmax_axis" "softmax over the wrong axis";
    /// The mask after the softmax.
    MaskAfter "mask_after" "mask after the softmax";
    /// Divided by d, not by its root.
    DividedByD "divided_by_d" "divided by d";
    /// Padding that is looked at.
    Padding "padding" "padding not masked";
    /// Positions added in every layer.
    EveryLayer "every_layer" "positions in every layer";
}

impl Quizzed for Bug {
    const ASKED: &'static [Self] = &[
        Self::SoftmaxAxis,
        Self::Padding,
        Self::MaskAfter,
        Self::RotaryMixed,
        Self::EveryLayer,
        Self::DividedByD,
    ];
}

settings! {
    /// What Attend shows.
    pub struct AttendState {
        /// Which of the lab's questions is shown.
        part: AttendPart = AttendPart::Order, "" "Part" (words(Self::take_part));
        /// Each word gets a vector of its own, the same wherever it stands.
        text: Option<Sentence> = None, "Sentence" "Sentence" (text(sentences::ALLOWED, sentences::DEFAULT[0],
            |s| s.written_text(0), |s| s.sentence(0).text().to_owned(), |s, text| s.read_text(0, text))).when(Self::has_words);
        /// The same words in another order, or other words.
        other: Option<Sentence> = None, "Sentence" "Second sentence" (text(sentences::ALLOWED, sentences::DEFAULT[1],
            |s| s.written_text(1), |s| s.sentence(1).text().to_owned(), |s, text| s.read_text(1, text))).when(Self::has_two_orders);
        /// How positions are told to the model.
        scheme: Encoding = Encoding::Sinusoidal, "Model" "Scheme" (words).when(Self::has_model);
        /// The width: how many numbers each vector has.
        d_model: usize = 64, "Model" "d_model" (even(8.0, 256.0).log(16.0)).when(Self::feels_width);
        /// How many heads look at the words at once; each has its part of the width. They must divide d_model.
        heads: Option<usize> = None, "Model" "Heads" (whole(1.0, 8.0)).when(Self::has_model)
            .within(Self::head_limits).following(Self::n_heads, Self::usual_heads);
        /// How many layers. The last one is attention alone; those below are whole blocks.
        layers: usize = 1, "Model" "Layers" (whole(1.0, 4.0)).when(Self::has_model);
        /// Which words a word may look at.
        mask: MaskName = MaskName::None, "Model" "Mask" (words).when(Self::has_model);
        /// How far the numbers of an embedding lie from 0: 0.02 in BERT and GPT-2, 1 in PyTorch.
        emb_std: f64 = 1.0, "Sentence" "Embedding std" (any(0.0, 4.0, 0.01).log(0.05)).when(Self::has_embeddings);
        /// Whether embeddings are multiplied by √d_model, as in the original transformer.
        sqrt_d: bool = false, "Sentence" "× √d_model" (off_on).when(Self::has_model);
        /// How many words there are for the head.
        built_len: usize = 16, "Head" "Length" (whole(2.0, 512.0).log(16.0)).when(|s| s.part == AttendPart::Built);
        /// A bug that was found in public code.
        mistake: Option<Bug> = None, "Mistakes" "Mistake" (words(Self::take_mistake)).when(|s| s.part == AttendPart::Mistakes && s.quiz.is_none());
        /// Shows what a bug does and asks for its line.
        quiz: Option<Asked<Bug>> = None, "Mistakes" "Quiz" (words(Self::take_quiz)).when(|s| s.part == AttendPart::Mistakes)
            .following(|s: &Self| s.quiz, Self::usual_quiz);
        /// The place of the word that looks at the others.
        query: Option<usize> = None, "Reading" "Query" (whole(0.0, 511.0)).when(Self::reads_query)
            .within(|s| (0.0, s.last_place() as f64)).following(Self::query, Self::usual_query);
        /// The place of the word that is looked at.
        key: usize = 0, "Reading" "Key" (whole(0.0, 63.0)).when(|s| s.part == AttendPart::Maps)
            .within(|s| (0.0, s.last_word() as f64));
        /// The feature that is read.
        feature: usize = 0, "Reading" "Feature" (whole(0.0, 255.0)).when(|s| matches!(s.part, AttendPart::Order | AttendPart::Built | AttendPart::Context))
            .within(|s| (0.0, s.n_features() as f64 - 1.0));
        /// The head that is read, from 1 on.
        head: usize = 1, "Reading" "Head" (whole(1.0, 8.0)).when(|s| s.part == AttendPart::Maps)
            .within(|s| (1.0, s.n_heads() as f64));
        /// The layer whose maps are shown, from 1 on.
        layer: Option<usize> = None, "Reading" "Layer" (whole(1.0, 4.0)).when(|s| s.part == AttendPart::Maps && s.layers > 1)
            .within(|s| (1.0, s.layers as f64)).following(Self::layer, |s: &Self| s.layers);
        /// Weights add up to 1 in each row; scores are what the softmax makes them from.
        show: Show = Show::Weights, "Reading" "Show" (words).when(|s| s.part == AttendPart::Maps);
        /// Shows which part of each score comes from words and which from positions.
        split: bool = false, "Reading" "Split scores" (off_on).when(Self::can_split);
        /// How many places further on the head looks; below 0 it looks back.
        looks_at: i64 = -1, "Head" "Looks at" (whole(-8.0, 8.0)).when(|s| s.part == AttendPart::Built);
        /// How clearly the best match wins: scores are multiplied by it.
        sharpness: f64 = 4.0, "Head" "Sharpness" (any(0.0, 32.0, 0.1).log(1.0)).when(Self::is_built);
        /// What stands in the vectors that the head reads.
        reads: Reads = Reads::Positions, "Head" "Reads" (words).when(|s| s.part == AttendPart::Built);
        /// Whether the two heads are told where each word stands.
        positions: bool = true, "Head" "Positions" (on_off).when(|s| s.part == AttendPart::Continue);
        /// Puts the words in another order, by the seed.
        shuffled: bool = false, "Sentence" "Shuffled" (off_on).when(|s| s.part == AttendPart::Continue);
        /// What the first head looks at.
        head_1: Role = Role::Previous, "Heads" "Head 1" (words).when(|s| s.part == AttendPart::Heads);
        /// What the second head looks at.
        head_2: Role = Role::Next, "Heads" "Head 2" (words).when(|s| s.part == AttendPart::Heads);
        /// What the third head looks at.
        head_3: Role = Role::Same, "Heads" "Head 3" (words).when(|s| s.part == AttendPart::Heads);
        /// What the fourth head looks at.
        head_4: Role = Role::First, "Heads" "Head 4" (words).when(|s| s.part == AttendPart::Heads);
        /// Another seed, other random numbers.
        seed: u64 = 0, "Model" "Seed" (whole(0.0, 9999.0)).when(Self::is_random);
    }
    beside {
        /// Somebody chose or answered a question of the quiz, or turned it off: it no longer follows the part.
        has_quiz: bool = false;
    }
}

/// What the page's model depends on, but for the words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelSpec {
    /// How positions are told.
    pub scheme: Encoding,
    /// Features d.
    pub d_model: usize,
    /// Heads H, a divisor of d.
    pub n_heads: usize,
    /// Layers, the last of which is attention alone.
    pub n_layers: usize,
    /// Which keys a query may look at.
    pub mask: Mask,
    /// The std of the embeddings, before scaling.
    pub emb_std: f64,
    /// Whether they are multiplied by √d.
    pub sqrt_d: bool,
    /// Another seed, other embeddings and weights.
    pub seed: u64,
    /// L of pos / L: the words of the longer sentence. 0 for schemes without it.
    pub length: usize,
}

impl ModelSpec {
    /// How words become vectors.
    pub fn embedding(&self) -> EmbeddingSpec {
        EmbeddingSpec {
            d_model: self.d_model,
            std: self.emb_std,
            seed: self.seed,
            scaled: self.sqrt_d,
        }
    }
}

impl AttendState {
    /// Goes to a part. What nobody has chosen is what it opens with.
    pub fn take_part(&mut self, part: AttendPart) {
        self.part = part;
        self.follow_quiz();
    }

    /// What the model is made by.
    pub fn model(&self) -> ModelSpec {
        ModelSpec {
            scheme: self.scheme,
            d_model: self.d_model,
            n_heads: self.n_heads(),
            n_layers: self.layers,
            mask: Mask {
                is_causal: self.mask == MaskName::Causal,
                n_padding: 0,
            },
            emb_std: self.emb_std,
            sqrt_d: self.sqrt_d,
            seed: self.seed,
            length: if self.scheme == Encoding::Fraction {
                self.sentence(0).n_words().max(self.sentence(1).n_words())
            } else {
                0
            },
        }
    }

    /// The first sentence (0) or the second one (1): the one that was typed, otherwise what the part opens with.
    pub fn sentence(&self, order: usize) -> Sentence {
        let typed = if order == 0 { &self.text } else { &self.other };
        typed.clone().unwrap_or_else(|| self.usual_sentence(order))
    }

    fn usual_sentence(&self, order: usize) -> Sentence {
        Self::sentence_of(self.part, order)
    }

    /// The first or the second sentence that a part opens with.
    fn sentence_of(part: AttendPart, order: usize) -> Sentence {
        static SHARED: [[OnceLock<Sentence>; 2]; sentences::USUAL.len()] =
            [const { [const { OnceLock::new() }; 2] }; sentences::USUAL.len()];
        let scene_idx = opening(part);
        let order = order.min(1);
        SHARED[scene_idx][order]
            .get_or_init(|| Sentence::new(sentences::USUAL[scene_idx][order].to_owned()))
            .clone()
    }

    /// Puts a sentence in the place of the first (0) or the second one (1).
    pub fn set_sentence(&mut self, order: usize, sentence: Sentence) {
        let place = if order == 0 {
            &mut self.text
        } else {
            &mut self.other
        };
        *place = Some(sentence);
    }

    /// A sentence as it stands in the link; `None` for the one that the part opens with.
    fn written_text(&self, order: usize) -> Option<String> {
        let sentence = self.sentence(order);
        (sentence != self.usual_sentence(order)).then(|| sentence.text().to_owned())
    }

    fn read_text(&mut self, order: usize, text: &str) -> Result<(), String> {
        let (sentence, result) = sentences::taken(text);
        self.set_sentence(order, sentence);
        result
    }

    /// The heads in use, which divide what they share: d_model, with RoPE its pairs.
    pub fn n_heads(&self) -> usize {
        nearest_divisor(self.heads.unwrap_or(USUAL_HEADS), self.shared_width())
    }

    fn usual_heads(&self) -> usize {
        nearest_divisor(USUAL_HEADS, self.shared_width())
    }

    /// How many things the heads share out: RoPE turns pairs, which stay together.
    fn shared_width(&self) -> usize {
        match self.scheme {
            Encoding::Rope => self.d_model / 2,
            _ => self.d_model,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "at most 8")]
    fn head_limits(&self) -> (f64, f64) {
        (1.0, self.shared_width().min(8) as f64)
    }

    /// How many features a word has where they are read one by one.
    fn n_features(&self) -> usize {
        match self.part {
            AttendPart::Context => N_FEATURES,
            _ => self.d_model,
        }
    }

    /// The number of the last word of the first sentence; 0 without words. Of the part about mistakes, the last place that there is.
    pub fn last_word(&self) -> usize {
        let n_places = match (self.part, self.bug()) {
            (AttendPart::Mistakes, Some(Bug::RotaryMixed)) => N_POSITIONS,
            (AttendPart::Mistakes, _) => self.mistaken_sentence().n_words(),
            _ => self.sentence(0).n_words(),
        };
        n_places.saturating_sub(1)
    }

    /// The words that mistakes are shown with: what somebody typed elsewhere has nothing to do with them.
    pub fn mistaken_sentence(&self) -> Sentence {
        let is_padded = self.bug() == Some(Bug::Padding);
        Self::sentence_of(AttendPart::Mistakes, usize::from(is_padded))
    }

    /// The model that mistakes are shown with. Where one is about layers, they are whole: attention alone follows after them.
    pub fn mistaken_model(&self) -> ModelSpec {
        ModelSpec {
            scheme: Encoding::Sinusoidal,
            d_model: MISTAKEN_D_MODEL,
            n_heads: 1,
            n_layers: match self.bug() {
                Some(Bug::EveryLayer) => MISTAKEN_LAYERS + 1,
                _ => 1,
            },
            mask: Mask::default(),
            emb_std: 1.0,
            sqrt_d: false,
            seed: self.seed,
            length: 0,
        }
    }

    /// The last place that a word may stand at: in the first sentence, or among the words of a built head.
    fn last_place(&self) -> usize {
        match self.part {
            AttendPart::Built => self.built_len - 1,
            _ => self.last_word(),
        }
    }

    /// The place of the word that looks at the others.
    pub fn query(&self) -> usize {
        self.query
            .unwrap_or_else(|| self.usual_query())
            .min(self.last_place())
    }

    /// Until one is chosen: the last word where it is continued, otherwise what a part wants to be looked at.
    fn usual_query(&self) -> usize {
        match self.part {
            AttendPart::Built => self.built_len / 2,
            AttendPart::Continue => self.last_word(),
            AttendPart::Context => sentences::ambiguous(&self.sentence(0)).unwrap_or(0),
            _ => self.last_word().min(1),
        }
    }

    /// The place of the word that is looked at, in the first sentence.
    pub fn key(&self) -> usize {
        self.key.min(self.last_word())
    }

    /// The number of the head that is read, from 0 on.
    pub fn head_idx(&self) -> usize {
        self.head.min(self.n_heads()).max(1) - 1
    }

    /// The layer whose maps are shown, from 1 on.
    pub fn layer(&self) -> usize {
        self.layer.unwrap_or(self.layers).min(self.layers)
    }

    /// What the four written heads look at.
    pub fn roles(&self) -> [Role; 4] {
        [self.head_1, self.head_2, self.head_3, self.head_4]
    }

    /// Whether the page's own model, with random weights, is shown.
    pub fn has_model(&self) -> bool {
        matches!(self.part, AttendPart::Order | AttendPart::Maps)
    }

    fn has_words(&self) -> bool {
        !matches!(self.part, AttendPart::Built | AttendPart::Mistakes)
    }

    fn has_two_orders(&self) -> bool {
        self.has_model() || self.part == AttendPart::Context
    }

    fn feels_width(&self) -> bool {
        match self.part {
            AttendPart::Context | AttendPart::Mistakes => false,
            // Two heads that find nothing find it at any width.
            AttendPart::Continue => self.positions || !self.shuffled,
            _ => true,
        }
    }

    fn reads_query(&self) -> bool {
        self.part != AttendPart::Mistakes || self.bug().is_some()
    }

    fn has_embeddings(&self) -> bool {
        self.has_model() || self.part == AttendPart::Built && self.reads == Reads::Both
    }

    fn is_built(&self) -> bool {
        !self.has_model() && self.part != AttendPart::Mistakes
    }

    /// Whether words and positions have each a part in a score that can be told apart.
    pub fn can_split(&self) -> bool {
        let is_apart = match self.scheme {
            Encoding::None => false,
            Encoding::Rope | Encoding::Alibi | Encoding::T5 => true,
            // Above the first layer what was added is mixed.
            _ => self.layer() == 1,
        };
        self.part == AttendPart::Maps && self.show == Show::Scores && is_apart
    }

    /// Whether anything that is shown is random.
    fn is_random(&self) -> bool {
        match self.part {
            AttendPart::Built => self.reads == Reads::Both,
            AttendPart::Context => false,
            // That one is shown with numbers that are counted.
            AttendPart::Mistakes => self.bug().is_some_and(|bug| bug != Bug::RotaryMixed),
            _ => true,
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
        let opens = self.part == AttendPart::Mistakes && self.mistake.is_none();
        opens.then(Asked::first)
    }

    /// The bug that is shown or asked for; `None` for none.
    pub fn bug(&self) -> Option<Bug> {
        self.quiz.map(|asked| asked.bug).or(self.mistake)
    }

    /// Whether which bug it is may be said: always, but for a quiz without an answer.
    pub fn is_revealed(&self) -> bool {
        self.quiz.is_none_or(|asked| asked.answer.is_some())
    }
}

/// The number of heads until one is chosen, or the nearest that divides what they share.
const USUAL_HEADS: usize = 4;

/// The number of the sentences that a part opens with.
const fn opening(part: AttendPart) -> usize {
    match part {
        AttendPart::Continue => 1,
        AttendPart::Heads => 2,
        AttendPart::Context => 3,
        AttendPart::Mistakes => 4,
        _ => 0,
    }
}
