//! The theme against the style sheet, and what the ramps promise: zero is the card, equal steps of value
//! are equal steps to the eye, both sides weigh the same, and no common colour vision loses the sign.

use figures::ramp::{TABLE_LEN, hatch, oklab_from_rgb};
use figures::{Colours, Ramp, Rgb, Role, Scheme, Theme};
use proptest::prelude::*;

use crate::panels::{SIGNED, TOKENS, theme};
use crate::vision::{VISIONS, distance, seen_by};

const SCHEMES: [Scheme; 2] = [Scheme::Light, Scheme::Dark];
const DIVERGING: [Ramp; 2] = [Ramp::Diverging, Ramp::PurpleGreen];
const SEQUENTIAL: [Ramp; 2] = [Ramp::Sequential, Ramp::ManyHued];

fn rgb([r, g, b, _]: [u8; 4]) -> Rgb {
    [r, g, b]
}

/// Each of some ramps in each scheme.
fn every(ramps: [Ramp; 2]) -> impl Iterator<Item = (Scheme, Ramp)> {
    let pairs = move |scheme| ramps.map(|ramp| (scheme, ramp));
    SCHEMES.into_iter().flat_map(pairs)
}

fn lightness(colour: Rgb) -> f64 {
    oklab_from_rgb(colour)[0]
}

#[test]
fn the_style_sheet_has_every_token() {
    let (light, dark) = (theme(Scheme::Light), theme(Scheme::Dark));
    assert_eq!(light.card, [0xff, 0xff, 0xff]);
    assert_eq!(dark.card, [0x19, 0x1c, 0x23]);
    assert_eq!(light.series.len(), 7);
    assert_eq!(dark.series.len(), 7);
    assert!(light.font.starts_with("system-ui"));
    assert_eq!(
        light.role(Role::Series(8)),
        light.series[1],
        "the palette repeats"
    );
    assert_eq!(dark.role(Role::Gamma), dark.gamma);
}

#[test]
fn a_missing_or_malformed_token_is_named() {
    let without = TOKENS.replace("--quiet:", "--silent:");
    let error = Theme::from_tokens(&without, Scheme::Light).unwrap_err();
    assert_eq!(error.name, "--quiet");
    for broken in ["#12345", "#12345g", "#1234567", "12345678", "red"] {
        let css = TOKENS.replace("#5d6470)", &format!("{broken})"));
        let error = Theme::from_tokens(&css, Scheme::Light).unwrap_err();
        assert_eq!(error.name, "--quiet", "{broken}");
        assert!(error.to_string().contains("--quiet"));
        assert!(Theme::from_tokens(&css, Scheme::Dark).is_ok());
    }
}

#[test]
fn zero_is_the_card_and_hatching_is_of_edges() {
    for scheme in SCHEMES {
        let theme = theme(scheme);
        assert_eq!(hatch(scheme).map(rgb), [theme.card, theme.edge]);
        for ramp in SEQUENTIAL {
            let (min, max) = (0.0, 1.0);
            let colours = Colours { ramp, min, max };
            assert_eq!(colours.rgb(0.0, scheme), Some(theme.card), "{ramp:?}");
        }
        for ramp in DIVERGING {
            // Also where the ends are not symmetric, and where there is only one.
            for (min, max) in [
                (-1.0, 1.0),
                (-2.0, 4.0),
                (-3.0, 0.0),
                (0.0, 5.0),
                (-1.0, 1e-9),
            ] {
                let colours = Colours { ramp, min, max };
                assert_eq!(colours.rgb(0.0, scheme), Some(theme.card), "{min} {max}");
                assert_eq!(colours.rgb(-0.0, scheme), Some(theme.card), "{min} {max}");
            }
        }
    }
}

#[test]
fn the_ends_have_the_ends_colours() {
    for (min, max) in [(-1.0, 1.0), (-2.0, 4.0), (-1e-30, 1e30)] {
        let table = Ramp::Diverging.table(Scheme::Light);
        let colours = Colours { min, max, ..SIGNED };
        assert_eq!(colours.rgb(min, Scheme::Light), Some(rgb(table[0])));
        assert_eq!(
            colours.rgb(max, Scheme::Light),
            Some(rgb(table[TABLE_LEN - 1]))
        );
        assert_eq!(
            colours.rgb(max * 2.0, Scheme::Light),
            colours.rgb(max, Scheme::Light)
        );
    }
}

#[test]
fn what_is_not_finite_has_no_colour() {
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(SIGNED.rgb(value, Scheme::Light), None);
        assert_eq!(SIGNED.rgb_at_least(value, 0.3, Scheme::Dark), None);
    }
}

#[test]
fn lightness_is_a_straight_line_and_steps_are_alike() {
    // Colours are whole bytes: over single entries the steps would be mostly rounding.
    const STRIDE: usize = 16;
    for scheme in SCHEMES {
        for ramp in Ramp::ALL {
            let table = ramp.table(scheme).map(rgb);
            let sides: Vec<Vec<Rgb>> = if ramp.is_diverging() {
                vec![
                    table[..=TABLE_LEN / 2].iter().rev().copied().collect(),
                    table[TABLE_LEN / 2..].to_vec(),
                ]
            } else {
                vec![table.to_vec()]
            };
            for side in sides {
                let sign = match scheme {
                    Scheme::Light => -1.0,
                    Scheme::Dark => 1.0,
                };
                for pair in side.windows(2) {
                    let step = (lightness(pair[1]) - lightness(pair[0])) * sign;
                    assert!(step > -0.002, "{ramp:?} {scheme:?}: {pair:?}");
                }
                let points: Vec<Rgb> = side.iter().step_by(STRIDE).copied().collect();
                let steps: Vec<f64> = points.windows(2).map(|p| distance(p[0], p[1])).collect();
                let (min, max) = steps
                    .iter()
                    .fold((f64::MAX, 0.0_f64), |(lo, hi), &s| (lo.min(s), hi.max(s)));
                assert!(
                    max / min < 1.45,
                    "{ramp:?} {scheme:?}: steps {min:.4} to {max:.4}"
                );
                for pair in points.windows(2) {
                    assert!((lightness(pair[1]) - lightness(pair[0])) * sign > 0.01);
                }
            }
        }
    }
}

#[test]
fn both_sides_of_zero_are_equally_light() {
    for (scheme, ramp) in every(DIVERGING) {
        let table = ramp.table(scheme).map(rgb);
        for (below, above) in table.iter().zip(table.iter().rev()) {
            assert!(
                (lightness(*below) - lightness(*above)).abs() < 0.006,
                "{ramp:?}: {below:?} {above:?}"
            );
        }
    }
}

/// The colour visions that have colours.
const DICHROMATS: [(&str, [[f64; 3]; 3]); 3] = [VISIONS[0], VISIONS[1], VISIONS[2]];

#[test]
fn the_sign_survives_every_colour_vision() {
    for (scheme, ramp) in every(DIVERGING) {
        let table = ramp.table(scheme).map(rgb);
        for (name, matrix) in DICHROMATS {
            let apart = |at: usize| {
                distance(
                    seen_by(matrix, table[at]),
                    seen_by(matrix, table[TABLE_LEN - 1 - at]),
                )
            };
            // A just noticeable difference is about 0.02.
            assert!(
                apart(0) > 0.16,
                "{ramp:?} {name} {scheme:?}: ends {:.3}",
                apart(0)
            );
            let half = apart(TABLE_LEN / 4);
            assert!(
                half > 0.12,
                "{ramp:?} {name} {scheme:?}: half way {half:.3}"
            );
        }
    }
}

/// What lightness alone tells apart, every colour vision does; that a ramp never turns back is tested above
/// for the usual one.
#[test]
fn the_order_survives_every_colour_vision() {
    for (scheme, ramp) in every(SEQUENTIAL) {
        let table = ramp.table(scheme).map(rgb);
        for (name, matrix) in DICHROMATS {
            let seen: Vec<f64> = table
                .iter()
                .step_by(16)
                .map(|&colour| lightness(seen_by(matrix, colour)))
                .collect();
            for pair in seen.windows(2) {
                let step = match scheme {
                    Scheme::Light => pair[0] - pair[1],
                    Scheme::Dark => pair[1] - pair[0],
                };
                assert!(step > 0.005, "{ramp:?} {name} {scheme:?}: {step:.4}");
            }
        }
    }
}

/// In grey the sign is lost, as it is for all such ramps; how far a value is from zero is not.
#[test]
fn each_half_of_a_ramp_gets_lighter_or_darker_all_the_way() {
    for (scheme, ramp) in every(DIVERGING) {
        let table = ramp.table(scheme).map(rgb);
        let (below, above) = table.split_at(TABLE_LEN / 2);
        for (name, matrix) in VISIONS {
            let seen = |half: &[Rgb]| -> Vec<f64> {
                let steps = half.iter().step_by(16);
                steps
                    .map(|&colour| lightness(seen_by(matrix, colour)))
                    .collect()
            };
            let to_zero = [seen(below), seen(above).into_iter().rev().collect()];
            for pair in to_zero.iter().flat_map(|half: &Vec<f64>| half.windows(2)) {
                let step = match scheme {
                    Scheme::Light => pair[1] - pair[0],
                    Scheme::Dark => pair[0] - pair[1],
                };
                assert!(step > 0.0, "{ramp:?} {name} {scheme:?}: {step:.4}");
            }
        }
    }
}

#[test]
fn ramps_have_names_of_their_own() {
    let mut names = Ramp::ALL.map(Ramp::name).to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Ramp::ALL.len());
    assert_eq!(
        Ramp::ALL.map(Ramp::is_diverging),
        [true, true, false, false]
    );
}

#[test]
fn a_small_bar_keeps_its_sign_and_does_not_vanish() {
    for scheme in SCHEMES {
        let card = theme(scheme).card;
        for value in [-1e-6, 1e-6, -0.2, 0.2, -1.0, 1.0] {
            let bar = SIGNED.rgb_at_least(value, 0.35, scheme).unwrap();
            assert!(distance(bar, card) > 0.15);
            let strong = SIGNED.rgb(value.signum() * 0.35, scheme).unwrap();
            let expected = if value.abs() > 0.35 {
                SIGNED.rgb(value, scheme).unwrap()
            } else {
                strong
            };
            assert!(distance(bar, expected) < 0.01, "{value}");
        }
    }
}

proptest! {
    #[test]
    fn any_ends_and_any_value_have_a_colour_or_none(min in any::<f32>(), max in any::<f32>(), value in any::<f32>()) {
        for ramp in Ramp::ALL {
            let colour = Colours { ramp, min, max }.rgb(value, Scheme::Light);
            prop_assert_eq!(colour.is_some(), value.is_finite());
        }
    }

    #[test]
    fn a_larger_value_is_never_nearer_to_the_first_end(a in -1.5_f32..1.5, b in -1.5_f32..1.5) {
        let table = Ramp::Sequential.table(Scheme::Light).map(rgb);
        let colours = Colours { ramp: Ramp::Sequential, min: -1.0, max: 1.0 };
        let place = |v| table.iter().position(|&c| Some(c) == colours.rgb(v, Scheme::Light)).unwrap();
        if a <= b {
            prop_assert!(place(a) <= place(b));
        }
    }
}
