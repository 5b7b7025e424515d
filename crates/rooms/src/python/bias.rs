//! The biases of attention, in code.

/// Leaves `bias(head, offset)`. `sizes` is a line that sets `heads`; `later` what comes first, such as a mask.
pub const ALIBI: &str = "\
# ALiBi (Press et al. 2022): minus slope times distance
{sizes}


def slopes(n):  # n not a power of two: those of the next lower one, then every other of the next higher one
    power = 2 ** int(math.log2(n))
    first = [2 ** (-8 * h / power) for h in range(1, power + 1)]
    return first + [2 ** (-4 * h / power) for h in range(1, 2 * power, 2)][: n - power]


m = slopes(heads)


def bias(head, offset):  # offset = key - query
    return {later}-m[head] * abs(offset)

";

/// Leaves `bias(head, offset)`. `sizes` is a line that sets `heads`, `n_buckets`, `max_distance` and `seed`, `direction` one of the
/// two below.
pub const T5: &str = "\
# T5 (Raffel et al. 2020): a number for each head and bucket of offsets, N(0, 1) as before training
{sizes}
table = [normal(seed, 2 << 56 | head, n_buckets) for head in range(heads)]


def bucket(offset):  # offset = key - query
{direction}    exact = n // 2
    if distance < exact:
        return first + distance
    if max_distance <= exact:
        return first + n - 1
    part = math.log(distance / exact) / math.log(max_distance / exact) if exact else 0
    return first + min(exact + int(part * (n - exact) + 1e-9), n - 1)


def bias(head, offset):
    return {later}table[head][bucket(offset)]

";

/// How [`T5`] counts distances where later keys are masked.
pub const T5_CAUSAL: &str = "    first, n, distance = 0, n_buckets, -min(offset, 0)\n";
/// How it counts them where all keys are seen.
pub const T5_BOTH: &str = "    n = n_buckets // 2
    first, distance = n if offset > 0 else 0, abs(offset)
";
