//! The colour ramps: how a value becomes a colour.
//!
//! Each ramp is a path through OKLab, whose lightness is a straight line: equal steps of value are equal
//! steps of lightness, on both sides of zero, so neither side looks stronger and a grey print still
//! reads. Hue only adds to that. A ramp starts from the card's own colour, so that nothing looks like
//! something where it is nothing.
//!
//! A value that is not finite has no colour here: it is hatched ([`hatch`]).

use std::sync::OnceLock;

use pixels::{Hatch, LAST, Lookup, MIDDLE};
pub use pixels::{TABLE_LEN, Table};

use crate::{Colours, Ramp, Rgb, Scheme};

/// What the card is, in both schemes; a test holds it to the style sheet.
const CARD: [Rgb; 2] = [[0xff, 0xff, 0xff], [0x19, 0x1c, 0x23]];
/// What hatching is drawn in, the colour of edges: half a picture may be hatched, and should not shout. A
/// test holds it to the style sheet.
const HATCH: [Rgb; 2] = [[0x8b, 0x8f, 0x98], [0x6b, 0x72, 0x80]];

/// Control points at equal parts of the way from the card to the end of a side. Lightness is given for
/// the end only: between, it is a straight line. The points stay inside sRGB.
struct Side {
    end_lightness: f64,
    /// The two opponent axes of OKLab, the last point at the end. Not chroma and hue, which would need a
    /// sine.
    points: &'static [(f64, f64)],
}

const BLUE: [Side; 2] = [
    Side {
        end_lightness: 0.46,
        points: &[
            (-0.01930, -0.06312),
            (-0.02855, -0.11449),
            (-0.02862, -0.14724),
            (-0.02157, -0.15349),
        ],
    },
    Side {
        end_lightness: 0.80,
        points: &[
            (-0.01036, -0.08437),
            (-0.02268, -0.14321),
            (-0.03104, -0.13446),
            (-0.02784, -0.09709),
        ],
    },
];
const ORANGE: [Side; 2] = [
    Side {
        end_lightness: 0.46,
        points: &[
            (0.03500, 0.06062),
            (0.07523, 0.09983),
            (0.10281, 0.10646),
            (0.10189, 0.08857),
        ],
    },
    Side {
        end_lightness: 0.80,
        points: &[
            (0.05425, 0.04885),
            (0.09208, 0.08892),
            (0.09062, 0.11191),
            (0.06253, 0.10007),
        ],
    },
];
const STRONG_BLUE: [Side; 2] = [
    Side {
        end_lightness: 0.38,
        points: &[
            (-0.01978, -0.06087),
            (-0.02951, -0.11838),
            (-0.02813, -0.15954),
            (-0.01725, -0.16410),
        ],
    },
    Side {
        end_lightness: 0.87,
        points: &[
            (-0.00836, -0.07956),
            (-0.01879, -0.13369),
            (-0.02654, -0.11498),
            (-0.01854, -0.05706),
        ],
    },
];
const PURPLE: [Side; 2] = [
    Side {
        end_lightness: 0.46,
        points: &[
            (0.04979, -0.04178),
            (0.08769, -0.07896),
            (0.11509, -0.11115),
            (0.13199, -0.13667),
        ],
    },
    Side {
        end_lightness: 0.80,
        points: &[
            (0.04802, -0.06146),
            (0.08678, -0.10342),
            (0.10372, -0.11519),
            (0.09378, -0.09711),
        ],
    },
];
const GREEN: [Side; 2] = [
    Side {
        end_lightness: 0.46,
        points: &[
            (-0.06000, 0.03605),
            (-0.10007, 0.06253),
            (-0.12161, 0.07897),
            (-0.11134, 0.07231),
        ],
    },
    Side {
        end_lightness: 0.80,
        points: &[
            (-0.06360, 0.03974),
            (-0.10483, 0.06808),
            (-0.12850, 0.08667),
            (-0.13516, 0.09464),
        ],
    },
];
/// From yellow over green and blue to purple where it is light, the other way where it is dark: the hues
/// of viridis, with nothing at the card's end.
const HUES: [Side; 2] = [
    Side {
        end_lightness: 0.34,
        points: &[
            (-0.01655, 0.06400),
            (-0.06332, 0.09827),
            (-0.10437, 0.05238),
            (-0.10278, -0.01329),
            (-0.07523, -0.07301),
            (-0.02923, -0.11978),
            (0.03362, -0.11949),
            (0.07071, -0.07071),
        ],
    },
    Side {
        end_lightness: 0.90,
        points: &[
            (0.04499, -0.06343),
            (0.04033, -0.12135),
            (-0.02445, -0.11542),
            (-0.07263, -0.06993),
            (-0.10496, -0.01118),
            (-0.12522, 0.05254),
            (-0.10994, 0.11672),
            (-0.05472, 0.15035),
        ],
    },
];

fn of_scheme<T>(pair: &[T; 2], scheme: Scheme) -> &T {
    match scheme {
        Scheme::Light => &pair[0],
        Scheme::Dark => &pair[1],
    }
}

impl Ramp {
    /// Every ramp, in the order in which they are offered.
    pub const ALL: [Self; 4] = [
        Self::Diverging,
        Self::PurpleGreen,
        Self::Sequential,
        Self::ManyHued,
    ];

    /// What a reader chooses it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Diverging => "blue to orange",
            Self::PurpleGreen => "purple to green",
            Self::Sequential => "shades of blue",
            Self::ManyHued => "many hues",
        }
    }

    /// Whether it has two sides, with the card's colour at zero between them.
    pub fn is_diverging(self) -> bool {
        matches!(self, Self::Diverging | Self::PurpleGreen)
    }

    /// The ramp's colours, made on first use.
    pub fn table(self, scheme: Scheme) -> &'static Table {
        static TABLES: [[OnceLock<Table>; 2]; 4] = [const { [const { OnceLock::new() }; 2] }; 4];
        let tables = match self {
            Self::Diverging => &TABLES[0],
            Self::PurpleGreen => &TABLES[1],
            Self::Sequential => &TABLES[2],
            Self::ManyHued => &TABLES[3],
        };
        of_scheme(tables, scheme).get_or_init(|| make_table(self, scheme))
    }

    /// What is below zero and what is above; a sequential ramp has only the latter.
    fn sides(self, scheme: Scheme) -> (Option<&'static Side>, &'static Side) {
        let of_scheme = |pair: &'static [Side; 2]| of_scheme(pair, scheme);
        match self {
            Self::Diverging => (Some(of_scheme(&BLUE)), of_scheme(&ORANGE)),
            Self::PurpleGreen => (Some(of_scheme(&PURPLE)), of_scheme(&GREEN)),
            Self::Sequential => (None, of_scheme(&STRONG_BLUE)),
            Self::ManyHued => (None, of_scheme(&HUES)),
        }
    }
}

impl Colours {
    /// From a value to its entry in the ramp's tables.
    pub fn lookup(self) -> Lookup {
        let Self { ramp, min, max } = self;
        if ramp.is_diverging() {
            Lookup::from_zero(min, max)
        } else {
            Lookup::from_end_to_end(min, max)
        }
    }

    /// The colour of a value; `None` if it is not finite. Values beyond the ends have the ends' colours.
    pub fn rgb(self, value: f32, scheme: Scheme) -> Option<Rgb> {
        let [r, g, b, _] = self.ramp.table(scheme)[self.lookup().idx(value)?];
        Some([r, g, b])
    }

    /// The colour of a bar of that value: never nearer to the card than `floor` (0 to 1) of the way to
    /// an end, so that a small bar does not vanish. `None` if the value is not finite.
    pub fn rgb_at_least(self, value: f32, floor: f32, scheme: Scheme) -> Option<Rgb> {
        let idx = self.lookup().idx(value)?;
        let idx = match (self.ramp.is_diverging(), value < 0.0) {
            (false, _) => idx.max(step_of(floor * LAST)),
            (true, true) => idx.min(step_of(MIDDLE - floor * MIDDLE)),
            (true, false) => idx.max(step_of(MIDDLE + floor * MIDDLE)),
        };
        let [r, g, b, _] = self.ramp.table(scheme)[idx];
        Some([r, g, b])
    }
}

/// Rounded and inside the table.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn step_of(place: f32) -> usize {
    (place.clamp(0.0, LAST) + 0.5) as usize
}

/// The two colours of the diagonal pattern for what is not a number: the card, and the lines on it.
pub fn hatch(scheme: Scheme) -> Hatch {
    let opaque = |[r, g, b]: Rgb| [r, g, b, 255];
    [
        opaque(*of_scheme(&CARD, scheme)),
        opaque(*of_scheme(&HATCH, scheme)),
    ]
}

fn make_table(ramp: Ramp, scheme: Scheme) -> Table {
    let mut table = [[0; 4]; TABLE_LEN];
    let card = *of_scheme(&CARD, scheme);
    let (below, above) = ramp.sides(scheme);
    for (idx, entry) in table.iter_mut().enumerate() {
        #[allow(clippy::cast_precision_loss)]
        let at = idx as f64 / (TABLE_LEN - 1) as f64;
        let (side, t) = match below {
            None => (above, at),
            Some(below) if at < 0.5 => (below, 1.0 - 2.0 * at),
            Some(_) => (above, 2.0 * at - 1.0),
        };
        // The card itself, not what is left of it after two conversions.
        let [r, g, b] = if t == 0.0 { card } else { side.at(t, card) };
        *entry = [r, g, b, 255];
    }
    table
}

impl Side {
    /// The colour `t` (0 to 1) of the way from the card to the end.
    fn at(&self, t: f64, card: Rgb) -> Rgb {
        let [card_l, card_a, card_b] = oklab_from_rgb(card);
        let lightness = card_l + (self.end_lightness - card_l) * t;
        let mut from = (card_a, card_b);
        let mut left = t * self.points.len() as f64;
        for &(a, b) in self.points {
            if left <= 1.0 {
                let mixed = (from.0 + (a - from.0) * left, from.1 + (b - from.1) * left);
                return rgb_from_oklab([lightness, mixed.0, mixed.1]);
            }
            from = (a, b);
            left -= 1.0;
        }
        rgb_from_oklab([lightness, from.0, from.1])
    }
}

/// OKLab of an sRGB colour (Ottosson 2020): lightness 0 to 1, then two opponent axes.
pub fn oklab_from_rgb(rgb: Rgb) -> [f64; 3] {
    let [r, g, b] = rgb.map(|byte| {
        let c = f64::from(byte) / 255.0;
        if c <= 0.040_45 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    });
    // Not `cbrt`, whose code with all it needs is 1 KB (gzip) and would run for two colours only.
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).powf(1.0 / 3.0);
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).powf(1.0 / 3.0);
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).powf(1.0 / 3.0);
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

fn rgb_from_oklab([l, a, b]: [f64; 3]) -> Rgb {
    let cube = |x: f64| x * x * x;
    let (l, m, s) = (
        cube(l + 0.396_337_777_4 * a + 0.215_803_757_3 * b),
        cube(l - 0.105_561_345_8 * a - 0.063_854_172_8 * b),
        cube(l - 0.089_484_177_5 * a - 1.291_485_548_0 * b),
    );
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
    .map(|c| {
        let c = if c <= 0.003_130_8 {
            12.92 * c
        } else {
            1.055 * c.powf(1.0 / 2.4) - 0.055
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        {
            (c * 255.0).round().clamp(0.0, 255.0) as u8
        }
    })
}
