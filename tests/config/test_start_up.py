"""What each process of the product costs before it has done anything: resident memory after its start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_MEGABYTES = 110
TASKS = "from config.celery import app; app.loader.import_default_modules()"
STARTS = {
    "web": "import config.wsgi; from django.urls import get_resolver; get_resolver().url_patterns",
    "worker": f"{TASKS}; import celery.bin.worker, celery.apps.worker",
    "beat": f"{TASKS}; import celery.bin.beat, celery.apps.beat",
}
REPORT = """
import sys
status = open("/proc/self/status").read().split()
print(int(status[status.index("VmRSS:") + 1]) // 1024, "phonenumbers.geodata" in sys.modules)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells how much memory is resident")
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_process_starts_without_the_names_of_every_place_on_earth(start, tmp_path):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.local", "SAYSO_DATA": str(tmp_path)}
    command = [sys.executable, "-c", f"{start}\n{REPORT}"]

    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120)
    megabytes, has_geodata = told.stdout.split()[-2:]

    assert int(megabytes) <= MOST_MEGABYTES
    assert has_geodata == "False"
