# -*- coding: utf-8 -*-
"""
One pass of a network over a whole volume, in stages, within a limit of memory.

TensorFlow lets any tensor of a graph be fed, so that a network can be run from one *cut* to the
next. What crosses a cut is kept for the whole volume; a *stage* goes over the volume window by
window, and needs no more overlap than its own operations see from its own inputs. The result is
that of one direct pass.
"""
