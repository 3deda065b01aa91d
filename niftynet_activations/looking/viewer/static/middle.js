// A place in what a volume of labels marks.

// The labelled voxel nearest to the mean of all of them, in mm; null where there is none.
export function middleOf(volume) {
  if (!volume) return null
  const [, nx, ny, nz] = volume.hdr.dims
  const sums = [0, 0, 0, 0]
  visit(volume, nx, ny, nz, (i, j, k) => { sums[0] += i; sums[1] += j; sums[2] += k; sums[3] += 1 })
  if (!sums[3]) return null
  const [x, y, z] = sums.map((sum) => sum / sums[3])
  const best = [0, 0, 0]
  let least = Infinity
  visit(volume, nx, ny, nz, (i, j, k) => {
    const away = (i - x) * (i - x) + (j - y) * (j - y) + (k - z) * (k - z)
    if (away >= least) return
    least = away
    best[0] = i
    best[1] = j
    best[2] = k
  })
  return volume.hdr.affine.slice(0, 3).map(([a, b, c, d]) => a * best[0] + b * best[1] + c * best[2] + d)
}

// Calls a function with the indices of each labelled voxel; millions of them, so nothing is made for each.
function visit(volume, nx, ny, nz, see) {
  const labels = volume.raw || volume.img
  let n = 0
  for (let k = 0; k < nz; k++) for (let j = 0; j < ny; j++) for (let i = 0; i < nx; i++) if (labels[n++] > 0) see(i, j, k)
}
