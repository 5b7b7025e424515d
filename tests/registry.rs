//! Every figure of every room, at its default, its extremes and no size: data, drawing, export, words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

use figures::csv::csv;
use figures::svg::svg;
use figures::{Figure, Scheme, Size, Theme};
use posnorm_lab::address::Address;
use posnorm_lab::labs::{ALL, LabEntry};
use posnorm_lab::settings::ControlDoc;

const TOKENS: &str = include_str!("../style/tokens.css");

/// What each lab is opened with: as it opens, the ends of its ranges, and what is hard to draw.
fn queries(lab: &LabEntry) -> Vec<&'static str> {
    match lab.slug {
        "encode" => vec![
            "",
            "seq_len=1&d_model=2",
            "seq_len=1&d_model=2&base=2&layout=concatenated&start=1000000",
            "seq_len=4096&d_model=2&dims=0,1",
            "seq_len=1&d_model=1024",
            "seq_len=300&d_model=1024&base=1000000&start=999999&dims=none",
        ],
        "normalize" => vec![
            "",
            "batch=1&seq_len=1&d_model=2",
            "input=constant&eps=0&mean=3",
            "input=constant&eps=0&mean=100&gamma=-4&beta=4",
            "input=custom&values=1,1;1,2&d_model=2&batch=1&seq_len=2&eps=0",
            "input=heavy&std=100&mean=-100&d_model=1024&seq_len=3",
            "input=outlier&batch=64&seq_len=2&gamma=0&beta=-4",
            "std=0&mean=0&eps=1",
            "input=uniform&batch=3&seq_len=5&d_model=7&token=14&feature=6",
        ],
        other => panic!("say here which links of {other} are to be drawn"),
    }
}

fn for_each_figure(act: &dyn Fn(&str, &Figure<'_>)) {
    for lab in ALL {
        for query in queries(lab) {
            let pairs = Address::parse(&format!("#/{}?{query}", lab.slug)).pairs;
            let (_, notices) = (lab.inspect.canonical)(&pairs);
            assert!(notices.is_empty(), "{query}: {notices:?}");
            for (idx, id) in (lab.inspect.figure_ids)().into_iter().enumerate() {
                (lab.inspect.with_figure)(&pairs, idx, &mut |figure| {
                    assert_eq!(figure.id, id);
                    act(query, figure);
                });
            }
        }
    }
}

fn theme(scheme: Scheme) -> Theme {
    Theme::from_tokens(TOKENS, scheme).unwrap()
}

#[test]
fn every_figure_draws_at_any_size() {
    let theme = theme(Scheme::Light);
    for_each_figure(&|query, figure| {
        for (width, height) in [
            (0.0, 0.0),
            (1.0, 1.0),
            (40.0, 30.0),
            (312.0, 352.0),
            (940.0, 236.0),
        ] {
            let size = Size {
                width,
                height,
                pixel_ratio: 1.0,
            };
            let text = svg(figure, &theme, size).unwrap();
            // In attributes: a cell's text may well say NaN, and embedded pictures are base64, in which
            // any word may turn up.
            let attributes = text.split('"').skip(1).step_by(2);
            let has_nan = attributes
                .filter(|it| !it.starts_with("data:"))
                .any(|it| it.contains("NaN"));
            assert!(!has_nan, "{} at {query}", figure.id);
        }
    });
}

#[test]
fn every_figure_has_words_and_a_table() {
    for_each_figure(&|query, figure| {
        let named = format!("{} at {query:?}", figure.id);
        assert!(!figure.title.is_empty(), "{named} has no title");
        assert!(
            figure.summary.len() > 20,
            "{named} says only {:?}",
            figure.summary
        );
        assert_eq!(
            figure.summary.matches('*').count() % 2,
            0,
            "{named} leaves bold open"
        );
        let table = csv(&figure.table);
        let n_columns = table.lines().next().unwrap().split(',').count();
        assert!(table.lines().count() > 1, "{named} has no rows");
        for line in table.lines() {
            assert_eq!(line.split(',').count(), n_columns, "{named}");
        }
    });
}

/// The pictures as they open, as text. A changed picture is looked at and taken with `cargo insta review`.
#[test]
fn figures_look_as_they_did() {
    for lab in ALL {
        for (idx, id) in (lab.inspect.figure_ids)().into_iter().enumerate() {
            for scheme in [Scheme::Light, Scheme::Dark] {
                (lab.inspect.with_figure)(&[], idx, &mut |figure| {
                    let size = Size {
                        width: 700.0,
                        height: 300.0,
                        pixel_ratio: 1.0,
                    };
                    let text = svg(figure, &theme(scheme), size).unwrap();
                    insta::assert_snapshot!(format!("{id}-{scheme:?}").to_lowercase(), text);
                });
            }
        }
    }
}

#[test]
fn slugs_ids_keys_and_names_are_unique() {
    let mut ids: Vec<_> = ALL
        .iter()
        .flat_map(|lab| (lab.inspect.figure_ids)())
        .collect();
    ids.extend(ALL.iter().map(|lab| lab.slug));
    let n_ids = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), n_ids);
    for lab in ALL {
        let controls = (lab.inspect.controls)();
        for pick in [|row: &ControlDoc| row.key, |row: &ControlDoc| row.name] {
            let mut names: Vec<_> = controls.iter().map(pick).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), controls.len(), "{}", lab.slug);
        }
        for id in (lab.inspect.figure_ids)() {
            assert!(id.starts_with(lab.slug), "{id} is not named after its room");
        }
    }
}

/// The table of keys in the README is made from the tables of controls.
/// After a change of a table: `UPDATE_DOCS=1 cargo test --test registry`.
#[test]
fn the_readme_lists_every_key() {
    const HEADER: &str = "| lab | key | control | allowed | default |\n|---|---|---|---|---|\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let mut table = String::new();
    for lab in ALL {
        for row in (lab.inspect.controls)() {
            let ControlDoc {
                key,
                name,
                allowed,
                default,
                ..
            } = row;
            table += &format!(
                "| {} | `{key}` | {name} | {allowed} | {default} |\n",
                lab.slug
            );
        }
    }
    let (before, after) = readme
        .split_once(HEADER)
        .expect("README.md has the table of keys");
    let (old, after) = after.split_once("\n\n").expect("the table ends");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{HEADER}{table}\n{after}")).unwrap();
        return;
    }
    assert_eq!(
        format!("{old}\n"),
        table,
        "README.md's table of keys is out of date"
    );
}

/// The picture that stands for the page where no script runs is the table itself, one pixel per cell.
/// After a change of colours: `UPDATE_DOCS=1 cargo test --test registry`.
#[test]
fn the_picture_without_script_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/style/without-script.png");
    (ALL[0].inspect.with_figure)(&[], 0, &mut |figure| {
        let figures::Plot::Heatmap(heatmap) = &figure.panels[0].plot else {
            panic!("no heatmap")
        };
        let (n_positions, d_model) = heatmap.values.dim();
        let mut raster = figures::Raster::default();
        figures::raster::paint(heatmap, Scheme::Light, n_positions, d_model, &mut raster);
        let png = figures::svg::png(&raster).unwrap();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, &png).unwrap();
        }
        let is_current = std::fs::read(path).unwrap() == png;
        assert!(is_current, "style/without-script.png is out of date");
    });
}
