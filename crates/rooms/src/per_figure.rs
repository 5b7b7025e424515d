//! What a reader chooses of single figures, as the link has it: curves that are off, tables that are open.

/// More figures than any room has on one screen.
const MOST_FIGURES: usize = 32;

/// More curves than any legend has.
const MOST_CURVES: usize = 99;

/// The curves that are off: the ids of their figures and their numbers in the legend, from 0. In order: equal choices have equal
/// links. A list, not a map: it has a handful of entries, and the code of maps and of sorting is kilobytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurvesOff(Vec<(String, usize)>);

impl CurvesOff {
    /// Those of a figure, in order.
    pub fn of(&self, id: &str) -> Vec<usize> {
        let own = self.0.iter().filter(|(of, _)| of == id);
        own.map(|(_, idx)| *idx).collect()
    }

    /// Chooses those of a figure.
    pub fn set(&mut self, id: &str, curves: &[usize]) {
        self.0.retain(|(of, _)| of != id);
        self.add(id, curves);
    }

    fn add(&mut self, id: &str, curves: &[usize]) {
        for &idx in curves {
            let is_before = |(of, own): &(String, usize)| (of.as_str(), *own) < (id, idx);
            let at = self.0.iter().take_while(|it| is_before(it)).count();
            let is_there = self
                .0
                .get(at)
                .is_some_and(|(of, own)| of == id && *own == idx);
            if !is_there {
                self.0.insert(at, (id.to_owned(), idx));
            }
        }
    }

    /// As in the link, counted from 1: `encode-curves:1,3;encode-offsets:2`. `None` where every curve is on.
    pub fn text(&self) -> Option<String> {
        let mut text = String::new();
        let mut before = "";
        for (id, idx) in &self.0 {
            if id == before {
                text.push(',');
            } else {
                text.push_str(if before.is_empty() { "" } else { ";" });
                text.push_str(id);
                text.push(':');
            }
            text.push_str(&(idx + 1).to_string());
            before = id;
        }
        (!text.is_empty()).then_some(text)
    }

    /// Reads what the link has; says whether all of it could be used.
    pub fn read(text: &str) -> (Self, bool) {
        let mut read = Self::default();
        let mut is_whole = true;
        let mut figures = text.split(';').filter(|part| !part.is_empty());
        for part in figures.by_ref().take(MOST_FIGURES) {
            let (id, numbers) = part.split_once(':').unwrap_or((part, ""));
            let numbers = numbers.split(',').take(MOST_CURVES).map(number_of);
            let numbers: Vec<_> = numbers.collect();
            is_whole &= is_id(id) && numbers.iter().all(Option::is_some);
            if is_id(id) {
                let numbers: Vec<_> = numbers.into_iter().flatten().collect();
                read.add(id, &numbers);
            }
        }
        (read, is_whole && figures.next().is_none())
    }
}

/// The figures whose tables are open, by their ids, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenTables(Vec<String>);

impl OpenTables {
    /// Whether that of a figure is open.
    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|it| it == id)
    }

    /// Opens that of a figure, or closes it.
    pub fn toggle(&mut self, id: &str) {
        if self.has(id) {
            self.0.retain(|it| it != id);
        } else {
            let at = self.0.iter().take_while(|it| it.as_str() < id).count();
            self.0.insert(at, id.to_owned());
        }
    }

    /// As in the link: `encode-curves,encode-heatmap`. `None` where none is open.
    pub fn text(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(","))
    }

    /// Reads what the link has; says whether all of it could be used.
    pub fn read(text: &str) -> (Self, bool) {
        let mut read = Self::default();
        let mut is_whole = true;
        let mut given = text.split(',').filter(|id| !id.is_empty());
        for id in given.by_ref().take(MOST_FIGURES) {
            is_whole &= is_id(id);
            if is_id(id) && !read.has(id) {
                read.toggle(id);
            }
        }
        (read, is_whole && given.next().is_none())
    }
}

/// Whether a figure could have this id. Which figures there are the page cannot know: most rooms are not here yet.
pub(crate) fn is_id(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=40).contains(&text.len()) && text.chars().all(is_part)
}

/// The number of a curve, from 0.
fn number_of(text: &str) -> Option<usize> {
    let number = text.parse().ok().filter(|n| (1..=MOST_CURVES).contains(n));
    number.map(|n: usize| n - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_read_as_they_are_written() {
        for (given, written, is_whole) in [
            ("", None, true),
            ("a:1", Some("a:1"), true),
            ("b:3,1;a-2:2", Some("a-2:2;b:1,3"), true),
            ("a:1;a:2", Some("a:1,2"), true),
            ("a", None, false),
            ("a:", None, false),
            ("a:0", None, false),
            ("a:1,x", Some("a:1"), false),
            ("A:1;b:1", Some("b:1"), false),
            ("a:18446744073709551616", None, false),
        ] {
            let (read, whole) = CurvesOff::read(given);
            assert_eq!(read.text().as_deref(), written, "{given}");
            assert_eq!(whole, is_whole, "{given}");
            assert_eq!(
                CurvesOff::read(&read.text().unwrap_or_default()),
                (read, true)
            );
        }
    }

    #[test]
    fn tables_are_read_as_they_are_written() {
        for (given, written, is_whole) in [
            ("", None, true),
            ("b,a", Some("a,b"), true),
            ("a,a", Some("a"), true),
            ("a b", None, false),
        ] {
            let (read, whole) = OpenTables::read(given);
            assert_eq!(read.text().as_deref(), written, "{given}");
            assert_eq!(whole, is_whole, "{given}");
        }
    }

    #[test]
    fn a_long_list_is_cut() {
        let ids: Vec<_> = (0..1000).map(|n| format!("f{n}:1")).collect();
        let (read, is_whole) = CurvesOff::read(&ids.join(";"));
        assert_eq!((read.0.len(), is_whole), (MOST_FIGURES, false));
        let (read, is_whole) = OpenTables::read(&ids.join(",").replace(":1", ""));
        assert_eq!((read.0.len(), is_whole), (MOST_FIGURES, false));
    }
}
