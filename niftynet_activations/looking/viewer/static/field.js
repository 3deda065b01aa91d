// The box that the sample under the crosshair depends on (its receptive field), over the planes and in 3-D.

// From mm to what NiiVue's planes call across, up and through.
const TURNED = [([x, y, z]) => [x, y, z], ([x, y, z]) => [x, z, y], ([x, y, z]) => [y, z, x]]
// Corners come with x changing slowest: these differ in one axis.
const EDGES = []
for (let a = 0; a < 8; a++) for (const bit of [1, 2, 4]) if (!(a & bit)) EDGES.push([a, a | bit])

// Where the box's edges go through a plane, in mm across and up; in order around it.
export function section(corners, slice) {
  const [ax, ay, az, mx, my] = slice.AxyzMxy
  const turned = corners.map(TURNED[slice.axCorSag])
  const above = turned.map(([x, y, z]) => z - (az + my * (y - ay) - mx * (x - ax)))
  const points = []
  for (const [a, b] of EDGES) {
    if (above[a] > 0 === above[b] > 0) continue
    const share = above[a] / (above[a] - above[b])
    points.push([0, 1].map((c) => turned[a][c] + share * (turned[b][c] - turned[a][c])))
  }
  const middle = [0, 1].map((c) => points.reduce((sum, p) => sum + p[c], 0) / points.length)
  return points.sort((p, q) => Math.atan2(p[1] - middle[1], p[0] - middle[0]) - Math.atan2(q[1] - middle[1], q[0] - middle[0]))
}

// From mm in a plane to pixels of the canvas.
function onScreen([x, y], slice) {
  const [left, top, width, height] = slice.leftTopWidthHeight
  const across = (x - slice.leftTopMM[0]) / slice.fovMM[0]
  const up = (y - slice.leftTopMM[1]) / slice.fovMM[1]
  // A plane that is drawn mirrored has a negative width.
  return [left + across * width, top + (1 - up) * height]
}

// Corners in mm as pixels of the canvas, and how far away each is, in the 3-D view.
export function seenFrom(niivue, corners, tile) {
  const { renderAzimuth, renderElevation } = niivue.scene
  const [left, top, width, height] = tile
  const [m] = niivue.calculateMvpMatrix(null, tile, renderAzimuth, renderElevation)
  return corners.map(([x, y, z]) => {
    const [across, up, away, by] = [0, 1, 2, 3].map((row) => m[row] * x + m[row + 4] * y + m[row + 8] * z + m[row + 12])
    return [left + ((across / by + 1) / 2) * width, top + ((1 - up / by) / 2) * height, away / by]
  })
}

// The edges of the box in 3-D; those that meet in its farthest corner are behind it, and broken.
function edgesIn3D(paint, niivue, corners, tile) {
  const points = seenFrom(niivue, corners, tile)
  const farthest = points.reduce((found, point, k) => (point[2] > points[found][2] ? k : found), 0)
  for (const [a, b] of EDGES) {
    paint.setLineDash(a === farthest || b === farthest ? [4, 4] : [])
    paint.beginPath()
    paint.moveTo(points[a][0], points[a][1])
    paint.lineTo(points[b][0], points[b][1])
    paint.stroke()
  }
  paint.setLineDash([])
}

export function drawField(pane) {
  const { lines, canvas, field } = pane
  if (!field && !lines.dataset.drawn) return
  lines.width = canvas.width
  lines.height = canvas.height
  lines.dataset.drawn = field ? 'yes' : ''
  if (!field) return
  const paint = lines.getContext('2d')
  paint.strokeStyle = '#7cff9b'
  paint.lineWidth = 1.5 * (window.devicePixelRatio || 1)
  for (const slice of pane.volumes.niivue.screenSlices) {
    const [left, top, width, height] = slice.leftTopWidthHeight
    paint.save()
    paint.beginPath()
    paint.rect(Math.min(left, left + width), top, Math.abs(width), height)
    paint.clip()
    if (slice.axCorSag > 2) edgesIn3D(paint, pane.volumes.niivue, field, slice.leftTopWidthHeight)
    else outline(paint, section(field, slice).map((point) => onScreen(point, slice)))
    paint.restore()
  }
}

function outline(paint, points) {
  if (points.length < 3) return
  paint.beginPath()
  points.forEach(([x, y], i) => (i ? paint.lineTo(x, y) : paint.moveTo(x, y)))
  paint.closePath()
  paint.stroke()
}
