//! A quiz about bugs: it shows what one does and asks for its line. Nothing is given away before an answer.

use crate::python::{Code, fill};
use crate::settings::{Chosen, Word, Words};

/// Bugs that a quiz asks for.
pub trait Quizzed: Words {
    /// In the order of the quiz: not that of the list, by which one could count.
    const ASKED: &'static [Self];
}

/// How often one may answer wrongly before the right answer is told.
const MOST_WRONG: usize = 2;

/// The bug that is asked for, and what was answered. Links name it by its number, so that they do not give it away; answers
/// are no part of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<B> {
    /// The bug.
    pub bug: B,
    /// The numbers of the bugs that were tried and are not it, in the order of the list.
    pub tried: [Option<usize>; MOST_WRONG],
    /// The number of the bug that was answered last: the right one, or after three tries any; `None` before that.
    pub answer: Option<usize>,
}

impl<B: Quizzed> Asked<B> {
    /// A bug that nobody has answered yet.
    pub const fn new(bug: B) -> Self {
        Self {
            bug,
            tried: [None; MOST_WRONG],
            answer: None,
        }
    }

    /// The first question.
    pub fn first() -> Self {
        // `ASKED` has every bug, and a quiz has bugs.
        Self::new(B::ASKED[0])
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
            let free = asked.tried.iter_mut().find(|tried| tried.is_none());
            match free.filter(|_| idx != asked.bug.idx()) {
                Some(free) => *free = Some(idx),
                None => asked.answer = Some(idx),
            }
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
    pub options: Vec<Answer>,
    /// Whether these are lines of code.
    pub is_code: bool,
    /// The number of the right one.
    pub right: usize,
    /// Why it is right, said only after an answer; `*…*` marks what is set in bold.
    pub explanation: String,
    /// What the one that was tried last does; empty before that.
    pub hint: String,
    /// The numbers of those that were tried and are wrong.
    pub tried: Vec<usize>,
    /// The number of what was answered.
    pub answer: Option<usize>,
}

/// What can be answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its number, in the order of the list.
    pub idx: usize,
    /// The answer.
    pub text: String,
}

/// Which bugs are offered beside the one that is asked for, by how far they stand from it in the list.
const OTHERS: [usize; 3] = [1, 2, 4];

impl Sheet {
    /// The question which line of code a bug is, with the lines of some others as options. `meaning` says what a bug does.
    pub fn of_lines<B: Quizzed>(
        question: &str,
        asked: Asked<B>,
        line: fn(B) -> &'static str,
        meaning: impl Fn(B) -> String,
        explanation: String,
    ) -> Self {
        let (n, right) = (B::ALL.len(), asked.bug.idx());
        let is_offered = |idx: &usize| {
            let distance = (idx + n - right) % n;
            distance == 0 || OTHERS.contains(&distance)
        };
        let bugs = B::ALL.iter().copied().enumerate();
        let offered = bugs.filter(|(idx, _)| is_offered(idx));
        let tried: Vec<_> = asked.tried.iter().copied().flatten().collect();
        let last = tried.last().and_then(|&idx| B::from_idx(idx));
        Self {
            question: question.to_owned(),
            options: offered
                .map(|(idx, bug)| Answer {
                    idx,
                    text: line(bug).to_owned(),
                })
                .collect(),
            is_code: true,
            right,
            explanation,
            hint: last.map(meaning).unwrap_or_default(),
            tried,
            answer: asked.answer,
        }
    }

    /// The right answer.
    pub fn solution(&self) -> Option<&str> {
        let mut options = self.options.iter();
        let right = options.find(|option| option.idx == self.right)?;
        Some(&right.text)
    }

    /// How many tries are left.
    pub fn n_left(&self) -> usize {
        1 + MOST_WRONG - self.tried.len()
    }
}

/// A bug as it was found in public code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The line as it was found.
    pub wrong: &'static str,
    /// The line as it should be.
    pub right: &'static str,
    /// The repository.
    repository: &'static str,
    /// What the thread is that says so, as links of the site call it.
    kind: &'static str,
    /// Its number.
    number: u32,
}

impl Found {
    /// The wrong line, the right one, and the repository and number of an issue.
    pub const fn issue(
        wrong: &'static str,
        right: &'static str,
        repository: &'static str,
        number: u32,
    ) -> Self {
        Self {
            wrong,
            right,
            repository,
            kind: "issues",
            number,
        }
    }

    /// The same of a pull request.
    pub const fn pull(
        wrong: &'static str,
        right: &'static str,
        repository: &'static str,
        number: u32,
    ) -> Self {
        Self {
            kind: "pull",
            ..Self::issue(wrong, right, repository, number)
        }
    }

    /// The wrong line beside the right one, where it was found, and what is shown instead of what is set, as HTML.
    pub fn lines(&self, shown: Option<String>) -> String {
        let Self {
            wrong,
            right,
            repository,
            kind,
            number,
        } = self;
        let shown = shown
            .map(|shown| format!("<div><dt>shown</dt><dd>{shown}</dd></div>"))
            .unwrap_or_default();
        format!(
            "<dl class=\"lines\"><div><dt>wrong</dt><dd><code>{wrong}</code></dd></div><div><dt>right</dt><dd><code>{right}</code></dd></div>\
             <div><dt>found in</dt><dd><a rel=\"noreferrer\" target=\"_blank\" \
             href=\"https://github.com/{repository}/{kind}/{number}\">{repository} #{number}</a></dd></div>{shown}</dl>"
        )
    }
}

/// What a part about bugs of something says first: of a bug that is looked at, what it is. The quiz says that itself.
pub fn lead<B>(
    of: &str,
    bug: Option<B>,
    (is_asked, is_revealed): (bool, bool),
    meaning: impl FnOnce(B) -> String,
) -> String {
    match bug {
        Some(bug) if !is_asked => meaning(bug),
        Some(_) if is_revealed => {
            "The line as it was found in real code, and as it should be.".to_owned()
        }
        Some(_) => {
            "One line is wrong. There is no error message: *only the numbers are wrong*. Look at what the bug does, then answer."
                .to_owned()
        }
        None => format!(
            "These bugs of {of} were found in real code. They give no error message: *only the numbers are wrong*. Choose one, or let the quiz ask."
        ),
    }
}

/// What a figure of a bug says where there is none.
pub const NONE_CHOSEN: &str =
    "No mistake is chosen yet: choose one, follow a question, or turn on the quiz.";

const HIDDEN: &str = "\
import numpy as np
{import}
# After an answer to the quiz there is code here that makes the {what}
result = {array}(np.load(\"{id}.npy\"))  # {axes}
";

/// The code of a figure with this id before an answer: it loads what it shows, the array with these axes.
pub fn hidden_code(id: &str, what: &str, axes: &str) -> Code {
    Code::for_both(|library| {
        fill(
            HIDDEN,
            &[
                ("import", library.pick("", "import torch\n")),
                ("array", library.pick("np.asarray", "torch.from_numpy")),
                ("what", what),
                ("id", id),
                ("axes", axes),
            ],
        )
    })
}
