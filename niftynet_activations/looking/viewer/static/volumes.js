// The volumes on the canvas, by role (input, map, segmentation), on top of NiiVue.
// Places are in mm (to the right, front and top), as the files' affines have them.

// NiiVue's numbers for what to draw; three planes come with 3-D (1) or without (0).
const SLICE_TYPES = { axial: 0, coronal: 1, sagittal: 2, planes: 3, multi: 3, render: 4 }
// The first volume on the canvas is the ground that others are drawn on.
const ORDER = ['input', 'map', 'segmentation']

export class Volumes {
  constructor(canvas, onMove) {
    this.byRole = {}
    this.hidden = new Set()
    this.place = null
    this.onCanvas = false
    this.niivue = new niivue.Niivue({
      backColor: [0, 0, 0, 1],
      crosshairWidth: 0.6,
      crosshairWidthUnit: 'mm',
      dragAndDropEnabled: false,
      isNearestInterpolation: true,
      isRadiologicalConvention: true,
      isSliceMM: true,
      logLevel: 'error',
      multiplanarShowRender: 1,
      show3Dcrosshair: true
    })
    this.niivue.onLocationChange = onMove
    this.canvas = canvas
  }

  async attach() {
    await this.niivue.attachToCanvas(this.canvas)
    this.setView('multi')
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
    const slow = ['updateGLVolume', 'drawScene']
    if (slow.some((name) => Object.hasOwn(this.niivue, name))) return change()
    for (const name of slow) this.niivue[name] = () => {}
    try {
      change()
    } finally {
      for (const name of slow) delete this.niivue[name]
    }
    if (!this.niivue.volumes.length) return this.niivue.drawScene()
    // Places are kept as shares of the first volume, which may be another one now.
    if (this.place) this.niivue.scene.crosshairPos = this.niivue.mm2frac(this.place, 0, true)
    this.place = null
    this.onCanvas = true
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

  // Draws values from low to high in a colour map's colours; nothing of a share of that range.
  // NiiVue's own colour maps fade low values out; here all that is not hidden is as opaque.
  // Entry 0 of the table is left for missing samples, which are not drawn.
  setColours(role, name, low, high, share) {
    const volume = this.byRole[role]
    if (!this.niivue.volumes.includes(volume)) return
    const table = this.niivue.colormap(name)
    const entries = [...Array(256).keys()]
    const part = (offset) => entries.map((i) => table[4 * i + offset])
    const hidden = 1 + Math.round(share * 254)
    const colours = { R: part(0), G: part(1), B: part(2), A: entries.map((i) => (i < hidden ? 0 : 255)), I: entries }
    const key = `opaque-${role}`
    this.niivue.addColormap(key, colours)
    // A new colour map resets the scale, so the scale comes after it.
    this.niivue.setColormap(volume.id, key)
    volume.cal_min = low - (high - low) / 254
    volume.cal_max = high
    this.niivue.updateGLVolume()
  }

  // The values to give the first and last colour: the smallest, and the 99.5th percentile of a
  // regular subset, so that a few outliers do not darken the rest.
  rangeOf(role) {
    const samples = this.byRole[role].img
    let low = Infinity
    const some = []
    const every = Math.ceil(samples.length / 50000) | 1
    for (let i = 0; i < samples.length; i++) {
      if (samples[i] < low) low = samples[i]
      if (i % every === 0 && Number.isFinite(samples[i])) some.push(samples[i])
    }
    some.sort((a, b) => a - b)
    const high = some.length ? some[Math.floor(0.995 * (some.length - 1))] : low
    if (!Number.isFinite(low)) return [0, 1]
    return high > low ? [low, high] : [low, low + 1]
  }

  setSmooth(smooth) {
    this.niivue.setInterpolation(!smooth)
  }

  setView(name) {
    this.niivue.opts.multiplanarShowRender = name === 'multi' ? 1 : 0
    this.niivue.setSliceType(SLICE_TYPES[name])
  }

  // What lies in one plane is shown in it alone; a picture has no left and right of a patient.
  setFlat(plane, picture) {
    this.niivue.opts.isOrientationTextVisible = !picture
    this.niivue.opts.show3Dcrosshair = !plane
    this.setView(plane || 'multi')
  }

  coloursKnown() {
    return this.niivue.colormaps()
  }

  crosshair() {
    return Array.from(this.niivue.frac2mm(this.niivue.scene.crosshairPos, 0, true)).slice(0, 3)
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
    return inside ? volume.getValue(...voxel.map((v) => Math.floor(v + 0.5)), 0) : null
  }
}
