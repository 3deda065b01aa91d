# -*- coding: utf-8 -*-
"""
The BIDS App: inputs found in a BIDS dataset, outputs written as a BIDS derivative dataset.

- *unit*: one participant, or one session of a participant: a subject of NiftyNet's;
- *filter*: the BIDS entities that say which file of a unit an input section takes;
- *work folder*: where the cohort of these units writes its maps and records. What is complete gets
  its BIDS name in the output folder as a second name of the same file, so that it takes no room.

The subjects themselves are done by :mod:`niftynet_activations.cohort`.
"""
