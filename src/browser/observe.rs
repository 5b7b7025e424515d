//! Watching an element: its size, and whether it is on screen.

use js_sys::{Array, Function};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
    ResizeObserver,
};

/// Watches until dropped.
pub struct Watch {
    size: Option<ResizeObserver>,
    sight: Option<IntersectionObserver>,
    // The browser calls these; they live as long as the watch.
    _on_size: Closure<dyn FnMut()>,
    _on_sight: Closure<dyn FnMut(Array)>,
}

/// Calls `on_size` when the element's size changes, and `on_sight` with whether any of it is on screen
/// or about to be. Both are called once soon after this.
pub fn watch(
    element: &Element,
    on_size: impl Fn() + 'static,
    on_sight: impl Fn(bool) + 'static,
) -> Watch {
    let on_size = Closure::<dyn FnMut()>::new(on_size);
    let on_sight = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
        // Several changes may come at once; only the last one still holds.
        let last = entries.get(entries.length().wrapping_sub(1));
        let entry = last.dyn_ref::<IntersectionObserverEntry>();
        on_sight(entry.is_none_or(IntersectionObserverEntry::is_intersecting));
    });
    let size = ResizeObserver::new(on_size.as_ref().unchecked_ref()).ok();
    let sight = IntersectionObserver::new_with_options(
        on_sight.as_ref().unchecked_ref(),
        &IntersectionObserverInit::new(),
    )
    .ok();
    if let Some(size) = &size {
        size.observe(element);
    }
    if let Some(sight) = &sight {
        sight.observe(element);
    } else {
        // Where nobody says what is seen, all is taken to be.
        let tell: &Function = on_sight.as_ref().unchecked_ref();
        tell.call1(&JsValue::NULL, &Array::new()).ok();
    }
    Watch {
        size,
        sight,
        _on_size: on_size,
        _on_sight: on_sight,
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(size) = &self.size {
            size.disconnect();
        }
        if let Some(sight) = &self.sight {
            sight.disconnect();
        }
    }
}
