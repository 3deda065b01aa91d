// What keys do: the crosshair, the channel, the layer and the zoom.

import { showWhole, zoomBy } from '/static/camera.js'

const MOVES = {
  ArrowLeft: [-1, 0, 0],
  ArrowRight: [1, 0, 0],
  ArrowUp: [0, 1, 0],
  ArrowDown: [0, -1, 0],
  PageUp: [0, 0, 1],
  PageDown: [0, 0, -1]
}
const STEPS = { ',': ['channel', -1], '.': ['channel', 1], '[': ['layer', -1], ']': ['layer', 1] }
const NEARER = 1.25
const ZOOMS = {
  '+': (niivue) => zoomBy(niivue, NEARER),
  '-': (niivue) => zoomBy(niivue, 1 / NEARER),
  0: showWhole
}

export class Keys {
  // panes(), active(): what is seen now; step(picker, by) chooses another entry of a picker.
  constructor(panes, active, step) {
    Object.assign(this, { panes, active, step })
  }

  zoom(key) {
    ZOOMS[key](this.active().volumes.niivue)
  }

  on(event) {
    const { target, key } = event
    const typing = target instanceof HTMLElement && target.matches('input[type=number]')
    if (event.ctrlKey || event.metaKey || event.altKey || typing) return
    const pane = this.panes().find((one) => one.canvas === target)
    // In a list of choices digits and signs look for an entry.
    const picking = target instanceof HTMLSelectElement
    if (pane && MOVES[key]) {
      // Radiological orientation: what lies to the left on the screen is the patient's right.
      const [across, front, up] = MOVES[key]
      pane.volumes.moveBy(-across, front, up)
      event.stopImmediatePropagation()
    } else if (STEPS[key]) {
      this.step(...STEPS[key])
    } else if (ZOOMS[key] && !picking) {
      this.zoom(key)
    } else {
      return
    }
    event.preventDefault()
  }
}
