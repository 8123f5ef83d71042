import { WarningDialog } from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";

// A refusal of the drive is a sentence for people, not a fault of the program.
registry
    .category("error_dialogs")
    .add("odoo.addons.cafoutch_drive.tools.refusal.DriveRefused", WarningDialog);
