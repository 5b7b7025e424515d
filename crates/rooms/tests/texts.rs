//! The texts that figures draw, at the widths that the page gives them: none stands on another, none is cut by an edge.
#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]

use std::fmt::Write as _;

use figures::svg::svg;
use figures::{Rect, SUBPIXELS, Scheme, Size, Theme, layout, text_width};
use rooms::ALL;
use rooms::address::Address;
use roxmltree::Document;

/// How wide a figure is in windows of 320, 360, 390, 768 and 1280 pixels, where it has the whole width.
const WIDTHS: [f64; 5] = [278.0, 318.0, 348.0, 726.0, 942.0];

/// How wide those are that stand beside another one in a window of 1280 pixels.
const IN_A_ROW: [(&str, f64); 8] = [
    ("encode-heatmap", 694.0),
    ("encode-vector", 218.0),
    ("encode-similarity", 456.0),
    ("encode-offsets", 456.0),
    ("encode-dial", 456.0),
    ("encode-rope", 456.0),
    ("normalize-epsilon", 456.0),
    ("normalize-undo", 456.0),
];

/// Whose captions are numbers that may end in the gap beside a panel: the estimate of their width is on the wide side.
const INTO_THE_GAP: [&str; 3] = [
    "normalize-histograms",
    "normalize-norms",
    "normalize-change",
];

/// From the top of the capitals to below the letters, as a part of the size: lines of text may be as near as that.
const HEIGHT_EM: f64 = 0.8;

/// What may be nearer than that, or go beyond an edge by less, in pixels: the width of a text is an estimate.
const SLACK_PX: f64 = 1.0;

/// A text and where it stands, in CSS pixels.
struct Words {
    text: String,
    place: Rect,
}

/// All texts of an SVG.
fn words(svg: &str) -> Vec<Words> {
    let document = Document::parse(svg).unwrap();
    let texts = document
        .descendants()
        .filter(|node| node.has_tag_name("text"));
    texts
        .map(|node| {
            let number = |name| -> f64 { node.attribute(name).unwrap().parse().unwrap() };
            let px = |name| number(name) / f64::from(SUBPIXELS);
            let text = node.text().unwrap().trim().to_owned();
            let (x, y, text_px) = (px("x"), px("y"), px("font-size"));
            let width = text_width(&text, text_px);
            let before = match node.attribute("text-anchor") {
                Some("middle") => 0.5,
                Some("end") => 1.0,
                _ => 0.0,
            };
            let height = HEIGHT_EM * text_px;
            // Turned to the left, a text runs upwards.
            let place = if node.attribute("transform").is_some() {
                Rect {
                    x: x - height / 2.0,
                    y: y - (1.0 - before) * width,
                    width: height,
                    height: width,
                }
            } else {
                Rect {
                    x: x - before * width,
                    y: y - height / 2.0,
                    width,
                    height,
                }
            };
            Words { text, place }
        })
        .collect()
}

/// What is wrong with the texts of a figure of that size, of which some may be wider by `gap`.
fn faults(words: &[Words], (width, height): (f64, f64), gap: f64) -> Vec<String> {
    let mut found = Vec::new();
    for (idx, Words { text, place }) in words.iter().enumerate() {
        let is_inside = place.x >= -SLACK_PX
            && place.y >= -SLACK_PX
            && place.right() <= width + gap + SLACK_PX
            && place.bottom() <= height + SLACK_PX;
        if !is_inside {
            found.push(format!("{text:?} is cut ({place:?} of {width} × {height})"));
        }
        for other in &words[..idx] {
            let across = place.right().min(other.place.right()) - place.x.max(other.place.x);
            let down = place.bottom().min(other.place.bottom()) - place.y.max(other.place.y);
            if across > SLACK_PX && down > SLACK_PX {
                found.push(format!("{text:?} on {:?}", other.text));
            }
        }
    }
    found
}

#[test]
fn no_text_of_a_figure_stands_on_another_or_is_cut() {
    let tokens = include_str!("../../../style/tokens.css");
    let theme = Theme::from_tokens(tokens, Scheme::Light).unwrap();
    let mut found = String::new();
    for lab in ALL {
        let parts = (lab.inspect.parts)();
        for (idx, doc) in (lab.inspect.figures)().into_iter().enumerate() {
            let link = format!("#/{}?part={}", lab.slug, parts[doc.part_idx].word.slug);
            (lab.inspect.with_figure)(&Address::parse(&link).pairs, idx, &mut |figure| {
                let in_a_row = IN_A_ROW.iter().find(|(id, _)| *id == doc.id);
                let in_a_row = in_a_row.map(|(_, width)| *width);
                for width in WIDTHS.into_iter().chain(in_a_row) {
                    let panel_px = f64::from(doc.panel_height);
                    let height =
                        layout::height(figure.panels.len(), width, panel_px, theme.text_px);
                    let size = Size {
                        width,
                        height,
                        pixel_ratio: 1.0,
                    };
                    let words = words(&svg(figure, &theme, size).unwrap());
                    let may_end_there = INTO_THE_GAP.contains(&doc.id);
                    let gap = if may_end_there { layout::GAP_PX } else { 0.0 };
                    for fault in faults(&words, (width, height), gap) {
                        writeln!(found, "{} at {width}: {fault}", doc.id).unwrap();
                    }
                }
            });
        }
    }
    assert!(found.is_empty(), "{found}");
}
