# -*- coding: utf-8 -*-
"""The report: one HTML file of pictures and facts of a folder's maps."""
