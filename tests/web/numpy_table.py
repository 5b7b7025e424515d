"""Times NumPy's vectorised form of the sinusoidal table and prints the median in milliseconds as JSON."""

import json
import statistics
import sys
import time

import numpy as np


def table(seq_len, d_model, base, dtype):
    """The form found in tutorials: one outer product, then all sines and all cosines."""
    positions = np.arange(seq_len, dtype=dtype)[:, None]
    frequencies = np.asarray(base, dtype) ** (-np.arange(0, d_model, 2, dtype=dtype) / dtype(d_model))
    angles = positions * frequencies
    result = np.empty((seq_len, d_model), np.float32)
    result[:, 0::2] = np.sin(angles)
    result[:, 1::2] = np.cos(angles)
    return result


def median_ms(seq_len, d_model, dtype, repeats=9):
    times = []
    for repeat in range(repeats):
        start = time.perf_counter()
        table(seq_len, d_model, 10_000.0 + repeat, dtype)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


seq_len, d_model = (int(size) for size in sys.argv[1:3])
exact = table(seq_len, d_model, 10_000.0, np.float64)
single = table(seq_len, d_model, 10_000.0, np.float32)
print(
    json.dumps(
        {
            "version": np.__version__,
            "float64_ms": median_ms(seq_len, d_model, np.float64),
            "float32_ms": median_ms(seq_len, d_model, np.float32),
            "float32_error": float(np.abs(single - exact).max()),
        }
    )
)
