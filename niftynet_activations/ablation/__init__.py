# -*- coding: utf-8 -*-
"""
What the channels of a layer do: each is changed in turn, and the segmentation is made again.
"""
