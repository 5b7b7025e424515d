//! The frame loop: work that changes asked for, done once before the next paint.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// A piece of work that may be asked for many times and runs at most once a frame.
#[derive(Clone)]
pub struct FrameTask(Rc<Task>);

struct Task {
    run: Box<dyn Fn()>,
    /// Runs after the others of its frame.
    is_late: bool,
    asked: Cell<bool>,
}

thread_local! {
    static WAITING: RefCell<Vec<Rc<Task>>> = const { RefCell::new(Vec::new()) };
    /// Made once and used for every frame: a closure per frame would be garbage per frame.
    static TICK: Closure<dyn FnMut()> = Closure::new(run_waiting);
}

impl FrameTask {
    /// A task that does `run` when asked.
    pub fn new(run: impl Fn() + 'static) -> Self {
        Self::with(Box::new(run), false)
    }

    /// A task that runs after the others of its frame, because it reads what they compute.
    pub fn late(run: impl Fn() + 'static) -> Self {
        Self::with(Box::new(run), true)
    }

    fn with(run: Box<dyn Fn()>, is_late: bool) -> Self {
        Self(Rc::new(Task {
            run,
            is_late,
            asked: Cell::new(false),
        }))
    }

    /// Asks for one run before the next paint; asking again before it has run changes nothing.
    pub fn ask(&self) {
        if self.0.asked.replace(true) {
            return;
        }
        let first = WAITING.with_borrow_mut(|waiting| {
            waiting.push(Rc::clone(&self.0));
            waiting.len() == 1
        });
        if first && let Some(window) = web_sys::window() {
            TICK.with(|tick| {
                // The browser refuses only where there is no page left to paint.
                window
                    .request_animation_frame(tick.as_ref().unchecked_ref())
                    .ok();
            });
        }
    }
}

fn run_waiting() {
    // Taken out first: what a task asks for while it runs belongs to the next frame.
    let mut tasks = WAITING.take();
    tasks.sort_by_key(|task| task.is_late);
    for task in tasks {
        task.asked.set(false);
        (task.run)();
    }
}
