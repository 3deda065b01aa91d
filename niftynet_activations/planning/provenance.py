# -*- coding: utf-8 -*-
"""
What a map's values depend on, for ``activation_existing = skip``: the same again, or not?

- *state*: plain values that differ where the values of a map would;
- *digest* of an operation: a short text that differs where what it computes does. Names have no
  part in it, since they change with the other layers that are chosen.

What a Python function inside the graph does, and the seed of random numbers, cannot be seen.
"""

import hashlib
import os
from typing import Dict, Mapping, Sequence

from niftynet_activations.geometry.order import in_order
from niftynet_activations.hints import InputImage, Operation, Parameters, Tensor
from niftynet_activations.store.files import file_state

# of [NETWORK], without a part in what is computed
IDLE = ('queue_length',)
VARIABLES = ('VarHandleOp', 'VariableV2', 'Variable')
# names of variables and colocation, and numbers that a process gives out one after the other
PASSING = ('shared_name', 'container', 'debug_name', 'token')


def preprocessing_state(net_param: Parameters) -> Mapping[str, object]:
    """
    :param net_param: values of [NETWORK]
    :return: all of them that count, and what the histogram file holds, if it is there
    """
    state = {name: str(value) for name, value in vars(net_param).items() if name not in IDLE}
    histogram = getattr(net_param, 'histogram_ref_file', None)
    if histogram and os.path.isfile(histogram):
        # by its content: NiftyNet may write the file anew
        with open(histogram, 'rb') as stream:
            state['histogram'] = hashlib.sha256(stream.read()).hexdigest()
    return state


def image_state(image: InputImage) -> Mapping[str, object]:
    """
    :param image: NiftyNet's image object
    :return: its files and how they are read
    """
    return dict(
        files=[file_state(str(path)) for path in image.file_path],
        affine=image.original_affine[0].tolist(),
        reading=[
            str(each)
            for each in (
                image.loader,
                image.interp_order,
                image.output_pixdim,
                image.output_axcodes,
            )
        ],
    )


def graph_digests(tensors: Sequence[Tensor], image: Tensor) -> Dict[str, str]:
    """
    :param tensors: of one graph
    :param image: the network's input, in the same graph
    :return: tensor name -> digest of all that is computed between the two
    """
    wanted = {tensor.op for tensor in tensors}
    digests: Dict[Operation, str] = {}
    for operation in in_order(image.graph.get_operations()):
        digests[operation] = _digest(operation, digests, image)
        wanted.discard(operation)
        if not wanted:
            break
    return {
        tensor.name: '{}:{}'.format(digests[tensor.op], tensor.value_index) for tensor in tensors
    }


def _digest(operation: Operation, digests: Dict[Operation, str], image: Tensor) -> str:
    if operation is image.op:
        return 'image'
    node = operation.node_def
    told = [operation.type] + [
        '{}={}'.format(name, node.attr[name].SerializeToString().hex())
        for name in sorted(node.attr)
        if not name.startswith('_') and name not in PASSING
    ]
    if operation.type in VARIABLES:
        told.append(operation.name)
    # only a loop's way back to its start leads to an operation that has not been met
    told += [
        '{}:{}'.format(digests.get(each.op, 'loop'), each.value_index) for each in operation.inputs
    ]
    return hashlib.sha256('\n'.join(told).encode('utf-8')).hexdigest()[:16]
