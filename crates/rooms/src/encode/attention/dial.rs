//! Query and key as two arrows on a dial: one pair of their features, each turned by its own position.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::{Anchor, Axis, Figure, Form, Panel, Plot, Role, Shape, Sketch, Table};
use maths::encode::pair_of;
use maths::rope::features_of;
use maths::scaling::scaled_frequency;
use maths::trig::sin_cos;

use super::super::lab::Encode;
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::inside::rope_spec;
use super::kept::Kept;
use super::python::{self, ROPE, START};
use super::words::signed;
use crate::columns::{indices, numbers as column};
use crate::encoding::Encoding;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> =
    FigureSpec::<Encode>::new("encode-dial", "Two arrows on a dial", scene, code).pointing(
        Pointing::<Encode>::new(
            |state, cell| state.pos = cell.x.or(state.pos),
            here,
            tip,
            "Left and right arrow keys move query and key along the positions.",
        ),
    );

/// How many corners the sector between the arrows has along its rim.
const SECTOR_STEPS: u32 = 48;

/// What can be said of it.
struct Numbers {
    scheme: Encoding,
    pair: usize,
    /// Where query and key stand. The key may stand before position 0.
    places: [i64; 2],
    /// The two features of each, as they come and turned. (query and key, features)
    features: [[f32; 2]; 2],
    turned: [[f32; 2]; 2],
    /// How far each has turned, in degrees below 360; `None` where nothing turns.
    turns: Option<[f64; 2]>,
    /// The score of all pairs; `None` where nothing turns.
    score: Option<f32>,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn numbers(kept: &Kept, state: &EncodeState) -> Numbers {
    let pair = pair_of(state.dimension(), state.d_model, state.pairing()).idx;
    let [a, b] = features_of(pair, state.d_model, state.pairing);
    // At most 16 million.
    let query = state.position() as i64;
    let places = [query, query - state.offset as i64];
    let features = [kept.dial.query(), kept.dial.key()]
        .map(|vector| [a, b].map(|idx| vector.get(idx).copied().unwrap_or_default()));
    let is_turning = state.scheme == Encoding::Rope;
    let omega = scaled_frequency(pair, state.d_model, state.base, state.scaling());
    let turned = [0, 1].map(|idx| {
        let [first, second] = features[idx].map(f64::from);
        let angle = if is_turning {
            places[idx] as f64 * omega
        } else {
            0.0
        };
        let (sin, cos) = sin_cos(angle);
        [first * cos - second * sin, first * sin + second * cos].map(|it| it as f32)
    });
    let score = kept.dial.values().first().copied();
    Numbers {
        scheme: state.scheme,
        pair,
        places,
        features,
        turned,
        turns: is_turning
            .then(|| places.map(|place| (place as f64 * omega).to_degrees().rem_euclid(360.0))),
        score: score.filter(|_| is_turning),
    }
}

/// From the arrow of the key to that of the query, the shorter way: in degrees, less than 0 with the clock.
fn between(vectors: &[[f32; 2]; 2]) -> f64 {
    let [query, key] = vectors.map(|[right, up]| f64::from(up).atan2(right.into()));
    let angle = (query - key).to_degrees();
    180.0 - (180.0 - angle).rem_euclid(360.0)
}

/// Brings query, key and their score up to where they stand.
fn move_along(kept: &mut Kept, state: &EncodeState) {
    // At most 4095.
    let spec = rope_spec(state, -(state.offset as i64), 1);
    kept.dial.update(spec, &[state.position()]);
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let kept = &mut scene.attention;
    move_along(kept, state);
    let numbers = numbers(kept, state);
    kept.arrows = [0, 1].map(|idx| numbers.turned.map(|vector| vector[idx]));
    let nothing = || Axis::values("", 0.0, 1.0);
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: words(&numbers),
        panels: vec![Panel::new(
            nothing(),
            nothing(),
            Plot::Sketch(Sketch {
                width: 5.4,
                height: 2.5,
                shapes: shapes(&numbers),
            }),
        )],
        table: Table::Columns(vec![
            indices("vector", 2),
            column("first", &kept.arrows[0]),
            column("second", &kept.arrows[1]),
        ]),
        read_rows: 0..2,
    }
}

/// From name to name at least, as an angle.
const NAMES_APART: f64 = 0.35;

/// The dial with its arrows, and beside it what they are.
fn shapes(numbers: &Numbers) -> Vec<Shape<'static>> {
    const MIDDLE: (f64, f64) = (1.25, 1.25);
    const ROLES: [Role; 2] = [Role::Series(0), Role::Series(1)];
    let place = u64::try_from(numbers.places[0]).unwrap_or_default();
    let sizes = numbers.turned.map(|[right, up]| right.hypot(up));
    let most = f64::from(sizes[0].max(sizes[1]).max(f32::MIN_POSITIVE));
    let at = |[right, up]: [f64; 2], size: f64| (MIDDLE.0 + right * size, MIDDLE.1 - up * size);
    let mut shapes = vec![
        Shape::new(Form::Disc {
            at: MIDDLE,
            radius: 1.0,
            role: Role::Card,
            opacity: 0.0,
        })
        .at_cell(place, 0),
        Shape::new(Form::Circle {
            at: MIDDLE,
            radius: 1.0,
            width: 1.0,
            role: Role::Edge,
        }),
    ];
    let [right, up] = numbers.turned[1].map(f64::from);
    let first = up.atan2(right);
    let sector = (0..=SECTOR_STEPS).map(|step| {
        let part = f64::from(step) / f64::from(SECTOR_STEPS);
        let (sin, cos) = sin_cos(first + part * between(&numbers.turned).to_radians());
        at([cos, sin], 0.4)
    });
    shapes.push(Shape::new(Form::Polygon {
        points: std::iter::once(MIDDLE).chain(sector).collect(),
        role: Role::Accent,
        opacity: 0.18,
    }));
    // Names of arrows that nearly meet stand on either side of them.
    let apart = between(&numbers.turned).to_radians();
    let aside = ((NAMES_APART - apart.abs()) / 2.0).max(0.0).copysign(apart);
    for (idx, name) in ["q", "k"].into_iter().enumerate() {
        let [right, up] = numbers.turned[idx].map(|it| f64::from(it) / most);
        let tip = at([right, up], 0.86);
        let angle = up.atan2(right);
        let size = right.hypot(up).max(f64::MIN_POSITIVE);
        let barb = |by: f64| {
            let (sin, cos) = sin_cos(angle + by);
            (tip.0 + 0.13 * cos, tip.1 - 0.13 * sin)
        };
        shapes.push(Shape::new(Form::Line {
            points: vec![MIDDLE, tip],
            width: 3.0,
            role: ROLES[idx],
        }));
        shapes.push(Shape::new(Form::Line {
            points: vec![barb(2.6), tip, barb(-2.6)],
            width: 3.0,
            role: ROLES[idx],
        }));
        let (up, right) = sin_cos(angle + [aside, -aside][idx]);
        shapes.push(text(
            at([right, up], 0.86 * size + 0.16),
            name,
            1.3,
            ROLES[idx],
            Anchor::Middle,
        ));
    }
    for (line, (words, role)) in beside(numbers)
        .into_iter()
        .zip([ROLES[0], ROLES[1], Role::Quiet, Role::Ink, Role::Ink])
        .enumerate()
    {
        #[allow(clippy::cast_precision_loss, reason = "at most 4")]
        let y = 0.4 + 0.42 * line as f64;
        shapes.push(text((2.6, y), &words, 1.0, role, Anchor::Left));
    }
    shapes
}

fn text(at: (f64, f64), words: &str, size: f64, role: Role, anchor: Anchor) -> Shape<'static> {
    Shape::new(Form::Text {
        at,
        text: Cow::Owned(words.to_owned()),
        anchor,
        size,
        room: 2.75,
        role,
        is_bold: true,
    })
}

/// An angle in whole degrees.
fn degrees(angle: f64) -> String {
    format!("{}°", format_value(angle.round() % 360.0, 3))
}

/// What stands beside the dial, a line each.
fn beside(numbers: &Numbers) -> Vec<String> {
    let Numbers {
        places,
        turns,
        score,
        ..
    } = numbers;
    let of = |name: &str, idx: usize| match turns {
        Some(turns) => format!(
            "{name} at {}: turned {}",
            signed(places[idx]),
            degrees(turns[idx])
        ),
        None => format!("{name} at {}: not turned", signed(places[idx])),
    };
    let apart = |vectors| format!("{} apart", degrees(between(vectors).abs()));
    let mut lines = vec![of("q", 0), of("k", 1)];
    if turns.is_some() {
        lines.push(format!("unturned {}", apart(&numbers.features)));
        lines.push(format!("turned {}", apart(&numbers.turned)));
    } else {
        lines.push(apart(&numbers.turned));
    }
    if let Some(score) = score {
        lines.push(format!(
            "score of all pairs: {}",
            format_value((*score).into(), 4)
        ));
    }
    lines
}

/// What it shows and what to notice.
fn words(numbers: &Numbers) -> String {
    let Numbers { scheme, pair, .. } = numbers;
    let angle = degrees(between(&numbers.turned).abs());
    match scheme {
        Encoding::Rope => format!(
            "[pair|Pair] {} of one query and one key. Each arrow turns with its own position; *the angle between them stays {angle}*. So the score stays, too: only the [offset|offset] counts.",
            format_count(*pair as u64)
        ),
        Encoding::Alibi | Encoding::T5 => format!(
            "With this scheme *the two arrows stand still at every position*, {angle} apart. What it adds to the score is shown below."
        ),
        _ => format!(
            "*The two arrows stand still at every position*, {angle} apart. RoPE would turn them."
        ),
    }
}

/// What the step to the present position did.
#[allow(clippy::cast_possible_wrap, reason = "at most 16 million")]
pub fn step_text(state: &EncodeState) -> String {
    let (query, offset) = (state.position() as i64, state.offset as i64);
    let places = format!(
        "Query at {}, key at {}",
        signed(query),
        signed(query - offset)
    );
    match state.scheme {
        Encoding::Rope => {
            format!("{places}: both turned on by the same angle, and the one between them stayed.")
        }
        _ => format!("{places}: nothing turns, whatever the position."),
    }
}

const TURNED: &str = "
pair, query, key = {pair}, {first}, {second}
q_turned = rotated(q, {array}([query]{double}))
k_turned = rotated(k, {array}([key]{double}))
turned = {concatenate}([q_turned, k_turned])
features = [turned[:, pair], turned[:, d_model // 2 + pair]]
result = {lib}.stack(features){single}  # (first and second, query and key)
";

const STILL: &str = "\
# One pair of one query and one key: nothing turns them
d_model, seed = {d_model}, {seed}
q, k = ({array}(normal(seed, 3 << 56 | idx, d_model){double}){single} for idx in range(2))
result = {lib}.stack([{lib}.stack([q[i], k[i]]) for i in ({a}, {b})])  # (first and second, query and key)
";

/// The pair of query and key, turned: (features, query and key).
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let kept = &mut scene.attention;
    move_along(kept, state);
    let Numbers { pair, places, .. } = numbers(kept, state);
    let [a, b] = features_of(pair, state.d_model, state.pairing).map(|it| it.to_string());
    let [first, second] = places.map(|place| place.to_string());
    let templates: &[&str] = match state.scheme {
        Encoding::Rope => &[START, ROPE, TURNED],
        _ => &[START, STILL],
    };
    let more: &[(&str, &str)] = &[
        ("pair", &pair.to_string()),
        ("first", &first),
        ("second", &second),
        ("a", &a),
        ("b", &b),
    ];
    Code::for_both(|library| python::write(state, library, templates, more))
}

/// The position of the query.
fn here(state: &EncodeState) -> Cell {
    Cell {
        x: Some(state.position()),
        ..Cell::default()
    }
}

fn tip(scene: &mut EncodeScene, state: &EncodeState, _: Cell) -> String {
    let kept = &mut scene.attention;
    move_along(kept, state);
    let numbers = numbers(kept, state);
    let pair = |name: &str, [first, second]: [f32; 2]| {
        format!(
            "{name} ({}, {})",
            format_value(first.into(), 3),
            format_value(second.into(), 3)
        )
    };
    let [query, key] = numbers.features;
    let lines = [pair("q", query), pair("k", key)]
        .into_iter()
        .chain(beside(&numbers));
    lines.collect::<Vec<_>>().join(" · ")
}
