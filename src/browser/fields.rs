//! What people do with the form elements of a panel, as plain data.
//!
//! Each control is an element with the attribute `data-control`, its key, in which there are a field and
//! perhaps a range input.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent, PointerEvent};

use crate::browser::dom::{Listening, Part};

/// One thing that happens to a control.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// Its field says this: as it is typed for numbers, when it is done for texts and choices.
    Typed(String),
    /// Typing a number is over.
    Done,
    /// Its range input was set, by a script or by a screen reader.
    Ranged(f64),
    /// A key on its range input, or one on its field that steps.
    Key(String),
    /// A pointer comes down on its range input, at this part of its length.
    Down(f64),
    /// A pointer moves on it.
    Moved(f64),
    /// A pointer goes up, or the browser takes it away.
    Up,
}

/// Calls `happened` with the key of the control and what happens to it, until dropped; its answer says whether
/// the browser is to do nothing of its own.
pub fn on_field(root: &Part, happened: impl Fn(&str, Field) -> bool + 'static) -> Listening {
    const NAMES: &[&str] = &[
        "input",
        "change",
        "focusout",
        "keydown",
        "pointerdown",
        "pointermove",
        "pointerup",
        "pointercancel",
    ];
    Listening::to(root, NAMES, move |event| {
        let read = || {
            let element: Element = event.target()?.dyn_into().ok()?;
            let control = element.closest("[data-control]").ok()??;
            let key = control.get_attribute("data-control")?;
            Some((key, field_of(event, &element)?))
        };
        if let Some((key, field)) = read()
            && happened(&key, field)
        {
            event.prevent_default();
        }
    })
}

fn field_of(event: &Event, element: &Element) -> Option<Field> {
    let input = element.dyn_ref::<HtmlInputElement>();
    let kind = input.map(HtmlInputElement::type_).unwrap_or_default();
    let is_range = kind == "range";
    let is_number = kind == "number";
    let typed = || Field::Typed(value_of(element));
    let fraction = || {
        let pointer = event.dyn_ref::<PointerEvent>()?;
        let width = f64::from(element.client_width()).max(1.0);
        let x = f64::from(pointer.client_x()) - element.get_bounding_client_rect().left();
        Some((pointer, x / width))
    };
    Some(match event.type_().as_str() {
        "input" if is_range => Field::Ranged(input?.value_as_number()),
        "input" if is_number => typed(),
        "change" | "focusout" if is_number => Field::Done,
        "change" if !is_range => typed(),
        "keydown" if is_range || is_number => {
            let key = event.dyn_ref::<KeyboardEvent>()?.key();
            // In a field all other keys are for its text.
            let steps = ["ArrowUp", "ArrowDown", "PageUp", "PageDown"].contains(&key.as_str());
            if is_number && !steps {
                return None;
            }
            Field::Key(key)
        }
        "pointerdown" if is_range => {
            let (pointer, at) = fraction()?;
            if pointer.button() != 0 {
                return None;
            }
            Part::from(element.clone()).focus();
            // Without capture the drag would end at the slider's edge, no worse.
            element.set_pointer_capture(pointer.pointer_id()).ok();
            Field::Down(at)
        }
        "pointermove" if is_range => Field::Moved(fraction()?.1),
        "pointerup" | "pointercancel" if is_range => Field::Up,
        _ => return None,
    })
}

/// What an input or a list of choices says.
fn value_of(element: &Element) -> String {
    // One name for both kinds of element.
    js_sys::Reflect::get(element, &"value".into())
        .ok()
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}

/// An input or a list of choices says `value`.
pub fn set_value(field: &Part, value: &str) {
    // Who comes back to a page finds what fields say by default: WebKit resets those that are not to fill themselves in.
    for name in ["value", "defaultValue"] {
        // Setting the value of a form element does not fail.
        js_sys::Reflect::set(field.as_ref(), &name.into(), &JsValue::from_str(value)).ok();
    }
}
