//! What hands and keys do on a canvas, as plain data.

use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

use crate::browser::dom::{Listening, Part};

/// A place on the canvas in CSS pixels.
pub type Place = (f64, f64);

/// A pointer in an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointer {
    /// Which finger.
    pub id: i32,
    /// Where it is.
    pub at: Place,
    /// It is the first button of a mouse, a finger, or the tip of a pen.
    pub is_primary_button: bool,
    /// It is a finger, which also scrolls.
    pub is_touch: bool,
}

/// One thing that happens on a canvas.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A pointer comes down.
    Down(Pointer),
    /// A pointer moves, whether down or not.
    Moved(Pointer),
    /// A pointer goes up, or the browser takes it away.
    Up(Pointer),
    /// The pointer leaves the canvas.
    Left,
    /// A click.
    Clicked(Place),
    /// Two clicks.
    DoubleClicked {
        /// Where.
        at: Place,
        /// With the Shift key.
        has_shift: bool,
    },
    /// The wheel turns.
    Wheel {
        /// Where.
        at: Place,
        /// By how many pixels, down being positive.
        px: f64,
        /// It was two fingers on a trackpad, or the Control key is down.
        is_pinch: bool,
    },
    /// A key without Control, Alt or Meta.
    Key {
        /// Its name.
        key: String,
        /// With the Shift key.
        has_shift: bool,
    },
    /// The focus comes.
    Focused,
    /// The focus goes elsewhere.
    Blurred,
}

/// What a line of the wheel is in pixels, where a browser counts in lines.
const WHEEL_LINE_PX: f64 = 16.0;

/// Calls `happened` for everything on the canvas, until dropped; its answer says whether the browser is to do
/// nothing of its own.
pub fn on_input(canvas: &Part, happened: impl Fn(Input) -> bool + 'static) -> Listening {
    const NAMES: &[&str] = &[
        "pointerdown",
        "pointermove",
        "pointerup",
        "pointercancel",
        "pointerleave",
        "click",
        "dblclick",
        "wheel",
        "keydown",
        "focusin",
        "focusout",
    ];
    Listening::to(canvas, NAMES, move |event| {
        if let Some(input) = input_of(event)
            && happened(input)
        {
            event.prevent_default();
        }
    })
}

fn input_of(event: &Event) -> Option<Input> {
    let pointer = || event.dyn_ref::<PointerEvent>().map(pointer_of);
    let mouse = || event.dyn_ref::<MouseEvent>();
    Some(match event.type_().as_str() {
        "pointerdown" => Input::Down(pointer()?),
        "pointermove" => Input::Moved(pointer()?),
        "pointerup" | "pointercancel" => Input::Up(pointer()?),
        "pointerleave" => Input::Left,
        // The second click of a double one is part of that.
        "click" if mouse()?.detail() < 2 => Input::Clicked(place(mouse()?)),
        "click" => return None,
        "dblclick" => Input::DoubleClicked {
            at: place(mouse()?),
            has_shift: mouse()?.shift_key(),
        },
        "wheel" => {
            let wheel = event.dyn_ref::<WheelEvent>()?;
            let is_in_px = wheel.delta_mode() == WheelEvent::DOM_DELTA_PIXEL;
            Input::Wheel {
                at: place(wheel),
                px: wheel.delta_y() * if is_in_px { 1.0 } else { WHEEL_LINE_PX },
                is_pinch: wheel.ctrl_key(),
            }
        }
        "keydown" => {
            let key = event.dyn_ref::<KeyboardEvent>()?;
            if key.ctrl_key() || key.alt_key() || key.meta_key() {
                return None;
            }
            Input::Key {
                key: key.key(),
                has_shift: key.shift_key(),
            }
        }
        "focusin" => Input::Focused,
        _ => Input::Blurred,
    })
}

fn place(event: &MouseEvent) -> Place {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn pointer_of(event: &PointerEvent) -> Pointer {
    Pointer {
        id: event.pointer_id(),
        at: place(event),
        // Moving, no button changes.
        is_primary_button: event.button() <= 0,
        is_touch: event.pointer_type() == "touch",
    }
}

/// The canvas hears of this pointer until it goes up, also outside of it.
pub fn capture(canvas: &Part, pointer: Pointer) {
    // Without capture a drag would end at the edge, no worse.
    canvas.as_ref().set_pointer_capture(pointer.id).ok();
}
