# -*- coding: utf-8 -*-
"""
The folder of maps, written and read, without TensorFlow.

``writer`` takes the boxes (parts) of one map (one subject, one layer) and hands them to a sink of
``formats``, which writes the map's files; the table of formats is the only place that knows the
kinds of file. ``folder`` owns the output folder and lets files appear under their names only when
they are complete; ``description``, ``sidecar`` and ``tables`` say what they are. ``listing`` and
the formats read them again.
"""
