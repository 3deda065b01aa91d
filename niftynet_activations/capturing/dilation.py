# -*- coding: utf-8 -*-
"""
Put tensors from inside a dilated block back into ordinary space.

NiftyNet dilates by ``tf.space_to_batch_nd``: inside the block a (1, 32, 32, 32, 16) map is
(8, 16, 16, 16, 16), its voxels spread over the batch axis. ``tf.batch_to_space_nd`` with the
same block shape brings them back in order.

- *block shape*: one dilation factor a spatial axis;
- *nesting*: the block shapes that a tensor lies inside of, outermost first.
"""

from typing import Dict, List, Optional, Tuple

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.hints import Operation, Tensor
from niftynet_activations.host.tensorflow import tf

Nesting = Tuple[Tuple[int, ...], ...]
Nestings = Dict[str, Nesting]  # by the operations' names


def undo_space_to_batch(tensor: Tensor, known: Optional[Nestings] = None) -> Tensor:
    """
    :param tensor: (batch, spatial axes ..., channels), inside a dilated block or not
    :param known: as for :func:`nesting_of`
    :return: the tensor itself if it lies outside of dilated blocks, else a new one in ordinary
        space: (batch, spatial axes ..., channels), where the block's padding is not removed; a
        boolean tensor becomes float32
    :raises GeometryError: if the block's shape is not fixed in the graph
    """
    nesting = nesting_of(tensor, known)
    if nesting and tensor.dtype.base_dtype == tf.bool:
        tensor = tf.cast(tensor, tf.float32)  # batch_to_space_nd does not take booleans
    for block in reversed(nesting):
        tensor = tf.batch_to_space_nd(tensor, list(block), [[0, 0]] * len(block))
    return tensor


def nesting_of(tensor: Tensor, known: Optional[Nestings] = None) -> Nesting:
    """
    :param tensor: any tensor of the graph
    :param known: results for this graph so far, filled here, so that each operation is read once
    :return: the block shapes it lies inside of, outermost first; empty in ordinary space
    :raises GeometryError: if a block's shape is not fixed in the graph
    """
    known = {} if known is None else known
    pending = [tensor.op]
    while pending:
        operation = pending[-1]
        if operation.name in known:
            pending.pop()
            continue
        sources = [] if _is_source(operation) else [each.op for each in operation.inputs]
        missing = [source for source in sources if source.name not in known]
        if missing:
            pending.extend(missing)
            continue
        pending.pop()
        known[operation.name] = _after(operation, [known[source.name] for source in sources])
    return known[tensor.op.name]


def _is_source(operation: Operation) -> bool:
    """Whether the walk back through the graph ends here: sources, and loops (``Merge``)."""
    return operation.type in ('IteratorGetNext', 'Placeholder', 'VarHandleOp', 'Merge')


def _after(operation: Operation, before: List[Nesting]) -> Nesting:
    # weights and constants lie outside of every block: the deepest input comes from the image
    nesting = max(before, key=len) if before else ()
    if operation.type == 'SpaceToBatchND':
        return nesting + (_block_shape(operation),)
    if operation.type == 'BatchToSpaceND':
        return nesting[:-1]
    return nesting


def _block_shape(operation: Operation) -> Tuple[int, ...]:
    block = tf.get_static_value(operation.inputs[1])
    if block is None:
        raise GeometryError(
            "operation '{}' moves space into the batch axis by a factor that is not fixed in the "
            'graph; expected a constant'.format(operation.name)
        )
    return tuple(int(factor) for factor in np.ravel(block))
