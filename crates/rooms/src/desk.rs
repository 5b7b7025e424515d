//! The controls of a part, as data: the page interprets them.

use maths::import::{Imported, ReadError, Reader, Reading};

use crate::platform::parse_number;
use crate::settings::{Control, Notice, Settings};

/// How many bytes are read at most.
pub use maths::import::MOST_BYTES;

/// Something on the desk.
pub enum Item<S: 'static> {
    /// Settings that belong together.
    Group(Group<S>),
    /// Buttons, in a row.
    Buttons(&'static [Button<S>]),
    /// A field for many values.
    Values(Values<S>),
    /// A list of numbers, each with a button that takes it away.
    Chips(Chips<S>),
    /// Words that are put in order by hand.
    Order(Order<S>),
    /// What several parts have in common.
    Items(&'static [Self]),
}

/// Settings that belong together, but for those in front ([`Part::front`](crate::room::Part::front)): folded under their name
/// and what is set.
pub struct Group<S: 'static> {
    /// The group of their rows.
    pub name: &'static str,
    /// What some of them, by their keys, say together; otherwise the first one speaks.
    now: Option<Together<S>>,
    /// What stands below the settings.
    pub items: &'static [Item<S>],
}

/// The keys of settings that are said together, and how.
type Together<S> = (&'static [&'static str], fn(&S) -> String);

/// The settings of a group.
pub const fn group<S>(name: &'static str) -> Item<S> {
    Item::Group(Group::new(name))
}

impl<S> Group<S> {
    /// The settings of a group, and nothing else.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            now: None,
            items: &[],
        }
    }

    /// The same with something below the settings.
    pub const fn with(mut self, items: &'static [Item<S>]) -> Self {
        self.items = items;
        self
    }

    /// The same, where some settings are said together.
    pub const fn saying(mut self, keys: &'static [&'static str], now: fn(&S) -> String) -> Self {
        self.now = Some((keys, now));
        self
    }
}

impl<S: Settings> Group<S> {
    /// The settings that are folded, where those with the keys `front` stand in front.
    pub fn rows(
        &self,
        front: &'static [&'static str],
    ) -> impl Iterator<Item = &'static Control<S>> {
        let name = self.name;
        let rows = S::CONTROLS.iter();
        rows.filter(move |row| row.group == name && !front.contains(&row.key))
    }

    /// What is set, in few words: what the first setting is, and whatever is not as the room opens.
    pub fn summary(&self, front: &'static [&'static str], state: &S) -> String {
        let mut words = String::new();
        let said: &[&str] = match self.now {
            Some((keys, now)) => {
                words = now(state);
                keys
            }
            None => &[],
        };
        for row in self.rows(front).filter(|row| (row.applies)(state)) {
            let is_said = said.contains(&row.key);
            if words.is_empty() || !is_said && row.written(state).is_some() {
                if !words.is_empty() {
                    words.push_str(", ");
                }
                words.push_str(&row.said(state, self.name));
            }
        }
        words
    }
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
    /// What it shows.
    pub shown: fn(&S) -> Shown,
    /// Takes what was given. What cannot be read changes nothing.
    pub take: fn(&mut S, Given) -> Taken,
}

/// What a field for values shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The values as text; empty where there are too many to be written.
    pub text: String,
    /// What is used where that is not the text; may be empty.
    pub note: String,
}

/// How what is given is to be read, where that is a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// What is asked of the reader.
    pub reading: Reading,
    /// Whether a column of numbers is the features of one token, not a token each.
    pub is_one_token: bool,
}

impl Manner {
    /// Begins to read text.
    pub fn text(self, text: String) -> Reader {
        Reader::text(text, self.reading, parse_number)
    }

    /// Begins to read a file.
    pub fn file(self, bytes: Vec<u8>) -> Reader {
        Reader::file(bytes, self.reading, parse_number)
    }
}

/// What was given to a field for values.
pub struct Given {
    /// The name of the file; empty for text.
    pub name: String,
    /// How it was to be read.
    pub manner: Manner,
    /// What was read; `None` where the browser does not hand the file out.
    pub read: Option<Result<Imported, ReadError>>,
}

impl Given {
    /// A file that is too large to be read.
    pub fn too_large(name: String, n_bytes: f64) -> Self {
        Self {
            name,
            manner: Manner::default(),
            read: Some(Err(ReadError::TooLarge { n_bytes })),
        }
    }
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// What could not be used as it was.
    pub notice: Option<Notice>,
    /// How it was read, where that is no matter of course; may be empty.
    pub note: String,
    /// Another way to read the same, and what is on its button.
    pub other: Option<(Manner, String)>,
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

/// The words of a setting that is a text, put in another order by hand: dragged, or moved by keys.
pub struct Order<S: 'static> {
    /// The key of the setting. It gets the words in their new order as if they were typed.
    pub key: &'static str,
    /// What they are the words of, such as `the sentence`.
    pub of: &'static str,
    /// The words as they were typed.
    pub words: fn(&S) -> Vec<String>,
}
