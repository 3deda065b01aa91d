# -*- coding: utf-8 -*-
"""
The order of a graph's operations: each behind those that it takes its inputs from.

TensorFlow lists operations in the order of their making. That is such an order as long as inputs
stay what they were: an intervention gives operations that were made before it new inputs. A loop's
way back to its beginning does not count: the beginning stands before all that the loop does.
"""

import heapq
from typing import Dict, List, Sequence

from niftynet_activations.hints import Operation

BACK = 'NextIteration'  # type of the operation that leads from a loop's end to its beginning


def in_order(operations: Sequence[Operation]) -> List[Operation]:
    """
    :param operations: of one graph, in the order of their making
    :return: the same, each behind those of them that it takes inputs from, and otherwise in the
        given order: unchanged where that is so already. Those in any other circle, and those behind
        it, come last, in the given order
    """
    numbers = {operation.name: number for number, operation in enumerate(operations)}
    takers: Dict[int, List[int]] = {}
    lacking: List[int] = []
    for number, operation in enumerate(operations):
        sources = {
            numbers[each.op.name]
            for each in operation.inputs
            if each.op.name in numbers and each.op.type != BACK
        }
        lacking.append(len(sources))
        for source in sources:
            takers.setdefault(source, []).append(number)
    ready = [number for number, count in enumerate(lacking) if count == 0]
    heapq.heapify(ready)
    found: List[int] = []
    while ready:
        number = heapq.heappop(ready)
        found.append(number)
        for taker in takers.get(number, ()):
            lacking[taker] -= 1
            if lacking[taker] == 0:
                heapq.heappush(ready, taker)
    found += [number for number, count in enumerate(lacking) if count > 0]
    return [operations[number] for number in found]
