// Microphone, loudspeaker and line, joined: the worklets talk to the Worker over ports of their own, so the
// page is on no audio's way.

/** Why the microphone cannot be used here at all; "" when it can. */
export function obstacle() {
  if (!window.isSecureContext) {
    return (
      "A browser gives its microphone to secure pages only. Open this page at http://localhost on the server's " +
      "own machine, or over https. Without a microphone you can still listen, press keys and type."
    );
  }
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) {
    return "This browser has no way to reach a microphone. Try a current Firefox, Chrome, Edge or Safari.";
  }
  return "";
}

function refusal(error) {
  if (error.name === "NotAllowedError") {
    return "The microphone was refused. Allow it in the browser's address bar and call again; you can still listen, press keys and type.";
  }
  if (error.name === "NotFoundError") {
    return "There is no microphone on this machine. You can still listen, press keys and type.";
  }
  return `The microphone cannot be opened (${error.message}). Another program may have it.`;
}

export class Audio {
  /** `onState` hears of {state: "open"} and {state: "closed", code, reason}. */
  constructor(onState) {
    this.onState = onState;
  }

  /** Open a call. Gives what is wrong with the microphone, "" when nothing is. */
  async open({ call, token, stream }, cleaned) {
    if (!window.AudioWorkletNode) throw new Error(obstacle());
    this.context = new AudioContext({ latencyHint: "interactive" });
    await Promise.all([
      this.context.audioWorklet.addModule("/phone/microphone.js"),
      this.context.audioWorklet.addModule("/phone/loudspeaker.js"),
    ]);
    const loudspeaker = new AudioWorkletNode(this.context, "loudspeaker", { numberOfInputs: 0 });
    loudspeaker.connect(this.context.destination);
    this.microphone = new AudioWorkletNode(this.context, "microphone");
    this.microphone.connect(this.context.destination); // its output is silence; it keeps the worklet running
    const trouble = await this._listen(cleaned);
    const [microphonePort, loudspeakerPort] = await Promise.all([join(this.microphone), join(loudspeaker)]);
    this.worker = new Worker("/phone/line.js");
    this.worker.onmessage = ({ data }) => this.onState(data);
    const url = new URL(stream, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.worker.postMessage(
      { open: { url: url.href, callId: call, token, microphone: microphonePort, loudspeaker: loudspeakerPort } },
      [microphonePort, loudspeakerPort],
    );
    await this.context.resume();
    return trouble;
  }

  async _listen(cleaned) {
    const wrong = obstacle();
    if (wrong) return wrong;
    const audio = {
      echoCancellation: cleaned,
      noiseSuppression: cleaned,
      autoGainControl: cleaned,
      channelCount: 1,
    };
    try {
      this.media = await navigator.mediaDevices.getUserMedia({ audio });
    } catch (error) {
      return refusal(error);
    }
    this.context.createMediaStreamSource(this.media).connect(this.microphone);
    return "";
  }

  mute(muted) {
    this.microphone?.port.postMessage({ muted });
  }

  press(key) {
    this.worker?.postMessage({ key });
  }

  hangUp() {
    this.worker?.postMessage({ hangUp: true });
  }

  /** Leave nothing open. */
  close() {
    this.media?.getTracks().forEach((track) => track.stop());
    this.worker?.terminate();
    this.context?.close();
    this.media = this.worker = this.context = this.microphone = undefined;
  }
}

/** Give a worklet a port of its own; the other end comes back when the worklet has it. */
function join(node) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((done) => {
    node.port.onmessage = () => done(port2);
    node.port.postMessage({ port: port1 }, [port1]);
  });
}
