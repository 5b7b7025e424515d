//! The field of one's own activations: what it shows, and what is typed, pasted or opened there.

use maths::import::{Imported, ReadError, Reader, Reading};
use maths::inputs::Distribution;

use super::state::NormalizeState;
use super::values::{LARGEST, MOST_LINKED, Values};
use crate::desk::{self, Given};
use crate::platform::parse_number;
use crate::settings::Notice;

/// The largest file that is opened, in bytes: four million doubles, and a header.
const MOST_BYTES: usize = 33 << 20;

/// The field.
pub const FIELD: desk::Values<NormalizeState> = desk::Values {
    key: "values",
    name: "Values",
    applies: NormalizeState::is_custom,
    most_bytes: MOST_BYTES,
    shown: |state| {
        let values = &state.values;
        if values.is_linked() {
            desk::Shown {
                text: values.text(),
                ..desk::Shown::default()
            }
        } else {
            desk::Shown {
                note: values.note(),
                ..desk::Shown::default()
            }
        }
    },
    take: |state, given| match given {
        // Nothing in the field stands for what is in memory.
        Given::Text(text) if text.is_empty() && !state.values.is_linked() => None,
        Given::Text(text) => state.take_text(&text),
        Given::File(name, bytes) => state.take_file(&name, &bytes),
        Given::TooLarge(name, n_bytes) => Some(too_large(&name, n_bytes)),
        Given::Unreadable(name) => Some(unreadable(&name)),
    },
};

impl NormalizeState {
    /// Takes what was typed or pasted: rows, JSON, or what NumPy prints. What cannot be read changes nothing.
    pub fn take_text(&mut self, text: &str) -> Option<Notice> {
        let reader = Reader::text(text.to_owned(), Reading::default(), parse_number);
        match reader.finish() {
            Ok(imported) => self.take(&imported, text),
            Err(error) => Some(refused("the text", &error)),
        }
    }

    /// Takes a file, whatever it is. What cannot be read changes nothing.
    pub fn take_file(&mut self, name: &str, bytes: &[u8]) -> Option<Notice> {
        let reader = Reader::file(bytes.to_vec(), Reading::default(), parse_number);
        match reader.finish() {
            Ok(imported) => self.take(&imported, name),
            Err(error) => Some(refused(name, &error)),
        }
    }

    /// Makes values the input, in their shape.
    fn take(&mut self, imported: &Imported, given: &str) -> Option<Notice> {
        let (values, is_cut) = Values::from_imported(imported);
        values.keep_in_page();
        self.values = values;
        self.input = Distribution::Custom;
        self.fit_shape_to_values();
        let [batch, seq_len, d_model] = self.values.block();
        let shape = format!("{batch} × {seq_len} × {d_model}");
        if is_cut {
            let all = imported.block().map(|size| size.to_string()).join(" × ");
            let [b, t, c] = LARGEST;
            return Some(Notice::new(
                "Values",
                &all,
                format!("up to {b} samples of {t} tokens of {c} features"),
                format!("the first {shape} are used, in this page only"),
            ));
        }
        if !self.values.is_linked() {
            return Some(Notice::new(
                "Values",
                given,
                format!("up to {MOST_LINKED} finite numbers in a link"),
                format!("{shape} values are used in this page only, the link cannot carry them"),
            ));
        }
        None
    }
}

/// Says why something could not be read, and where.
fn refused(name: &str, error: &ReadError) -> Notice {
    let place = match error.place() {
        Some([line, column]) => format!("line {line}, column {column}"),
        None => name.to_owned(),
    };
    Notice::new(
        "Values",
        &error.given(),
        error.allowed(),
        format!("{place} cannot be read, the values stay as they were"),
    )
}

/// Says that a file is larger than what is opened.
#[allow(clippy::cast_precision_loss)]
fn too_large(name: &str, n_bytes: f64) -> Notice {
    let mega = |bytes: f64| figures::number::format_value(bytes / f64::from(1 << 20), 3);
    Notice::new(
        "Values",
        name,
        format!("files of up to {} MB", mega(MOST_BYTES as f64)),
        format!(
            "with {} MB it is not opened, the values stay as they were",
            mega(n_bytes)
        ),
    )
}

/// Says that the browser did not hand a file out.
fn unreadable(name: &str) -> Notice {
    Notice::new(
        "Values",
        name,
        "a CSV, JSON, text or NPY file",
        "the browser cannot read it, the values stay as they were",
    )
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]
mod tests {
    use super::*;

    fn taken(text: &str) -> (NormalizeState, Option<Notice>) {
        let mut state = NormalizeState::default();
        let notice = state.take_text(text);
        (state, notice)
    }

    #[test]
    fn rows_json_and_prints_become_blocks() {
        for (text, shape) in [
            ("1,2,3\n4,5,6", [1, 2, 3]),
            ("a,b\n1,2", [1, 1, 2]),
            ("[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]", [2, 2, 2]),
            ("array([[1. , 2.5],\n       [3. , 4. ]])", [1, 2, 2]),
        ] {
            let (state, notice) = taken(text);
            assert_eq!(notice, None, "{text}");
            assert_eq!(state.values.block(), shape, "{text}");
            assert_eq!([state.batch, state.seq_len, state.d_model], shape, "{text}");
            assert_eq!(state.input, Distribution::Custom);
        }
    }

    #[test]
    fn what_cannot_be_read_says_where_and_changes_nothing() {
        let (state, notice) = taken("1,2\n3,four");
        assert_eq!(state, NormalizeState::default());
        let words = notice.unwrap().to_string();
        assert!(words.contains("line 2, column 3"), "{words}");
        assert!(words.contains("“four”"), "{words}");

        let mut state = NormalizeState::default();
        for (bytes, what) in [
            (&b"\x93NUMPY\x01\x00"[..], "header"),
            (b"PK\x03\x04arr_0.npy", "np.load"),
            (b"\xff\x00\x01", "NPY file"),
        ] {
            let words = state.take_file("x.npy", bytes).unwrap().to_string();
            assert!(words.contains(what), "{words}");
            assert_eq!(state, NormalizeState::default());
        }
    }

    #[test]
    fn large_and_undefined_values_stay_in_the_page_and_come_back() {
        let row: Vec<_> = (0..8).map(|n| n.to_string()).collect();
        let many = vec![row.join(","); 200].join("\n");
        for (text, link) in [
            (many.as_str(), "page:1x200x8"),
            ("1,nan\n2,inf", "page:1x2x2"),
        ] {
            let (state, notice) = taken(text);
            assert!(notice.unwrap().to_string().contains("this page only"));
            assert_eq!(state.values.link_text(), link);
            let mut other = NormalizeState::default();
            assert_eq!(other.values.read_link(link), Ok(()));
            assert_eq!(other.values, state.values);
        }
        // Of another page.
        let mut other = NormalizeState::default();
        assert!(other.values.read_link("page:3x3x3").is_err());
        assert_eq!(other, NormalizeState::default());
    }

    #[test]
    fn blocks_are_cut_to_what_can_be_shown() {
        let imported = Imported {
            shape: vec![300, 2],
            values: (0..600_u16).map(f32::from).collect(),
            ..Imported::default()
        };
        let mut state = NormalizeState::default();
        let words = state.take(&imported, "").unwrap().to_string();
        assert!(words.contains("1 × 256 × 2"), "{words}");
        assert_eq!(state.values[255], [510.0, 511.0]);
    }
}
