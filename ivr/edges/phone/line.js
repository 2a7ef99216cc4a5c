// The line, in a Worker so that a busy page never holds up a frame: it speaks the media-stream protocol
// of a carrier, so that a call from the browser takes the same way through the server as a telephone call.
//
// From the page:        {open: {url, callId, token, microphone, loudspeaker}} {key} {hangUp}
// To the page:          {state: "open"} {state: "closed", code, reason}
// The two worklets have ports of their own: frames come from the microphone, audio goes to the loudspeaker.

let line = null;

class Line {
  constructor({ url, callId, token, microphone, loudspeaker }) {
    this.streamSid = "PS" + callId.slice(2);
    this.callId = callId;
    this.token = token;
    this.sequence = 0;
    this.chunk = 0;
    this.started = false;
    this.loudspeaker = loudspeaker;
    this.socket = new WebSocket(url);
    this.socket.onopen = () => this.begin();
    this.socket.onmessage = ({ data }) => this.obey(JSON.parse(data));
    this.socket.onclose = ({ code, reason }) => {
      this.started = false;
      loudspeaker.postMessage({ clear: true });
      postMessage({ state: "closed", code, reason });
    };
    microphone.onmessage = ({ data }) => this.frame(data);
    loudspeaker.onmessage = ({ data }) => this.send("mark", { name: data.mark });
  }

  begin() {
    this.socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    this.started = true;
    this.send("start", {
      streamSid: this.streamSid,
      callSid: this.callId,
      accountSid: "softphone",
      tracks: ["inbound"],
      mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
      customParameters: { token: this.token },
    });
    postMessage({ state: "open" });
  }

  send(event, body) {
    if (!this.started || this.socket.readyState !== WebSocket.OPEN) return;
    this.sequence++;
    this.socket.send(
      JSON.stringify({ event, sequenceNumber: String(this.sequence), streamSid: this.streamSid, [event]: body }),
    );
  }

  frame(mulaw) {
    this.chunk++;
    this.send("media", {
      track: "inbound",
      chunk: String(this.chunk),
      timestamp: String(this.chunk * 20),
      payload: btoa(String.fromCharCode(...mulaw)),
    });
  }

  obey(message) {
    if (message.event === "media") {
      const bytes = Uint8Array.from(atob(message.media.payload), (c) => c.charCodeAt(0));
      this.loudspeaker.postMessage({ play: bytes }, [bytes.buffer]);
    } else if (message.event === "mark") {
      this.loudspeaker.postMessage({ mark: message.mark.name });
    } else if (message.event === "clear") {
      this.loudspeaker.postMessage({ clear: true });
    }
  }

  hangUp() {
    this.send("stop", { accountSid: "softphone", callSid: this.callId });
    this.socket.close(1000);
  }
}

onmessage = ({ data }) => {
  if (data.open) line = new Line(data.open);
  else if (data.key) line?.send("dtmf", { track: "inbound_track", digit: data.key });
  else if (data.hangUp) line?.hangUp();
};
