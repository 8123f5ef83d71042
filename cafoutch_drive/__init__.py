from . import controllers, demo, models, report, tools, wizards
from .hooks import uninstall_hook
