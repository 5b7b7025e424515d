//! What a figure ignores does not change it: picture, words, numbers and code are the same with and without.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod common;

use common::values;
use figures::csv::csv;
use figures::svg::svg;
use figures::{Scheme, Size, Theme};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rooms::inspect::{LinkPair, Written};
use rooms::python::Code;
use rooms::{ALL, Entry};

/// In how many states each figure is looked at.
const N_STATES: usize = 48;

/// Everything that is seen of a figure.
#[derive(PartialEq)]
struct Seen {
    title: String,
    summary: String,
    csv: String,
    svg: String,
    code: Code,
}

impl Seen {
    fn of(lab: &Entry, idx: usize, pairs: &[LinkPair], theme: &Theme) -> Self {
        let size = Size {
            width: 700.0,
            height: 300.0,
            pixel_ratio: 1.0,
        };
        let mut seen = None;
        (lab.inspect.with_figure)(pairs, idx, &mut |figure| {
            seen = Some(Self {
                title: figure.title.clone().into_owned(),
                summary: figure.summary.clone(),
                csv: csv(&figure.table),
                svg: svg(figure, theme, size).unwrap(),
                code: (lab.inspect.code)(pairs, idx),
            });
        });
        seen.unwrap()
    }

    /// The first line that differs.
    fn difference(&self, other: &Self) -> String {
        for (name, one, two) in [
            ("title", &self.title, &other.title),
            ("summary", &self.summary, &other.summary),
            ("NumPy", &self.code.numpy, &other.code.numpy),
            ("PyTorch", &self.code.pytorch, &other.code.pytorch),
            ("table", &self.csv, &other.csv),
            ("picture", &self.svg, &other.svg),
        ] {
            let mut lines = one.lines().zip(two.lines());
            if let Some((one, two)) = lines.find(|(one, two)| one != two) {
                return format!("{name}: {one:.300} | {two:.300}");
            }
        }
        "one ends before the other".to_owned()
    }
}

/// A link in which about half of all settings are chosen.
fn any_link(values: &[(&str, Vec<String>)], runner: &mut TestRunner) -> Vec<LinkPair> {
    let mut number = |below: usize| (0..below).new_tree(runner).unwrap().current();
    let mut pairs = Vec::new();
    for (key, values) in values {
        if number(2) == 0 {
            let value = values[number(values.len())].clone();
            pairs.push(((*key).to_owned(), value));
        }
    }
    pairs
}

/// As a link gives them.
fn owned(pairs: Written) -> Vec<LinkPair> {
    let owned = |(key, value): (&str, _)| (key.to_owned(), value);
    pairs.into_iter().map(owned).collect()
}

/// Which of the settings that it ignores a figure depends on.
fn depends_on(lab: &Entry, idx: usize, pairs: &[LinkPair], theme: &Theme) -> Vec<String> {
    let chosen = owned((lab.inspect.canonical)(pairs).0);
    let forgotten = owned((lab.inspect.forgotten)(&chosen, idx));
    if chosen == forgotten {
        return Vec::new();
    }
    let expected = Seen::of(lab, idx, &forgotten, theme);
    let seen = Seen::of(lab, idx, &chosen, theme);
    if seen == expected {
        return Vec::new();
    }
    let mut found = vec![seen.difference(&expected)];
    for pair in chosen {
        if !forgotten.contains(&pair) {
            let mut one = forgotten.clone();
            one.retain(|(key, _)| *key != pair.0);
            one.push(pair.clone());
            let seen = Seen::of(lab, idx, &one, theme);
            if seen != expected {
                found.push(format!("{}: {}", pair.0, seen.difference(&expected)));
            }
        }
    }
    found
}

#[test]
fn what_is_ignored_changes_nothing() {
    let tokens = include_str!("../../../style/tokens.css");
    let theme = Theme::from_tokens(tokens, Scheme::Light).unwrap();
    for lab in ALL {
        let parts = (lab.inspect.parts)();
        let mut rows = (lab.inspect.controls)();
        rows.retain(|row| row.key != "part");
        let values: Vec<_> = rows.iter().map(|row| (row.key, values(lab, row))).collect();
        let mut runner = TestRunner::deterministic();
        let mut found = Vec::new();
        for _ in 0..N_STATES {
            let pairs = any_link(&values, &mut runner);
            for (idx, figure) in (lab.inspect.figures)().into_iter().enumerate() {
                let part = parts[figure.part_idx].word.slug.to_owned();
                let pairs = [&pairs[..], &[("part".to_owned(), part)]].concat();
                let depends = depends_on(lab, idx, &pairs, &theme);
                if !depends.is_empty() {
                    let depends = depends.join("\n  ");
                    found.push(format!("{} at {pairs:?}\n  {depends}", figure.id));
                }
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}
