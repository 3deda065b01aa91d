# -*- coding: utf-8 -*-
"""
What the maps cost in time and memory: ``make bench``, or ``python -m benchmarks``.

Every figure is a ratio of runs made side by side on one machine. A *workload* is a network, a
real volume and a window; a *variant* is one way to run it: (a) ``net_segment`` alone, (b) this
package, (c) the plain way, NiftyNet's own aggregator given one more output (``plain_way``). A
*case* is one figure and its target. Cases that need the same runs share a *group*, whose variants
take turns, each in a process of its own.
"""
