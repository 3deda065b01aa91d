# -*- coding: utf-8 -*-
"""
Looking at a folder of maps after a run: opening it in Python, tables of regions, features, figures,
the report and the viewer.
"""
