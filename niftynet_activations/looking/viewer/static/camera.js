// From where the world is seen: angles and zoom of the 3-D view, shift (mm) and zoom of the planes.
//
// A camera is seven numbers: azimuth, elevation, zoom of 3-D, shift (x, y, z), zoom of the planes.

const CLOSEST = 20
const FARTHEST = 0.5
const CLOSEST_3D = 5
const STEP = 1.1 // of the zoom, for one notch of the wheel
// What follows the two angles, where nothing is shifted or enlarged.
export const UNMOVED = [1, 0, 0, 0, 1]

export function cameraOf({ scene }) {
  return [scene.renderAzimuth, scene.renderElevation, scene.volScaleMultiplier, ...scene.pan2Dxyzmm]
}

export function setCamera({ scene }, camera) {
  const [azimuth, elevation, zoom, ...pan] = camera
  scene.renderAzimuth = azimuth
  scene.renderElevation = elevation
  scene.volScaleMultiplier = zoom
  scene.pan2Dxyzmm = pan
}

const within = (least, most, value) => Math.min(most, Math.max(least, value))

// Nearer or farther; what is under the crosshair stays where it is.
export function zoomBy(niivue, factor) {
  const { scene } = niivue
  const [x, y, z, zoom] = scene.pan2Dxyzmm
  const next = within(FARTHEST, CLOSEST, zoom * factor)
  const place = niivue.frac2mm(scene.crosshairPos)
  scene.pan2Dxyzmm = [x, y, z].map((v, axis) => v + (zoom - next) * place[axis]).concat(next)
  scene.volScaleMultiplier = within(FARTHEST, CLOSEST_3D, scene.volScaleMultiplier * factor)
  niivue.drawScene()
}

export function showWhole(niivue) {
  setCamera(niivue, [niivue.scene.renderAzimuth, niivue.scene.renderElevation, ...UNMOVED])
  niivue.drawScene()
}

// The right button shifts the planes and a double click shows all of them: NiiVue's own ways change
// the colours, which the bar would not tell. The wheel goes through the slices, with Ctrl it zooms.
export function useMouse(niivue, modes) {
  niivue.opts.dragMode = modes.pan
  niivue.resetBriCon = () => showWhole(niivue)
  const scroll = niivue.wheelListener.bind(niivue)
  niivue.wheelListener = (event) => {
    if (event.ctrlKey) {
      event.preventDefault()
      zoomBy(niivue, event.deltaY < 0 ? STEP : 1 / STEP)
      return
    }
    // With the mode to shift, the wheel would zoom.
    niivue.opts.dragMode = modes.none
    scroll(event)
    niivue.opts.dragMode = modes.pan
  }
}
