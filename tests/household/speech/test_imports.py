import subprocess
import sys

HEAVY = ("faster_whisper", "ctranslate2", "onnxruntime", "pymicro_wakeword", "pocketsphinx", "wyoming")


def test_importing_speech_loads_no_heavy_part():
    code = f"import sys, sayagain.household.speech; print([name for name in {HEAVY} if name in sys.modules])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"
