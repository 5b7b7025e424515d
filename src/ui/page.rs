//! What all rooms share: the settings of the page, the notices, the themes, what is said aloud.

use std::cell::RefCell;

use figures::theme::{Scheme, Theme};
use figures::{Ramp, RangeChoice};
use leptos::{prelude::*, task::spawn_local};
use rooms::page::{PageState, ThemeChoice};
use rooms::settings::{Chosen, Notice};

use crate::browser::canvas::{COMMON, Painter, painter_of_all};
use crate::browser::late::{NotLoaded, ask_again};
use crate::browser::page as browser;
use crate::ui::follow::follow;
use crate::ui::menu::{ItemKind, MenuItem};

/// How long words wait to be said: who holds a key down hears where the crosshair stops, not each step.
const SAY_AFTER_MS: i32 = 1000;

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

/// The colours of a scheme and type of this size, read by `read`.
pub fn with_theme<T>(scheme: Scheme, text_px: f64, read: impl FnOnce(&Theme) -> T) -> T {
    THEMES.with_borrow_mut(|[light, dark]| {
        let theme = match scheme {
            Scheme::Light => light,
            Scheme::Dark => dark,
        };
        theme.text_px = text_px;
        read(theme)
    })
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
    /// A control was moved, and no figure has told what came of it yet.
    pub has_moved: StoredValue<bool>,
    /// What it will be told when the hand rests.
    to_say: StoredValue<Option<String>>,
    /// What draws figures: the common kinds of plots, and every kind once more than the first part is here.
    pub painter: StoredValue<Painter>,
    /// The first picture has been drawn: what follows it may be fetched.
    pub has_picture: RwSignal<bool>,
    system_is_dark: RwSignal<bool>,
    /// Grows when the window's pixels change, so that figures are drawn anew.
    pub pixels: RwSignal<u32>,
}

thread_local! {
    /// The light one and the dark one, in the size of text that was asked for last.
    static THEMES: RefCell<[Theme; 2]> = RefCell::new([Scheme::Light, Scheme::Dark].map(theme));
}

fn theme(scheme: Scheme) -> Theme {
    let tokens = include_str!("../../style/tokens.css");
    // Cannot fail: the file is compiled in, and `figures` tests that it has every token. `expect` would bring along what shows
    // any text with its escapes, 3 KB of tables.
    #[allow(clippy::panic)]
    let Ok(theme) = Theme::from_tokens(tokens, scheme) else {
        panic!("style/tokens.css is whole")
    };
    // The frame has a legend that can be clicked.
    Theme {
        draws_legend: false,
        ..theme
    }
}

impl Page {
    /// The page in the browser's present scheme.
    pub fn open() -> Self {
        let page = Self {
            state: RwSignal::default(),
            notices: RwSignal::default(),
            said: RwSignal::default(),
            has_moved: StoredValue::new(false),
            to_say: StoredValue::new(None),
            painter: StoredValue::new(COMMON),
            has_picture: RwSignal::new(false),
            system_is_dark: RwSignal::new(browser::system_is_dark()),
            pixels: RwSignal::new(0),
        };
        browser::on_system_scheme(move || page.system_is_dark.set(browser::system_is_dark()));
        browser::on_online(ask_again);
        browser::on_resize(move || page.pixels.update(|n| *n = n.wrapping_add(1)));
        follow(move || {
            browser::set_root_attribute("data-theme", page.state.read().theme.word().slug);
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
        let colours = self.state.with_untracked(PageState::colour_choice);
        let options = (0..).map_while(|idx| {
            let word = <Option<Ramp>>::word_at(idx)?;
            <Option<Ramp>>::from_idx(idx).map(|ramp| (word, ramp))
        });
        let ramps = options.enumerate().map(|(idx, (word, ramp))| {
            let kind = ItemKind::OneOf(colours.ramp == ramp);
            let heading = if idx == 0 { "Colours" } else { "" };
            MenuItem::new(word.label, act(ColourItem::Ramp(ramp)))
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
            ColourItem::Ramp(ramp) => state.colours = ramp,
            ColourItem::Range(range) => state.range = range,
        });
    }

    /// Waits for something that comes later than the first picture, and for what draws every kind of plot, which
    /// it needs. Both are asked for at once.
    pub async fn arrival<T>(
        self,
        coming: impl Future<Output = Result<T, NotLoaded>>,
    ) -> Result<T, NotLoaded> {
        spawn_local(async {
            painter_of_all().await.ok();
        });
        let come = coming.await?;
        // On its way already: this only waits.
        self.painter.set_value(painter_of_all().await?);
        Ok(come)
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
