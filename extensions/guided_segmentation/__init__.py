# -*- coding: utf-8 -*-
"""
An application of a user's own, with a further input: a guide beside the image.

``application`` holds the application and, in a few lines, the same with activation maps.
"""
