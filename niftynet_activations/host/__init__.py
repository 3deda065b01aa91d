# -*- coding: utf-8 -*-
"""
All that depends on how NiftyNet behaves: its configs, subjects, readers and files, and running it
inside this process.
"""
