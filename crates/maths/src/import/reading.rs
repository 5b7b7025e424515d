//! What whoever asks for text to be read may decide.

/// The number that a word is; `None` for a word that is none. Neither NaN nor infinities are asked for,
/// and plain numbers are read without it.
pub type ParseNumber = fn(&str) -> Option<f64>;

/// How text is to be read. Usually the text says so itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What commas are.
    pub commas: Commas,
    /// Whether an index column is read as values like others. Words never are.
    pub keeps_index: bool,
}

/// What commas are in rows of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Commas {
    /// As the text makes it likely: the rules are at the [module](super).
    #[default]
    Guessed,
    /// They stand between numbers, and semicolons end rows as lines do: `1,2;3,4` is 2 × 2. The form of
    /// links and of the field.
    Separate,
    /// They stand within numbers; semicolons, tabs or spaces stand between numbers: `1,5;2,5` is 1 × 2.
    Decimal,
}
