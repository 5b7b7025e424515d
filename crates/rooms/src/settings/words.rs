//! What takes one of a few words.

/// One option of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it stands in links.
    pub slug: &'static str,
    /// As it stands on the page.
    pub label: &'static str,
}

/// A type that has a word for each of its values: an enum without fields. [`words!`](crate::words!) implements it.
pub trait Words: Copy + PartialEq + 'static {
    /// All values, in the order of the list.
    const ALL: &'static [Self];
    /// The word for nothing, in an `Option` of the type.
    const NOTHING: Word = Word {
        slug: "none",
        label: "none",
    };
    /// The word of a value.
    fn word(self) -> Word;
}

/// What a choice sets: a type with words, or an `Option` of one, whose first word stands for nothing.
pub trait Chosen: Sized {
    /// The word of the option with this number, in the order of the list; `None` after the last.
    fn word_at(idx: usize) -> Option<Word>;
    /// The number of this option.
    fn idx(&self) -> usize;
    /// The option with this number.
    fn from_idx(idx: usize) -> Option<Self>;
}

/// Off, then on.
pub const OFF_ON: [Word; 2] = [
    Word {
        slug: "off",
        label: "off",
    },
    Word {
        slug: "on",
        label: "on",
    },
];

/// On, then off: for what is usually on.
pub const ON_OFF: [Word; 2] = [OFF_ON[1], OFF_ON[0]];

impl<W: Words> Chosen for W {
    fn word_at(idx: usize) -> Option<Word> {
        Self::from_idx(idx).map(W::word)
    }

    fn idx(&self) -> usize {
        // `ALL` has every value, so there is a position.
        W::ALL.iter().position(|it| it == self).unwrap_or_default()
    }

    fn from_idx(idx: usize) -> Option<Self> {
        W::ALL.get(idx).copied()
    }
}

impl<W: Words> Chosen for Option<W> {
    fn word_at(idx: usize) -> Option<Word> {
        match idx.checked_sub(1) {
            None => Some(W::NOTHING),
            Some(idx) => W::word_at(idx),
        }
    }

    fn idx(&self) -> usize {
        self.map_or(0, |it| it.idx() + 1)
    }

    fn from_idx(idx: usize) -> Option<Self> {
        match idx.checked_sub(1) {
            None => Some(None),
            Some(idx) => W::from_idx(idx).map(Some),
        }
    }
}

/// Gives an enum its words, one value a line: `Value "slug" "label on the page"`. A value without words does not
/// compile.
///
/// Either of an enum that is there (`words! { Measure: Dot "dot" "dot product"; Cosine "cosine" "cosine"; }`), or of one
/// that is defined at the same time, with its docs. A word before the colon stands for nothing, in an `Option` of the type.
///
/// ```
/// use rooms::settings::Chosen;
///
/// rooms::words! {
///     /// How loud.
///     pub enum Volume or "off" "silent":
///     /// Hardly heard.
///     Low "low" "hardly heard";
///     /// As loud as it gets.
///     High "high" "as loud as it gets";
/// }
///
/// assert_eq!(Volume::High.word().slug, "high");
/// assert_eq!(Volume::from_idx(0), Some(Volume::Low));
/// assert_eq!(<Option<Volume>>::word_at(0).map(|word| word.label), Some("silent"));
/// ```
#[macro_export]
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $Type:ident $(or $none:literal $nothing:literal)?:
        $($(#[$about:meta])* $Value:ident $slug:literal $label:literal;)+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Type {
            $($(#[$about])* $Value,)+
        }

        impl $Type {
            /// Its word.
            pub const fn word(self) -> $crate::settings::Word {
                match self {
                    $(Self::$Value => $crate::settings::Word { slug: $slug, label: $label },)+
                }
            }
        }

        impl $crate::settings::Words for $Type {
            const ALL: &'static [Self] = &[$(Self::$Value),+];
            $(const NOTHING: $crate::settings::Word = $crate::settings::Word { slug: $none, label: $nothing };)?

            fn word(self) -> $crate::settings::Word {
                Self::word(self)
            }
        }
    };
    ($Type:ident $(or $none:literal $nothing:literal)?: $($Value:ident $slug:literal $label:literal;)+) => {
        impl $crate::settings::Words for $Type {
            const ALL: &'static [Self] = &[$(Self::$Value),+];
            $(const NOTHING: $crate::settings::Word = $crate::settings::Word { slug: $none, label: $nothing };)?

            fn word(self) -> $crate::settings::Word {
                match self {
                    $(Self::$Value => $crate::settings::Word { slug: $slug, label: $label },)+
                }
            }
        }
    };
}
