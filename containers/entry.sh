#!/bin/sh
# What an image runs: a command of NiftyNet or of this package that is named (net_run, net_segment,
# net_activations, ...), else the BIDS App.
case "${1:-}" in
    net_*) exec "$@" ;;
    *) exec net_activations_bids "$@" ;;
esac
