//! What all rooms share: the settings of the page, the notices, the themes, what is said aloud.

use figures::theme::{Scheme, Theme};
use leptos::prelude::*;

use crate::browser::page as browser;
use crate::settings::{Choice, Choosable, Control, Kind, Notice, Settings, always};

/// The settings that every room has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageState {
    /// Which colours.
    pub theme: ThemeChoice,
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

impl Settings for PageState {
    const CONTROLS: &'static [Control<Self>] = &[Control {
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
    }];
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
        let theme = |scheme| Theme::from_tokens(tokens, scheme).expect("style/tokens.css is whole");
        let page = Self {
            state: RwSignal::default(),
            notices: RwSignal::default(),
            said: RwSignal::default(),
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
