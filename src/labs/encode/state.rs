//! Encode's settings: plain data, their table, and what follows from them.

use maths::encode::{Layout, Sinusoidal};

use crate::settings::{
    Choice, Choosable, Control, Grain, Kind, Number, Scale, Settings, Text, always, never,
};

/// The most curves shown at once: as many as the palette tells apart.
pub const MOST_CURVES: usize = 6;

/// What Encode shows.
#[derive(Clone, Debug, PartialEq)]
pub struct EncodeState {
    /// The number of the part that is shown.
    pub part: usize,
    /// How many positions, 1 to 4096.
    pub seq_len: usize,
    /// The width of the table, even, 2 to 1024.
    pub d_model: usize,
    /// The base of the wavelengths, 2 to 1,000,000.
    pub base: f64,
    /// The order of the columns.
    pub layout: Layout,
    /// The first position shown, 0 to 1,000,000.
    pub start: u64,
    /// The selected position; `None` follows the range shown.
    pub pos: Option<u64>,
    /// The selected dimension; `None` follows `d_model`.
    pub dim: Option<usize>,
    /// The plotted dimensions, without repeats; `None` follows `d_model`.
    pub dims: Option<Vec<usize>>,
}

impl Default for EncodeState {
    fn default() -> Self {
        Self {
            part: 0,
            seq_len: 64,
            d_model: 128,
            base: 10_000.0,
            layout: Layout::Interleaved,
            start: 0,
            pos: None,
            dim: None,
            dims: None,
        }
    }
}

impl EncodeState {
    /// What the table is made from.
    pub fn table(&self) -> Sinusoidal {
        Sinusoidal {
            seq_len: self.seq_len,
            d_model: self.d_model,
            base: self.base,
            start: self.start,
            layout: self.layout,
        }
    }

    /// The last position shown.
    pub fn last(&self) -> u64 {
        self.start + self.seq_len as u64 - 1
    }

    /// The position that is read: the selected one, otherwise a third of the way in.
    pub fn position(&self) -> u64 {
        self.pos
            .unwrap_or(self.usual_position())
            .clamp(self.start, self.last())
    }

    fn usual_position(&self) -> u64 {
        self.start + self.seq_len as u64 / 3
    }

    /// The dimension that is read: the selected one, otherwise one whose wave is well seen.
    pub fn dimension(&self) -> usize {
        self.dim
            .unwrap_or(self.usual_dimension())
            .min(self.d_model - 1)
    }

    fn usual_dimension(&self) -> usize {
        self.fraction_of_width(5)
    }

    /// The plotted dimensions: the chosen ones that the table has, otherwise up to four from fast to slow.
    pub fn curves(&self) -> Vec<usize> {
        match &self.dims {
            Some(dims) => dims
                .iter()
                .copied()
                .filter(|&dim| dim < self.d_model)
                .collect(),
            None => self.usual_curves(),
        }
    }

    fn usual_curves(&self) -> Vec<usize> {
        let mut dims: Vec<_> = [1, 5, 10, 16]
            .into_iter()
            .map(|part| self.fraction_of_width(part))
            .collect();
        dims.dedup();
        dims
    }

    /// The even dimension nearest below `parts` thirty-seconds of the width.
    fn fraction_of_width(&self, parts: usize) -> usize {
        self.d_model * parts / 64 * 2
    }

    /// Adds a curve, or removes it if it is there. Beyond [`MOST_CURVES`] the oldest one goes.
    pub fn toggle_curve(&mut self, dim: usize) {
        let mut dims = self.curves();
        if let Some(idx) = dims.iter().position(|&shown| shown == dim) {
            dims.remove(idx);
        } else {
            if dims.len() == MOST_CURVES {
                dims.remove(0);
            }
            dims.push(dim);
        }
        self.dims = Some(dims);
    }
}

/// The parts of the room, in the order of their tabs.
pub const PARTS: &[Choosable] = &[Choosable {
    slug: "table",
    label: "Table",
}];

/// The options of `layout`, in the order of [`Layout`].
const LAYOUTS: &[Choosable] = &[
    Choosable {
        slug: "interleaved",
        label: "interleaved: sin, cos, …",
    },
    Choosable {
        slug: "concatenated",
        label: "concatenated: sin …, cos …",
    },
];

impl Settings for EncodeState {
    // Whole numbers up to a million pass through f64 and back exactly, and `nearest` keeps them in range.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    const CONTROLS: &'static [Control<Self>] = &[
        Control {
            key: "part",
            name: "Part",
            symbol: None,
            help: "Which of the lab's questions is shown.",
            group: "",
            applies: always,
            kind: Kind::Choice(Choice {
                options: PARTS,
                get: |s| s.part,
                set: |s, idx| s.part = idx,
            }),
        },
        Control {
            key: "seq_len",
            name: "Sequence length",
            symbol: None,
            help: "How many positions the table holds, one vector each.",
            group: "Table",
            applies: always,
            kind: Kind::Number(Number {
                range: (1.0, 4096.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 16.0 },
                get: |s| s.seq_len as f64,
                set: |s, v| s.seq_len = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "d_model",
            name: "d_model",
            symbol: None,
            help: "The width of a vector: d_model / 2 waves, each as a sine and a cosine.",
            group: "Table",
            applies: always,
            kind: Kind::Number(Number {
                range: (2.0, 1024.0),
                narrowed: None,
                grain: Grain::Even,
                scale: Scale::Log { knee: 32.0 },
                get: |s| s.d_model as f64,
                set: |s, v| s.d_model = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "base",
            name: "Base",
            symbol: None,
            help: "Sets the longest wave, 2π · base^((d−2)/d) positions. It is no maximum length.",
            group: "Table",
            applies: always,
            kind: Kind::Number(Number {
                range: (2.0, 1_000_000.0),
                narrowed: None,
                grain: Grain::Any { nudge: 1.0 },
                scale: Scale::Log { knee: 100.0 },
                get: |s| s.base,
                set: |s, v| s.base = v,
                follows: never,
            }),
        },
        Control {
            key: "layout",
            name: "Layout",
            symbol: None,
            help: "The order of the columns. It changes the picture, not what a vector knows.",
            group: "Table",
            applies: always,
            kind: Kind::Choice(Choice {
                options: LAYOUTS,
                get: |s| match s.layout {
                    Layout::Interleaved => 0,
                    Layout::Concatenated => 1,
                },
                set: |s, idx| {
                    s.layout = if idx == 0 {
                        Layout::Interleaved
                    } else {
                        Layout::Concatenated
                    };
                },
            }),
        },
        Control {
            key: "start",
            name: "First position",
            symbol: None,
            help: "The position in the first column: far out the waves are the same, further along.",
            group: "Table",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 1_000_000.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 64.0 },
                get: |s| s.start as f64,
                set: |s, v| s.start = v as u64,
                follows: never,
            }),
        },
        Control {
            key: "pos",
            name: "Position",
            symbol: None,
            help: "The position that is read: its vector stands beside the table.",
            group: "Reading",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 1_004_095.0),
                narrowed: Some(|s| (s.start as f64, s.last() as f64)),
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.position() as f64,
                set: |s, v| s.pos = Some(v as u64),
                follows: |s| s.position() == s.usual_position(),
            }),
        },
        Control {
            key: "dim",
            name: "Dimension",
            symbol: None,
            help: "The dimension that is read: one wave over all positions.",
            group: "Reading",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 1023.0),
                narrowed: Some(|s| (0.0, s.d_model as f64 - 1.0)),
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.dimension() as f64,
                set: |s, v| s.dim = Some(v as usize),
                follows: |s| s.dimension() == s.usual_dimension(),
            }),
        },
        Control {
            key: "dims",
            name: "Curves",
            symbol: None,
            help: "The dimensions drawn as curves. A click on the table adds or removes one.",
            group: "Curves",
            applies: always,
            kind: Kind::Text(Text {
                allowed: "up to 6 different dimensions below d_model, separated by commas, or none",
                default: "four from fast to slow",
                get: |s| (s.curves() != s.usual_curves()).then(|| dims_text(&s.curves())),
                shown: |s| dims_text(&s.curves()),
                set: read_dims,
            }),
        },
    ];
}

/// The list as it stands in the link and in its field.
pub fn dims_text(dims: &[usize]) -> String {
    if dims.is_empty() {
        return "none".to_owned();
    }
    dims_list(dims, ",")
}

/// The dimensions one after the other.
pub fn dims_list(dims: &[usize], between: &str) -> String {
    dims.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(between)
}

/// Reads a list of dimensions; what is no dimension of the table, comes twice or is too much is left out.
fn read_dims(state: &mut EncodeState, text: &str) -> Result<(), String> {
    if text.trim() == "none" {
        state.dims = Some(Vec::new());
        return Ok(());
    }
    let mut dims: Vec<usize> = Vec::new();
    let mut left_out = false;
    for part in text.split(',') {
        match part.trim().parse() {
            Ok(dim) if dim < state.d_model && !dims.contains(&dim) && dims.len() < MOST_CURVES => {
                dims.push(dim);
            }
            _ => left_out = true,
        }
    }
    if dims.is_empty() {
        return Err(format!("{} is used", dims_text(&state.curves())));
    }
    let used = format!("{} is used", dims_text(&dims));
    state.dims = Some(dims);
    if left_out { Err(used) } else { Ok(()) }
}
