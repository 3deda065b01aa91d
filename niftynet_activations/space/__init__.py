# -*- coding: utf-8 -*-
"""
Where the samples of a map lie: network space, lattices, the image file's grid. Plain numpy.
"""
