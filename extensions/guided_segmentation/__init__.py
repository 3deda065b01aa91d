# -*- coding: utf-8 -*-
"""
A user's own NiftyNet application with a second input, a guide beside the image.
``application`` holds the application and, in a few lines, the same with activation maps.
"""
