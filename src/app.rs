//! The shell: header, navigation made from the registry, the link, and the room that is open.

use leptos::{prelude::*, task::spawn_local};

use crate::address::{self, Address};
use crate::browser::{page as browser, save};
use crate::labs::{ALL, LabEntry, by_slug};
use crate::settings::{Notice, read_pairs, write_pairs};
use crate::ui::notices::notices_view;
use crate::ui::page::Page;
use crate::ui::room::AnyRoom;

/// The link follows the controls at most this often: browsers refuse more than a hundred in half a minute.
const LINK_EVERY_MS: i32 = 300;

/// How long the share button says what it did.
const SHARED_MS: i32 = 2500;

/// Every room stays open with its state, so that going to another and back loses nothing.
type Rooms = StoredValue<Vec<Box<dyn AnyRoom>>, LocalStorage>;

/// The shell with all its rooms.
#[derive(Clone, Copy)]
struct Shell {
    page: Page,
    rooms: Rooms,
    /// The number of the room that is shown.
    lab_idx: RwSignal<usize>,
}

impl Shell {
    fn new() -> Self {
        let page = Page::new();
        let rooms = ALL.iter().map(|lab| (lab.open)(page)).collect();
        Self { page, rooms: StoredValue::new_local(rooms), lab_idx: RwSignal::new(0) }
    }

    /// The room's link as its settings stand.
    fn fragment(self, lab_idx: usize) -> String {
        let page_pairs = self.page.state.with(write_pairs);
        self.rooms.with_value(|rooms| {
            let lab_pairs = rooms.get(lab_idx).map(|room| room.link_pairs()).unwrap_or_default();
            let pairs = lab_pairs.iter().chain(&page_pairs);
            let slug = ALL.get(lab_idx).map_or("", |lab| lab.slug);
            address::fragment(slug, pairs.map(|(key, value)| (*key, value.as_str())))
        })
    }

    /// Goes where the page's link says.
    fn follow_link(self) {
        let fragment = browser::fragment();
        let address = Address::parse(&fragment);
        let mut notices = Vec::new();
        let lab = by_slug(&address.lab);
        if lab.is_none() && !address.lab.is_empty() {
            let slugs: Vec<_> = ALL.iter().map(|lab| lab.slug).collect();
            let first = ALL.first().map_or("", |lab| lab.slug);
            notices.push(Notice::new("lab", &address.lab, slugs.join(", "), format!("{first} is shown")));
        }
        let lab_idx = lab.and_then(|lab| ALL.iter().position(|it| it.slug == lab.slug)).unwrap_or(0);
        // The room says which keys are nobody's; the page's own settings have no say in that.
        let (page_state, page_notices) = read_pairs(&address.pairs, |_| true);
        notices.extend(page_notices);
        self.rooms.with_value(|rooms| {
            if let Some(room) = rooms.get(lab_idx) {
                notices.extend(room.take_link(&address.pairs));
            }
        });
        if self.page.state.with_untracked(|now| *now != page_state) {
            self.page.state.set(page_state);
        }
        if self.lab_idx.get_untracked() != lab_idx {
            self.lab_idx.set(lab_idx);
        }
        if self.page.notices.with_untracked(|now| *now != notices) {
            self.page.notices.set(notices);
        }
    }

    /// Keeps the page's link at the state, not more often than browsers allow.
    fn keep_link(self) {
        let link = Memo::new(move |_| self.fragment(self.lab_idx.get()));
        let planned = StoredValue::new(false);
        Effect::new(move |was_opened: Option<()>| {
            link.track();
            // What the page was opened with stays in the link until something is changed: a link
            // with a mistake in it can then still be seen and mended.
            if was_opened.is_none() || planned.get_value() {
                return;
            }
            planned.set_value(true);
            browser::after(LINK_EVERY_MS, move || {
                planned.set_value(false);
                let fragment = link.get_untracked();
                if fragment != browser::fragment() {
                    browser::replace_fragment(&fragment);
                }
            });
        });
    }
}

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let shell = Shell::new();
    shell.follow_link();
    shell.keep_link();
    browser::on_fragment(move || shell.follow_link());
    Effect::new(move || {
        if let Some(lab) = ALL.get(shell.lab_idx.get()) {
            browser::set_title(&format!("{} · PosNorm Lab", lab.title));
        }
    });
    Effect::new(|| browser::remove_waiting_frame());

    let folded = RwSignal::new(false);
    let panel = move || {
        let idx = shell.lab_idx.get();
        shell.rooms.with_value(|rooms| rooms.get(idx).map(|room| room.panel()))
    };
    let work = move || {
        let idx = shell.lab_idx.get();
        shell.rooms.with_value(|rooms| rooms.get(idx).map(|room| room.work()))
    };
    let reset = move |_| {
        let idx = shell.lab_idx.get_untracked();
        shell.rooms.with_value(|rooms| {
            if let Some(room) = rooms.get(idx) {
                room.reset();
            }
        });
        shell.page.notices.set(Vec::new());
    };
    view! {
        <a class="skip" href="#work" on:click=skip_to_work>"Skip to the figures"</a>
        {header_view(shell)}
        <main class="room">
            <section class="panel" class:folded=folded aria-label="Controls">
                <button
                    type="button"
                    class="panel-handle"
                    aria-expanded=move || (!folded.get()).to_string()
                    on:click=move |_| folded.update(|folded| *folded = !*folded)
                >{move || if folded.get() { "All controls" } else { "Fewer controls" }}</button>
                {panel}
                <div class="control actions">
                    <button type="button" on:click=reset>"Reset this lab"</button>
                </div>
            </section>
            <section class="work" id="work" tabindex="-1" aria-label="Figures">
                {notices_view(shell.page)}
                {work}
            </section>
        </main>
        <div class="visually-hidden" aria-live="polite">{move || shell.page.said.get()}</div>
    }
}

/// The link to the figures would change the fragment, which is the state: the focus is moved instead.
fn skip_to_work(event: leptos::ev::MouseEvent) {
    event.prevent_default();
    browser::focus_by_id("work");
}

fn header_view(shell: Shell) -> AnyView {
    let links: Vec<_> = ALL
        .iter()
        .enumerate()
        .map(|(idx, lab): (usize, &LabEntry)| {
            let is_open = move || shell.lab_idx.get() == idx;
            view! {
                <a
                    href=move || shell.fragment(idx)
                    class:open=is_open
                    aria-current=move || is_open().then_some("page")
                >{lab.title}</a>
            }
        })
        .collect();
    view! {
        <header>
            <div class="brand">"Pos"<i>"Norm"</i><span>" Lab"</span></div>
            <nav aria-label="Labs">{links}</nav>
            <div class="tools">
                <button type="button" class="button" popovertarget="about">"About"</button>
                <button
                    type="button"
                    class="button"
                    aria-label="Switch between light and dark"
                    title="Switch between light and dark"
                    on:click=move |_| shell.page.switch_theme()
                ><span aria-hidden="true">"◐"</span></button>
                {share_view(shell)}
            </div>
        </header>
    }
    .into_any()
}

fn share_view(shell: Shell) -> AnyView {
    let said = RwSignal::new("Share");
    let share = move |_| {
        let link = browser::link_with(&untrack(|| shell.fragment(shell.lab_idx.get())));
        spawn_local(async move {
            let copied = save::copy(link).await;
            let words = if copied { "Link copied" } else { "Copy it from the address bar" };
            said.set(words);
            shell.page.said.set(words.to_owned());
            browser::after(SHARED_MS, move || said.set("Share"));
        });
    };
    view! {
        <button type="button" class="button primary" on:click=share>{move || said.get()}</button>
    }
    .into_any()
}
