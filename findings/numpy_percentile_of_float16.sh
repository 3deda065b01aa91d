#!/usr/bin/env bash
# The 99.5th percentile of a float16 array is another number when it is asked for in a list.
#
# One would expect np.percentile(x, 99.5) and np.percentile(x, [99.5]) to agree, and float16 to
# cost no more than the last digit of a value.
# What happens: a plain number is turned into the array's own type, and the position in the sorted
# array is then worked out in float16, which knows no whole numbers above 2048 without gaps. With
# 30 000 values the answer is a neighbour's, with 100 000 (a small volume) it is NaN, beside a
# warning about overflow. A list gives the right answer each time. np.nanpercentile does the same.
# Versions: NumPy 2.3.5. Releases 2.4.2 and 2.5.5 were seen to answer rightly.
# Who meets it: whoever takes the range of a half-precision map for display, or a threshold of it.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 numpy==2.3.5

"$RUN" -W ignore - <<'PYTHON'
import sys

import numpy as np

print('numpy', np.__version__)
draw = np.random.default_rng(0)
errors = []
for count in (1000, 30000, 100000):
    half = np.abs(draw.normal(size=count)).astype(np.float16)
    number, listed = np.percentile(half, 99.5), np.percentile(half, [99.5])[0]
    true = np.percentile(half.astype(np.float64), 99.5)
    errors.append((abs(number - true), abs(listed - true)))
    print('{:6d} values: as a number {:.4f}, in a list {:.4f}, of the same in float64 {:.4f}'.format(
        count, number, listed, true))
step = 0.002  # between neighbouring values of float16 there
same = max(error for _, error in errors) < step and errors[1][0] > step and np.isnan(errors[2][0])
sys.exit(0 if same else 1)
PYTHON
