//! Figures as they leave the page: the same drawing with its title above and its link below.

use figures::draw::{Sheet, draw_sheet, figure_size, sheet_size};
use figures::svg::svg_sheet;
use figures::{Figure, Head, Panel, Rasters, Rows, Scheme, Size, Theme};
use ndarray::array;
use proptest::prelude::*;

use crate::panels::{figure, heatmap_panel, histogram_panel, lines_panel, steps, theme};
use crate::pictures::{assert_in_both_schemes, assert_on_pixels, picture, readable, size};
use crate::spy::{Seen, Spy};

const LINK: &str =
    "https://example.org/lab/#/normalize?gamma=1.5&beta=-2&input=custom&values=1,2,3,4&token=3";
const LONG_TITLE: &str =
    "Histograms on one axis, token 5 in full colour, x\u{302} & y < 3 as far as they are finite";

fn snapshot(name: &str, figure: &Figure, (width, height): (f64, f64), sheet: Sheet) {
    assert_in_both_schemes(&format!("sheet__{name}"), |scheme| {
        let text = svg_sheet(figure, &theme(scheme), size(width, height), &sheet).unwrap();
        assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
        readable(&text)
    });
}

#[test]
fn a_sheet_has_title_link_axes_and_colour_bar() {
    let values = steps(6, 8);
    let panel = Panel {
        head: Head {
            symbol: "x\u{302}".into(),
            note: "mean 0".into(),
        },
        ..heatmap_panel(values.view(), Rows::Down)
    };
    let mut figure = figure("Activations", vec![panel]);
    figure.summary = "48 values, *from −1 to 1*: a < b & c".to_owned();
    let sheet = Sheet {
        title: "Activations, tokens × features",
        link: LINK,
    };
    snapshot("sheet", &figure, (460.0, 180.0), sheet);
}

#[test]
fn a_narrow_sheet_has_a_title_of_several_lines_and_a_link_without_its_middle() {
    let panels = vec![histogram_panel(), histogram_panel()];
    let sheet = Sheet {
        title: LONG_TITLE,
        link: LINK,
    };
    snapshot(
        "sheet-narrow",
        &figure("Histograms", panels),
        (260.0, 320.0),
        sheet,
    );
}

#[test]
fn a_sheet_says_what_it_shows() {
    let values = array![[0.0, 0.5, 1.0]];
    let mut figure = figure("Lines", vec![lines_panel(values.view(), 10)]);
    figure.summary = "One *line*, a < b & c".to_owned();
    let sheet = Sheet {
        title: "A & B",
        link: LINK,
    };
    let text = svg_sheet(&figure, &theme(Scheme::Light), size(360.0, 160.0), &sheet).unwrap();
    assert!(text.contains("<title>A &amp; B</title>"));
    assert!(text.contains("<desc>One line, a &lt; b &amp; c</desc>"));
    let link = LINK.replace('&', "&amp;");
    assert!(text.contains(&format!("<metadata>{link}</metadata>")));
}

fn on_sheet(figure: &Figure, theme: &Theme, size: Size, sheet: &Sheet) -> Seen {
    let mut seen = Seen::default();
    let spy = Spy::new(&mut seen, sheet_size(size, theme, sheet));
    draw_sheet(spy, figure, theme, size, &mut Rasters::default(), sheet).unwrap();
    seen
}

/// The shapes, texts and pictures of a file with their places, in order: `(element, x, y)`.
fn places(svg: &str) -> Vec<(String, f64, f64)> {
    let number = |element: &str, name: &str| {
        let after = element.split_once(&format!(" {name}=\""))?.1;
        after.split_once('"')?.0.parse::<f64>().ok()
    };
    let mut found = Vec::new();
    for element in svg.split('<').skip(2) {
        let kind = element
            .split([' ', '>'])
            .next()
            .unwrap_or_default()
            .to_owned();
        if let Some(points) = element.split_once(" points=\"") {
            for point in points.1.split('"').next().unwrap().split_whitespace() {
                let (x, y) = point.split_once(',').unwrap();
                found.push((kind.clone(), x.parse().unwrap(), y.parse().unwrap()));
            }
            continue;
        }
        for (x, y) in [("x", "y"), ("cx", "cy")] {
            if let (Some(x), Some(y)) = (number(element, x), number(element, y)) {
                found.push((kind.clone(), x, y));
            }
        }
    }
    found
}

#[test]
fn the_figure_is_the_same_only_elsewhere() {
    let values = steps(6, 8);
    let curves = array![[0.0, 0.5, 1.0, 0.5, -0.5]];
    let figure = figure(
        "All",
        vec![
            heatmap_panel(values.view(), Rows::Down),
            lines_panel(curves.view(), 10),
            histogram_panel(),
        ],
    );
    let theme = theme(Scheme::Light);
    let sheet = Sheet {
        title: "One line",
        link: "short",
    };
    let plain = places(&picture(&figure, size(900.0, 200.0)));
    let framed = places(&svg_sheet(&figure, &theme, size(900.0, 200.0), &sheet).unwrap());
    // The card first in both; then title and link, then everything else.
    let (plain, framed) = (&plain[1..], &framed[3..]);
    assert_eq!(plain.len(), framed.len());
    let (dx, dy) = (framed[0].1 - plain[0].1, framed[0].2 - plain[0].2);
    assert!(dx > 0.0 && dy > dx, "{dx} {dy}");
    for ((kind, x, y), there) in plain.iter().zip(framed) {
        assert_eq!(&(kind.clone(), x + dx, y + dy), there);
    }
}

#[test]
fn what_is_empty_takes_no_room() {
    let theme = theme(Scheme::Light);
    let height = |title, link| {
        let sheet = Sheet { title, link };
        sheet_size(size(300.0, 100.0), &theme, &sheet).height
    };
    let bare = height("", "");
    assert!(bare < height("", "x"));
    assert!(bare < height("x", ""));
    assert!(height("x", "x") < height("two lines of it, because it is long enough", "x"));
    let seen = on_sheet(
        &figure("", vec![]),
        &theme,
        size(300.0, 100.0),
        &Sheet {
            title: "",
            link: "",
        },
    );
    assert_eq!(seen.texts, Vec::<String>::new());
}

#[test]
fn a_link_keeps_its_two_ends() {
    let figure = figure("", vec![]);
    for (width, expected) in [
        (1000.0, LINK),
        (
            300.0,
            "https://example.org/lab/#/…om&values=1,2,3,4&token=3",
        ),
        (40.0, "htt…=3"),
        (6.0, "…"),
        (3.0, ""),
        (0.0, ""),
    ] {
        let sheet = Sheet {
            title: "",
            link: LINK,
        };
        let seen = on_sheet(&figure, &theme(Scheme::Light), size(width, 50.0), &sheet);
        assert_eq!(seen.texts.concat(), expected);
    }
}

#[test]
fn everything_grows_with_the_text() {
    let small = theme(Scheme::Light);
    let large = Theme {
        text_px: 2.0 * small.text_px,
        ..small.clone()
    };
    let sheet = Sheet {
        title: "One line",
        link: "short",
    };
    let around = |theme: &Theme| {
        let outer = sheet_size(size(400.0, 200.0), theme, &sheet);
        (outer.width - 400.0, outer.height - 200.0)
    };
    let (once, twice) = (around(&small), around(&large));
    assert!((twice.0 - 2.0 * once.0).abs() < 1e-9);
    assert!((twice.1 - 2.0 * once.1).abs() <= 8.0, "{once:?} {twice:?}");
}

proptest! {
    /// Of a slide, to the pixel.
    #[test]
    fn a_sheet_is_as_large_as_it_is_to_be(title in "[a-z ]{0,300}", link in "[a-z]{0,80}", width in 400_u32..1200, height in 300_u32..900) {
        let theme = theme(Scheme::Light);
        let sheet = Sheet { title: &title, link: &link };
        let whole = size(f64::from(width), f64::from(height));
        let figure = figure_size(whole, &theme, &sheet);
        prop_assert_eq!(sheet_size(figure, &theme, &sheet), whole);
    }
}

proptest! {
    #[test]
    fn any_sheet_draws(
        width in prop_oneof![0.0_f64..1400.0, Just(f64::NAN), Just(f64::INFINITY)], height in 0.0_f64..700.0,
        pixel_ratio in prop_oneof![0.3_f64..4.0, Just(1.0), Just(2.0)], text_px in prop_oneof![0.0_f64..40.0, Just(f64::NAN), Just(-1.0)],
        title in any::<String>(), link in any::<String>(),
    ) {
        let values = steps(6, 8);
        let figure = figure("", vec![heatmap_panel(values.view(), Rows::Down)]);
        let theme = Theme { text_px, ..theme(Scheme::Light) };
        let sheet = Sheet { title: &title, link: &link };
        let size = Size { width, height, pixel_ratio };
        let seen = on_sheet(&figure, &theme, size, &sheet);
        assert_on_pixels(&seen, pixel_ratio);
    }
}
