#!/usr/bin/env bash
# A NIfTI file compressed in several gzip members opens in a browser as zeros and a cut-off volume.
#
# One would expect a .nii.gz that gunzip, Python, ITK and the browser's own decompressor read whole
# to be read whole by the JavaScript library for NIfTI too.
# What happens: decompress() of nifti-reader-js takes the length that the last member states for
# the whole, and gives as many bytes, from the first member alone, filled up with zeros.
# decompressAsync() of the same library gives everything. fflate's gunzipSync gives the first
# member alone.
# Versions: nifti-reader-js 0.8.0, fflate 0.8.3, Node.js 20.
# Who meets it: whoever shows in a web page a file made by bgzip, by a program that compresses on
# several threads, or by one that adds volumes to a file as they are computed.

. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
node_with nifti-reader-js@0.8.0 fflate@0.8.3

cat > show.js <<'JAVASCRIPT'
import zlib from 'node:zlib'
import * as fflate from 'fflate'
import * as nifti from 'nifti-reader-js'

// A volume of 10 x 10 x 30 bytes, all 7, with its 352 bytes in front of the voxels.
const whole = Buffer.alloc(352 + 3000, 7)
whole.fill(0, 0, 352)
whole.writeInt32LE(348, 0)
;[3, 10, 10, 30, 1, 1, 1, 1].forEach((size, k) => whole.writeInt16LE(size, 40 + 2 * k))
whole.writeInt16LE(2, 70)
whole.writeInt16LE(8, 72)
;[1, 1, 1, 1].forEach((size, k) => whole.writeFloatLE(size, 76 + 4 * k))
whole.writeFloatLE(352, 108)
whole.write('n+1\0', 344, 'latin1')

const cut = 1352
const members = Buffer.concat([zlib.gzipSync(whole.subarray(0, cut)), zlib.gzipSync(whole.subarray(cut))])
const bytes = members.buffer.slice(members.byteOffset, members.byteOffset + members.length)
const sevens = (array) => array.reduce((count, value) => count + (value === 7), 0)
const tell = (name, array) => console.log(name.padEnd(32), array.length, 'bytes,', sevens(array), 'voxels of 7')

const header = nifti.readHeader(nifti.decompress(bytes))
console.log('the volume has', header.dims.slice(1, 4).join(' x '), 'voxels')
const node = zlib.gunzipSync(members)
const now = new Uint8Array(nifti.decompress(bytes))
const later = new Uint8Array(await nifti.decompressAsync(bytes))
const fast = fflate.gunzipSync(members)
tell('Node.js', node)
tell('nifti-reader-js decompress', now)
tell('nifti-reader-js decompressAsync', later)
tell('fflate gunzipSync', fast)
const same = sevens(node) >= 3000 && sevens(later) >= 3000 && now.length === whole.length - cut &&
  sevens(now) <= 1001 && now.at(-1) === 0 && fast.length === cut
process.exit(same ? 0 : 1)
JAVASCRIPT
node show.js
