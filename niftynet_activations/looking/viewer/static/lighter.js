// What NiiVue works out for each volume and this page does not use. On a computer without a graphics
// card that is most of the time which a person waits for another channel.

// A range of grey is needed for inputs alone; maps and labels get their colours from this page.
export function leaveOutRanges(image, needed) {
  const usual = image.prototype.calMinMax
  image.prototype.calMinMax = function (...how) {
    if (needed(this)) return usual.apply(this, how)
    Object.assign(this, { cal_min: 0, cal_max: 1, robust_min: 0, robust_max: 1, global_min: 0, global_max: 1 })
    return [0, 1, 0, 1]
  }
}

// As NiiVue's setColormap, which goes through all voxels for a range of grey and draws. The next
// updateGLVolume shows it.
export function giveColours(volume, name) {
  volume._colormap = name
}

// Which way a volume rises is for a light that falls on it. Nothing is drawn while an idle shader is in
// use; it has no uniforms, and WebGL passes over what is set for none.
export function leaveOutGradients(view) {
  const { gl } = view
  const idle = {
    use() {
      gl.enable(gl.SCISSOR_TEST)
      gl.scissor(0, 0, 0, 0)
    },
    uniforms: {}
  }
  for (const name of ['blurShader', 'gradientPrePassShader', 'sobelFirstOrderShader', 'sobelSecondOrderShader']) view[name] = idle
  const refresh = view.refreshLayers.bind(view)
  view.refreshLayers = (...what) => {
    refresh(...what)
    gl.disable(gl.SCISSOR_TEST)
  }
}
