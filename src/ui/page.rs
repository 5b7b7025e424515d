//! What all rooms share: the settings of the page, the notices, the themes, what is said aloud.

use figures::theme::{Scheme, Theme};
use figures::{ColourChoice, Ramp, RangeChoice, Window, Windows};
use leptos::prelude::*;

use crate::browser::canvas::{COMMON, Painter, painter_of_all};
use crate::browser::page as browser;
use crate::number;
use crate::settings::{
    Choice, Choosable, Control, Kind, Notice, Settings, Text, always, number_text,
};
use crate::ui::menu::{ItemKind, MenuItem};
use crate::ui::tools::Tools;

/// How long words wait to be said: who holds a key down hears where the crosshair stops, not each step.
const SAY_AFTER_MS: i32 = 400;

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

/// The settings that every room has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageState {
    /// Which colours.
    pub theme: ThemeChoice,
    /// How values become colours in figures.
    pub colours: ColourChoice,
    /// What is shown of axes that are not shown whole.
    pub zoom: Windows,
}

/// Which colours the page has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// What the system asks for.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The themes with their words, in the order of the switch.
const THEMES: &[Choosable] = &[
    Choosable {
        slug: "auto",
        label: "as the system",
    },
    Choosable {
        slug: "light",
        label: "light",
    },
    Choosable {
        slug: "dark",
        label: "dark",
    },
];

impl ThemeChoice {
    fn idx(self) -> usize {
        match self {
            Self::Auto => 0,
            Self::Light => 1,
            Self::Dark => 2,
        }
    }

    fn from_idx(idx: usize) -> Self {
        match idx {
            1 => Self::Light,
            2 => Self::Dark,
            _ => Self::Auto,
        }
    }

    /// Its word in links and in the root element's attribute.
    pub fn slug(self) -> &'static str {
        THEMES[self.idx()].slug
    }
}

/// The ramps with their words, in the order of [`ramp_from_idx`].
const RAMPS: &[Choosable] = &[
    Choosable {
        slug: "auto",
        label: "as suits the data",
    },
    Choosable {
        slug: "blue-orange",
        label: "blue to orange",
    },
    Choosable {
        slug: "purple-green",
        label: "purple to green",
    },
    Choosable {
        slug: "blues",
        label: "one hue",
    },
    Choosable {
        slug: "many-hued",
        label: "many hues",
    },
];

/// The ramps that can be chosen, beside the usual one.
const CHOSEN_RAMPS: [Ramp; 4] = [
    Ramp::Diverging,
    Ramp::PurpleGreen,
    Ramp::Sequential,
    Ramp::ManyHued,
];

fn idx_of_ramp(ramp: Option<Ramp>) -> usize {
    let idx = ramp.and_then(|ramp| CHOSEN_RAMPS.iter().position(|it| *it == ramp));
    idx.map_or(0, |idx| idx + 1)
}

fn ramp_from_idx(idx: usize) -> Option<Ramp> {
    CHOSEN_RAMPS.get(idx.checked_sub(1)?).copied()
}

/// The ranges of a menu.
const RANGES: &[(&str, RangeChoice)] = &[
    ("as suits the figure", RangeChoice::Usual),
    ("least to largest value", RangeChoice::Auto),
    ("symmetric about 0", RangeChoice::Symmetric),
    ("fixed, −1 to 1", RangeChoice::Fixed(1.0)),
];

/// What an entry for colours chooses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColourItem {
    /// A ramp, or that of each figure.
    Ramp(Option<Ramp>),
    /// What the ends of the ramp stand for.
    Range(RangeChoice),
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
        let reach = number::parse(text)? as f32;
        (reach > 0.0 && reach.is_finite()).then_some(RangeChoice::Fixed(reach))
    };
    let range = match text {
        "usual" => Some(RangeChoice::Usual),
        "auto" => Some(RangeChoice::Auto),
        "symmetric" => Some(RangeChoice::Symmetric),
        _ => reach(),
    };
    state.colours.range = range.unwrap_or_default();
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

impl Settings for PageState {
    const CONTROLS: &'static [Control<Self>] = &[
        Control {
            key: "theme",
            name: "Theme",
            symbol: None,
            help: "Light or dark; otherwise as the system asks.",
            group: "",
            applies: always,
            kind: Kind::Choice(Choice {
                options: THEMES,
                get: |s| s.theme.idx(),
                set: |s, idx| s.theme = ThemeChoice::from_idx(idx),
            }),
        },
        Control {
            key: "ramp",
            name: "Colours",
            symbol: None,
            help: "The colours of heatmaps and bars.",
            group: "",
            applies: always,
            kind: Kind::Choice(Choice {
                options: RAMPS,
                get: |s| idx_of_ramp(s.colours.ramp),
                set: |s, idx| s.colours.ramp = ramp_from_idx(idx),
            }),
        },
        Control {
            key: "range",
            name: "Colour range",
            symbol: None,
            help: "The values that get the first and the last colour.",
            group: "",
            applies: always,
            kind: Kind::Text(Text {
                allowed: "usual, auto, symmetric, or a number above 0 for both ends",
                default: "usual",
                get: |s| range_text(s.colours.range),
                shown: |s| range_text(s.colours.range).unwrap_or_else(|| "usual".to_owned()),
                set: read_range,
            }),
        },
        Control {
            key: "zoom",
            name: "Zoom",
            symbol: None,
            help: "What is shown of axes that are not shown whole.",
            group: "",
            applies: always,
            kind: Kind::Text(Text {
                allowed: "first and last of what an axis counts, such as position:10-40,dimension:0-15",
                default: "everything",
                get: |s| zoom_text(&s.zoom),
                shown: |s| zoom_text(&s.zoom).unwrap_or_default(),
                set: read_zoom,
            }),
        },
    ];
}

/// The page, as every view sees it.
#[derive(Clone, Copy)]
pub struct Page {
    /// The settings that every room has.
    pub state: RwSignal<PageState>,
    /// What could not be used as it was given.
    pub notices: RwSignal<Vec<Notice>>,
    /// What a screen reader is to say now.
    pub said: RwSignal<String>,
    /// What it will be told when the hand rests.
    to_say: StoredValue<Option<String>>,
    /// What draws figures: the common kinds of plots, and every kind once more than the first part is here.
    pub painter: StoredValue<Painter>,
    /// The first picture has been drawn: what follows it may be fetched.
    pub has_picture: RwSignal<bool>,
    /// What hands do with figures, once it has been fetched.
    pub tools: StoredValue<Option<Tools>>,
    system_is_dark: RwSignal<bool>,
    themes: StoredValue<Themes>,
    /// Grows when the window's pixels change, so that figures are drawn anew.
    pub pixels: RwSignal<u32>,
}

struct Themes {
    light: Theme,
    dark: Theme,
}

impl Page {
    /// The page in the browser's present scheme.
    pub fn open() -> Self {
        let tokens = include_str!("../../style/tokens.css");
        // Cannot fail: the file is compiled in, and `figures` tests that it has every token.
        #[allow(clippy::expect_used)]
        let theme = |scheme| {
            let theme = Theme::from_tokens(tokens, scheme).expect("style/tokens.css is whole");
            // The frame has a legend that can be clicked.
            Theme {
                draws_legend: false,
                ..theme
            }
        };
        let page = Self {
            state: RwSignal::default(),
            notices: RwSignal::default(),
            said: RwSignal::default(),
            to_say: StoredValue::new(None),
            painter: StoredValue::new(COMMON),
            has_picture: RwSignal::new(false),
            tools: StoredValue::new(None),
            system_is_dark: RwSignal::new(browser::system_is_dark()),
            themes: StoredValue::new(Themes {
                light: theme(Scheme::Light),
                dark: theme(Scheme::Dark),
            }),
            pixels: RwSignal::new(0),
        };
        browser::on_system_scheme(move || page.system_is_dark.set(browser::system_is_dark()));
        browser::on_resize(move || page.pixels.update(|n| *n = n.wrapping_add(1)));
        Effect::new(move || {
            browser::set_root_attribute("data-theme", page.state.read().theme.slug());
        });
        page
    }

    /// The scheme in force.
    pub fn scheme(self) -> Scheme {
        let dark = match self.state.read().theme {
            ThemeChoice::Auto => self.system_is_dark.get(),
            ThemeChoice::Light => false,
            ThemeChoice::Dark => true,
        };
        if dark { Scheme::Dark } else { Scheme::Light }
    }

    /// Goes to the scheme that is not shown now; back to the system's own where that is the same.
    pub fn switch_theme(self) {
        let dark = self.scheme() == Scheme::Light;
        let system_is_dark = self.system_is_dark.get_untracked();
        self.state.update(|state| {
            state.theme = match dark {
                _ if dark == system_is_dark => ThemeChoice::Auto,
                true => ThemeChoice::Dark,
                false => ThemeChoice::Light,
            };
        });
    }

    /// The colours in force, read by `read`.
    pub fn with_theme<T>(self, scheme: Scheme, read: impl FnOnce(&Theme) -> T) -> T {
        self.themes.with_value(|themes| {
            read(match scheme {
                Scheme::Light => &themes.light,
                Scheme::Dark => &themes.dark,
            })
        })
    }

    /// Says something to a screen reader once there is a moment's rest; only the last of what comes quickly.
    pub fn say_soon(self, words: String) {
        let is_planned = self.to_say.with_value(Option::is_some);
        self.to_say.set_value(Some(words));
        if !is_planned {
            self.plan_saying();
        }
    }

    fn plan_saying(self) {
        let before = self.to_say.get_value();
        browser::after(SAY_AFTER_MS, move || {
            let now = self.to_say.get_value();
            if now == before {
                self.to_say.set_value(None);
                self.said.set(now.unwrap_or_default());
            } else {
                self.plan_saying();
            }
        });
    }

    /// The entries of a menu that choose colours and their range; each does what `act` makes of it.
    pub fn colour_items<A>(self, act: impl Fn(ColourItem) -> A) -> Vec<MenuItem<A>> {
        let colours = self.state.with_untracked(|state| state.colours);
        let ramps = RAMPS.iter().enumerate().map(|(idx, ramp)| {
            let kind = ItemKind::OneOf(idx_of_ramp(colours.ramp) == idx);
            let heading = if idx == 0 { "Colours" } else { "" };
            MenuItem::new(ramp.label, act(ColourItem::Ramp(ramp_from_idx(idx))))
                .kind(kind)
                .under(heading)
        });
        let ranges = RANGES.iter().enumerate().map(|(idx, (name, range))| {
            let kind = ItemKind::OneOf(colours.range == *range);
            let heading = if idx == 0 { "Colour range" } else { "" };
            MenuItem::new(name, act(ColourItem::Range(*range)))
                .kind(kind)
                .under(heading)
        });
        ramps.chain(ranges).collect()
    }

    /// Does what an entry for colours says.
    pub fn choose_colour(self, item: ColourItem) {
        self.state.update(|state| match item {
            ColourItem::Ramp(ramp) => state.colours.ramp = ramp,
            ColourItem::Range(range) => state.colours.range = range,
        });
    }

    /// Waits for what draws every kind of plot: whatever comes later than the first picture needs it.
    pub async fn fetch_painter(self) {
        match painter_of_all().await {
            Ok(painter) => self.painter.set_value(painter),
            Err(why) => self.note(
                "figures",
                Some(Notice::new("figures", "", "", why.to_string())),
            ),
        }
    }

    /// Shows a notice instead of an older one about the same setting; `None` takes that one away.
    pub fn note(self, key: &str, notice: Option<Notice>) {
        let has_old = self
            .notices
            .with_untracked(|notices| notices.iter().any(|n| n.key == key));
        if !has_old && notice.is_none() {
            return;
        }
        self.notices.update(|notices| {
            notices.retain(|old| old.key != key);
            notices.extend(notice);
        });
    }
}
