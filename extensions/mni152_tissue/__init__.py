# -*- coding: utf-8 -*-
"""
A small network that labels grey and white matter, as a NiftyNet extension.

Copy this folder into the ``extensions`` folder of NiftyNet's home. ``network`` holds the
network, ``config.ini`` its configuration, ``models`` a trained checkpoint, ``data`` makes the
images it was trained on, ``train`` trains it again.
"""
