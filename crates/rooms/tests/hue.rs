//! No curve is known by its hue alone: whoever sees two of a panel in one colour sees other strokes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "../../figures/tests/vision.rs"]
mod vision;

use common::for_each_figure;
use figures::{Dash, Figure, Panel, Plot, Role, Scheme, Theme};
use vision::{VISIONS, distance, seen_by};

/// Nearer than this, in what is seen of them, two thin lines are of one colour: some five just noticeable differences.
const ALIKE: f64 = 0.1;

/// How a curve is seen: its name and what it is drawn by.
type Curve<'a> = (&'a str, Role, Dash);

/// The curves of a panel; of points, those that are joined.
fn curves<'a>(panel: &'a Panel<'_>) -> Vec<Curve<'a>> {
    let all: Vec<(&str, Role)> = match &panel.plot {
        Plot::Lines(lines) => {
            let drawn = lines.iter().filter(|line| !line.values.is_empty());
            drawn.map(|line| (line.name.as_str(), line.role)).collect()
        }
        Plot::Points(sets) => {
            let joined = sets.iter().filter(|set| set.is_joined);
            joined.map(|set| (&*set.name, set.role)).collect()
        }
        _ => Vec::new(),
    };
    let with_dash = all
        .into_iter()
        .map(|(name, role)| (name, role, role.dash()));
    with_dash.collect()
}

/// Who sees two curves of a panel in one colour and in the same strokes.
fn confused(panel: &Panel<'_>, theme: &Theme) -> Vec<String> {
    let curves = curves(panel);
    let mut found = Vec::new();
    for (idx, (name, role, dash)) in curves.iter().enumerate() {
        for (other_name, other_role, other_dash) in &curves[..idx] {
            for (vision, matrix) in VISIONS {
                let [a, b] = [role, other_role].map(|role| seen_by(matrix, theme.role(*role)));
                if distance(a, b) < ALIKE && dash == other_dash {
                    found.push(format!("{name:?} and {other_name:?} with {vision}"));
                }
            }
        }
    }
    found
}

#[test]
fn curves_are_told_apart_by_every_colour_vision() {
    let tokens = include_str!("../../../style/tokens.css");
    let themes = [Scheme::Light, Scheme::Dark].map(|it| Theme::from_tokens(tokens, it).unwrap());
    for_each_figure(&|query, figure: &Figure<'_>| {
        for (panel, theme) in figure
            .panels
            .iter()
            .flat_map(|it| themes.each_ref().map(|theme| (it, theme)))
        {
            let confused = confused(panel, theme);
            let (id, confused) = (figure.id, confused.join("; "));
            assert!(confused.is_empty(), "{id} at {query:?}: {confused}");
        }
    });
}

/// Without strokes there would be something to find.
#[test]
fn some_curves_are_of_one_colour_to_somebody() {
    let theme =
        Theme::from_tokens(include_str!("../../../style/tokens.css"), Scheme::Light).unwrap();
    let (_, deuteranopia) = VISIONS[1];
    let [a, b] = [0, 2].map(|k| seen_by(deuteranopia, theme.role(Role::Series(k))));
    assert!(distance(a, b) < ALIKE);
}
