#!/usr/bin/env bash
# NiftyNet's label-driven registration ends with a traceback before its first iteration.
#
# `net_run -a niftynet.application.label_driven_registration.RegApp` is what the model zoo's
# registration networks are run with. One would expect the last release to run an application that
# it ships.
# What happens: the engine sets the number of threads of each sampler, which the pairwise samplers
# of registration alone lack: "'PairwiseUniformSampler' object has no attribute 'set_num_threads'".
# No setting of the config avoids it.
# Versions: NiftyNet 0.6.0 on TensorFlow 1.15.5.
# Who meets it: whoever wants to train or run a registration network of NiftyNet again.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
python_with 3.7 3.7 niftynet==0.6.0 tensorflow==1.15.5 protobuf==3.20.3 numpy==1.18.5 pandas==1.1.5 \
    scipy==1.7.3 nibabel==4.0.2
niftynet_home

"$RUN" - <<'PYTHON'
import nibabel as nib
import numpy as np

SECTIONS = 'fixed_image', 'moving_image', 'fixed_label', 'moving_label'
random = np.random.RandomState(0)
for subject in 'abcd':
    for section in SECTIONS:
        values = random.normal(size=(40, 44, 48)).astype(np.float32)
        if section.endswith('label'):
            values = (values > 1).astype(np.uint8)
        nib.save(nib.Nifti1Image(values, np.eye(4)), '{}_{}.nii'.format(subject, section))
lines = ['[SYSTEM]', 'model_dir = model', 'cuda_devices = ""', '[NETWORK]', 'batch_size = 1',
         'name = niftynet.network.interventional_hybrid_net.INetHybridTwoStream',
         '[TRAINING]', 'max_iter = 1', 'lr = 0.001', 'loss_type = Dice',
         '[REGISTRATION]', 'label_normalisation = False']
lines += ['{0} = {0}'.format(section) for section in SECTIONS]
for section in SECTIONS:
    lines += ['[{}]'.format(section), 'path_to_search = .', 'filename_contains = ' + section,
              'filename_removefromid = _' + section, 'spatial_window_size = (32, 32, 32)']
with open('registration.ini', 'w') as config:
    config.write('\n'.join(lines) + '\n')
PYTHON
if venv/bin/net_run train -a niftynet.application.label_driven_registration.RegApp -c registration.ini \
    > said.txt 2>&1; then
    echo 'NiftyNet 0.6.0: the registration ran'
    exit 1
fi
echo 'NiftyNet 0.6.0, net_run train of label-driven registration:'
tail -n 1 said.txt
grep -q "'PairwiseUniformSampler' object has no attribute 'set_num_threads'" said.txt
