//! The table's words for every scheme: what it does, who uses it, and what to notice.

use std::f64::consts::TAU;

use figures::number::{format_count, format_value};
use maths::encode::{Wave, frequency, pair_of};
use maths::scaling::{Scaling, ntk_base, scaled_frequency, yarn_ramp};
use maths::schemes::LEARNED_STD;

use super::super::scene::table::Apart;
use super::super::state::{EncodeState, Encoding};
use super::{SINUSOIDAL_LEAD, shape, wave_columns};
use crate::labs::Fact;
use crate::labs::Question;
use crate::settings::number_text;

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "What does each frequency say?",
        answer: "Play the motion. The first dials turn once in a few positions, the last ones hardly move: like the digits of a counter. Each dial's wavelength stands under it.",
        settings: "seq_len=128&d_model=32",
        figure_id: "encode-clock",
    },
    Question {
        asked: "Why not the plain index?",
        answer: "It has one number for every feature, which grows with the length of the text until it drowns the words. Choose pos / L or binary for Scheme: one shrinks its steps when the text grows, the other jumps.",
        settings: "scheme=index&compare=sinusoidal",
        figure_id: "encode-heatmap",
    },
    Question {
        asked: "Learned or fixed?",
        answer: "A learned table has a row for each position of its training and none after, hatched here; a formula has one for every position. Move Rows (max_len) and First position.",
        settings: "seq_len=96&scheme=learned&compare=sinusoidal&max_len=64",
        figure_id: "encode-heatmap",
    },
];

/// What a hatched cell of a learned table means.
pub const NO_ROW: &str = "no row beyond max_len";

/// Why there is nothing to draw.
pub const NOTHING_ADDED: &str = "Nothing is added to the embedding.";

/// Why there is nothing to scale.
pub const NO_WAVES: &str = "Only sinusoids and RoPE have frequencies.";

/// The same as [`NOTHING_ADDED`], and where the scheme is instead.
pub fn nothing_added(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Alibi | Encoding::T5 => {
            "Nothing is added to the embedding: this scheme is inside attention, see the part Attention."
        }
        _ => NOTHING_ADDED,
    }
}

/// What the scheme does, who uses it and where it comes from.
pub fn lead(state: &EncodeState) -> String {
    let lead = match state.scheme {
        Encoding::Sinusoidal => SINUSOIDAL_LEAD,
        Encoding::Learned => {
            "*Added to the embedding*: a row of its own for each position, trained like any other weight, up to max_len rows. \
             BERT (512 rows, Devlin et al. 2019) and GPT-2 (1024 rows, Radford et al. 2019) do so; Vaswani et al. 2017, table 3, \
             found nearly identical results."
        }
        Encoding::Rope => {
            "*Inside attention*: nothing is added; queries and keys are rotated by pos · ω, so that a score depends on their \
             distance only. Llama, GPT-J and GPT-NeoX use it (Su et al. 2021). Below are the sines and cosines of its angles."
        }
        Encoding::Alibi => {
            "*Inside attention*: nothing is added; each score loses a little for each position of distance, more in some heads \
             than in others. BLOOM and MPT use it (Press et al. 2022)."
        }
        Encoding::T5 => {
            "*Inside attention*: nothing is added; each score gets a learned number for its bucket of distances, one for each \
             head. T5 uses it (Raffel et al. 2020)."
        }
        Encoding::None => {
            "*Nothing is added.* A causal decoder can still infer positions from what it may see, an encoder without a mask \
             cannot (Haviv et al. 2022; Kazemnejad et al. 2023)."
        }
        Encoding::Index => {
            "*For comparison*: the plain index in every column, the first idea that one has. Far along it is many times as \
             large as any embedding, and beyond the trained length larger than anything seen."
        }
        Encoding::Fraction => {
            "*For comparison*: the index divided by the length, so that it stays below 1. The same step then means another \
             distance in each length: change it and watch."
        }
        Encoding::Binary => {
            "*For comparison*: the index in binary digits, the lowest first. Sinusoids are its smooth form: low columns \
             change fast, high ones slowly, but none of them jumps."
        }
    };
    lead.to_owned()
}

/// The heading of the table.
pub fn table_title(encoding: Encoding) -> &'static str {
    if encoding == Encoding::Rope {
        "Sines and cosines of the rotation"
    } else {
        "Positional encoding"
    }
}

/// What the table shows and what to notice.
#[allow(clippy::cast_precision_loss)]
pub fn table_summary(state: &EncodeState) -> String {
    let shape = shape(state);
    let last = state.last();
    match state.scheme {
        Encoding::Sinusoidal | Encoding::Rope => waves_summary(state, &shape),
        Encoding::Learned => {
            let beyond = match state.n_beyond() {
                0 => String::new(),
                n => format!(
                    " {} of these positions have *no row*: there are max_len = {}.",
                    format_count(n as u64),
                    format_count(state.max_len),
                ),
            };
            format!(
                "{shape}, drawn from N(0, {}²) as before training: *neighbours are as unlike as strangers*.{beyond}",
                number_text(LEARNED_STD)
            )
        }
        Encoding::Alibi | Encoding::T5 => {
            format!("{shape} of zeros: *all of it happens in the attention scores*.")
        }
        Encoding::None => format!(
            "{shape} of zeros: without a mask, *attention cannot tell one order of the words from another*."
        ),
        Encoding::Index => format!(
            "{shape}, every column the position itself, up to {}. *It has no upper end*, and a row is {} long at the last position.",
            format_count(last),
            format_value(last as f64 * (state.d_model as f64).sqrt(), 4),
        ),
        Encoding::Fraction => format!(
            "{shape}, every column pos / {}. *One position further is {} more here*, and another number in any other length.",
            format_count(state.length()),
            format_value(1.0 / state.length() as f64, 3),
        ),
        Encoding::Binary => {
            let n_digits = (u64::BITS - last.leading_zeros()) as usize;
            let power = last.checked_ilog2().map_or(0, |digit| 1_u64 << digit);
            let jump = if power < 2 {
                String::new()
            } else {
                format!(
                    " *Neighbours may differ in all digits*, as {} and {} do.",
                    format_count(power - 1),
                    format_count(power),
                )
            };
            format!(
                "{shape}, digit by digit: {n_digits} digits are enough for position {}, the others stay 0.{jump}",
                format_count(last),
            )
        }
    }
}

fn waves_summary(state: &EncodeState, shape: &str) -> String {
    let n_pairs = state.d_model / 2;
    let scaling = state.scaling();
    let length = |pair| wavelength(state, pair, scaling);
    let mut text = format!(
        "{shape}, values from −1 to 1. Wavelengths from *{}* to *{}* positions",
        format_value(length(0), 3),
        format_value(length(n_pairs - 1), 4),
    );
    if scaling == Scaling::None {
        text.push('.');
    } else {
        text.push_str(&format!(
            "; unscaled, from {} to {}.",
            format_value(wavelength(state, 0, Scaling::None), 3),
            format_value(wavelength(state, n_pairs - 1, Scaling::None), 4),
        ));
    }
    text
}

fn wavelength(state: &EncodeState, pair: usize, scaling: Scaling) -> f64 {
    TAU / scaled_frequency(pair, state.d_model, state.base, scaling)
}

/// The names over the three panels of a comparison.
pub fn compared_names(state: &EncodeState, other: Encoding) -> [String; 3] {
    let scaled = if state.scaling() == Scaling::None {
        ""
    } else {
        ", scaled"
    };
    [
        format!("{}{scaled}", state.scheme.label()),
        other.label().to_owned(),
        "first − second".to_owned(),
    ]
}

/// How far two tables are from each other.
pub fn apart(apart: Apart) -> String {
    if apart.n_values == 0 {
        return " No cell has a number in both.".to_owned();
    }
    if apart.most == 0.0 {
        return " *Both tables are the same.*".to_owned();
    }
    format!(
        " The two differ by *{}* on average (root mean square), by {} at most.",
        format_value(apart.rms, 3),
        format_value(apart.most, 3),
    )
}

/// What the vector shows: how long it is.
pub fn vector_summary(state: &EncodeState, norm: f64) -> String {
    if !state.scheme.has_rows() {
        return "Zeros: the embedding goes on as it is.".to_owned();
    }
    if norm.is_nan() {
        return format!(
            "*No row*: the table ends at position {}.",
            format_count(state.max_len - 1)
        );
    }
    let note = match state.scheme {
        Encoding::Sinusoidal | Encoding::Rope => "√(d/2), whatever the position",
        Encoding::Learned => "about 0.02 · √d",
        Encoding::Index => "pos · √d",
        Encoding::Fraction => "√d · pos / L",
        _ => "the root of the number of ones",
    };
    format!("Its length is *{}*: {note}.", format_value(norm, 4))
}

/// A curve's name in the legend.
pub fn curve_name(state: &EncodeState, dim: usize) -> String {
    if state.scheme.has_waves() {
        super::curve_name(state, dim)
    } else {
        dim.to_string()
    }
}

/// Which curves there are.
pub fn curves_summary(state: &EncodeState) -> String {
    let dims = state.curves();
    if dims.is_empty() {
        return super::curves_summary(state);
    }
    let list = super::super::state::dims_list(&dims, ", ");
    match state.scheme {
        Encoding::Sinusoidal | Encoding::Rope => {
            let lengths: Vec<_> = dims
                .iter()
                .map(|&dim| {
                    let pair = pair_of(dim, state.d_model, state.layout).idx;
                    format_value(wavelength(state, pair, state.scaling()), 4)
                })
                .collect();
            format!(
                "Dimensions {list} on the same positions. Wavelengths *{}* positions.",
                lengths.join(", ")
            )
        }
        Encoding::Learned => format!(
            "Dimensions {list}: *no waves*. Between positions there is nothing, and beyond max_len there are no rows."
        ),
        Encoding::Index | Encoding::Fraction => {
            format!("Dimensions {list}: *one and the same line*, each column tells as much as all.")
        }
        Encoding::Binary => format!(
            "Dimensions {list}: digit j has a period of 2^(j+1) positions, *and jumps* where a wave turns."
        ),
        _ => format!("Dimensions {list}: nothing is added."),
    }
}

/// The heading of the dials.
pub fn clock_title(state: &EncodeState) -> String {
    format!("Clocks at position {}", format_count(state.position()))
}

/// How to read the dials, and which pairs have one.
pub fn clock_summary(state: &EncodeState, n_dials: usize) -> String {
    let n_pairs = state.d_model / 2;
    let which = if n_dials < n_pairs {
        format!(
            " {n_dials} of {} pairs have a dial, evenly spaced.",
            format_count(n_pairs as u64)
        )
    } else {
        String::new()
    };
    match state.scheme {
        Encoding::Sinusoidal | Encoding::Rope => format!(
            "Each pair is a hand: to the right its sine, upwards its cosine. *All start at twelve and turn clockwise*, each at \
             its own speed: below stands how many positions a turn takes.{which}"
        ),
        _ if !state.scheme.has_rows() => {
            "No hands: nothing is added to the embedding, whatever the position.".to_owned()
        }
        Encoding::Learned => format!(
            "Two columns as a hand, to the right and upwards: *it jumps from position to position*; before training, nothing \
             turns.{which}"
        ),
        Encoding::Binary => format!(
            "Two digits as a hand, to the right and upwards: *it jumps between four places*.{which}"
        ),
        _ => format!(
            "Two columns as a hand, to the right and upwards: *all hands are the same* and only grow.{which}"
        ),
    }
}

/// What stands under a dial.
pub fn dial_name(state: &EncodeState, pair: usize, wavelength: f64) -> String {
    if state.scheme.has_waves() {
        format_value(wavelength, 3)
    } else {
        let [first, second] = state.columns_of(pair);
        format!("{first}, {second}")
    }
}

/// A dial in numbers.
pub fn dial_tip(state: &EncodeState, pair: usize, (first, second): (f32, f32)) -> String {
    let [right, up] = [first, second].map(|value| format_value(value.into(), 4));
    if !state.scheme.has_waves() {
        let [a, b] = state.columns_of(pair);
        return format!("dimensions {a}, {b}: {right}, {up}");
    }
    let omega = scaled_frequency(pair, state.d_model, state.base, state.scaling());
    #[allow(clippy::cast_precision_loss)]
    let turns = state.position() as f64 * omega / TAU;
    format!(
        "pair {pair} · {} turns so far, one takes {} positions · sin {right}, cos {up}",
        format_value(turns, 4),
        format_value(TAU / omega, 4),
    )
}

/// A cell in numbers; `None` for a difference.
pub fn cell_tip(
    state: &EncodeState,
    encoding: Option<(Encoding, Scaling)>,
    (position, dim): (u64, usize),
    value: f32,
) -> String {
    let shown = format_value(value.into(), 4);
    let Some((encoding, scaling)) = encoding else {
        return format!(
            "position {}, dimension {dim}: {shown}",
            format_count(position)
        );
    };
    match encoding {
        Encoding::Sinusoidal | Encoding::Rope if scaling == Scaling::None => {
            super::cell_tip(state, position, dim, value)
        }
        Encoding::Sinusoidal | Encoding::Rope => {
            let pair = pair_of(dim, state.d_model, state.layout);
            let omega = scaled_frequency(pair.idx, state.d_model, state.base, scaling);
            let wave = if pair.wave == Wave::Sin { "sin" } else { "cos" };
            format!("{wave}({position} · {}) = {shown}", format_value(omega, 4))
        }
        Encoding::Learned if value.is_nan() => {
            format!("no row {position}: the table has {}", state.max_len)
        }
        Encoding::Learned => format!("row {position}, column {dim}: {shown}"),
        Encoding::Index => format!("position {}", format_count(position)),
        Encoding::Fraction => format!("{position} / {} = {shown}", state.length()),
        Encoding::Binary => format!("digit {dim} of {position}: {shown}"),
        _ => nothing_added(encoding).to_owned(),
    }
}

/// The cell that is read in numbers.
pub fn reading(state: &EncodeState, value: f32, norm: f64) -> Vec<Fact> {
    let (position, dim) = (state.position(), state.dimension());
    let mut facts = vec![
        Fact::new("position", format_count(position)),
        Fact::new("dimension", dim.to_string()),
    ];
    if state.scheme.has_waves() {
        let scaling = state.scaling();
        let pair = pair_of(dim, state.d_model, state.layout).idx;
        let omega = scaled_frequency(pair, state.d_model, state.base, scaling);
        let unscaled = frequency(pair, state.d_model, state.base);
        facts.push(Fact::new(
            "frequency ω′",
            format!("{} rad per position", format_value(omega, 3)),
        ));
        facts.push(Fact::new(
            "wavelength",
            format!("{} positions", format_value(TAU / omega, 4)),
        ));
        if scaling != Scaling::None {
            facts.push(Fact::new("ω′ / ω", format_value(omega / unscaled, 3)));
        }
    }
    facts.push(Fact::new("length of the vector", format_value(norm, 4)));
    facts.push(Fact::new(
        "value",
        cell_tip(
            state,
            Some((state.scheme, state.scaling())),
            (position, dim),
            value,
        ),
    ));
    facts
}

/// The scheme's formula with the current numbers put in, as MathML.
pub fn formula(state: &EncodeState) -> String {
    match state.scheme {
        Encoding::Sinusoidal if state.scaling() == Scaling::None => super::formula(state),
        Encoding::Sinusoidal => format!("{}{}", scaled_waves(state), scaling_formula(state)),
        Encoding::Rope => format!("{}{}", rotation(state), scaling_formula(state)),
        Encoding::Learned => format!(
            "<math><msub><mi>PE</mi><mi>pos</mi></msub><mo>=</mo><msub><mi>P</mi><mi>pos</mi></msub><mo>,</mo>\
             <mspace width=\"0.5em\"/><mi>P</mi><mo>∈</mo><msup><mi>ℝ</mi><mrow><mn>{}</mn><mo>×</mo><mn>{}</mn></mrow></msup></math>\
             <span class=\"where\">at first each number from N(0, {}²)</span>",
            state.max_len,
            state.d_model,
            number_text(LEARNED_STD),
        ),
        Encoding::Alibi => "<math><msub><mi>score</mi><mi>h</mi></msub><mo>−</mo><msub><mi>m</mi><mi>h</mi></msub>\
             <mo>·</mo><mo>(</mo><mi>query</mi><mo>−</mo><mi>key</mi><mo>)</mo><mo>,</mo><mspace width=\"0.5em\"/>\
             <msub><mi>m</mi><mi>h</mi></msub><mo>=</mo><msup><mn>2</mn><mrow><mo>−</mo><mn>8</mn><mi>h</mi><mo>/</mo><mi>n</mi></mrow></msup></math>\
             <span class=\"where\">for head h = 1 … n</span>"
            .to_owned(),
        Encoding::T5 => "<math><msub><mi>score</mi><mi>h</mi></msub><mo>+</mo><msub><mi>b</mi><mrow><mi>h</mi><mo>,</mo>\
             <mi>bucket</mi><mo>(</mo><mi>key</mi><mo>−</mo><mi>query</mi><mo>)</mo></mrow></msub></math>\
             <span class=\"where\">b learned, a number for each head and bucket</span>"
            .to_owned(),
        Encoding::None => "<math><msub><mi>x</mi><mi>pos</mi></msub><mo>=</mo><msub><mi>E</mi><mi>word</mi></msub></math>".to_owned(),
        Encoding::Index => element("<mi>pos</mi>"),
        Encoding::Fraction => element(&format!(
            "<mfrac><mi>pos</mi><mn>{}</mn></mfrac>",
            state.length()
        )),
        Encoding::Binary => element(
            "<mo>⌊</mo><mi>pos</mi><mo>/</mo><msup><mn>2</mn><mi>j</mi></msup><mo>⌋</mo><mspace width=\"0.3em\"/><mi>mod</mi>\
             <mspace width=\"0.3em\"/><mn>2</mn>",
        ),
    }
}

fn element(value: &str) -> String {
    format!(
        "<math><msub><mi>PE</mi><mrow><mi>pos</mi><mo>,</mo><mspace width=\"0.15em\"/><mi>j</mi></mrow></msub><mo>=</mo>{value}</math>"
    )
}

/// sin and cos of pos · ω′.
fn scaled_waves(state: &EncodeState) -> String {
    let [sin_column, cos_column] = wave_columns(state);
    [("sin", sin_column), ("cos", cos_column)]
        .map(|(wave, column)| {
            format!(
                "<math><msub><mi>PE</mi><mrow><mi>pos</mi><mo>,</mo><mspace width=\"0.15em\"/>{column}</mrow></msub><mo>=</mo>\
                 <mi>{wave}</mi><mo>(</mo><mi>pos</mi><mo>·</mo>{OMEGA}<mo>)</mo></math>"
            )
        })
        .concat()
}

/// ω′ of pair i.
const OMEGA: &str = "<msubsup><mi>ω</mi><mi>i</mi><mo>′</mo></msubsup>";

/// The rotation of a pair of features of a query or a key.
fn rotation(state: &EncodeState) -> String {
    let angle = "<mi>pos</mi><msub><mi>ω</mi><mi>i</mi></msub>";
    let angle = if state.scaling() == Scaling::None {
        angle.to_owned()
    } else {
        format!("<mi>pos</mi>{OMEGA}")
    };
    format!(
        "<math><mo>(</mo><mtable><mtr><mtd><mi>cos</mi><mo>⁡</mo>{angle}</mtd><mtd><mo>−</mo><mi>sin</mi><mo>⁡</mo>{angle}</mtd></mtr>\
         <mtr><mtd><mi>sin</mi><mo>⁡</mo>{angle}</mtd><mtd><mi>cos</mi><mo>⁡</mo>{angle}</mtd></mtr></mtable><mo>)</mo></math>\
         <span class=\"where\">on pair i of query and key, i = 0 … {}, <math>{}</math></span>",
        state.d_model / 2 - 1,
        omega_formula(state),
    )
}

/// ω of pair i with base and width.
fn omega_formula(state: &EncodeState) -> String {
    format!(
        "<msub><mi>ω</mi><mi>i</mi></msub><mo>=</mo><msup><mn>{}</mn><mrow><mo>−</mo><mn>2</mn><mi>i</mi><mo>/</mo><mn>{}</mn></mrow></msup>",
        number_text(state.base),
        state.d_model,
    )
}

/// How ω′ comes from ω, with the numbers put in.
pub fn scaling_formula(state: &EncodeState) -> String {
    let s = number_text(state.factor);
    let body = match state.scaling() {
        Scaling::None => return String::new(),
        Scaling::Interpolation { .. } => {
            format!("{OMEGA}<mo>=</mo><msub><mi>ω</mi><mi>i</mi></msub><mo>/</mo><mn>{s}</mn>")
        }
        Scaling::Ntk { .. } if state.d_model == 2 => {
            format!("{OMEGA}<mo>=</mo><msub><mi>ω</mi><mi>i</mi></msub>")
        }
        Scaling::Ntk { factor } => format!(
            "<msup><mi>base</mi><mo>′</mo></msup><mo>=</mo><mn>{}</mn><mo>·</mo><msup><mn>{s}</mn><mrow><mn>{}</mn><mo>/</mo><mn>{}</mn></mrow></msup>\
             <mo>=</mo><mn>{}</mn>",
            number_text(state.base),
            state.d_model,
            state.d_model - 2,
            format_value(ntk_base(state.d_model, state.base, factor), 6),
        ),
        Scaling::Yarn { trained_len, .. } => {
            let kept = |omega| yarn_ramp(omega, trained_len);
            let n_pairs = state.d_model / 2;
            let ramps =
                || (0..n_pairs).map(|pair| kept(frequency(pair, state.d_model, state.base)));
            let n_kept = ramps().filter(|&kept| kept >= 1.0).count();
            let n_interpolated = ramps().filter(|&kept| kept <= 0.0).count();
            return format!(
                "<math>{OMEGA}<mo>=</mo><mo>(</mo><mn>1</mn><mo>−</mo><msub><mi>γ</mi><mi>i</mi></msub><mo>)</mo>\
                 <msub><mi>ω</mi><mi>i</mi></msub><mo>/</mo><mn>{s}</mn><mo>+</mo><msub><mi>γ</mi><mi>i</mi></msub><msub><mi>ω</mi><mi>i</mi></msub></math>\
                 <span class=\"where\">the paper's ramp γ: {n_kept} pairs kept, {n_interpolated} interpolated fully, {} between</span>",
                n_pairs - n_kept - n_interpolated,
            );
        }
    };
    format!("<math>{body}</math>")
}
