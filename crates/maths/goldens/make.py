#!/usr/bin/env python3
"""Makes the goldens that the tests of crates/maths compare with, by NumPy and PyTorch alone.

    python3 crates/maths/goldens/make.py

Needs NumPy and PyTorch (made with 1.24.2 and 1.13). Nothing here knows the Rust code: formulas are
written anew from their sources, in long double or double. Running it again gives the same files.

A golden file holds cases, separated by blank lines; a line is a key and its values, separated by
spaces. Floats are the shortest text that reads back to the same double (or, for inputs, the same
single), or ten digits where nothing more exact than a single is compared with them.
"""

import io
import json
from pathlib import Path
from statistics import NormalDist

import numpy as np
import torch

HERE = Path(__file__).parent


def text(values):
    """Numbers of any kind and shape, flattened in C order."""
    flat = np.asarray(values).reshape(-1)
    # str of a NumPy scalar is the shortest text that reads back to the same number of its own type.
    return " ".join(str(v) for v in flat)


def write(name, about, cases):
    blocks = ["\n".join(f"{key} {value if isinstance(value, str) else text(value)}".strip() for key, value in case.items())
              for case in cases]
    head = f"# {about}\n# Made by make.py; do not edit.\n\n"
    (HERE / name).write_text(head + "\n\n".join(blocks) + "\n")


# --- encode: Vaswani et al. 2017, section 3.5 ---

def encoding(layout, seq_len, d_model, base, start):
    # Angles in long double, so that rounding in them is no part of what is compared.
    position = np.arange(start, start + seq_len, dtype=np.longdouble)[:, None]
    pair = np.arange((d_model + 1) // 2, dtype=np.longdouble)[None, :]
    angle = position * np.longdouble(base) ** (-2 * pair / d_model)
    sin, cos = np.sin(angle), np.cos(angle)
    # Of an odd d_model the last cosine has no column.
    if layout == "interleaved":
        table = np.stack([sin, cos], axis=-1).reshape(seq_len, -1)[:, :d_model]
    else:
        table = np.concatenate([sin, cos[:, : d_model // 2]], axis=1)
    return table.astype(np.float64)


ENCODE = [
    ("interleaved", 5, 6, 10000, 0),
    ("concatenated", 5, 6, 10000, 0),
    ("interleaved", 3, 16, 100, 0),
    ("concatenated", 3, 16, 100, 7),
    ("interleaved", 7, 2, 10000, 708),
    ("concatenated", 7, 2, 2, 0),
    # Over the edge of a block of 64 rows, of 4096 rows, and far out.
    ("interleaved", 9, 4, 10000, 60),
    ("concatenated", 9, 4, 1000000, 60),
    ("interleaved", 11, 6, 10000, 4090),
    ("concatenated", 11, 6, 10000, 4090),
    ("interleaved", 3, 34, 10000, 999999),
    ("concatenated", 3, 34, 10000, 1000000),
    ("interleaved", 4, 10, 2, 1000000),
    # The last sine stands alone.
    ("interleaved", 4, 7, 10000, 63),
    ("concatenated", 4, 7, 10000, 63),
    ("interleaved", 3, 1, 10000, 354),
    ("concatenated", 3, 3, 100, 0),
]

write("encode.txt", "Sinusoidal tables, angles in long double", [
    {
        "layout": layout,
        "seq_len": [seq_len],
        "d_model": [d_model],
        "base": [base],
        "start": [start],
        "values": encoding(layout, seq_len, d_model, base, start),
    }
    for layout, seq_len, d_model, base, start in ENCODE
])

# --- scaling: Chen et al. 2023, bloc97 2023, Peng et al. 2023 ---


def scaled(method, d_model, base, factor, trained_len):
    d, b, s = np.longdouble(d_model), np.longdouble(base), np.longdouble(factor)
    pair = np.arange((d_model + 1) // 2, dtype=np.longdouble)
    theta = b ** (-2 * pair / d)
    if method == "interpolation":
        theta = theta / s
    if method == "ntk":
        theta = (b * s ** (d / (d - 2))) ** (-2 * pair / d)
    if method == "yarn":
        wavelength = 2 * np.longdouble("3.14159265358979323846264338328") / theta
        r = trained_len / wavelength
        gamma = np.where(r < 1, 0, np.where(r > 32, 1, (r - 1) / (32 - 1)))
        theta = (1 - gamma) * theta / s + gamma * theta
    mscale = 0.1 * np.log(s) + 1 if method == "yarn" else np.longdouble(1)
    return {
        "method": method,
        "d_model": [d_model],
        "base": [base],
        "factor": [factor],
        "trained_len": [trained_len],
        "frequencies": theta.astype(np.float64),
        "score_factor": [np.float64(mscale**2)],
    }


write("scaling.txt", "Scaled frequencies, in long double", [
    scaled(method, *setting)
    for method in ("none", "interpolation", "ntk", "yarn")
    for setting in [(128, 10000, 4, 4096), (128, 10000, 32, 4096), (32, 10000, 2, 128), (6, 500, 1.5, 77), (9, 10000, 8, 512)]
])

# --- mistakes: the lines as they were found ---


def mistake(name, right, wrong, **extra):
    seq_len, d_model = np.shape(right)
    return {"mistake": name, "seq_len": [seq_len], "d_model": [d_model], **extra, "right": right, "wrong": wrong}


def doubled_exponent(seq_len, d_model):
    # SamLynnEvans/Transformer, issue 25.
    pe = np.zeros((seq_len, d_model))
    for pos in range(seq_len):
        for i in range(0, d_model, 2):
            pe[pos, i] = np.sin(pos / (10000 ** ((2 * i) / d_model)))
            pe[pos, i + 1] = np.cos(pos / (10000 ** ((2 * (i + 1)) / d_model)))
    return pe


def f32_angles(layout, seq_len, d_model, base, start):
    single = np.float32
    position = np.arange(start, start + seq_len).astype(single)[:, None]
    exponent = np.arange(0, d_model, 2).astype(single) * single(-np.log(float(base)) / d_model)
    # Libraries round the exponential differently in the last bit: here it is rounded once.
    div_term = np.exp(exponent.astype(np.float64)).astype(single)
    angle = (position * div_term).astype(np.float64)
    sin, cos = np.sin(angle), np.cos(angle)
    if layout == "interleaved":
        return np.stack([sin, cos], axis=-1).reshape(seq_len, -1)[:, :d_model]
    return np.concatenate([sin, cos[:, : d_model // 2]], axis=1)


def swapped(seq_len, d_model):
    pe = encoding("interleaved", seq_len, d_model, 10000, 0)
    out = np.empty_like(pe)
    out[:, 0::2], out[:, 1::2] = pe[:, 1::2], pe[:, 0::2]
    return out


PAPER = encoding("interleaved", 14, 6, 10000, 0)
FAR = [("interleaved", 3, 12, 10000, 1000000), ("concatenated", 3, 7, 10000, 999999)]
write("mistakes.txt", "Tables as bugs make them, by the code that made them", [
    mistake("doubled_exponent", PAPER, doubled_exponent(14, 6), layout="interleaved", start=[0]),
    mistake("wrong_base", PAPER, encoding("interleaved", 14, 6, 1000, 0), layout="interleaved", start=[0]),
    mistake("swapped_waves", PAPER, swapped(14, 6), layout="interleaved", start=[0]),
    # (batch, seq_len, d_model) + pe[: x.size(0)], of shape (batch, 1, d_model): sample 3.
    mistake("one_row_per_sample", PAPER, (np.zeros((5, 14, 6)) + PAPER[:5, None, :])[3], layout="interleaved", start=[0]),
    mistake("encoded_padding", PAPER * (np.arange(14) < 9)[:, None], PAPER, layout="interleaved", start=[0]),
] + [
    mistake("f32_angles", encoding(*far), f32_angles(*far), layout=far[0], start=[far[4]])
    for far in FAR
])

# --- normalize: torch.nn.functional.layer_norm ---

rng = np.random.default_rng(20170612)


def normalization(name, x, eps, gamma=None, beta=None):
    x = np.asarray(x, dtype=np.float32)
    n_rows, n_features = x.shape
    gamma = np.asarray(np.ones(n_features) if gamma is None else gamma, dtype=np.float32)
    beta = np.asarray(np.zeros(n_features) if beta is None else beta, dtype=np.float32)

    def norm(dtype, *affine):
        tensors = [torch.tensor(a, dtype=dtype) for a in (x, *affine)]
        return torch.nn.functional.layer_norm(tensors[0], (n_features,), *tensors[1:], eps=eps).numpy()

    wide = x.astype(np.float64)
    return {
        "name": name,
        "shape": x.shape,
        "eps": [eps],
        "x": x,
        "gamma": gamma,
        "beta": beta,
        "mean": wide.mean(axis=1),
        "variance": wide.var(axis=1),
        "normalized": norm(torch.float64),
        "output": norm(torch.float64, gamma, beta),
        "output_f32": norm(torch.float32, gamma, beta),
    }


def normal(n_rows, n_features, mean=0.0, std=1.0):
    return rng.normal(mean, std, (n_rows, n_features))


write("normalize.txt", "LayerNorm by PyTorch, in double and (output_f32) in single precision", [
    normalization("four_numbers", [[1, 2, 3, 4]], 0.0),
    normalization("plain", normal(3, 7), 1e-5),
    normalization("gamma_and_beta", normal(4, 11), 1e-5, normal(1, 11)[0], normal(1, 11)[0]),
    normalization("large_mean", normal(3, 13, 1e4, 1.0), 1e-5),
    normalization("tiny_variance", normal(3, 10, 0.0, 1e-4), 1e-5),
    normalization("tiny_variance_bert_eps", normal(3, 10, 0.0, 1e-4), 1e-12),
    normalization("large_eps", normal(2, 9), 1.0),
    normalization("constant_rows", np.full((2, 5), 3.7), 1e-5, [1, -2, 3, 0, 4], [0, 1, -1, 0.5, 4]),
    normalization("two_features", normal(3, 2), 1e-12),
    normalization("one_feature", normal(3, 1), 1e-5, [2.0], [0.25]),
    normalization("outlier", np.where(np.arange(19) == 5, 20.0, normal(5, 19)), 1e-5),
    normalization("longer_than_the_lanes", normal(2, 37, -3.0, 5.0), 1e-6, normal(1, 37)[0], normal(1, 37)[0]),
])

# --- norms: every norm of the page forward and, by autograd, backward ---


def digits(values):
    """Ten significant digits: more than single precision can be compared with."""
    return " ".join(f"{v:.10g}" for v in np.asarray(values, dtype=np.float64).reshape(-1))


def moments_over(x, axes, real, unbiased=False):
    """Mean and variance over axes of the cells that are real, by their definition."""
    # At least one, so that nothing but padding is no 0/0.
    n = real.sum(axes, keepdim=True).clamp(min=1)
    mean = (x * real).sum(axes, keepdim=True) / n
    squares = (((x - mean) * real) ** 2).sum(axes, keepdim=True)
    return mean, squares / (n - 1 if unbiased else n)


def by_formula(norm, x, real, eps, unbiased=False, eps_outside=False, n_groups=1, alpha=0.5):
    """x-hat of each norm from its formula, for what PyTorch has no module for."""
    n_samples, seq_len, n_features = x.shape
    if norm == "none":
        return x
    if norm == "dyt":
        return torch.tanh(alpha * x)
    if norm == "rms":
        variance = (x**2).mean(-1, keepdim=True)
        root = variance.sqrt() + eps if eps_outside else (variance + eps).sqrt()
        return x / root
    split = (n_samples, seq_len, n_groups, n_features // n_groups)
    shape, axes = {
        "layer": (x.shape, (2,)),
        "batch": (x.shape, (0, 1)),
        "instance": (x.shape, (1,)),
        "group": (split, (1, 3)),
    }[norm]
    real = real.expand(x.shape).reshape(shape)
    mean, variance = moments_over(x.reshape(shape), axes, real, unbiased)
    root = variance.sqrt() + eps if eps_outside else (variance + eps).sqrt()
    return ((x.reshape(shape) - mean) / root * real).reshape(x.shape)


def by_module(norm, x, eps, gamma, beta, n_groups, running):
    """y of PyTorch's own modules, which want (B, C, T) where the norm is not over the features."""
    functional = torch.nn.functional
    turned = x.transpose(1, 2)
    if norm == "layer":
        return functional.layer_norm(x, (x.shape[2],), gamma, beta, eps)
    if norm == "group":
        return functional.group_norm(turned, n_groups, gamma, beta, eps).transpose(1, 2)
    if norm == "instance":
        return functional.instance_norm(turned, weight=gamma, bias=beta, eps=eps).transpose(1, 2)
    mean, variance = running
    training = norm == "batch"
    return functional.batch_norm(turned, mean, variance, gamma, beta, training, 0.1, eps).transpose(1, 2)


MODULES = ("layer", "batch", "batch_eval", "instance", "group")


def drawn(*shape, mean=0.0, std=1.0):
    """Normal numbers of three digits, so that the file stays short."""
    return mean + std * np.round(norms_rng.normal(0, 1, shape), 3)


def norm_case(name, norm, x, eps=1e-5, affine=True, lens=None, counted=False, **options):
    x = np.asarray(x, dtype=np.float32)
    shape = x.shape
    lens_given = lens is not None
    lens = np.full(shape[0], shape[1]) if lens is None else np.asarray(lens)
    is_real = np.arange(shape[1])[None, :] < lens[:, None]
    gamma = drawn(shape[2], mean=1, std=0.5) if affine else np.ones(shape[2])
    beta = drawn(shape[2], std=0.5) if affine else np.zeros(shape[2])
    dy = drawn(*shape).astype(np.float32)
    gamma, beta = gamma.astype(np.float32), beta.astype(np.float32)
    running = [drawn(shape[2]), drawn(shape[2]) ** 2 + 0.5]

    # Padding is zero; left out, it has no output either.
    tx = torch.tensor(np.where(is_real[:, :, None], x, 0), dtype=torch.float64, requires_grad=True)
    tgamma, tbeta = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (gamma, beta))
    after = [torch.tensor(a) for a in running]
    real = torch.tensor(is_real[:, :, None] | counted, dtype=torch.float64)
    if norm in MODULES and not options.get("unbiased") and not options.get("eps_outside") and (counted or not lens_given):
        y = by_module(norm, tx, eps, tgamma, tbeta, options.get("n_groups", 1), after)
    else:
        y = by_formula(norm, tx, real, eps, **options) * tgamma
        y = y if norm == "rms" else y + tbeta
        y = y * real
    # Beside y + 0 * beta rms has a gradient for beta too: zero.
    (y * torch.tensor(dy, dtype=torch.float64)).sum().backward()
    case = {
        "name": name,
        "norm": norm,
        "shape": shape,
        "eps": [eps],
        "n_groups": [options.get("n_groups", 1)],
        "alpha": [options.get("alpha", 0.5)],
        "unbiased": [int(options.get("unbiased", False))],
        "eps_outside": [int(options.get("eps_outside", False))],
        "lens": lens if lens_given else [],
        "counted": [int(counted)],
        "x": x,
        "gamma": gamma,
        "beta": beta,
        "dy": dy,
        "running_mean": digits(running[0]),
        "running_variance": digits(running[1]),
        "output": digits(y.detach()),
        "dx": digits(tx.grad),
        "dgamma": digits(tgamma.grad),
        "dbeta": digits(tbeta.grad) if norm != "rms" else "",
    }
    if norm == "batch" and not lens_given and not options:
        case["running_mean_after"] = digits(after[0])
        case["running_variance_after"] = digits(after[1])
    return case


norms_rng = np.random.default_rng(20160721)
norms = []
for norm, options in [
    ("layer", {}),
    ("rms", {}),
    ("batch", {}),
    ("batch_eval", {}),
    ("instance", {}),
    ("group", {"n_groups": 2}),
    ("dyt", {"alpha": 0.7}),
    ("none", {}),
]:
    norms += [
        norm_case("plain", norm, drawn(2, 3, 8), **options),
        norm_case("large_mean", norm, drawn(2, 3, 8, mean=1e4), **options),
        norm_case("tiny_variance", norm, drawn(2, 3, 8, std=1e-4), 1e-12, affine=False, **options),
        norm_case("two_features", norm, drawn(1, 5, 2), **options),
        norm_case("one_feature", norm, drawn(3, 2, 1), **(options if norm != "group" else {})),
    ]
norms += [norm_case("unbiased", norm, drawn(2, 3, 8), unbiased=True, **options)
          for norm, options in [("layer", {}), ("batch", {}), ("instance", {}), ("group", {"n_groups": 4})]]
norms += [norm_case("eps_outside", norm, drawn(2, 3, 8), 0.1, eps_outside=True, **options)
          for norm, options in [("layer", {}), ("rms", {}), ("batch", {}), ("group", {"n_groups": 2})]]
norms += [norm_case("both", "layer", drawn(2, 3, 8), 1e-6, eps_outside=True, unbiased=True)]
norms += [norm_case("padding", norm, drawn(3, 4, 6), lens=[2, 4, 1] if norm != "instance" else [2, 4, 3], counted=counted, **options)
          for norm, options in [("layer", {}), ("rms", {}), ("batch", {}), ("instance", {}), ("group", {"n_groups": 3})]
          for counted in (False, True)]
write("norms.txt", "Every norm forward by PyTorch's modules, or by formula where there is none, and backward by autograd", norms)

# --- jacobian: of one token, by autograd, with its singular values ---


def jacobian_case(norm, x, gamma=None, eps=1e-5, unbiased=False, eps_outside=False):
    x = np.asarray(x, dtype=np.float32)
    gamma = np.asarray(np.ones(x.size) if gamma is None else gamma, dtype=np.float32)
    real = torch.ones((1, 1, 1), dtype=torch.float64)

    def forward(row):
        y = by_formula(norm, row.reshape(1, 1, -1), real, eps, unbiased, eps_outside)
        return y.reshape(-1) * torch.tensor(gamma, dtype=torch.float64)

    jacobian = torch.autograd.functional.jacobian(forward, torch.tensor(x, dtype=torch.float64))
    return {
        "norm": norm,
        "eps": [eps],
        "unbiased": [int(unbiased)],
        "eps_outside": [int(eps_outside)],
        "x": x,
        "gamma": gamma,
        "jacobian": digits(jacobian),
        "singular_values": [f"{v:.15g}" for v in torch.linalg.svdvals(jacobian).tolist()],
    }


write("jacobian.txt", "Jacobians of one token by PyTorch's autograd, and their singular values by LAPACK", [
    jacobian_case("layer", [1, 2, 3, 4], eps=0.0),
    jacobian_case("rms", [1, 2, 3, 4], eps=0.0),
    jacobian_case("layer", drawn(7, mean=3)),
    jacobian_case("layer", drawn(7, mean=1e4), drawn(7)),
    jacobian_case("layer", drawn(8), drawn(8), eps=0.3),
    jacobian_case("rms", drawn(8, mean=1), drawn(8), eps=0.3),
    jacobian_case("layer", drawn(6), drawn(6), eps=0.2, unbiased=True),
    jacobian_case("layer", drawn(6), drawn(6), eps=0.2, eps_outside=True),
    jacobian_case("rms", drawn(6), drawn(6), eps=0.2, eps_outside=True),
    jacobian_case("layer", drawn(6), [2, 2, -1, -1, 0, 0], eps=0.01),
    jacobian_case("rms", drawn(6), [2, 2, -1, -1, 0, 0], eps=0.01),
    jacobian_case("layer", drawn(2), drawn(2), eps=0.5),
    jacobian_case("layer", drawn(1), drawn(1), eps=0.5),
    jacobian_case("rms", drawn(1), drawn(1), eps=0.5),
    jacobian_case("layer", [3, 3, 3, 3, 3], drawn(5), eps=0.5),
])

# --- geometry: principal axes by numpy.linalg.eigh ---


def axes_case(name, x):
    x = np.asarray(x, dtype=np.float32)
    wide = x.astype(np.float64)

    def principal(rows, n):
        centred = rows - rows.mean(axis=0)
        vectors = np.linalg.eigh(centred.T @ centred)[1][:, ::-1].T[:n]
        return np.array([v * np.sign(v[np.argmax(np.abs(v))]) for v in vectors])

    return {
        "name": name,
        "n_rows": [x.shape[0]],
        "n_features": [x.shape[1]],
        "x": x,
        "principal": digits(principal(wide, 3)),
        # Within the plane of zero mean.
        "in_plane": digits(principal(wide - wide.mean(axis=1, keepdims=True), 2)),
    }


write("geometry.txt", "Principal axes by NumPy", [
    axes_case("spread", drawn(12, 6) * [3, 0.3, 1, 0.1, 2, 0.5]),
    axes_case("far_away", drawn(9, 5) * [3, 2, 1, 0.5, 0.2] + 1e3),
    axes_case("fewer_rows", drawn(5, 11) * np.linspace(0.2, 2, 11) ** 3),
])

# --- half: numpy.float16 ---

half_rng = np.random.default_rng(1)
halves = np.concatenate([
    half_rng.normal(0, 1, 40) * 10.0 ** half_rng.integers(-9, 6, 40),
    # Ties, the ends of the subnormal and the normal range, and epsilons in use.
    [1 + 2.0**-11, 1 + 3 * 2.0**-11, 2.0**-25, 2.0**-25 * 1.0001, 3 * 2.0**-25, 2.0**-24, 2.0**-14, 2.0**-14 - 2.0**-26],
    [65504, 65519.99, 65520, -65520, 1e300, -0.0, 1e-5, 1e-6, 1e-8, 1e-12, -1e-5, 5e-324],
])
with np.errstate(over="ignore"):
    rounded = halves.astype(np.float16)
write("half.txt", "Doubles rounded to half precision by NumPy, and their bits", [{
    "n": [halves.size],
    "x": halves,
    "rounded": rounded.astype(np.float64),
    "bits": rounded.view(np.uint16),
}])

# --- import: files by numpy.save, text by NumPy's and PyTorch's printing ---

import_rng = np.random.default_rng(5)


def saved(name, array, version=None):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version, allow_pickle=False)
    return {
        "name": name,
        "npy": buffer.getvalue().hex(),
        "shape": array.shape,
        "values": np.asarray(array, dtype=np.float32),
    }


def printed(name, array, text):
    return {
        "name": name,
        # A line of the golden is one line: line ends are written as in JSON.
        "text": json.dumps(text),
        "shape": array.shape,
        "values": np.asarray(array, dtype=np.float32),
    }


def saved_text(array, **options):
    buffer = io.StringIO()
    np.savetxt(buffer, array, **options)
    return buffer.getvalue()


block = import_rng.normal(0, 100, (2, 3, 4))
table = import_rng.normal(0, 1, (5, 3)).round(3)
special = np.array([[0.0, -0.0, 1e-7], [np.nan, np.inf, -np.inf]])
write("import.txt", "Arrays as NumPy saves them (in hexadecimal), and as NumPy and PyTorch print them", [
    saved(dtype, block.astype(dtype))
    for dtype in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "<i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8")
] + [
    saved(dtype, np.abs(block).astype(dtype)) for dtype in ("|u1", "<u2", ">u2", "<u4", "<u8", ">u8")
] + [
    saved("bool", block > 0),
    saved("fortran", np.asfortranarray(block.astype("<f4"))),
    saved("fortran_table", np.asfortranarray(table)),
    saved("one_dimension", table[:, 0]),
    saved("special", special),
    saved("version_2", table, (2, 0)),
    saved("version_3", table, (3, 0)),
    printed("str", table, str(table)),
    printed("repr", table, repr(table)),
    printed("repr_f32", block.astype("f4"), repr(block.astype("f4"))),
    printed("str_block", block.astype("f4"), np.array2string(block.astype("f4"), floatmode="unique")),
    printed("special", special, str(special)),
    printed("special_repr", special, repr(special)),
    printed("tensor", table.astype("f4"), repr(torch.tensor(table.round(3), dtype=torch.float32)).replace("tensor", "torch.tensor")),
    printed("tensor_with_grad", np.ones((2, 2)), repr(torch.ones((2, 2), requires_grad=True) * 1)),
    printed("whole_numbers", np.arange(6).reshape(2, 3), str(np.arange(6).reshape(2, 3))),
    printed("json", block, json.dumps(block.tolist(), indent=1)),
    printed("json_one_row", table[0], json.dumps(table[0].tolist())),
    printed("savetxt", table, saved_text(table)),
    printed("savetxt_csv", table, saved_text(table, delimiter=",", header="x,y,z")),
    printed("savetxt_names", table, saved_text(table, delimiter=",", header="x,y,z", comments="")),
    printed("savetxt_semicolons", table, saved_text(table, delimiter=";", fmt="%.18g", newline="\r\n")),
    printed("savetxt_tabs", table, saved_text(table, delimiter="\t", fmt="%g")),
])

# --- statistics: NumPy ---


def description(name, values, edges):
    values = np.asarray(values, dtype=np.float32)
    edges = np.asarray(edges, dtype=np.float32)
    finite = values[np.isfinite(values)].astype(np.float64)
    centred = finite - finite.mean()
    std = finite.std()
    # numpy.histogram sorts infinities in among the rest, hence the finite values only.
    counts, _ = np.histogram(values[np.isfinite(values)], bins=edges)
    return {
        "name": name,
        "values": values,
        "n_finite": [finite.size],
        "min": [finite.min()],
        "max": [finite.max()],
        "mean": [finite.mean()],
        "std": [std],
        "skewness": [(centred**3).mean() / std**3],
        "kurtosis": [(centred**4).mean() / std**4 - 3],
        "edges": edges,
        "counts": counts,
    }


tenths = np.arange(-10, 11) * np.float32(0.1)
write("statistics.txt", "Moments and histograms by NumPy", [
    description("normal", rng.normal(0.5, 2.0, 101), np.linspace(-6, 6, 25)),
    description("skewed", rng.exponential(1.0, 83), np.linspace(0, 5, 11)),
    description("large_mean", rng.normal(1e4, 1.0, 53), np.linspace(9996, 10004, 33)),
    description("on_the_edges", np.repeat(tenths, 2), tenths),
    description("not_all_finite", [1, np.nan, 2, np.inf, 3, -np.inf, 5, 2.5], [0, 1, 2, 3, 4]),
    description("unequal_bins", rng.uniform(0, 9, 67), [0, 0.5, 1, 4, 8]),
    description("one_bin", rng.normal(0, 1, 37), [-1, 1]),
])

# --- inputs: PCG-XSH-RR 64/32 (O'Neill 2014), SplitMix64 (Steele, Lea & Flood 2014) ---

U64 = 2**64 - 1


def mix(number):
    z = (number + 0x9E3779B97F4A7C15) & U64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & U64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & U64
    return z ^ (z >> 31)


class Pcg32:
    """pcg32_srandom_r and pcg32_random_r of pcg-random.org's minimal C implementation."""

    def __init__(self, state, stream):
        self.state, self.increment = 0, ((stream << 1) | 1) & U64
        self.draw()
        self.state = (self.state + state) & U64
        self.draw()

    def draw(self):
        old = self.state
        self.state = (old * 6364136223846793005 + self.increment) & U64
        shifted, turn = (((old >> 18) ^ old) >> 27) & 0xFFFFFFFF, old >> 59
        return ((shifted >> turn) | (shifted << (-turn & 31))) & 0xFFFFFFFF

    def signed_uniform(self):
        return (self.draw() + 0.5) / 2**31 - 1


def noise_row(distribution, seed, sample, token, n_features):
    row = (sample << 32) | token
    pcg = Pcg32(mix(mix(seed) ^ row), row)

    def uniform():
        return 3**0.5 * pcg.signed_uniform()

    def heavy():
        while True:
            w, v = pcg.signed_uniform(), pcg.signed_uniform()
            if w * w + v * v < 1:
                return w / (1 - w * w) ** 0.5

    def normal():
        # The standard library's own AS 241, given the middle of one of 2**32 equal parts.
        return NormalDist().inv_cdf((pcg.draw() + 0.5) / 2**32)

    if distribution == "tokens":
        mean = 1.5 * pcg.signed_uniform()
        spread = (0.5 + 2.5 * (token % 8 / 7)) * (1 + 0.1 * pcg.signed_uniform())
        return [mean + spread * normal() for _ in range(n_features)]
    draw = {"uniform": uniform, "heavy": heavy, "normal": normal}[distribution]
    return [draw() for _ in range(n_features)]


def noise(distribution, seed, batch, seq_len, n_features):
    rows = [noise_row(distribution, seed, sample, token, n_features) for sample in range(batch) for token in range(seq_len)]
    return {
        "distribution": distribution,
        "seed": [seed],
        "shape": [batch, seq_len, n_features],
        "values": np.array(rows, dtype=np.float32),
    }


write("inputs.txt", "Noise by PCG32 in Python", [
    noise(distribution, seed, 2, 3, 7)
    for distribution in ("uniform", "heavy", "normal", "tokens")
    for seed in (0, 1, 2**53 - 1)
] + [
    # Longer than what is made at a time.
    noise("normal", 1, 1, 2, 131),
])

# --- schemes: learned rows by the generator above, the others by NumPy ---

POSITION, BIAS, QUERY_AND_KEY, WORD, DRAW, NOISE = range(1, 7)


def normal_row(kind, idx, seed, n, std=1.0):
    return normal_numbers((kind << 56) | idx, seed, n, std)


def normal_numbers(row, seed, n, std):
    pcg = Pcg32(mix(mix(seed) ^ row), row)
    return np.array([std * NormalDist().inv_cdf((pcg.draw() + 0.5) / 2**32) for _ in range(n)], dtype=np.float32)


def scheme(name, values, start, **extra):
    seq_len, d_model = values.shape
    return {"scheme": name, "seq_len": [seq_len], "d_model": [d_model], "start": [start], **extra,
            "values": values.astype(np.float32)}


def learned(seed, max_len, seq_len, d_model, start):
    rows = [normal_row(POSITION, position, seed, d_model, 0.02) if position < max_len else np.full(d_model, np.nan)
            for position in range(start, start + seq_len)]
    return scheme("learned", np.array(rows), start, seed=[seed], max_len=[max_len])


def binary(seq_len, d_model, start):
    digits = [[int(digit) for digit in reversed(format(position, f"0{d_model}b"))][:d_model]
              for position in range(start, start + seq_len)]
    return scheme("binary", np.array(digits), start)


index = np.arange(5, 9)[:, None] * np.ones((1, 3))
write("schemes.txt", "Tables that are added to embeddings", [
    learned(1, 512, 3, 5, 0),
    learned(2**53 - 1, 1024, 4, 7, 1022),
    scheme("none", np.zeros((2, 3)), 4),
    scheme("index", index, 5),
    scheme("fraction", index / 7, 5, length=[7]),
    binary(9, 5, 0),
    binary(4, 26, 1048574),
])

# --- rope: Su et al. 2021, pairs as complex numbers ---


def rotated(x, position, pairing, frequencies):
    x = np.asarray(x, dtype=np.longdouble)
    half = len(x) // 2
    even = x[: 2 * half]
    pairs = even.reshape(half, 2) if pairing == "adjacent" else even.reshape(2, half).T
    turned = (pairs[:, 0] + 1j * pairs[:, 1]) * np.exp(1j * (np.longdouble(position) * frequencies))
    pairs = np.stack([turned.real, turned.imag], axis=1)
    return np.concatenate([(pairs if pairing == "adjacent" else pairs.T).reshape(-1), x[2 * half:]])


def rope(pairing, d_model, seed, positions, first_offset, n_offsets, factor):
    # Position interpolation by a factor; a factor of 1 is none.
    pair = np.arange(d_model // 2, dtype=np.longdouble)
    frequencies = np.longdouble(10000) ** (-2 * pair / d_model) / factor
    q, k = (normal_row(QUERY_AND_KEY, idx, seed, d_model) for idx in (0, 1))
    scores = [[rotated(q, m, pairing, frequencies) @ rotated(k, m + offset, pairing, frequencies) / np.sqrt(np.longdouble(d_model))
               for offset in range(first_offset, first_offset + n_offsets)] for m in positions]
    return {
        "pairing": pairing,
        "d_model": [d_model],
        "seed": [seed],
        "positions": positions,
        "first_offset": [first_offset],
        "n_offsets": [n_offsets],
        "factor": [factor],
        "query": q,
        "key": k,
        "rotated_query": rotated(q, positions[-1], pairing, frequencies).astype(np.float64),
        "scores": np.array(scores, dtype=np.float64),
    }


write("rope.txt", "Rotary scores, angles in long double", [
    rope("adjacent", 8, 1, [0, 17, 100000], -5, 11, 1),
    rope("halves", 8, 1, [0, 17, 100000], -5, 11, 1),
    rope("adjacent", 7, 5, [3, 1000000], -3, 5, 1),
    rope("halves", 7, 5, [3, 1000000], -3, 5, 4),
    rope("halves", 2, 9, [64], 0, 4, 1),
])

# --- bias: the authors' code for ALiBi's slopes, T5's buckets in PyTorch ---


def slopes(n):
    # ofirpress/attention_with_linear_biases, fairseq/models/transformer.py, get_slopes.
    def power_of_two(n):
        start = 2 ** (-(2 ** -(np.log2(n) - 3)))
        return [start * start**i for i in range(n)]

    if np.log2(n).is_integer():
        return power_of_two(n)
    closest = 2 ** int(np.floor(np.log2(n)))
    return power_of_two(closest) + slopes(2 * closest)[0::2][: n - closest]


def buckets(offsets, bidirectional, n_buckets, max_distance):
    # The published T5 code (mesh_tensorflow, transformer_layers.py), in double precision.
    n = -torch.tensor(offsets)
    bucket = torch.zeros_like(n)
    if bidirectional:
        n_buckets //= 2
        bucket = bucket + (n < 0) * n_buckets
        n = n.abs()
    else:
        n = n.clamp(min=0)
    max_exact = n_buckets // 2
    # Where logarithms would miss a whole number by their last bit, count in whole numbers:
    # the largest j with (max / exact)^j <= (n / exact)^steps.
    steps = n_buckets - max_exact

    def beyond(n):
        j = 0
        while (max_distance ** (j + 1)) * max_exact ** (steps - j - 1) <= n**steps:
            j += 1
        return min(max_exact + j, n_buckets - 1)

    large = torch.tensor([beyond(int(value)) if value >= max_exact else 0 for value in n])
    return bucket + torch.where(n < max_exact, n, large)


def bias(name, n_heads, seq_len, causal, numbers, **extra):
    return {"bias": name, "n_heads": [n_heads], "seq_len": [seq_len], "causal": [int(causal)], **extra,
            "values": numbers.astype(np.float32)}


def alibi(n_heads, seq_len, causal):
    offset = np.arange(seq_len)[None, :] - np.arange(seq_len)[:, None]
    lines = np.array(slopes(n_heads))[:, None, None] * -np.abs(offset)[None]
    return bias("alibi", n_heads, seq_len, causal, np.where((offset > 0) & causal, np.nan, lines))


def t5(n_heads, seq_len, causal, n_buckets, max_distance, seed):
    offset = np.arange(seq_len)[None, :] - np.arange(seq_len)[:, None]
    bucket = buckets(offset.reshape(-1), not causal, n_buckets, max_distance).numpy().reshape(offset.shape)
    numbers = np.array([normal_row(BIAS, head, seed, n_buckets)[bucket] for head in range(n_heads)])
    return bias("t5", n_heads, seq_len, causal, np.where((offset > 0) & causal, np.nan, numbers),
                n_buckets=[n_buckets], max_distance=[max_distance], seed=[seed])


OFFSETS = np.r_[-100000, -2100, -1000, -260:261, 999, 1001, 4095]
write("bias.txt", "Biases of attention scores, and what they are made of", [
    {"slopes": slopes(n)} for n in (1, 2, 4, 6, 8, 12, 16, 20, 33)
] + [
    {
        "n_buckets": [n_buckets],
        "max_distance": [max_distance],
        "causal": [int(causal)],
        "offsets": OFFSETS,
        "buckets": buckets(OFFSETS, not causal, n_buckets, max_distance).numpy(),
    }
    for n_buckets, max_distance in ((32, 128), (16, 64), (64, 1000), (14, 40))
    for causal in (True, False)
] + [
    alibi(3, 4, True),
    alibi(2, 5, False),
    t5(2, 40, False, 8, 20, 3),
    t5(1, 30, True, 8, 20, 3),
])

# --- similarity: NumPy, in double precision of single-precision tables ---

maths_rng = np.random.default_rng(20230831)


def pixel_weights(n_cells, n_px):
    """How much of each cell lies under each pixel."""
    edges = np.arange(n_px + 1) * (n_cells / n_px)
    cells = np.arange(n_cells)
    overlap = np.minimum(edges[1:, None], cells[None] + 1) - np.maximum(edges[:-1, None], cells[None])
    return np.maximum(overlap, 0)


def similarity(name, table, n_px):
    table = np.asarray(table, dtype=np.float32)
    wide = table.astype(np.float64)
    unit = wide / np.linalg.norm(wide, axis=1, keepdims=True)
    case = {"name": name, "shape": table.shape, "n_px": [n_px], "table": table}
    weights = pixel_weights(len(wide), n_px)
    weights /= weights.sum(axis=1, keepdims=True)
    for measure, rows in (("dot", wide), ("cosine", unit)):
        gram = rows @ rows.T
        diagonals = [np.diagonal(gram, k) for k in range(len(gram))]
        case[measure] = gram
        case[f"{measure}_mean"] = [d.mean() for d in diagonals]
        case[f"{measure}_min"] = [d.min() for d in diagonals]
        case[f"{measure}_max"] = [d.max() for d in diagonals]
        case[f"{measure}_px"] = weights @ gram @ weights.T
    return case


write("similarity.txt", "Similarity of the rows of a table by NumPy", [
    similarity("sinusoidal", encoding("interleaved", 21, 16, 10000, 5), 8),
    similarity("learned", maths_rng.normal(0, 0.02, (13, 10)), 5),
    similarity("odd", maths_rng.normal(0, 1, (7, 3)), 4),
    similarity("longer_than_the_lanes", maths_rng.normal(1, 2, (5, 37)), 2),
])

# --- unique: distances between rows, in long double ---


def nearest(d_model, base, seq_len):
    # The distance of rows 0 and k, whatever the position, from the rows themselves.
    table = [np.longdouble(0)] * seq_len
    position = np.arange(seq_len, dtype=np.longdouble)
    squared = np.zeros(seq_len, dtype=np.longdouble)
    for i in range(d_model // 2):
        angle = position * np.longdouble(base) ** (-2 * np.longdouble(i) / d_model)
        squared += np.sin(angle) ** 2 + (np.cos(angle) - 1) ** 2
    distance = np.sqrt(squared)
    offset = 1 + int(np.argmin(distance[1:]))
    shown = sorted({0, 1, 2, 63, 64, 65, seq_len - 1, offset} & set(range(seq_len)))
    return {
        "d_model": [d_model],
        "base": [base],
        "seq_len": [seq_len],
        "offset": [offset],
        "distance": [np.float64(distance[offset])],
        "offsets": shown,
        "distances": distance[shown].astype(np.float64),
    }


def nearest_rows(table):
    table = np.asarray(table, dtype=np.float32)
    wide = table.astype(np.float64)
    distance = np.linalg.norm(wide[:, None] - wide[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    return {"shape": table.shape, "table": table, "nearest": distance.min(axis=1), "neighbours": distance.argmin(axis=1)}


write("unique.txt", "Nearest rows", [
    nearest(d_model, base, seq_len)
    for d_model, base, seq_len in [
        (2, 10000, 512), (2, 10000, 65536), (4, 10000, 512), (4, 10000, 65536), (6, 10000, 4096), (8, 10000, 65536),
        (16, 10000, 4096), (64, 10000, 512), (6, 2, 512), (10, 1000000, 1000), (12, 10000, 2)]
] + [
    nearest_rows(maths_rng.normal(0, 1, (19, 6))),
    nearest_rows(encoding("interleaved", 40, 4, 10000, 0)),
    nearest_rows(maths_rng.normal(0, 0.02, (6, 33))),
])

# --- shift: rotations and regressions by NumPy ---


def shift(layout, d_model, base, start, seq_len, k, dims):
    here, there = (encoding(layout, seq_len, d_model, base, position) for position in (start, start + k))
    pair = np.arange(d_model // 2)
    angle = np.longdouble(k) * np.longdouble(base) ** (-2 * np.longdouble(1) * pair / d_model)
    blocks = np.stack([np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)], axis=1)

    def r2(columns, y):
        x = np.column_stack([*columns, np.ones(seq_len)])
        residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        return 1 - (residual**2).sum() / ((y - y.mean()) ** 2).sum()

    def waves(dim):
        i = dim // 2 if layout == "interleaved" else dim % ((d_model + 1) // 2)
        angle = (start + np.arange(seq_len)) * float(base) ** (-2 * i / d_model)
        return np.sin(angle), np.cos(angle)

    return {
        "layout": layout,
        "d_model": [d_model],
        "base": [base],
        "start": [start],
        "seq_len": [seq_len],
        "k": [k],
        "blocks": blocks.astype(np.float64),
        "shifted": there if here.size < 200 else [],
        "dims": dims,
        "on_sine": [r2(waves(dim)[:1], there[:, dim]) for dim in dims],
        "on_pair": [r2(waves(dim), there[:, dim]) for dim in dims],
    }


write("shift.txt", "Shifts and what a wave explains of a shifted one", [
    shift("interleaved", 512, 10000, 0, 1000, 10, [128, 129, 0, 300]),
    shift("interleaved", 6, 10000, 0, 9, 3, [0, 1, 2, 3]),
    shift("concatenated", 6, 100, 7, 9, 64, [0, 1, 4]),
    shift("interleaved", 7, 100, 1000, 5, 1, [0, 6]),
    shift("concatenated", 7, 100, 1000, 5, 1, [3, 4]),
])

# --- words: FNV-1a (draft-eastlake-fnv) and normal numbers from it ---


def fnv(word):
    value = 0xCBF29CE484222325
    for byte in word.encode():
        value = ((value ^ byte) * 0x100000001B3) & U64
    return value


def sentence(words, d_model, std, seed, scaled):
    factor = d_model**0.5 if scaled else 1
    embeddings = np.array([normal_numbers(fnv(word), seed, d_model, std * factor) for word in words])
    total = embeddings + encoding("interleaved", len(words), d_model, 10000, 0)
    return {
        "words": " ".join(words),
        "hashes": " ".join(str(fnv(word)) for word in words),
        "d_model": [d_model],
        "std": [std],
        "seed": [seed],
        "scaled": [int(scaled)],
        "embeddings": embeddings,
        "sum": total,
        "embedding_norms": np.linalg.norm(embeddings.astype(np.float64), axis=1),
        "sum_norms": np.linalg.norm(total, axis=1),
    }


write("words.txt", "Embeddings by word, and with positions", [
    sentence(["the", "dog", "bites", "the", "man"], 6, 1.0, 1, False),
    sentence(["собака", "кусает", "собаку", "🐕", "🐕"], 5 + 3, 0.125, 7, True),
])

# --- regression: normal equations by NumPy ---


def ridge_regression(x, y, ridge):
    """Weights and constant; the constant is not held back."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    centred = x - x.mean(axis=0)
    # The ridge as further rows: root(ridge) I against 0. Least squares without normal equations.
    tall = np.vstack([centred, np.sqrt(ridge) * np.eye(x.shape[1])])
    right = np.vstack([y - y.mean(axis=0), np.zeros((x.shape[1], y.shape[1]))])
    weights = np.linalg.lstsq(tall, right, rcond=None)[0]
    return weights, y.mean(axis=0) - x.mean(axis=0) @ weights


def regression(n_rows, n_features, n_targets, ridge):
    x = maths_rng.normal(0.5, 1, (n_rows, n_features)).astype(np.float32)
    y = maths_rng.normal(-1, 2, (n_rows, n_targets))
    y[::3, 0] = 0
    weights, constant = ridge_regression(x, y, ridge)
    asked = maths_rng.normal(0, 1, (2, n_features)).astype(np.float32)
    return {
        "shape": [n_rows, n_features, n_targets],
        "ridge": [ridge],
        "x": x,
        "y": y,
        "weights": weights.T,
        "asked": asked,
        "predicted": asked @ weights + constant,
    }


write("regression.txt", "Ridge regression by NumPy", [
    regression(12, 3, 2, 1e-6),
    regression(40, 19, 3, 0.5),
    # Fewer rows than features.
    regression(5, 9, 2, 1e-3),
    regression(17, 33, 1, 1e-6),
    regression(4, 1, 1, 1e-6),
])

# --- probe: words and positions read back from their sum ---


def probe(d_model, std, noise, seed):
    n_words, n_positions, n_train, n_test = 50, 64, 600, 500
    pcg = Pcg32(mix(mix(seed) ^ (DRAW << 56)), DRAW << 56)
    pairs = np.array([[pcg.draw() * n_words >> 32, pcg.draw() * n_positions >> 32] for _ in range(n_train + n_test)])
    word, position = pairs.T
    words = np.array([normal_row(WORD, idx, seed, d_model, std) for idx in range(n_words)])
    disturbed = np.zeros((len(pairs), d_model))
    if noise:
        disturbed = np.array([normal_row(NOISE, idx, seed, d_model, noise) for idx in range(len(pairs))])
    half = d_model // 2
    case = {"d_model": [d_model], "std": [std], "noise": [noise], "seed": [seed]}
    for name, rows in (
        ("sum", words[word] + encoding("interleaved", n_positions, d_model, 10000, 0)[position]),
        ("beside", np.hstack([words[word][:, :half], encoding("interleaved", n_positions, d_model - half, 10000, 0)[position]])),
    ):
        rows = (rows + disturbed).astype(np.float32)
        targets = np.column_stack([position, np.eye(n_words)[word]])
        weights, constant = ridge_regression(rows[:n_train], targets[:n_train], 1e-6)
        read = rows[n_train:] @ weights + constant
        actual = position[n_train:]
        residual = ((actual - read[:, 0]) ** 2).sum()
        case[f"{name}_position_r2"] = [1 - residual / ((actual - actual.mean()) ** 2).sum()]
        case[f"{name}_position_exact"] = [(np.round(read[:, 0]) == actual).mean()]
        case[f"{name}_word_accuracy"] = [(read[:, 1:].argmax(axis=1) == word[n_train:]).mean()]
    return case


write("probe.txt", "What least squares reads back, by NumPy", [
    probe(16, 1.0, 0.0, 1),
    probe(32, 1.0, 0.0, 2),
    probe(33, 0.02, 0.1, 1),
    probe(64, 1.0, 0.1, 3),
])

# --- extrapolate: least squares on the first positions, asked beyond ---


def extrapolated(name, trained, asked):
    # A part of a feature's mean square about its mean; with constant features any ridge will do.
    ridge = 1e-4 * np.square(trained - trained.mean(axis=0)).sum(axis=0).mean() or 1.0
    weights, constant = ridge_regression(trained, np.arange(len(trained))[:, None], ridge)
    return {
        "scheme": name,
        "d_model": [trained.shape[1]],
        "trained_len": [len(trained)],
        "asked_len": [len(asked)],
        "positions": (asked @ weights + constant)[:, 0],
    }


def single(table):
    return np.asarray(table, dtype=np.float32).astype(np.float64)


def sinusoids(seq_len, d_model, slower=1):
    """Single-precision rows of positions 0, 1/slower, 2/slower, …"""
    angle = np.arange(seq_len)[:, None] / slower * 10000.0 ** (-2 * np.arange(d_model // 2)[None] / d_model)
    return single(np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(seq_len, d_model))


def binary_digits(seq_len, d_model):
    return (np.arange(seq_len)[:, None] >> np.arange(d_model)[None]) & 1


write("extrapolate.txt", "Positions read beyond the trained length, by NumPy", [
    extrapolated("sinusoidal", sinusoids(64, 8), sinusoids(128, 8)),
    extrapolated("sinusoidal", sinusoids(40, 64), sinusoids(80, 64)),
    extrapolated("interpolated", sinusoids(64, 8), sinusoids(128, 8, 2)),
    extrapolated("binary", binary_digits(32, 8), binary_digits(64, 8)),
    extrapolated("index", np.arange(20)[:, None] * np.ones((1, 3)), np.arange(50)[:, None] * np.ones((1, 3))),
    extrapolated("none", np.zeros((20, 3)), np.zeros((30, 3))),
])


# --- transformer: one block, Vaswani et al. 2017, section 3, by autograd ---


def rotated(x, pairing):
    """Su et al. 2021, section 3.2: every row of (tokens, d_head) turned by its position, as complex numbers."""
    n, d = x.shape
    angle = torch.arange(n, dtype=torch.float64)[:, None] * 10000.0 ** (-2 * torch.arange(d // 2, dtype=torch.float64)[None] / d)
    turn = torch.polar(torch.ones_like(angle), angle)
    if pairing == "adjacent":
        turned = torch.view_as_complex(x.reshape(n, d // 2, 2).contiguous()) * turn
        return torch.view_as_real(turned).reshape(n, d)
    turned = torch.complex(x[:, : d // 2], x[:, d // 2 :]) * turn
    return torch.cat([turned.real, turned.imag], dim=1)


def multi_head(x, wq, wk, wv, wo, n_heads, causal=False, n_padding=0, rope=None, alibi=False, scale=None):
    n, d = x.shape
    d_head = d // n_heads
    position = torch.arange(n)
    offset = position[None, :] - position[:, None]
    forbidden = (offset > 0 if causal else torch.zeros(n, n, dtype=torch.bool)) | (position[None, :] >= n - n_padding)
    mixed, maps = [], []
    for head in range(n_heads):
        q, k, v = ((x @ w)[:, head * d_head : (head + 1) * d_head] for w in (wq, wk, wv))
        if rope:
            q, k = rotated(q, rope), rotated(k, rope)
        score = q @ k.T * (d_head**-0.5 if scale is None else scale)
        if alibi:
            score = score - 2.0 ** (-8 * (head + 1) / n_heads) * offset.abs()
        weight = torch.softmax(score.masked_fill(forbidden, -torch.inf), dim=1)
        maps.append(weight)
        mixed.append(weight @ v)
    return torch.cat(mixed, dim=1) @ wo, torch.stack(maps)


def block_case(name, placement="post", norm="layer", n_tokens=4, d_model=4, n_heads=2, alpha=1.0, **options):
    rng = np.random.default_rng(2017 + len(name))
    single_of = lambda *shape, std=1.0: (std * rng.standard_normal(shape)).astype(np.float32)
    x, dy = single_of(n_tokens, d_model), single_of(n_tokens, d_model)
    projections = [single_of(d_model, d_model, std=d_model**-0.5) for _ in range(4)]
    inner, outer = single_of(d_model, 2 * d_model, std=0.5), single_of(2 * d_model, d_model, std=0.5)
    gamma, beta = 1 + single_of(d_model, std=0.3), single_of(d_model, std=0.3)
    tx, *weights = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (x, *projections, inner, outer))
    tgamma, tbeta = (torch.tensor(a, dtype=torch.float64) for a in (gamma, beta))

    def normed(t):
        if norm == "rms":
            return t / (t.square().mean(dim=1, keepdim=True) + 1e-5).sqrt() * tgamma
        return torch.nn.functional.layer_norm(t, (d_model,), tgamma, tbeta, 1e-5)

    def sublayer(t, f):
        return {
            "post": lambda: normed(t + f(t)),
            "pre": lambda: t + f(normed(t)),
            "peri": lambda: t + normed(f(normed(t))),
            "deep": lambda: normed(alpha * t + f(t)),
            "none": lambda: t + f(t),
            "no_residual": lambda: f(t),
        }[placement]()

    maps = []

    def attend(t):
        out, weight = multi_head(t, *weights[:4], n_heads, **options)
        maps.append(weight)
        return out

    y = sublayer(sublayer(tx, attend), lambda t: torch.relu(t @ weights[4]) @ weights[5])
    (y * torch.tensor(dy, dtype=torch.float64)).sum().backward()
    names = ["query", "key", "value", "output", "inner", "outer"]
    return {
        "name": name,
        "placement": placement,
        "norm": norm,
        "alpha": [alpha],
        "n_heads": [n_heads],
        "causal": [int(options.get("causal", False))],
        "n_padding": [options.get("n_padding", 0)],
        "rope": options.get("rope") or "no",
        "alibi": [int(options.get("alibi", False))],
        "scale": [options["scale"]] if "scale" in options else [],
        "shape": [n_tokens, d_model, 2 * d_model],
        "x": x,
        "dy": dy,
        "gamma": gamma,
        "beta": beta,
        **dict(zip(names, [*projections, inner, outer])),
        "maps": digits(maps[0].detach()),
        "y": digits(y.detach()),
        "dx": digits(tx.grad),
        **{f"d{name}": digits(weight.grad) for name, weight in zip(names, weights)},
    }


write("transformer.txt", "One block of a transformer, forward and backward by autograd", [
    block_case("plain", "none"),
    block_case("no_residual", "no_residual"),
    block_case("post"),
    block_case("pre", "pre"),
    block_case("pre_rms", "pre", "rms"),
    block_case("peri", "peri"),
    block_case("deep", "deep", alpha=48**0.25),
    block_case("causal", "pre", causal=True),
    block_case("padded", "pre", n_tokens=5, n_padding=2),
    block_case("causal_padded", "none", causal=True, n_padding=1),
    block_case("rope_adjacent", "none", d_model=8, rope="adjacent"),
    block_case("rope_halves", "pre", n_heads=1, rope="halves", causal=True),
    block_case("alibi", "none", n_heads=4, alibi=True),
    block_case("unscaled", "none", n_tokens=3, scale=1.0),
    block_case("one_token", "post", n_tokens=1),
])

# --- attend: what a model makes of words under every scheme, by PyTorch's own layers ---

WEIGHT = 9
T5_BUCKETS, T5_DISTANCE = 32, 128


def weight(seed, layer, idx, n_inputs, n_outputs):
    """Xavier's, N(0, 2 / (inputs + outputs)): torch.nn.Linear has it transposed."""
    std = (2 / (n_inputs + n_outputs)) ** 0.5
    values = normal_row(WEIGHT, 8 * layer + idx, seed, n_inputs * n_outputs, std)
    return torch.tensor(values.reshape(n_inputs, n_outputs), dtype=torch.float64)


def positions(scheme, n, d_model, seed):
    """What is added to the words."""
    if scheme == "sinusoidal":
        return encoding("interleaved", n, d_model, 10000, 0)
    if scheme == "learned":
        return np.array([normal_row(POSITION, position, seed, d_model, 0.02) for position in range(n)])
    index = np.arange(n)[:, None] * np.ones((1, d_model))
    if scheme == "binary":
        return np.arange(n)[:, None] >> np.arange(d_model)[None, :] & 1
    return {"index": index, "fraction": index / n}.get(scheme, 0 * index)


def added_to_scores(scheme, n, n_heads, causal, seed):
    """A mask of (heads, query, key), as MultiheadAttention adds it."""
    offset = np.arange(n)[None, :] - np.arange(n)[:, None]
    bias = np.zeros((n_heads, n, n))
    if scheme == "alibi":
        bias = np.array(slopes(n_heads))[:, None, None] * -np.abs(offset)
    if scheme == "t5":
        bucket = buckets(offset.reshape(-1), not causal, T5_BUCKETS, T5_DISTANCE).numpy().reshape(n, n)
        bias = np.array([normal_row(BIAS, head, seed, T5_BUCKETS)[bucket] for head in range(n_heads)])
    return torch.tensor(np.where((offset > 0) & causal, -np.inf, bias))


def attend_case(scheme, words, d_model=8, n_heads=2, n_layers=1, causal=False, std=1.0, seed=5):
    n = len(words)
    embeddings = np.array([normal_numbers(fnv(word), seed, d_model, std) for word in words])
    x = torch.tensor(embeddings.astype(np.float64) + positions(scheme, n, d_model, seed).astype(np.float32))
    mask = added_to_scores(scheme, n, n_heads, causal, seed)
    maps = []
    for layer in range(n_layers):
        wq, wk, wv, wo = (weight(seed, layer, idx, d_model, d_model) for idx in range(4))
        if scheme == "rope":
            # torch.nn has none: turned as complex numbers, as above.
            out, weights = multi_head(x, wq, wk, wv, wo, n_heads, causal, rope="adjacent")
        else:
            attention = torch.nn.MultiheadAttention(d_model, n_heads, bias=False, batch_first=True, dtype=torch.float64)
            with torch.no_grad():
                attention.in_proj_weight.copy_(torch.cat([wq.T, wk.T, wv.T]))
                attention.out_proj.weight.copy_(wo.T)
            out, weights = attention(x[None], x[None], x[None], attn_mask=mask, average_attn_weights=False)
            out, weights = out[0], weights[0]
        maps.append(weights.detach())
        if layer < n_layers - 1:
            # A whole block after Vaswani et al. 2017; the last layer is attention alone.
            normed = lambda t: torch.nn.functional.layer_norm(t, (d_model,))
            x = normed(x + out)
            inner = torch.relu(x @ weight(seed, layer, 4, d_model, 4 * d_model))
            x = normed(x + inner @ weight(seed, layer, 5, 4 * d_model, d_model))
    return {
        "scheme": scheme,
        "words": " ".join(words),
        "hashes": " ".join(str(fnv(word)) for word in words),
        "d_model": [d_model],
        "n_heads": [n_heads],
        "n_layers": [n_layers],
        "causal": [int(causal)],
        "std": [std],
        "seed": [seed],
        **{f"maps_{layer}": digits(of_layer) for layer, of_layer in enumerate(maps)},
        "output": digits(out.detach()),
    }


DOG, LONG = "dog bites man".split(), "the dog bit the man and the cat saw it".split()
write("attend.txt", "What a model with random weights makes of words: maps of every layer, and the output", [
    *(attend_case(scheme, DOG) for scheme in ("none", "sinusoidal", "learned", "index", "fraction", "binary")),
    *(attend_case(scheme, LONG, n_heads=4) for scheme in ("alibi", "t5")),
    attend_case("alibi", LONG, d_model=12, n_heads=3),
    attend_case("rope", DOG),
    attend_case("rope", LONG, n_heads=4, n_layers=2, seed=9),
    *(attend_case(scheme, LONG, causal=True) for scheme in ("none", "sinusoidal", "rope", "alibi", "t5")),
    attend_case("none", DOG, n_layers=2),
    attend_case("sinusoidal", LONG, n_layers=2),
    attend_case("sinusoidal", DOG, n_heads=1, n_layers=4, std=0.25),
    attend_case("t5", LONG, n_layers=3, causal=True, seed=1),
    attend_case("sinusoidal", DOG[:1]),
])
