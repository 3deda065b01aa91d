# -*- coding: utf-8 -*-
"""
Time and memory that activation maps cost: ``make bench``, or ``python -m benchmarks``.

Every figure is a ratio of runs made in turn on one machine. A *workload* is a network, a real
volume and a window size; a *variant* is one way to run it: (a) ``net_segment`` alone, (b) this
package, (c) the plain way, in which NiftyNet's own aggregator saves one more output
(``plain_way``). A *case* is one figure and its target. Cases that need the same runs share a
*group*, whose variants are run in turn, each in a process of its own.
"""
