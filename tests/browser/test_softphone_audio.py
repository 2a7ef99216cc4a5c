"""The softphone's worklets in a real browser, sample by sample: no clock of a sound device takes part."""

import numpy as np
import pytest

from ivr.wire.pcm import mulaw_to_float
from tests.edges.phone_rig import phone  # noqa: F401 - the fixture

pytestmark = pytest.mark.browser

CAPTURE = """async ({rate, hz}) => {
  const context = new OfflineAudioContext(1, rate * 2, rate);
  await context.audioWorklet.addModule("/phone/microphone.js");
  const node = new AudioWorkletNode(context, "microphone");
  const {port1, port2} = new MessageChannel();
  const frames = [];
  port2.onmessage = ({data}) => frames.push(...data);
  await new Promise((done) => {
    node.port.onmessage = done;
    node.port.postMessage({port: port1}, [port1]);
  });
  const tone = new OscillatorNode(context, {frequency: hz});
  const level = new GainNode(context, {gain: 0.5});
  tone.connect(level).connect(node).connect(context.destination);
  tone.start();
  await context.startRendering();
  while (frames.length < 15840) await new Promise((done) => setTimeout(done, 10));
  return frames;
}"""

PLAY = """async ({rate, orders}) => {
  const context = new OfflineAudioContext(1, rate * 2, rate);
  await context.audioWorklet.addModule("/phone/loudspeaker.js");
  const node = new AudioWorkletNode(context, "loudspeaker", {numberOfInputs: 0});
  node.connect(context.destination);
  const {port1, port2} = new MessageChannel();
  const marks = [];
  port2.onmessage = ({data}) => marks.push(data.mark);
  await new Promise((done) => {
    node.port.onmessage = done;
    node.port.postMessage({port: port1}, [port1]);
  });
  const give = (order) => {
    port2.postMessage(order.play ? {play: new Uint8Array(order.play)} : order);
    return new Promise((done) => setTimeout(done, 150));
  };
  const seen = [];
  for (const {at, ...order} of orders) {
    if (at === 0) await give(order);
    else context.suspend(at).then(async () => {
      await new Promise((done) => setTimeout(done, 100));
      seen.push([at, [...marks]]);
      if (Object.keys(order).length) await give(order);
      context.resume();
    });
  }
  const rendered = await context.startRendering();
  await new Promise((done) => setTimeout(done, 200));
  return {samples: Array.from(rendered.getChannelData(0)), marks, seen};
}"""


def decoded(mulaw):
    return mulaw_to_float(bytes(mulaw)).astype(float)


def level_db(samples):
    return 20 * np.log10(max(np.sqrt(np.mean(samples**2)), 1e-9) / (0.5 / np.sqrt(2)))


@pytest.fixture
async def page(open_page, phone):  # noqa: F811 - the fixture
    opened = await open_page()
    await opened.goto(phone.base + "/phone")
    return opened


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize(("hz", "least_db", "most_db"), [(1000, -0.3, 0.3), (3300, -0.3, 0.3)])
async def test_speech_passes_whole(page, rate, hz, least_db, most_db):
    frames = await page.evaluate(CAPTURE, {"rate": rate, "hz": hz})
    assert len(frames) % 160 == 0
    heard = decoded(frames)[2000:14000]
    assert least_db < level_db(heard) < most_db
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert abs(np.argmax(spectrum) * 8000 / len(heard) - hz) < 2


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize("hz", [4500, 6000])
async def test_what_a_telephone_cannot_carry_does_not_come_back_as_another_tone(page, rate, hz):
    frames = await page.evaluate(CAPTURE, {"rate": rate, "hz": hz})
    heard = decoded(frames)[2000:14000]
    # One step of mu-law around silence is 8/32768: all that may be left of a tone at half of full scale.
    assert np.abs(heard).max() <= 8 / 32768


async def test_a_silent_line_sends_frames_all_the_same(page):
    frames = await page.evaluate(CAPTURE.replace("tone.connect(level)", "level"), {"rate": 48000, "hz": 1000})
    assert len(frames) >= 15_000
    assert set(frames) == {255}


async def test_marks_come_back_when_what_was_before_them_has_played(page):
    loud = [0x10] * 4000  # half a second
    orders = [
        {"at": 0, "play": loud},
        {"at": 0, "mark": "first"},
        {"at": 0, "play": loud},
        {"at": 0, "mark": "second"},
        {"at": 0.480},
        {"at": 0.544},
        {"at": 0.960},
        {"at": 1.056},
    ]
    told = await page.evaluate(PLAY, {"rate": 48000, "orders": orders})
    assert [marks for _, marks in told["seen"]] == [[], ["first"], ["first"], ["first", "second"]]
    loudness = np.abs(told["samples"])
    assert loudness[4800:47000].min() > 0.1, "the two stretches play without a hole"
    assert loudness[48400:].max() < 1e-3


async def test_clear_silences_at_once_and_gives_back_every_mark(page):
    orders = [
        {"at": 0, "play": [0x10] * 8000},
        {"at": 0, "mark": "one"},
        {"at": 0, "mark": "two"},
        {"at": 0.512, "clear": True},
        {"at": 0.520},
    ]
    told = await page.evaluate(PLAY, {"rate": 48000, "orders": orders})
    assert told["marks"] == ["one", "two"]
    quiet_from = int(0.512 * 48000) + 3 * 48
    assert np.abs(told["samples"][quiet_from:]).max() < 1e-3
