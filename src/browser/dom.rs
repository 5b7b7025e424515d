//! Elements of the page that are written to directly: a figure's frame follows the hand, and a view for each
//! of its words would cost more bytes than the figure.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{
    Element, Event, EventTarget, FocusOptions, HtmlCanvasElement, HtmlElement, KeyboardEvent, Node,
};

#[wasm_bindgen]
extern "C" {
    /// What writes all HTML. It stands in index.html, so that a Content-Security-Policy can name it.
    #[wasm_bindgen(js_name = writeHtml)]
    fn write_html(element: &Element, html: &str);
}

/// An element.
#[derive(Clone, Debug, PartialEq)]
pub struct Part(Element);

/// Where an element stands in the window, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// From left to right.
    pub x: [f64; 2],
    /// From top to bottom.
    pub y: [f64; 2],
}

impl Part {
    /// The first element in this one that a selector fits.
    pub fn find(&self, selector: &str) -> Option<Self> {
        self.0.query_selector(selector).ok()?.map(Self)
    }

    /// All elements in this one that a selector fits.
    pub fn find_all(&self, selector: &str) -> Vec<Self> {
        let Ok(found) = self.0.query_selector_all(selector) else {
            return Vec::new();
        };
        (0..found.length())
            .filter_map(|idx| Some(Self(found.item(idx)?.dyn_into().ok()?)))
            .collect()
    }

    /// Where it stands in the window.
    pub fn bounds(&self) -> Bounds {
        let place = self.0.get_bounding_client_rect();
        Bounds {
            x: [place.left(), place.right()],
            y: [place.top(), place.bottom()],
        }
    }

    /// A new element in it with this class, before the first one in it that a selector fits.
    pub fn add(&self, class: &str, before: &str) -> Option<Self> {
        let before = self.find(before)?;
        let added = self.0.owner_document()?.create_element("div").ok()?;
        added.set_class_name(class);
        let parent = before.0.parent_node()?;
        parent.insert_before(&added, Some(&before.0)).ok()?;
        Some(Self(added))
    }

    /// It as a canvas.
    pub fn canvas(&self) -> Option<HtmlCanvasElement> {
        self.0.clone().dyn_into().ok()
    }

    /// It says `text`.
    pub fn set_text(&self, text: &str) {
        self.0.set_text_content(Some(text));
    }

    /// It holds `html`, in which everything that people give is escaped.
    pub fn set_html(&self, html: &str) {
        write_html(&self.0, html);
    }

    /// Sets one of its attributes.
    pub fn set(&self, name: &str, value: &str) {
        // The names are our own words and valid.
        self.0.set_attribute(name, value).ok();
    }

    /// Sets a property of its style. Not the attribute, which a Content-Security-Policy may forbid.
    pub fn set_style(&self, property: &str, value: &str) {
        if let Some(element) = self.0.dyn_ref::<HtmlElement>() {
            // The properties are our own words and valid.
            element.style().set_property(property, value).ok();
        }
    }

    /// One of its attributes.
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get_attribute(name)
    }

    /// Takes one of its attributes away.
    pub fn unset(&self, name: &str) {
        self.0.remove_attribute(name).ok();
    }

    /// Shows or hides it.
    pub fn set_hidden(&self, hidden: bool) {
        self.0.toggle_attribute_with_force("hidden", hidden).ok();
    }

    /// Whether it is hidden.
    pub fn is_hidden(&self) -> bool {
        self.0.has_attribute("hidden")
    }

    /// Gives it a class or takes it away.
    pub fn set_class(&self, class: &str, has: bool) {
        self.0.class_list().toggle_with_force(class, has).ok();
    }

    /// Whether it has a class.
    pub fn has_class(&self, class: &str) -> bool {
        self.0.class_list().contains(class)
    }

    /// Moves the focus to it and leaves the page where it is.
    pub fn focus_here(&self) {
        if let Some(element) = self.0.dyn_ref::<HtmlElement>() {
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            element.focus_with_options(&options).ok();
        }
    }

    /// Whether any of it is in the window, as far as it is tall.
    pub fn is_in_window(&self) -> bool {
        let window = web_sys::window().and_then(|window| window.inner_height().ok());
        let height = window.and_then(|height| height.as_f64());
        let place = self.0.get_bounding_client_rect();
        place.bottom() > 0.0 && height.is_none_or(|height| place.top() < height)
    }

    /// Whether it has the focus.
    pub fn is_focused(&self) -> bool {
        let focused = self
            .0
            .owner_document()
            .and_then(|document| document.active_element());
        focused.as_ref() == Some(&self.0)
    }

    /// Moves the focus to it.
    pub fn focus(&self) {
        if let Some(element) = self.0.dyn_ref::<HtmlElement>() {
            element.focus().ok();
        }
    }

    /// Moves the focus `steps` buttons on in it, from the last round to the first; to the first one where none
    /// has it.
    pub fn focus_button(&self, steps: isize) {
        let buttons = self.find_all("button");
        let now = buttons.iter().position(Self::is_focused);
        let n = buttons.len().max(1);
        // Adding the length first keeps one step back from the first button above zero.
        let next = now.map_or(0, |now| (now + n).saturating_add_signed(steps) % n);
        if let Some(button) = buttons.get(next) {
            button.focus();
        }
    }
}

impl From<Element> for Part {
    fn from(element: Element) -> Self {
        Self(element)
    }
}

impl From<HtmlElement> for Part {
    fn from(element: HtmlElement) -> Self {
        Self(element.into())
    }
}

impl From<web_sys::HtmlDivElement> for Part {
    fn from(element: web_sys::HtmlDivElement) -> Self {
        Self(element.into())
    }
}

impl AsRef<Element> for Part {
    fn as_ref(&self) -> &Element {
        &self.0
    }
}

/// Listens until dropped.
pub struct Listening {
    target: EventTarget,
    names: &'static [&'static str],
    listener: Closure<dyn Fn(Event)>,
}

impl Listening {
    /// Calls `listener` for each of these events on `target` and in it.
    pub fn to(
        target: &Part,
        names: &'static [&'static str],
        listener: impl Fn(&Event) + 'static,
    ) -> Self {
        Self::on(target.0.clone().into(), names, listener)
    }

    /// Calls `listener` with whether the page is about to be printed, and with false when it has been.
    pub fn to_printing(listener: impl Fn(bool) + 'static) -> Option<Self> {
        let window: EventTarget = web_sys::window()?.into();
        Some(Self::on(
            window,
            &["beforeprint", "afterprint"],
            move |event| {
                listener(event.type_() == "beforeprint");
            },
        ))
    }

    /// Goes on listening as long as the page lives.
    pub fn for_ever(self) {
        std::mem::forget(self);
    }

    fn on(
        target: EventTarget,
        names: &'static [&'static str],
        listener: impl Fn(&Event) + 'static,
    ) -> Self {
        // Not `FnMut`: moving the focus in answer to one event is another event.
        let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| listener(&event));
        for name in names {
            target
                .add_event_listener_with_callback(name, listener.as_ref().unchecked_ref())
                .ok();
        }
        Self {
            target,
            names,
            listener,
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        for name in self.names {
            self.target
                .remove_event_listener_with_callback(name, self.listener.as_ref().unchecked_ref())
                .ok();
        }
    }
}

/// The first element around what an event is about that a selector fits.
pub fn closest(event: &Event, selector: &str) -> Option<Element> {
    let element = event.target()?.dyn_into::<Element>().ok()?;
    element.closest(selector).ok()?
}

/// What is done with the buttons in an element; each has a word, its attribute `data-do`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// A button was clicked.
    Button(String),
    /// A key went down in a menu.
    MenuKey(String),
    /// The focus went elsewhere in the page or out of it; not to what is named here.
    FocusLeft,
}

/// Calls `pressed` for what is done with the buttons in `target`, until dropped; its answer says whether that
/// was all that is to happen.
pub fn on_press(target: &Part, pressed: impl Fn(Press) -> bool + 'static) -> Listening {
    let inside = target.clone();
    Listening::to(target, &["click", "keydown", "focusout"], move |event| {
        let closest = |selector| closest(event, selector);
        let press = match event.type_().as_str() {
            "click" => closest("[data-do]")
                .and_then(|button| button.get_attribute("data-do"))
                .map(Press::Button),
            "keydown" => closest(".menu-list")
                .and_then(|_| Some(Press::MenuKey(event.dyn_ref::<KeyboardEvent>()?.key()))),
            _ => {
                let goes_to = event
                    .dyn_ref::<web_sys::FocusEvent>()
                    .and_then(web_sys::FocusEvent::related_target);
                let goes_to = goes_to.as_ref().and_then(|it| it.dyn_ref::<Element>());
                // From one entry of a menu to the next, or to the menu's own button, is no leaving.
                let stays = goes_to
                    .and_then(|it| it.closest(".menu").ok()?)
                    .is_some_and(|menu| inside.0.contains(Some(menu.unchecked_ref::<Node>())));
                (!stays).then_some(Press::FocusLeft)
            }
        };
        if let Some(press) = press
            && pressed(press)
        {
            event.prevent_default();
            event.stop_propagation();
        }
    })
}

/// Calls `pressed` with each key that goes down on an element in `target` that a selector fits, until dropped; its answer says
/// whether that was all that is to happen.
pub fn on_key(
    target: &Part,
    selector: &'static str,
    pressed: impl Fn(&str) -> bool + 'static,
) -> Listening {
    Listening::to(target, &["keydown"], move |event| {
        let element = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let fits = element.is_some_and(|it| it.matches(selector).unwrap_or_default());
        if let Some(key) = event.dyn_ref::<KeyboardEvent>().filter(|_| fits)
            && !key.repeat()
            && pressed(&key.key())
        {
            event.prevent_default();
        }
    })
}
