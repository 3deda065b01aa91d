# -*- coding: utf-8 -*-
"""
One pass of a network over a whole volume, in stages, within a limit of memory.

TensorFlow lets any tensor of a graph be fed, so a network can be run piece by piece: from one *cut*
to the next. The tensors that cross a cut are kept for the whole volume. A *stage* is what is run
between two cuts; it goes over the volume window by window, and its windows overlap only by the
receptive field of its own operations. The result is that of one direct pass.
"""
