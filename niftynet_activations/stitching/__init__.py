# -*- coding: utf-8 -*-
"""
From windows to volumes, in plain numpy: which sample of a map comes from which window.
"""
