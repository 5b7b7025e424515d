//! The cell that is read, in numbers: a card beside the figures.

use std::f64::consts::TAU;

use figures::number::{format_count, format_value};
use maths::encode::{frequency, pair_of, wavelength};
use maths::scaling::{Scaling, scaled_frequency};

use super::super::rows::{rows_of, sinusoids, value_at};
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::super::waves::{WaveCell, wave_name};
use super::cell::value_words;
use super::norm::norm_at;
use crate::room::Fact;

/// Of the plain table: its pair, how far that turns at each step, where its hand stands.
pub fn first_facts(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    let (position, dim) = (state.position(), state.dimension());
    let values = sinusoids(scene, state).values;
    let Some(value) = value_at(values, state, position, dim) else {
        return Vec::new();
    };
    let pair = pair_of(dim, state.d_model, state.layout);
    let omega = frequency(pair.idx, state.d_model, state.base);
    #[allow(clippy::cast_precision_loss)]
    let turn = (position as f64 * omega).rem_euclid(TAU) / TAU * 360.0;
    let length = wavelength(pair.idx, state.d_model, state.base);
    vec![
        Fact::new("position", format_count(position)),
        Fact::new(
            "dimension",
            format!("{dim}, {} of pair i = {}", wave_name(pair.wave), pair.idx),
        ),
        Fact::new(
            "frequency ω",
            format!("{} rad per position", format_value(omega, 3)),
        ),
        Fact::new(
            "wavelength",
            format!("{} positions", format_value(length, 4)),
        ),
        Fact::new(
            "angle pos · ω",
            format!("{}°", format_value(turn.round(), 3)),
        ),
        Fact::new("value", WaveCell::new(state, position, dim, value).words()),
    ]
}

/// Of any scheme.
pub fn facts(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    if state.is_plain() {
        return first_facts(scene, state);
    }
    let (position, dim) = (state.position(), state.dimension());
    let values = rows_of(scene, state);
    let Some(value) = value_at(values, state, position, dim) else {
        return Vec::new();
    };
    let mut facts = vec![
        Fact::new("position", format_count(position)),
        Fact::new("dimension", dim.to_string()),
    ];
    if state.scheme.has_waves() {
        let scaling = state.scaling();
        let pair = pair_of(dim, state.d_model, state.layout).idx;
        let omega = scaled_frequency(pair, state.d_model, state.base, scaling);
        let unscaled = frequency(pair, state.d_model, state.base);
        facts.push(Fact::new(
            "frequency ω′",
            format!("{} rad per position", format_value(omega, 3)),
        ));
        facts.push(Fact::new(
            "wavelength",
            format!("{} positions", format_value(TAU / omega, 4)),
        ));
        if scaling != Scaling::None {
            facts.push(Fact::new("ω′ / ω", format_value(omega / unscaled, 3)));
        }
    }
    if let Some(norm) = norm_at(values, state) {
        facts.push(Fact::new("norm ‖PE‖", format_value(norm, 4)));
    }
    facts.push(Fact::new(
        "value",
        value_words(state, (position, dim), value),
    ));
    facts
}
