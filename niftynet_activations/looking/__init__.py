# -*- coding: utf-8 -*-
"""
What people do with a folder of maps: open, tables of regions, report, viewer.
"""
