"""Runs copied code and compares what it leaves in `result` with the NPY of its figure: called by tests/code.rs.

    python3 tests/code.py FOLDER numpy|pytorch

FOLDER/cases.tsv has a line for each case: a folder, how many quantities stand one after the other in the
array, and a name. The folder holds numpy.py, pytorch.py, expected.npy and the files that the code loads.
"""

import os
import sys
import warnings
from pathlib import Path

import numpy as np

# Relative to the largest number of each quantity.
TOLERANCE = 1e-6
# A fit multiplies the last digit of the table that it is made from; a softmax that of its scores, which may be thousands.
FITTED = {"encode-extrapolate": 1e-4, "attend-built": 1e-4, "attend-induction": 1e-4, "attend-heads": 1e-4}
# What should be exactly 0 everywhere may miss it by that times the tolerance: layer_norm of equal numbers.
LEAST_SCALE = 1e-5


def difference(result, expected, n_quantities, tolerance):
    """What is wrong with the result; None if nothing is."""
    if not isinstance(result, np.ndarray):
        return f"it is a {type(result).__name__}"
    if result.dtype != np.float32 or result.shape != expected.shape:
        return f"it is {result.dtype} {result.shape}, not float32 {expected.shape}"
    result, expected = (a.astype(np.float64).reshape(n_quantities, -1) for a in (result, expected))
    if not np.array_equal(np.isnan(result), np.isnan(expected)):
        return f"{np.isnan(result).sum()} values are NaN, {np.isnan(expected).sum()} should be"
    for k, (mine, theirs) in enumerate(zip(np.nan_to_num(result), np.nan_to_num(expected))):
        scale = max(np.abs(theirs).max(initial=0.0), LEAST_SCALE)
        error = np.abs(mine - theirs)
        if error.size and not error.max() <= tolerance * scale:
            at = error.argmax()
            return f"quantity {k}: {mine[at]!r} at {at} is off by {error.max() / scale:.1e} of the scale, it should be {theirs[at]!r}"
    return None


def run(folder, library):
    """The array that the code in a folder leaves."""
    source = (folder / f"{library}.py").read_text()
    os.chdir(folder)
    names = {"__name__": "__main__"}
    exec(compile(source, f"{library}.py", "exec"), names)
    result = names.get("result")
    return result.numpy() if library == "pytorch" else result


def main():
    root, library = Path(sys.argv[1]).resolve(), sys.argv[2]
    # 0 / 0 is one of the things that the page shows.
    warnings.simplefilter("ignore", RuntimeWarning)
    n_failed = 0
    # Code that does not depend on the state is run once.
    results = {}
    cases = (root / "cases.tsv").read_text().splitlines()
    for case in cases:
        folder, n_quantities, name = case.split("\t")
        expected = np.load(root / folder / "expected.npy")
        try:
            source = (root / folder / f"{library}.py").read_text()
            if "np.load" in source or source not in results:
                results[source] = run(root / folder, library)
            tolerance = FITTED.get(name.split()[0], TOLERANCE)
            problem = difference(results[source], expected, int(n_quantities), tolerance)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        if problem:
            n_failed += 1
            print(f"{name}: {problem} ({root / folder / library}.py)")
    print(f"{len(cases)} snippets of {library}, {n_failed} failed")
    return n_failed > 0


sys.exit(main())
