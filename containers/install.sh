#!/bin/sh
# Install the package of the current folder into /opt/venv, and make NiftyNet's home in /opt/niftynet.
#
#   install.sh cpu|gpu
#
# For the CPU TensorFlow's package for CPUs alone takes the place of the one that the requirements
# name: it holds the same modules in half a gigabyte less.
set -eu

accelerator=$1
extras=bids,cluster,view
case $accelerator in
    cpu) ;;
    gpu) extras=$extras,gpu ;;
    *)
        echo "install.sh: expected cpu or gpu, not '$accelerator'" >&2
        exit 2
        ;;
esac

python -m venv /opt/venv
pip="/opt/venv/bin/python -m pip --no-cache-dir --disable-pip-version-check"
$pip install --prefer-binary ".[$extras]"
if [ "$accelerator" = cpu ]; then
    version=$($pip show tensorflow | sed -n 's/^Version: //p')
    $pip uninstall --quiet --yes tensorflow
    $pip install --no-deps "tensorflow-cpu==$version"
fi

# Headers and a compiler's library, Arrow's server, the libraries' own tests, and what Python has compiled are not
# needed to run; nor are symbols that only a debugger reads, a quarter of TensorFlow.
packages=$(/opt/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
rm -rf "$packages/tensorflow/include" "$packages/pyarrow/include" "$packages/clang"
rm -f "$packages"/pyarrow/*flight*
find "$packages" -type d \( -name tests -o -name test \) \
    \( -path '*/pandas/*' -o -path '*/scipy/*' -o -path '*/sklearn/*' -o -path '*/numpy/*' \
    -o -path '*/matplotlib/*' -o -path '*/nibabel/*' -o -path '*/pyarrow/*' \) -prune \
    -exec rm -rf {} +
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends binutils > /dev/null
find "$packages/tensorflow" "$packages/pyarrow" -type f \( -name '*.so' -o -name '*.so.[0-9]*' \) \
    -exec strip --strip-unneeded {} +
# a link to lib, which Apptainer would copy as a second folder
rm -f /opt/venv/lib64
find /opt/venv -type d -name __pycache__ -prune -exec rm -rf {} +

# NiftyNet makes its home when it is imported; here it is made once, for everybody to read.
mkdir -p /opt/niftynet/home
printf '[global]\nhome = /opt/niftynet/home\n' > /opt/niftynet/config.ini
export niftynet_config_home=/opt/niftynet PYTHONDONTWRITEBYTECODE=1 TF_CPP_MIN_LOG_LEVEL=2
/opt/venv/bin/net_activations_bids --version
/opt/venv/bin/python -c 'import niftynet, niftynet_activations; niftynet_activations.app'
