//! Watching an element: its size, and whether it is on screen.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
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
    _on_sight: Closure<dyn FnMut(js_sys::Array)>,
}

/// Calls `on_size` when the element's size changes, and `on_sight` with whether any of it is on screen
/// or about to be. Both are called once soon after this.
pub fn watch(
    element: &Element,
    on_size: impl Fn() + 'static,
    on_sight: impl Fn(bool) + 'static,
) -> Watch {
    let on_size = Closure::<dyn FnMut()>::new(on_size);
    let on_sight = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        // Several changes may come at once; only the last one still holds.
        let last = entries.get(entries.length().wrapping_sub(1));
        if let Ok(entry) = last.dyn_into::<IntersectionObserverEntry>() {
            on_sight(entry.is_intersecting());
        }
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
