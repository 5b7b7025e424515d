//! The page itself: its link, its colour scheme, its title, what is focused.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, EventTarget, HtmlElement};

/// The fragment of the page's link, with the leading `#`, or empty.
pub fn fragment() -> String {
    web_sys::window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

/// The whole link with this fragment instead of the present one.
pub fn link_with(fragment: &str) -> String {
    let href = web_sys::window()
        .and_then(|window| window.location().href().ok())
        .unwrap_or_default();
    let page = href.split('#').next().unwrap_or_default();
    format!("{page}{fragment}")
}

/// Puts another fragment into the page's link without a new entry in the history.
pub fn replace_fragment(fragment: &str) {
    if let Some(window) = web_sys::window()
        && let Ok(history) = window.history()
    {
        // Refused only by browsers that count more than a hundred in half a minute; the next one will do.
        history
            .replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(fragment))
            .ok();
    }
}

/// Calls `changed` whenever the fragment is changed by anyone but [`replace_fragment`], as long as the
/// page lives.
pub fn on_fragment(changed: impl Fn() + 'static) {
    on_window("hashchange", changed);
}

/// Calls `changed` whenever the window's size or pixel ratio changes, as long as the page lives.
pub fn on_resize(changed: impl Fn() + 'static) {
    on_window("resize", changed);
}

/// Calls `asked` whenever the network is back, or somebody presses a button that asks as if it were (index.html), as long as the
/// page lives.
pub fn on_online(asked: impl Fn() + 'static) {
    on_window("online", asked);
}

fn on_window(event: &str, changed: impl Fn() + 'static) {
    if let Some(window) = web_sys::window() {
        listen_for_ever(&window, event, move |_| changed());
    }
}

fn listen_for_ever(target: &EventTarget, event: &str, listener: impl Fn(Event) + 'static) {
    let listener = Closure::<dyn FnMut(Event)>::new(listener).into_js_value();
    target
        .add_event_listener_with_callback(event, listener.unchecked_ref())
        .ok();
}

/// Width and height of the window, in CSS pixels.
pub fn window_size() -> (f64, f64) {
    let window = web_sys::window();
    let size = window.and_then(|it| {
        let (width, height) = (it.inner_width().ok()?, it.inner_height().ok()?);
        width.as_f64().zip(height.as_f64())
    });
    size.unwrap_or_default()
}

/// Whether the system asks for dark pages.
pub fn system_is_dark() -> bool {
    dark_query().is_some_and(|query| query.matches())
}

/// Calls `changed` when the system's wish changes, as long as the page lives.
pub fn on_system_scheme(changed: impl Fn() + 'static) {
    if let Some(query) = dark_query() {
        let listener = Closure::<dyn FnMut()>::new(changed).into_js_value();
        query.set_onchange(Some(listener.unchecked_ref()));
    }
}

fn dark_query() -> Option<web_sys::MediaQueryList> {
    media_query("(prefers-color-scheme: dark)")
}

/// Whether the system asks for less motion.
pub fn wants_less_motion() -> bool {
    media_query("(prefers-reduced-motion: reduce)").is_some_and(|query| query.matches())
}

fn media_query(query: &str) -> Option<web_sys::MediaQueryList> {
    web_sys::window()?.match_media(query).ok()?
}

/// Sets an attribute of the root element, where the style sheets read it.
pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = root() {
        // The names are our own words and valid.
        root.set_attribute(name, value).ok();
    }
}

/// Names the page in the window's title.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// The element with this id.
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Takes everything out of the element with this id.
pub fn empty(id: &str) {
    set_text(id, "");
}

/// The element with this id says `text`.
pub fn set_text(id: &str, text: &str) {
    if let Some(element) = by_id(id) {
        element.set_text_content(Some(text));
    }
}

/// Sets an attribute of the element with this id.
pub fn set_attribute(id: &str, name: &str, value: &str) {
    if let Some(element) = by_id(id) {
        // The names are our own words and valid.
        element.set_attribute(name, value).ok();
    }
}

/// Adds or takes away a class of the element with this id; says whether it has it now.
pub fn toggle_class(id: &str, class: &str) -> bool {
    by_id(id)
        .and_then(|element| element.class_list().toggle(class).ok())
        .unwrap_or_default()
}

/// Calls `clicked` when the element with this id is clicked, as long as the page lives.
pub fn on_click(id: &str, clicked: impl Fn() + 'static) {
    if let Some(element) = by_id(id) {
        listen_for_ever(&element, "click", move |event| {
            event.prevent_default();
            clicked();
        });
    }
}

/// What waited for the page to start can be used from now on.
pub fn awaken() {
    let waiting = document().and_then(|document| document.query_selector_all("[inert]").ok());
    if let Some(waiting) = waiting {
        for idx in 0..waiting.length() {
            if let Some(element) = waiting
                .item(idx)
                .and_then(|it| it.dyn_into::<Element>().ok())
            {
                element.remove_attribute("inert").ok();
            }
        }
    }
}

/// Calls `run` once, after `ms` milliseconds.
pub fn after(ms: i32, run: impl FnOnce() + 'static) {
    let run = Closure::once_into_js(run);
    if let Some(window) = web_sys::window() {
        window
            .set_timeout_with_callback_and_timeout_and_arguments_0(run.unchecked_ref(), ms)
            .ok();
    }
}

/// How long a piece of work may keep the page waiting between two pauses, in milliseconds: half a frame.
pub const PIECE_MS: f64 = 8.0;

/// Lets the browser do what waits: input, painting.
pub async fn pause() {
    let passed = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 0)
                .ok();
        }
    });
    // A promise that a timer keeps is never broken.
    JsFuture::from(passed).await.ok();
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

fn root() -> Option<Element> {
    document()?.document_element()
}

/// How far down the page is scrolled, in CSS pixels.
pub fn scrolled_to() -> f64 {
    let window = web_sys::window();
    window.and_then(|it| it.scroll_y().ok()).unwrap_or_default()
}

/// Scrolls so far down.
pub fn scroll_to(y: f64) {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, y);
    }
}

/// Scrolls to the element with this id.
pub fn show_by_id(id: &str) {
    if let Some(element) = by_id(id) {
        element.scroll_into_view();
    }
}

/// Moves the focus to the element with this id.
pub fn focus_by_id(id: &str) {
    if let Some(element) = by_id(id) {
        element.focus().ok();
    }
}
