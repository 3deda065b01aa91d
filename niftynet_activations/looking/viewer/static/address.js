// The page's address holds the whole view, behind the #: it can be reloaded and shared.
//
// What all panes share is written once; subject, layer, channel, scale, range and like are written
// for each pane, in the order of the panes. Names are those of the folder, numbers those of the network.

import { UNMOVED } from '/static/camera.js'
import { AUTOMATIC } from '/static/scales.js'

const SHARED = ['beneath', 'regions', 'regionsShown', 'regionsOpacity', 'colours', 'opacity', 'threshold', 'smooth', 'view', 'strip', 'sort', 'chart', 'field']
const NUMBERS = ['regionsOpacity', 'opacity', 'threshold']
const FLAGS = ['regionsShown', 'smooth', 'strip', 'chart', 'field']
// What the page begins with.
export const DEFAULTS = {
  beneath: '0',
  regions: 'segmentation',
  regionsShown: false,
  regionsOpacity: 0.4,
  colours: AUTOMATIC,
  opacity: 0.7,
  threshold: 15,
  smooth: false,
  view: 'multi',
  strip: false,
  sort: 'number',
  chart: false,
  field: false
}
// Words that the page knows, for what is chosen from a list.
const KNOWN = {
  view: /^(multi|planes|axial|coronal|sagittal|render)$/,
  regions: /^(segmentation|labels)$/,
  beneath: /^(\d+|segmentation|labels|none)$/,
  sort: /^(number|variance|auc:.*)$/
}
const MOST_PANES = 4
const ANGLES = 2 // of a camera; its other numbers are written where they are not the usual ones

const shortened = (values, digits = 6) => values.map((v) => Number(v.toPrecision(digits))).join(',')

export function write(catalogue, settings, panes, place, camera) {
  const words = new URLSearchParams()
  for (const { choice } of panes) {
    const subject = catalogue.subjects[choice.subject]
    const map = subject.maps[choice.layer]
    words.append('subject', subject.name)
    words.append('layer', map ? map.layer : '')
    words.append('channel', map && map.channels.length ? map.channels[choice.channel] : '')
    words.append('scale', choice.scale === 'fixed' && choice.range ? shortened(choice.range) : choice.scale)
    words.append('like', choice.like ? shortened(choice.like) : '')
  }
  if (panes.every(({ choice }) => !choice.like)) words.delete('like')
  if (place) words.set('at', place.map((v) => Number(v.toFixed(2))).join(','))
  if (camera) words.set('camera', cameraInWords(camera))
  for (const key of SHARED) if (settings[key] !== DEFAULTS[key]) words.set(key, settings[key])
  words.set('view', settings.view) // what it begins with is not the same on every computer
  return '#' + words.toString().replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%3A', ':')
}

function cameraInWords(camera) {
  const angles = camera.slice(0, ANGLES).map((v) => Math.round(v))
  const others = camera.slice(ANGLES).map((v) => Number(v.toFixed(2)))
  return [...angles, ...(others.every((v, i) => v === UNMOVED[i]) ? [] : others)].join(',')
}

function cameraIn(text) {
  const angles = numbersIn(text, ANGLES)
  return angles ? [...angles, ...UNMOVED] : numbersIn(text, ANGLES + UNMOVED.length)
}

const numbersIn = (text, count) => {
  const found = (text || '').split(',').map(Number)
  return text && found.length === count && found.every(Number.isFinite) ? found : null
}

// What an address says: {settings, choices, place, camera, problems}. What the folder does not hold
// is told, and the first that it holds is taken.
export function read(hash, catalogue) {
  const words = new URLSearchParams(hash.replace(/^#/, ''))
  const problems = []
  const settings = { ...DEFAULTS }
  for (const key of SHARED) {
    if (!words.has(key)) continue
    const text = words.get(key)
    if (NUMBERS.includes(key) && !Number.isFinite(Number(text))) problems.push(`The address says ${key} '${text}', which is no number.`)
    else if (KNOWN[key] && !KNOWN[key].test(text)) problems.push(unknown(key, text))
    else settings[key] = NUMBERS.includes(key) ? Number(text) : FLAGS.includes(key) ? text === 'true' : text
  }
  const subjects = words.getAll('subject')
  const count = Math.min(MOST_PANES, Math.max(1, subjects.length))
  const choices = [...Array(count).keys()].map((i) => readChoice(i, words, catalogue, problems))
  const place = numbersIn(words.get('at'), 3)
  if (words.has('at') && !place) problems.push(`The address says at '${words.get('at')}'; expected x,y,z in mm.`)
  const camera = cameraIn(words.get('camera'))
  if (words.has('camera') && !camera) problems.push(`The address says camera '${words.get('camera')}'; expected two angles, or seven numbers.`)
  return { settings, choices, place, camera, problems }
}

export const unknown = (key, text) => `The address says ${key} '${text}', which this page does not know.`

function readChoice(i, words, catalogue, problems) {
  const word = (key) => words.getAll(key)[i] || ''
  const choose = (text, names, what) => {
    const found = names.map(String).indexOf(text)
    if (text && found < 0) problems.push(`The address names ${what} '${text}', which is not in this folder; the first is shown.`)
    return Math.max(0, found)
  }
  const subject = choose(word('subject'), catalogue.subjects.map((one) => one.name), 'the subject')
  const { maps } = catalogue.subjects[subject]
  const layer = choose(word('layer'), maps.map((one) => one.layer), 'the layer')
  const channel = choose(word('channel'), maps[layer] ? maps[layer].channels : [], 'the channel')
  const range = numbersIn(word('scale'), 2)
  const sound = range && range[0] < range[1]
  const scale = sound ? 'fixed' : ['layer', 'fixed'].includes(word('scale')) ? word('scale') : 'channel'
  if (word('scale') && !sound && !['layer', 'channel', 'fixed'].includes(word('scale'))) {
    problems.push(`The address says scale '${word('scale')}'; expected channel, layer, or min,max.`)
  }
  return { subject, layer, channel, scale, range: sound ? range : null, like: numbersIn(word('like'), 3) }
}
