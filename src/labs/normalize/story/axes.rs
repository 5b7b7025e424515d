//! The words about axes: the block, all norms side by side, one change.

use figures::number::format_count;
use maths::normalize::Groups;
use maths::statistics::summarize;
use ndarray::ArrayView2;

use super::{Reading, counted, n, sized, token_name};
use crate::labs::normalize::state::{NormName, NormalizeState};
use crate::labs::{Fact, Question};

pub use super::TOO_FEW;

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "Over which axis?",
        answer: "Point at a cell: all cells that share its mean and variance light up, and their pairs are counted beside the formula. Change Normalization, then d_model, Sequence length and Batch size.",
        settings: "norm=batch",
        figure_id: "normalize-axes",
    },
    Question {
        asked: "Does the padding of other sentences change mine?",
        answer: "Under batch norm, yes: its zeros count in every feature's mean and variance, unless they are masked. Switch Padding and Padding counts, and change a token of another sentence.",
        settings: "norm=batch&padding=on&token=9",
        figure_id: "normalize-change",
    },
    Question {
        asked: "Change one token: which outputs move?",
        answer: "Those whose statistics it is in. Move Token and Added, and compare the rows: under LayerNorm nobody else notices.",
        settings: "norm=instance",
        figure_id: "normalize-change",
    },
];

/// How many outputs, in how many tokens, a change moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Numbers of the output.
    pub n_outputs: usize,
    /// Tokens with at least one of them.
    pub n_tokens: usize,
}

/// A norm as it is called in running text.
pub fn norm_word(name: NormName) -> &'static str {
    match name {
        NormName::Layer => "LayerNorm",
        NormName::Rms => "RMSNorm",
        NormName::Batch => "batch norm",
        NormName::Instance => "instance norm",
        NormName::Group => "group norm",
        NormName::DyT => "DyT",
        NormName::None => "none",
    }
}

/// What shares a mean and a variance, B samples, T tokens, C features.
pub fn axes_of(name: NormName) -> &'static str {
    match name {
        NormName::Layer => "over C",
        NormName::Rms => "over C, no mean",
        NormName::Batch => "over B and T",
        NormName::Instance => "over T",
        NormName::Group => "over T and C/G",
        NormName::DyT | NormName::None => "no statistics",
    }
}

/// The names of those that stand side by side.
pub fn norm_names() -> Vec<String> {
    NormName::COMPARED
        .map(|name| norm_word(name).to_owned())
        .to_vec()
}

/// How to read the part.
pub fn lead(_: &NormalizeState) -> String {
    "Each norm makes groups of the activations and takes one mean and one variance for each. *Point at a cell* to see its group; change a token to see whose outputs feel it.".to_owned()
}

/// μ over a group, as MathML.
pub fn formula(state: &NormalizeState) -> String {
    let (of, sum, count) = match state.norm {
        NormName::Layer | NormName::Rms => ("b,t", "c", "C"),
        NormName::Batch => ("c", "b,t", "B T"),
        NormName::Instance => ("b,c", "t", "T"),
        NormName::Group => ("b,g", "t, c in g", "T C/G"),
        NormName::DyT => {
            return "<math><mover><mi>x</mi><mo>^</mo></mover><mo>=</mo><mi>tanh</mi><mo>(</mo><mi>α</mi><mi>x</mi><mo>)</mo></math>".to_owned();
        }
        NormName::None => {
            return "<math><mover><mi>x</mi><mo>^</mo></mover><mo>=</mo><mi>x</mi></math>"
                .to_owned();
        }
    };
    let value = "<msub><mi>x</mi><mtext>b,t,c</mtext></msub>";
    let (symbol, class, value) = if state.norm == NormName::Rms {
        (
            "mean x²",
            "sigma",
            format!("<msup><mrow>{value}</mrow><mn>2</mn></msup>"),
        )
    } else {
        ("μ", "mu", value.to_owned())
    };
    format!(
        "<math><msub><mi class=\"{class}\">{symbol}</mi><mtext>{of}</mtext></msub><mo>=</mo>\
         <mfrac><mn>1</mn><mtext>{count}</mtext></mfrac><munder><mo>∑</mo><mtext>{sum}</mtext></munder>{value}</math>"
    )
}

/// The numbers of the block, beside the formula.
pub fn facts(state: &NormalizeState, groups: &Groups) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("B", state.batch.to_string()),
        Fact::new("T", state.seq_len.to_string()),
        Fact::new("C", state.d_model.to_string()),
    ];
    if state.norm == NormName::Group {
        facts.push(Fact::new("G", state.n_groups().to_string()));
    }
    facts.push(Fact::new(
        pair_word(state.norm),
        format_count(groups.count() as u64),
    ));
    facts.push(Fact::new("values each", format_count(groups.size() as u64)));
    facts
}

/// What there is one of for each group.
fn pair_word(name: NormName) -> &'static str {
    if name == NormName::Rms {
        "mean squares"
    } else {
        "pairs of μ and σ"
    }
}

/// The same of one.
fn one_word(name: NormName) -> &'static str {
    if name == NormName::Rms {
        "mean square"
    } else {
        "pair of μ and σ"
    }
}

/// The heading of the block.
pub fn block_title(state: &NormalizeState) -> String {
    format!(
        "Which values share a mean and a variance: {}",
        norm_word(state.norm)
    )
}

/// What the groups are, counted.
pub fn block_caption(state: &NormalizeState, groups: &Groups) -> String {
    if groups.count() == 0 {
        return "no mean, no variance: each value by itself".to_owned();
    }
    format!(
        "{} {}, each of {}",
        format_count(groups.count() as u64),
        if groups.count() == 1 {
            one_word(state.norm)
        } else {
            pair_word(state.norm)
        },
        counted(groups.size(), "value"),
    )
}

/// What the block shows.
pub fn block_summary(state: &NormalizeState, groups: &Groups, is_whole: bool) -> String {
    let shape = format!(
        "{} × {} × {} features",
        counted(state.batch, "sample"),
        counted(state.seq_len, "token"),
        state.d_model
    );
    let drawn = if is_whole { "" } else { ", some of them drawn" };
    let count = |name: &str| format!("*{}*, {name}", block_caption(state, groups),);
    let what = match state.norm {
        NormName::Layer => count(
            "one for each token. Wu & He's well-known picture of layer norm is of images and takes (C, H, W) together; a transformer's takes C alone. Over (T, C) it would be group norm with one group",
        ),
        NormName::Rms => count("one for each token, as in LayerNorm"),
        NormName::Batch => count("one for each feature, over everybody's tokens"),
        NormName::Instance => count("one for each feature of each sample"),
        NormName::Group => count("one for each group of features of each sample"),
        NormName::DyT | NormName::None => {
            "*Nothing is shared*: there is no mean and no variance".to_owned()
        }
    };
    format!("{shape}{drawn}. {what}.")
}

/// A cell of the block.
pub fn block_tip(state: &NormalizeState, groups: &Groups, reading: &Reading) -> String {
    let Reading {
        row_idx, feature, ..
    } = *reading;
    let name = token_name(state, row_idx);
    let moments = match (reading.trouble, state.norm) {
        (Some(_), _) => String::new(),
        (None, NormName::Rms) => format!(", mean square {}", n(reading.variance)),
        (None, _) => format!(
            ", μ = {}, σ = {}",
            n(reading.mean),
            n(reading.variance.sqrt())
        ),
    };
    let cell = [row_idx / state.seq_len, row_idx % state.seq_len, feature];
    match groups.group_of(cell) {
        Some(group) => format!(
            "{name}, feature {feature}: group {group} of {}, {}{moments}",
            format_count(groups.count() as u64),
            counted(groups.size(), "value"),
        ),
        None => format!("{name}, feature {feature}: by itself"),
    }
}

/// The heading of the norms side by side.
pub fn norms_title(state: &NormalizeState, sample: usize) -> String {
    if state.batch == 1 {
        return "One sample, every norm".to_owned();
    }
    format!("Sample {sample}, every norm")
}

/// The smallest and the largest mean and std of groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranges {
    mean: [f64; 2],
    std: [f64; 2],
}

/// Of the groups with these means and stds; `None` where there are none, or where one is no number.
pub fn ranges(moments: impl Iterator<Item = (f64, f64)>) -> Option<Ranges> {
    let mut ranges: Option<Ranges> = None;
    for (mean, std) in moments {
        if !mean.is_finite() || !std.is_finite() {
            return None;
        }
        let Ranges {
            mean: [low, high],
            std: [least, most],
        } = ranges.unwrap_or(Ranges {
            mean: [mean; 2],
            std: [std; 2],
        });
        ranges = Some(Ranges {
            mean: [low.min(mean), high.max(mean)],
            std: [least.min(std), most.max(std)],
        });
    }
    ranges
}

/// Of the tokens.
pub fn ranges_of_tokens(values: ArrayView2<'_, f32>) -> Option<Ranges> {
    let summaries = values
        .outer_iter()
        .map(|row| summarize(row.to_slice().unwrap_or_default()));
    ranges(summaries.map(|it| {
        if it.n_finite < it.n {
            (f64::NAN, f64::NAN)
        } else {
            (it.mean, it.std)
        }
    }))
}

/// Two ends of a range, or one number where they read alike.
fn between([low, high]: [f64; 2], size: f64) -> String {
    let (low, high) = (sized(low, size), sized(high, size));
    if low == high {
        return low;
    }
    format!("{low} to {high}")
}

/// Mean and std of what a norm gives the same, or of the tokens where it has no groups.
pub fn moments_caption(name: NormName, ranges: Option<Ranges>) -> String {
    let of = match name {
        NormName::Batch => "features of all samples",
        NormName::Instance => "features",
        NormName::Group => "groups",
        _ => "tokens",
    };
    match ranges {
        Some(Ranges { mean, std }) => {
            let size = std[1];
            format!(
                "{of}: mean {}, std {}",
                between(mean, size),
                between(std, size)
            )
        }
        None => "not all are numbers".to_owned(),
    }
}

/// What the norms side by side show.
pub fn norms_summary(state: &NormalizeState, outputs: [ArrayView2<'_, f32>; 6]) -> String {
    let mut alike = Vec::new();
    let mut different = Vec::new();
    let mut without = Vec::new();
    for (name, values) in NormName::COMPARED.into_iter().zip(outputs) {
        match ranges_of_tokens(values) {
            Some(Ranges {
                std: [least, most], ..
            }) if most - least <= 0.01 * most => alike.push(norm_word(name)),
            Some(_) => different.push(norm_word(name)),
            None => without.push(norm_word(name)),
        }
    }
    let list = |names: &[&str]| names.join(", ");
    let tokens = format!(
        "{} of {} features",
        counted(state.seq_len, "token"),
        state.d_model
    );
    let said = match (alike.is_empty(), different.is_empty()) {
        (true, true) => "*no norm gives numbers alone*".to_owned(),
        (false, true) => format!("*all tokens have the same std* after {}", list(&alike)),
        (true, false) => format!(
            "*tokens keep a std of their own* after {}",
            list(&different)
        ),
        (false, false) => format!(
            "*all tokens have the same std after {}*; after {} each keeps one of its own",
            list(&alike),
            list(&different)
        ),
    };
    let missing = if without.is_empty() {
        String::new()
    } else {
        format!("; not all is a number after {}", list(&without))
    };
    format!(
        "The same {tokens} on the same colours: {said}{missing}. Batch norm takes its statistics from all samples."
    )
}

/// An output of one norm.
pub fn norms_tip(
    state: &NormalizeState,
    name: NormName,
    [row_idx, feature]: [usize; 2],
    [x, y]: [f32; 2],
) -> String {
    format!(
        "{}, {}, feature {feature}: x = {}, y = {}",
        norm_word(name),
        token_name(state, row_idx),
        n(f64::from(x)),
        n(f64::from(y))
    )
}

/// What is changed.
pub fn change_caption(state: &NormalizeState) -> String {
    let nudge = n(state.nudge);
    let name = token_name(state, state.row());
    if state.nudges_one {
        return format!("{nudge} added to feature {} of {name}", state.column());
    }
    format!("{nudge} added to and taken from the features of {name}, in turn")
}

/// What the change shows.
pub fn change_summary(state: &NormalizeState, moved: &[Moved; 6], is_too_few: bool) -> String {
    if state.nudge == 0.0 {
        return "Nothing is added, so nothing moves. *Move “Added”* and watch whose outputs follow.".to_owned();
    }
    if state.is_padding(state.row()) {
        return "The selected token is padding: *nobody reads it*, so nothing moves. Choose another one.".to_owned();
    }
    let mut text = String::from("Outputs that move, and in how many tokens:");
    for (idx, (name, moved)) in NormName::COMPARED.into_iter().zip(moved).enumerate() {
        text.push_str(if idx == 0 { " " } else { "; " });
        text.push_str(norm_word(name));
        if is_too_few && name == NormName::Batch {
            text.push_str(" cannot be trained on one value per feature");
            continue;
        }
        text.push_str(" *");
        text.push_str(&format_count(moved.n_outputs as u64));
        text.push_str(" in ");
        text.push_str(&format_count(moved.n_tokens as u64));
        text.push('*');
    }
    text.push('.');
    text
}

/// How far a token moved.
pub fn change_tip(state: &NormalizeState, name: NormName, row_idx: usize, change: f32) -> String {
    format!(
        "{}, {}: outputs move by up to {}",
        norm_word(name),
        token_name(state, row_idx),
        n(f64::from(change))
    )
}
