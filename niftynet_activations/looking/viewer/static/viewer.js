// The page: its panes, what a person chooses for them, and the address that holds all of it.

import { askJson } from '/static/asking.js'
import * as address from '/static/address.js'
import { at, fillColours, showChoice, showScale, showSettings, takeSettings, typedRange } from '/static/controls.js'
import { Keys } from '/static/keys.js'
import { middleOf } from '/static/middle.js'
import { Pane } from '/static/pane.js'
import { compose, save } from '/static/picture.js'
import { Sample } from '/static/sample.js'
import { AUTOMATIC, asText } from '/static/scales.js'
import { Strip } from '/static/strip.js'

const MOST_PANES = 4
let catalogue = null
const settings = { ...address.DEFAULTS } // of what all panes share
let panes = []
let active = null
let atStart = true // the page begins in the middle of the segmentation, as the report does
let following = false // while panes follow the one that was moved
let complaints = [] // about the address and what was typed
let loads = 0
const choosePlace = (place) => choose({ channel: place, like: null })
const strip = new Strip(at('strip'), choosePlace)
const sample = new Sample(at('sample'), choosePlace)

// A picture's columns are -x and its rows are -y, so that they run to the right and downwards.
const signs = () => active.subject.picture ? [-1, -1, 1] : [1, 1, 1]

function problems() {
  const unfinished = catalogue.unfinished.map((name) => `${name}: the map has no sidecar; it is unfinished.`)
  const lines = [...complaints, ...unfinished, ...panes.flatMap((pane) => pane.problems())]
  tell([...new Set(lines)].join('\n'))
}

function tell(text) {
  at('problem').textContent = text
  at('problem').hidden = !text
}

function progress(text) {
  at('progress').textContent = text
}

// Brings panes to what was chosen for them; the last choice wins.
async function show(...changed) {
  const mine = changed.length ? changed : panes
  progress(`Loading ${mine.map((pane) => pane.title).join(' and ')}`)
  showChoice(active, settings)
  const done = await Promise.all(mine.map((pane) => pane.show()))
  if (done.includes(false)) return
  problems()
  showScale(active)
  showChoice(active, settings)
  const { map } = active
  progress(map && map.shape ? `${active.title}, ${map.shape.slice(0, 3).join(' × ')} samples` : '')
  strip.show(active, settings)
  showValues()
  remember()
  document.body.dataset.loaded = String(++loads)
}

function redraw() {
  takeSettings(settings)
  for (const pane of panes) pane.draw()
  showScale(active)
  remember()
}

// Writes the view into the address, once it rests.
let writing = 0
function remember() {
  clearTimeout(writing)
  writing = setTimeout(() => {
    history.replaceState(null, '', address.write(catalogue, settings, panes, place(), active.volumes.camera()))
  }, 150)
}

const place = () => (active.volumes.niivue.volumes.length ? active.volumes.crosshair() : null)

let speak = 0
function showValues() {
  for (const role of ['map', 'input', 'segmentation']) {
    at(`value-${role}`).textContent = active.volumes.byRole[role] ? asText(active.volumes.valueAt(role)) : '–'
  }
  for (const pane of panes) pane.showValue()
  sample.rest(active, panes, settings)
  if (!place()) return
  place().forEach((v, axis) => { at('xyz'[axis]).value = (v * signs()[axis]).toFixed(1) })
  // A screen reader is told once the crosshair rests, not at every step.
  clearTimeout(speak)
  speak = setTimeout(() => {
    at('spoken').textContent = `Map ${at('value-map').textContent} at ${['x', 'y', 'z'].filter((id) => !at(id).hidden).map((id) => `${at(`${id}-name`).textContent} ${at(id).value}`).join(', ')}${active.subject.picture ? '' : ' mm'}`
  }, 600)
}

// All panes look at the same place in the world, and from the same side.
function together(change) {
  if (following) return
  following = true
  try {
    change()
  } finally {
    following = false
  }
}

const events = {
  onMove(pane) {
    if (following || !panes.includes(pane) || !pane.volumes.niivue.volumes.length) return
    const there = pane.volumes.crosshair()
    together(() => panes.forEach((other) => { if (other !== pane) other.volumes.follow(there) }))
    showValues()
    remember()
  },
  onCamera(pane) {
    if (following || pane !== active) return
    together(() => panes.forEach((other) => { if (other !== pane) other.volumes.look(pane.volumes.camera()) }))
    remember()
  },
  onActive(pane) {
    if (pane === active || !panes.includes(pane)) return
    activate(pane)
    showScale(active)
    strip.show(active, settings)
    showValues()
  },
  onClose(pane) {
    if (panes.length < 2) return
    panes = panes.filter((one) => one !== pane)
    pane.close()
    activate(panes.includes(active) ? active : panes[0])
    problems()
    showValues()
    remember()
  }
}

function activate(pane) {
  active = pane
  panes.forEach((one, i) => {
    one.shell.classList.toggle('active', one === pane)
    one.canvas.id = i ? `picture-${i + 1}` : 'picture'
  })
  at('panes').dataset.count = String(panes.length)
  at('add').disabled = panes.length >= MOST_PANES
  showChoice(pane, settings)
}

async function addPane(choice) {
  const pane = new Pane(catalogue, settings, choice, events)
  panes.push(pane)
  at('panes').append(pane.shell)
  activate(pane)
  await pane.attach()
  return pane
}

// As addPane, beside what is seen: at the same place and from the same side.
async function compare(change = {}) {
  if (panes.length >= MOST_PANES) return
  const [there, camera] = [place(), active.volumes.camera()]
  const pane = await addPane({ ...active.choice, ...change })
  if (there) pane.volumes.follow(there)
  pane.volumes.look(camera)
  await show(pane)
}

// A choice for the active pane; what depends on it starts anew.
function choose(change) {
  complaints = []
  Object.assign(active.choice, change)
  const { maps } = active.subject
  active.choice.layer = Math.min(active.choice.layer, Math.max(0, maps.length - 1))
  const channels = active.map ? active.map.channels.length : 1
  active.choice.channel = Math.min(active.choice.channel, Math.max(0, channels - 1))
  return show(active)
}

function step(id, by) {
  const select = at(id)
  const next = Number(select.value) + by
  if (next < 0 || next >= select.options.length) return
  select.value = String(next)
  select.dispatchEvent(new Event('change'))
}

function onScale() {
  complaints = []
  const scale = at('scale').value
  choose({ scale, range: scale === 'fixed' ? active.range : null }).then(() => { active.takeRange(); redraw() })
}

function onRange() {
  const range = typedRange()
  complaints = range ? [] : ['The scale needs two numbers, the minimum below the maximum.']
  problems()
  if (!range) return
  Object.assign(active.choice, { scale: 'fixed', range })
  active.takeRange()
  redraw()
}

// A map of how alike all samples are to the one at the crosshair.
function like() {
  if (!place()) return
  if (active.volumes.valueAt('map') !== null) { choose({ like: place(), scale: 'channel' }); return }
  complaints = ['The map has no sample at the crosshair; move it.']
  problems()
}

function connect() {
  const on = (id, event, action) => at(id).addEventListener(event, action)
  const numberOf = (id) => Number(at(id).value)
  const newLayer = { like: null, range: null }
  const keepFixed = () => (active.choice.scale === 'fixed' ? { ...newLayer, scale: 'channel' } : newLayer)
  on('subject', 'change', () => choose({ subject: numberOf('subject') }))
  on('layer', 'change', () => choose({ ...keepFixed(), layer: numberOf('layer') }))
  on('channel', 'change', () => choose({ channel: numberOf('channel'), like: null }))
  on('modality', 'change', () => { settings.beneath = at('modality').value; show() })
  on('regions', 'change', () => { takeSettings(settings); show() })
  on('previous', 'click', () => step('channel', -1))
  on('next', 'click', () => step('channel', 1))
  on('add', 'click', () => compare())
  on('save', 'click', () => save(panes, at('panes')))
  on('scale', 'change', onScale)
  for (const id of ['low', 'high']) on(id, 'change', onRange)
  for (const id of ['colours', 'opacity', 'threshold', 'segmentation', 'segmentation-opacity']) on(id, 'input', redraw)
  on('smooth', 'change', () => { takeSettings(settings); panes.forEach((pane) => pane.describe()); remember() })
  on('view', 'change', () => { settings.view = at('view').value; panes.forEach((pane) => pane.describe()); remember() })
  on('place', 'submit', (event) => {
    event.preventDefault()
    const [x, y, z] = ['x', 'y', 'z'].map((id, axis) => Number(at(id).value) * signs()[axis])
    if (place()) active.volumes.moveTo(x, y, z)
  })
  on('like', 'click', like)
  on('strip', 'toggle', () => { settings.strip = at('strip').open; strip.show(active, settings); remember() })
  on('sort', 'change', () => { settings.sort = at('sort').value; strip.show(active, settings); remember() })
  on('sample', 'toggle', () => { settings.chart = at('sample').open; showValues(); remember() })
  on('field', 'change', () => { settings.field = at('field').checked; showValues(); remember() })
  const keys = new Keys(() => panes, () => active, step)
  for (const [id, key] of [['nearer', '+'], ['farther', '-'], ['whole', '0']]) on(id, 'click', () => keys.zoom(key))
  on('controls', 'submit', (event) => event.preventDefault())
  // Its own address would take the place of the view's.
  on('skip', 'click', (event) => { event.preventDefault(); active.canvas.focus() })
  window.addEventListener('keydown', (event) => keys.on(event), true)
  window.addEventListener('hashchange', follow)
}

// Shows what the address says.
async function follow() {
  const asked = address.read(location.hash, catalogue)
  complaints = asked.problems
  if (![AUTOMATIC, ...active.volumes.coloursKnown()].includes(asked.settings.colours)) {
    complaints.push(address.unknown('colours', asked.settings.colours))
    asked.settings.colours = AUTOMATIC
  }
  Object.assign(settings, asked.settings)
  showSettings(settings)
  at('strip').open = settings.strip
  at('sample').open = settings.chart
  at('field').checked = settings.field
  while (panes.length > asked.choices.length) panes.pop().close()
  for (const [i, choice] of asked.choices.entries()) {
    if (panes[i]) panes[i].choice = choice
    else await addPane(choice)
  }
  activate(panes[0])
  await show()
  const first = asked.place || (place() && atStart && middleOf(active.volumes.byRole.segmentation))
  atStart = false
  if (first) active.volumes.moveTo(...first)
  if (asked.camera) active.volumes.look(asked.camera)
}

async function start() {
  catalogue = await askJson('/api/catalogue.json')
  if (!catalogue.subjects.length) throw new Error('The folder holds no finished map.')
  document.title = `Activation maps: ${catalogue.folder}`
  at('title').textContent = document.title
  await addPane(address.read(location.hash, catalogue).choices[0])
  if (active.volumes.slow) address.DEFAULTS.view = 'planes'
  at('view-note').hidden = !active.volumes.slow
  fillColours(active.volumes.coloursKnown())
  connect()
  await follow()
}

// What tests and the console use.
window.viewer = {
  get panes() { return panes },
  get active() { return active },
  crosshair: () => active.volumes.crosshair(),
  moveTo: (x, y, z) => active.volumes.moveTo(x, y, z),
  compare,
  compose: () => compose(panes, at('panes'))
}
start().catch((error) => { tell(error.message); document.body.dataset.loaded = 'failed' })
