# -*- coding: utf-8 -*-
"""
Figures for papers and talks: ``net_activations figure`` and ``OpenedMap.plot``.
"""
