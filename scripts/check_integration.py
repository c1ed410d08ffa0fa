"""Check the integration as Home Assistant and HACS will.

    python scripts/check_integration.py

The rules are those of hassfest and of HACS that concern its files; each violation is a line on standard error.
Sources: https://developers.home-assistant.io/docs/creating_integration_manifest,
https://www.hacs.xyz/docs/publish/integration.
"""

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

import sayagain

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = "sayagain"

MANIFEST_KEYS = ("domain", "name", "codeowners", "documentation", "issue_tracker", "version")
INTEGRATION_TYPES = {"device", "entity", "hardware", "helper", "hub", "service", "system", "virtual"}
IOT_CLASSES = {"assumed_state", "calculated", "cloud_polling", "cloud_push", "local_polling", "local_push"}
HACS_KEYS = {"name", "content_in_root", "country", "filename", "hacs", "hide_default_branch", "homeassistant"}
HACS_KEYS |= {"persistent_directory", "render_readme", "zip_release"}
SECTIONS = {"title", "config", "options", "entity", "services", "exceptions", "issues", "selector"}
SLUG = re.compile(r"[a-z0-9_]+")
PLACEHOLDER = re.compile(r"\{([^}]*)\}")


def main() -> int:
    """Check the repository; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of the repository")
    problems = list(check(parser.parse_args().root))
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("the integration is as Home Assistant and HACS want it")
    return 1 if problems else 0


def check(root: Path) -> Iterator[str]:
    """Yield what is wrong with a repository, one sentence each."""
    folder = root / "custom_components" / DOMAIN
    integrations = sorted(path.parent.name for path in (root / "custom_components").glob("*/manifest.json"))
    if integrations != [DOMAIN]:
        yield f"custom_components: it holds {integrations}; HACS expects one integration"
        return
    code = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}
    actions = yaml.safe_load((folder / "services.yaml").read_text(encoding="utf-8"))
    yield from check_hacs(json.loads((root / "hacs.json").read_text(encoding="utf-8")))
    yield from check_manifest(json.loads((folder / "manifest.json").read_text(encoding="utf-8")), code)
    translations = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("translations/*.json"))
    }
    yield from check_translations(translations, actions, code)
    icons = json.loads((folder / "icons.json").read_text(encoding="utf-8"))
    if set(icons.get("services", {})) != set(actions):
        yield "icons.json: its services are not those of services.yaml"
    if not (folder / "brand" / "icon.png").is_file():
        yield "brand/icon.png: there is no such file; HACS and Home Assistant show it"


def check_hacs(hacs: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with hacs.json."""
    if not hacs.get("name"):
        yield "hacs.json: name is missing"
    for key in sorted(set(hacs) - HACS_KEYS):
        yield f"hacs.json: {key} is unknown to HACS"
    if not re.fullmatch(r"\d{4}\.\d{1,2}\.\d+", hacs.get("homeassistant", "")):
        yield f"hacs.json: homeassistant is {hacs.get('homeassistant')!r}; expected a version such as 2026.11.0"


def check_manifest(manifest: Mapping[str, Any], code: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with manifest.json."""
    yield from (f"manifest.json: {key} is missing" for key in MANIFEST_KEYS if key not in manifest)
    yield from _check_manifest_values(manifest)
    keys = [key for key in manifest if key not in {"domain", "name"}]
    if list(manifest)[:2] != ["domain", "name"] or keys != sorted(keys):
        yield "manifest.json: the keys are not in order: domain, name, then the others by the alphabet"
    if manifest.get("domain") != DOMAIN or f'DOMAIN = "{DOMAIN}"' not in code["const.py"]:
        yield f"manifest.json: domain is {manifest.get('domain')!r}; expected {DOMAIN!r}, as the folder"
    if manifest.get("config_flow") and "ConfigFlow, domain=DOMAIN" not in code.get("config_flow.py", ""):
        yield "manifest.json: config_flow is true, and config_flow.py declares none"


def _check_manifest_values(manifest: Mapping[str, Any]) -> Iterator[str]:
    if manifest.get("version") != sayagain.__version__:
        yield f"manifest.json: version is {manifest.get('version')!r}; expected {sayagain.__version__!r}"
    if manifest.get("integration_type") not in INTEGRATION_TYPES:
        yield f"manifest.json: integration_type is {manifest.get('integration_type')!r}"
    if manifest.get("iot_class") not in IOT_CLASSES:
        yield f"manifest.json: iot_class is {manifest.get('iot_class')!r}"
    for key in ("documentation", "issue_tracker"):
        if not str(manifest.get(key, "")).startswith("https://"):
            yield f"manifest.json: {key} is no https address"
    for requirement in manifest.get("requirements", ()):
        if "==" not in requirement:
            yield f"manifest.json: {requirement} has no exact version"


def check_translations(
    translations: Mapping[str, Any], actions: Mapping[str, Any], code: Mapping[str, str]
) -> Iterator[str]:
    """Yield what is wrong with the translations, and with what they are for."""
    if "en" not in translations:
        yield "translations/en.json: there is no such file"
        return
    english = dict(flatten(translations["en"]))
    for language, translation in translations.items():
        texts = dict(flatten(translation))
        name = f"translations/{language}.json"
        for key in sorted(texts.keys() ^ english.keys()):
            yield f"{name}: {key} is {'not in English' if key in texts else 'missing'}"
        for key, text in texts.items():
            if not text.strip() or text != text.strip():
                yield f"{name}: {key} is empty, or has spaces around it"
            if re.search(r"https?://|<[a-z]", text):
                yield f"{name}: {key} holds an address or markup; Home Assistant wants a placeholder"
            if key in english and sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(english[key])):
                yield f"{name}: {key} has other placeholders than in English"
    for section in sorted(set(translations["en"]) - SECTIONS):
        yield f"translations/en.json: {section} is no section"
    yield from _check_use(translations["en"], actions, code)


def _check_use(english: Mapping[str, Any], actions: Mapping[str, Any], code: Mapping[str, str]) -> Iterator[str]:
    """Yield texts without use, and uses without text."""
    strings = {name: strings_of(text) for name, text in code.items()}
    everywhere = set().union(*strings.values())
    sections = {
        "exceptions": english["exceptions"],
        "issues": english["issues"],
        "entity.sensor": english["entity"]["sensor"],
        "config.error": english["config"]["error"],
        "options.error": english["options"]["error"],
    }
    for section, texts in sections.items():
        for key in sorted(set(texts) - everywhere):
            yield f"translations/en.json: no code uses {section}.{key}"
    known = {key for texts in sections.values() for key in texts}
    for name, text in code.items():
        for key in re.findall(r'translation_key="([^"]+)"', text):
            if key not in known:
                yield f"{name}: {key} has no translation"
    steps = set(re.findall(r"async def async_step_(\w+)", code["config_flow.py"])) - {"hassio", "reauth"}
    described = set(english["config"]["step"]) | set(english["options"]["step"])
    for step in sorted(steps ^ described):
        yield f"config_flow.py: the step {step} has {'a text and no form' if step in described else 'no text'}"
    yield from _check_actions(english["services"], actions, strings["actions.py"])


def _check_actions(texts: Mapping[str, Any], actions: Mapping[str, Any], used: set[str]) -> Iterator[str]:
    """Yield differences between the actions that are described, that have texts, and that code registers."""
    if set(texts) != set(actions):
        yield "services.yaml: its actions are not those of the translations"
    for name, action in actions.items():
        fields = set((action or {}).get("fields", {}))
        if fields != set(texts.get(name, {}).get("fields", {})):
            yield f"services.yaml: the fields of {name} are not those of the translations"
        for field in sorted(fields - used):
            yield f"services.yaml: no code reads the field {field} of {name}"
        if name not in used:
            yield f"services.yaml: no code registers {name}"


def flatten(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text with its path; keys must be slugs.

    >>> list(flatten({"a": {"b": "c"}}))
    [('a.b', 'c')]
    """
    for key, inner in value.items():
        if not SLUG.fullmatch(key):
            raise ValueError(f"{path}{key} is no key; expected lower-case letters, digits and _")
        if isinstance(inner, Mapping):
            yield from flatten(inner, f"{path}{key}.")
        else:
            yield f"{path}{key}", inner


def strings_of(text: str) -> set[str]:
    """Return the strings of a module.

    >>> sorted(strings_of("a = 'b'; c['d'] = 1"))
    ['b', 'd']
    """
    return {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


if __name__ == "__main__":
    sys.exit(main())
