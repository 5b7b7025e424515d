//! The words about what is left of a vector.

use figures::number::{format_count, format_value};

use super::super::state::{LIMITS, NormName, NormalizeState};
use super::steps::{nothing, step_heads};
use super::{NO_NUMBER, Trouble, n, token_name};
use crate::labs::{Fact, Question};
use crate::settings::Notice;

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "Does it throw information away?",
        answer: "Scale and shift are gone: drag Input scale a and Input shift c, and the output stays. What is left is the direction.",
        settings: "scale_a=5&shift_c=2",
        figure_id: "normalize-invariance",
    },
    Question {
        asked: "What is left of two features?",
        answer: "Only which one is larger: every token comes to one of two points. Go through Stage, then raise d_model to three and turn the circle by hand.",
        settings: "d_model=2",
        figure_id: "normalize-geometry",
    },
    Question {
        asked: "What is ε for, and how big should it be?",
        answer: "It keeps a variance of zero from dividing by zero, and it takes over once the variance is about as small: the output shrinks. Move ε; in half precision the smallest are 0.",
        settings: "eps=0.001",
        figure_id: "normalize-epsilon",
    },
    Question {
        asked: "Inside or outside of the root?",
        answer: "LayerNorm as published and as in PyTorch has √(σ² + ε), some code has σ + ε. Inside, ε counts from σ ≈ √ε down, outside only from σ ≈ ε: with ε = 0.01, of σ = 0.1 comes a spread of 0.7 or of 0.9 instead of 1. A usual ε shows it only in smaller inputs: move it.",
        settings: "eps=0.01",
        figure_id: "normalize-epsilon",
    },
    Question {
        asked: "What are γ and β for?",
        answer: "Press the button that undoes a token: it comes back as it was. Choose another Token, and they miss it: one γ and one β for all tokens cannot undo what was done to each.",
        settings: "token=6",
        figure_id: "normalize-undo",
    },
    Question {
        asked: "What does a second LayerNorm do?",
        answer: "Nothing, but for ε, as long as all features share one γ and one β: the first has forgotten all that it would forget. Feature 3 has a γ of its own here, and outputs change: read what happens normalised once more. The button All the same takes that γ back.",
        settings: "gamma_at=3:2.5",
        figure_id: "normalize-invariance",
    },
];

/// What is taken for no difference at all in `f32`.
const NOTHING: f64 = 1e-4;

/// Symbol and note of the token before and after scale and shift.
pub const INVARIANCE_HEADS: [(&str, &str); 2] = [("y(x)", "as it is"), ("y(a x + c)", "moved")];

/// The columns of `NormName::COMPARED`.
pub const COMPARED_KEYS: [&str; 6] = ["layer", "rms", "batch", "instance", "group", "dyt"];

/// A token's lengths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lengths {
    /// ‖x‖
    pub x: f64,
    /// ‖x̂‖
    pub normalized: f64,
    /// Σ x̂
    pub sum: f64,
    /// ‖y‖
    pub output: f64,
}

/// Why there is nothing to see or to compare.
pub fn why(trouble: Option<Trouble>) -> &'static str {
    nothing(trouble).unwrap_or(NO_NUMBER)
}

/// A number of the arithmetic, or that it is none.
fn known(value: f64) -> String {
    if value.is_nan() {
        NO_NUMBER.to_owned()
    } else {
        n(value)
    }
}

/// Symbol and note of a stage.
pub fn stage_head(state: &NormalizeState, stage: usize) -> (&'static str, &'static str) {
    let [_, centred, normalized, output] = step_heads(state);
    match stage {
        0 => ("x", "as it comes"),
        1 => centred,
        2 => normalized,
        3 => ("γ x̂", "stretched"),
        _ => output,
    }
}

/// A norm's name in a legend.
pub fn short_name(name: NormName) -> &'static str {
    match name {
        NormName::Layer => "layer",
        NormName::Rms => "rms",
        NormName::Batch => "batch",
        NormName::Instance => "instance",
        NormName::Group => "group",
        NormName::DyT => "tanh",
        NormName::None => "none",
    }
}

/// How to read the part.
pub fn lead(state: &NormalizeState) -> String {
    match (state.norm, state.d_model) {
        (NormName::Layer, 2) => "With two features *only the sign of their difference is left*: every token ends at one of two points. Take d_model 3 for a circle.".to_owned(),
        (NormName::Layer, 3) => "Step through the stages: *a plane, a circle, an ellipse*. Then scale and shift the input and see what does not move.".to_owned(),
        (NormName::Layer, d) => format!(
            "Taking off the mean costs one direction, dividing by σ costs the length: *of {d} numbers {} are left*. Take d_model 3 or 2 to see it all.",
            d - 2
        ),
        (NormName::Rms, d) => format!(
            "RMSNorm takes the length and leaves the mean: *of {d} numbers {} are left*.",
            d - 1
        ),
        (NormName::Batch, _) => "Batch norm shifts and scales features, not tokens: *points keep their neighbours*, and lengths stay different. Compare LayerNorm.".to_owned(),
        (NormName::Instance, _) => "Instance norm shifts and scales each feature of each sample: *tokens of one sample move together*, and lengths stay different. Compare LayerNorm.".to_owned(),
        (NormName::Group, _) => "Group norm shifts and scales each sample, a group of features at a time: *tokens of one sample move together*, and lengths stay different. Compare LayerNorm.".to_owned(),
        (NormName::DyT, _) => "DyT bends each value by itself: *every feature ends between −1 and 1*, and lengths stay different. Compare LayerNorm.".to_owned(),
        (NormName::None, _) => "Without a norm *every token stays where it is* until γ and β move it. Compare LayerNorm.".to_owned(),
    }
}

/// From x to the sphere, as MathML.
pub fn formula(state: &NormalizeState) -> String {
    let d = state.d_model;
    let hat = "<mover><mi>x</mi><mo>^</mo></mover>";
    let sphere = format!(
        "<mrow><mo>‖</mo>{hat}<mo>‖</mo></mrow><mo>=</mo><msqrt><mn>{d}</mn></msqrt><mo>·</mo><mfrac><mi class=\"sigma\">σ</mi><msqrt><mrow><msup><mi class=\"sigma\">σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac>"
    );
    match state.norm {
        NormName::Layer => format!(
            "<math><munder><mo>∑</mo><mi>i</mi></munder><msub>{hat}<mi>i</mi></msub><mo>=</mo><mn>0</mn></math><math>{sphere}</math>"
        ),
        NormName::Rms => format!(
            "<math><mrow><mo>‖</mo>{hat}<mo>‖</mo></mrow><mo>≤</mo><msqrt><mn>{d}</mn></msqrt></math>"
        ),
        _ => format!(
            "<math><mi>y</mi><mo>=</mo><mi class=\"gamma\">γ</mi><mo>·</mo>{hat}<mo>+</mo><mi class=\"beta\">β</mi></math>"
        ),
    }
}

/// What normalising once more changes at most.
fn once_more(twice: f64) -> String {
    if twice.is_nan() {
        NO_NUMBER.to_owned()
    } else {
        format_value(twice, 3)
    }
}

/// The numbers beside the formula. `twice` is what normalising once more changes.
pub fn facts(state: &NormalizeState, lengths: &Lengths, twice: f64) -> Vec<Fact> {
    #[allow(clippy::cast_precision_loss)]
    let root = (state.d_model as f64).sqrt();
    vec![
        Fact::new("token", state.row().to_string()),
        Fact::new("‖x‖", known(lengths.x)),
        Fact::new("‖x̂‖", known(lengths.normalized)),
        Fact::new("√d", n(root)),
        Fact::new("‖y‖", known(lengths.output)),
        Fact::new(
            "norm of the norm: largest change of any token",
            once_more(twice),
        ),
    ]
}

/// The heading of the geometry.
pub fn geometry_title(state: &NormalizeState) -> String {
    let (symbol, _) = stage_head(state, state.stage);
    format!("Tokens as points: from x to {symbol}")
}

/// What is drawn of the tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// How many tokens.
    pub n: usize,
    /// Why the selected one is not among them.
    pub missing: Option<&'static str>,
    /// Whether its way begins beyond the edge.
    pub comes_from_beyond: bool,
}

/// What the points show.
pub fn geometry_summary(state: &NormalizeState, lengths: &Lengths, drawn: &Drawn) -> String {
    let mut shown = if drawn.n < state.rows() {
        format!(
            "{} of {} tokens. ",
            format_count(drawn.n as u64),
            format_count(state.rows() as u64)
        )
    } else {
        String::new()
    };
    if state.d_model > 3 {
        shown.push_str("Three directions of many are drawn. ");
    }
    if let Some(why) = drawn.missing {
        let (symbol, _) = stage_head(state, state.stage);
        return format!("{shown}Token {} has no {symbol}: *{why}*.", state.row());
    }
    let length = format!("Token {}: ‖x‖ = {}", state.row(), n(lengths.x));
    let what = match (state.norm, state.stage) {
        (_, 0) => "the input has any length and any direction".to_owned(),
        (NormName::Layer, 1) => {
            "*all points lie in the plane of zero mean*, one dimension less".to_owned()
        }
        (NormName::Layer, 2) => format!(
            "‖x̂‖ = *{}*: all points lie on one {}, of radius √{}, unless ε counts",
            n(lengths.normalized),
            match state.d_model {
                2 => "pair of points",
                3 => "circle",
                _ => "sphere",
            },
            state.d_model
        ),
        (NormName::Rms, 2) => format!(
            "‖x̂‖ = *{}*: the sphere of radius √{}, and the mean is still there (Σ x̂ = {})",
            n(lengths.normalized),
            state.d_model,
            n(lengths.sum)
        ),
        (NormName::Layer | NormName::Rms, 3) => {
            "*γ stretches the axes*: where it differs between features a circle becomes an ellipse"
                .to_owned()
        }
        (NormName::Layer, 4) => format!(
            "*β shifts all of it*, out of the plane too; ‖y‖ = {}",
            n(lengths.output)
        ),
        (NormName::Rms, 4) => format!("there is no β to shift it; ‖y‖ = {}", n(lengths.output)),
        (_, 1) => "lengths stay different".to_owned(),
        _ => format!(
            "lengths stay different, ‖x̂‖ = {} here",
            n(lengths.normalized)
        ),
    };
    let way = if state.stage == 0 {
        ""
    } else if drawn.comes_from_beyond {
        " The line is its way from x, which lies farther out than the right panel reaches."
    } else {
        " The line is its way from x."
    };
    format!("{shown}{length}; {what}.{way}")
}

/// How large space is.
pub fn space_caption(reach: f64) -> String {
    format!("to the edge {}", format_value(reach, 3))
}

/// An axis of space.
pub fn axis_name(state: &NormalizeState, idx: usize) -> String {
    if state.d_model <= 3 {
        format!("feature {idx}")
    } else if idx == 2 && state.basis == maths::normalize::Basis::PlaneAndOnes {
        "ones".to_owned()
    } else {
        format!("axis {}", idx + 1)
    }
}

/// A point of space.
pub fn point_tip(state: &NormalizeState, row_idx: usize, point: &[f32]) -> String {
    let numbers: Vec<_> = point.iter().map(|&value| known(value.into())).collect();
    format!("{}: ({})", token_name(state, row_idx), numbers.join(", "))
}

/// How outputs change with the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moves {
    /// By how much y(a x + c) differs from y(x) at most.
    pub largest: f64,
    /// By how much normalising once more changes y at most.
    pub twice: f64,
    /// How many samples the curves are of.
    pub n_tried: usize,
    /// Why there is no y(x) at all.
    pub no_output: Option<&'static str>,
    /// Why there is no y(a x + c) at all.
    pub no_moved: Option<&'static str>,
}

/// What scale and shift do, and the norm of the norm.
pub fn invariance_summary(state: &NormalizeState, moves: &Moves) -> String {
    let (largest, n_tried) = (moves.largest, moves.n_tried);
    if let Some(why) = moves.no_output {
        return format!("*There is no y to compare*: {why}.");
    }
    let twice = if moves.twice.is_nan() {
        String::new()
    } else {
        format!(
            " Normalised once more, outputs change by *{}* at most (any token).",
            format_value(moves.twice, 3)
        )
    };
    let moved = format!(
        "a = {}, c = {}: ",
        format_value(state.scale_a, 3),
        format_value(state.shift_c, 4)
    );
    if let Some(why) = moves.no_moved {
        return format!("{moved}*there is no y(a x + c)*: {why}.{twice}");
    }
    let moved = format!(
        "{moved}*the outputs change by {} at most*",
        format_value(largest, 3)
    );
    let tried = if n_tried < state.batch {
        format!(" The curves are of the first {n_tried} samples.")
    } else {
        String::new()
    };
    let why = if state.scale_a == 1.0 && state.shift_c == 0.0 {
        "; move a and c."
    } else {
        match state.norm {
            NormName::Layer if state.scale_a < 0.0 => ": a negative a turns every sign.",
            NormName::Layer if largest > NOTHING => {
                ": LayerNorm forgets a and c as long as the variance is far above ε and c leaves x its digits."
            }
            NormName::Layer => ": *scale and shift are forgotten.*",
            NormName::Rms if state.shift_c == 0.0 => ": RMSNorm forgets the scale, not the shift.",
            NormName::Rms => ": RMSNorm does not take the shift out.",
            NormName::DyT | NormName::None => ": without statistics nothing is forgotten.",
            NormName::Batch if state.evaluates() => {
                ": the running statistics are those of the input before, so a and c go through."
            }
            NormName::Batch | NormName::Instance | NormName::Group => {
                ": all tokens move together, so the shared statistics take it out. *One token alone would show.*"
            }
        }
    };
    format!("{moved}{why}{twice}{tried}")
}

/// A feature's output before and after.
pub fn invariance_tip(state: &NormalizeState, feature: usize, before: f64, after: f64) -> String {
    format!(
        "token {}, feature {feature}: {} before, {} after",
        state.row(),
        known(before),
        known(after)
    )
}

/// The norm whose ε is shown: that of one token.
pub fn eps_norm(state: &NormalizeState) -> &'static str {
    if state.norm == NormName::Rms {
        "RMSNorm"
    } else {
        "LayerNorm"
    }
}

/// What is left of the token: symbol and note.
pub fn eps_head(state: &NormalizeState) -> (&'static str, String) {
    let symbol = if state.norm == NormName::Rms {
        "√(mean x̂²)"
    } else {
        "std x̂"
    };
    let note = format!("{}, token {}", eps_norm(state), state.row());
    (symbol, note)
}

/// The curves of ε: inside and outside of the root, and in half precision.
pub fn eps_names(state: &NormalizeState) -> [&'static str; 3] {
    if state.norm == NormName::Rms {
        [
            "√(m + ε), m = mean x²",
            "√m + ε",
            "√(m + ε) in half precision",
        ]
    } else {
        ["√(σ² + ε)", "σ + ε", "√(σ² + ε) in half precision"]
    }
}

/// What ε leaves of small inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrunk {
    /// What is left at a = 1, 0.1, 0.01 and 0.001, with ε inside of the root.
    pub inside: [f64; 4],
    /// The same with ε outside.
    pub outside: [f64; 4],
    /// At how many of the scales half precision has no value.
    pub n_undefined: usize,
    /// ε in half precision.
    pub half_eps: f64,
    /// Whether the token is made of numbers.
    pub is_finite: bool,
}

/// What ε does to small inputs.
pub fn eps_summary(state: &NormalizeState, shrunk: &Shrunk) -> String {
    let why = match state.norm {
        NormName::Layer | NormName::Rms => String::new(),
        NormName::DyT => "tanh has no ε: this is what LayerNorm would do. ".to_owned(),
        NormName::None => "No norm, no ε: this is what LayerNorm would do. ".to_owned(),
        NormName::Batch | NormName::Instance | NormName::Group => {
            "This is LayerNorm, with the σ of one token; the norm chosen does the same with each σ of its own. "
                .to_owned()
        }
    };
    if !shrunk.is_finite {
        return format!(
            "{why}*There is no x̂*: {}.",
            self::why(Some(Trouble::NoNumber))
        );
    }
    if shrunk.inside.iter().all(|value| value.is_nan()) {
        let (all, spread) = if state.norm == NormName::Rms {
            ("0", "the root mean square")
        } else {
            ("equal", "σ")
        };
        return format!(
            "{why}*There is no x̂*: all features of token {} are {all}, so {spread} is 0, and without ε that is 0/0. Any ε above 0 makes it 0.",
            state.row()
        );
    }
    let shown = |values: [f64; 4]| {
        let shown = values.map(|value| {
            if value.is_nan() {
                "0/0".to_owned()
            } else {
                format_value(value, 3)
            }
        });
        shown.join(", ")
    };
    let half = if state.eps > 0.0 && shrunk.half_eps == 0.0 {
        format!(
            " *In half precision ε = {} is 0*: the smallest number above it is 6e-8, and at {} of the scales drawn x̂ is infinite or 0/0.",
            format_value(state.eps, 3),
            shrunk.n_undefined
        )
    } else if shrunk.n_undefined > 0 {
        " In half precision small variances are 0, and large ones are infinite.".to_owned()
    } else {
        String::new()
    };
    let (symbol, _) = eps_head(state);
    let [square, root] = if state.norm == NormName::Rms {
        ["mean x²", "its root"]
    } else {
        ["σ²", "σ itself"]
    };
    format!(
        "{why}The input times 1, 0.1, 0.01 and 0.001: {symbol} is *{}* with ε inside of the root, {} with ε outside. Inside, the norm stops stretching where {square} comes down to ε, outside where {root} does.{half}",
        shown(shrunk.inside),
        shown(shrunk.outside)
    )
}

/// Says where γ and β cannot be set to what would restore the token; `None` where they were.
pub fn undo_notice(state: &NormalizeState, [gamma, beta]: [f64; 2]) -> Option<Notice> {
    let is_set = |set: f64, wanted: f64| (set - wanted).abs() <= f64::EPSILON * wanted.abs();
    if is_set(state.gamma, gamma) && (!state.has_beta() || is_set(state.beta, beta)) {
        return None;
    }
    let (min, max) = LIMITS;
    let range = format!("{} to {}", n(min), n(max));
    Some(if state.has_beta() {
        Notice::new(
            "γ and β",
            &format!("{} and {}", n(gamma), n(beta)),
            range,
            format!(
                "{} and {} are used, which do not restore the token",
                n(state.gamma),
                n(state.beta)
            ),
        )
    } else {
        Notice::new(
            "γ",
            &n(gamma),
            range,
            format!(
                "{} is used, which does not restore the token",
                n(state.gamma)
            ),
        )
    })
}

/// A token that γ and β are tried on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// The token.
    pub row_idx: usize,
    /// By how much y, of the γ and β that are set, misses x where both are numbers; NaN where there are none.
    pub by_set: f64,
    /// By how much those miss it that restore the first token; NaN where some of x̂ is no number.
    pub by_undoing: f64,
    /// Why some of its x̂ is no number.
    pub trouble: Option<Trouble>,
}

impl Tried {
    fn name(&self) -> String {
        format!("token {}", self.row_idx)
    }

    /// How exactly a token comes back.
    fn up_to(&self) -> String {
        if self.by_undoing.is_nan() {
            "where x̂ is a number".to_owned()
        } else {
            format!("up to *{}*", format_value(self.by_undoing, 3))
        }
    }
}

/// By how much y misses x.
pub fn missed(tried: &Tried) -> String {
    if tried.by_set.is_nan() {
        // A caption has room for a few words; the summary says it in full.
        return match tried.trouble {
            Some(Trouble::TooFew) => "too few values",
            other => why(other),
        }
        .to_owned();
    }
    let shown = format_value(tried.by_set, 3);
    if tried.trouble.is_some() {
        format!("misses x by {shown} where x̂ is a number")
    } else {
        format!("misses x by {shown}")
    }
}

/// What γ and β take back: those that are set, and those that restore the first of two tokens.
pub fn undo_summary(state: &NormalizeState, tried: &[Tried; 2], undoing: [f64; 2]) -> String {
    let [here, other] = tried;
    if here.by_set.is_nan() {
        return format!("*There is nothing to restore*: {}.", why(here.trouble));
    }
    let has_other = here.row_idx != other.row_idx;
    let set = if !state.affine {
        "Without γ and β".to_owned()
    } else if state.has_own() {
        "With each feature's own γ and β as they are set".to_owned()
    } else if state.has_beta() {
        format!("With γ = {} and β = {}", n(state.gamma), n(state.beta))
    } else {
        format!("With γ = {}", n(state.gamma))
    };
    let missed = format_value(here.by_set, 3);
    let set = if has_other && !other.by_set.is_nan() {
        format!(
            "{set}, y misses {} by *{missed}* and {} by *{}*.",
            here.name(),
            other.name(),
            format_value(other.by_set, 3)
        )
    } else {
        format!("{set}, y misses {} by *{missed}*.", here.name())
    };
    format!("{set} {}", undoing_words(state, tried, undoing))
}

/// Which γ and β restore the first of two tokens, and what they make of the second.
fn undoing_words(
    state: &NormalizeState,
    [here, other]: &[Tried; 2],
    [gamma, beta]: [f64; 2],
) -> String {
    let (restore, miss) = match state.norm {
        NormName::None => return "There is no norm to undo: γ = 1 and β = 0 give x.".to_owned(),
        NormName::DyT if state.alpha == 0.0 => {
            return "With α = 0 every x̂ is 0: there is nothing left to restore from.".to_owned();
        }
        NormName::DyT => {
            return format!(
                "*tanh bends, and γ x̂ + β is a straight line*: it cannot take that back for all values. Near 0, where tanh(α x) is about α x, γ = 1/α = {} nearly does.",
                n(state.alpha.recip())
            );
        }
        NormName::Rms => (
            format!("γ = √(mean x² + ε) = {} restores", n(gamma)),
            "it misses",
        ),
        NormName::Layer => (
            format!(
                "γ = √(σ² + ε) = {} and β = μ = {} restore",
                n(gamma),
                n(beta)
            ),
            "they miss",
        ),
        NormName::Group => (
            "γ = √(σ² + ε) and β = μ of each group of features restore".to_owned(),
            "they miss",
        ),
        NormName::Batch | NormName::Instance => (
            "γ = √(σ² + ε) and β = μ of each feature restore".to_owned(),
            "they miss",
        ),
    };
    let restored = format!("{restore} {} {}", here.name(), here.up_to());
    if here.row_idx == other.row_idx {
        return format!("{restored}. There is no other token to try that on.");
    }
    let too = format!("{restored}, *and {} too*, {}", other.name(), other.up_to());
    let is_shared = here.row_idx / state.seq_len == other.row_idx / state.seq_len;
    match state.norm {
        NormName::Batch => format!(
            "{too}: all tokens share them, which is what Ioffe and Szegedy 2015 give γ and β for."
        ),
        NormName::Instance | NormName::Group if is_shared => {
            format!("{too}: all tokens of a sample share them, and there is one sample.")
        }
        _ if other.by_undoing.is_nan() => format!(
            "{restored}. There is no x̂ of {} to try that on: {}.",
            other.name(),
            why(other.trouble)
        ),
        _ if other.by_undoing < NOTHING => format!("{too}: the two are alike in that."),
        NormName::Instance | NormName::Group => format!(
            "{restored}, as all tokens of sample {} share them. *On {}, of sample {}, {miss} by {}*: each sample has a σ and a μ of its own, and γ and β are the same for all.",
            here.row_idx / state.seq_len,
            other.name(),
            other.row_idx / state.seq_len,
            format_value(other.by_undoing, 3)
        ),
        _ => format!(
            "{restored}. *On {} {miss} by {}*: {}.",
            other.name(),
            format_value(other.by_undoing, 3),
            if state.norm == NormName::Rms {
                "each token has a root mean square of its own, and γ is the same for all"
            } else {
                "each token has a σ and a μ of its own, and γ and β are the same for all"
            }
        ),
    }
}
