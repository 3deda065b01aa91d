// One pane: a canvas with what a person has chosen to see in it, its title and its colour bar.

import { Volumes } from '/static/volumes.js'
import { asText, colourOf, drawBar, likenessRange, rangeOf, widest } from '/static/scales.js'
import { askJson } from '/static/asking.js'
import { IN_COLOURS } from '/static/controls.js'
import { drawOverlay } from '/static/overlay.js'

// What each role of a volume is called in a message.
const NAMES = { input: 'input', map: 'map', segmentation: 'segmentation' }
const LABELS = ['segmentation', 'labels']
const overviews = new Map()

// What the server tells of all channels of a layer, asked for once.
export function overviewOf(subject, layer) {
  const url = `/api/overview/${subject}/${layer}.json`
  if (!overviews.has(url)) {
    overviews.set(url, askJson(url).catch((error) => { overviews.delete(url); throw error }))
  }
  return overviews.get(url)
}

export class Pane {
  // settings: what all panes share; events: onMove, onCamera, onActive, onClose, each with the pane.
  constructor(catalogue, settings, choice, events) {
    this.catalogue = catalogue
    this.settings = settings
    this.choice = choice
    this.range = [0, 1]
    this.urls = {}
    this.failures = {}
    this.turn = 0
    this.field = null // corners of the box that the sample under the crosshair depends on
    this.shell = document.getElementById('pane').content.firstElementChild.cloneNode(true)
    this.canvas = this.shell.querySelector('.picture')
    this.bar = this.shell.querySelector('.bar')
    this.lines = this.shell.querySelector('.lines')
    this.volumes = new Volumes(this.canvas, () => events.onMove(this), () => { drawOverlay(this); events.onCamera(this) })
    this.shell.addEventListener('pointerdown', () => events.onActive(this), true)
    this.shell.addEventListener('focusin', () => events.onActive(this))
    this.shell.querySelector('.close').addEventListener('click', (event) => { event.stopPropagation(); events.onClose(this) })
  }

  async attach() {
    await this.volumes.attach()
    new ResizeObserver(() => this.drawBar()).observe(this.bar)
  }

  // A browser gives few drawing contexts, so that a pane gives its own back.
  close() {
    this.turn++
    this.volumes.close()
    this.shell.remove()
  }

  get subject() { return this.catalogue.subjects[this.choice.subject] }
  get map() { return this.subject.maps[this.choice.layer] }

  get title() {
    if (!this.map) return this.subject.name
    const what = this.choice.like ? `like the sample at ${this.choice.like.map((v) => v.toFixed(1)).join(', ')} mm` : `channel ${this.map.channels[this.choice.channel]}`
    return `${this.subject.name} · ${this.map.layer} · ${what}`
  }

  // What lies beneath and above the map by the settings: an entry of the catalogue and its address.
  image(kind) {
    const { subject } = this.choice
    if (kind === 'none') return { entry: { name: null, note: null }, url: null }
    if (LABELS.includes(kind)) {
      const entry = this.subject[kind]
      return { entry, url: entry.note ? null : `/api/${kind}/${subject}.nii` }
    }
    if (kind.startsWith(IN_COLOURS)) {
      const name = kind.slice(IN_COLOURS.length)
      const layer = this.subject.maps.findIndex((one) => one.layer === name && one.colours)
      const note = layer < 0 ? `the subject has no components ${name}` : null
      return { entry: { name, note }, url: note ? null : `/api/colours/${subject}/${layer}.nii` }
    }
    const number = Math.min(Number(kind), this.subject.inputs.length - 1)
    const entry = this.subject.inputs[number]
    return { entry, url: entry.note ? null : `/api/input/${subject}/${number}.nii` }
  }

  mapUrl() {
    const { subject, layer, channel, like } = this.choice
    if (!this.map || this.map.note) return null
    if (like) return `/api/similarity/${subject}/${layer}.nii?at=${like.join(',')}`
    return `/api/channel/${subject}/${layer}/${channel}.nii`
  }

  // What is wrong with what is chosen: from the catalogue, and what could not be fetched.
  problems() {
    const wrong = []
    const beneath = this.image(this.settings.beneath).entry
    const above = this.image(this.settings.regions).entry
    if (beneath.note) wrong.push(`No input: ${beneath.note}.`)
    if (above.note && above.name) wrong.push(`No ${this.settings.regions}: ${above.note}.`)
    if (this.map && this.map.note) wrong.push(`No map: ${this.map.note}.`)
    for (const role of Object.keys(NAMES)) if (this.failures[role]) wrong.push(`No ${NAMES[role]}: ${this.failures[role]}`)
    return wrong
  }

  // Fetches what is not on the canvas yet, then changes the picture once. False if another choice
  // has overtaken this one.
  async show() {
    const mine = ++this.turn
    this.describe()
    const wanted = {
      input: this.image(this.settings.beneath).url,
      segmentation: this.image(this.settings.regions).url,
      map: this.mapUrl()
    }
    const roles = Object.keys(wanted).filter((role) => this.urls[role] !== wanted[role])
    const failures = {}
    const fetched = await Promise.all(roles.map(async (role) => {
      if (!wanted[role]) return null
      return this.volumes.fetch(wanted[role], `${role}.nii`).catch((error) => { failures[role] = error.message; return null })
    }))
    if (mine !== this.turn) return false
    for (const [i, role] of roles.entries()) {
      this.urls[role] = failures[role] ? undefined : wanted[role]
      this.failures[role] = failures[role]
    }
    this.volumes.together(() => {
      for (const [i, role] of roles.entries()) this.volumes.put(role, fetched[i])
      if (roles.includes('map')) this.takeRange()
      this.draw()
    })
    if (this.choice.scale === 'layer' && !this.choice.like) await this.takeLayerRange(mine)
    return mine === this.turn
  }

  // The scale of the channel on the canvas, or the one that was typed.
  takeRange() {
    const volume = this.volumes.byRole.map
    if (this.choice.scale === 'fixed' && this.choice.range) this.range = this.choice.range
    else if (volume && this.choice.like) this.range = likenessRange(volume.img)
    else if (volume && this.choice.scale === 'channel') this.range = rangeOf(volume.img)
  }

  async takeLayerRange(mine) {
    const { subject, layer } = this.choice
    if (!this.map || this.map.note) return
    const found = await overviewOf(subject, layer).catch((error) => { this.failures.map = error.message; return null })
    if (mine !== this.turn || !found) return
    this.range = found.range
    this.draw()
  }

  get threshold() { return (this.settings.threshold / 100) * widest(this.range) }

  draw() {
    const { settings, volumes } = this
    this.colour = colourOf(settings.colours, this.range, this.threshold, (name) => volumes.niivue.colormap(name))
    volumes.together(() => {
      volumes.hide('segmentation', !settings.regionsShown)
      volumes.hide('map', settings.beneath.startsWith(IN_COLOURS))
      volumes.setOpacity('map', settings.opacity)
      volumes.setColours('map', this.range, this.colour)
      volumes.setOpacity('segmentation', settings.regionsOpacity)
      volumes.setLabelColours('segmentation')
      if (LABELS.includes(settings.beneath)) volumes.setLabelColours('input')
    })
    this.drawBar()
  }

  drawBar() {
    // A network's activations have no unit of measurement.
    if (this.colour) drawBar(this.bar, this.range, this.colour, this.choice.like ? 'cosine' : 'activation (arbitrary units)')
  }

  // Flat images are shown in their own plane, without 3-D.
  get plane() {
    const { picture, maps } = this.subject
    return maps.length && maps.every((one) => one.plane) ? (picture ? 'axial' : maps[0].plane) : null
  }

  describe() {
    const { picture, sided } = this.subject
    this.volumes.setFlat(Boolean(this.plane))
    this.volumes.setView(this.plane || this.settings.view)
    this.volumes.setSmooth(this.settings.smooth)
    const what = this.plane ? (picture ? 'the picture' : sided ? `its ${this.plane} plane` : 'its plane') : `three planes and 3-D${sided ? ', radiological orientation' : ''}`
    this.canvas.setAttribute('aria-label', `The map over the image in ${what}; arrows and Page Up, Page Down move the crosshair`)
    this.shell.setAttribute('aria-label', this.title)
    this.shell.querySelector('h2').textContent = this.title
  }

  showValue() {
    const text = this.volumes.byRole.map ? asText(this.volumes.valueAt('map')) : ''
    this.shell.querySelector('.value').textContent = text
  }
}
