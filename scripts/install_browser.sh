#!/bin/sh
# Install the browser that the tests of the report and the viewer drive: Debian's Chromium and
# its driver. It needs root and apt-get; elsewhere it says what is missing and changes nothing.
# Without a browser these tests are skipped, with the reason.
set -eu

if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then
    echo "chromium and its driver are there"
    exit 0
fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "no chromium and no way to install it here (apt-get as root); browser tests are skipped" >&2
    exit 0
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    chromium chromium-driver fonts-dejavu-core
