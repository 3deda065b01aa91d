// The page's controls: which subject, layer and channel, and how they are drawn.

import { Volumes } from '/static/volumes.js'

const at = (id) => document.getElementById(id)
const COLOURS = 'viridis'
let catalogue = null
// Which choice is the latest: answers to earlier ones are dropped.
let subjectTurn = 0
let mapTurn = 0
let modalityTurn = 0
// The chosen subject's volumes that are not on the canvas yet, and what went wrong with them.
let waiting = null
let failures = []
let scale = null

const volumes = new Volumes(at('picture'), () => showValues())

function fill(select, names, chosen = 0) {
  select.replaceChildren(...names.map((name, place) => new Option(name, place)))
  select.value = String(Math.min(chosen, names.length - 1))
  select.disabled = names.length < 2
}

const place = (id) => Number(at(id).value)
const subject = () => catalogue.subjects[place('subject')]
const map = () => subject().maps[place('layer')]
const input = () => subject().inputs[place('modality')]
// A picture's columns are -x and its rows are -y, so that they run to the right and downwards.
const signs = () => subject().picture ? [-1, -1, 1] : [1, 1, 1]

function problems(...lines) {
  const text = lines.filter(Boolean).join('\n')
  at('problem').textContent = text
  at('problem').hidden = !text
}

function progress(text) {
  at('progress').textContent = text
}

// What is wrong with what is chosen, from the catalogue: nothing is asked for in vain.
function knownProblems() {
  const one = subject()
  const wrong = catalogue.unfinished.map((name) => `${name}: the map has no sidecar; it is unfinished.`)
  if (input().note) wrong.push(`No input: ${input().note}.`)
  if (one.segmentation.note && one.segmentation.name) wrong.push(`No segmentation: ${one.segmentation.note}.`)
  if (map() && map().note) wrong.push(`No map: ${map().note}.`)
  return wrong
}

async function chooseSubject() {
  fill(at('modality'), subject().inputs.map((one) => one.name || 'none'), place('modality') || 0)
  fill(at('layer'), subject().maps.map((one) => one.layer), place('layer') || 0)
  chooseLayerNames()
  chooseView()
  const mine = ++subjectTurn
  modalityTurn++
  volumes.clear()
  scale = null
  waiting = null
  failures = []
  progress('Loading the input')
  const failed = []
  const wanted = [
    ['input', input(), `/api/input/${place('subject')}/${place('modality')}.nii`],
    ['segmentation', subject().segmentation, `/api/segmentation/${place('subject')}.nii`]
  ]
  const found = await Promise.all(wanted.map(async ([role, entry, url]) => {
    if (entry.note) return null
    return volumes.fetch(url, `${role}.nii`).catch((error) => { failed.push(`No ${role}: ${error.message}`) })
  }))
  if (mine !== subjectTurn) return
  at('segmentation').disabled = !found[1]
  waiting = { input: found[0], segmentation: found[1] }
  failures = failed
  await loadMap()
}

// Another image beneath the same map; what else is on the canvas stays.
async function chooseModality() {
  const mine = ++modalityTurn
  let volume = null
  failures = []
  if (!input().note) {
    progress(`Loading ${input().name}`)
    const url = `/api/input/${place('subject')}/${place('modality')}.nii`
    volume = await volumes.fetch(url, 'input.nii').catch((error) => { failures.push(`No input: ${error.message}`) })
  }
  if (mine !== modalityTurn) return
  waiting = { ...waiting, input: volume }
  await loadMap()
}

// Flat images are shown in their own plane, without 3-D.
function chooseView() {
  const { picture, maps } = subject()
  const plane = maps.length && maps.every((one) => one.plane) ? (picture ? 'axial' : maps[0].plane) : null
  volumes.setFlat(plane, picture)
  at('view').value = plane || 'multi'
  at('view').disabled = Boolean(plane)
  const names = picture ? ['column', 'row', ''] : ['x', 'y', 'z']
  for (const [k, axis] of ['x', 'y', 'z'].entries()) {
    at(`${axis}-name`).textContent = names[k]
    at(axis).hidden = at(`${axis}-name`).hidden = !names[k]
  }
  at('place-note').textContent = picture ? 'pixels from the upper left corner' : 'mm, to the right, front and top'
  const what = plane ? (picture ? 'the picture' : `its ${plane} plane`) : 'three planes and 3-D, radiological orientation'
  at('picture').setAttribute('aria-label', `The map over the input in ${what}; arrows and Page Up, Page Down move the crosshair`)
}

function chooseLayerNames() {
  const one = map()
  fill(at('channel'), one ? one.channels.map((number) => `channel ${number}`) : [], place('channel') || 0)
  at('exact').textContent = !one || one.note ? '' : exactness(one)
}

function exactness(one) {
  if (one.exact === true) return 'Exact: equal to one pass over the whole volume.'
  const reason = one.because ? `: ${one.because}` : '.'
  return one.exact === false ? `Not exact${reason}` : `Not known whether exact${reason}`
}

// Fetches the channel, then changes the picture once, other volumes included.
async function loadMap() {
  const mine = ++mapTurn
  const one = map()
  const wrong = [...knownProblems(), ...failures]
  let volume = null
  if (one && !one.note) {
    progress(`Loading ${one.layer}, channel ${one.channels[place('channel')]}`)
    const url = `/api/channel/${place('subject')}/${place('layer')}/${place('channel')}.nii`
    volume = await volumes.fetch(url, 'map.nii').catch((error) => { wrong.push(`No map: ${error.message}`) })
  }
  if (mine !== mapTurn) return
  problems(...wrong)
  volumes.together(() => {
    for (const role of Object.keys(waiting || {})) volumes.put(role, waiting[role])
    waiting = null
    volumes.put('map', volume)
    if (volume && (!scale || !at('keep').checked)) scale = volumes.rangeOf('map')
    drawMap()
    drawSegmentation()
  })
  progress(volume ? `${subject().name}: ${one.layer}, channel ${one.channels[place('channel')]}, ${one.shape.slice(0, 3).join(' × ')} samples` : '')
  showValues()
  document.body.dataset.loaded = String(mine)
}

function drawMap() {
  const colours = at('colours').selectedOptions[0]
  const [low, high] = scale || [0, 1]
  const share = place('threshold') / 100
  volumes.together(() => {
    volumes.setOpacity('map', place('opacity'))
    volumes.setColours('map', colours ? colours.text : COLOURS, low, high, share)
  })
  at('opacity-value').value = place('opacity').toFixed(2)
  at('threshold-value').value = share > 0 ? (low + share * (high - low)).toPrecision(4) : 'none'
}

function drawSegmentation() {
  const opacity = place('segmentation-opacity')
  volumes.together(() => {
    volumes.hide('segmentation', !at('segmentation').checked)
    volumes.setOpacity('segmentation', opacity)
    // One colour per label, and nothing where the label is 0.
    volumes.setColours('segmentation', 'roi_i256', 0, 254, 1 / 254)
  })
  at('segmentation-opacity-value').value = opacity.toFixed(2)
}

function asText(value) {
  if (value === null || value === undefined) return 'outside'
  return Number.isNaN(value) ? 'missing' : String(Number(value.toPrecision(6)))
}

let speak = 0
function showValues() {
  const loaded = Object.keys(volumes.byRole).length > 0
  for (const role of ['map', 'input', 'segmentation']) {
    at(`value-${role}`).textContent = volumes.byRole[role] ? asText(volumes.valueAt(role)) : '–'
  }
  if (!loaded) return
  volumes.crosshair().forEach((v, axis) => { at('xyz'[axis]).value = (v * signs()[axis]).toFixed(1) })
  // A screen reader is told once the crosshair rests, not at every step.
  clearTimeout(speak)
  speak = setTimeout(() => {
    at('spoken').textContent = `Map ${at('value-map').textContent} at ${['x', 'y', 'z'].filter((id) => !at(id).hidden).map((id) => `${at(`${id}-name`).textContent} ${at(id).value}`).join(', ')}${subject().picture ? '' : ' mm'}`
  }, 600)
}

function step(id, by) {
  const select = at(id)
  const next = Number(select.value) + by
  if (next < 0 || next >= select.options.length) return
  select.value = String(next)
  select.dispatchEvent(new Event('change'))
}

const MOVES = {
  ArrowLeft: [-1, 0, 0],
  ArrowRight: [1, 0, 0],
  ArrowUp: [0, 1, 0],
  ArrowDown: [0, -1, 0],
  PageUp: [0, 0, 1],
  PageDown: [0, 0, -1]
}
const STEPS = { ',': ['channel', -1], '.': ['channel', 1], '[': ['layer', -1], ']': ['layer', 1] }

function onKey(event) {
  const typing = event.target instanceof HTMLElement && event.target.matches('input[type=number]')
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return
  if (event.target === at('picture') && MOVES[event.key]) {
    // Radiological orientation: what lies to the left on the screen is the patient's right.
    const [across, front, up] = MOVES[event.key]
    volumes.moveBy(-across, front, up)
    event.preventDefault()
    event.stopImmediatePropagation()
  } else if (STEPS[event.key]) {
    step(...STEPS[event.key])
    event.preventDefault()
  }
}

function connect() {
  at('subject').addEventListener('change', chooseSubject)
  at('modality').addEventListener('change', chooseModality)
  at('layer').addEventListener('change', () => { scale = null; chooseLayerNames(); loadMap() })
  at('channel').addEventListener('change', () => loadMap())
  at('previous').addEventListener('click', () => step('channel', -1))
  at('next').addEventListener('click', () => step('channel', 1))
  for (const id of ['colours', 'opacity', 'threshold']) at(id).addEventListener('input', drawMap)
  for (const id of ['segmentation', 'segmentation-opacity']) at(id).addEventListener('input', drawSegmentation)
  at('smooth').addEventListener('change', () => volumes.setSmooth(at('smooth').checked))
  at('view').addEventListener('change', () => volumes.setView(at('view').value))
  at('place').addEventListener('submit', (event) => {
    event.preventDefault()
    const [x, y, z] = ['x', 'y', 'z'].map((id, axis) => place(id) * signs()[axis])
    if (volumes.niivue.volumes.length) volumes.moveTo(x, y, z)
  })
  at('controls').addEventListener('submit', (event) => event.preventDefault())
  window.addEventListener('keydown', onKey, true)
}

async function start() {
  const response = await fetch('/api/catalogue.json')
  catalogue = await response.json()
  if (!response.ok) throw new Error(catalogue.error)
  if (!catalogue.subjects.length) throw new Error('The folder holds no finished map.')
  document.title = `Activation maps: ${catalogue.folder}`
  at('title').textContent = document.title
  await volumes.attach()
  const names = volumes.coloursKnown()
  fill(at('colours'), names, Math.max(0, names.indexOf(COLOURS)))
  fill(at('subject'), catalogue.subjects.map((one) => one.name))
  connect()
  await chooseSubject()
}

window.viewer = volumes
start().catch((error) => { problems(error.message); document.body.dataset.loaded = 'failed' })
