// The form at the side: what it says of the active pane, and what a person chooses there.

import { AUTOMATIC } from '/static/scales.js'

export const at = (id) => document.getElementById(id)
const number = (id) => Number(at(id).value)

export function fill(select, names, chosen = 0, values = null) {
  select.replaceChildren(...names.map((name, place) => new Option(name, values ? values[place] : place)))
  select.value = String(values ? chosen : Math.min(chosen, names.length - 1))
  select.disabled = names.length < 2
}

// What the picker's values of components in colours begin with.
export const IN_COLOURS = 'colours:'

// What a person may put beneath the map: inputs by their numbers, images of labels, and components
// in colours, which stand for the map.
function beneathChoices(subject) {
  const names = subject.inputs.map((one) => one.name || 'no image')
  const values = subject.inputs.map((_, i) => String(i))
  for (const kind of ['segmentation', 'labels']) {
    if (subject[kind].name && !subject[kind].note) { names.push(`the ${kind}`); values.push(kind) }
  }
  for (const { layer, colours } of subject.maps) {
    if (colours) { names.push(`${layer} in colours`); values.push(`${IN_COLOURS}${layer}`) }
  }
  return { names: [...names, 'nothing'], values: [...values, 'none'] }
}

// Puts a pane's choice and the shared settings into the form.
export function showChoice(pane, settings) {
  const { subject, map, choice, catalogue } = pane
  fill(at('subject'), catalogue.subjects.map((one) => one.name), choice.subject)
  fill(at('layer'), subject.maps.map((one) => one.layer), choice.layer)
  fill(at('channel'), map ? map.channels.map((n) => `channel ${n}`) : [], choice.channel)
  const beneath = beneathChoices(subject)
  fill(at('modality'), beneath.names, settings.beneath, beneath.values)
  if (!at('modality').value) at('modality').value = '0'
  const kinds = ['segmentation', 'labels'].filter((kind) => kind === 'segmentation' || subject.labels.name)
  fill(at('regions'), kinds.map((kind) => `the ${kind}`), settings.regions, kinds)
  if (!at('regions').value) at('regions').value = 'segmentation'
  at('segmentation').disabled = Boolean(subject[settings.regions].note)
  at('exact').textContent = !map || map.note ? '' : map.sentence
  at('because').textContent = (map && map.because) || ''
  at('reasons').hidden = !map || !map.because
  at('advice').textContent = (map && map.advice) || ''
  at('view').disabled = Boolean(pane.plane)
  at('view').value = pane.plane || settings.view
  showPlaceNames(subject)
}

// Axial and its kin are words for a patient; of an image without sides the axes are told.
const PLANES = { axial: ['Axial', 'x-y plane'], coronal: ['Coronal', 'x-z plane'], sagittal: ['Sagittal', 'y-z plane'] }

function showPlaceNames({ picture, sided }) {
  for (const option of at('view').options) if (PLANES[option.value]) option.text = PLANES[option.value][sided ? 0 : 1]
  const names = picture ? ['column', 'row', ''] : ['x', 'y', 'z']
  for (const [k, axis] of ['x', 'y', 'z'].entries()) {
    at(`${axis}-name`).textContent = names[k]
    at(axis).hidden = at(`${axis}-name`).hidden = !names[k]
  }
  at('place-note').textContent = picture ? 'pixels from the upper left corner' : sided ? 'mm, to the right, front and top' : 'mm along the axes of the file'
}

export function showSettings(settings) {
  for (const [id, key] of Object.entries(FIELDS)) at(id).value = settings[key]
  for (const [id, key] of Object.entries(CHECKS)) at(id).checked = settings[key]
}

// The scale that a pane has now.
export function showScale(pane) {
  at('scale').value = pane.choice.scale
  const [low, high] = pane.range
  at('low').value = Number(low.toPrecision(4))
  at('high').value = Number(high.toPrecision(4))
  at('opacity-value').value = number('opacity').toFixed(2)
  at('segmentation-opacity-value').value = number('segmentation-opacity').toFixed(2)
  at('threshold-value').value = pane.threshold > 0 ? Number((pane.threshold).toPrecision(4)) : 'none'
}

// Fields of the form and the settings that they are.
const FIELDS = { threshold: 'threshold', colours: 'colours', opacity: 'opacity', 'segmentation-opacity': 'regionsOpacity', regions: 'regions' }
const CHECKS = { smooth: 'smooth', segmentation: 'regionsShown' }
const AS_NUMBERS = ['threshold', 'opacity', 'segmentation-opacity']

export function takeSettings(settings) {
  for (const [id, key] of Object.entries(FIELDS)) settings[key] = AS_NUMBERS.includes(id) ? number(id) : at(id).value
  for (const [id, key] of Object.entries(CHECKS)) settings[key] = at(id).checked
}

// The range that was typed; null where its ends are the wrong way round.
export function typedRange() {
  const range = [number('low'), number('high')]
  return at('low').value !== '' && at('high').value !== '' && range[0] < range[1] ? range : null
}

export function fillColours(known) {
  fill(at('colours'), [AUTOMATIC, ...known], AUTOMATIC, [AUTOMATIC, ...known])
}
