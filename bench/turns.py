"""How a call feels: response, cut-ins, interruptions, silence, gaps and cost, with composed callers.

    python -m bench turns
    python bench/turns.py [--size 0.2] [--only response,digits] [--without compare] [--out FOLDER]
    python bench/turns.py --url wss://HOST/PATH       another Twilio media-stream server, or
    python bench/turns.py --url https://HOST/WEBHOOK  its voice webhook; --pid for its CPU and memory

A server is started as `ivr serve` and rung over the real webhooks and sockets. Callers are composed of
recordings of people (--speech) and the voice, with pauses inside utterances and numbers; where speech
begins and ends is known from the composition. All is judged from what went over the line; the server's
journal is asked only what it understood. docs/measuring.md tells every scene and figure.

The report is a table, and FOLDER/turns.md and turns.svg.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported
sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

import uvloop
from figures import Figure, markdown, table
from rich.console import Console
from rig import parts
from rig.comparison import compare, compare_url, comparison_markdown, comparison_table
from rig.findings import Findings, figures
from rig.library import Library, render
from rig.picture import picture
from serving import serving
from speech_set import DEFAULT_SPEECH

from ivr.core.flow.prompts import fixed_sentences
from ivr.flow_files import load_flow_file
