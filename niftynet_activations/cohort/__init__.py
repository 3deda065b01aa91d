# -*- coding: utf-8 -*-
"""
A cohort: many subjects, done in parts by any number of processes that write one folder.

SLURM, Dask or a loop of a shell start the processes. This package lets them share a folder, go on
where they were stopped, and report what became of each subject.
"""
