//! Every figure of every room, at its default, its extremes and no size: data, drawing, export, words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod common;

use common::for_each_figure;
use figures::csv::csv;
use figures::draw::Sheet;
use figures::npy::npy;
use figures::svg::{svg, svg_sheet};
use figures::{Cells, Panel, Plot, Scheme, Size, Table, Theme};
use rooms::address::Address;
use rooms::inspect::{FigureDoc, LinkPair};
use rooms::page::{PageState, SUBJECTS};
use rooms::settings::{Control, ControlDoc, Settings};
use rooms::{ALL, Entry};

const TOKENS: &str = include_str!("../../../style/tokens.css");

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
fn every_svg_is_xml() {
    let theme = theme(Scheme::Light);
    let size = Size {
        width: 312.0,
        height: 352.0,
        pixel_ratio: 1.0,
    };
    for_each_figure(&|query, figure| {
        let sheet = Sheet {
            title: &figure.title,
            link: &format!("#/?{query}&<]]>\u{b}\u{fffe}"),
        };
        let text = svg_sheet(figure, &theme, size, &sheet).unwrap();
        let read = roxmltree::Document::parse(&text);
        assert!(read.is_ok(), "{} at {query}: {read:?}", figure.id);
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
        // Marks stand where nothing given comes between them and the words that are meant.
        let mut bold = figure.summary.split('*').skip(1).step_by(2);
        assert!(
            bold.all(|part| part.trim() == part && !part.is_empty()),
            "{named}: {:?}",
            figure.summary
        );
        let table = csv(&figure.table);
        let n_columns = table.lines().next().unwrap().split(',').count();
        // What says that there is nothing to show has no numbers either.
        let is_empty = |panel: &Panel<'_>| matches!(panel.plot, Plot::Empty(_));
        let is_empty = figure.panels.iter().all(is_empty);
        assert!(is_empty || table.lines().count() > 1, "{named} has no rows");
        for line in table.lines() {
            assert_eq!(line.split(',').count(), n_columns, "{named}");
        }
    });
}

/// Whether a figure has nothing to show in the state of a link.
fn is_empty(lab: &Entry, pairs: &[LinkPair], idx: usize) -> bool {
    let mut is_empty = false;
    (lab.inspect.with_figure)(pairs, idx, &mut |figure| {
        let mut panels = figure.panels.iter();
        is_empty = panels.all(|panel| matches!(panel.plot, Plot::Empty(_)));
    });
    is_empty
}

/// The figures of a part, by their numbers.
fn figures_of(lab: &Entry, part_idx: usize) -> Vec<usize> {
    let figures = (lab.inspect.figures)().into_iter().enumerate();
    let own = figures.filter(|(_, figure)| figure.part_idx == part_idx);
    own.map(|(idx, _)| idx).collect()
}

#[test]
fn no_part_opens_with_a_figure_that_has_nothing_to_show() {
    for lab in ALL {
        for (part_idx, tab) in (lab.inspect.parts)().into_iter().enumerate() {
            let slug = tab.word.slug;
            let opened = common::pairs(lab, &format!("part={slug}"));
            for idx in figures_of(lab, part_idx) {
                (lab.inspect.with_figure)(&opened, idx, &mut |figure| {
                    for panel in &figure.panels {
                        let why = match &panel.plot {
                            Plot::Empty(why) => why,
                            _ => "",
                        };
                        assert_eq!(why, "", "{} as {} {slug} opens", figure.id, lab.slug);
                    }
                });
            }
        }
    }
}

#[test]
fn what_has_nothing_to_show_has_a_way_out() {
    for lab in ALL {
        let queries = common::queries(lab).into_iter().map(str::to_owned);
        for query in queries.chain(common::odd_queries(lab)) {
            let given = common::pairs(lab, &query);
            for (idx, doc) in (lab.inspect.figures)().into_iter().enumerate() {
                if !is_empty(lab, &given, idx) {
                    continue;
                }
                let named = format!("{} at {query}", doc.id);
                let (label, written) = (lab.inspect.way_out)(&given, idx)
                    .unwrap_or_else(|| panic!("{named} has no way out"));
                let mended: Vec<LinkPair> = written
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect();
                let part_idx = (lab.inspect.part)(&mended);
                let shown = if part_idx == doc.part_idx {
                    vec![idx]
                } else {
                    figures_of(lab, part_idx)
                };
                for idx in shown {
                    let leads = !is_empty(lab, &mended, idx);
                    assert!(leads, "{label} of {named} leads to nothing: {mended:?}");
                }
            }
        }
    }
}

/// The values of an NPY file in their order.
fn npy_values(bytes: &[u8]) -> Vec<f32> {
    let n_text = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let (fours, _) = bytes[10 + n_text..].as_chunks();
    fours.iter().copied().map(f32::from_le_bytes).collect()
}

#[test]
fn csv_and_npy_hold_the_same_numbers() {
    for_each_figure(&|query, figure| {
        let text = csv(&figure.table);
        let rows: Vec<Vec<&str>> = text
            .lines()
            .skip(1)
            .map(|line| line.split(',').collect())
            .collect();
        // The array has rows of a matrix as they are, and named columns one after the other.
        let fields: Vec<&str> = match &figure.table {
            Table::Matrix { .. } => rows.iter().flat_map(|row| &row[1..]).copied().collect(),
            Table::Columns(columns) => (0..columns.len())
                .filter(|&idx| !matches!(columns[idx].cells, Cells::Index { .. } | Cells::Words(_)))
                .flat_map(|idx| rows.iter().map(move |row| row[idx]))
                .collect(),
            // The array is another one: its own test says what the columns have to do with it.
            Table::Beside { .. } => return,
        };
        let values = npy_values(&npy(&figure.table));
        let named = format!("{} at {query:?}", figure.id);
        assert_eq!(values.len(), fields.len(), "{named}");
        for (value, field) in values.iter().zip(fields) {
            // An empty field, where a column is shorter than others, is a value that is not there.
            let expected: f32 = if field.is_empty() {
                f32::NAN
            } else {
                field.parse().unwrap()
            };
            let is_same = value.to_bits() == expected.to_bits();
            assert!(is_same || value.is_nan() && expected.is_nan(), "{named}");
        }
    });
}

/// The pictures as they open, as text. A changed picture is looked at and taken with `cargo insta review`.
#[test]
fn figures_look_as_they_did() {
    for lab in ALL {
        for (idx, doc) in (lab.inspect.figures)().into_iter().enumerate() {
            for scheme in [Scheme::Light, Scheme::Dark] {
                (lab.inspect.with_figure)(&[], idx, &mut |figure| {
                    let size = Size {
                        width: 700.0,
                        height: 300.0,
                        pixel_ratio: 1.0,
                    };
                    let text = svg(figure, &theme(scheme), size).unwrap();
                    insta::assert_snapshot!(format!("{}-{scheme:?}", doc.id).to_lowercase(), text);
                });
            }
        }
    }
}

/// What draws the rarer kinds of plots comes with what is fetched later.
#[test]
fn the_first_picture_is_of_the_common_kinds() {
    for idx in 0..3 {
        (ALL[0].inspect.with_figure)(&[], idx, &mut |figure| {
            assert!(figures::draw::Common::can_draw(figure), "{}", figure.id);
        });
    }
}

/// A link speaks of zoom by the subjects of axes: those that figures have are those it knows.
#[test]
fn every_axis_that_can_be_zoomed_has_a_word_in_links() {
    for_each_figure(&|query, figure| {
        for key in figure
            .panels
            .iter()
            .flat_map(|panel| [panel.x.key, panel.y.key])
        {
            assert!(
                key.is_empty() || SUBJECTS.contains(&key),
                "{} at {query:?}: {key:?} is not in SUBJECTS",
                figure.id
            );
        }
    });
}

/// The words of the parts and their contents are two lists: each word opens its own.
#[test]
fn every_part_opens_by_its_word() {
    for lab in ALL {
        for (idx, tab) in (lab.inspect.parts)().into_iter().enumerate() {
            let (slug, question) = (tab.word.slug, tab.question);
            let pairs = Address::parse(&format!("#/{}?part={slug}", lab.slug)).pairs;
            assert_eq!((lab.inspect.part)(&pairs), idx, "{} {slug}", lab.slug);
            assert!(question.ends_with('?'), "{question}");
            let n_figures = (lab.inspect.figures)()
                .iter()
                .filter(|figure| figure.part_idx == idx)
                .count();
            assert!(n_figures > 0, "{} {slug} has no figures", lab.slug);
        }
        let part = (lab.inspect.controls)()
            .into_iter()
            .find(|row| row.key == "part");
        let words = part.map(|row| row.allowed).unwrap_or_default();
        let slugs: Vec<_> = (lab.inspect.parts)()
            .into_iter()
            .map(|tab| tab.word.slug)
            .collect();
        assert_eq!(words, slugs.join(", "), "{}", lab.slug);
    }
}

#[test]
fn questions_lead_to_what_answers_them() {
    for lab in ALL {
        let (parts, figures) = ((lab.inspect.parts)(), (lab.inspect.figures)());
        for (part_idx, question) in (lab.inspect.questions)() {
            let pairs: Vec<(String, String)> = question
                .pairs(parts[part_idx].word.slug)
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect();
            assert_eq!((lab.inspect.part)(&pairs), part_idx, "{question:?}");
            // A setting that is dropped, or that is the usual one, would not show what the question is about.
            let (canonical, notices) = (lab.inspect.canonical)(&pairs);
            assert!(notices.is_empty(), "{question:?}: {notices:?}");
            for (key, value) in &pairs {
                let is_kept = canonical.iter().any(|(k, v)| (*k, v) == (key, value));
                assert!(
                    is_kept || part_idx == 0 && key == "part",
                    "{key} of {question:?}"
                );
            }
            let is_here =
                |figure: &FigureDoc| (figure.id, figure.part_idx) == (question.figure_id, part_idx);
            let figure_idx = figures
                .iter()
                .position(is_here)
                .unwrap_or_else(|| panic!("{question:?} names a figure of another part"));
            (lab.inspect.with_figure)(&pairs, figure_idx, &mut |figure| {
                let answer = question.answered(&figure.summary);
                let has_number = answer.bytes().any(|byte| byte.is_ascii_digit());
                assert!(has_number, "{answer} has no number");
                assert!(!answer.contains(['{', '}']), "{answer}");
                assert!(
                    !answer.contains("  "),
                    "{answer} lacks a sentence of its figure"
                );
            });
        }
    }
}

#[test]
fn slugs_ids_keys_and_names_are_unique() {
    let mut ids: Vec<_> = ALL
        .iter()
        .flat_map(|lab| (lab.inspect.figures)())
        .map(|figure| figure.id)
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
        for row in PageState::CONTROLS {
            // A link has the settings of both.
            let is_taken = controls.iter().any(|control| control.key == row.key);
            assert!(!is_taken, "{} has the page's key {}", lab.slug, row.key);
        }
        for FigureDoc { id, .. } in (lab.inspect.figures)() {
            assert!(id.starts_with(lab.slug), "{id} is not named after its room");
        }
    }
}

/// The table of keys in the README is made from the tables of controls.
/// After a change of a table: `UPDATE_DOCS=1 cargo test -p rooms --test registry`.
#[test]
fn the_readme_lists_every_key() {
    const HEADER: &str = "| lab | key | control | allowed | default |\n|---|---|---|---|---|\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
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
    for row in PageState::CONTROLS.iter().map(Control::doc) {
        let ControlDoc {
            key,
            name,
            allowed,
            default,
            ..
        } = row;
        table += &format!("| every lab | `{key}` | {name} | {allowed} | {default} |\n");
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
/// After a change of colours: `UPDATE_DOCS=1 cargo test -p rooms --test registry`.
#[test]
fn the_picture_without_script_is_the_table() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../style/without-script.png"
    );
    (ALL[0].inspect.with_figure)(&[], 0, &mut |figure| {
        let Plot::Heatmap(heatmap) = &figure.panels[0].plot else {
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
