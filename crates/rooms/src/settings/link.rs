//! A state from a link's pairs, and its pairs for the link.

use super::control::{Settings, control};
use super::notice::{Notice, nearest};

/// How many pairs of a link are looked at for keys that nobody knows.
const MOST_UNKNOWN: usize = 64;

/// Reads a link's pairs: any pairs whatever give a valid state, with a notice for each that was not
/// taken as it stood. Pairs with a key of `elsewhere` belong to someone else and are passed over; `None` for all.
pub fn read_pairs<S: Settings>(
    pairs: &[(String, String)],
    elsewhere: Option<&[&'static str]>,
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
    let before = state.clone();
    state.settle();
    if before != state {
        for row in S::CONTROLS {
            let mut given = pairs.iter().filter(|(key, _)| key == row.key).rev();
            let overruled = given
                .next()
                .and_then(|(_, text)| row.overruled(&state, row.written(&before), row.key, text));
            notices.extend(overruled);
        }
    }
    let Some(elsewhere) = elsewhere else {
        return (state, notices);
    };
    for (idx, (key, value)) in pairs.iter().enumerate().take(MOST_UNKNOWN) {
        let is_first = !pairs.iter().take(idx).any(|(other, _)| other == key);
        let is_known = control::<S>(key).is_some() || elsewhere.contains(&key.as_str());
        if is_first && !is_known {
            let known = S::CONTROLS.iter().map(|row| row.key);
            let used = match nearest(key, known.chain(elsewhere.iter().copied())) {
                Some(near) => format!("no such setting here, {near} is the nearest; it is ignored"),
                None => "no such setting here, it is ignored".to_owned(),
            };
            notices.push(Notice::new(key, value, "", used));
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
