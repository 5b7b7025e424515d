//! Things of a list that a hand carries to another place in it, and keys on them, as plain data.
//!
//! Each is an element with the attribute `data-idx`, its number.

use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent, PointerEvent};

use crate::browser::dom::{Listening, Part, closest};
use crate::browser::input::Place;

/// One thing that happens in a list. Places are in CSS pixels of the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Carry {
    /// A pointer comes down on the thing with this number.
    Taken(usize, Place),
    /// It moves, whether down or not.
    Moved(Place),
    /// It goes up.
    Dropped,
    /// The browser takes it away.
    Lost,
    /// A key without Control and Meta on one of the things.
    Key {
        /// Its name.
        key: String,
        /// With the Alt key.
        has_alt: bool,
    },
}

/// Calls `happened` for everything in `list`, until dropped; its answer says whether the browser is to do nothing of its own. The
/// list hears of a pointer that came down on a thing until it goes up, also outside of it.
pub fn on_carry(list: &Part, happened: impl Fn(Carry) -> bool + 'static) -> Listening {
    const NAMES: &[&str] = &[
        "pointerdown",
        "pointermove",
        "pointerup",
        "pointercancel",
        "keydown",
    ];
    Listening::to(list, NAMES, move |event| {
        if let Some(carry) = carry_of(event)
            && happened(carry)
        {
            event.prevent_default();
        }
    })
}

fn carry_of(event: &Event) -> Option<Carry> {
    if let Some(key) = event.dyn_ref::<KeyboardEvent>() {
        let is_plain = !key.ctrl_key() && !key.meta_key();
        closest(event, "[data-idx]").filter(|_| is_plain)?;
        return Some(Carry::Key {
            key: key.key(),
            has_alt: key.alt_key(),
        });
    }
    // Only the first of several fingers carries.
    let pointer = event
        .dyn_ref::<PointerEvent>()
        .filter(|it| it.is_primary())?;
    let at = (f64::from(pointer.client_x()), f64::from(pointer.client_y()));
    Some(match event.type_().as_str() {
        "pointerdown" if pointer.button() == 0 => {
            let thing = closest(event, "[data-idx]")?;
            let idx = thing.get_attribute("data-idx")?.parse().ok()?;
            // Without capture it would be lost at the edge of the list, no worse.
            thing.set_pointer_capture(pointer.pointer_id()).ok();
            Carry::Taken(idx, at)
        }
        "pointerdown" => return None,
        "pointermove" => Carry::Moved(at),
        "pointerup" => Carry::Dropped,
        _ => Carry::Lost,
    })
}
