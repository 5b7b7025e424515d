//! What follows the state: every effect and memo of the page, and every view that is made anew.
//!
//! In reactive_graph 0.2 an effect or memo that is gone stays among the subscribers of each signal it has read. A room's settings live
//! as long as the page and its views do not, so each switch of a part or lab would cost kilobytes for ever. What is made here leaves
//! those signals together with its view. From 0.3 on signals forget such subscribers by themselves.
//!
//! It is boxed as well: Leptos would make all the code around an effect once more for each closure.

use leptos::prelude::*;
use leptos::reactive::graph::{Observer, Subscriber};

/// Does something at the end of the present task and whenever what it has read changes, as long as the present view is shown.
pub fn follow(act: impl FnMut() + 'static) {
    follow_boxed(Box::new(act));
}

#[allow(clippy::disallowed_methods, reason = "the one place that may")]
fn follow_boxed(mut act: Box<dyn FnMut()>) {
    Effect::new(move || {
        leave_in_time();
        act();
    });
}

/// What `make` makes of what it has read: made anew when it is asked for and any of that has changed. Who follows it
/// hears only of other values.
#[allow(clippy::disallowed_methods, reason = "the one place that may")]
pub fn memo<T>(make: impl Fn() -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| {
        leave_in_time();
        make()
    })
}

/// A view that is made anew whenever what `make` has read changes.
pub fn view_of<V: IntoView + 'static>(make: impl Fn() -> V + Send + 'static) -> AnyView {
    view_of_boxed(Box::new(move || make().into_any()))
}

fn view_of_boxed(make: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    (move || {
        leave_in_time();
        make()
    })
    .into_any()
}

/// Has whatever runs now leave the signals that it reads before it runs again, and when its view goes.
fn leave_in_time() {
    if let Some(running) = Observer::get() {
        on_cleanup(move || running.clear_sources(&running));
    }
}
