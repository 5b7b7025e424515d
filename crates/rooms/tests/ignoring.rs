//! What a figure ignores does not change it: picture, words, numbers and code are the same with and without. And what is on
//! a desk changes something.
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
use rooms::address::Address;
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

/// Numbers as a class has them, few of them: whether a control means something is a matter of what is chosen from lists.
fn usual_numbers(lab: &Entry) -> &'static str {
    match lab.slug {
        "encode" => "seq_len=24&d_model=16&trained_len=32&max_len=20&noise=0.5",
        "normalize" => {
            "batch=3&seq_len=4&d_model=4&token=9&feature=2&groups=2&eps=0.01&gamma=1.5&beta=0.5&mean=0.5&values=0,3,6,9;5,8,0,3;9,1,4,7;1,4,7,10;;7,10,2,5;1,5,9,2;5,10,4,9;8,3,9,4;;3,6,9,1;8,2,7,1;1,8,4,0;4,2,0,9"
        }
        // Say here what is usual in a new room.
        _ => "",
    }
}

/// What a part shows, one thing after the other.
fn part_shows<'a>(
    lab: &'a Entry,
    part_idx: usize,
    pairs: &'a [LinkPair],
    theme: &'a Theme,
) -> impl Iterator<Item = String> + 'a {
    let texts = (lab.inspect.texts)(pairs, part_idx);
    let figures = (lab.inspect.figures)().into_iter().enumerate();
    let figures = figures.filter(move |(_, figure)| figure.part_idx == part_idx);
    texts.into_iter().chain(figures.flat_map(move |(idx, _)| {
        let Seen {
            title,
            summary,
            csv,
            svg,
            ..
        } = Seen::of(lab, idx, pairs, theme);
        [title, summary, csv, svg]
    }))
}

/// The controls on the desk of a part that change nothing of what it shows, wherever a hand leads them.
fn idle(lab: &Entry, part_idx: usize, pairs: &[LinkPair], theme: &Theme) -> Vec<&'static str> {
    let now: Vec<_> = part_shows(lab, part_idx, pairs, theme).collect();
    let mut hands = (lab.inspect.hands)(pairs, part_idx);
    hands.retain(|(_, states)| {
        !states.iter().any(|state| {
            part_shows(lab, part_idx, &owned(state.clone()), theme).ne(now.iter().cloned())
        })
    });
    hands.into_iter().map(|(key, _)| key).collect()
}

/// Links to a part: as it opens with usual numbers, with each word that its desk has a choice of, and some with any words.
fn links(lab: &Entry, part: &str, part_idx: usize, runner: &mut TestRunner) -> Vec<Vec<LinkPair>> {
    let mut rows = (lab.inspect.controls)();
    rows.retain(|row| row.key != "part" && row.allowed.contains(", "));
    rows.retain(|row| !row.allowed.contains("numbers") && !row.allowed.contains(':'));
    let words: Vec<(_, Vec<_>)> = rows
        .iter()
        .map(|row| {
            (
                row.key,
                row.allowed.split(", ").map(str::to_owned).collect(),
            )
        })
        .collect();
    let usual = format!("#/{}?part={part}&{}", lab.slug, usual_numbers(lab));
    let usual = Address::parse(&usual).pairs;
    let on_desk: Vec<_> = (lab.inspect.hands)(&usual, part_idx)
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let one = words
        .iter()
        .filter(|(key, _)| on_desk.contains(key))
        .flat_map(|(key, words)| {
            let with = |word| [&usual[..], &[((*key).to_owned(), word)]].concat();
            words.iter().cloned().map(with)
        });
    // Of a constant input a norm leaves nothing, whatever else is chosen.
    let is_plain = |pairs: &[LinkPair]| !pairs.iter().any(|(_, text)| text == "constant");
    let mut some: Vec<_> = (0..N_STATES / 4)
        .map(|_| any_link(&words, runner))
        .collect();
    some.retain(|pairs| is_plain(pairs));
    let some = some.iter().map(|pairs| [&usual[..], pairs].concat());
    let links = std::iter::once(usual.clone()).chain(one).chain(some);
    links
        .map(|pairs| owned((lab.inspect.canonical)(&pairs).0))
        .collect()
}

#[test]
fn a_control_that_is_there_changes_what_is_shown() {
    let tokens = include_str!("../../../style/tokens.css");
    let theme = Theme::from_tokens(tokens, Scheme::Light).unwrap();
    let mut found = Vec::new();
    for lab in ALL {
        let mut runner = TestRunner::deterministic();
        for (part_idx, part) in (lab.inspect.parts)().into_iter().enumerate() {
            for pairs in links(lab, part.word.slug, part_idx, &mut runner) {
                for key in idle(lab, part_idx, &pairs, &theme) {
                    let pairs = pairs.iter().map(|(key, text)| format!("{key}={text}"));
                    let link = pairs.collect::<Vec<_>>().join("&");
                    found.push(format!("{key} at #/{}?{link}", lab.slug));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
