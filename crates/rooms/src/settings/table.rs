//! The macro that writes a state and its table from one row per setting.

/// Writes a state, its defaults and its table of controls.
///
/// A row is the help as a doc comment, then
///
/// ```text
/// key: Type = default, "Group" "Name" (kind).symbol("class").when(applies).within(limits).following(now, usual);
/// ```
///
/// with the four calls only where they say something, or instead of the last two `.sharing(shared, set)`, for numbers that have
/// a bound in common. The kind is
///
/// - a [`Range`](crate::settings::Range), for what implements [`Amount`](crate::settings::Amount): `whole(1.0, 64.0).log(8.0)`;
/// - `words`, for what implements [`Chosen`](crate::settings::Chosen); `words(set)` where choosing changes other settings too, with
///   `.following(now, usual)` where nothing chosen means what follows from other settings;
/// - `off_on` or `on_off`, for a bool, in the order of the list;
/// - `text(allowed, default, written, shown, read)`, as in [`Text`](crate::settings::Text).
///
/// What follows from others where nothing is chosen is an `Option`; `now` and `usual` say what it is. A setting that has
/// no control on the desk has the group `""`. Fields that are no settings, and so in no link, stand after `beside`; what
/// sets the settings that follow from others, after `settled by`.
#[macro_export]
macro_rules! settings {
    (
        $(#[$meta:meta])*
        pub struct $State:ident {
            $(
                #[doc = $help:literal]
                $key:ident: $ty:ty = $default:expr, $group:literal $name:literal ($($kind:tt)+)
                    $(.symbol($symbol:literal))? $(.when($when:expr))?
                    $(.within($within:expr))? $(.following($now:expr, $usual:expr))? $(.sharing($shared:expr, $set:expr))?;
            )+
        }
        $(beside { $(#[doc = $about:literal] $plain:ident: $plain_ty:ty = $plain_default:expr;)+ })?
        $(settled by $settle:path;)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $State {
            $(#[doc = $help] pub $key: $ty,)+
            $($(#[doc = $about] pub $plain: $plain_ty,)+)?
        }

        impl Default for $State {
            fn default() -> Self {
                Self {
                    $($key: $default,)+
                    $($($plain: $plain_default,)+)?
                }
            }
        }

        impl $crate::settings::Settings for $State {
            const CONTROLS: &'static [$crate::settings::Control<Self>] = &[$(
                $crate::settings::Control::<Self>::new(
                    stringify!($key), $group, $name, $help,
                    $crate::settings!(@kind $key $ty, ($($kind)+) ($(.within($within))? $(.sharing($shared, $set))?) ($($now, $usual)?)),
                ) $(.symbol($symbol))? $(.when($when))?,
            )+];

            $(fn settle(&mut self) {
                $settle(self);
            })?
        }
    };
    (@kind $key:ident $ty:ty, (words) () ()) => {
        $crate::settings!(@kind $key $ty, (words(|state: &mut Self, chosen| state.$key = chosen)) () ())
    };
    (@kind $key:ident $ty:ty, (words($set:expr)) () ($($now:expr, $usual:expr)?)) => {{
        #[allow(unused_mut, reason = "only what follows others has more to say")]
        let mut choice = $crate::settings::Choice {
            option: <$ty as $crate::settings::Chosen>::word_at,
            get: |state: &Self| $crate::settings::Chosen::idx(&state.$key),
            set: |state: &mut Self, idx| {
                if let Some(chosen) = <$ty as $crate::settings::Chosen>::from_idx(idx) {
                    ($set)(state, chosen);
                }
            },
            usual: None,
        };
        $(
            choice.get = |state| $crate::settings::Chosen::idx(&$now(state));
            choice.usual = Some(|state| $crate::settings::Chosen::idx(&$usual(state)));
        )?
        $crate::settings::Kind::Choice(choice)
    }};
    (@kind $key:ident $ty:ty, (off_on) () ()) => {
        $crate::settings::Kind::Choice($crate::settings::Choice {
            option: |idx| $crate::settings::OFF_ON.get(idx).copied(),
            get: |state: &Self| usize::from(state.$key),
            set: |state: &mut Self, idx| state.$key = idx == 1,
            usual: None,
        })
    };
    (@kind $key:ident $ty:ty, (on_off) () ()) => {
        $crate::settings::Kind::Choice($crate::settings::Choice {
            option: |idx| $crate::settings::ON_OFF.get(idx).copied(),
            get: |state: &Self| usize::from(!state.$key),
            set: |state: &mut Self, idx| state.$key = idx == 0,
            usual: None,
        })
    };
    (@kind $key:ident $ty:ty, (text($allowed:expr, $default:expr, $written:expr, $shown:expr, $read:expr)) () ()) => {
        $crate::settings::Kind::Text($crate::settings::Text {
            allowed: $allowed,
            default: $default,
            get: $written,
            shown: $shown,
            set: $read,
        })
    };
    (@kind $key:ident $ty:ty, ($range:expr) ($($within:tt)*) ($($now:expr, $usual:expr)?)) => {
        $crate::settings::Kind::Number(
            $crate::settings::Kind::<Self>::number(
                $range,
                |state| $crate::settings::Amount::to_f64(&state.$key),
                |state, number| state.$key = $crate::settings::Amount::from_f64(number),
            )
            $($within)*
            $(.following(
                |state| $crate::settings::Amount::to_f64(&$now(state)),
                |state| $crate::settings::Amount::to_f64(&$usual(state)),
            ))?
        )
    };
}
