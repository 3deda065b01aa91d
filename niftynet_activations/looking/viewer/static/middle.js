// A place in what a volume of labels marks.

// The labelled voxel nearest to the mean of all of them, in mm; null where there is none.
export function middleOf(volume) {
  if (!volume) return null
  const labels = volume.raw || volume.img
  const [, nx, ny] = volume.hdr.dims
  const where = (n) => [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))]
  const sum = [0, 0, 0]
  const found = []
  labels.forEach((label, n) => {
    if (!(label > 0)) return
    found.push(n)
    where(n).forEach((v, axis) => { sum[axis] += v })
  })
  if (!found.length) return null
  const away = (n) => where(n).reduce((all, v, axis) => all + (v - sum[axis] / found.length) ** 2, 0)
  let best = found[0]
  for (const n of found) if (away(n) < away(best)) best = n
  const [i, j, k] = where(best)
  return volume.hdr.affine.slice(0, 3).map(([a, b, c, d]) => a * i + b * j + c * k + d)
}
