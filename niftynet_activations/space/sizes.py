# -*- coding: utf-8 -*-
"""
Sizes in sentences.
"""

from typing import Sequence


def as_product(sizes: Sequence[object]) -> str:
    """
    :param sizes: numbers
    :return: the same for a sentence, such as 3 x 4 x 5
    """
    return ' x '.join(str(size) for size in sizes)
