//! Reading in steps, so that a page can show how far it is and stop.

use super::brackets::Lists;
use super::decode::text_of;
use super::delimited::Rows;
use super::error::ReadError;
use super::files::FileKind;
use super::find::start_of_list;
use super::html::{in_html, table_of};
use super::imported::{Imported, MOST_BYTES};
use super::npy::{MAGIC, read_npy};
use super::reading::{ParseNumber, Reading};
use super::safetensors;
use super::survey::Survey;
use super::text::TextError;

/// Text or a file on its way to values.
pub struct Reader {
    reading: Reading,
    parse: ParseNumber,
    state: State,
}

/// How far reading is.
enum State {
    /// Bytes of which nothing is known.
    Bytes(Vec<u8>),
    /// Text.
    Text(TextReader),
    /// What cannot be read.
    Failed(ReadError),
    /// What was read has been given.
    Done,
}

impl Reader {
    /// Reads text as it was typed or pasted.
    pub fn text(text: String, reading: Reading, parse: ParseNumber) -> Self {
        let state = match too_large(text.len()) {
            Some(error) => State::Failed(error),
            None => State::Text(TextReader::new(text)),
        };
        Self {
            reading,
            parse,
            state,
        }
    }

    /// Reads a file: what it is is told by its bytes.
    pub fn file(bytes: Vec<u8>, reading: Reading, parse: ParseNumber) -> Self {
        let state = match too_large(bytes.len()) {
            Some(error) => State::Failed(error),
            None => State::Bytes(bytes),
        };
        Self {
            reading,
            parse,
            state,
        }
    }

    /// Goes on by about `n_bytes` of the text; gives what was read at its end, once.
    pub fn advance(&mut self, n_bytes: usize) -> Option<Result<Imported, ReadError>> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Bytes(bytes) => match text_or_array(bytes) {
                Ok(text) => {
                    self.state = State::Text(TextReader::new(text));
                    None
                }
                Err(read) => Some(read),
            },
            State::Text(mut text) => {
                let read = text.advance(n_bytes, self.reading, self.parse);
                if read.is_none() {
                    self.state = State::Text(text);
                }
                read.map(|read| read.map_err(ReadError::Text))
            }
            State::Failed(error) => Some(Err(error)),
            State::Done => None,
        }
    }

    /// How much is done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        match &self.state {
            State::Bytes(_) | State::Failed(_) => 0.0,
            State::Text(reader) => reader.progress(),
            State::Done => 1.0,
        }
    }

    /// Goes on to the end.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] about the first thing that cannot be read.
    pub fn finish(mut self) -> Result<Imported, ReadError> {
        loop {
            if let Some(read) = self.advance(usize::MAX) {
                return read;
            }
        }
    }
}

/// Says that something is larger than what is read.
fn too_large(n_bytes: usize) -> Option<ReadError> {
    let n = n_bytes as f64;
    (n_bytes > MOST_BYTES).then_some(ReadError::TooLarge { n_bytes: n })
}

/// The text that bytes are; otherwise what else was read.
fn text_or_array(bytes: Vec<u8>) -> Result<String, Result<Imported, ReadError>> {
    if let Some(array) = bytes.strip_prefix(MAGIC) {
        return Err(read_npy(array).map_err(ReadError::Npy));
    }
    if let Some((header, data)) = safetensors::split(&bytes) {
        let tensor = safetensors::read(header, data);
        return Err(tensor.ok_or(ReadError::Kind(FileKind::Safetensors)));
    }
    let refused = |kind| Err(ReadError::Kind(kind));
    match FileKind::of(&bytes) {
        Some(kind) => Err(refused(kind)),
        None => text_of(bytes).map_err(refused),
    }
}

/// Text on its way to values.
struct TextReader {
    text: String,
    /// What the text was before its table was taken out of it.
    html: Option<String>,
    phase: Phase,
}

/// What is being done with text: first what it is, then, for rows, how they are written.
enum Phase {
    Start,
    Lists(Box<Lists>),
    Survey(Box<Survey>),
    Rows(Box<Rows>),
}

impl TextReader {
    fn new(mut text: String) -> Self {
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let table = table_of(&text);
        let (text, html) = match table {
            Some(table) => (table, Some(text)),
            None => (text, None),
        };
        let phase = Phase::Start;
        Self { text, html, phase }
    }

    /// Goes on by about `n_bytes`.
    fn advance(
        &mut self,
        n_bytes: usize,
        reading: Reading,
        parse: ParseNumber,
    ) -> Option<Result<Imported, TextError>> {
        let read = self.go_on(n_bytes, reading, parse)?;
        Some(read.map_err(|error| match &self.html {
            Some(html) => in_html(html, &self.text, &error),
            None => error,
        }))
    }

    fn go_on(
        &mut self,
        n_bytes: usize,
        reading: Reading,
        parse: ParseNumber,
    ) -> Option<Result<Imported, TextError>> {
        let text = &self.text;
        let until = |place: usize| place.saturating_add(n_bytes.max(1));
        match &mut self.phase {
            Phase::Start => {
                self.phase = match start_of_list(text, parse) {
                    Some(start) => Phase::Lists(Box::new(Lists::new(start))),
                    None => Phase::Survey(Box::new(Survey::new(text))),
                };
                None
            }
            Phase::Lists(lists) => lists.advance(text, until(lists.place()), parse),
            Phase::Survey(survey) => {
                if survey.advance(text, until(survey.place()), parse) {
                    let (form, remark) = survey.form(reading.commas);
                    let rows = Rows::new(Survey::start(text), form, remark, reading);
                    self.phase = Phase::Rows(Box::new(rows));
                }
                None
            }
            Phase::Rows(rows) => rows.advance(text, until(rows.place()), parse),
        }
    }

    /// How much is done, from 0 to 1.
    fn progress(&self) -> f64 {
        // Looking at a byte takes about a tenth of the time of reading it.
        const OF_SURVEY: f64 = 0.1;
        let part = |place: usize| place.min(self.text.len()) as f64 / self.text.len().max(1) as f64;
        match &self.phase {
            Phase::Start => 0.0,
            Phase::Lists(lists) => part(lists.place()),
            Phase::Survey(survey) => OF_SURVEY * part(survey.place()),
            Phase::Rows(rows) => OF_SURVEY + (1.0 - OF_SURVEY) * part(rows.place()),
        }
    }
}
