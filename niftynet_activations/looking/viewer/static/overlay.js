// What lies over the picture: the letters of the patient's sides, and the box that the sample under the
// crosshair depends on (its receptive field), in the planes and in 3-D.

// At the lower and the upper end of what a plane calls across and up; axial, coronal, sagittal.
const LETTERS = ['LRPA', 'LRIS', 'PAIS']
const LETTER_SIZE = 13 // CSS pixels

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

export function drawOverlay(pane) {
  const { lines, canvas, field, volumes } = pane
  lines.width = canvas.width
  lines.height = canvas.height
  if (!volumes.niivue.volumes.length) return
  const paint = lines.getContext('2d')
  for (const slice of volumes.niivue.screenSlices) {
    const [left, top, width, height] = slice.leftTopWidthHeight
    paint.save()
    paint.beginPath()
    paint.rect(Math.min(left, left + width), top, Math.abs(width), height)
    paint.clip()
    if (field) drawBox(paint, volumes.niivue, field, slice)
    if (pane.subject.sided && slice.axCorSag < LETTERS.length) drawLetters(paint, slice)
    paint.restore()
  }
}

function drawBox(paint, niivue, corners, slice) {
  paint.strokeStyle = '#7cff9b'
  paint.lineWidth = 1.5 * (window.devicePixelRatio || 1)
  if (slice.axCorSag > 2) edgesIn3D(paint, niivue, corners, slice.leftTopWidthHeight)
  else outline(paint, section(corners, slice).map((point) => onScreen(point, slice)))
}

// Letters on a ground of their own, so that they can be read on any image.
function drawLetters(paint, slice) {
  const [left, top, width, height] = slice.leftTopWidthHeight
  const [right, bottom] = [Math.max(left, left + width), top + height]
  const size = LETTER_SIZE * (window.devicePixelRatio || 1)
  const inside = 0.8 * size
  const letters = LETTERS[slice.axCorSag]
  // Which end is on the left side is measured: NiiVue mirrors planes in several ways.
  const [x, y] = slice.leftTopMM
  const mirrored = onScreen([x + 1, y], slice)[0] < onScreen([x, y], slice)[0]
  const [first, last] = mirrored ? [letters[1], letters[0]] : letters
  const [middle, centre] = [left + width / 2, (top + bottom) / 2]
  const places = [
    [first, right - Math.abs(width) + inside, centre],
    [last, right - inside, centre],
    [letters[2], middle, bottom - inside],
    [letters[3], middle, top + inside]
  ]
  paint.font = `bold ${size}px system-ui, sans-serif`
  paint.textAlign = 'center'
  paint.textBaseline = 'middle'
  for (const [letter, column, row] of places) {
    paint.fillStyle = 'rgba(0, 0, 0, 0.6)'
    paint.fillRect(column - 0.6 * size, row - 0.6 * size, 1.2 * size, 1.2 * size)
    paint.fillStyle = '#fff'
    paint.fillText(letter, column, row)
  }
}

function outline(paint, points) {
  if (points.length < 3) return
  paint.beginPath()
  points.forEach(([x, y], i) => (i ? paint.lineTo(x, y) : paint.moveTo(x, y)))
  paint.closePath()
  paint.stroke()
}
