import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

// Drawn in a square of 48; the letter stands in the middle of each.
const PATHS = {
    circle: "M24 2a22 22 0 1 0 .1 0z",
    square: "M8 4h32a4 4 0 0 1 4 4v32a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4z",
    triangle: "M24 1 47 45H1z",
    diamond: "M24 0 48 24 24 48 0 24z",
    star: "m24 0 7 13 15-1-8 12 8 12-15-1-7 13-7-13-15 1 8-12-8-12 15 1z",
    hexagon: "M13 3h22l12 21-12 21H13L1 24z",
    cross: "M14 1h20v13h13v20H34v13H14V34H1V14h13z",
    heart: "M24 47C8 36 1 27 1 16a12 12 0 0 1 23-5 12 12 0 0 1 23 5c0 11-7 20-23 31z",
};
// A triangle is widest at its foot.
const LOW = { triangle: 39 };

/** What tells a basket from its neighbours: a letter on a shape of its own colour. */
export class Mark extends Component {
    static template = "cafoutch_drive.Mark";
    static props = { basket: Object };

    get name() {
        return _t("Basket %s", this.props.basket.letter);
    }

    get path() {
        return PATHS[this.props.basket.shape];
    }

    get baseline() {
        return LOW[this.props.basket.shape] || 32;
    }
}
