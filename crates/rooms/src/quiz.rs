//! A quiz about bugs: it shows what one does and asks for its line. Nothing is given away before an answer.

use crate::settings::{Chosen, Word, Words};

/// Bugs that a quiz asks for.
pub trait Quizzed: Words {
    /// In the order of the quiz: not that of the list, by which one could count.
    const ASKED: &'static [Self];
}

/// The bug that is asked for, and what was answered. Links name it by its number, so that they do not give it away; an
/// answer is no part of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<B> {
    /// The bug.
    pub bug: B,
    /// The number of the bug that was answered, in the order of the list; `None` before an answer.
    pub answer: Option<usize>,
}

impl<B: Quizzed> Asked<B> {
    /// A bug that nobody has answered yet.
    pub const fn new(bug: B) -> Self {
        Self { bug, answer: None }
    }

    /// The one that is asked for after this one.
    pub fn next(self) -> Self {
        let next = (self.question() + 1) % B::ASKED.len();
        Self::new(B::ASKED.get(next).copied().unwrap_or(self.bug))
    }

    /// Its place in the quiz, from 0 on.
    fn question(self) -> usize {
        // `ASKED` has every bug, so there is a position.
        let place = B::ASKED.iter().position(|bug| *bug == self.bug);
        place.unwrap_or_default()
    }
}

/// The words of questions, which are as many as any quiz asks.
const NUMBERS: [Word; 9] = [
    number("1", "question 1"),
    number("2", "question 2"),
    number("3", "question 3"),
    number("4", "question 4"),
    number("5", "question 5"),
    number("6", "question 6"),
    number("7", "question 7"),
    number("8", "question 8"),
    number("9", "question 9"),
];

const fn number(slug: &'static str, label: &'static str) -> Word {
    Word { slug, label }
}

/// The setting of a quiz: off, or one of its questions.
impl<B: Quizzed> Chosen for Option<Asked<B>> {
    fn word_at(idx: usize) -> Option<Word> {
        match idx.checked_sub(1) {
            None => Some(number("off", "off")),
            Some(idx) => B::ASKED.get(idx).and_then(|_| NUMBERS.get(idx).copied()),
        }
    }

    fn idx(&self) -> usize {
        self.map_or(0, |asked| asked.question() + 1)
    }

    fn from_idx(idx: usize) -> Option<Self> {
        match idx.checked_sub(1) {
            None => Some(None),
            Some(idx) => B::ASKED.get(idx).map(|&bug| Some(Asked::new(bug))),
        }
    }
}

/// A quiz that is going on, whatever it is about.
pub trait Quizzing {
    /// Takes an answer: the number of an option.
    fn answer(&mut self, idx: usize);
    /// Goes to another question.
    fn another(&mut self);
}

impl<B: Quizzed> Quizzing for Option<Asked<B>> {
    fn answer(&mut self, idx: usize) {
        if let Some(asked) = self {
            asked.answer = Some(idx);
        }
    }

    fn another(&mut self) {
        *self = self.map(Asked::next);
    }
}

/// A quiz on a desk.
pub struct Quiz<S: 'static> {
    /// The question as it stands, while one is asked.
    pub sheet: fn(&S) -> Option<Sheet>,
    /// The setting that it changes.
    pub quizzing: fn(&mut S) -> &mut dyn Quizzing,
}

/// A question with its options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What is asked.
    pub question: String,
    /// What can be answered, in the order of the list.
    pub options: Vec<String>,
    /// Whether these are lines of code.
    pub is_code: bool,
    /// The number of the right one.
    pub right: usize,
    /// Why it is right, said only after an answer; `*…*` marks what is set in bold.
    pub explanation: String,
    /// The number of what was answered.
    pub answer: Option<usize>,
}

impl Sheet {
    /// The question which line of code a bug is, with the lines of all bugs as options.
    pub fn of_lines<B: Quizzed>(
        question: &str,
        asked: Asked<B>,
        line: impl Fn(B) -> String,
        explanation: String,
    ) -> Self {
        Self {
            question: question.to_owned(),
            options: B::ALL.iter().map(|&bug| line(bug)).collect(),
            is_code: true,
            right: asked.bug.idx(),
            explanation,
            answer: asked.answer,
        }
    }
}
