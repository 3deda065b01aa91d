#!/usr/bin/env bash
# pybids finds a subject of the name of a folder that lies above the dataset, and none of the dataset's.
#
# One would expect the entities of a file to come from its path below the dataset's root.
# What happens: the absolute path is searched, and the first match counts. A valid dataset in
# /data/sub-studies/raw, or /scratch/ses-2024/raw, has for all its files the subject `studies`, or for
# files without a session the session `2024`: get_subjects() names one subject that is not there, and asking for one
# that is there gives no file. Nothing warns.
# Versions: pybids 0.22.0.
# Who meets it: those whose projects, or scratch folders of a job, begin with sub- or ses-, as those of
# pipelines that run one subject in a folder of its own often do.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cat > look.py <<'PYTHON'
import os
import sys

import bids
import nibabel as nib
import numpy as np

import importlib.metadata as metadata


def dataset(root):
    for subject in ('01', '02'):
        folder = os.path.join(root, 'sub-' + subject, 'anat')
        os.makedirs(folder)
        image = nib.Nifti1Image(np.zeros((3, 4, 5), np.float32), np.eye(4))
        nib.save(image, os.path.join(folder, 'sub-{}_T1w.nii.gz'.format(subject)))
    with open(os.path.join(root, 'dataset_description.json'), 'w') as target:
        target.write('{"Name": "two", "BIDSVersion": "1.8.0"}')
    return bids.BIDSLayout(root)


work = sys.argv[1]
plain = dataset(os.path.join(work, 'plain', 'raw'))
below = dataset(os.path.join(work, 'sub-studies', 'raw'))
session = dataset(os.path.join(work, 'ses-2024', 'raw'))
print('pybids', metadata.version('pybids'))
print('in plain/raw:', plain.get_subjects(), plain.get_sessions())
print('in sub-studies/raw:', below.get_subjects(), 'files of subject 01:', len(below.get(subject='01', suffix='T1w')))
print('in ses-2024/raw:', session.get_subjects(), session.get_sessions())
same = plain.get_subjects() == ['01', '02'] and plain.get_sessions() == []
same = same and below.get_subjects() == ['studies'] and not below.get(subject='01', suffix='T1w')
sys.exit(0 if same and session.get_sessions() == ['2024'] else 1)
PYTHON
python_with 3.11 3.13 pybids==0.22.0 nibabel==5.3.2
"$RUN" -W ignore look.py "$FOLDER/new" 2> errors.txt || { tail -n 5 errors.txt >&2; exit 1; }
