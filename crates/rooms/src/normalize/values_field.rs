//! The field of one's own activations: what it shows, and what is typed, pasted or opened there.

use figures::number::format_count;
use maths::import::{Commas, Imported, LeftOut, ReadError, Reading, Remark};

use super::budget::{ALLOWED, MOST_VALUES};
use super::opened::{Opened, opened};
use super::phrases::counted;
use super::state::NormalizeState;
use super::values::{LARGEST, MOST_LINKED, Values, shape_text};
use crate::desk::{self, Given, Manner, Taken};
use crate::rich::isolated;
use crate::settings::{Notice, number_text};

/// Its accessible name, under which it leaves notices.
const NAME: &str = "Values";

/// The field.
pub const FIELD: desk::Values<NormalizeState> = desk::Values {
    key: "values",
    name: NAME,
    applies: |state| state.is_custom() && state.has_block(),
    shown: |state| desk::Shown {
        text: if state.values.is_linked() {
            state.values.text()
        } else {
            String::new()
        },
        note: note(state),
    },
    take: NormalizeState::take,
};

/// What the field cannot show as text: values beyond a link, and a shape that is not theirs.
fn note(state: &NormalizeState) -> String {
    let mut notes = Vec::new();
    let (given, used) = (state.values.block(), state.block());
    if !state.values.is_linked() {
        let shape = shape_text(given);
        notes.push(format!("{shape} values, in the memory of this page only."));
    }
    if state.has_other_shape() {
        let [given_text, used_text] = [given, used].map(shape_text);
        notes.push(format!("{given_text} are given, {used_text} are shown."));
        if given.iter().zip(used).any(|(&given, used)| given > used) {
            notes.push("What is beyond that is left out.".to_owned());
        }
        if given.iter().zip(used).any(|(&given, used)| given < used) {
            notes.push("What is missing is hatched.".to_owned());
        }
    }
    notes.join(" ")
}

impl NormalizeState {
    /// Takes what was typed, pasted or opened. What cannot be read changes nothing.
    pub fn take(&mut self, given: Given) -> Taken {
        let Given { name, manner, read } = given;
        match read {
            Some(Ok(imported)) => self.take_imported(&name, manner, imported),
            Some(Err(error)) => refused(given_in(&error, &name), error.allowed()),
            None => refused(
                format!(
                    "{} was given, and the browser cannot read it",
                    isolated(&name)
                ),
                "a CSV, JSON, text or NPY file".to_owned(),
            ),
        }
    }

    /// Makes values the input, in their shape.
    fn take_imported(&mut self, name: &str, manner: Manner, imported: Imported) -> Taken {
        let remarks = imported.remarks.clone();
        let (block, values, note) = match opened(name, imported) {
            Ok(Opened::Block {
                block,
                values,
                note,
            }) => (block, values, note),
            Ok(Opened::Affine(gamma, beta)) => return self.take_affine(&gamma, &beta),
            Err(n_dimensions) => {
                return refused(
                    format!(
                        "an array of {n_dimensions} dimensions in {}",
                        isolated(name)
                    ),
                    "one to three: samples, tokens, features".to_owned(),
                );
            }
        };
        // A column of numbers is one token of as many features, or as many tokens of one.
        let is_column = block[2] == 1 && block[0] == 1 && block[1] > 1;
        let block = if is_column && manner.is_one_token {
            [1, 1, block[1]]
        } else {
            block
        };
        let values = Values::cut(block, &values, MOST_VALUES);
        values.keep_in_page();
        self.take_values(values);

        let (mut notes, mut other) = told(&remarks, manner);
        notes.push(note);
        if is_column {
            let n = format_count(block[1].max(block[2]) as u64);
            let [tokens, token] = [
                format!("{n} tokens of one feature"),
                format!("one token of {n} features"),
            ];
            let (is, could_be) = if manner.is_one_token {
                (token, tokens)
            } else {
                (tokens, token)
            };
            notes.push(format!("A column of numbers is read as {is}."));
            let is_one_token = !manner.is_one_token;
            other.get_or_insert((
                Manner {
                    is_one_token,
                    ..manner
                },
                format!("Read it as {could_be}"),
            ));
        }
        notes.retain(|note| !note.is_empty());
        Taken {
            notice: self.lost(block, &remarks),
            note: notes.join(" "),
            other,
        }
    }

    /// What of a block is not used as it was given.
    fn lost(&self, block: [usize; 3], remarks: &[Remark]) -> Option<Notice> {
        let used = self.values.block();
        let is_cut = used != block;
        let mut lost = Vec::new();
        let mut allowed = String::new();
        if is_cut {
            let [b, t, c] = LARGEST;
            allowed = format!("up to {b} samples of {t} tokens of {c} features, with {ALLOWED}");
            lost.push(format!("the first {} are used", shape_text(used)));
        }
        if !self.values.is_linked() {
            if !is_cut {
                allowed = format!("up to {MOST_LINKED} numbers in a link");
            }
            lost.push("they stay in this page only".to_owned());
        }
        for remark in remarks {
            match remark {
                Remark::NotHeld {
                    n_values,
                    given,
                    held,
                } => {
                    let held = number_text(held);
                    lost.push(match n_values {
                        1 => format!("{given} becomes {held}, as numbers of 32 bits do"),
                        n => format!("{n} numbers are rounded to 32 bits: {given} becomes {held}"),
                    });
                }
                Remark::Longer { n_bytes } => {
                    let n_bytes = counted(*n_bytes, "byte");
                    lost.push(format!("{n_bytes} after them are left out"));
                }
                Remark::Commas { .. } | Remark::LeftOut { .. } => {}
            }
        }
        let given = format!("{} values were given", shape_text(block));
        (!lost.is_empty()).then(|| Notice::told(NAME, given, allowed, lost.join("; ")))
    }

    /// Makes γ and β those of a file, as far as there are features.
    fn take_affine(&mut self, gamma: &[f32], beta: &[f32]) -> Taken {
        self.reset_affine();
        self.affine = true;
        let n_features = self.d_model.min(gamma.len());
        for (own, given) in [(&mut self.gamma_at, gamma), (&mut self.beta_at, beta)] {
            for (feature, &value) in given.iter().enumerate().take(n_features) {
                own.set(feature, value.into());
            }
        }
        let is_cut = n_features != gamma.len();
        Taken {
            note: format!(
                "γ and β of {} are taken, the values stay.",
                counted(n_features, "feature")
            ),
            notice: is_cut.then(|| {
                Notice::told(
                    NAME,
                    format!("γ and β of {} were given", counted(gamma.len(), "feature")),
                    format!("as many as d_model, {}", self.d_model),
                    format!("those of the first {n_features} are used"),
                )
            }),
            other: None,
        }
    }
}

/// How values were read, where that is no matter of course, and how else they can be.
fn told(remarks: &[Remark], manner: Manner) -> (Vec<String>, Option<(Manner, String)>) {
    let (mut notes, mut other) = (Vec::new(), None);
    let mut or_as = |reading, button: String| {
        other.get_or_insert((Manner { reading, ..manner }, button));
    };
    for remark in remarks {
        notes.push(match remark {
            Remark::Commas {
                read,
                other: commas,
                other_shape,
            } => {
                let (is, could_be) = match read {
                    Commas::Decimal => ("decimal commas", "Commas between numbers"),
                    _ => ("commas between numbers", "Decimal commas"),
                };
                let otherwise = if let Some([rows, columns]) = other_shape {
                    let reading = Reading {
                        commas: *commas,
                        ..manner.reading
                    };
                    let shape = format!("{rows} × {columns}");
                    or_as(reading, format!("{could_be}: {shape}"));
                    format!("they give {shape}")
                } else {
                    "rows have different lengths".to_owned()
                };
                format!("Commas are read as {is}; read otherwise {otherwise}.")
            }
            Remark::LeftOut {
                what: LeftOut::Index,
                ..
            } => {
                let reading = Reading {
                    keeps_index: true,
                    ..manner.reading
                };
                or_as(reading, "Keep the first column".to_owned());
                "The first column counts the rows: it is left out.".to_owned()
            }
            Remark::LeftOut {
                what: LeftOut::RowNames,
                ..
            } => "The names of the rows are left out.".to_owned(),
            Remark::LeftOut {
                what: LeftOut::Around,
                ..
            } => "The text around the numbers is left out.".to_owned(),
            // Names of columns are no values, and the others are told as what is lost.
            Remark::LeftOut {
                what: LeftOut::Head,
                ..
            }
            | Remark::NotHeld { .. }
            | Remark::Longer { .. } => continue,
        });
    }
    (notes, other)
}

/// Says that nothing of it is used.
fn refused(given: String, allowed: String) -> Taken {
    Taken {
        notice: Some(Notice::told(
            NAME,
            given,
            allowed,
            "the values stay as they were",
        )),
        ..Taken::default()
    }
}

/// What was given and where: `“four” in line 2, column 3 of rows.csv`.
fn given_in(error: &ReadError, name: &str) -> String {
    let [given, name] = [&error.given(), name].map(isolated);
    match (error.place(), error) {
        (Some([line, column]), _) => {
            let of = if name.is_empty() {
                String::new()
            } else {
                format!(" of {name}")
            };
            format!("{given} in line {line}, column {column}{of}")
        }
        (None, ReadError::Kind(_)) => format!("{name} is {given}"),
        (None, _) if name.is_empty() => given,
        (None, _) => format!("{given} in {name}"),
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]
mod tests {
    use proptest::prelude::*;

    use super::super::odd::read_text;
    use super::*;
    use crate::settings::{control, read_pairs, write_pairs};

    fn taken(text: &str) -> (NormalizeState, Taken) {
        let mut state = NormalizeState::default();
        let taken = state.take_text(text);
        (state, taken)
    }

    /// What a file leaves.
    fn take_file(state: &mut NormalizeState, name: &str, bytes: &[u8]) -> Taken {
        let manner = Manner::default();
        state.take(Given {
            name: name.to_owned(),
            manner,
            read: Some(manner.file(bytes.to_vec()).finish()),
        })
    }

    fn rows(block: [usize; 3]) -> String {
        let row = vec!["1"; block[2]].join(" ");
        vec![row; block[1]].join("\n")
    }

    /// Whether a state's link gives back what is shown of it.
    fn is_linked_whole(state: &NormalizeState) -> bool {
        let written = write_pairs(state);
        let pairs: Vec<_> = written
            .iter()
            .map(|(key, text)| ((*key).to_owned(), text.clone()))
            .collect();
        let (read, notices) = read_pairs::<NormalizeState>(&pairs, Some(&[]));
        let of = |state: &NormalizeState| (state.input, state.block(), state.values.clone());
        notices.is_empty() && of(&read) == of(state) && write_pairs(&read) == written
    }

    #[test]
    fn values_bring_their_shape_and_stand_in_the_link_without_it() {
        for (text, block, link) in [
            ("1,2,3\n4,5,6", [1, 2, 3], "1,2,3;4,5,6"),
            ("a,b\n1,2", [1, 1, 2], "1,2"),
            ("1\n2\n3", [1, 3, 1], "1;2;3"),
            ("7", [1, 1, 1], "7"),
            (
                "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
                [2, 2, 2],
                "1,2;3,4;;5,6;7,8",
            ),
            (
                "array([[1. , 2.5],\n       [3. , 4. ]])",
                [1, 2, 2],
                "1,2.5;3,4",
            ),
            ("1,nan,2\n3,-inf,4", [1, 2, 3], "1,NaN,2;3,-inf,4"),
        ] {
            let (state, taken) = taken(text);
            assert_eq!(taken.notice, None, "{text}");
            assert_eq!(state.values.block(), block, "{text}");
            assert_eq!(state.block(), block, "{text}");
            let expected = vec![("input", "custom".to_owned()), ("values", link.to_owned())];
            assert_eq!(write_pairs(&state), expected, "{text}");
            assert!(is_linked_whole(&state), "{text}");
            assert_eq!((FIELD.shown)(&state).note, "", "{text}");
        }
    }

    #[test]
    fn choosing_values_of_ones_own_shows_them_as_they_are_and_leaving_them_what_was_there() {
        let mut state = NormalizeState::default();
        let input = control::<NormalizeState>("input").unwrap();
        assert_eq!(input.typed(&mut state, "custom"), None);
        assert_eq!(state.block(), [1, 1, 4]);
        assert_eq!(input.typed(&mut state, "normal"), None);
        assert_eq!(state.block(), [4, 8, 64]);
        state.d_model = 6;
        assert_eq!(input.typed(&mut state, "custom"), None);
        assert_eq!(state.block(), [1, 1, 4]);
        // Another shape that was chosen stays.
        state.seq_len = 3;
        assert_eq!(input.typed(&mut state, "normal"), None);
        assert_eq!(state.block(), [1, 3, 4]);
    }

    #[test]
    fn another_shape_cuts_or_lacks_and_says_so() {
        let (mut state, _) = taken("[[[1, 1], [2, 2], [3, 3]], [[4, 4], [5, 5], [6, 6]]]");
        state.seq_len = 2;
        assert!(is_linked_whole(&state));
        let note = |state: &NormalizeState| (FIELD.shown)(state).note;
        assert_eq!(
            note(&state),
            "2 × 3 × 2 are given, 2 × 2 × 2 are shown. What is beyond that is left out."
        );
        state.d_model = 3;
        assert_eq!(
            note(&state),
            "2 × 3 × 2 are given, 2 × 2 × 3 are shown. What is beyond that is left out. What is missing is hatched."
        );
        state.take_usual_block();
        assert_eq!(note(&state), "");
    }

    #[test]
    fn what_cannot_be_read_says_what_and_where_and_changes_nothing() {
        for (text, expected) in [
            ("1,2\n3,four", ["line 2, column 3", "“four”"]),
            ("1,2,3\n4,5", ["line 2", "3"]),
            ("1;2;3\n4;;6", ["line 2, column 3", "an empty cell"]),
        ] {
            let (state, taken) = taken(text);
            assert_eq!(state, NormalizeState::default(), "{text}");
            let words = taken.notice.unwrap().to_string();
            for word in expected {
                assert!(words.contains(word), "{text}: {words}");
            }
            assert!(!words.contains("nothing was given"), "{words}");
            assert!(words.ends_with("the values stay as they were."), "{words}");
        }
        let mut state = NormalizeState::default();
        for (name, bytes, what) in [
            ("x.npy", &b"\x93NUMPY\x01\x00"[..], "x.npy"),
            ("x.npz", b"PK\x03\x04rest", "x.npz is a zip archive"),
        ] {
            let words = take_file(&mut state, name, bytes).notice.unwrap();
            assert!(words.to_string().contains(what), "{words}");
            assert_eq!(state, NormalizeState::default());
        }
        let missing = state.take(Given {
            name: "folder".to_owned(),
            manner: Manner::default(),
            read: None,
        });
        let words = missing.notice.unwrap().to_string();
        assert!(words.contains("the browser cannot read it"), "{words}");
    }

    #[test]
    fn what_is_beyond_the_ranges_is_cut_and_said() {
        for (given, used, is_linked) in [
            ([1, 300, 2], [1, 256, 2], true),
            ([1, 300, 4], [1, 256, 4], true),
            ([1, 768, 1], [1, 256, 1], true),
            ([1, 1, 2000], [1, 1, 1024], true),
            ([1, 300, 5], [1, 256, 5], false),
        ] {
            let (state, taken) = taken(&rows(given));
            assert_eq!(state.block(), used);
            let words = taken.notice.unwrap().to_string();
            let cut = format!("the first {} are used", shape_text(used));
            assert!(words.contains(&cut), "{words}");
            assert!(words.contains(&shape_text(given)), "{words}");
            assert_eq!(words.contains("page only"), !is_linked, "{words}");
            assert_eq!(state.values.is_linked(), is_linked);
        }
    }

    #[test]
    fn values_beyond_a_link_stay_in_the_page_and_come_back() {
        let (state, taken) = taken(&rows([1, 200, 8]));
        let words = taken.notice.unwrap().to_string();
        assert!(words.contains("this page only"), "{words}");
        assert_eq!(state.values.link_text(), "page:1x200x8");
        assert!(is_linked_whole(&state));
        // Of another page.
        let mut other = NormalizeState::default();
        assert!(other.values.read_link("page:3x3x3").is_err());
        assert_eq!(other, NormalizeState::default());
    }

    #[test]
    fn the_only_way_to_read_commas_is_said_without_another() {
        let (_, taken) = taken("1,5\n3");
        let note = "Commas are read as decimal commas; read otherwise rows have different lengths.";
        assert!(taken.note.contains(note), "{}", taken.note);
        // What can be asked is whether the column is one token.
        let button = taken.other.map(|(_, button)| button);
        assert!(button.is_none_or(|button| !button.contains("ommas")));
    }

    #[test]
    fn a_column_can_be_one_token_and_what_is_ambiguous_can_be_read_otherwise() {
        for (text, blocks) in [
            ("1\n2\n3", [[1, 1, 3], [1, 3, 1]]),
            ("0,5\n0,25", [[1, 2, 1], [1, 2, 2]]),
            (",a,b\n0,0.5,0.25\n1,0.75,2", [[1, 2, 2], [1, 2, 3]]),
        ] {
            let (mut state, taken) = taken(text);
            assert!(!taken.note.is_empty());
            let (manner, button) = taken.other.unwrap();
            assert!(!button.is_empty());
            let one = state.block();
            let again = state.take(read_text(text, manner));
            let mut shapes = [one, state.block()];
            // Where the other way is not the usual one, that is a button away.
            if let Some((back, _)) = again.other {
                state.take(read_text(text, back));
                assert_eq!(state.block(), one, "{text}");
            }
            shapes.sort_unstable();
            assert_eq!(shapes, blocks, "{text}: {}", taken.note);
        }
    }

    #[test]
    fn a_long_column_is_a_whole_token() {
        let text = rows([1, 768, 1]);
        let (_, first) = taken(&text);
        let (manner, button) = first.other.unwrap();
        assert_eq!(button, "Read it as one token of 768 features");
        let mut state = NormalizeState::default();
        let second = state.take(read_text(&text, manner));
        assert_eq!((state.block(), second.notice), ([1, 1, 768], None));
    }

    fn any_values() -> impl Strategy<Value = Values> {
        let size = || 1..5_usize;
        let value = prop_oneof![
            any::<f32>(),
            (-3..4_i8).prop_map(f32::from),
            (0..2000_i16).prop_map(f32::from),
        ];
        let any_block = (size(), size(), size());
        any_block.prop_flat_map(move |(b, t, c)| {
            let values = prop::collection::vec(value.clone(), b * t * c);
            values.prop_map(move |values| Values::new([b, t, c], &values))
        })
    }

    proptest! {
        #[test]
        fn what_the_field_shows_it_reads_back(values in any_values()) {
            let mut state = NormalizeState::default();
            state.take_values(values);
            let mut again = NormalizeState::default();
            let taken = again.take_text(&(FIELD.shown)(&state).text);
            prop_assert_eq!(taken.notice, None);
            prop_assert_eq!(again, state);
        }

        #[test]
        fn what_stands_in_the_link_gives_the_state_back(values in any_values(), [b, t, c] in prop::array::uniform3(1..6_usize), is_custom: bool) {
            let mut state = NormalizeState::default();
            state.take_values(values);
            if is_custom {
                [state.batch, state.seq_len, state.d_model] = [b, t, c];
            } else {
                let input = control::<NormalizeState>("input");
                prop_assert_eq!(input.and_then(|it| it.typed(&mut state, "normal")), None);
            }
            prop_assert!(is_linked_whole(&state));
        }
    }
}
