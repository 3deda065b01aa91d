#!/usr/bin/env bash
# Which rows with NaN a filter finds in a Parquet file depends on what else is in their row group.
#
# One would expect that a filter on a file gives the rows that it gives on the same table in
# memory, and that `not isnan(x)` gives no NaN.
# What happens: a row group's statistics hold its smallest and largest number and say nothing of
# NaN, and both readers take them for the range of all values. DuckDB finds no row where isnan(x)
# in a row group that has numbers too; of a file that is one row group, `not isnan(x)` and `x between
# 5 and 100` give every row with NaN. pyarrow leaves rows out where the numbers of their row group
# would decide: of `~(x > 5)`, of `x != 5` and of is_nan. With one row in each row group all is
# right, and so is Polars in each case.
# Versions: DuckDB 2.0.1, pyarrow 26.0.1, Polars 2.1.0.
# Who meets it: whoever keeps values of voxels or regions in Parquet with NaN for missing ones, as
# pyarrow and Polars write them. pandas writes null for NaN, which all of them filter rightly.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.11 3.13 duckdb==2.0.1 pyarrow==26.0.1 polars==2.1.0 numpy==2.3.5

"$RUN" - <<'PYTHON'
import sys

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

nan = float('nan')
x = np.array([6, 7, 8, nan, 1, 2, 3, nan, 5, 5, 5, nan, nan, nan, nan, nan], np.float32)
table = pa.table({'row': np.arange(16), 'x': pa.array(x, from_pandas=False)})
for size in (1, 4, 16):
    pq.write_table(table, '{}.parquet'.format(size), row_group_size=size)
field, column = pc.field('x'), pl.col('x')
print('duckdb', duckdb.__version__, 'pyarrow', pa.__version__, 'polars', pl.__version__)
print('x =', x.tolist())


def with_duckdb(source, condition):
    found = duckdb.sql('select "row" from {} where {} order by "row"'.format(source, condition))
    return [row for (row,) in found.fetchall()]


wrong = []


def compare(name, memory, of_size):
    print(name)
    print('   in memory              ', memory)
    for size in (1, 4, 16):
        found = of_size('{}.parquet'.format(size))
        print('   row groups of {:2d}: {:5s} '.format(size, 'same' if found == memory else 'other'),
              '' if found == memory else found)
        if found != memory:
            wrong.append((name, size))


for condition in ('isnan(x)', 'not isnan(x)', 'x between 5 and 100'):
    compare('DuckDB ' + condition, with_duckdb('"table"', condition),
            lambda path, condition=condition: with_duckdb("'{}'".format(path), condition))
for name, condition in (('~(x > 5)', ~(field > 5)), ('x != 5', field != 5), ('is_nan(x)', pc.is_nan(field))):
    compare('pyarrow ' + name, sorted(table.filter(condition)['row'].to_pylist()),
            lambda path, condition=condition: sorted(
                pq.read_table(path, filters=condition)['row'].to_pylist()))
for name, condition in (('~(x > 5)', ~(column > 5)), ('is_nan', column.is_nan()), ('x != 5', column != 5)):
    compare('Polars ' + name, pl.from_arrow(table).filter(condition)['row'].to_list(),
            lambda path, condition=condition: sorted(
                pl.scan_parquet(path).filter(condition).collect()['row'].to_list()))
expected = [('DuckDB isnan(x)', 4), ('DuckDB isnan(x)', 16), ('DuckDB not isnan(x)', 16)]
expected += [('DuckDB x between 5 and 100', 16)]
expected += [('pyarrow ' + name, 4) for name in ('~(x > 5)', 'x != 5', 'is_nan(x)')]
sys.exit(0 if wrong == expected else 1)
PYTHON
