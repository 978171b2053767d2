// The new-order sound, made by WebAudio: two struck notes like a shop bell. No file, no licence, no request.
let context: AudioContext | null = null

/** Browsers let a page sound only after a touch or key; call this from one, so that the first order is heard. */
export function unlockSound(): void {
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume()
}

function strike(audio: AudioContext, at: number, hertz: number): void {
  const gain = audio.createGain()
  gain.gain.setValueAtTime(0.0001, at)
  gain.gain.exponentialRampToValueAtTime(0.28, at + 0.012)
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 1.1)
  gain.connect(audio.destination)
  // A bell is its ground tone and an uneven overtone that dies sooner.
  for (const [ratio, level] of [
    [1, 1],
    [2.76, 0.22],
  ] as const) {
    const tone = audio.createOscillator()
    const share = audio.createGain()
    tone.frequency.value = hertz * ratio
    share.gain.value = level
    tone.connect(share).connect(gain)
    tone.start(at)
    tone.stop(at + 1.15)
  }
}

/** Rings once: e² then c², about 1.3 s. */
export function ring(): void {
  unlockSound()
  if (!context) return
  const now = context.currentTime + 0.02
  strike(context, now, 1318.5)
  strike(context, now + 0.2, 1046.5)
}
