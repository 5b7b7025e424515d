//! The table of controls: one row says a setting's key, name, range, default and help.
//!
//! A room declares its state as plain data with [`Default`], and one [`Control`] per setting. Links,
//! sliders, clamping, notices, the README's table and the tests all read these rows.

use std::fmt;

use figures::number::exponent_form;

/// A room's state: plain data and the table that describes it.
///
/// A setting whose limits depend on others keeps what was chosen and is read within its present limits:
/// a slider dragged to its end and back leaves everything else where it was.
pub trait Settings: Clone + Default + PartialEq + 'static {
    /// One row per setting, in the order of the link. A row whose limits depend on other settings
    /// stands after them.
    const CONTROLS: &'static [Control<Self>];
}

/// One setting: how it is called, what it may be, how it is read and written.
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
    pub range: (f64, f64),
    /// The part of the range that is allowed in this state; `None` for all of it in every state.
    pub narrowed: Option<LimitsOf<S>>,
    /// Which numbers of the range are allowed.
    pub grain: Grain,
    /// How the slider's length maps to the range.
    pub scale: Scale,
    /// The value.
    pub get: fn(&S) -> f64,
    /// Takes a value that lies within the limits and on the grain.
    pub set: fn(&mut S, f64),
    /// Whether the value is the one that follows from other settings; then it is not in the link.
    pub follows: fn(&S) -> bool,
}

/// Which numbers of a range are allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Grain {
    /// Whole numbers.
    Whole,
    /// Even whole numbers.
    Even,
    /// Any number; `nudge` is what an arrow key adds.
    Any {
        /// What an arrow key adds, and what dragging rounds to, on a linear scale.
        nudge: f64,
    },
}

/// How a slider's length maps to its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// Evenly up to about `knee` above the lower end, then evenly in the logarithm: small values stay
    /// easy to reach though the range is long.
    Log {
        /// Where the scale bends, in units of the setting.
        knee: f64,
    },
    /// Like [`Scale::Log`] in both directions from zero, for ranges from `-max` to `max`.
    Symmetric {
        /// Where the scale bends on both sides of zero, in units of the setting.
        knee: f64,
    },
}

/// One of a few words.
pub struct Choice<S: 'static> {
    /// What can be chosen, in the order of the list.
    pub options: &'static [Choosable],
    /// The index of the chosen option.
    pub get: fn(&S) -> usize,
    /// Takes the index of an option.
    pub set: fn(&mut S, usize),
}

/// One option of a choice.
pub struct Choosable {
    /// Its word in links.
    pub slug: &'static str,
    /// Its name on the page.
    pub label: &'static str,
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

/// Something given that could not be used as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The key or the name of the control.
    pub key: String,
    /// What was given, shortened.
    pub given: String,
    /// What is allowed; empty where nothing is.
    pub allowed: String,
    /// What is used instead.
    pub used: String,
}

impl Notice {
    /// A notice that names all three; a long `given` is cut.
    pub fn new(
        key: &str,
        given: &str,
        allowed: impl Into<String>,
        used: impl Into<String>,
    ) -> Self {
        Self {
            key: shorten(key),
            given: shorten(given),
            allowed: allowed.into(),
            used: used.into(),
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.key)?;
        if self.given.is_empty() {
            write!(f, "nothing was given")?;
        } else {
            write!(f, "“{}” was given", self.given)?;
        }
        if !self.allowed.is_empty() {
            write!(f, "; allowed: {}", self.allowed)?;
        }
        write!(f, "; {}.", self.used)
    }
}

/// The first 40 characters of what was given, on one line.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut line: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

/// How many pairs of a link are looked at for keys that nobody knows.
const MOST_UNKNOWN: usize = 64;

/// A control that applies in every state.
pub fn always<S>(_: &S) -> bool {
    true
}

/// A number that follows from nothing: it is in the link whenever it is not the default.
pub fn never<S>(_: &S) -> bool {
    false
}

impl<S: Settings> Number<S> {
    /// The range in this state.
    pub fn limits(&self, state: &S) -> (f64, f64) {
        self.narrowed.map_or(self.range, |narrowed| narrowed(state))
    }

    /// The nearest allowed number to `value`, which is not NaN: within the limits, on the grain.
    pub fn nearest(&self, state: &S, value: f64) -> f64 {
        let (min, max) = self.limits(state);
        let on_grain = match self.grain {
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
        self.between(self.limits(state))
    }

    /// What is allowed in any state, in words.
    #[cfg(not(target_arch = "wasm32"))]
    fn widest(&self) -> String {
        self.between(self.range)
    }

    fn between(&self, (min, max): (f64, f64)) -> String {
        let what = match self.grain {
            Grain::Whole => "whole numbers",
            Grain::Even => "even numbers",
            Grain::Any { .. } => "numbers",
        };
        format!("{what} from {} to {}", number_text(min), number_text(max))
    }

    /// Reads a number as typed and takes the nearest allowed one. Unreadable text takes `otherwise`.
    fn read(&self, state: &mut S, key: &str, text: &str, otherwise: f64) -> Option<Notice> {
        let parsed = crate::number::parse(text);
        let nearest = self.nearest(state, parsed.unwrap_or(otherwise));
        (self.set)(state, nearest);
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
                let is_default = (number.follows)(state)
                    || value == (number.get)(&default) && !(number.follows)(&default);
                (!is_default).then(|| number_text(value))
            }
            Kind::Choice(choice) => {
                let idx = (choice.get)(state);
                (idx != (choice.get)(&default))
                    .then(|| choice.options.get(idx).map(|o| o.slug.to_owned()))?
            }
            Kind::Text(text) => (text.get)(state),
        }
    }

    /// Takes what a link or a field says; what cannot be read falls back to `fallback`'s value.
    fn read(&self, state: &mut S, key: &str, text: &str, fallback: &S) -> Option<Notice> {
        match &self.kind {
            Kind::Number(number) => number.read(state, key, text, (number.get)(fallback)),
            Kind::Choice(choice) => {
                if let Some(idx) = choice.options.iter().position(|o| o.slug == text) {
                    (choice.set)(state, idx);
                    return None;
                }
                let kept = (choice.get)(fallback);
                (choice.set)(state, kept);
                let slugs: Vec<_> = choice.options.iter().map(|o| o.slug).collect();
                let used = slugs.get(kept).copied().unwrap_or_default();
                Some(Notice::new(
                    key,
                    text,
                    slugs.join(", "),
                    format!("{used} is used"),
                ))
            }
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

    /// The row as documentation lists it.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn doc(&self) -> ControlDoc {
        let default = S::default();
        let (allowed, default) = match &self.kind {
            Kind::Number(number) => {
                let value = number_text((number.get)(&default));
                let follows = (number.follows)(&default);
                (
                    number.widest(),
                    if follows {
                        "follows the others".to_owned()
                    } else {
                        value
                    },
                )
            }
            Kind::Choice(choice) => {
                let slugs: Vec<_> = choice.options.iter().map(|o| o.slug).collect();
                let default = slugs
                    .get((choice.get)(&default))
                    .copied()
                    .unwrap_or_default();
                (slugs.join(", "), default.to_owned())
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

    /// Takes what was typed into the control's field. What cannot be read changes nothing.
    pub fn typed(&self, state: &mut S, text: &str) -> Option<Notice> {
        let before = state.clone();
        self.read(state, self.name, text, &before)
    }
}

impl<S: Settings> Number<S> {
    /// Takes a number from a hand on the slider: the nearest allowed one.
    pub fn moved(&self, state: &mut S, value: f64) {
        let used = self.nearest(state, value);
        (self.set)(state, used);
    }
}

/// The row with this key.
pub fn control<S: Settings>(key: &str) -> Option<&'static Control<S>> {
    S::CONTROLS.iter().find(|control| control.key == key)
}

/// Reads a link's pairs: any pairs whatever give a valid state, with a notice for each that was not
/// taken as it stood. Pairs in `known_elsewhere` belong to someone else and are passed over.
pub fn read_pairs<S: Settings>(
    pairs: &[(String, String)],
    known_elsewhere: impl Fn(&str) -> bool,
) -> (S, Vec<Notice>) {
    let mut state = S::default();
    let defaults = S::default();
    let mut notices = Vec::new();
    // In the order of the table, because later rows have limits that depend on earlier ones.
    for row in S::CONTROLS {
        let mut given = pairs.iter().filter(|(key, _)| key == row.key).rev();
        if let Some((_, text)) = given.next() {
            notices.extend(row.read(&mut state, row.key, text, &defaults));
        }
        if let Some((_, text)) = given.next() {
            notices.push(Notice::new(
                row.key,
                text,
                "once",
                "the last one given is used",
            ));
        }
    }
    for (idx, (key, value)) in pairs.iter().enumerate() {
        let is_first = !pairs
            .iter()
            .take(idx.min(MOST_UNKNOWN))
            .any(|(other, _)| other == key);
        if idx < MOST_UNKNOWN && is_first && control::<S>(key).is_none() && !known_elsewhere(key) {
            notices.push(Notice::new(
                key,
                value,
                "",
                "no such setting here, it is ignored",
            ));
        }
    }
    (state, notices)
}

/// A state's pairs for the link: only what is not the default, in the order of the table.
pub fn write_pairs<S: Settings>(state: &S) -> Vec<(&'static str, String)> {
    S::CONTROLS
        .iter()
        .filter_map(|row| Some((row.key, row.written(state)?)))
        .collect()
}

/// The shortest text that reads back to the same number: plain, with an exponent only where plain
/// digits would have to be counted.
pub fn number_text(value: impl fmt::Display) -> String {
    const LONGEST_PLAIN: usize = 7;
    let plain = value.to_string();
    let many_zeros = plain
        .trim_start_matches('-')
        .bytes()
        .take_while(|b| b"0.".contains(b))
        .count()
        > 4;
    match exponent_form(&plain) {
        Some(exponent)
            if exponent.len() < plain.len() && (many_zeros || plain.len() > LONGEST_PLAIN) =>
        {
            exponent
        }
        _ => plain,
    }
}

impl Scale {
    /// Where on the slider, from 0 to 1, a value of `limits` stands.
    pub fn fraction_from_value(self, value: f64, (min, max): (f64, f64)) -> f64 {
        if max <= min {
            return 0.0;
        }
        let fraction = match self {
            Self::Linear => (value - min) / (max - min),
            Self::Log { knee } => ((value - min) / knee).ln_1p() / ((max - min) / knee).ln_1p(),
            Self::Symmetric { knee } => {
                let from_zero = (value.abs() / knee).ln_1p() / (max / knee).ln_1p();
                0.5 + 0.5 * from_zero.copysign(value)
            }
        };
        fraction.clamp(0.0, 1.0)
    }

    /// The value of `limits` at a place on the slider from 0 to 1.
    pub fn value_from_fraction(self, fraction: f64, (min, max): (f64, f64)) -> f64 {
        let fraction = fraction.clamp(0.0, 1.0);
        match self {
            Self::Linear => min + fraction * (max - min),
            Self::Log { knee } => min + knee * (fraction * ((max - min) / knee).ln_1p()).exp_m1(),
            Self::Symmetric { knee } => {
                let from_zero = 2.0 * fraction - 1.0;
                let size = knee * (from_zero.abs() * (max / knee).ln_1p()).exp_m1();
                size.copysign(from_zero)
            }
        }
    }
}

impl Grain {
    /// A value from the slider's place, rounded as a hand means it: to the grain, or to the nudge, or
    /// to two digits where the scale is logarithmic.
    pub fn round_dragged(self, value: f64, scale: Scale) -> f64 {
        match (self, scale) {
            (Self::Whole | Self::Even, _) => value.round(),
            // Divided, not multiplied by 0.05: 23 * 0.05 would show as 1.1500000000000001.
            (Self::Any { nudge }, Scale::Linear) => (value / nudge).round() / nudge.recip(),
            (Self::Any { .. }, Scale::Log { .. } | Scale::Symmetric { .. }) => {
                // Formatting rounds in decimal, so that 1.2e-5 is the double that reads as 1.2e-5.
                crate::number::parse(&format!("{value:.1e}")).unwrap_or(value)
            }
        }
    }
}
