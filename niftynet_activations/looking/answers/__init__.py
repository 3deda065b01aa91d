# -*- coding: utf-8 -*-
"""
Answers from a folder of maps: features, values at points, what channels respond to, how networks
differ. Maps are read piece by piece: one channel, or a few planes of all channels, is in memory at
a time.
"""
