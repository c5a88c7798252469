"""Jobs as a worker would have left them, without waiting for one."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from core.workspace import jobs
from core.workspace.store import Workspace


def enter(ws: Workspace, kind: str, settings: dict[str, Any], state: str, **fields: Any) -> jobs.Job:
    """Write the job of these settings in that state into the table."""
    plain, inputs, key = jobs._identity(ws, kind, settings)
    row = {
        "id": secrets.token_hex(8),
        "key": key,
        "kind": kind,
        "task": f"core.workspace.tasks:{kind}",
        "title": "",
        "settings": json.dumps(plain),
        "inputs": json.dumps(inputs),
        "state": state,
        "queued": time.time() - 60,
        "started": time.time() - 50,
        "finished": None if state == jobs.RUNNING else time.time() - 1,
        "heartbeat": time.time() + 60,
    } | fields
    marks = ", ".join("?" * len(row))
    with ws.transaction() as t:
        t.execute(f"INSERT INTO jobs ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    return jobs.get(ws, row["id"])
