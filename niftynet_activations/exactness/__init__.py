# -*- coding: utf-8 -*-
"""
Whether a map is exact, that is, equals one pass of the network over the whole volume; and what
would make it exact.
"""
