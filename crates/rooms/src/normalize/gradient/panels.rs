//! Panels over the features, as the figures have them.

use figures::{Axis, Bars, CellAxis, Cross, Panel, Plot};
use ndarray::ArrayView1;

use super::super::reading::Trouble;
use super::super::scales::{features, symmetric};
use super::super::state::NormalizeState;
use super::kept::Kept;
use super::nothing::{undefined, unless_too_few};

/// The feature that is read.
pub fn cross(state: &NormalizeState) -> Cross {
    Cross {
        x: Some(state.column() as u64),
        y: None,
    }
}

/// A bar for each feature, around zero.
pub fn bars<'a>(
    (label, values): (&'static str, &'a [f32]),
    reach: f64,
    part: &Kept,
    state: &NormalizeState,
    trouble: Option<Trouble>,
) -> Panel<'a> {
    let bars = Plot::Bars(Bars {
        values: ArrayView1::from(values),
        cells_on: CellAxis::X,
        colours: symmetric(reach),
        roles: &[],
        undefined: undefined(part),
    });
    Panel {
        cross: cross(state),
        ..Panel::new(
            features(label, state),
            Axis::values("", -reach, reach),
            unless_too_few(trouble, bars),
        )
    }
}
