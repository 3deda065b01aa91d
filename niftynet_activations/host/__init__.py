# -*- coding: utf-8 -*-
"""
How NiftyNet behaves: its configs, subjects, readers and files, and running it inside this process.
"""
