//! The frame loop: work that changes asked for, done once before the next paint.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Event;

use crate::browser::timing::{measure_since, now_ms};

/// How long what runs for the first time may keep a frame, in milliseconds, before the rest of it waits for the next: browsers compile
/// code when it first runs, and a part with six figures would keep a hand waiting.
const FIRST_TIMES_MS: f64 = 8.0;

/// A piece of work that may be asked for many times and runs at most once a frame.
#[derive(Clone)]
pub struct FrameTask(Rc<Task>);

struct Task {
    run: Box<dyn Fn()>,
    /// Tasks of one frame run in the order in which they were made, late ones after all others: what figures
    /// share is then always computed, and measured, with the first of them.
    order: u32,
    /// How many frames it waits before it runs.
    delay: u8,
    /// How many of them are left.
    left: Cell<u8>,
    asked: Cell<bool>,
    has_run: Cell<bool>,
}

thread_local! {
    static N_MADE: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Rc<Task>>> = const { RefCell::new(Vec::new()) };
    /// The browser was asked for the next frame.
    static IS_COMING: Cell<bool> = const { Cell::new(false) };
    /// What the measure of a whole frame is called.
    static NAME: Cell<&'static str> = const { Cell::new("") };
    /// When the hand did what the next frame answers, and what the frame before answered.
    static DONE_AT: Cell<Option<f64>> = const { Cell::new(None) };
    static ANSWERED: Cell<Option<f64>> = const { Cell::new(None) };
    /// Made once and used for every frame: a closure per frame would be garbage per frame.
    static TICK: Closure<dyn FnMut()> = Closure::new(run_waiting);
}

impl FrameTask {
    /// A task that does `run` when asked.
    pub fn new(run: impl Fn() + 'static) -> Self {
        Self::with(Box::new(run), 0)
    }

    /// A task that runs a frame later, because it reads what the others compute.
    pub fn late(run: impl Fn() + 'static) -> Self {
        Self::with(Box::new(run), 1)
    }

    fn with(run: Box<dyn Fn()>, delay: u8) -> Self {
        Self(Rc::new(Task {
            run,
            order: N_MADE.with(|n_made| n_made.replace(n_made.get().wrapping_add(1))),
            delay,
            left: Cell::new(0),
            asked: Cell::new(false),
            has_run: Cell::new(false),
        }))
    }

    /// Asks for one run before the next paint; asking again before it has run changes nothing.
    pub fn ask(&self) {
        if !self.0.asked.replace(true) {
            self.0.left.set(self.0.delay);
            if DONE_AT.get().is_none() {
                DONE_AT.set(time_of_event());
            }
            wait(Rc::clone(&self.0));
        }
    }
}

/// Puts a task among those of the next frame.
fn wait(task: Rc<Task>) {
    WAITING.with_borrow_mut(|waiting| {
        // Put where it belongs: a sort would be two kilobytes for a handful of tasks.
        let rank = |task: &Task| (task.delay, task.order);
        let later = waiting.iter().position(|other| rank(other) > rank(&task));
        waiting.insert(later.unwrap_or(waiting.len()), task);
    });
    request();
}

fn request() {
    if !IS_COMING.replace(true)
        && let Some(window) = web_sys::window()
    {
        TICK.with(|tick| {
            // The browser refuses only where there is no page left to paint.
            window
                .request_animation_frame(tick.as_ref().unchecked_ref())
                .ok();
        });
    }
}

/// When what the page answers now was done, if it answers anyone.
fn time_of_event() -> Option<f64> {
    let event = web_sys::window()?.event();
    (!event.is_undefined()).then(|| event.unchecked_into::<Event>().time_stamp())
}

/// Says which lab is shown: what the hand feels is measured as `frame:<lab>`, from what it did to the frame after the drawing.
pub fn name_frames(lab: &'static str) {
    NAME.set(lab);
}

fn run_waiting() {
    IS_COMING.set(false);
    if let Some(done_at) = ANSWERED.take() {
        measure_since(["frame:", NAME.get()].concat(), done_at);
    }
    let mut first_times_end = f64::INFINITY;
    // Taken out first: what a task asks for while it runs belongs to the next frame.
    for task in WAITING.take() {
        if let Some(left) = task.left.get().checked_sub(1) {
            task.left.set(left);
            wait(task);
            continue;
        }
        if !task.has_run.get() {
            let now = now_ms();
            if now > first_times_end {
                wait(task);
                continue;
            }
            first_times_end = first_times_end.min(now + FIRST_TIMES_MS);
        }
        task.has_run.set(true);
        task.asked.set(false);
        (task.run)();
    }
    // What the browser paints of it is over when the next frame begins.
    ANSWERED.set(DONE_AT.take());
    if ANSWERED.get().is_some() {
        request();
    }
}
