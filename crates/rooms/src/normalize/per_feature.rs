//! γ and β of single features where they differ from the common value: sparse, as they stand in the link.

use crate::platform::parse_number;
use crate::settings::number_text;

/// The smallest and the largest value.
pub const LIMITS: (f64, f64) = (-4.0, 4.0);

/// From how many neighbours on the link leaves out their numbers: `3:1,0.5,2,1` instead of `3:1,4:0.5,5:2,6:1`.
const SHORTEST_RUN: usize = 4;

/// How many steps there are from 0 to 1 for a hand that draws.
const DRAWN_STEPS: f64 = 20.0;

/// Values of single features, ascending, each feature at most once. Those beyond d_model are kept for when it
/// grows again, and count for nothing until then.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PerFeature(Vec<(usize, f64)>);

impl PerFeature {
    /// What is allowed, in words.
    pub const ALLOWED: &'static str =
        "feature:value, from -4 to 4, separated by commas; a value alone is the next feature's";

    /// Those that there are features for.
    pub fn within(&self, d_model: usize) -> &[(usize, f64)] {
        let end = self.0.partition_point(|&(feature, _)| feature < d_model);
        self.0.get(..end).unwrap_or_default()
    }

    /// The value of one feature, if it has one of its own.
    pub fn get(&self, feature: usize) -> Option<f64> {
        let idx = self.0.binary_search_by_key(&feature, |&(it, _)| it).ok()?;
        self.0.get(idx).map(|&(_, value)| value)
    }

    /// Gives a feature a value of its own: the nearest one within the [`LIMITS`].
    pub fn set(&mut self, feature: usize, value: f64) {
        let (min, max) = LIMITS;
        // Adding zero turns -0 into 0, so that equal states have equal links.
        let value = value.min(max).max(min) + 0.0;
        match self.0.binary_search_by_key(&feature, |&(it, _)| it) {
            Ok(idx) => {
                if let Some(place) = self.0.get_mut(idx) {
                    place.1 = value;
                }
            }
            Err(idx) => self.0.insert(idx, (feature, value)),
        }
    }

    /// The same for a value that a hand draws: rounded as it is meant, so that links stay short.
    pub fn draw(&mut self, feature: usize, value: f64) {
        if value.is_finite() {
            // Divided, not multiplied by 0.05: 23 * 0.05 would show as 1.1500000000000001.
            self.set(feature, (value * DRAWN_STEPS).round() / DRAWN_STEPS);
        }
    }

    /// All features have the common value again.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// As it stands in the link; `None` for no feature.
    pub fn text(&self, d_model: usize) -> Option<String> {
        let entries = self.within(d_model);
        let is_next = |one: &(usize, f64), other: &(usize, f64)| one.0 + 1 == other.0;
        let mut text = String::new();
        for run in entries.chunk_by(is_next) {
            for (idx, (feature, value)) in run.iter().enumerate() {
                if !text.is_empty() {
                    text.push(',');
                }
                if idx == 0 || run.len() < SHORTEST_RUN {
                    text.push_str(&number_text(feature));
                    text.push(':');
                }
                text.push_str(&number_text(value));
            }
        }
        (!text.is_empty()).then_some(text)
    }

    /// The same, as it stands in its field.
    pub fn shown(&self, d_model: usize) -> String {
        self.text(d_model).unwrap_or_default()
    }

    /// Reads what [`text`](Self::text) writes, as far as it can be read; what stands last counts.
    pub fn read(&mut self, text: &str, d_model: usize) -> Result<(), String> {
        let (min, max) = LIMITS;
        self.clear();
        let mut n_odd = 0_usize;
        let mut next = None;
        let words = text
            .split([',', ' ', ';', '\n', '\t', '\r'])
            .filter(|word| !word.is_empty());
        for word in words {
            let (feature, value) = match word.split_once(':') {
                Some((feature, value)) => (feature.trim().parse().ok(), value.trim()),
                None => (next, word),
            };
            next = feature.and_then(|feature: usize| feature.checked_add(1));
            let value = parse_number(value).filter(|value| !value.is_nan());
            match feature.zip(value) {
                Some((feature, value)) if feature < d_model => {
                    self.set(feature, value);
                    n_odd += usize::from(!(min..=max).contains(&value));
                }
                _ => n_odd += 1,
            }
        }
        if n_odd == 0 {
            return Ok(());
        }
        let used = self.text(d_model);
        Err(format!("{} is used", used.as_deref().unwrap_or("none")))
    }
}

#[cfg(test)]
mod tests {
    use super::PerFeature;

    fn read(text: &str, d_model: usize) -> (PerFeature, Result<(), String>) {
        let mut read = PerFeature::default();
        let result = read.read(text, d_model);
        (read, result)
    }

    #[test]
    fn what_is_written_reads_back() {
        for (given, written) in [
            ("", None),
            ("3:2.5,7:-1", Some("3:2.5,7:-1")),
            ("7:-1, 3:2.5", Some("3:2.5,7:-1")),
            ("3:1,3:2", Some("3:2")),
            ("0:1,1:2,2:3", Some("0:1,1:2,2:3")),
            ("0:1,1:2,2:3,3:4", Some("0:1,2,3,4")),
            ("5:1,2,3,0.5,9:-0", Some("5:1,2,3,0.5,0")),
            ("5:1,2,3,0.5,10:1e-3", Some("5:1,2,3,0.5,10:0.001")),
        ] {
            let (values, result) = read(given, 64);
            assert_eq!(result, Ok(()), "{given}");
            let text = values.text(64);
            assert_eq!(text.as_deref(), written, "{given}");
            let (again, _) = read(text.as_deref().unwrap_or_default(), 64);
            assert_eq!(again, values);
        }
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        for (given, used) in [
            ("3:9", "3:4 is used"),
            ("64:1,3:1", "3:1 is used"),
            ("x,3:1", "3:1 is used"),
            ("1,3:1", "3:1 is used"),
            ("3:1,-1:2,x:1,4", "3:1 is used"),
            ("3:nan", "none is used"),
            ("99999999999999999999:1", "none is used"),
            (":", "none is used"),
        ] {
            assert_eq!(read(given, 64).1, Err(used.to_owned()), "{given}");
        }
    }

    #[test]
    fn what_has_no_feature_is_kept_for_when_it_has() {
        let (values, _) = read("3:2,60:1", 64);
        assert_eq!(values.text(8).as_deref(), Some("3:2"));
        assert_eq!(values.within(8), [(3, 2.0)]);
        assert_eq!(values.text(64).as_deref(), Some("3:2,60:1"));
    }

    #[test]
    fn a_hand_draws_round_numbers() {
        let mut values = PerFeature::default();
        values.draw(2, 1.1499);
        values.draw(1, 77.0);
        values.draw(0, f64::NAN);
        assert_eq!(values.text(64).as_deref(), Some("1:4,2:1.15"));
        assert_eq!((values.get(2), values.get(0)), (Some(1.15), None));
        values.clear();
        assert_eq!(values.text(64), None);
    }
}
