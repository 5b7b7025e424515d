//! x, x̂ and y as histograms on the same axes, the selected token in full colour.

use std::borrow::Cow;

use figures::number::format_count;
use figures::ticks::nice_above;
use figures::{Axis, Cells, Column, Figure, Head, Histogram, Panel, Plot, Table};
use maths::statistics::Summary;

use super::super::forget;
use super::super::lab::Normalize;
use super::super::per_feature::PerFeature;
use super::super::phrases::{NO_NUMBER, TOO_FEW, given, sized};
use super::super::python::{Form, Part, whole};
use super::super::scene::NormalizeScene;
use super::super::state::{NormalizeState, Per};
use super::super::ways::TO_MORE_TOKENS;
use super::edges::edges_text;
use super::heads::{Way, heads};
use super::kept::StepBins;
use crate::columns::numbers as column;
use crate::python::{Code, fill};
use crate::room::FigureSpec;

/// The figure.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::new(
    "normalize-histograms",
    "Histograms on one axis",
    scene,
    code,
)
.ways(&[TO_MORE_TOKENS])
.height(216)
.ignoring(|state| {
    forget::motion(state);
    if state.per != Per::Feature {
        state.feature = None;
    }
});

/// Standard deviations on each side of the mean for which the standard normal's curve is drawn.
const REFERENCE_REACH: f64 = 4.0;

/// The widest bins, in standard deviations, among which the standard normal has a shape.
const WIDEST_FOR_REFERENCE: f32 = 2.0;

/// What can be said of the histograms.
struct Numbers {
    per: Per,
    /// The selected token and feature.
    token: usize,
    feature: usize,
    way: Way,
    /// γ and β, where there are any.
    gamma: Option<Affine>,
    beta: Option<Affine>,
    /// Whether zeros of padding are counted.
    has_zeros: bool,
    /// How many values are counted in each step.
    n_values: usize,
    /// Of x, x̂ and y.
    steps: [Step; 3],
    /// Whether the curve of the standard normal is drawn.
    has_line: bool,
}

/// γ or β.
enum Affine {
    /// The same for all features.
    Same(f64),
    /// Features have their own.
    Own,
}

/// What is counted of a step.
struct Step {
    /// Of its numbers; `None` where there are none.
    moments: Option<Moments>,
    /// How many of its values are no number.
    n_undefined: usize,
}

/// Statistics of some numbers.
struct Moments {
    mean: f64,
    std: f64,
    /// `None` without any spread: then there is no shape to speak of.
    skewness: Option<f64>,
    kurtosis: Option<f64>,
}

impl Step {
    fn of(summary: &Summary, n_undefined: usize) -> Self {
        let known = |value: f64| (!value.is_nan()).then_some(value);
        Self {
            moments: (summary.n_finite > 0).then(|| Moments {
                mean: summary.mean,
                std: summary.std,
                skewness: known(summary.skewness),
                kurtosis: known(summary.kurtosis),
            }),
            n_undefined,
        }
    }
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState, has_line: bool) -> Numbers {
    let affine = |common, own: &PerFeature| match own.within(state.d_model) {
        [] => Affine::Same(common),
        _ => Affine::Own,
    };
    let of = &scene.steps.bins.of;
    let step = |bins: &StepBins| Step::of(&bins.summary, bins.n_undefined);
    Numbers {
        per: state.per,
        token: state.row(),
        feature: state.column(),
        way: Way::of(scene, state),
        gamma: (state.affine).then(|| affine(state.gamma, &state.gamma_at)),
        beta: (state.has_beta()).then(|| affine(state.beta, &state.beta_at)),
        has_zeros: state.padding && state.per != Per::Token,
        n_values: of[0].summary.n,
        steps: of.each_ref().map(step),
        has_line,
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update(state);
    scene.count(state);
    let bins = &scene.steps.bins;
    let ends = bins.edges.first().zip(bins.edges.last());
    let (min, max) = ends.map_or((0.0, 1.0), |(&min, &max)| (f64::from(min), f64::from(max)));
    let reference = standard_normal(&bins.edges, bins.of[0].summary.n);
    let numbers = numbers(scene, state, !reference.is_empty());
    let counts = bins.of.iter().flat_map(|step| &step.counts);
    let highest = f64::from(counts.copied().max().unwrap_or(1));
    let line = reference.iter().map(|&(_, count)| count);
    let highest = nice_above(line.fold(highest, f64::max));
    let (name, highlighted_name) = legend(&numbers);
    let panels = heads(&numbers.way).into_iter().enumerate();
    let panels = panels.map(|(idx, (symbol, note))| {
        let (bins, step) = (&bins.of[idx], &numbers.steps[idx]);
        let plot = if step.moments.is_none() && scene.too_few.is_some() {
            Plot::Empty(Cow::Borrowed(TOO_FEW))
        } else {
            Plot::Histogram(Histogram {
                edges: &scene.steps.bins.edges,
                counts: &bins.counts,
                name: Cow::Borrowed(name),
                highlighted: &bins.highlighted,
                highlighted_name: Cow::Borrowed(highlighted_name),
                reference: reference.clone(),
                reference_name: Cow::Borrowed("standard normal"),
            })
        };
        let label = if idx == 0 { "count" } else { "" };
        Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            caption: Cow::Owned(caption(step)),
            ..Panel::new(
                Axis::values("value", min, max),
                Axis::values(label, 0.0, highest),
                plot,
            )
        }
    });
    let panels = panels.collect();
    let counts = |name, idx: usize| Column {
        name,
        cells: Cells::U32(&bins.of[idx].counts),
    };
    let n_bins = bins.of[0].counts.len();
    let starts = bins.edges.get(..n_bins).unwrap_or_default();
    Figure {
        id: FIGURE.id,
        title: Cow::Owned(title(&numbers)),
        summary: summary(&numbers),
        panels,
        table: Table::Columns(vec![
            column("bin_start", starts),
            column("bin_end", bins.edges.get(1..).unwrap_or_default()),
            counts("before", 0),
            counts("normalized", 1),
            counts("after", 2),
        ]),
        read_rows: 0..n_bins,
    }
}

/// How many of `n` values of a standard normal would fall into a bin around each value; nothing where its
/// middle lies outside of the bins, because a tail alone compares nothing.
#[allow(clippy::cast_precision_loss)]
fn standard_normal(edges: &[f32], n: usize) -> Vec<(f64, f64)> {
    let [Some(&first), Some(&second), Some(&last)] = [edges.first(), edges.get(1), edges.last()]
    else {
        return Vec::new();
    };
    // Nor where all of it would fall into a bin or two.
    if first > 0.0 || last < 0.0 || second - first > WIDEST_FOR_REFERENCE {
        return Vec::new();
    }
    let per_bin = n as f64 * f64::from(second - first) / std::f64::consts::TAU.sqrt();
    const STEPS: u32 = 96;
    (0..=STEPS)
        .map(|step| REFERENCE_REACH * (2.0 * f64::from(step) / f64::from(STEPS) - 1.0))
        .filter(|z| (f64::from(first)..=f64::from(last)).contains(z))
        .map(|z| (z, per_bin * (-0.5 * z * z).exp()))
        .collect()
}

/// The heading.
fn title(numbers: &Numbers) -> String {
    let Numbers { token, feature, .. } = numbers;
    match numbers.per {
        Per::Tensor => format!("Histograms on one axis, token {token} in full colour"),
        Per::Token => format!("Histograms of token {token}"),
        Per::Feature => format!("Histograms of feature {feature} in all tokens"),
    }
}

/// What is counted, and the part of it in full colour.
fn legend(numbers: &Numbers) -> (&'static str, &'static str) {
    match numbers.per {
        Per::Tensor => ("all tokens", "selected token"),
        Per::Token => ("the token", ""),
        Per::Feature => ("the feature", ""),
    }
}

/// The statistics under a histogram.
fn caption(step: &Step) -> String {
    let n_undefined = format_count(step.n_undefined as u64);
    let Some(moments) = &step.moments else {
        return format!("no values, {n_undefined} hatched");
    };
    let shape = |value: Option<f64>| value.map_or("–".to_owned(), |value| sized(value, 1.0));
    let [mean, std] = mean_and_std(moments);
    let numbers = format!(
        "mean {mean}  std {std}  skew {}  kurt {}",
        shape(moments.skewness),
        shape(moments.kurtosis),
    );
    if step.n_undefined == 0 {
        return numbers;
    }
    format!("{numbers}  {n_undefined} no number")
}

/// Mean and std as they are read.
fn mean_and_std(moments: &Moments) -> [String; 2] {
    let size = if moments.std > 0.0 {
        moments.std
    } else {
        moments.mean.abs()
    };
    [moments.mean, moments.std].map(|value| sized(value, size))
}

/// What the histograms show.
fn summary(numbers: &Numbers) -> String {
    let n_values = format_count(numbers.n_values as u64);
    let what = match numbers.per {
        Per::Tensor => format!("All {n_values} values"),
        Per::Token => format!("The token's {n_values} values"),
        Per::Feature => format!("The feature's {n_values} values"),
    };
    let zeros = if numbers.has_zeros {
        " (with the zeros of padding)"
    } else {
        ""
    };
    let moments = |step: &Step| {
        step.moments.as_ref().map(|moments| {
            let [mean, std] = mean_and_std(moments);
            format!("mean {mean}, std {std}")
        })
    };
    let [x, _, y] = &numbers.steps;
    let before = moments(x).unwrap_or(NO_NUMBER.to_owned());
    let before = format!("{what}{zeros}: {before} before").replacen("std", "[std|std]", 1);
    let Some(after) = moments(y) else {
        return format!("{before}. *No values after*: there is no variance to divide by.");
    };
    let affine = match (&numbers.gamma, &numbers.beta) {
        (None, _) => String::new(),
        (Some(Affine::Own), Some(Affine::Own)) => {
            " (γ and β differ from feature to feature)".to_owned()
        }
        (Some(Affine::Own), _) => " (γ differs from feature to feature)".to_owned(),
        (_, Some(Affine::Own)) => " (β differs from feature to feature)".to_owned(),
        (Some(Affine::Same(gamma)), Some(Affine::Same(beta))) => {
            format!(
                " ([gamma|γ] = {}, [beta|β] = {})",
                given(*gamma),
                given(*beta)
            )
        }
        (Some(Affine::Same(gamma)), None) => format!(" (γ = {})", given(*gamma)),
    };
    let share = match numbers.per {
        Per::Tensor => format!(
            "\nThe values of token {} are in full colour. ",
            numbers.token
        ),
        _ => "\n".to_owned(),
    };
    let line = if numbers.has_line {
        "The line is a bell curve with mean 0 and std 1. [skewness|skew] says whether values reach further to one side, [kurtosis|kurt] how often they are far from the mean: both are 0 for the bell curve."
    } else {
        "[skewness|skew] says whether values reach further to one side, [kurtosis|kurt] how often they are far from the mean: both are 0 for a bell curve."
    };
    format!("{before}; *{after} after*{affine}.{share}{line}")
}

const NUMPY: &str = "\
edges = {edges}
counts = [np.histogram(values{part}, bins=edges)[0] for values in (x, normalized, output)]
result = np.stack([edges[:-1], edges[1:], *counts]).astype(np.float32)
";
const PYTORCH: &str = "\
edges = {edges}
counted = [values{part} for values in (x, normalized, output)]
# Only what is finite: torch.histogram counts NaN in the last bin.
counts = [torch.histogram(values[values.isfinite()], edges).hist for values in counted]
result = torch.stack([edges[:-1], edges[1:], *counts])
";

/// The edges of the bins at both sides, and the counts of x, x̂ and y, (5, n_bins).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    scene.update_whole(state);
    scene.count(state);
    let edges = scene.steps.bins.edges.clone();
    let part = match state.per {
        Per::Tensor => String::new(),
        Per::Token => format!(
            "[{}, {}]",
            state.row() / state.seq_len,
            state.row() % state.seq_len
        ),
        Per::Feature => format!("[..., {}]", state.column()),
    };
    // By the steps themselves: layer_norm multiplies out (x - mean) / std, and what should be 0 may then
    // come to lie in the bin below.
    whole(scene, state, Part::All, Form::Steps, |library| {
        fill(
            library.pick(NUMPY, PYTORCH),
            &[("edges", &edges_text(&edges, library)), ("part", &part)],
        )
    })
}

#[cfg(test)]
mod tests {
    use figures::csv::csv;
    use maths::statistics::{count_into, summarize};

    use super::super::super::scene::flat;
    use super::super::super::state::NormName;
    use super::*;
    use crate::settings::Words;

    #[test]
    fn what_is_counted_of_y_is_of_y() {
        for &norm in NormName::ALL {
            for padding in [false, true] {
                let usual = NormalizeState {
                    norm,
                    padding,
                    ..NormalizeState::default()
                };
                // With numbers shared with x̂, without, and with them again.
                let moved = NormalizeState {
                    beta: 0.5,
                    ..usual.clone()
                };
                let mut followed = NormalizeScene::default();
                for state in [&usual, &moved, &usual] {
                    let mut fresh = NormalizeScene::default();
                    fresh.update(state);
                    let is_same = fresh.trace.output == fresh.trace.normalized;
                    assert!(is_same || !fresh.output_is_normalized(), "{norm:?}");
                    fresh.count(state);
                    let edges = fresh.steps.bins.edges.clone();
                    let y = fresh.trace.output.clone();
                    let mut counts = Vec::new();
                    let n_undefined = count_into(flat(&y.view()), &edges, &mut counts);
                    let caption = caption(&Step::of(&summarize(flat(&y.view())), n_undefined));
                    for made_with in [&mut fresh, &mut followed] {
                        let figure = scene(made_with, state);
                        assert_eq!(figure.panels[2].caption, caption, "{norm:?}, {padding}");
                        let csv = csv(&figure.table);
                        let after: Vec<u32> = csv
                            .lines()
                            .skip(1)
                            .filter_map(|line| line.rsplit(',').next()?.parse().ok())
                            .collect();
                        assert_eq!(after, counts, "{norm:?}, {padding}");
                    }
                }
            }
        }
    }

    #[test]
    fn where_nothing_is_a_number_none_is_said() {
        let mut state = NormalizeState::default();
        state.take_text("nan,inf");
        let mut made_with = NormalizeScene::default();
        let figure = scene(&mut made_with, &state);
        assert_eq!(
            figure.summary,
            "All 2 values: no number before. *No values after*: there is no variance to divide by."
        );
    }
}
