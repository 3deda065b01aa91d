# -*- coding: utf-8 -*-
"""
Whether a map equals one pass of the network over the whole volume, and what would make it.
"""
