// The volumes on the canvas, by role (input, map, segmentation), on top of NiiVue.
// Places are in mm (to the right, front and top), as the files' affines have them.

import { cameraOf, setCamera, useMouse } from '/static/camera.js'
import { giveColours, leaveOutGradients, leaveOutRanges } from '/static/lighter.js'
import { shaderTable, widest } from '/static/scales.js'

// NiiVue's numbers for what to draw; three planes come with 3-D (1) or without (0).
const SLICE_TYPES = { axial: 0, coronal: 1, sagittal: 2, planes: 3, multi: 3, render: 4 }
// NiiVue's numbers for how the planes and 3-D share the canvas.
const LAYOUTS = { column: 1, grid: 2, row: 3 }
// The first volume on the canvas is the ground that others are drawn on.
const ORDER = ['input', 'map', 'segmentation']
const LABEL_COLOURS = 250
const LINE = 1.4 // CSS pixels

leaveOutRanges(niivue.NVImage, (volume) => volume.name.startsWith('input'))

export class Volumes {
  // onMove: the crosshair moved; onDraw: the canvas was drawn anew, from another side perhaps.
  constructor(canvas, onMove, onDraw) {
    this.byRole = {}
    this.hidden = new Set()
    this.place = null
    this.onCanvas = false
    this.niivue = new niivue.Niivue({
      backColor: [0, 0, 0, 1],
      crosshairWidthUnit: 'mm',
      dragAndDropEnabled: false,
      isNearestInterpolation: true,
      // Its letters cannot be read on a grey image; see overlay.js.
      isOrientationTextVisible: false,
      isRadiologicalConvention: true,
      isSliceMM: true,
      logLevel: 'error',
      multiplanarShowRender: 1,
      sagittalNoseLeft: true, // as in the report
      show3Dcrosshair: true
    })
    useMouse(this.niivue, niivue.DRAG_MODE)
    this.niivue.onLocationChange = onMove
    this.canvas = canvas
    this.quiet = false
    const [draw, update] = ['drawScene', 'updateGLVolume'].map((name) => this.niivue[name].bind(this.niivue))
    this.niivue.drawScene = () => {
      if (this.quiet) return
      this.thinCrosshair()
      draw()
      onDraw()
    }
    this.niivue.updateGLVolume = () => { if (!this.quiet) update() }
  }

  async attach() {
    await this.niivue.attachToCanvas(this.canvas)
    leaveOutGradients(this.niivue)
    this.setView('multi')
    this.resized = new ResizeObserver(() => { this.arrangePlanes(); this.niivue.drawScene() })
    this.resized.observe(this.canvas)
  }

  close() {
    this.resized.disconnect()
    const context = this.niivue.gl.getExtension('WEBGL_lose_context')
    this.niivue.cleanup()
    if (context) context.loseContext()
  }

  // The crosshair's lines are as thin on the screen whatever the zoom.
  thinCrosshair() {
    const plane = this.niivue.screenSlices.find(({ axCorSag }) => axCorSag < SLICE_TYPES.multi)
    if (!plane) return
    const pixels = Math.abs(plane.leftTopWidthHeight[2] / plane.fovMM[0]) // to a mm
    this.niivue.opts.crosshairWidth = (LINE * (window.devicePixelRatio || 1)) / pixels
  }

  // The way to place three planes and 3-D that draws them largest.
  arrangePlanes() {
    const first = this.niivue.volumes[0]
    const { clientWidth: width, clientHeight: height } = this.canvas
    if (!first || !width || !height) return
    const [x, y, z] = [1, 2, 3].map((axis) => first.dimsRAS[axis] * first.pixDimsRAS[axis])
    const longest = this.niivue.opts.multiplanarShowRender === 1 ? Math.max(x, y, z) : 0
    const sizes = {
      grid: Math.min(width / (x + y), height / (y + z)),
      row: Math.min(width / (x + x + y + longest), height / Math.max(y, z, longest)),
      column: Math.min(width / Math.max(x, y, longest), height / (y + z + z + longest))
    }
    const best = Object.keys(sizes).reduce((a, b) => (sizes[b] > sizes[a] ? b : a))
    this.niivue.opts.multiplanarLayout = LAYOUTS[best]
  }

  // Fetch first, so that a failed request leaves the picture and its volumes as they were.
  async fetch(url, name) {
    const response = await fetch(url)
    if (!response.ok) {
      const answer = await response.json().catch(() => ({}))
      throw new Error(answer.error || `${url}: ${response.status} ${response.statusText}`)
    }
    const buffer = await response.arrayBuffer()
    return niivue.NVImage.loadFromUrl({ url: buffer, name })
  }

  // NiiVue renews its textures and draws after each single change; in 3-D, on a computer without
  // a graphics card, each takes seconds. Changes made together are shown once.
  together(change) {
    if (this.quiet) return change()
    this.quiet = true
    try {
      change()
    } finally {
      this.quiet = false
    }
    if (!this.niivue.volumes.length) return this.niivue.drawScene()
    // Places are kept as shares of the first volume, which may be another one now.
    if (this.place) this.niivue.scene.crosshairPos = this.niivue.mm2frac(this.place, 0, true)
    this.place = null
    this.onCanvas = true
    this.arrangePlanes()
    this.niivue.updateGLVolume()
    this.niivue.createOnLocationChange()
  }

  // Keeps the crosshair's place while the volumes change; a place that is kept already is the one.
  remember() {
    if (this.niivue.volumes.length && !this.place && this.onCanvas) this.place = this.crosshair()
  }

  // Takes the place of the role's volume; null leaves the role empty.
  put(role, volume) {
    if (this.byRole[role] && this.niivue.volumes.includes(this.byRole[role])) {
      this.remember()
      this.together(() => this.niivue.removeVolume(this.byRole[role]))
    }
    if (volume) this.byRole[role] = volume
    else delete this.byRole[role]
    this.arrange()
  }

  // A hidden volume still has values at the crosshair, but is not on the canvas.
  hide(role, hidden) {
    if (hidden) this.hidden.add(role)
    else this.hidden.delete(role)
    this.arrange()
  }

  arrange() {
    const { niivue, byRole } = this
    const wanted = ORDER.filter((role) => byRole[role] && !this.hidden.has(role)).map((role) => byRole[role])
    const same = wanted.length === niivue.volumes.length && wanted.every((one, i) => niivue.volumes[i] === one)
    if (same) return
    this.remember()
    this.together(() => {
      for (const one of [...niivue.volumes]) if (!wanted.includes(one)) niivue.removeVolume(one)
      for (const one of wanted) if (!niivue.volumes.includes(one)) niivue.addVolume(one)
      wanted.forEach((one, index) => {
        if (niivue.volumes[index] !== one) niivue.setVolume(one, index)
      })
    })
  }

  clear() {
    this.together(() => {
      for (const one of [...this.niivue.volumes]) this.niivue.removeVolume(one)
    })
    this.byRole = {}
    this.place = null
    this.onCanvas = false
  }

  setOpacity(role, opacity) {
    const index = this.niivue.volumes.indexOf(this.byRole[role])
    if (index >= 0) this.niivue.setOpacity(index, opacity)
  }

  // Draws a map: colour(value) gives its colours, or null where nothing is drawn.
  setColours(role, range, colour) {
    const volume = this.byRole[role]
    if (!this.niivue.volumes.includes(volume)) return
    const [low, high] = range
    const signed = low < 0
    // NiiVue's shader takes no range below 0.00001 for what it is.
    volume.gain = widest(range) < 0.01 ? 1 / widest(range) : 1
    volume.hdr.scl_slope = volume.gain
    const [least, most] = [signed ? 0 : low, signed ? Math.max(high, 1e-9 * -low) : high]
    this.niivue.addColormap(`above-${role}`, shaderTable(colour, least, most))
    giveColours(volume, `above-${role}`)
    volume.cal_min = least * volume.gain
    volume.cal_max = most * volume.gain
    volume.colormapNegative = ''
    if (signed) {
      // Values below 0 have a table of their own, from 0 downwards: none of them falls out at its end.
      this.niivue.addColormap(`below-${role}`, shaderTable(colour, 0, low))
      volume.colormapNegative = `below-${role}`
      volume.cal_minNeg = low * volume.gain
      volume.cal_maxNeg = 0
    }
    this.niivue.updateGLVolume()
  }

  // One colour per label, and nothing where the label is 0.
  setLabelColours(role) {
    const volume = this.byRole[role]
    if (!this.niivue.volumes.includes(volume)) return
    if (!volume.raw) {
      // Colours repeat where an atlas has more labels than the table; the labels themselves are kept.
      volume.raw = volume.img
      volume.img = volume.img.map((label) => (label > 0 ? ((Math.round(label) - 1) % (LABEL_COLOURS - 1)) + 1 : 0))
    }
    const table = this.niivue.colormap('roi_i256')
    const entries = [...Array(256).keys()]
    // Label k has entry k + 2, see shaderTable.
    const part = (c) => entries.map((i) => (i > 2 ? table[4 * (i - 2) + c] : 0))
    this.niivue.addColormap('of-labels', { R: part(0), G: part(1), B: part(2), A: entries.map((i) => (i > 2 ? 255 : 0)), I: entries })
    giveColours(volume, 'of-labels')
    volume.cal_min = -2.5
    volume.cal_max = 253.5
    this.niivue.updateGLVolume()
  }

  // NiiVue draws all anew for each of these, so that nothing is said twice.
  setSmooth(smooth) {
    if (this.smooth === smooth) return
    this.smooth = smooth
    this.niivue.setInterpolation(!smooth)
  }

  setView(name) {
    if (this.view === name) return
    this.view = name
    this.niivue.opts.multiplanarShowRender = name === 'multi' ? 1 : 0
    this.arrangePlanes()
    this.niivue.setSliceType(SLICE_TYPES[name])
  }

  // What lies in one plane has no crosshair through it.
  setFlat(flat) {
    this.niivue.opts.show3Dcrosshair = !flat
  }

  // Whether a processor draws, since no graphics card is there or lent to the browser.
  get slow() {
    const told = this.niivue.gl.getExtension('WEBGL_debug_renderer_info')
    const name = told ? this.niivue.gl.getParameter(told.UNMASKED_RENDERER_WEBGL) : ''
    return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name)
  }

  coloursKnown() {
    return this.niivue.colormaps()
  }

  crosshair() {
    return Array.from(this.niivue.frac2mm(this.niivue.scene.crosshairPos, 0, true)).slice(0, 3)
  }

  camera() {
    return cameraOf(this.niivue)
  }

  look(camera) {
    if (this.camera().every((v, i) => v === camera[i])) return
    setCamera(this.niivue, camera)
    this.niivue.drawScene()
  }

  // As moveTo, for a canvas that follows another one; it may have no volume yet.
  follow(place) {
    if (!this.niivue.volumes.length) { this.place = place; return }
    if (this.crosshair().every((v, axis) => Math.abs(v - place[axis]) < 1e-3)) return
    this.moveTo(...place)
  }

  moveTo(x, y, z) {
    this.niivue.scene.crosshairPos = this.niivue.mm2frac([x, y, z], 0, true)
    this.niivue.createOnLocationChange()
    this.niivue.drawScene()
  }

  moveBy(right, front, up) {
    this.niivue.moveCrosshairInVox(right, front, up)
    this.niivue.createOnLocationChange()
    this.niivue.drawScene()
  }

  // The nearest sample of a volume at the crosshair; null outside of it.
  valueAt(role) {
    const volume = this.byRole[role]
    if (!volume) return null
    const voxel = Array.from(volume.mm2vox(this.crosshair(), true))
    const inside = voxel.every((v, axis) => v >= -0.5 && v < volume.dimsRAS[axis + 1] - 0.5)
    if (!inside) return null
    const shown = volume.img
    volume.img = volume.raw || shown
    const value = volume.getValue(...voxel.map((v) => Math.floor(v + 0.5)), 0)
    volume.img = shown
    return value / (volume.gain || 1)
  }
}
