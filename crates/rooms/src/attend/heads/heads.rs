//! Four heads at once.

use std::borrow::Cow;

use figures::{Axis, Figure, Panel, Plot, Table};

use super::super::lab::Attend;
use super::super::scene::AttendScene;
use super::super::state::AttendState;
use crate::columns;
use crate::python::Code;
use crate::room::FigureSpec;

/// The figure.
pub const FIGURE: FigureSpec<Attend> =
    FigureSpec::<Attend>::new("attend-heads", "Four heads at once", scene, code);

fn scene<'a>(_: &'a mut AttendScene, _: &'a AttendState) -> Figure<'a> {
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: "To be drawn.".to_owned(),
        panels: vec![Panel::new(
            Axis::cells("", "n", 0, 1),
            Axis::values("y", 0.0, 1.0),
            Plot::Empty("To be drawn.".into()),
        )],
        table: Table::Columns(vec![columns::indices("n", 0)]),
        read_rows: 0..0,
    }
}

fn code(_: &mut AttendScene, _: &AttendState) -> Code {
    Code::default()
}
