import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { Navbar } from "@point_of_sale/app/components/navbar/navbar";

patch(Navbar.prototype, {
    /** @override */
    get mainButton() {
        return this.pos.router.state.current === "DriveScreen" ? "drive" : super.mainButton;
    },
    get driveHereText() {
        const names = this.pos.driveHere.map((order) => order.member).join(", ");
        return _t("Here now: %s", names);
    },
});
