//! User Timing measures, so that anyone can see in the browser's profiler where a frame goes.

use std::cell::{Cell, RefCell};

use wasm_bindgen::prelude::*;

/// How many measures of each name are kept.
const KEPT: u32 = 200;

/// How long after the last measure the old ones are dropped, in milliseconds: not while a hand is moving.
const TRIM_AFTER_MS: i32 = 250;

#[wasm_bindgen]
extern "C" {
    /// `performance`, with the form of `measure` that takes its times, which web-sys does not have stable.
    type Timeline;

    #[wasm_bindgen(js_name = performance, thread_local_v2)]
    static TIMELINE: Timeline;

    #[wasm_bindgen(method)]
    fn now(this: &Timeline) -> f64;

    #[wasm_bindgen(method, catch)]
    fn measure(this: &Timeline, name: &str, options: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, js_name = clearMeasures)]
    fn clear_measures(this: &Timeline, name: &str);

    #[wasm_bindgen(method, js_name = getEntriesByName)]
    fn entries(this: &Timeline, name: &str, kind: &str) -> js_sys::Array;
}

thread_local! {
    static TO_TRIM: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static TRIM_PLANNED: Cell<bool> = const { Cell::new(false) };
    static TRIM: Closure<dyn FnMut()> = Closure::new(trim);
}

/// Milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    TIMELINE.with(Timeline::now)
}

/// Leaves a measure from `start_ms` to now.
pub fn measure_since(name: String, start_ms: f64) {
    TIMELINE.with(|timeline| leave(timeline, &name, start_ms, timeline.now()));
    TO_TRIM.with_borrow_mut(|names| {
        if !names.contains(&name) {
            names.push(name);
        }
    });
    if !TRIM_PLANNED.replace(true)
        && let Some(window) = web_sys::window()
    {
        TRIM.with(|trim| {
            window
                .set_timeout_with_callback_and_timeout_and_arguments_0(
                    trim.as_ref().unchecked_ref(),
                    TRIM_AFTER_MS,
                )
                .ok();
        });
    }
}

fn leave(timeline: &Timeline, name: &str, start_ms: f64, end_ms: f64) {
    let options = js_sys::Object::new();
    for (key, value) in [("start", start_ms), ("end", end_ms)] {
        // Neither setting a plain object's field nor measuring between two times already gone can fail.
        js_sys::Reflect::set(&options, &key.into(), &value.into()).ok();
    }
    timeline.measure(name, &options).ok();
}

/// Drops all but the latest measures of each name. The timeline only forgets a name as a whole, so the
/// ones to keep are left again with their own times.
fn trim() {
    TRIM_PLANNED.set(false);
    TIMELINE.with(|timeline| {
        for name in TO_TRIM.take() {
            let entries = timeline.entries(&name, "measure");
            if entries.length() <= KEPT {
                continue;
            }
            timeline.clear_measures(&name);
            for entry in entries.iter().skip((entries.length() - KEPT) as usize) {
                let entry: web_sys::PerformanceEntry = entry.unchecked_into();
                leave(
                    timeline,
                    &name,
                    entry.start_time(),
                    entry.start_time() + entry.duration(),
                );
            }
        }
    });
}
