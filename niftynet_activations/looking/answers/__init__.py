# -*- coding: utf-8 -*-
"""
Answers from a folder of maps: features, values at points, what channels mean, how networks differ.

Everything streams: one channel, or a slab of all channels, is in memory at a time.
"""
