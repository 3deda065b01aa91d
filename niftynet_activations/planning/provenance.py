# -*- coding: utf-8 -*-
"""
What a map's values depend on, so that ``activation_existing = skip`` can tell whether a new run
would make the same map again.

- *state*: plain values (options, files, digests) that differ if the values of a map would differ;
- *digest* of an operation: a short text (hash) of all that it computes from the image on. Names of
  operations are left out, since they change with the other layers that are chosen.

Changes inside a Python function of the graph, and seeds of random numbers, are not noticed.
"""

import hashlib
import os
from typing import Dict, Mapping, Sequence

from niftynet_activations.geometry.order import in_order
from niftynet_activations.hints import InputImage, Operation, Parameters, Tensor
from niftynet_activations.planning.graph_functions import GraphFunctions, digest_of
from niftynet_activations.store.files import file_state

# options of [NETWORK] on which no value depends
IDLE = ('queue_length',)
VARIABLES = ('VarHandleOp', 'VariableV2', 'Variable')


def preprocessing_state(net_param: Parameters) -> Mapping[str, object]:
    """
    :param net_param: values of [NETWORK]
    :return: name -> value of the options that values depend on, and a hash of the histogram file,
        if there is one
    """
    state = {name: str(value) for name, value in vars(net_param).items() if name not in IDLE}
    histogram = getattr(net_param, 'histogram_ref_file', None)
    if histogram and os.path.isfile(histogram):
        # by its content, since NiftyNet may write the same file anew
        with open(histogram, 'rb') as stream:
            state['histogram'] = hashlib.sha256(stream.read()).hexdigest()
    return state


def image_state(image: InputImage) -> Mapping[str, object]:
    """
    :param image: NiftyNet's image object
    :return: state of its files, and how they are read
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
    functions = GraphFunctions(image.graph)
    for operation in in_order(image.graph.get_operations()):
        digests[operation] = _digest(operation, digests, image, functions)
        wanted.discard(operation)
        if not wanted:
            break
    return {
        tensor.name: '{}:{}'.format(digests[tensor.op], tensor.value_index) for tensor in tensors
    }


def _digest(
    operation: Operation, digests: Dict[Operation, str], image: Tensor, functions: GraphFunctions
) -> str:
    if operation is image.op:
        return 'image'
    told = [operation.type] + functions.attributes(operation.node_def)
    if operation.type in VARIABLES:
        told.append(operation.name)
    # only the input that closes a loop comes from an operation that has no digest yet
    told += [
        '{}:{}'.format(digests.get(each.op, 'loop'), each.value_index) for each in operation.inputs
    ]
    return digest_of('\n'.join(told))
