//! The shell: navigation made from the registry, the link, and the room that is open, in the frame that
//! stands in index.html.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::{mount::mount_to, prelude::*, task::spawn_local};
use rooms::address::{self, Address};
use rooms::page::{FIGURE_KEY, PageState};
use rooms::platform;
use rooms::settings::{Notice, nearest, read_pairs, write_pairs};

use crate::browser::frame::name_frames;
use crate::browser::late::{NotLoaded, when_asked_again};
use crate::browser::{page as browser, platform::BROWSER, save};
use crate::late::{Open, ROOMS, by_slug};
use crate::ui::follow::{follow, memo, view_of};
use crate::ui::html::{Link, MISSING, links_view, waiting_view};
use crate::ui::notices::notices_view;
use crate::ui::page::Page;
use crate::ui::room::AnyRoom;
use crate::ui::terms::explain_terms;

/// The link follows the controls at most this often: browsers refuse more than a hundred in half a minute.
const LINK_EVERY_MS: i32 = 300;

/// How long the share button says what it did.
const SHARED_MS: i32 = 2500;

/// No number of a room.
const NONE: usize = usize::MAX;

/// Every room that was opened stays open with its state, so that going to another and back loses nothing.
type Rooms = StoredValue<Vec<Option<Box<dyn AnyRoom>>>, LocalStorage>;

/// The shell with all its rooms.
#[derive(Clone, Copy)]
struct Shell {
    page: Page,
    rooms: Rooms,
    /// How many rooms have been opened: who shows one follows it.
    n_opened: RwSignal<usize>,
    /// The number of the room that is shown.
    lab_idx: RwSignal<usize>,
    /// The number of the room whose code did not arrive last.
    missing: RwSignal<usize>,
    /// The link as it was read or written last.
    seen: StoredValue<Seen>,
    /// How often the link was shared.
    n_shared: StoredValue<u32>,
}

/// A link that the page has read or written.
#[derive(Default)]
struct Seen {
    /// As it stands in the address bar.
    fragment: String,
    /// As the page writes it.
    written: String,
}

/// A reset that can be taken back.
struct Undo {
    /// The link after it.
    link: String,
    /// Brings back what was before.
    back: Box<dyn Fn()>,
}

impl Shell {
    fn new() -> Self {
        Self {
            page: Page::open(),
            rooms: StoredValue::new_local(ROOMS.iter().map(|_| None).collect()),
            n_opened: RwSignal::new(0),
            lab_idx: RwSignal::new(0),
            missing: RwSignal::new(NONE),
            seen: StoredValue::default(),
            n_shared: StoredValue::default(),
        }
    }

    /// The room's link as its settings stand.
    fn fragment(self, lab_idx: usize) -> String {
        let page_pairs = self.page.state.with(write_pairs);
        let lab_pairs = self
            .with_room(lab_idx, |room| room.link_pairs())
            .unwrap_or_default();
        let is_here = self.lab_idx.get() == lab_idx;
        let page_pairs = page_pairs
            .iter()
            .filter(|pair| is_here || pair.0 != FIGURE_KEY);
        let pairs = lab_pairs.iter().chain(page_pairs);
        let slug = ROOMS.get(lab_idx).map_or("", |lab| lab.slug);
        address::fragment(slug, pairs.map(|(key, value)| (*key, value.as_str())))
    }

    /// Does something with a room, if it is open; followed by whoever asks inside an effect.
    fn with_room<T>(self, lab_idx: usize, act: impl FnOnce(&dyn AnyRoom) -> T) -> Option<T> {
        self.n_opened.track();
        self.rooms
            .with_value(|rooms| rooms.get(lab_idx)?.as_deref().map(act))
    }

    /// Does something with the room that is shown, if it is open.
    fn with_shown<T>(self, act: impl FnOnce(&dyn AnyRoom) -> T) -> Option<T> {
        self.with_room(self.lab_idx.get(), act)
    }

    fn is_open(self, lab_idx: usize) -> bool {
        untrack(|| self.with_room(lab_idx, |_| ())).is_some()
    }

    fn put_room(self, lab_idx: usize, room: Box<dyn AnyRoom>) {
        self.rooms.update_value(|rooms| {
            if let Some(place) = rooms.get_mut(lab_idx) {
                *place = Some(room);
            }
        });
        self.n_opened.update(|n| *n += 1);
    }

    /// Opens a room unless it is open. One whose code must be fetched takes its settings from the link once it is there.
    fn open_room(self, lab_idx: usize) {
        let Some(lab) = ROOMS.get(lab_idx).filter(|_| !self.is_open(lab_idx)) else {
            return;
        };
        match lab.open {
            Open::AtOnce(open) => self.put_room(lab_idx, open(self.page)),
            Open::Late(open) => {
                let room = open(self.page);
                spawn_local(async move {
                    match self.page.arrival(room).await {
                        // Asked for twice while it was on its way: one is enough.
                        Ok(_) if self.is_open(lab_idx) => {}
                        Ok(room) => {
                            self.put_room(lab_idx, room);
                            self.follow_link();
                        }
                        Err(NotLoaded) => {
                            if self.missing.get_untracked() != lab_idx {
                                self.missing.set(lab_idx);
                            }
                            self.page.said.set(MISSING.to_owned());
                            when_asked_again(Box::new(move || self.open_room(lab_idx)));
                        }
                    }
                });
            }
        }
    }

    /// Goes where the page's link says.
    fn follow_link(self) {
        let fragment = browser::fragment();
        let address = Address::parse(&fragment);
        let mut notices = Vec::new();
        let lab = by_slug(&address.lab);
        if lab.is_none() && !address.lab.is_empty() {
            let slugs: Vec<_> = ROOMS.iter().map(|lab| lab.slug).collect();
            let first = ROOMS.first().map_or("", |lab| lab.slug);
            let used = match nearest(&address.lab, slugs.iter().copied()) {
                Some(near) => format!("{near} is the nearest; {first} is shown"),
                None => format!("{first} is shown"),
            };
            notices.push(Notice::new("lab", &address.lab, slugs.join(", "), used));
        }
        let lab_idx = lab
            .and_then(|lab| ROOMS.iter().position(|it| it.slug == lab.slug))
            .unwrap_or(0);
        // The room says which keys are nobody's; the page's own settings have no say in that.
        let (page_state, page_notices) = read_pairs(&address.pairs, None);
        notices.extend(page_notices);
        // Before the room reads its own: it opens the part with the figure that is large.
        if self.page.state.with_untracked(|now| *now != page_state) {
            self.page.state.set(page_state);
        }
        self.open_room(lab_idx);
        let lab_notices =
            untrack(|| self.with_room(lab_idx, |room| room.take_link(&address.pairs)));
        notices.extend(lab_notices.unwrap_or_default());
        if self.lab_idx.get_untracked() != lab_idx {
            self.lab_idx.set(lab_idx);
        }
        if self.page.notices.with_untracked(|now| *now != notices) {
            self.page.notices.set(notices);
        }
        let written = untrack(|| self.fragment(lab_idx));
        self.seen.set_value(Seen { fragment, written });
    }

    /// Keeps the page's link at the state, not more often than browsers allow.
    fn keep_link(self) {
        let link = memo(move || self.fragment(self.lab_idx.get()));
        let planned = StoredValue::new(false);
        follow(move || {
            // Read, not only followed: a memo that nobody reads never learns what it depends on.
            link.with(|_| ());
            if planned.get_value() {
                return;
            }
            planned.set_value(true);
            browser::after(LINK_EVERY_MS, move || {
                planned.set_value(false);
                let (written, now) = (link.get_untracked(), browser::fragment());
                // A room on its way has not read its link yet; and a link that was followed while this waited is about to
                // be read: it must not be written over. One that was read stays until something is changed: with a mistake in
                // it, it can then still be seen and mended.
                let is_old = self.is_open(self.lab_idx.get_untracked())
                    && self
                        .seen
                        .with_value(|seen| seen.fragment == now && seen.written != written);
                if is_old {
                    browser::replace_fragment(&written);
                    let fragment = browser::fragment();
                    self.seen.set_value(Seen { fragment, written });
                }
            });
        });
    }
}

/// Brings the frame of index.html to life: each part of it gets its view, each button its act.
pub fn start() {
    platform::set(BROWSER);
    // The first view to be mounted starts the reactive system, so everything else begins in there.
    mount("labs", || {
        let shell = Shell::new();
        shell.follow_link();
        shell.keep_link();
        shell.bind_buttons();
        shell.fill_frame();
        browser::on_fragment(move || shell.follow_link());
        explain_terms();
        browser::awaken();
        nav_view(shell)
    });
}

/// Puts a view into the part of the frame that has this id, for as long as the page lives.
fn mount<V: IntoView + 'static>(id: &str, view: impl FnOnce() -> V + 'static) {
    if let Some(parent) = browser::by_id(id) {
        mount_to(parent, move || view().into_any()).forget();
    }
}

impl Shell {
    /// The parts of the frame that follow the state.
    fn fill_frame(self) {
        browser::empty("room");
        mount("controls", move || {
            view_of(move || self.with_shown(|room| room.panel()))
        });
        mount("room", move || {
            view_of(move || {
                self.with_shown(|room| room.work())
                    .unwrap_or_else(|| waiting_view(self.missing.get() == self.lab_idx.get()))
            })
        });
        mount("notices", move || notices_view(self.page));
        follow(move || browser::set_text("said", &self.page.said.read()));
        follow(move || {
            if let Some(lab) = ROOMS.get(self.lab_idx.get()) {
                browser::set_title(&format!("{} · PosNorm Lab", lab.title));
                name_frames(lab.slug);
            }
        });
    }

    fn bind_buttons(self) {
        browser::on_click("theme", move || self.page.switch_theme());
        // The same button takes a reset back, as long as nothing else was changed.
        let undo = Rc::new(RefCell::new(None::<Undo>));
        let n_resets = RwSignal::new(0_u32);
        let last = Rc::clone(&undo);
        browser::on_click("reset", move || {
            let back = last.borrow_mut().take();
            match back {
                Some(Undo { back, .. }) => back(),
                None => *last.borrow_mut() = untrack(|| self.reset()),
            }
            n_resets.update(|n| *n = n.wrapping_add(1));
        });
        follow(move || {
            n_resets.track();
            let mut undo = undo.borrow_mut();
            let is_last = |undo: &mut Undo| undo.link == self.fragment(self.lab_idx.get());
            if undo.as_mut().is_some_and(|it| !is_last(it)) {
                *undo = None;
            }
            browser::set_text(
                "reset",
                if undo.is_some() {
                    "Undo the reset"
                } else {
                    "Reset this lab"
                },
            );
        });
        // Folded, the sheet of a phone is a bar with the control that was used last.
        browser::on_click("fold", || {
            let folded = browser::toggle_class("panel", "folded");
            browser::set_text(
                "fold",
                if folded {
                    "All settings"
                } else {
                    "Close the settings"
                },
            );
            browser::set_attribute(
                "fold",
                "aria-expanded",
                if folded { "false" } else { "true" },
            );
        });
        // A link to a place would change the fragment, which is the state: the focus is moved.
        for (link, place) in [
            ("skip", "figures"),
            ("skip-on", "panel"),
            ("back", "figures"),
        ] {
            browser::on_click(link, move || browser::focus_by_id(place));
        }
        browser::on_click("share", move || self.share());
    }

    /// Brings the room that is shown back to how it opens, in its part.
    fn reset(self) -> Option<Undo> {
        let room_back = self.with_shown(|room| room.reset())?;
        let page = self.page.state;
        let before = page.get();
        // The theme stays: it is the reader's, not the lab's.
        page.update(|page| {
            *page = PageState {
                theme: page.theme,
                ..PageState::default()
            };
        });
        self.page.notices.set(Vec::new());
        self.page
            .said
            .set("Reset. The same button undoes it.".to_owned());
        Some(Undo {
            link: self.fragment(self.lab_idx.get()),
            back: Box::new(move || {
                room_back();
                page.set(before.clone());
            }),
        })
    }

    /// Copies the link and says so on the button.
    fn share(self) {
        let link = browser::link_with(&untrack(|| self.fragment(self.lab_idx.get())));
        spawn_local(async move {
            let copied = save::copy(link).await;
            let words = if copied {
                "Link copied"
            } else {
                "Copy it from the address bar"
            };
            browser::set_text("share", words);
            self.page.said.set(words.to_owned());
            let nth = self.n_shared.get_value().wrapping_add(1);
            self.n_shared.set_value(nth);
            browser::after(SHARED_MS, move || {
                if self.n_shared.get_value() == nth {
                    browser::set_text("share", "Share");
                }
            });
        });
    }
}

/// One link per room, each with that room's state in it.
fn nav_view(shell: Shell) -> AnyView {
    let links = ROOMS.iter().enumerate().map(|(idx, lab)| Link {
        name: lab.title,
        title: "",
        href: Box::new(move || shell.fragment(idx)),
        is_current: Box::new(move || shell.lab_idx.get() == idx),
    });
    links_view(("", ""), "page", links.collect())
}
