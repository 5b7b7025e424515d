//! The controls of a part, as data: the page interprets them.

use crate::quiz::Quiz;
use crate::settings::Notice;

/// Something on the desk.
pub enum Item<S: 'static> {
    /// The settings of a group, under its name.
    Group(&'static str),
    /// A number that moves by itself.
    Play(Play<S>),
    /// The question of a quiz, while one is asked.
    Quiz(Quiz<S>),
    /// Buttons, in a row.
    Buttons(&'static [Button<S>]),
    /// A field for many values.
    Values(Values<S>),
    /// A list of numbers, each with a button that takes it away.
    Chips(Chips<S>),
    /// What several parts have in common.
    Items(&'static [Self]),
}

/// How a number moves by itself.
pub struct Play<S: 'static> {
    /// The key of its setting.
    pub key: &'static str,
    /// The heading above it; empty for none.
    pub heading: &'static str,
    /// The steps per second that are chosen at first.
    pub first_speed: u32,
    /// Whether it begins again after the end of its range by itself; otherwise it stops there.
    pub is_endless: bool,
    /// Shows how far the step to the present number has come, 0 to 1; `None` where steps are jumps. Who asks for
    /// less motion sees jumps.
    pub glide: Option<fn(&mut S, f64)>,
}

/// A button that changes the state.
pub struct Button<S: 'static> {
    /// What stands on it.
    pub label: fn(&S) -> String,
    /// Whether it is there.
    pub applies: fn(&S) -> bool,
    /// What it does; a notice where that is not all that it says.
    pub press: fn(&mut S) -> Option<Notice>,
    /// Where its notice stands, and whose it replaces: keys and names.
    pub clears: &'static [&'static str],
}

impl<S> Button<S> {
    /// A button that is always there and does all that it says.
    pub const fn new(label: fn(&S) -> String, press: fn(&mut S) -> Option<Notice>) -> Self {
        Self {
            label,
            applies: |_| true,
            press,
            clears: &[],
        }
    }

    /// The same, only where it means something.
    pub const fn when(mut self, applies: fn(&S) -> bool) -> Self {
        self.applies = applies;
        self
    }

    /// The same, with notices under these keys; the last one is its own.
    pub const fn clearing(mut self, keys: &'static [&'static str]) -> Self {
        self.clears = keys;
        self
    }
}

/// A field for many values: typed, pasted, or from a file that is chosen or dropped.
pub struct Values<S: 'static> {
    /// The key of its setting, under which a link leaves notices.
    pub key: &'static str,
    /// Its accessible name.
    pub name: &'static str,
    /// Whether it is there.
    pub applies: fn(&S) -> bool,
    /// The most bytes of a file.
    pub most_bytes: usize,
    /// What it shows.
    pub shown: fn(&S) -> Shown,
    /// Takes what was given; says what could not be used.
    pub take: fn(&mut S, Given) -> Option<Notice>,
}

/// What a field for values shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The values as text; empty where there are too many to be written.
    pub text: String,
    /// What is used where that is not the text; may be empty.
    pub note: String,
}

/// What was given to a field for values.
pub enum Given {
    /// Text, as it was typed or pasted.
    Text(String),
    /// A file: its name and its bytes.
    File(String, Vec<u8>),
    /// A file that is too large to be opened: its name and how many bytes it has.
    TooLarge(String, f64),
    /// A file that the browser cannot read: its name.
    Unreadable(String),
}

/// A list of numbers, each with a button that takes it away, and one that adds what is read.
pub struct Chips<S: 'static> {
    /// The key of their setting.
    pub key: &'static str,
    /// The numbers, and the one that is read.
    pub shown: fn(&S) -> (Vec<usize>, usize),
    /// Takes a number away, or adds it; says what else became of that.
    pub toggle: fn(&mut S, usize) -> Option<Notice>,
    /// What one of them is: the words before its number on the button that adds it.
    pub noun: &'static str,
    /// What the button that takes one away does, before its number.
    pub remove: &'static str,
}
