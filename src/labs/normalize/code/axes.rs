//! The code about axes: how many groups there are, all norms side by side, one change.

use maths::inputs::Distribution;
use maths::normalize::BatchMode;

use super::super::scene::NormalizeScene;
use super::super::state::{NORMS, NormName, NormalizeState};
use super::{Form, Input, Part, imports, norm_text, padding_text, settings_of};
use crate::labs::code::{Code, Library, fill};
use crate::settings::number_text;

const COUNTS: &str = "\
import {module}

batch, seq_len, d_model, groups = {batch}, {seq_len}, {d_model}, {groups}
# Pairs of mean and variance, and how many values each is of: layer, rms, batch, instance, group, dyt, none.
pairs = [batch * seq_len, batch * seq_len, d_model, batch * d_model, batch * groups, 0, 0]
values_each = [d_model, d_model, batch * seq_len, seq_len, seq_len * d_model // groups, 0, 0]
result = {array}([pairs, values_each], dtype={lib}.float32)
";

/// Pairs of mean and variance, and how many values each is of, (2, norms).
pub fn block(_: &mut NormalizeScene, state: &NormalizeState) -> Code {
    Code::for_both(|library| {
        fill(
            COUNTS,
            &[
                ("module", library.pick("numpy as np", "torch")),
                ("lib", library.name()),
                ("array", library.pick("np.array", "torch.tensor")),
                ("batch", &number_text(state.batch)),
                ("seq_len", &number_text(state.seq_len)),
                ("d_model", &number_text(state.d_model)),
                ("groups", &number_text(state.n_groups())),
            ],
        )
    })
}

/// x and each norm's output of the sample that is read, (7, seq_len, d_model).
pub fn norms(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let sample = number_text(state.row() / state.seq_len);
    every_norm(scene, state, |library| {
        fill(
            "result = {lib}.stack([x, *norms(x)])[:, {sample}]\n",
            &[("lib", library.name()), ("sample", &sample)],
        )
    })
}

const NUMPY_CHANGE: &str = "\
before, after = np.stack(norms(x)), np.stack(norms(changed))
stays = np.isnan(before) & np.isnan(after)  # 0 / 0 before and after
change = np.where(stays, np.float32(0), np.abs(after - before))
result = change.max(axis=-1).reshape(6, -1)
";
const PYTORCH_CHANGE: &str = "\
before, after = torch.stack(norms(x)), torch.stack(norms(changed))
stays = before.isnan() & after.isnan()  # 0 / 0 before and after
change = torch.where(stays, torch.zeros_like(after), (after - before).abs())
result = change.amax(-1).reshape(6, -1)
";

/// The largest change of each token's outputs, by norm, (6, batch * seq_len).
pub fn change(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let row_idx = state.row();
    let place = format!("{}, {}", row_idx / state.seq_len, row_idx % state.seq_len);
    every_norm(scene, state, |library| {
        let mut text = library
            .pick("changed = x.copy()\n", "changed = x.clone()\n")
            .to_owned();
        let nudge = number_text(state.nudge);
        let lines = if state.is_padding(row_idx) {
            "# Token [{place}] is padding, which nobody reads: nothing is added.\n"
        } else if state.nudges_one {
            "changed[{place}, {feature}] += {nudge}\n"
        } else {
            "changed[{place}, 0::2] += {nudge}\nchanged[{place}, 1::2] -= {nudge}\n"
        };
        text.push_str(&fill(
            lines,
            &[
                ("place", &place),
                ("feature", &number_text(state.column())),
                ("nudge", &nudge),
            ],
        ));
        text.push_str(library.pick(NUMPY_CHANGE, PYTORCH_CHANGE));
        text
    })
}

/// x, a function of x that gives the outputs of all norms, and `end`.
fn every_norm(
    scene: &mut NormalizeScene,
    state: &NormalizeState,
    end: impl Fn(Library) -> String,
) -> Code {
    let input = Input::new(scene, state, Part::All);
    // Given values may be equal throughout a group; functions that multiply out leave a remainder of their size.
    let form = if state.input == Distribution::Custom {
        Form::Steps
    } else {
        Form::Short
    };
    Code::for_both(|library| {
        let mut function = String::from("def norms(x):\n");
        let mut names = Vec::new();
        for name in NormName::COMPARED {
            let one = NormalizeState {
                norm: name,
                mode: BatchMode::Train,
                ..state.clone()
            };
            let word = NORMS.get(name as usize).map_or("", |norm| norm.slug);
            names.push(word);
            let lines = norm_text(scene, &one, library, form);
            for line in lines.lines() {
                function.push_str("    ");
                function.push_str(line);
                function.push('\n');
            }
            function.push_str("    ");
            function.push_str(word);
            function.push_str(" = output\n");
        }
        function.push_str("    return [");
        function.push_str(&names.join(", "));
        function.push_str("]\n");
        let mut text = imports(&input, library, &function);
        text.push_str("\n# Every norm of the same x; sources and axes: Wu & He 2018, figure 2, but LayerNorm as in transformers.\n");
        text.push_str(&settings_of(state, library, &NormName::COMPARED));
        text.push_str(&input.text(state, library));
        text.push_str(&padding_text(state, library));
        text.push_str("\n\n");
        text.push_str(&function);
        text.push_str("\n\n");
        text.push_str(&end(library));
        text
    })
}
