//! The words about the sum: what is added, how long it is, what can be read back.

use figures::number::{format_count, format_fixed, format_value};
use maths::probe::{N_POSITIONS, N_TEST, N_TRAIN, N_WORDS};
use maths::schemes::Scheme;

use super::super::scene::sum::{Pair, SumScene, WIDTHS, added};
use super::super::state::{EncodeState, Encoding};
use crate::labs::Fact;
use crate::labs::Question;
use crate::settings::number_text;

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why add and not concatenate?",
        answer: "A readout finds word and position in the sum when it is wide enough, and in two halves of the same total width beside it. Drag d_model and Noise.",
        settings: "d_model=64",
        figure_id: "encode-probe",
    },
    Question {
        asked: "Why multiply embeddings by √d_model?",
        answer: "Compare the lengths of the two: a position's length is fixed by the width, an embedding's by how it was drawn. Switch × √d_model.",
        settings: "d_model=512&emb_std=0.044",
        figure_id: "encode-norms",
    },
    Question {
        asked: "Does the position damage the word?",
        answer: "One word stands at two places: their cosine is 1 before the sum and less after it. Drag Embedding std: the larger the embeddings, the less it falls.",
        settings: "text=the king and the queen",
        figure_id: "encode-sum",
    },
];

/// The three lengths of a token.
pub const LENGTHS: [&str; 3] = ["‖E‖", "‖PE‖", "‖E + PE‖"];

/// The scores of a readout, as they stand above their panels.
pub const SCORES: [&str; 3] = [
    "position: R² of the regression",
    "position: part exactly right",
    "word: part right",
];

/// What a readout is given.
pub const SHARINGS: [&str; 2] = ["added", "beside each other, half the width each"];

/// What the part is about.
pub fn lead(_: &EncodeState) -> String {
    "A transformer's first layer gets one vector for each word: *what it is plus where it stands*. In a wide space the \
     two hardly meet, and a linear readout gets both back; beside each other each would have half of the width."
        .to_owned()
}

/// x = √d · E + PE with the numbers put in (Vaswani et al. 2017, §3.4 and §3.5).
pub fn formula(state: &EncodeState) -> String {
    let factor = if state.sqrt_d {
        format!(
            "<msqrt><mn>{}</mn></msqrt><mspace width=\"0.15em\"/>",
            state.d_model
        )
    } else {
        String::new()
    };
    let position = if adds_nothing(state) {
        ""
    } else {
        "<mo>+</mo><msub><mi>PE</mi><mi>pos</mi></msub>"
    };
    format!(
        "<math><msub><mi>x</mi><mi>pos</mi></msub><mo>=</mo>{factor}<msub><mi>E</mi><mi>word</mi></msub>{position}</math>\
         <span class=\"where\">E drawn from N(0, {}²) for each word, before any training</span>",
        number_text(state.emb_std)
    )
}

/// Whether the scheme adds nothing to the embeddings.
fn adds_nothing(state: &EncodeState) -> bool {
    added(state) == Scheme::None
}

/// The std of the embeddings' features as they are added, at this width.
#[allow(clippy::cast_precision_loss)]
pub fn std_at(state: &EncodeState, d_model: usize) -> f64 {
    if state.sqrt_d {
        state.emb_std * (d_model as f64).sqrt()
    } else {
        state.emb_std
    }
}

/// Above E.
pub fn embedding_note(state: &EncodeState) -> String {
    format!("std {}", format_value(std_at(state, state.d_model), 3))
}

/// Above PE.
pub fn encoding_note(state: &EncodeState) -> String {
    if adds_nothing(state) {
        "nothing is added".to_owned()
    } else {
        state.scheme.label().to_owned()
    }
}

/// Why nothing is added; empty where something is.
fn inside_attention(state: &EncodeState) -> String {
    match state.scheme {
        Encoding::Rope | Encoding::Alibi | Encoding::T5 => format!(
            "{} adds nothing here: it works inside attention. *E + PE is E*, and the same word is the same vector everywhere.",
            state.scheme.label()
        ),
        Encoding::None => {
            "Nothing is added: *the same word is the same vector everywhere*.".to_owned()
        }
        _ => String::new(),
    }
}

const NO_WORDS: &str = "No words, so nothing to add: type a sentence of at least one word.";

/// What the three tables show.
pub fn sum_summary(scene: &SumScene, state: &EncodeState) -> String {
    let Some(Pair { p, q, is_same }) = scene.pair(state) else {
        return NO_WORDS.to_owned();
    };
    let n_words = scene.tables().embeddings().nrows();
    let shape = format!(
        "{} {} × {} dimensions, one scale for all three.",
        format_count(n_words as u64),
        if n_words == 1 { "word" } else { "words" },
        format_count(state.d_model as u64)
    );
    let nothing = inside_attention(state);
    if !nothing.is_empty() {
        return format!("{shape} {nothing}");
    }
    let cosines = scene.tables().cosines(p, q);
    if is_same {
        format!(
            "{shape} “{}” stands at {} and {}: *one column in E, two in E + PE* (cosine {}).",
            scene.word(p),
            format_count(state.start + p as u64),
            format_count(state.start + q as u64),
            format_fixed(cosines.sum, 3),
        )
    } else {
        format!(
            "{shape} No word here stands twice beside “{}”: repeat it, and see one column of E become two.",
            scene.word(p)
        )
    }
}

/// The word that is read, above its bars.
pub fn read_word(scene: &SumScene, pair: Option<Pair>) -> String {
    pair.map_or_else(String::new, |pair| format!("“{}”", scene.word(pair.p)))
}

/// The lengths, and what × √d does to them.
#[allow(clippy::cast_precision_loss)]
pub fn norms_summary(scene: &SumScene, state: &EncodeState) -> String {
    let Some(Pair { p, .. }) = scene.pair(state) else {
        return NO_WORDS.to_owned();
    };
    let norms = scene.tables().norms();
    let at = |norms: &[f32]| f64::from(norms.get(p).copied().unwrap_or(f32::NAN));
    let (embedding, encoding) = (at(&norms.embedding), at(&norms.encoding));
    let of_encoding = if state.scheme == Encoding::Sinusoidal {
        let norm = (state.d_model as f64 / 2.0).sqrt();
        format!(
            "‖PE‖ is √(d/2) = *{}* at every position",
            format_value(norm, 4)
        )
    } else {
        format!("‖PE‖ = *{}* here", format_value(encoding, 4))
    };
    let ratio = embedding / encoding;
    let compared = if !ratio.is_finite() {
        String::new()
    } else if ratio < 0.5 {
        format!(
            " The word is {} times shorter than its position and nearly drowned by it: that is what × √d_model is for.",
            format_value(1.0 / ratio, 3)
        )
    } else if ratio > 2.0 {
        format!(
            " The word is {} times longer than its position.",
            format_value(ratio, 3)
        )
    } else {
        " The two are of one size.".to_owned()
    };
    format!(
        "‖E‖ is *{}* for “{}”, {of_encoding}.{compared}",
        format_value(embedding, 4),
        scene.word(p)
    )
}

/// What the readouts say.
pub fn probe_summary(scene: &SumScene, state: &EncodeState) -> String {
    let what = format!(
        "Least squares on {N_TRAIN} pairs of {N_WORDS} words and {N_POSITIONS} positions, judged by {N_TEST} others{}.",
        if state.noise == 0.0 {
            ", without noise".to_owned()
        } else {
            format!(", with noise of std {}", number_text(state.noise))
        }
    );
    if scene.is_unfinished() {
        return format!("{what} Fitting …");
    }
    if adds_nothing(state) {
        return format!("{what} *No positions are added, so none can be read back.*");
    }
    if state.scheme == Encoding::Learned && state.max_len < N_POSITIONS as u64 {
        return format!(
            "{what} *Positions from max_len = {} on have no row*: nothing can be fitted.",
            state.max_len
        );
    }
    let is_good = |(sum, _): (f32, f32)| sum > 0.99;
    let width = WIDTHS
        .iter()
        .enumerate()
        .find(|&(idx, _)| is_good(scene.score(0, idx)) && is_good(scene.score(2, idx)));
    match width {
        Some((idx, width)) => {
            let (sum, beside) = scene.score(0, idx);
            format!(
                "{what} *From d_model {width} on both come back from the sum*: R² {}; side by side at the same width {}.",
                format_fixed(sum.into(), 3),
                format_fixed(beside.into(), 3),
            )
        }
        None => format!("{what} *At none of these widths* do both come back from the sum."),
    }
}

/// A cell of the three tables.
pub fn sum_tip(word: &str, position: u64, dim: usize, [e, pe, sum]: [f32; 3]) -> String {
    let text = |value: f32| format_value(value.into(), 4);
    format!(
        "“{word}” at {}, dimension {dim}: {} + {} = {}",
        format_count(position),
        text(e),
        text(pe),
        text(sum)
    )
}

/// A token's lengths.
pub fn norms_tip(word: &str, lengths: [f32; 3]) -> String {
    let lengths = LENGTHS.iter().zip(lengths);
    let lengths: Vec<_> = lengths
        .map(|(name, length)| format!("{name} {}", format_value(length.into(), 4)))
        .collect();
    format!("“{word}”: {}", lengths.join(" · "))
}

/// A width's scores.
pub fn probe_tip(width: usize, kind: usize, (sum, beside): (f32, f32)) -> String {
    let text = |score: f32| format_fixed(score.into(), 3);
    format!(
        "d_model {width}, {}: added {}, beside each other {}",
        SCORES.get(kind).copied().unwrap_or_default(),
        text(sum),
        text(beside)
    )
}

/// Two tokens before and after, and how long they are.
pub fn reading(scene: &SumScene, state: &EncodeState, pair: Pair) -> Vec<Fact> {
    let Pair { p, q, is_same } = pair;
    let named = |idx: usize| {
        format!(
            "“{}” at {}",
            scene.word(idx),
            format_count(state.start + idx as u64)
        )
    };
    let cosines = scene.tables().cosines(p, q);
    let pair_words = if p == q {
        named(p)
    } else {
        format!("{} and {}", named(p), named(q))
    };
    let norms = scene.tables().norms();
    let length = |norms: &[f32]| format_value(norms.get(p).copied().unwrap_or(f32::NAN).into(), 4);
    vec![
        Fact::new(if is_same { "same word" } else { "words" }, pair_words),
        Fact::new("cosine of E", format_fixed(cosines.embedding, 3)),
        Fact::new("cosine of E + PE", format_fixed(cosines.sum, 3)),
        Fact::new("‖E‖", length(&norms.embedding)),
        Fact::new("‖PE‖", length(&norms.encoding)),
    ]
}
