# -*- coding: utf-8 -*-
"""
What happens while NiftyNet gives windows: they are queued, stitched and written in the background.
"""
