"""Builds the wheel of the addon: `pip wheel --no-deps .`

The addon stands at the top of the checkout, where an addons path finds it; in the wheel it is
`odoo.addons.cafoutch_drive`, which Odoo finds without one. Its name, version and needs are read
from its manifest in the way of the OCA's wheels, so that theirs and ours stand beside each other.
"""

from pathlib import Path

from manifestoo_core.metadata import metadata_from_addon_dir
from setuptools import setup

ADDON = "cafoutch_drive"
FOLDER = Path(__file__).parent / ADDON

# The version is the manifest's, not a count of the commits since it was set.
manifest = metadata_from_addon_dir(FOLDER, {"post_version_strategy_override": "none"})
files = [
    str(path.relative_to(FOLDER))
    for path in sorted(FOLDER.rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
]

setup(
    name=manifest["Name"],
    version=manifest["Version"],
    description=manifest["Summary"],
    long_description=(FOLDER / "README.rst").read_text(encoding="utf-8"),
    long_description_content_type="text/x-rst",
    author=manifest["Author"],
    url=manifest["Home-page"],
    license=manifest["License"],
    classifiers=[name for name in manifest.get_all("Classifier") if not name.startswith("License ::")],
    python_requires=">=3.10",
    install_requires=manifest.get_all("Requires-Dist"),
    packages=[f"odoo.addons.{ADDON}"],
    package_dir={f"odoo.addons.{ADDON}": ADDON},
    package_data={f"odoo.addons.{ADDON}": files},
)
