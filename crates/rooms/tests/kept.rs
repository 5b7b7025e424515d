//! A link shows the same however one came there: what is kept from one state to the next changes nothing.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod common;

use common::{pairs, values};
use figures::csv::csv;
use figures::svg::svg;
use figures::{Scheme, Size, Theme};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rooms::inspect::{LinkPair, Opened};
use rooms::{ALL, Entry};

/// A walk: one setting is changed after another.
struct Walk {
    /// Where it begins.
    start: &'static str,
    n_steps: usize,
    /// What it leaves as it is: how large something large is.
    left: &'static [&'static str],
}

const fn walk(start: &'static str, n_steps: usize, left: &'static [&'static str]) -> Walk {
    Walk {
        start,
        n_steps,
        left,
    }
}

const SIZES: &[&str] = &["batch", "seq_len", "d_model"];

fn walks(lab: &Entry) -> Vec<Walk> {
    match lab.slug {
        "encode" => vec![
            walk("seq_len=12&d_model=8", 60, &[]),
            walk(
                "part=distance&seq_len=2500&d_model=16",
                3,
                &["part", "seq_len", "d_model"],
            ),
            walk("scheme=rope&seq_len=600&d_model=64", 3, SIZES),
        ],
        "normalize" => vec![
            walk("batch=3&seq_len=4&d_model=6", 60, &[]),
            walk(
                "norm=batch&mode=eval&batch=3&seq_len=4&d_model=6",
                40,
                &["norm", "mode"],
            ),
            // Trained in two frames.
            walk(
                "norm=batch&mode=eval&batch=8&seq_len=64&d_model=64&part=shape",
                8,
                SIZES,
            ),
        ],
        "attend" => vec![
            walk("d_model=16&heads=2", 40, &[]),
            walk("d_model=16&layers=2", 12, &["text", "other", "layers"]),
        ],
        other => panic!("say here where one walks in {other}"),
    }
}

/// What is done with an open room.
type Look<'a> = dyn FnMut(&mut dyn Opened) + 'a;

/// Everything that the part of a link shows, each with what it is. Whatever is asked for is asked of a room that is opened
/// for it.
fn seen(
    lab: &Entry,
    open: &mut dyn FnMut(&mut Look<'_>),
    pairs: &[LinkPair],
    theme: &Theme,
) -> Vec<(String, String)> {
    let size = Size {
        width: 700.0,
        height: 300.0,
        pixel_ratio: 1.0,
    };
    let part_idx = (lab.inspect.part)(pairs);
    let mut seen = Vec::new();
    open(&mut |room| {
        let texts = room.texts(pairs, part_idx).into_iter().enumerate();
        seen.extend(texts.map(|(idx, text)| (format!("text {idx}"), text)));
    });
    for (idx, figure) in (lab.inspect.figures)().into_iter().enumerate() {
        if figure.part_idx != part_idx {
            continue;
        }
        let mut say = |what: &str, text| seen.push((format!("{} of {}", what, figure.id), text));
        // What is made in steps may be asked for its code before its picture.
        open(&mut |room| {
            let code = room.code(pairs, idx);
            say("NumPy", code.numpy);
            say("PyTorch", code.pytorch);
        });
        open(&mut |room| {
            room.with_figure(pairs, idx, &mut |figure| {
                for panel in &figure.panels {
                    say("caption", panel.caption.clone().into_owned());
                }
                say("table", csv(&figure.table));
                say("picture", svg(figure, theme, size).unwrap());
            });
        });
        open(&mut |room| {
            for text in room.sentences(pairs, idx) {
                say("sentence", text);
            }
        });
    }
    seen
}

/// The first thing that differs.
fn difference(kept: &[(String, String)], fresh: &[(String, String)]) -> Option<String> {
    if kept == fresh {
        return None;
    }
    for ((what, kept), (_, fresh)) in kept.iter().zip(fresh) {
        let mut lines = kept.lines().zip(fresh.lines());
        if let Some((kept, fresh)) = lines.find(|(kept, fresh)| kept != fresh) {
            return Some(format!("{what}: {kept:.300} | {fresh:.300}"));
        }
    }
    Some("one says more than the other".to_owned())
}

#[test]
fn a_link_shows_the_same_however_one_came_there() {
    let tokens = include_str!("../../../style/tokens.css");
    let theme = Theme::from_tokens(tokens, Scheme::Light).unwrap();
    let mut found = Vec::new();
    for lab in ALL {
        let rows = (lab.inspect.controls)();
        let values: Vec<_> = rows.iter().map(|row| (row.key, values(lab, row))).collect();
        let mut runner = TestRunner::deterministic();
        let mut number = |below: usize| (0..below).new_tree(&mut runner).unwrap().current();
        for walk in walks(lab) {
            let mut at = pairs(lab, walk.start);
            let mut kept = (lab.inspect.open)();
            let mut changed = "at the start".to_owned();
            let may_change = |key: &str| !walk.left.contains(&key);
            let values: Vec<_> = values.iter().filter(|(key, _)| may_change(key)).collect();
            let parts = values.iter().find(|(key, _)| *key == "part");
            for _ in 0..walk.n_steps {
                let here = seen(lab, &mut |look| look(&mut *kept), &at, &theme);
                let fresh = seen(
                    lab,
                    &mut |look| look(&mut *(lab.inspect.open)()),
                    &at,
                    &theme,
                );
                if let Some(difference) = difference(&here, &fresh) {
                    found.push(format!("{changed}, in {at:?}\n  {difference}"));
                    kept = (lab.inspect.open)();
                }
                // Another part shows what was made for the one before.
                let (key, values) = match parts {
                    Some(parts) if number(4) == 0 => parts,
                    _ => values[number(values.len())],
                };
                let value = &values[number(values.len())];
                at.retain(|(other, _)| other != key);
                at.push(((*key).to_owned(), value.clone()));
                changed = format!("{key} is now {value}");
                if *key == "part" {
                    kept.leave();
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} found\n{}",
        found.len(),
        found.join("\n")
    );
}
