//! One row of a room's table: how a setting is called, what it may be, how it is read and written.

use super::notice::{Notice, nearest};
use super::number_text::number_text;
use super::range::{Grain, Range};
use super::words::Word;
use crate::platform;

/// A room's state: plain data and the table that describes it. [`settings!`](crate::settings!) writes both.
///
/// A setting whose limits depend on others keeps what was chosen and is read within its present limits:
/// a slider dragged to its end and back leaves everything else where it was.
pub trait Settings: Clone + Default + PartialEq + 'static {
    /// One row per setting, in the order of the link. A row whose limits depend on other settings
    /// stands after them.
    const CONTROLS: &'static [Control<Self>];

    /// Sets what follows from the rest, after a link was read or anything was changed: what is shown is what is set.
    /// Settled twice is settled once.
    fn settle(&mut self) {}
}

/// One setting.
pub struct Control<S: 'static> {
    /// Its key in links.
    pub key: &'static str,
    /// Its accessible name.
    pub name: &'static str,
    /// The CSS class of the symbol's colour, for settings that are a symbol of a formula.
    pub symbol: Option<&'static str>,
    /// One sentence: what it is, and what to look for when it moves.
    pub help: &'static str,
    /// The heading under which it stands on the desk; empty for settings that have no control there.
    pub group: &'static str,
    /// Whether it means anything in this state; otherwise it is not shown (a link may still set it).
    pub applies: fn(&S) -> bool,
    /// What kind of value it is.
    pub kind: Kind<S>,
}

/// What kind of value a control has.
pub enum Kind<S: 'static> {
    /// A number in a range.
    Number(Number<S>),
    /// One of a few words.
    Choice(Choice<S>),
    /// Text with a grammar of its own.
    Text(Text<S>),
}

/// The lower and the upper limit of a number in a state.
pub type LimitsOf<S> = fn(&S) -> (f64, f64);

/// A number in a range.
pub struct Number<S: 'static> {
    /// The widest range, as documented.
    pub range: Range,
    /// The part of the range that is allowed in this state; `None` for all of it in every state.
    pub narrowed: Option<LimitsOf<S>>,
    /// The value.
    pub get: fn(&S) -> f64,
    /// Takes a value that lies within the limits and on the grain.
    pub set: fn(&mut S, f64),
    /// The value that follows from other settings, for one that may; where it is that, it is not in the link.
    pub usual: Option<fn(&S) -> f64>,
    /// What it shares with other settings, for one that may have to give way to them.
    pub shared: Option<Shared<S>>,
}

/// A bound that several numbers have in common.
pub struct Shared<S: 'static> {
    /// What is allowed of all of them together, in words.
    pub allowed: &'static str,
    /// What is wanted, where the others leave less.
    pub wanted: fn(&S) -> Option<f64>,
}

/// A number that has given way to others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Narrowed {
    wanted: f64,
    used: f64,
    range: Range,
    allowed: &'static str,
}

impl Narrowed {
    /// Says so, under this key or name.
    pub fn notice(self, key: &str) -> Notice {
        let between = self.range.between((self.range.ends.0, self.used));
        Notice::new(
            key,
            &number_text(self.wanted),
            format!("{between}, with {}", self.allowed),
            format!("{} is used", number_text(self.used)),
        )
    }
}

/// One of a few words.
pub struct Choice<S: 'static> {
    /// What can be chosen, by its number in the list; `None` after the last.
    pub option: fn(usize) -> Option<Word>,
    /// The index of the chosen option.
    pub get: fn(&S) -> usize,
    /// Takes the index of an option.
    pub set: fn(&mut S, usize),
    /// The option that follows from other settings, for a choice that may; where it is that, it is not in the link.
    pub usual: Option<fn(&S) -> usize>,
}

/// Text with a grammar of its own.
pub struct Text<S: 'static> {
    /// What is allowed, for notices and help, such as `whole numbers separated by commas`.
    pub allowed: &'static str,
    /// The default, in words.
    pub default: &'static str,
    /// What stands in the link; `None` for the default.
    pub get: fn(&S) -> Option<String>,
    /// What stands in the field, also for the default.
    pub shown: fn(&S) -> String,
    /// Reads the text as far as it can be read; `Err` says what is used instead of what was given.
    pub set: fn(&mut S, &str) -> Result<(), String>,
}

/// A control as the documentation lists it.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlDoc {
    /// Its key in links.
    pub key: &'static str,
    /// Its accessible name.
    pub name: &'static str,
    /// What is allowed.
    pub allowed: String,
    /// What it is when the link does not say.
    pub default: String,
    /// What it does.
    pub help: &'static str,
}

impl<S> Control<S> {
    /// A setting that applies in every state.
    pub const fn new(
        key: &'static str,
        group: &'static str,
        name: &'static str,
        help: &'static str,
        kind: Kind<S>,
    ) -> Self {
        Self {
            key,
            name,
            symbol: None,
            // A doc comment begins with the blank after its slashes.
            help: help.split_at(1).1,
            group,
            applies: |_| true,
            kind,
        }
    }

    /// The same, in the colour of a symbol.
    pub const fn symbol(mut self, class: &'static str) -> Self {
        self.symbol = Some(class);
        self
    }

    /// The same, which means something only in some states.
    pub const fn when(mut self, applies: fn(&S) -> bool) -> Self {
        self.applies = applies;
        self
    }
}

impl<S> Kind<S> {
    /// A number, with the way to it.
    pub const fn number(range: Range, get: fn(&S) -> f64, set: fn(&mut S, f64)) -> Number<S> {
        Number {
            range,
            narrowed: None,
            get,
            set,
            usual: None,
            shared: None,
        }
    }
}

impl<S> Number<S> {
    /// The same, within narrower limits that depend on the state.
    pub const fn within(mut self, limits: LimitsOf<S>) -> Self {
        self.narrowed = Some(limits);
        self
    }

    /// The same, where nothing chosen means what follows from other settings.
    pub const fn following(mut self, now: fn(&S) -> f64, usual: fn(&S) -> f64) -> Self {
        self.get = now;
        self.usual = Some(usual);
        self
    }

    /// The same, with a bound in common with others: `set` makes them give way.
    pub const fn sharing(mut self, shared: Shared<S>, set: fn(&mut S, f64)) -> Self {
        self.shared = Some(shared);
        self.set = set;
        self
    }

    /// What is used where more is wanted, and why.
    fn narrowed(&self, state: &S) -> Option<Narrowed> {
        let shared = self.shared.as_ref()?;
        Some(Narrowed {
            wanted: (shared.wanted)(state)?,
            used: (self.get)(state),
            range: self.range,
            allowed: shared.allowed,
        })
    }

    /// The range in this state.
    pub fn limits(&self, state: &S) -> (f64, f64) {
        self.narrowed
            .map_or(self.range.ends, |narrowed| narrowed(state))
    }

    /// The nearest allowed number to `value`, which is not NaN: within the limits, on the grain.
    pub fn nearest(&self, state: &S, value: f64) -> f64 {
        let (min, max) = self.limits(state);
        let on_grain = match self.range.grain {
            Grain::Whole => value.round(),
            // Down, so that a width that is asked for is never exceeded.
            Grain::Even => (value / 2.0).floor() * 2.0,
            Grain::Any { .. } => value,
        };
        // `min` first: where the limits are empty the lower end wins, as it does in `clamp`'s stead.
        // Adding zero turns -0 into 0, so that equal states have equal links.
        on_grain.min(max).max(min) + 0.0
    }

    /// What is allowed in this state, in words.
    pub fn allowed(&self, state: &S) -> String {
        self.range.between(self.limits(state))
    }

    /// Whether the value is the one that follows from other settings.
    // Exactly: equal states must have equal links.
    #[allow(clippy::float_cmp)]
    fn follows(&self, state: &S) -> bool {
        self.usual
            .is_some_and(|usual| (self.get)(state) == usual(state))
    }

    /// Reads a number as typed and takes the nearest allowed one. Unreadable text leaves what was there.
    fn read(&self, state: &mut S, key: &str, text: &str) -> Option<Notice> {
        let parsed = platform::parse_number(text);
        if let Some(given) = parsed {
            self.moved(state, given);
        }
        // What the state made of it: some numbers have fewer neighbours than a grain can say.
        let used = (self.get)(state);
        // Exactly: any difference between what was asked for and what is used is worth a notice.
        #[allow(clippy::float_cmp)]
        let as_given = parsed.is_some_and(|given| given == used);
        (!as_given).then(|| {
            Notice::new(
                key,
                text,
                self.allowed(state),
                format!("{} is used", number_text(used)),
            )
        })
    }

    /// Takes a number, as from a hand on the slider: the nearest allowed one.
    pub fn moved(&self, state: &mut S, value: f64) {
        let used = self.nearest(state, value);
        (self.set)(state, used);
    }
}

impl<S> Choice<S> {
    /// All options, in the order of the list.
    pub fn options(&self) -> impl Iterator<Item = Word> + use<S> {
        (0..).map_while(self.option)
    }

    /// Takes the option with this word. For any other the one that was there stays.
    fn read(&self, state: &mut S, key: &str, text: &str) -> Option<Notice> {
        if let Some(idx) = self.options().position(|option| option.slug == text) {
            (self.set)(state, idx);
            return None;
        }
        let slugs: Vec<_> = self.options().map(|option| option.slug).collect();
        let used = slugs.get((self.get)(state)).copied().unwrap_or_default();
        let used = match nearest(text, slugs.iter().copied()) {
            Some(near) => format!("{near} is the nearest; {used} is used"),
            None => format!("{used} is used"),
        };
        Some(Notice::new(key, text, slugs.join(", "), used))
    }
}

impl<S: Settings> Control<S> {
    /// What stands in the link for this setting; `None` where it is the default.
    pub fn written(&self, state: &S) -> Option<String> {
        let default = S::default();
        match &self.kind {
            Kind::Number(number) => {
                let value = (number.get)(state);
                // Exactly: equal states must have equal links.
                #[allow(clippy::float_cmp)]
                let is_default = number.follows(state)
                    || value == (number.get)(&default) && !number.follows(&default);
                (!is_default).then(|| number_text(value))
            }
            Kind::Choice(choice) => {
                let idx = (choice.get)(state);
                let usual = match choice.usual {
                    Some(usual) => usual(state),
                    None => (choice.get)(&default),
                };
                (idx != usual).then(|| (choice.option)(idx).map(|option| option.slug.to_owned()))?
            }
            Kind::Text(text) => (text.get)(state),
        }
    }

    /// Takes what a link or a field says; what cannot be read leaves what was there.
    pub(super) fn read(&self, state: &mut S, key: &str, text: &str) -> Option<Notice> {
        match &self.kind {
            Kind::Number(number) => number.read(state, key, text),
            Kind::Choice(choice) => choice.read(state, key, text),
            Kind::Text(grammar) => (grammar.set)(state, text)
                .err()
                .map(|used| Notice::new(key, text, grammar.allowed, used)),
        }
    }

    /// What a text field shows: what the link would say, and the default where it says nothing.
    pub fn shown_text(&self, state: &S) -> String {
        match &self.kind {
            Kind::Text(text) => (text.shown)(state),
            _ => self.written(state).unwrap_or_default(),
        }
    }

    /// What it is, after its name unless that is said already.
    pub fn said(&self, state: &S, name_said: &str) -> String {
        let value = match &self.kind {
            Kind::Number(number) => number_text((number.get)(state)),
            Kind::Choice(choice) => {
                let option = (choice.option)((choice.get)(state));
                option.map_or("", |option| option.label).to_owned()
            }
            // Where the default is no text that could stand in the field, its words are shorter than that.
            Kind::Text(text)
                if (text.get)(state).is_none() && (text.shown)(&S::default()) != text.default =>
            {
                text.default.to_owned()
            }
            Kind::Text(text) => (text.shown)(state),
        };
        if self.name == name_said {
            return value;
        }
        [self.name, " ", &value].concat()
    }

    /// What is used where more is wanted, because other settings leave no more.
    pub fn narrowed(&self, state: &S) -> Option<Narrowed> {
        match &self.kind {
            Kind::Number(number) => number.narrowed(state),
            _ => None,
        }
    }

    /// The row as documentation lists it.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn doc(&self) -> ControlDoc {
        let usual = S::default();
        let (allowed, default) = match &self.kind {
            Kind::Number(number) => (
                match &number.shared {
                    Some(shared) => {
                        format!(
                            "{}; {}",
                            number.range.between(number.range.ends),
                            shared.allowed
                        )
                    }
                    None => number.range.between(number.range.ends),
                },
                {
                    // Where choosing what is there already is a choice, nothing is chosen yet.
                    let (mut chosen, value) = (usual.clone(), (number.get)(&usual));
                    (number.set)(&mut chosen, value);
                    if number.shared.is_some() || chosen == usual {
                        self.opening(&|state| number_text((number.get)(state)))
                    } else {
                        "follows the others".to_owned()
                    }
                },
            ),
            Kind::Choice(choice) => {
                let slugs: Vec<_> = choice.options().map(|option| option.slug).collect();
                let default = self.opening(&|state| {
                    let chosen = slugs.get((choice.get)(state));
                    chosen.copied().unwrap_or_default().to_owned()
                });
                (slugs.join(", "), default)
            }
            Kind::Text(text) => (text.allowed.to_owned(), text.default.to_owned()),
        };
        ControlDoc {
            key: self.key,
            name: self.name,
            allowed,
            default,
            help: self.help,
        }
    }

    /// What it is as the room opens, and in parts that open otherwise.
    #[cfg(not(target_arch = "wasm32"))]
    fn opening(&self, value: &dyn Fn(&S) -> String) -> String {
        let usual = value(&S::default());
        let mut words = usual.clone();
        if let Some(Kind::Choice(parts)) = control::<S>("part").map(|row| &row.kind) {
            for (idx, part) in parts.options().enumerate() {
                let mut state = S::default();
                (parts.set)(&mut state, idx);
                let here = value(&state);
                if here != usual && self.key != "part" {
                    words += &format!("; {here} in {}", part.label);
                }
            }
        }
        words
    }

    /// Takes what was typed into the control's field. What cannot be read changes nothing.
    pub fn typed(&self, state: &mut S, text: &str) -> Option<Notice> {
        let notice = self.read(state, self.name, text);
        let given = self.written(state);
        state.settle();
        notice.or_else(|| self.overruled(state, given, self.name, text))
    }

    /// What is said where something else is used because of other settings.
    pub(super) fn overruled(
        &self,
        state: &S,
        given: Option<String>,
        key: &str,
        text: &str,
    ) -> Option<Notice> {
        if self.written(state) == given {
            return None;
        }
        let used = match &self.kind {
            Kind::Number(number) => number_text((number.get)(state)),
            Kind::Choice(choice) => {
                let option = (choice.option)((choice.get)(state));
                option.map_or("", |option| option.slug).to_owned()
            }
            Kind::Text(text) => (text.shown)(state),
        };
        Some(Notice::new(
            key,
            text,
            "what the rest can be shown with",
            format!("{used} is used"),
        ))
    }
}

/// The row with this key.
pub fn control<S: Settings>(key: &str) -> Option<&'static Control<S>> {
    S::CONTROLS.iter().find(|control| control.key == key)
}
