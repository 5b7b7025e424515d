//! What hands and keys do on a figure's canvas, read as wishes: pure, so that it is tested without a browser.
//!
//! One finger or the mouse points, and drags what is zoomed; two fingers pinch; the wheel zooms where the
//! pointer was moved onto the figure, so that a page being scrolled goes on scrolling.

use figures::Windows;

use crate::browser::input::{Input, Place, Pointer};

/// How far a pointer may tremble and still be a click, in CSS pixels.
pub(super) const CLICK_PX: f64 = 4.0;

/// How far Shift moves the crosshair at once.
const BIG_STEP: i64 = 10;

/// How many times larger cells get by a double click.
const DOUBLE_CLICK_ZOOM: f64 = 2.0;

/// What a pixel of the wheel does to the size of cells, in natural logarithms.
const ZOOM_PER_WHEEL_PX: f64 = 0.0025;

/// The most that one event of the wheel does, in the same measure: some wheels report pages at once.
const MOST_PER_WHEEL: f64 = 0.7;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Nothing.
    Nothing,
    /// The cell at this place is read while the pointer is there.
    Hover(Option<Place>),
    /// The cell at this place is chosen.
    Pick(Place),
    /// The cell that is read is chosen.
    PickHere,
    /// The crosshair goes so many cells to the right and down.
    Step(i64, i64),
    /// The tip goes away.
    Quiet,
    /// Cells get so many times larger about this place.
    ZoomAt(Place, f64),
    /// Cells get larger (1) or smaller (−1) by a step about the crosshair.
    ZoomHere(i32),
    /// Everything is shown.
    Whole,
    /// What is shown now is to be held, see [`Hands::hold`].
    Hold,
    /// What was held moves with the hand.
    Drag {
        /// Where the hand came down.
        from: Place,
        /// Where it is.
        to: Place,
        /// What was shown then.
        held: Windows,
    },
    /// What was held gets so many times larger about the middle of two fingers.
    Pinch {
        /// That middle, when the second one came down.
        about: Place,
        /// How much further apart they are now.
        factor: f64,
        /// What was shown then.
        held: Windows,
    },
}

/// The hands on one canvas.
#[derive(Clone, Debug, Default)]
pub struct Hands {
    /// The pointers that are down, in the order in which they came.
    fingers: Vec<(i32, Place)>,
    /// Where they were when the last of them came down or went.
    start: Vec<Place>,
    /// What was shown then.
    held: Windows,
    /// They have moved what is shown, so that letting go is no click.
    has_moved: bool,
    /// The pointer was moved here by hand, not by the page scrolling under it.
    is_here: bool,
    /// Where the pointer is.
    at: Option<Place>,
    /// Where it rests since a key took over from it.
    rests_at: Option<Place>,
}

impl Hands {
    /// What an input asks for, where something is zoomed or all is shown.
    pub fn read(&mut self, input: Input, is_zoomed: bool) -> Wish {
        match input {
            Input::Down(pointer) => self.down(pointer),
            Input::Moved(pointer) => self.moved(pointer, is_zoomed),
            Input::Up(pointer) => self.up(pointer),
            Input::Left => self.leave(),
            Input::Clicked(at) => self.click(at),
            Input::DoubleClicked { at, has_shift } => double_click(at, has_shift),
            Input::Wheel { at, px, is_pinch } => self.wheel(at, px, is_pinch, is_zoomed),
            Input::Key { key, has_shift } => {
                self.rests_at = self.at;
                wish_of_key(&key, has_shift)
            }
            Input::Focused => Wish::Nothing,
            Input::Blurred => Wish::Quiet,
        }
    }

    /// Remembers what is shown while fingers are down.
    pub fn hold(&mut self, windows: Windows) {
        self.held = windows;
    }

    fn down(&mut self, pointer: Pointer) -> Wish {
        if !pointer.is_primary_button {
            return Wish::Nothing;
        }
        if self.fingers.is_empty() {
            self.has_moved = false;
        }
        self.fingers.retain(|(id, _)| *id != pointer.id);
        self.fingers.push((pointer.id, pointer.at));
        self.start = self.fingers.iter().map(|(_, at)| *at).collect();
        Wish::Hold
    }

    fn moved(&mut self, pointer: Pointer, is_zoomed: bool) -> Wish {
        self.at = Some(pointer.at);
        // Browsers also say so where only what is under it moved.
        if self.rests_at == self.at {
            return Wish::Nothing;
        }
        self.rests_at = None;
        self.is_here = true;
        if let Some(finger) = self.fingers.iter_mut().find(|(id, _)| *id == pointer.id) {
            finger.1 = pointer.at;
        }
        match (self.fingers.as_slice(), self.start.as_slice()) {
            ([(_, a), (_, b), ..], [from_a, from_b, ..]) => {
                let before = distance(*from_a, *from_b);
                if before < CLICK_PX {
                    return Wish::Nothing;
                }
                self.has_moved = true;
                Wish::Pinch {
                    about: ((from_a.0 + from_b.0) / 2.0, (from_a.1 + from_b.1) / 2.0),
                    factor: distance(*a, *b) / before,
                    held: self.held.clone(),
                }
            }
            ([(_, to)], [from, ..])
                if is_zoomed && (self.has_moved || distance(*from, *to) > CLICK_PX) =>
            {
                self.has_moved = true;
                Wish::Drag {
                    from: *from,
                    to: *to,
                    held: self.held.clone(),
                }
            }
            _ => Wish::Hover(Some(pointer.at)),
        }
    }

    fn up(&mut self, pointer: Pointer) -> Wish {
        let n_before = self.fingers.len();
        self.fingers.retain(|(id, _)| *id != pointer.id);
        if self.fingers.is_empty() || self.fingers.len() == n_before {
            return Wish::Nothing;
        }
        self.start = self.fingers.iter().map(|(_, at)| *at).collect();
        Wish::Hold
    }

    fn leave(&mut self) -> Wish {
        self.is_here = false;
        self.at = None;
        if self.fingers.is_empty() {
            Wish::Hover(None)
        } else {
            Wish::Nothing
        }
    }

    /// A click; the end of a drag is none.
    fn click(&mut self, at: Place) -> Wish {
        if std::mem::take(&mut self.has_moved) {
            Wish::Nothing
        } else {
            Wish::Pick(at)
        }
    }

    /// The wheel turns by so many pixels, down being positive; `is_pinch` where a trackpad says that it was a
    /// pinch. Out of what is shown whole, the page scrolls.
    fn wheel(&mut self, at: Place, px: f64, is_pinch: bool, is_zoomed: bool) -> Wish {
        let is_meant = is_pinch || self.is_here;
        if !is_meant || px == 0.0 || (px > 0.0 && !is_zoomed && !is_pinch) {
            return Wish::Nothing;
        }
        let change = (-px * ZOOM_PER_WHEEL_PX).clamp(-MOST_PER_WHEEL, MOST_PER_WHEEL);
        Wish::ZoomAt(at, change.exp())
    }
}

/// A double click: closer, or further away with Shift.
fn double_click(at: Place, has_shift: bool) -> Wish {
    let factor = if has_shift {
        DOUBLE_CLICK_ZOOM.recip()
    } else {
        DOUBLE_CLICK_ZOOM
    };
    Wish::ZoomAt(at, factor)
}

/// A key.
fn wish_of_key(key: &str, has_shift: bool) -> Wish {
    let size = if has_shift { BIG_STEP } else { 1 };
    match key {
        "ArrowLeft" => Wish::Step(-size, 0),
        "ArrowRight" => Wish::Step(size, 0),
        "ArrowUp" => Wish::Step(0, -size),
        "ArrowDown" => Wish::Step(0, size),
        "Enter" | " " => Wish::PickHere,
        "Escape" => Wish::Quiet,
        "+" | "=" => Wish::ZoomHere(1),
        "-" | "_" => Wish::ZoomHere(-1),
        "0" => Wish::Whole,
        _ => Wish::Nothing,
    }
}

fn distance(a: Place, b: Place) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

#[cfg(test)]
mod tests {
    use figures::{Window, Windows};

    use super::{Hands, Input, Pointer, Wish, wish_of_key};

    fn finger(id: i32, x: f64, y: f64) -> Pointer {
        Pointer {
            id,
            at: (x, y),
            is_primary_button: true,
            is_touch: false,
        }
    }

    fn zoomed() -> Windows {
        let mut windows = Windows::default();
        let full = Window { first: 0, len: 64 };
        windows.update("position", full, |_| Window { first: 8, len: 16 });
        windows
    }

    #[test]
    fn a_click_picks_and_a_drag_does_not() {
        let mut hands = Hands::default();
        assert_eq!(hands.down(finger(1, 10.0, 10.0)), Wish::Hold);
        hands.hold(zoomed());
        assert_eq!(
            hands.moved(finger(1, 12.0, 11.0), true),
            Wish::Hover(Some((12.0, 11.0)))
        );
        hands.up(finger(1, 12.0, 11.0));
        assert_eq!(hands.click((12.0, 11.0)), Wish::Pick((12.0, 11.0)));

        hands.down(finger(1, 10.0, 10.0));
        hands.hold(zoomed());
        let drag = hands.moved(finger(1, 40.0, 10.0), true);
        assert_eq!(
            drag,
            Wish::Drag {
                from: (10.0, 10.0),
                to: (40.0, 10.0),
                held: zoomed()
            }
        );
        hands.up(finger(1, 40.0, 10.0));
        assert_eq!(hands.click((40.0, 10.0)), Wish::Nothing);
        assert_eq!(hands.click((40.0, 10.0)), Wish::Pick((40.0, 10.0)));
    }

    #[test]
    fn what_is_shown_whole_is_not_dragged() {
        let mut hands = Hands::default();
        hands.down(finger(1, 10.0, 10.0));
        assert_eq!(
            hands.moved(finger(1, 90.0, 10.0), false),
            Wish::Hover(Some((90.0, 10.0)))
        );
    }

    #[test]
    fn two_fingers_pinch_about_their_middle_until_one_goes() {
        let mut hands = Hands::default();
        hands.down(finger(1, 10.0, 10.0));
        hands.down(finger(2, 30.0, 10.0));
        hands.hold(Windows::default());
        let pinch = hands.moved(finger(2, 50.0, 10.0), false);
        assert_eq!(
            pinch,
            Wish::Pinch {
                about: (20.0, 10.0),
                factor: 2.0,
                held: Windows::default()
            }
        );
        // The finger that stays drags from where it is now.
        assert_eq!(hands.up(finger(1, 10.0, 10.0)), Wish::Hold);
        hands.hold(zoomed());
        assert_eq!(
            hands.moved(finger(2, 51.0, 10.0), true),
            Wish::Drag {
                from: (50.0, 10.0),
                to: (51.0, 10.0),
                held: zoomed()
            }
        );
    }

    #[test]
    fn a_page_that_scrolls_goes_on_scrolling() {
        let mut hands = Hands::default();
        let at = (5.0, 5.0);
        assert_eq!(hands.wheel(at, -100.0, false, true), Wish::Nothing);
        hands.moved(finger(1, 5.0, 5.0), false);
        assert!(matches!(
            hands.wheel(at, -100.0, false, false),
            Wish::ZoomAt(_, factor) if factor > 1.0
        ));
        assert_eq!(hands.wheel(at, 100.0, false, false), Wish::Nothing);
        assert!(matches!(
            hands.wheel(at, 100.0, false, true),
            Wish::ZoomAt(_, factor) if factor < 1.0
        ));
        assert_eq!(hands.wheel(at, 0.0, false, true), Wish::Nothing);
        hands.leave();
        assert_eq!(hands.wheel(at, -100.0, false, true), Wish::Nothing);
        assert!(matches!(
            hands.wheel(at, -1e9, true, true),
            Wish::ZoomAt(_, factor) if factor > 1.0 && factor < 3.0
        ));
    }

    #[test]
    fn a_key_takes_over_from_a_pointer_that_rests() {
        let mut hands = Hands::default();
        let here = Wish::Hover(Some((5.0, 5.0)));
        assert_eq!(hands.moved(finger(1, 5.0, 5.0), false), here);
        let key = Input::Key {
            key: "ArrowRight".to_owned(),
            has_shift: false,
        };
        assert_eq!(hands.read(key, false), Wish::Step(1, 0));
        assert_eq!(hands.moved(finger(1, 5.0, 5.0), false), Wish::Nothing);
        let moved = Wish::Hover(Some((6.0, 5.0)));
        assert_eq!(hands.moved(finger(1, 6.0, 5.0), false), moved);
        assert_eq!(hands.moved(finger(1, 5.0, 5.0), false), here);
    }

    #[test]
    fn only_the_first_button_counts() {
        let mut hands = Hands::default();
        let right = Pointer {
            is_primary_button: false,
            is_touch: false,
            ..finger(1, 1.0, 1.0)
        };
        assert_eq!(hands.down(right), Wish::Nothing);
        assert_eq!(
            hands.moved(finger(1, 40.0, 1.0), true),
            Wish::Hover(Some((40.0, 1.0)))
        );
    }

    #[test]
    fn keys() {
        for (key, has_shift, wish) in [
            ("ArrowLeft", false, Wish::Step(-1, 0)),
            ("ArrowDown", true, Wish::Step(0, 10)),
            ("+", true, Wish::ZoomHere(1)),
            ("-", false, Wish::ZoomHere(-1)),
            ("0", false, Wish::Whole),
            ("Enter", false, Wish::PickHere),
            ("a", false, Wish::Nothing),
        ] {
            assert_eq!(wish_of_key(key, has_shift), wish, "{key}");
        }
    }
}
