# -*- coding: utf-8 -*-
"""
Stands in for ``DataFrame.append``, gone since pandas 2, and for grouping by a tuple of columns,
which pandas 1 and later read as the name of one column.
"""

import functools
from typing import TYPE_CHECKING, Mapping, Union

from niftynet_tf2.hints import Argument, Function

if TYPE_CHECKING:
    import pandas


def supply() -> None:
    """Add ``append`` where it is missing, and let ``groupby`` take a tuple as a list."""
    import pandas

    if not hasattr(pandas.DataFrame, 'append'):
        pandas.DataFrame.append = append
    if not hasattr(pandas.DataFrame.groupby, 'takes_tuples'):
        pandas.DataFrame.groupby = _taking_tuples(pandas.DataFrame.groupby)


def append(
    self: 'pandas.DataFrame',
    other: 'Union[pandas.DataFrame, Mapping[str, Argument]]',
    ignore_index: bool = False,
) -> 'pandas.DataFrame':
    """
    ``DataFrame.append`` as NiftyNet's aggregators use it.

    :param self: a frame, maybe empty
    :param other: a frame, or a mapping that makes one row
    :param ignore_index: whether to number the rows anew
    :return: a new frame
    """
    import pandas

    if not isinstance(other, pandas.DataFrame):
        other = pandas.DataFrame([dict(other)], columns=list(other))
    if not len(self):
        # concatenated with an empty frame, every column would get the type object
        return other.reindex(columns=self.columns.union(other.columns, sort=False))
    return pandas.concat([self, other], ignore_index=ignore_index)


def _taking_tuples(original: Function) -> Function:
    @functools.wraps(original)
    def groupby(
        self: 'pandas.DataFrame', by: Argument = None, *args: Argument, **kwargs: Argument
    ) -> Argument:
        if isinstance(by, tuple) and by not in self.columns:
            by = list(by)
        return original(self, by, *args, **kwargs)

    setattr(groupby, 'takes_tuples', True)  # noqa: B010  the type checker knows no other
    return groupby
