//! A state from a link's pairs, and its pairs for the link.

use super::control::{Settings, control};
use super::notice::{Notice, nearest};

/// How many pairs of a link are read: several times as many as a page writes.
pub const MOST_PAIRS: usize = 128;

/// How often a setting may stand in a link, in words.
const ONCE: &str = "once";

/// Reads a link's pairs: any pairs whatever give a valid state, with a notice for each that was not
/// taken as it stood. Pairs with a key of `elsewhere` belong to someone else and are passed over; `None` for all.
pub fn read_pairs<S: Settings>(
    pairs: &[(String, String)],
    elsewhere: Option<&[&'static str]>,
) -> (S, Vec<Notice>) {
    let is_cut = pairs.len() > MOST_PAIRS;
    let pairs = pairs.get(..MOST_PAIRS).unwrap_or(pairs);
    let mut state = S::default();
    let mut notices = Vec::new();
    // In the order of the table, because later rows have limits that depend on earlier ones.
    for row in S::CONTROLS {
        let mut given = pairs.iter().filter(|(key, _)| key == row.key).rev();
        if let Some((_, text)) = given.next() {
            notices.extend(row.read(&mut state, row.key, text));
        }
        if let Some((_, text)) = given.next() {
            notices.push(Notice::new(
                row.key,
                text,
                ONCE,
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
    // Once all are read: what is read later may leave less of what was read before.
    for row in S::CONTROLS {
        if let Some(narrowed) = row.narrowed(&state) {
            correct(&mut notices, narrowed.notice(row.key));
        }
    }
    let Some(elsewhere) = elsewhere else {
        return (state, notices);
    };
    if is_cut {
        notices.push(cut());
        return (state, notices);
    }
    for (idx, (key, value)) in pairs.iter().enumerate() {
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

/// Says what is used of a setting in the end, in place of what was said when it was read.
fn correct(notices: &mut Vec<Notice>, mut notice: Notice) {
    let mut said = notices.iter_mut();
    match said.find(|said| said.key == notice.key && said.allowed != ONCE) {
        Some(said) => {
            notice.given = std::mem::take(&mut said.given);
            *said = notice;
        }
        None => notices.push(notice),
    }
}

/// Says that there are too many settings: one notice for all, because what no page has written has keys that are in no room.
fn cut() -> Notice {
    let given = format!("more than {MOST_PAIRS} settings");
    let used = format!("the first {MOST_PAIRS} are read");
    Notice::new("link", &given, format!("up to {MOST_PAIRS}"), used)
}

/// A state's pairs for the link: only what is not the default, in the order of the table.
pub fn write_pairs<S: Settings>(state: &S) -> Vec<(&'static str, String)> {
    S::CONTROLS
        .iter()
        .filter_map(|row| Some((row.key, row.written(state)?)))
        .collect()
}
