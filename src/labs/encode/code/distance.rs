//! The figures on distance in NumPy and PyTorch.

use maths::encode::Layout;
use maths::similarity::Measure;

use super::super::scene::EncodeScene;
use super::super::scene::distance::{map_rows, nearest_stride, shift_rows};
use super::super::scene::table::rows_of;
use super::super::state::EncodeState;
use super::double;
use super::table::rows;
use crate::labs::code::{Code, Library, fill};

const PREPARED: &str = "
x = table.{double}
";

const NORMALIZED: &str = "\
norm = {lib}.sqrt((x * x).sum(1))[:, None]
x = x / norm
";

const MAP: &str = "\
result = (x @ x.T).{float}
";

/// Rows without numbers have no part in a mean, and a mean of fewer than half of its pairs is none.
const MEANS: &str = "\
# Each value is the mean of a block of pairs: the product of mean rows, each over its part of the positions.
n = {n}
edge = {lib}.arange(n + 1{arange}) * len(x) / n
here = {lib}.arange(len(x){arange})
part = {lib}.clip({lib}.minimum(edge[1:, None], here + 1) - {lib}.maximum(edge[:-1, None], here), 0, 1)
part = part * {lib}.isfinite(x).all(1)
weight = part.sum(1)[:, None]
mean = part @ {lib}.nan_to_num(x) / weight
result = mean @ mean.T
share = weight * n / len(x)
result[share * share.T < 0.5] = {lib}.nan
result = result.{float}
";

const OFFSETS: &str = "\
similarity = x @ x.T
by_offset = [{lib}.diagonal(similarity, k) for k in range(len(x))]
by_offset = [products[{lib}.isfinite(products)] for products in by_offset]
nothing = {nothing}
by_offset = [products if len(products) else nothing for products in by_offset]
result = {stack}
";

const SHIFT: &str = "
# M_k turns each pair by k * omega: [[cos, sin], [-sin, cos]] on (sin, cos).
k = {k}
cos, sin = {lib}.cos(k * omega), {lib}.sin(k * omega)
x = table[:{n_rows}].{double}
result = {lib}.empty_like(x)
result[:, {sines}] = cos * x[:, {sines}] + sin * x[:, {cosines}]
result[:, {cosines}] = -sin * x[:, {sines}] + cos * x[:, {cosines}]
result = result.{float}
";

const UNIQUE_WAVES: &str = "
# The distance depends on the offset alone: 2 sqrt(sum of sin(k omega / 2) ** 2).
offset = {lib}.arange(1, seq_len{arange})[:, None]
by_offset = 2 * {lib}.sqrt(({lib}.sin(offset * omega / 2) ** 2).sum(1))
# The nearest of the offsets that fit into the table on either side.
distance = {lib}.full((seq_len,), {lib}.nan{arange})
for row in range(seq_len if seq_len > 1 else 0):
    distance[row] = by_offset[: max(row, seq_len - 1 - row)].min()
";

const UNIQUE_ROWS: &str = "
# Each row against all others
x = table.{double}
distance = {lib}.full((len(x),), {lib}.nan{arange})
for row in range(0, len(x), {stride}):
    away = {lib}.sqrt(((x - x[row]) ** 2).sum(1))
    away[row] = {lib}.inf
    away[{lib}.isnan(away)] = {lib}.inf
    if {lib}.isfinite(away.min()):
        distance[row] = away.min()
";

/// Position against position, (rows, rows).
pub fn similarity(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let n_rows = map_rows(state);
    prepared(scene, state, |library| {
        if n_rows == state.seq_len {
            filled(MAP, library, &[])
        } else {
            filled(MEANS, library, &[("n", &n_rows.to_string())])
        }
    })
}

/// Mean, smallest and largest by offset, (3, seq_len).
pub fn offsets(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    prepared(scene, state, |library| {
        let nothing = library.pick("np.array([np.nan])", "torch.tensor([torch.nan])");
        let stack = library.pick(
            "np.array([[f(p) for p in by_offset] for f in (np.mean, np.min, np.max)], dtype=np.float32)",
            "torch.tensor([[f(p) for p in by_offset] for f in (torch.mean, torch.min, torch.max)]).float()",
        );
        filled(OFFSETS, library, &[("nothing", nothing), ("stack", stack)])
    })
}

/// The table, its rows normalized where the cosine is asked for, and what follows.
fn prepared(
    scene: &mut EncodeScene,
    state: &EncodeState,
    then: impl Fn(Library) -> String,
) -> Code {
    let values = rows_of(scene, state);
    Code::for_both(|library| {
        let mut text = rows(state, values, library, "table");
        text.push_str(&filled(PREPARED, library, &[]));
        if state.measure == Measure::Cosine {
            text.push_str(&filled(NORMALIZED, library, &[]));
        }
        text.push_str(&then(library));
        text
    })
}

/// `M_k PE(p)`, (positions, d_model); where there is no `M_k`, the table as it is.
pub fn shift(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let values = rows_of(scene, state);
    let has_waves = state.scheme.has_waves();
    let [sines, cosines] = match state.pairing() {
        Layout::Interleaved => ["0::2", "1::2"],
        Layout::Concatenated => [": d_model // 2", "d_model // 2 :"],
    };
    let n_rows = shift_rows(state);
    Code::for_both(|library| {
        let name = if has_waves { "table" } else { "result" };
        let mut text = rows(state, values, library, name);
        if has_waves {
            text.push_str(&filled(
                SHIFT,
                library,
                &[
                    ("k", &state.offset.to_string()),
                    ("n_rows", &n_rows.to_string()),
                    ("sines", sines),
                    ("cosines", cosines),
                ],
            ));
        }
        text
    })
}

/// Positions, and how far away the nearest other one is, (2, seq_len).
pub fn unique(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let stride = nearest_stride(state);
    let values = rows_of(scene, state);
    Code::for_both(|library| {
        let mut text = rows(state, values, library, "table");
        let template = if state.scheme.has_waves() {
            UNIQUE_WAVES
        } else {
            UNIQUE_ROWS
        };
        text.push_str(&filled(
            template,
            library,
            &[("stride", &stride.to_string())],
        ));
        let (start, end) = (state.start, state.length());
        text.push_str(&match library {
            Library::NumPy => format!(
                "result = np.stack([np.arange({start}, {end}), distance]).astype(np.float32)\n"
            ),
            Library::PyTorch => {
                format!("result = torch.stack([torch.arange({start}, {end}), distance]).float()\n")
            }
        });
        text
    })
}

fn filled(template: &str, library: Library, more: &[(&str, &str)]) -> String {
    let both = [
        ("lib", library.name()),
        ("arange", double(library)),
        ("double", library.pick("astype(np.float64)", "double()")),
        ("float", library.pick("astype(np.float32)", "float()")),
    ];
    fill(template, &[&both, more].concat())
}
