//! What a figure has selected, as a table: the same numbers as in its exports.

use figures::{Figure, excerpt};

use crate::ui::text::push_escaped;

/// Writes the table of a figure as HTML.
pub type TableWriter = fn(&Figure<'_>) -> String;

/// The table of a figure as HTML.
pub fn table_html(figure: &Figure<'_>) -> String {
    let excerpt = excerpt(figure);
    let mut html = String::from("<table><thead><tr>");
    for name in &excerpt.header {
        html.push_str("<th scope=\"col\">");
        push_escaped(&mut html, name);
        html.push_str("</th>");
    }
    html.push_str("</tr></thead><tbody>");
    for row in &excerpt.rows {
        html.push_str("<tr>");
        for cell in row {
            html.push_str("<td>");
            push_escaped(&mut html, cell);
            html.push_str("</td>");
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    if excerpt.n_left_out > 0 {
        html.push_str("<p>");
        html.push_str(&excerpt.n_left_out.to_string());
        html.push_str(" more rows are in the CSV.</p>");
    }
    html
}
