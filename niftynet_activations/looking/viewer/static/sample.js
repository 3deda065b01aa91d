// The sample under the crosshair: its values over all channels as a chart, and what it depends on.

import { askJson } from '/static/asking.js'
import { drawOverlay } from '/static/overlay.js'

const REST = 250 // ms for which the crosshair has to rest before the server is asked
const NAMED = 3 // channels that are named in words

export class Sample {
  // onChoose is given a channel's place in the map.
  constructor(shell, onChoose) {
    this.shell = shell
    this.canvas = shell.querySelector('canvas')
    this.note = shell.querySelector('.note')
    this.timer = 0
    this.asked = null
    this.values = []
    this.canvas.addEventListener('click', (event) => {
      const box = this.canvas.getBoundingClientRect()
      const place = Math.floor(((event.clientX - box.left) / box.width) * this.values.length)
      if (this.values.length) onChoose(Math.max(0, Math.min(this.values.length - 1, place)))
    })
  }

  // The crosshair moved, or another map is seen: asks once it rests.
  rest(active, panes, settings) {
    clearTimeout(this.timer)
    if (this.asked) this.asked.abort()
    document.getElementById('field-note').textContent = ''
    for (const pane of panes) { pane.field = null; drawOverlay(pane) }
    if (!settings.field && !settings.chart) return
    this.timer = setTimeout(() => this.ask(active, panes, settings), REST)
  }

  async ask(active, panes, settings) {
    this.asked = new AbortController()
    const { signal } = this.asked
    const wanted = settings.field ? panes : [active]
    await Promise.all(wanted.map(async (pane) => {
      const told = await this.valuesOf(pane, signal)
      if (signal.aborted) return
      pane.field = settings.field && !told.error ? told.field : null
      drawOverlay(pane)
      if (pane === active) this.tell(pane, told, settings)
    }))
    if (signal.aborted) return
    document.body.dataset.sampled = String(Number(document.body.dataset.sampled || 0) + 1)
  }

  async valuesOf(pane, signal) {
    const { map, choice, volumes } = pane
    if (!map || map.note || !volumes.niivue.volumes.length) return { error: 'There is no map.' }
    if (volumes.valueAt('map') === null) return { error: 'The map has no sample here.' }
    const at = volumes.crosshair().map((v) => v.toFixed(4)).join(',')
    return askJson(`/api/values/${choice.subject}/${choice.layer}.json?at=${at}`, { signal }).catch((error) => ({ error: error.message }))
  }

  tell(pane, told, settings) {
    const boxless = settings.field && !told.error && !told.field
    document.getElementById('field-note').textContent = boxless ? `No box: ${whyNoBox(pane.map.field)}.` : ''
    this.values = told.error ? [] : told.values
    if (told.error) this.note.textContent = told.error
    else this.note.textContent = this.inWords(pane.map.channels, pane.map.field)
    if (settings.chart) this.draw(pane.choice.channel)
  }

  inWords(channels, field) {
    const known = this.values.map((value, i) => [value, channels[i]]).filter(([value]) => value !== null)
    known.sort((a, b) => Math.abs(b[0]) - Math.abs(a[0]))
    const strongest = known.slice(0, NAMED).map(([value, number]) => `channel ${number} ${Number(value.toPrecision(3))}`)
    const text = strongest.length ? `Strongest: ${strongest.join(', ')}.` : 'All channels are missing here.'
    this.canvas.setAttribute('aria-label', `Values of all channels at the crosshair. ${text}`)
    return field ? `${text} It depends on ${field.join(' × ')} voxels.` : text
  }

  draw(chosen) {
    const dots = window.devicePixelRatio || 1
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight]
    this.canvas.width = width * dots
    this.canvas.height = height * dots
    const paint = this.canvas.getContext('2d')
    paint.scale(dots, dots)
    const known = this.values.filter((value) => value !== null)
    const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)]
    const rowOf = (value) => 10 + ((high - value) / (high - low || 1)) * (height - 20)
    const step = width / Math.max(1, this.values.length)
    this.values.forEach((value, i) => {
      paint.fillStyle = i === chosen ? '#ffd479' : value < 0 ? '#5aa9ff' : '#ff8f6b'
      if (value === null) return
      const [from, to] = [rowOf(Math.max(0, value)), rowOf(Math.min(0, value))]
      paint.fillRect(i * step, from, Math.max(1, step - 1), Math.max(1, to - from))
    })
    paint.fillStyle = '#a6b0bc'
    paint.fillRect(0, rowOf(0), width, 1)
    paint.font = '10px system-ui, sans-serif'
    if (high > 0) paint.fillText(String(Number(high.toPrecision(3))), 0, 8)
    if (low < 0) paint.fillText(String(Number(low.toPrecision(3))), 0, height - 1)
  }
}

const whyNoBox = (field) => field ? 'along an axis a sample depends on all of its window' : 'the sidecar does not tell how far a sample sees'
