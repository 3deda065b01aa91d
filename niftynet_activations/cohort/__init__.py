# -*- coding: utf-8 -*-
"""
A cohort: many subjects, done in parts by any number of processes that write one folder.

Scheduling is left to others (SLURM, Dask, a shell's loop). What is here lets their tasks share a
folder, start again where they were stopped, and tell what became of each subject.
"""
