//! The words on what positions' vectors know of each other.

use std::f64::consts::TAU;

use figures::number::{format_count, format_fixed, format_value};
use maths::encode::pair_of;
use maths::scaling::{Scaling, scaled_frequency};
use maths::shift::{ShiftErrors, WaveRegression, shift_block};
use maths::similarity::Measure;

use super::super::scene::distance::{Closest, Ripples};
use super::super::state::{EncodeState, Encoding};
use crate::labs::Question;
use crate::settings::number_text;

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why sine and cosine, not one of them?",
        answer: "The figure regresses a shifted column on the sine alone, then on the pair: only the pair gives all of it, because a rotation needs both. Move Offset k and Dimension.",
        settings: "d_model=512&dim=128",
        figure_id: "encode-shift",
    },
    Question {
        asked: "Why 10000? Is it a maximum length?",
        answer: "No: drag Base down to 2. The longest wave gets short, and positions still differ from each other, because many waves together do not repeat.",
        settings: "seq_len=512&d_model=512&base=2",
        figure_id: "encode-unique",
    },
    Question {
        asked: "Do the waves repeat?",
        answer: "With one pair of columns they nearly do: some position comes back very close to another. Drag d_model up and the nearest position is soon a neighbour.",
        settings: "seq_len=1024&d_model=2",
        figure_id: "encode-unique",
    },
    Question {
        asked: "Interleaved, or sines and cosines in two halves?",
        answer: "Switch Layout: the table's columns are shuffled, and this map stays as it is. It only matters when weights that were trained with one layout are used with the other.",
        settings: "layout=concatenated",
        figure_id: "encode-similarity",
    },
    Question {
        asked: "Does similarity always fall with distance?",
        answer: "It falls at first, then ripples. Drag Base and d_model: a larger base falls more slowly. And it is the same forwards and backwards: direction has to be learned.",
        settings: "seq_len=256&d_model=512",
        figure_id: "encode-offsets",
    },
];

/// What a hatched pair means, and why there may be nothing to draw.
pub const NOT_COMPARED: &str = "a row is missing or zero";

/// Why there is no nearest position.
pub const NO_OTHER: &str = "One position alone has no other to be near to.";

/// Why there is no M_k.
pub const NO_SHIFT: &str =
    "No matrix shifts these rows: only pairs of sine and cosine can be rotated.";

/// The curves of a shift.
pub const SHIFT_NAMES: [&str; 3] = ["PE(p)", "M_k · PE(p)", "PE(p + k)"];

/// Over the closest pairs.
pub const WIDTHS_HEAD: &str = "the closest pair, by width";

/// How to read the part.
pub fn lead(state: &EncodeState) -> String {
    let what = match state.scheme {
        Encoding::Sinusoidal => {
            "Of two sinusoidal vectors *only the distance between their positions counts*, the same everywhere; that is not put \
             in, it follows from sine and cosine."
        }
        Encoding::Rope => {
            "RoPE rotates by these angles instead of adding them: what holds for the vectors here, *that only the distance \
             counts*, holds there for the scores themselves."
        }
        Encoding::Learned => {
            "Learned rows *know nothing of each other before training*: which positions are near, the data have to teach. What \
             trained tables look like depends on the model."
        }
        Encoding::Index | Encoding::Fraction | Encoding::Binary => {
            "For comparison: how near do neighbouring positions come, and *is it the same everywhere*?"
        }
        _ => {
            "Nothing is added here, so *no position's vector differs from another's*. What ALiBi and T5 know of distance stands \
             in the part Attention."
        }
    };
    format!("{what} Point at a pair of positions: its offset is read in every figure.")
}

/// What is measured, and the rotation of the pair that is read, with the numbers put in.
#[allow(clippy::cast_precision_loss)]
pub fn formula(state: &EncodeState) -> String {
    let k = state.offset;
    if !state.scheme.has_waves() {
        return match state.measure {
            Measure::Dot => "<math><mi>PE</mi><mo>(</mo><mi>p</mi><mo>)</mo><mo>·</mo><mi>PE</mi><mo>(</mo><mi>q</mi><mo>)</mo></math>".to_owned(),
            Measure::Cosine => "<math><mfrac><mrow><mi>PE</mi><mo>(</mo><mi>p</mi><mo>)</mo><mo>·</mo><mi>PE</mi><mo>(</mo><mi>q</mi><mo>)</mo></mrow>\
                <mrow><mo>‖</mo><mi>PE</mi><mo>(</mo><mi>p</mi><mo>)</mo><mo>‖</mo><mo>‖</mo><mi>PE</mi><mo>(</mo><mi>q</mi><mo>)</mo><mo>‖</mo></mrow></mfrac></math>".to_owned(),
        };
    }
    let omega = |pair| scaled_frequency(pair, state.d_model, state.base, state.scaling());
    let n_pairs = state.d_model / 2;
    let sum: f64 = (0..n_pairs)
        .map(|pair| (k as f64 * omega(pair)).cos())
        .sum();
    let pair = read_pair(state);
    let [[cos, sin], [minus_sin, _]] =
        shift_block(omega(pair), k).map(|row| row.map(|value| format_value(value, 3)));
    format!(
        "<math><mi>PE</mi><mo>(</mo><mi>p</mi><mo>)</mo><mo>·</mo><mi>PE</mi><mo>(</mo><mi>p</mi><mo>+</mo><mn>{k}</mn><mo>)</mo><mo>=</mo>\
         <munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>0</mn></mrow><mn>{}</mn></munderover><mi>cos</mi><mo>(</mo><mn>{k}</mn>\
         <msub><mi>ω</mi><mi>i</mi></msub><mo>)</mo><mo>=</mo><mn>{}</mn></math>\
         <math><mi>PE</mi><mo>(</mo><mi>p</mi><mo>+</mo><mn>{k}</mn><mo>)</mo><mo>=</mo><msub><mi>M</mi><mn>{k}</mn></msub><mi>PE</mi><mo>(</mo><mi>p</mi><mo>)</mo></math>\
         <span class=\"where\">on pair {pair}: <math><mo>(</mo><mtable><mtr><mtd><mn>{cos}</mn></mtd><mtd><mn>{sin}</mn></mtd></mtr>\
         <mtr><mtd><mn>{minus_sin}</mn></mtd><mtd><mn>{cos}</mn></mtd></mtr></mtable><mo>)</mo></math></span>",
        n_pairs - 1,
        format_value(sum, 4),
    )
}

fn read_pair(state: &EncodeState) -> usize {
    pair_of(state.dimension(), state.d_model, state.pairing()).idx
}

/// The heading of the map.
pub fn similarity_title(measure: Measure) -> &'static str {
    match measure {
        Measure::Dot => "Dot product, position × position",
        Measure::Cosine => "Cosine, position × position",
    }
}

/// What the map shows and what to notice.
#[allow(clippy::cast_precision_loss)]
pub fn similarity_summary(state: &EncodeState, (min, max): (f32, f32), n_rows: usize) -> String {
    let n = format_count(state.seq_len as u64);
    let mut text = format!(
        "{n} × {n} positions, from {} to {}.",
        format_value(min.into(), 3),
        format_value(max.into(), 3),
    );
    text.push_str(match state.scheme {
        Encoding::Sinusoidal | Encoding::Rope => {
            " *Stripes along the diagonal*: only the offset counts. Another layout shuffles the columns and changes nothing here."
        }
        Encoding::Learned => " *Nothing but the diagonal stands out*: rows drawn at random are nearly at right angles.",
        Encoding::Index | Encoding::Fraction if state.measure == Measure::Dot => {
            " *The later a position, the larger*: the last one is most similar to all others, though not the nearest."
        }
        Encoding::Index | Encoding::Fraction => {
            " *All rows point the same way*: to the cosine, positions are no different."
        }
        Encoding::Binary => " *Blocks within blocks*: how alike two positions are depends on where they are.",
        _ => " Nothing is added, so *nothing tells positions apart*.",
    });
    if n_rows < state.seq_len {
        let per_row = state.seq_len as f64 / n_rows as f64;
        let per_row = format_value(per_row, 4);
        text.push_str(&format!(
            " Each value is the mean of {per_row} × {per_row} pairs, in the files too."
        ));
    }
    text
}

/// A pair of positions in numbers.
pub fn pair_tip(measure: Measure, [p, q]: [u64; 2], value: f64) -> String {
    let what = match measure {
        Measure::Dot => format!("PE({p}) · PE({q})"),
        Measure::Cosine => format!("cosine of PE({p}) and PE({q})"),
    };
    format!(
        "{what} = {} · {} apart",
        format_value(value, 4),
        format_count(p.abs_diff(q))
    )
}

/// What the offsets show and what to notice.
pub fn offsets_summary(state: &EncodeState, ripples: Ripples) -> String {
    let Ripples {
        done,
        at_zero,
        widest,
        size,
        first_rise,
        rising: (n_rising, n_first),
    } = ripples;
    let mut text = String::new();
    if done < 1.0 {
        text.push_str(&format!(
            "*{} %* of all pairs so far. ",
            format_value((done * 100.0).floor(), 3)
        ));
    }
    if size == 0.0 || at_zero.is_nan() {
        text.push_str("At every offset the same: nothing tells positions apart.");
        return text;
    }
    // Rounding of a sum in f32 stays far below that.
    if widest <= 1e-4 * size {
        text.push_str(&format!(
            "All pairs k apart: *the band has no width* (at most {}, rounding), only the offset counts.",
            format_value(widest.into(), 2)
        ));
    } else {
        text.push_str(&format!(
            "All pairs k apart: mean, smallest and largest. *The band is up to {} wide*: at the same offset, pairs differ.",
            format_value(widest.into(), 3)
        ));
    }
    if !state.scheme.has_waves() {
        return text;
    }
    match first_rise {
        Some(k) => text.push_str(&format!(
            " It falls from {} until k = {k}, then *ripples*: {n_rising} of the first {n_first} steps go up. The same for −k: \
             which way is forward, attention has to learn.",
            format_value(at_zero.into(), 4),
        )),
        None if n_first > 0 => text.push_str(&format!(
            " From {} it falls at each of these {n_first} steps: more positions show where it rises.",
            format_value(at_zero.into(), 4)
        )),
        None => {}
    }
    text
}

/// An offset in numbers.
pub fn offset_tip(offset: u64, mean: f32, (min, max): (f32, f32)) -> String {
    let [mean, min, max] = [mean, min, max].map(|value| format_value(value.into(), 4));
    format!(
        "{} apart: mean {mean}, from {min} to {max}",
        format_count(offset)
    )
}

/// The heading of the shift.
pub fn shift_title(offset: u64) -> String {
    format!(
        "One rotation shifts every position by {}",
        format_count(offset)
    )
}

/// Over the curves of a shift.
pub fn shift_head(dim: usize) -> String {
    format!("dimension {dim}")
}

/// Over the blocks.
pub fn blocks_head(state: &EncodeState) -> String {
    let n_pairs = state.d_model / 2;
    format!("M of {} blocks", format_count(n_pairs as u64))
}

/// What the shift shows and what to notice.
pub fn shift_summary(
    state: &EncodeState,
    n_rows: usize,
    errors: ShiftErrors,
    regression: Option<WaveRegression>,
) -> String {
    let which = if n_rows < state.seq_len {
        format!("the first {}", format_count(n_rows as u64))
    } else {
        "all".to_owned()
    };
    let mut text = format!(
        "*M_k · PE(p), as steps, lies on PE(p + k), as a curve*, for {which} positions and all dimensions: the largest error is \
         {} in f32, {} in f64.",
        format_value(errors.of_f32, 2),
        format_value(errors.of_f64, 2),
    );
    if let Some(WaveRegression { on_sine, on_pair }) = regression
        && on_sine.is_finite()
        && on_pair.is_finite()
    {
        text.push_str(&format!(
            " Why both sine and cosine: from the sine alone, regression gets R² = *{}* of the shifted dimension {}, from the pair \
             *{}*.",
            format_fixed(on_sine, 2),
            state.dimension(),
            format_fixed(on_pair, 2),
        ));
    }
    text
}

/// What is said where nothing can be rotated.
pub fn no_shift(encoding: Encoding) -> String {
    match encoding {
        Encoding::Learned => "Learned rows: *no one matrix shifts them all*, unless training makes it so. The files hold the table as it is.".to_owned(),
        Encoding::Index | Encoding::Fraction => "Here the shift is a number that is added, not a matrix: *it changes the length of every row*. The files hold the table as it is.".to_owned(),
        Encoding::Binary => "Adding k to binary digits carries from digit to digit: *no matrix does that*. The files hold the table as it is.".to_owned(),
        _ => "Nothing is added, so there is nothing to shift: *the files hold zeros*.".to_owned(),
    }
}

/// A number of a block.
pub fn block_number(value: f64) -> String {
    format_fixed(value, 2)
}

/// A block's name.
pub fn block_name(state: &EncodeState, pair: usize) -> String {
    format!("pair {pair}, {}°", format_value(degrees(state, pair), 3))
}

#[allow(clippy::cast_precision_loss)]
fn degrees(state: &EncodeState, pair: usize) -> f64 {
    let omega = scaled_frequency(pair, state.d_model, state.base, state.scaling());
    (state.offset as f64 * omega).rem_euclid(TAU) / TAU * 360.0
}

/// A block in numbers.
pub fn block_tip(state: &EncodeState, pair: usize) -> String {
    format!(
        "pair {pair}: rotated by k · ω = {}°",
        format_value(degrees(state, pair), 4)
    )
}

/// A position of a shift in numbers.
pub fn shift_tip(state: &EncodeState, position: u64, (moved, shifted): (f32, f32)) -> String {
    let [moved, shifted] = [moved, shifted].map(|value| format_value(value.into(), 4));
    format!(
        "p = {} · M_k · PE(p): {moved} · PE({}): {shifted}",
        format_count(position),
        position.saturating_add(state.offset)
    )
}

/// Whether positions can be told apart.
pub fn unique_summary(
    state: &EncodeState,
    closest: Option<Closest>,
    stride: usize,
    bfloat16: Option<usize>,
) -> String {
    let Some(Closest {
        positions: [a, b],
        distance,
    }) = closest
    else {
        return if state.seq_len == 1 {
            NO_OTHER.to_owned()
        } else {
            "No two of these positions have a row, so there is *nothing to tell apart*.".to_owned()
        };
    };
    if distance == 0.0 {
        return format!(
            "Positions {} and {} have *the same row*: nothing can tell them apart.",
            format_count(a),
            format_count(b)
        );
    }
    let mut text = format!(
        "The closest pair: positions {} and {}, *{}* apart.",
        format_count(a),
        format_count(b),
        format_value(distance, 3)
    );
    if stride > 1 {
        text.push_str(&format!(
            " One position in {stride} is measured, against all others."
        ));
    }
    if state.scheme.has_waves() {
        let is_neighbour = a.abs_diff(b) == 1;
        text.push_str(if is_neighbour {
            " *The neighbours are the nearest*"
        } else {
            " *The waves nearly repeat*, never quite: π is irrational"
        });
        match bfloat16.filter(|_| state.scaling() == Scaling::None) {
            Some(width) => {
                let from = if width > 2 {
                    format!(
                        "f32 tells all {{}} positions apart at d_model = 2, bfloat16 from {width} on"
                    )
                } else {
                    "f32 and even bfloat16 tell all {} positions apart at d_model = 2".to_owned()
                };
                let from = from.replace("{}", &format_count(state.seq_len as u64));
                text.push_str(&format!(
                    ". With base {}, {from}: *the base is no maximum length*.",
                    number_text(state.base),
                ));
            }
            None => text.push('.'),
        }
    }
    text
}

/// A position's nearest in numbers.
pub fn unique_tip(position: f32, distance: f32) -> String {
    format!(
        "position {}: the nearest other one is {} away",
        format_value(position.into(), 7),
        format_value(distance.into(), 4)
    )
}

/// A width's closest pair in numbers.
pub fn width_tip(width: usize, distance: f32) -> String {
    format!(
        "d_model = {width}: the closest pair is {} apart",
        format_value(distance.into(), 3)
    )
}
