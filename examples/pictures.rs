//! Draws the figures of a link without a browser, for a person to look at:
//!
//! ```text
//! cargo run --example pictures -- '#/encode?part=table&base=100' target/pictures 700 dark
//! ```
//!
//! writes one SVG per figure of the part that the link shows, and prints the words beside them.

#![allow(
    clippy::print_stdout,
    reason = "a command-line program speaks to a person"
)]

use std::error::Error;
use std::path::Path;

use figures::draw::Sheet;
use figures::svg::svg_sheet;
use figures::{Scheme, Size, Theme};
use rooms::address::Address;
use rooms::inspect::FigureDoc;
use rooms::{ALL, by_slug};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let link = arguments.next().unwrap_or_default();
    let folder = arguments.next().unwrap_or_else(|| "target/pictures".into());
    let width: f64 = arguments.next().map_or(Ok(700.0), |text| text.parse())?;
    let scheme = match arguments.next().as_deref() {
        Some("dark") => Scheme::Dark,
        _ => Scheme::Light,
    };
    std::fs::create_dir_all(&folder)?;
    let theme = Theme::from_tokens(include_str!("../style/tokens.css"), scheme)?;
    let address = Address::parse(&link);
    let lab = by_slug(&address.lab).unwrap_or(&ALL[0]);
    let (_, notices) = (lab.inspect.canonical)(&address.pairs);
    for notice in notices {
        println!("notice: {notice}");
    }
    let part = (lab.inspect.part)(&address.pairs);
    for text in (lab.inspect.texts)(&address.pairs, part) {
        println!("{text}");
    }
    for (idx, figure) in (lab.inspect.figures)().into_iter().enumerate() {
        let FigureDoc {
            id,
            part_idx,
            panel_height,
        } = figure;
        if part_idx != part {
            continue;
        }
        let mut written = Ok(());
        (lab.inspect.with_figure)(&address.pairs, idx, &mut |figure| {
            println!("\n{id}: {}\n{}", figure.title, figure.summary);
            let size = Size {
                width,
                height: f64::from(panel_height)
                    * figures::layout::rows(figure.panels.len(), width) as f64,
                pixel_ratio: 2.0,
            };
            let title = figure.title.clone().into_owned();
            let sheet = Sheet {
                title: &title,
                link: &link,
            };
            written = svg_sheet(figure, &theme, size, &sheet)
                .map_err(|why| why.to_string())
                .and_then(|text| {
                    std::fs::write(Path::new(&folder).join(format!("{id}.svg")), text)
                        .map_err(|why| why.to_string())
                });
        });
        written?;
    }
    Ok(())
}
