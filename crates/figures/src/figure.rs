//! What a figure is: plain data, made by a room's scene.
//!
//! The canvas, the SVG, the CSV, the hit test under the pointer and the text for screen readers are
//! all made from these types, so a number on the screen and the same number in an export have one source.
//!
//! Conventions: a *cell* axis counts whole things (positions, dimensions, features); the cell with
//! index `k` covers `k - 0.5 ..= k + 0.5`. A *value* axis is continuous. Pictures are measured in CSS
//! pixels, x to the right and y down.

use std::borrow::Cow;
use std::ops::Range;

use ndarray::{ArrayView1, ArrayView2};
use pixels::Rows;

/// One figure: panels drawn left to right (top to bottom where it is narrow), and the numbers behind them.
#[derive(Clone, Debug)]
pub struct Figure<'a> {
    /// The stable id, also the name of its exported files, for example `encode-heatmap`.
    pub id: &'static str,
    /// The heading, also the title of an exported picture.
    pub title: Cow<'a, str>,
    /// One line of text: what is shown, its range, what to notice; after a line break, what stands under Details. Marks as in
    /// [`crate::plain`].
    pub summary: String,
    /// At least one; they share the width equally.
    pub panels: Vec<Panel<'a>>,
    /// What the CSV says.
    pub table: Table<'a>,
    /// The rows of the table that the reader has selected; empty for none in particular.
    pub read_rows: Range<usize>,
}

/// One pair of axes with what is drawn on them.
#[derive(Clone, Debug)]
pub struct Panel<'a> {
    /// The head line above the axes: a symbol in bold, then a note; empty strings draw nothing.
    pub head: Head<'a>,
    /// The horizontal axis.
    pub x: Axis<'a>,
    /// The vertical axis.
    pub y: Axis<'a>,
    /// What is drawn.
    pub plot: Plot<'a>,
    /// Dashed lines through the cell that is read, drawn over the plot.
    pub cross: Cross,
    /// Solid lines across the plot at one value, such as a mean.
    pub rules: Vec<Rule<'a>>,
    /// The line under the axes; empty draws nothing.
    pub caption: Cow<'a, str>,
}

/// The head line of a panel.
#[derive(Clone, Debug, Default)]
pub struct Head<'a> {
    /// Set in bold at the left, for example `x̂`.
    pub symbol: Cow<'a, str>,
    /// Set quietly after it, for example `mean 0, variance 1 per token`.
    pub note: Cow<'a, str>,
}

/// One axis: its label and what it spans.
#[derive(Clone, Debug)]
pub struct Axis<'a> {
    /// What its cells are, such as `position`, `dimension`, `feature`, `token`: axes with the same key are
    /// zoomed together. Empty for an axis that is always shown whole.
    pub key: &'static str,
    /// The word at the end of the axis; empty draws nothing.
    pub label: Cow<'a, str>,
    /// What the cells are called, from the first one on, such as the words of a sentence; empty where they
    /// go by their numbers.
    pub names: Cow<'a, [String]>,
    /// What its cells belong to, where that is to be seen.
    pub groups: Groups,
    /// What it spans, in the direction of the axis.
    pub span: Span,
}

/// Groups of so many cells, one after the other from cell 0 on: lines stand between them, and where cells have no names,
/// ticks are their numbers. 0 for no groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups(pub usize);

/// What an axis spans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span {
    /// Whole things `first, first + 1, …`, `len` of them. On a vertical axis the first is at the top.
    Cells {
        /// The number of the first cell.
        first: u64,
        /// How many cells there are.
        len: usize,
    },
    /// A continuous range, `min < max`, growing to the right and upwards.
    Values {
        /// The value at the left or lower end.
        min: f64,
        /// The value at the right or upper end.
        max: f64,
    },
    /// The same with equal ratios at equal distances, `0 < min < max`. Values that are not above 0 have no
    /// place on it: they are gaps.
    Log {
        /// The value at the left or lower end.
        min: f64,
        /// The value at the right or upper end.
        max: f64,
    },
}

/// What is drawn on a pair of axes.
#[derive(Clone, Debug)]
pub enum Plot<'a> {
    /// A matrix, one coloured cell per value.
    Heatmap(Heatmap<'a>),
    /// Curves over the cells of the x axis.
    Lines(Vec<Line<'a>>),
    /// One bar per cell, from zero.
    Bars(Bars<'a>),
    /// Counts in bins.
    Histogram(Histogram<'a>),
    /// Sets of points.
    Points(Vec<Points<'a>>),
    /// A drawing that is no chart; its axes are not drawn, whatever they say.
    Sketch(Sketch<'a>),
    /// Nothing can be drawn; the text says why, in the middle of the axes.
    Empty(Cow<'a, str>),
}

/// A matrix as colours.
#[derive(Clone, Debug)]
pub struct Heatmap<'a> {
    /// `(rows, columns)` in the order of the exports.
    pub values: ArrayView2<'a, f32>,
    /// Which way the rows run on the screen.
    pub rows: Rows,
    /// How values become colours.
    pub colours: Colours,
    /// What a cell means that is not finite and therefore hatched, such as `0 / 0` or `no row beyond
    /// max_len`: stands beside a hatched swatch where there is one. Empty for the plain word.
    pub undefined: Cow<'a, str>,
    /// Changes whenever `values` may have changed: painting may keep its raster while this stays.
    pub version: u64,
}

/// A ramp and the values at its two ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colours {
    /// The ramp.
    pub ramp: Ramp,
    /// The value with the ramp's first colour.
    pub min: f32,
    /// The value with the ramp's last colour.
    pub max: f32,
}

/// The colour ramps, each perceptually uniform and told apart by every common kind of colour vision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ramp {
    /// Blue below zero, the card's own colour at zero, orange above.
    Diverging,
    /// The same with purple below zero and green above.
    PurpleGreen,
    /// From the card's own colour to a dark blue (light, in dark mode).
    Sequential,
    /// From the card's own colour over yellow, green and blue to a dark purple (in dark mode over purple,
    /// blue and green to a light yellow): more colours to tell values apart by.
    ManyHued,
}

/// One curve: a value at each cell of the x axis.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// Its name, for example `dimension 4 (sin)`.
    pub name: String,
    /// Its colour.
    pub role: Role,
    /// One value per cell of the x axis; none for a band alone.
    pub values: ArrayView1<'a, f32>,
    /// The cell of the first value, counted from the first cell of the axis. Below 0 where values stand before
    /// it, as those towards which a curve that is cropped leaves the plot. There may be more than the axis has
    /// cells at the end, too.
    pub first: isize,
    /// The same function between the cells: `per_cell` equal steps from each cell to the next, the first
    /// value at the first cell and the last at the last. `None` joins the cells by straight lines.
    pub between: Option<Between>,
    /// A range around the curve, such as that of all samples of which it is the mean: a pale area behind it.
    pub band: Option<Band<'a>>,
    /// How it gets from cell to cell.
    pub join: Join,
}

/// The range around a curve, one value per value of the curve each.
#[derive(Clone, Copy, Debug)]
pub struct Band<'a> {
    /// Its lower end.
    pub min: ArrayView1<'a, f32>,
    /// Its upper end.
    pub max: ArrayView1<'a, f32>,
}

/// How a curve gets from cell to cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Join {
    /// By a straight line, or through what is known between the cells.
    #[default]
    Straight,
    /// By a step at the edge: the value holds for the whole of its cell.
    Stepped,
}

/// A curve sampled more finely than its cells.
#[derive(Clone, Debug)]
pub struct Between {
    /// Steps from one cell to the next, at least 1.
    pub per_cell: usize,
    /// `(cells - 1) * per_cell + 1` values.
    pub values: Vec<f32>,
}

/// One bar per cell, from zero.
#[derive(Clone, Debug)]
pub struct Bars<'a> {
    /// One value per cell of the cell axis.
    pub values: ArrayView1<'a, f32>,
    /// Which axis has the cells; the other one has the values.
    pub cells_on: CellAxis,
    /// How a bar's value becomes its colour.
    pub colours: Colours,
    /// The colour of each bar instead, where bars are different things with colours of their own; may be empty.
    pub roles: &'a [Role],
    /// What a bar means that is not a number: its slot is hatched. As in a heatmap.
    pub undefined: Cow<'a, str>,
}

/// The axis that has one cell per bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellAxis {
    /// Bars stand upright.
    X,
    /// Bars lie; the first is at the top.
    Y,
}

/// Counts in bins of equal width.
#[derive(Clone, Debug)]
pub struct Histogram<'a> {
    /// The edges of the bins, one more than there are counts, ascending.
    pub edges: &'a [f32],
    /// How many values fall into each bin.
    pub counts: &'a [u32],
    /// What is counted, for the legend; empty for no entry.
    pub name: Cow<'a, str>,
    /// The part of `counts` that is shown in full colour, such as one token's share; empty for none. Where it has
    /// anything it is high enough to be seen.
    pub highlighted: &'a [u32],
    /// What that part is, for the legend; empty for no entry.
    pub highlighted_name: Cow<'a, str>,
    /// A curve for comparison, `(value, count)`, such as the standard normal; empty for none.
    pub reference: Vec<(f64, f64)>,
    /// What the curve is, for the legend.
    pub reference_name: Cow<'a, str>,
}

/// A set of points. Its cross, and what is found under the pointer, is a point's number (x) in the set of a
/// number (y), both counted from 0.
#[derive(Clone, Debug)]
pub struct Points<'a> {
    /// Its name, for the legend.
    pub name: Cow<'a, str>,
    /// Its colour.
    pub role: Role,
    /// Where the points are on the x axis.
    pub x: ArrayView1<'a, f32>,
    /// Where they are on the y axis, as many.
    pub y: ArrayView1<'a, f32>,
    /// What the points are called, written beside them where there is room; empty for no names.
    pub names: Cow<'a, [String]>,
    /// The diameter of a point in CSS pixels; 0 for none, where only the way through them is to be seen.
    pub size: f64,
    /// Whether straight lines join them in their order.
    pub is_joined: bool,
}

/// A picture of simple shapes, for what is no chart: dials, diagrams, things in space.
///
/// It has units of its own, x to the right and y down, the same on both axes; it is as large as its place
/// allows, and in the middle of it. Strokes and texts keep their size on the screen.
#[derive(Clone, Debug, Default)]
pub struct Sketch<'a> {
    /// From the left edge to the right one, in its units.
    pub width: f64,
    /// From the upper edge to the lower one.
    pub height: f64,
    /// From the back to the front. What is beyond the plot is not drawn.
    pub shapes: Vec<Shape<'a>>,
}

/// A shape, and what is under the pointer where it is.
#[derive(Clone, Debug)]
pub struct Shape<'a> {
    /// What is drawn.
    pub form: Form<'a>,
    /// The cell (x, y) that is read by pointing at it; `None` for what is only seen.
    pub cell: Option<(u64, u64)>,
}

/// What a shape is. Places and radii are in the units of the sketch.
#[derive(Clone, Debug)]
pub enum Form<'a> {
    /// Straight strokes from point to point.
    Line {
        /// The points.
        points: Vec<(f64, f64)>,
        /// The width of the stroke in CSS pixels.
        width: f64,
        /// Its colour.
        role: Role,
    },
    /// A filled area.
    Polygon {
        /// Its corners.
        points: Vec<(f64, f64)>,
        /// Its colour.
        role: Role,
        /// How much of it hides what is behind: 0 to 1.
        opacity: f64,
    },
    /// A filled circle.
    Disc {
        /// The middle.
        at: (f64, f64),
        /// The radius.
        radius: f64,
        /// Its colour.
        role: Role,
        /// How much of it hides what is behind: 0 to 1.
        opacity: f64,
    },
    /// The outline of a circle.
    Circle {
        /// The middle.
        at: (f64, f64),
        /// The radius.
        radius: f64,
        /// The width of the stroke in CSS pixels.
        width: f64,
        /// Its colour.
        role: Role,
    },
    /// A line of text, its vertical middle at its place.
    Text {
        /// Where the anchor is.
        at: (f64, f64),
        /// The words.
        text: Cow<'a, str>,
        /// Which point of the text is at the anchor.
        anchor: Anchor,
        /// Its size in tick labels: 1 for the usual one.
        size: f64,
        /// How wide it may be, in units: it is cut to that. 0 for as wide as it is.
        room: f64,
        /// Its colour.
        role: Role,
        /// Whether it is set in bold.
        is_bold: bool,
    },
    /// A cell of a heatmap: its value as a colour, hatched where it is not finite.
    Cell {
        /// The upper left corner.
        at: (f64, f64),
        /// Width and height.
        size: (f64, f64),
        /// Its value.
        value: f32,
        /// How that becomes a colour.
        colours: Colours,
    },
}

/// Which point of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Left,
    /// Its middle.
    Middle,
    /// Its right end.
    Right,
}

/// Dashed lines through the cell that is read; coordinates are cell numbers of the axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cross {
    /// The column that is read: a vertical line, and a dot on each curve.
    pub x: Option<u64>,
    /// The row that is read: a horizontal line.
    pub y: Option<u64>,
}

/// A solid line across the plot at one value of its value axis.
#[derive(Clone, Debug)]
pub struct Rule<'a> {
    /// The value, on the value axis of the panel.
    pub at: f64,
    /// Its colour.
    pub role: Role,
    /// A short name drawn beside it, for example `μ`.
    pub name: Cow<'a, str>,
}

/// What a colour stands for; the theme says which colour that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The k-th of a set of curves; the theme's palette is repeated where it ends.
    Series(usize),
    /// The mean μ.
    Mu,
    /// The standard deviation σ.
    Sigma,
    /// The scale γ.
    Gamma,
    /// The shift β.
    Beta,
    /// Text and what is read.
    Ink,
    /// What only explains.
    Quiet,
    /// Frames and grids.
    Line,
    /// Outlines that have to be seen.
    Edge,
    /// What the reader acts on.
    Accent,
    /// The ground of the figure.
    Card,
}

/// The numbers behind a figure, as a table with a header row.
#[derive(Clone, Debug)]
pub enum Table<'a> {
    /// A row per matrix row: its number, then its values.
    Matrix {
        /// The header of the first column, for example `position`.
        index: &'static str,
        /// The number of the first row.
        first: u64,
        /// What stands before the column's number in a header, for example `dim_`. Empty where columns are of
        /// the kind of the rows, as in a map of positions against positions: they count from `first` too.
        prefix: &'static str,
        /// The numbers of the columns shown, in order; each is a column of `values`.
        columns: Cow<'a, [usize]>,
        /// `(rows, all columns)`.
        values: ArrayView2<'a, f32>,
    },
    /// Named columns of equal length.
    Columns(Vec<Column<'a>>),
    /// The same beside an array that is more than they say, such as all outputs beside how far each word's are apart: the CSV has
    /// the columns, the NPY the array.
    Beside {
        /// The columns.
        columns: Vec<Column<'a>>,
        /// The shape of the array.
        shape: Vec<usize>,
        /// Its values in C order.
        values: &'a [f32],
    },
}

/// A named column.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    /// Its header.
    pub name: &'static str,
    /// Its cells.
    pub cells: Cells<'a>,
}

/// The cells of a column.
#[derive(Clone, Debug)]
pub enum Cells<'a> {
    /// Row `r` holds `(r / every) % modulo`: the coordinate of a flattened array.
    Index {
        /// How many rows in a row have the same number, at least 1.
        every: usize,
        /// How many numbers there are before they start again, at least 1.
        modulo: usize,
        /// How many rows there are.
        len: usize,
    },
    /// One number per row.
    F32(&'a [f32]),
    /// The same where some rows have none: NaN is an empty field.
    Sparse(&'a [f32]),
    /// One count per row.
    U32(&'a [u32]),
    /// One text per row, as a word is. It labels the row, as an index does, and is in no array.
    Words(&'a [String]),
}

impl<'a> Axis<'a> {
    /// Cells that go by their numbers.
    pub fn cells(
        key: &'static str,
        label: impl Into<Cow<'a, str>>,
        first: u64,
        len: usize,
    ) -> Self {
        Self {
            key,
            label: label.into(),
            names: Cow::Borrowed(&[]),
            groups: Groups(0),
            span: Span::Cells { first, len },
        }
    }

    /// A continuous range of positive values, equal ratios at equal distances.
    pub fn log(label: impl Into<Cow<'a, str>>, min: f64, max: f64) -> Self {
        Self {
            span: Span::Log { min, max },
            ..Self::values(label, min, max)
        }
    }

    /// A continuous range.
    pub fn values(label: impl Into<Cow<'a, str>>, min: f64, max: f64) -> Self {
        Self {
            key: "",
            label: label.into(),
            names: Cow::Borrowed(&[]),
            groups: Groups(0),
            span: Span::Values { min, max },
        }
    }
}

impl Groups {
    /// The numbers of the groups of which an axis that spans so much has cells, each with the first and the last of these;
    /// none where there is no more than one.
    pub(crate) fn within(self, span: Span) -> Vec<(u64, [u64; 2])> {
        let Span::Cells { first, len } = span else {
            return Vec::new();
        };
        let (each, end) = (self.0 as u64, first + len as u64);
        if each == 0 || end <= first || first / each == (end - 1) / each {
            return Vec::new();
        }
        let groups = first / each..=(end - 1) / each;
        groups
            .map(|idx| (idx, [first.max(idx * each), end.min((idx + 1) * each) - 1]))
            .collect()
    }
}

impl<'a> Panel<'a> {
    /// A panel without words, cross and rules.
    pub fn new(x: Axis<'a>, y: Axis<'a>, plot: Plot<'a>) -> Self {
        Self {
            head: Head::default(),
            x,
            y,
            plot,
            cross: Cross::default(),
            rules: Vec::new(),
            caption: Cow::Borrowed(""),
        }
    }
}

impl<'a> Line<'a> {
    /// A curve whose first value is at the first cell, joined by straight lines.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "views are passed like slices"
    )]
    pub fn new(name: impl Into<String>, role: Role, values: ArrayView1<'a, f32>) -> Self {
        Self {
            name: name.into(),
            role,
            values,
            first: 0,
            between: None,
            band: None,
            join: Join::Straight,
        }
    }
}

impl<'a> Shape<'a> {
    /// A shape that is only seen.
    pub fn new(form: Form<'a>) -> Self {
        Self { form, cell: None }
    }

    /// The same, to be pointed at.
    #[must_use]
    pub fn at_cell(self, x: u64, y: u64) -> Self {
        Self {
            cell: Some((x, y)),
            ..self
        }
    }
}

impl Span {
    /// Whether it counts cells.
    pub(crate) fn is_cells(self) -> bool {
        matches!(self, Self::Cells { .. })
    }

    /// The values at the first and the last end of the axis.
    pub fn ends(self) -> (f64, f64) {
        match self {
            // Both stay far below 2^53, where f64 still counts every whole number.
            #[allow(clippy::cast_precision_loss)]
            Self::Cells { first, len } => (first as f64 - 0.5, (first + len as u64) as f64 - 0.5),
            Self::Values { min, max } | Self::Log { min, max } => (min, max),
        }
    }

    /// How far along the axis a value is: 0 at its first end, 1 at its last. Not finite where the value has
    /// no place on it.
    pub(crate) fn part_from_value(self, value: f64) -> f64 {
        let (from, to) = self.ends();
        match self {
            Self::Log { .. } => (value / from).log10() / (to / from).log10(),
            _ => (value - from) / (to - from),
        }
    }

    /// The value so far along the axis.
    pub(crate) fn value_from_part(self, part: f64) -> f64 {
        let (from, to) = self.ends();
        match self {
            Self::Log { .. } => from * (to / from).powf(part),
            _ => from + part * (to - from),
        }
    }
}
