//! A figure's legend: a button per curve, which takes it away and brings it back.

use figures::{LegendEntry, Mark, Role};

use crate::ui::text::push_escaped;

/// What a press on the entry with this number says.
const WORD: &str = "curve ";

/// The number of the entry that a press was on.
pub fn entry_of_word(word: &str) -> Option<usize> {
    word.strip_prefix(WORD)?.parse().ok()
}

/// Finds the button of the entry with this number.
pub fn entry_selector(idx: usize) -> String {
    format!("[data-do=\"{WORD}{idx}\"]")
}

/// The buttons; those of the numbers for which `is_off` are not pressed.
pub fn legend_html(entries: &[LegendEntry], is_off: impl Fn(usize) -> bool) -> String {
    let mut html = String::new();
    for (idx, LegendEntry { name, mark }) in entries.iter().enumerate() {
        html.push_str("<button type=\"button\" class=\"legend-entry ");
        push_mark(&mut html, *mark);
        html.push_str("\" data-do=\"");
        html.push_str(WORD);
        html.push_str(&idx.to_string());
        html.push_str("\" aria-pressed=\"");
        html.push_str(if is_off(idx) { "false" } else { "true" });
        if let Mark::Line(role) = mark {
            html.push_str("\"><svg class=\"swatch\" aria-hidden=\"true\"><path d=\"M0 2h32\" stroke-dasharray=\"");
            for length in role.dash() {
                html.push_str(&length.to_string());
                html.push(' ');
            }
            html.push_str("\"/></svg>");
        } else {
            html.push_str("\"><span class=\"swatch\" aria-hidden=\"true\"></span>");
        }
        push_escaped(&mut html, name);
        html.push_str("</button>");
    }
    html
}

/// The classes that make a mark: its form and its colour.
fn push_mark(html: &mut String, mark: Mark) {
    let (form, role) = match mark {
        Mark::Line(role) => ("", role),
        Mark::Dot(role) => ("dot ", role),
        Mark::Band(role) => ("counts ", role),
        Mark::Counts => ("counts ", Role::Accent),
        Mark::Highlighted => ("dot ", Role::Accent),
        Mark::Reference => ("", Role::Ink),
    };
    html.push_str(form);
    push_tone(html, role);
}

/// The class that has the role's colour.
fn push_tone(html: &mut String, role: Role) {
    /// As many as `style/tokens.css` has.
    const N_SERIES: usize = 7;
    match role {
        Role::Series(idx) => {
            html.push_str("series-");
            html.push_str(&(idx % N_SERIES + 1).to_string());
        }
        Role::Mu => html.push_str("tone-mu"),
        Role::Sigma => html.push_str("tone-sigma"),
        Role::Gamma => html.push_str("tone-gamma"),
        Role::Beta => html.push_str("tone-beta"),
        Role::Accent => html.push_str("tone-accent"),
        Role::Quiet => html.push_str("tone-quiet"),
        Role::Ink | Role::Line | Role::Edge | Role::Card => {}
    }
}
