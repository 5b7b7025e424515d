//! The settings that every room has: what the reader chooses of the page itself.

use figures::{ColourChoice, Ramp, RangeChoice, Window, Windows};

use crate::per_figure::{CurvesOff, OpenTables, is_id};
use crate::platform::parse_number;
use crate::settings::number_text;
use crate::{settings, words};

/// The subjects of axes that can be zoomed, by which a link speaks of them.
pub const SUBJECTS: &[&str] = &[
    "position",
    "dimension",
    "token",
    "feature",
    "place",
    "offset",
    "head",
    "query",
    "key",
];

words! {
    /// Which colours the page has.
    pub enum ThemeChoice:
    /// What the system asks for.
    Auto "auto" "as the system";
    /// Dark on light.
    Light "light" "light";
    /// Light on dark.
    Dark "dark" "dark";
}

words! { Ramp or "auto" "as suits the data":
    Diverging "blue-orange" "blue to orange";
    PurpleGreen "purple-green" "purple to green";
    Sequential "blues" "one hue";
    ManyHued "many-hued" "many hues";
}

settings! {
    /// The settings that every room has.
    pub struct PageState {
        /// Light or dark; otherwise as the system asks.
        theme: ThemeChoice = ThemeChoice::Auto, "" "Theme" (words);
        /// The colours of heatmaps and bars.
        colours: Option<Ramp> = None, "" "Colours" (words);
        /// The values that get the first and the last colour.
        range: RangeChoice = RangeChoice::Usual, "" "Colour range"
            (text(RANGE_ALLOWED, "usual", |s| range_text(s.range), shown_range, read_range));
        /// What is shown of axes that are not shown whole.
        zoom: Windows = Windows::default(), "" "Zoom"
            (text(ZOOM_ALLOWED, "everything", |s| zoom_text(&s.zoom), shown_zoom, read_zoom));
        /// The curves that the legends have off.
        curves_off: CurvesOff = CurvesOff::default(), "" "Curves off"
            (text(CURVES_ALLOWED, "none", |s| s.curves_off.text(), |s| s.curves_off.text().unwrap_or_default(), read_curves));
        /// The figures whose tables are open.
        tables: OpenTables = OpenTables::default(), "" "Open tables"
            (text(TABLES_ALLOWED, "none", |s| s.tables.text(), |s| s.tables.text().unwrap_or_default(), read_tables));
        /// The figure that fills the window: its id; empty for none.
        figure: String = String::new(), "" "Large figure"
            (text(FIGURE_ALLOWED, "none", |s| (!s.figure.is_empty()).then(|| s.figure.clone()), |s| s.figure.clone(), read_figure));
    }
}

impl PageState {
    /// How values become colours in figures.
    pub fn colour_choice(&self) -> ColourChoice {
        ColourChoice {
            ramp: self.colours,
            range: self.range,
        }
    }
}

const RANGE_ALLOWED: &str = "usual, auto, symmetric, or a number above 0 for both ends";

const ZOOM_ALLOWED: &str =
    "first and last of what an axis counts, such as position:10-40,dimension:0-15";

const CURVES_ALLOWED: &str =
    "ids of figures with numbers in their legends, such as encode-curves:1,3;encode-offsets:1";

const TABLES_ALLOWED: &str = "ids of figures, separated by commas, such as encode-heatmap";

const FIGURE_ALLOWED: &str = "the id of a figure, such as encode-heatmap";

/// The key of the setting that belongs to what is shown: no link to another place has it.
pub const FIGURE_KEY: &str = "figure";

fn shown_range(state: &PageState) -> String {
    range_text(state.range).unwrap_or_else(|| "usual".to_owned())
}

fn shown_zoom(state: &PageState) -> String {
    zoom_text(&state.zoom).unwrap_or_default()
}

/// The range as it stands in the link; `None` for the usual one.
fn range_text(range: RangeChoice) -> Option<String> {
    match range {
        RangeChoice::Usual => None,
        RangeChoice::Auto => Some("auto".to_owned()),
        RangeChoice::Symmetric => Some("symmetric".to_owned()),
        RangeChoice::Fixed(reach) => Some(number_text(reach)),
    }
}

#[allow(clippy::cast_possible_truncation)]
fn read_range(state: &mut PageState, text: &str) -> Result<(), String> {
    let reach = || {
        let reach = parse_number(text)?;
        let held = reach as f32;
        (held > 0.0 && held.is_finite()).then_some(RangeChoice::Fixed(reach))
    };
    let range = match text {
        "usual" => Some(RangeChoice::Usual),
        "auto" => Some(RangeChoice::Auto),
        "symmetric" => Some(RangeChoice::Symmetric),
        _ => reach(),
    };
    state.range = range.unwrap_or_default();
    range.map(|_| ()).ok_or_else(|| "usual is used".to_owned())
}

/// The windows as they stand in the link, such as `position:10-40,dimension:0-15`; `None` where there are none.
fn zoom_text(zoom: &Windows) -> Option<String> {
    // In the order of the subjects: equal states have equal links.
    let parts: Vec<_> = SUBJECTS
        .iter()
        .filter_map(|key| {
            let window = zoom.get(key)?;
            let last = window.first + (window.len as u64).saturating_sub(1);
            Some(format!("{key}:{}-{last}", window.first))
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(","))
}

/// Reads windows; what is no window of a subject, or comes twice, is left out.
fn read_zoom(state: &mut PageState, text: &str) -> Result<(), String> {
    /// Whatever an axis has, it is within this; its own ends hold a window when it is shown.
    const ANY: Window = Window {
        first: 0,
        len: usize::MAX,
    };
    state.zoom = Windows::default();
    let mut left_out = false;
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let read = || {
            let (key, cells) = part.split_once(':')?;
            let key = SUBJECTS.iter().find(|it| **it == key)?;
            let (first, last) = cells.split_once('-')?;
            let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
            let len = usize::try_from(last.checked_sub(first)?)
                .ok()?
                .checked_add(1)?;
            let window = Window {
                first: first.into(),
                len,
            };
            state.zoom.get(key).is_none().then_some((*key, window))
        };
        match read() {
            Some((key, window)) => state.zoom.update(key, ANY, |_| window),
            None => left_out = true,
        }
    }
    if left_out {
        let used = zoom_text(&state.zoom).unwrap_or_else(|| "everything".to_owned());
        return Err(format!("{used} is shown"));
    }
    Ok(())
}

fn read_curves(state: &mut PageState, text: &str) -> Result<(), String> {
    let (read, is_whole) = CurvesOff::read(unless_none(text));
    let used = read.text();
    state.curves_off = read;
    said_unless(is_whole, used, "every curve is on")
}

fn read_tables(state: &mut PageState, text: &str) -> Result<(), String> {
    let (read, is_whole) = OpenTables::read(unless_none(text));
    let used = read.text();
    state.tables = read;
    said_unless(is_whole, used, "no table is open")
}

fn read_figure(state: &mut PageState, text: &str) -> Result<(), String> {
    let id = unless_none(text);
    state.figure.clear();
    if !id.is_empty() && !is_id(id) {
        return Err(NO_FIGURE.to_owned());
    }
    state.figure.push_str(id);
    Ok(())
}

/// What is shown where there is no such figure.
pub(crate) const NO_FIGURE: &str = "no figure is large";

/// A list as it is given: the table of keys says none where it is empty.
fn unless_none(text: &str) -> &str {
    if text == "none" { "" } else { text }
}

/// What is used of a list, where it is not the whole of it.
fn said_unless(is_whole: bool, used: Option<String>, nothing: &str) -> Result<(), String> {
    let used = used.map_or_else(|| nothing.to_owned(), |used| format!("{used} is used"));
    if is_whole { Ok(()) } else { Err(used) }
}
