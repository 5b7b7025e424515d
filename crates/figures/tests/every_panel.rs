//! The CSV of every panel: what is drawn, and where it stands on the axes.

use figures::panels::{HEADER, n_rows, write_rows};
use figures::{
    Band, Bars, CellAxis, Form, Histogram, Line, Panel, Plot, Points, Role, Rows, Shape, Sketch,
};
use ndarray::ArrayView1;

use crate::panels::{SIGNED, cells, figure, heatmap_panel, steps, values};

fn text(panels: Vec<Panel<'_>>) -> String {
    let figure = figure("", panels);
    let mut text = HEADER.to_owned();
    write_rows(&figure, 0..n_rows(&figure), &mut text).unwrap();
    text
}

#[test]
fn a_matrix_has_a_row_for_each_cell_where_it_stands() {
    let values = steps(2, 3);
    let of = |rows| text(vec![heatmap_panel(values.view(), rows)]);
    let value = |r: usize, c: usize| values[[r, c]];
    let mut down = HEADER.to_owned();
    let mut across = HEADER.to_owned();
    for r in 0..2 {
        for c in 0..3 {
            down += &format!("1,,{c},{r},{}\n", value(r, c));
            across += &format!("1,,{r},{c},{}\n", value(r, c));
        }
    }
    assert_eq!(of(Rows::Down), down);
    assert_eq!(of(Rows::Across), across);
}

#[test]
fn curves_bars_counts_points_and_cells_are_all_there() {
    let pair = [0.5_f32, f32::NAN];
    let view = ArrayView1::from(&pair[..]);
    let line = Line {
        first: -1,
        band: Some(Band {
            min: view,
            max: view,
        }),
        ..Line::new("mean, of \"all\"", Role::Accent, view)
    };
    let bars = |cells_on| {
        Plot::Bars(Bars {
            values: view,
            cells_on,
            colours: SIGNED,
            roles: &[],
            undefined: "".into(),
        })
    };
    let histogram = Histogram {
        edges: &[0.0, 0.5, 1.0],
        counts: &[3, 4],
        name: "all".into(),
        highlighted: &[1, 0],
        highlighted_name: "one".into(),
        reference: vec![(0.25, 2.0)],
        reference_name: "normal".into(),
    };
    let points = Points {
        name: "set".into(),
        role: Role::Accent,
        x: view,
        y: view,
        names: Vec::new().into(),
        size: 3.0,
        is_joined: false,
    };
    let cell = Form::Cell {
        at: (0.0, 0.0),
        size: (1.0, 1.0),
        value: 0.25,
        colours: SIGNED,
    };
    let sketch = Sketch {
        width: 1.0,
        height: 1.0,
        shapes: vec![Shape::new(cell.clone()), Shape::new(cell).at_cell(3, 4)],
    };
    let on = || (cells("position", 10, 2), values("value", 0.0, 1.0));
    let panel = |plot| Panel::new(on().0, on().1, plot);
    let lying = Panel::new(on().1, on().0, bars(CellAxis::Y));
    let written = text(vec![
        panel(Plot::Lines(vec![line])),
        panel(bars(CellAxis::X)),
        lying,
        panel(Plot::Histogram(histogram)),
        panel(Plot::Points(vec![points])),
        panel(Plot::Sketch(sketch)),
        panel(Plot::Empty("nothing".into())),
    ]);
    let expected = "panel,series,x,y,value
1,\"mean, of \"\"all\"\"\",9,0.5,
1,\"mean, of \"\"all\"\"\",10,NaN,
1,\"mean, of \"\"all\"\" (lower end)\",9,0.5,
1,\"mean, of \"\"all\"\" (lower end)\",10,NaN,
1,\"mean, of \"\"all\"\" (upper end)\",9,0.5,
1,\"mean, of \"\"all\"\" (upper end)\",10,NaN,
2,,10,0.5,
2,,11,NaN,
3,,0.5,10,
3,,NaN,11,
4,all,0,3,
4,all,0.5,4,
4,one,0,1,
4,one,0.5,0,
4,normal,0.25,2,
5,set,0.5,0.5,
5,set,NaN,NaN,
6,,3,4,0.25
";
    assert_eq!(written, expected);
}

#[test]
fn pieces_are_the_whole() {
    let (first, second) = (steps(4, 5), steps(2, 2));
    let figure = figure(
        "",
        vec![
            heatmap_panel(first.view(), Rows::Down),
            heatmap_panel(second.view(), Rows::Across),
        ],
    );
    let n_rows = n_rows(&figure);
    assert_eq!(n_rows, 24);
    let (mut whole, mut pieces) = (String::new(), String::new());
    write_rows(&figure, 0..n_rows, &mut whole).unwrap();
    for first in (0..n_rows + 7).step_by(7) {
        write_rows(&figure, first..first + 7, &mut pieces).unwrap();
    }
    assert_eq!(pieces, whole);
}
